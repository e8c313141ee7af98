"""Everything that can go wrong while compiling a schema.

::

    QapigenError
    ├── UsageError          the call is wrong: unknown option value, no such file   (exit status 2)
    ├── OutputError         OUT cannot be written                                   (exit status 2)
    └── SchemaError        the schema is wrong: one or more findings               (exit status 1)

A *finding* is a :class:`Diagnostic`: one message that points at one place.
The front end collects findings and goes on with the next independent
definition where it can; :class:`SchemaError` carries all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from attrs import field, frozen

if TYPE_CHECKING:
    from qapigen.frontend.source import Place

__all__ = [
    "Diagnostic",
    "OutputError",
    "QapigenError",
    "SchemaError",
    "Severity",
    "UsageError",
]

Severity = Literal["error", "warning", "note"]


@frozen
class Diagnostic:
    """One finding: what is wrong, where, and in which definition."""

    place: Place
    message: str
    severity: Severity = "error"
    #: The definition it is in, as a reader would call it: ``command 'migrate'``; "" at file level.
    definition: str = ""
    #: What to do about it, or a related place in words; "" where the message says it all.
    hint: str = ""
    related: tuple[tuple[Place, str], ...] = field(default=())


class QapigenError(Exception):
    """Base of all errors this package raises on purpose."""


class UsageError(QapigenError):
    """The call is wrong: a bad option, a file that does not exist or cannot be read."""


class OutputError(QapigenError):
    """The output folder cannot be brought up to date; it is as it was before."""


class SchemaError(QapigenError):
    """The schema is wrong. ``diagnostics`` has at least one finding, in the order of the input."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(f"{len(self.diagnostics)} schema error(s)")
