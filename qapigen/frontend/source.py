"""Where a piece of schema text stands: file, line, column, and the chain of includes.

A place is an offset into a :class:`SourceFile`; line and column are worked out only when somebody
asks (an error is printed), so that keeping a place costs one integer.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from attrs import define, frozen

__all__ = ["Place", "SourceFile"]


@define(slots=False, eq=False)
class SourceFile:
    """A schema file that was read."""

    #: The path as the user would write it: relative to the working directory where that is shorter.
    path: str
    text: str
    #: Where this file was included first; None for a root.
    included_from: Place | None = None
    #: Its name within the schema: relative to the root's folder, with forward slashes.
    name: str = ""
    #: The path it was opened by; "" for text that came from no file.
    file: str = ""

    @cached_property
    def line_starts(self) -> list[int]:
        """Offsets at which lines begin; the first is 0."""
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of *offset*, both counted from 1; the column counts characters."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of line *number* (from 1), without its end of line."""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]

    def place(self, offset: int) -> Place:
        """The place at *offset* characters into this file."""
        return Place(self, offset)


@frozen
class Place:
    """A point in a schema file."""

    source: SourceFile
    offset: int

    @property
    def line(self) -> int:
        """Line number, from 1."""
        return self.source.position(self.offset)[0]

    @property
    def column(self) -> int:
        """Column number in characters, from 1."""
        return self.source.position(self.offset)[1]

    @property
    def include_chain(self) -> list[Place]:
        """The include directives that led here, innermost first."""
        chain = []
        at = self.source.included_from
        while at is not None:
            chain.append(at)
            at = at.source.included_from
        return chain

    def __str__(self) -> str:
        line, column = self.source.position(self.offset)
        return f"{self.source.path}:{line}:{column}"
