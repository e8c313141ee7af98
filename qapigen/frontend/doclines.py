"""The lines of a documentation comment: without their ``#``, and held to the rules for looks.

A line is ``#`` alone, or ``# `` and text. Lines that are not even that are no part of the
comment if they are empty, as the schema language passes over white space anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import define, field

from qapigen.frontend.findings import Findings, SyntaxFaultError
from qapigen.frontend.source import SourceFile

__all__ = ["content_of", "indent_of"]

_LITERAL = re.compile(r"(?:\.\. +qmp-example)? *::$")
_URL = re.compile(r" *(?:https?|ftp)://\S*$")
#: Abbreviations and the numbers of a list are no ends of sentences.
_SENTENCES = re.compile(r"\be\.g\. [A-Z0-9(]|^ *\d\. [A-Z0-9(]|([.!?]) [A-Z0-9(]")
_MAX_LINE = 70


def indent_of(line: str) -> int:
    """How many blanks *line* begins with."""
    return len(line) - len(line.lstrip())


def content_of(
    source: SourceFile, offset: int, lines: list[str], findings: Findings
) -> Iterator[tuple[int, str]]:
    """The text of each line of a comment, and where it begins.

    *lines* begin at *offset* with the ``##`` that opens the comment.
    """
    # The looks concern only who is strict, or wants notes.
    checks = findings.strict or findings.notes is not None
    style = _Style(source, findings)
    offset += len(lines[0]) + 1
    for raw in lines[1:]:
        if raw.startswith("# "):
            line, at = raw[2:].rstrip(), offset + 2
        elif raw == "#":
            line, at = "", offset
        else:
            stripped = raw.lstrip()
            at = offset + len(raw) - len(stripped)
            if stripped and stripped != "#" and stripped[1] != " ":
                message = "no space after '#' in a documentation comment"
                raise SyntaxFaultError(
                    source, at, message, "write '# ' before the text"
                )
            line, at = stripped[2:].rstrip(), at + 2
        offset += len(raw) + 1
        if raw and checks:
            style.check(at, line)
        if raw and not raw.isspace():
            yield at, line


@define
class _Literal:
    """Whether lines stand in a literal block, where the rules for prose do not hold."""

    active: bool = False
    indent: int = 0

    def covers(self, line: str) -> bool:
        """Whether *line* does; lines are shown to it one after the other."""
        if _LITERAL.match(line):
            self.active, self.indent = True, 0
        elif self.active and line:
            indent = indent_of(line)
            if not self.indent:
                self.indent = indent
            elif indent < self.indent:
                self.active = False
        return self.active


@define
class _Style:
    """Rules for the looks of text that came with 10.2: width, and space after a stop."""

    source: SourceFile
    findings: Findings
    literal: _Literal = field(factory=_Literal, init=False)

    def check(self, offset: int, line: str) -> None:
        """Hold *line* to the rules; raises or notes."""
        if not self.findings.wanted:
            return
        if self.literal.covers(line):
            return
        if len(line) + 2 > _MAX_LINE and not _URL.match(line):
            message = f"documentation line longer than {_MAX_LINE} characters"
            at = offset + _MAX_LINE - 2
            self.findings.outdated(self.source, at, "width", message)
        for match in _SENTENCES.finditer(line):
            if match[1]:
                at = offset + match.end(1)
                message, hint = "one space between sentences", "put two spaces here"
                self.findings.outdated(self.source, at, "sentences", message, hint)
