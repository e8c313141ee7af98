"""Findings as text: for a terminal, for a program (JSON lines), for GitHub's annotations.

::

    included by qapi/qapi-schema.json:53:14
    qapi/migration.json:757:3: error: 'tls-hostname' is described twice
      757 | # @tls-hostname: hostname of the target host for the migration
          |   ^
          = in struct 'MigrationParameters'
          = hint: ...

Whatever stands in a schema or in its path, the output has no control characters from it:
a terminal shows it and does not obey it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from qapigen.errors import Diagnostic, Severity
from qapigen.frontend.source import Place

__all__ = ["Format", "render"]

Format = Literal["text", "json", "github"]

#: Of a line longer than that, what is around the caret is shown.
_WIDTH = 100
_TAB = 8

#: Includes that are shown; nobody nests them as deep on purpose.
_MAX_CHAIN = 10

_RESET = "\x1b[0m"
_COLORS = {
    "place": "\x1b[1m",
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;35m",
    "note": "\x1b[1;36m",
    "caret": "\x1b[1;32m",
    "margin": "\x1b[34m",
}

_COMMANDS: dict[Severity, str] = {
    "error": "error",
    "warning": "warning",
    "note": "notice",
}


def render(
    diagnostics: Iterable[Diagnostic], style: Format = "text", color: bool = False
) -> str:
    """All of *diagnostics*, in order; "" or a text that ends with a newline.

    *color* makes the ``text`` style colourful; whether to is for the caller to know.
    """
    if style == "json":
        lines = _json(diagnostics)
    elif style == "github":
        lines = map(_github, diagnostics)
    else:
        lines = _text(diagnostics, _Paint(color))
    return "".join(f"{line}\n" for line in lines)


class _Paint:
    """Puts colour on pieces of text, or does not."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, role: str, text: str) -> str:
        return f"{_COLORS[role]}{text}{_RESET}" if self.color else text


# Text


def _text(diagnostics: Iterable[Diagnostic], paint: _Paint) -> Iterator[str]:
    source = None
    for diagnostic in diagnostics:
        # Findings in the same file follow each other: how one comes there is said once.
        if diagnostic.place.source is not source:
            source = diagnostic.place.source
            for line in _chain(diagnostic.place):
                yield paint("place", line)
        yield from _finding(
            diagnostic.place, diagnostic.severity, diagnostic.message, paint
        )
        margin = " " * (len(_number(diagnostic.place)) + 1)
        if diagnostic.definition:
            yield f"{margin}= in {_clean(diagnostic.definition)}"
        if diagnostic.hint:
            yield f"{margin}= hint: {_clean(diagnostic.hint)}"
        for place, text in diagnostic.related:
            yield from _finding(place, "note", text, paint)


def _chain(place: Place) -> list[str]:
    """How one comes to the file of *place*, innermost include first."""
    chain = place.include_chain
    lines = [f"included by {_clean(str(at))}" for at in chain[:_MAX_CHAIN]]
    if len(chain) > _MAX_CHAIN:
        lines.append(f"... and {len(chain) - _MAX_CHAIN} more")
    return lines


def _finding(
    place: Place, severity: Severity, message: str, paint: _Paint
) -> Iterator[str]:
    """The message, and the line that it is about."""
    where = paint("place", f"{_clean(str(place))}:")
    yield f"{where} {paint(severity, severity + ':')} {_clean(message)}"
    shown, column = _excerpt(place)
    number = _number(place)
    yield f"{paint('margin', number + ' |')} {shown}".rstrip()
    blank = " " * len(number)
    yield f"{paint('margin', blank + ' |')} {' ' * column}{paint('caret', '^')}"


def _number(place: Place) -> str:
    return f"{place.line:5}"


def _excerpt(place: Place) -> tuple[str, int]:
    """The line at *place*, cut to a width that can be shown, and the column of the caret."""
    text, offset = place.source.text, place.offset
    start = text.rfind("\n", 0, offset) + 1
    if offset - start > _WIDTH * 3 // 4:
        before = "..." + text[offset - _WIDTH // 2 : offset]
    else:
        before = text[start:offset]
    room = max(_WIDTH - len(before), _WIDTH // 4)
    after = text[offset : offset + room + 1].partition("\n")[0]
    if len(after) > room:
        after = after[:room] + "..."
    before = _printable(before)
    return before + _printable(after, _columns(before)), _columns(before)


def _printable(text: str, column: int = 0) -> str:
    """*text* as it may be shown from *column* on: blanks for tabs, no control characters."""
    if text.isprintable():
        return text
    shown: list[str] = []
    for character in text:
        if character == "\t":
            character = " " * (_TAB - column % _TAB)
        elif not character.isprintable():
            character = "\N{REPLACEMENT CHARACTER}"
        shown.append(character)
        column += _columns(character)
    return "".join(shown)


def _columns(text: str) -> int:
    """How wide a terminal shows *text*."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(character) else 1 + (east_asian_width(character) in "WF")
        for character in text
    )


def _clean(text: str) -> str:
    """*text* on one line, with escapes for what cannot be printed."""
    if text.isprintable():
        return text
    return "".join(
        (
            character
            if character.isprintable()
            else character.encode("unicode_escape").decode()
        )
        for character in text
    )


# JSON


def _json(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    import json

    for diagnostic in diagnostics:
        record: dict[str, object] = {
            **_location(diagnostic.place),
            "severity": diagnostic.severity,
            "message": diagnostic.message,
            "definition": diagnostic.definition,
            "hint": diagnostic.hint,
            "include_chain": [_location(at) for at in diagnostic.place.include_chain],
            "related": [
                {**_location(place), "message": text}
                for place, text in diagnostic.related
            ],
        }
        yield json.dumps(record)


def _location(place: Place) -> dict[str, object]:
    line, column = place.source.position(place.offset)
    return {"file": place.source.path, "line": line, "column": column}


# GitHub


def _github(diagnostic: Diagnostic) -> str:
    """A workflow command; its message may have several lines, its title has one."""
    line, column = diagnostic.place.source.position(diagnostic.place.offset)
    file = _property(diagnostic.place.source.path)
    title = _property(diagnostic.definition or "schema")
    message = [diagnostic.message]
    if diagnostic.hint:
        message.append(f"hint: {diagnostic.hint}")
    message += [f"{text}: {place}" for place, text in diagnostic.related]
    message += _chain(diagnostic.place)
    command = _COMMANDS[diagnostic.severity]
    text = _data("\n".join(_clean(part) for part in message))
    return f"::{command} file={file},line={line},col={column},title={title}::{text}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(_clean(text)).replace(":", "%3A").replace(",", "%2C")
