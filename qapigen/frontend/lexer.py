"""Schema text to tokens: one regular expression, one match for each token.

White space and ``#`` comments are swallowed by the expression, and a documentation comment
is one token however long it is. Strings become :class:`~qapigen.frontend.syntax.Text`; an opening
bracket becomes the empty object or array that it opens. Both know where they stand.

The newest dialect has one escape in strings, ``\\\\``, and nothing but printable ASCII.
Up to 4.1 there were JSON's escapes (``\\u`` for ASCII only), any character, and ``null``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from qapigen.frontend.findings import Findings, SyntaxFaultError, quoted
from qapigen.frontend.source import SourceFile
from qapigen.frontend.syntax import Array, Object, Text, Value

__all__ = ["END", "MAX_DEPTH", "Token", "end_of_text", "tokens"]

#: The terminal at the end of the text: lark's name for it.
END = "$END"

#: Brackets may be nested this deep; real schemas stop at seven.
MAX_DEPTH = 100

#: Terminal, value, and what was matched: ``match.start(match.lastindex)`` is its offset.
#: The value of a documentation comment is its text.
Token: TypeAlias = "tuple[str, Value, re.Match[str]]"

# The repeated groups are greedy, not possessive: in Python before 3.11.4 a possessive group whose
# last round fails after it has taken something does not give that back.
_DOC_LINES = r"\#\#[^\n]*+ (?: \n\s*+ \#(?!\#) [^\n]*+ )*"

# Groups are numbered; the constants below name them. Every alternative of which there are
# many comes first. All repetitions are possessive: nothing is ever tried twice.
_SCAN = re.compile(
    rf"""
    (?: \s++ | \#(?!\#)[^\n]*+ )*
    (?:
        '([\x20-\x26\x28-\x5b\x5d-\x7e]*+)'             # 1: an ordinary string
      | ([{{[]) | ([]}}:,])                             # 2: opening, 3: other punctuation
      | ( {_DOC_LINES} \n\s*+ \#\#[^\n]*+ )             # 4: a documentation comment
      | ( true | false | null )                         # 5
      | ( \Z )                                          # 6
      | '( (?: [^'\\\n] | \\[^\n] )* )'                # 7: a string with something odd
      | ( ' )                                           # 8: ... without an end
      | ( \#\# )                                        # 9: a comment without an end
      | ( [^\[\]{{}}:,\s'"\#]++ | . )                   # 10: not of this language
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_STRING, _OPEN, _CLOSE, _DOC, _WORD, _END, _ODD, _UNCLOSED, _UNFINISHED, _STRAY = range(
    1, 11
)

_PUNCTUATION = {
    "{": "LBRACE",
    "}": "RBRACE",
    "[": "LSQB",
    "]": "RSQB",
    ":": "COLON",
    ",": "COMMA",
}
_WORDS: dict[str, tuple[str, bool | None]] = {
    "true": ("TRUE", True),
    "false": ("FALSE", False),
    "null": ("NULL", None),
}
_UNFINISHED_DOC = re.compile(rf"{_DOC_LINES} \s*+", re.VERBOSE)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPED |= {character: character for character in "\\/'\""}
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def end_of_text(text: str) -> int:
    """Where a message about the end of *text* should point: its last line, not after it."""
    return len(text) - text.endswith("\n")


def tokens(source: SourceFile, start: int, findings: Findings) -> Iterator[Token]:
    """The tokens of *source* from offset *start* on, the last one being :data:`END`.

    Raises :class:`SyntaxFaultError` at what is no token.
    """
    depth = 0
    for match in _SCAN.finditer(source.text, start):
        group = match.lastindex
        if group == _STRING:
            text = Text(match[_STRING])
            text.offset = match.start(_STRING) - 1
            yield "STRING", text, match
        elif group == _CLOSE:
            character = match[_CLOSE]
            if character == "}" or character == "]":
                depth -= 1
            yield _PUNCTUATION[character], None, match
        elif group == _OPEN:
            depth += 1
            offset = match.start(_OPEN)
            if depth > MAX_DEPTH:
                raise SyntaxFaultError(
                    source, offset, f"nested more than {MAX_DEPTH} levels deep"
                )
            node: Object | Array
            node = Object() if match[_OPEN] == "{" else Array()
            node.offset = offset
            yield _PUNCTUATION[match[_OPEN]], node, match
        elif group == _END:
            yield END, None, match
            return
        else:
            yield _rare(source, match, findings)


def _rare(source: SourceFile, match: re.Match[str], findings: Findings) -> Token:
    """The tokens of which there are few, and what is no token at all."""
    group = match.lastindex
    assert group
    offset = match.start(group)
    if group == _DOC:
        text = Text(match[_DOC])
        text.offset = offset
        return "DOC", text, match
    if group == _WORD:
        if match[_WORD] == "null":
            findings.outdated(source, offset, "null", "there is no 'null' in schemas")
        name, value = _WORDS[match[_WORD]]
        return name, value, match
    if group == _ODD:
        text = Text(_decode(source, offset, match[_ODD], findings))
        text.offset = offset - 1
        return "STRING", text, match
    if group == _UNCLOSED:
        hint = "strings end on the line they begin on, with a single quote"
        raise SyntaxFaultError(source, offset, "string without an end", hint)
    if group == _UNFINISHED:
        raise _unfinished(source, offset)
    raise _stray(source, offset, match[_STRAY])


def _decode(source: SourceFile, offset: int, raw: str, findings: Findings) -> str:
    """The value of a string with escapes, or with characters that should not be there."""
    seen = {"\\"}
    for match in _ESCAPE.finditer(raw):
        if match[1] not in seen:
            seen.add(match[1])
            _check_escape(source, offset + match.start(), match[1], findings)
    odd = _UNPRINTABLE.search(raw)
    if odd:
        message = f"strings have printable ASCII only, not {quoted(odd[0])}"
        findings.outdated(source, offset + odd.start(), "unprintable", message)
    if len(seen) == 1:
        return raw.replace("\\\\", "\\")
    return _ESCAPE.sub(lambda match: _unescape(match[1]), raw)


def _check_escape(
    source: SourceFile, offset: int, name: str, findings: Findings
) -> None:
    shown = "\\" + name if name.isprintable() else f"\\ before {quoted(name)}"
    if name[0] != "u" and name not in _ESCAPED:
        raise SyntaxFaultError(
            source, offset, f"no such escape: {shown}", "a backslash is \\\\"
        )
    if name == "u":
        raise SyntaxFaultError(source, offset, "\\u needs four hexadecimal digits")
    if name[0] == "u" and not 0 < int(name[1:], 16) < 128:
        hint = "write ASCII, from \\u0001 to \\u007f"
        raise SyntaxFaultError(
            source, offset, f"{shown} is not an ASCII character", hint
        )
    message = f"no such escape: {shown}; the only one is \\\\"
    findings.outdated(source, offset, "escape", message)


def _unescape(name: str) -> str:
    return chr(int(name[1:], 16)) if len(name) > 1 else _ESCAPED[name]


def _unfinished(source: SourceFile, offset: int) -> SyntaxFaultError:
    comment = _UNFINISHED_DOC.match(source.text, offset)
    assert comment
    end = min(comment.end(), end_of_text(source.text))
    return SyntaxFaultError(
        source,
        end,
        "documentation comment without an end",
        "close it with a line that is just '##'",
        ((offset, "it begins here"),),
    )


def _stray(source: SourceFile, offset: int, found: str) -> SyntaxFaultError:
    hint = ""
    if found == '"' or (found.isascii() and found.isidentifier()):
        hint = "strings stand in single quotes"
    elif found[0] == "\ufeff":
        hint = "save the file as UTF-8 without a byte order mark"
    elif found[0] in "0123456789-+.":
        hint = "there are no numbers in schemas"
    elif found.startswith(("//", "/*", ";", "--")):
        hint = "comments begin with '#'"
    return SyntaxFaultError(source, offset, f"stray {quoted(found)}", hint)
