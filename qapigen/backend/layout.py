"""Layout: text that black would leave as it is, written so from the start.

Running black over all output costs several times the whole generation. What the templates write is
simple enough to need one rule of black's only: a bracket that fits its line stays on it, and one
that does not is *exploded*, an element a line, each with a comma; the comma after the last
element ("magic trailing comma") makes black keep that shape. Docstrings have rules of their own.
``tests/qapigen/test_black.py`` holds the output of every schema against the real black.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import TypeAlias

__all__ = ["LINE_LENGTH", "Piece", "bracket", "docstring", "exploded", "quote"]

#: black's default.
LINE_LENGTH = 88

#: What stands between commas: text, or a bracket of its own (head, elements, tail).
Piece: TypeAlias = "str | tuple[str, Sequence[Piece], str]"

#: What str.splitlines takes for an end of line besides the newline, and other control characters.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")


def quote(text: str) -> str:
    """A string literal as black writes it: in double quotes unless that takes more escapes."""
    text = text.replace("\\", "\\\\")
    if not text.isprintable():
        text = "".join(map(_escaped, text))
    if '"' in text and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace('"', '\\"') + '"'


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def _flat(piece: Piece) -> str:
    if isinstance(piece, str):
        return piece
    head, items, tail = piece
    return f"{head}{', '.join([_flat(item) for item in items])}{tail}"


def bracket(head: str, items: Sequence[Piece], tail: str, indent: int = 0) -> str:
    """``head`` + ``items`` + ``tail`` on one line if that fits, else exploded.

    *head* ends with the opening bracket, *tail* begins with the closing one. The result begins
    without indentation (it is placed at column *indent*) and has no newline at its end.
    """
    line = _flat((head, items, tail))
    if not items or indent + len(line) <= LINE_LENGTH:
        return line
    return exploded(head, items, tail, indent)


def exploded(head: str, items: Sequence[Piece], tail: str, indent: int = 0) -> str:
    """As :func:`bracket`, but an element a line whatever the length."""
    outer = " " * indent
    inner = f"\n{outer}    "
    lines = []
    for item in items:
        text = _flat(item)
        # One column is for the comma behind it.
        if (
            not isinstance(item, str)
            and item[1]
            and indent + 5 + len(text) > LINE_LENGTH
        ):
            text = exploded(*item, indent + 4)
        lines.append(f"{inner}{text},")
    return f"{head}{''.join(lines)}\n{outer}{tail}"


def _wrapped(text: str, width: int) -> str:
    """*text* of one line, broken into several if it does not fit with its quotes."""
    if len(text) + 6 <= width:
        return text
    return textwrap.fill(
        text, width - 3, break_long_words=False, break_on_hyphens=False
    )


def docstring(text: str, indent: int = 0) -> str:
    """*text* (lines from column 0) as a docstring at column *indent*, quotes included."""
    if "\t" in text:
        text = text.expandtabs(8)
    text = _CONTROL.sub(" ", text)
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').strip()
    if text.startswith('"'):
        text = f" {text}"
    pad = " " * indent
    if "\n" not in text:
        text = _wrapped(text, LINE_LENGTH - indent)
    if "\n" not in text:
        # black keeps a docstring of one line on its line, however long.
        return f'"""{text} """' if text.endswith('"') else f'"""{text}"""'
    first, *rest = [line.rstrip() for line in text.split("\n")]
    margin = min(len(line) - len(line.lstrip(" ")) for line in rest if line)
    lines = [first, *[f"{pad}{line[margin:]}" if line else "" for line in rest]]
    return '"""' + "\n".join(lines) + f'\n{pad}"""'
