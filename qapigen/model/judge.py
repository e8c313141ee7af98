"""Collecting what is wrong with a schema.

The checks of one definition stop at its first fault (:class:`FaultError`); the :class:`Judge`
writes it down and the next definition has its turn, so that one run reports all independent faults
and no follow-up ones.

There are two degrees. What no release of the schema language allowed is an error. What only the
newest forbids is an error for a *strict* judge; for others it is a note.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from attrs import define, field

from qapigen.errors import Diagnostic, SchemaError
from qapigen.frontend.source import Place, SourceFile

__all__ = ["FaultError", "Judge", "Site", "TaintedError"]

_MAX_MESSAGE = 1000
_P = ParamSpec("_P")
_T = TypeVar("_T")


@define(slots=True, eq=False)
class Site:
    """The definition that is being looked at."""

    source: SourceFile
    #: Where its opening brace stands.
    offset: int
    #: Its number in the input, over all files: findings are reported in this order.
    order: int = 0
    #: ``command 'migrate'``; "" as long as its name is not known.
    title: str = ""

    def place(self, offset: int) -> Place:
        """The place of *offset* in the file of this definition."""
        return Place(self.source, offset)

    def diagnose(self, fault: FaultError) -> Diagnostic:
        """The finding for *fault*.

        A finding points at the line where its definition begins, which is where editors and the
        tools around QEMU's own compiler look for it; within that line at the culprit itself. A
        culprit further down becomes the related place.
        """
        place, related = self.place(self.offset), fault.related
        if fault.offset is not None:
            culprit = self.place(fault.offset)
            if fault.exact or culprit.line == place.line:
                place = culprit
            else:
                related = ((culprit, "here"), *related)
        message, title = _clipped(fault.message), _clipped(self.title)
        return Diagnostic(
            place, message, definition=title, hint=fault.hint, related=related
        )


def _clipped(text: str) -> str:
    """*text* without the middle of what nobody would read; names may be of any length."""
    return text if len(text) <= _MAX_MESSAGE else f"{text[:200]} ... {text[-100:]}"


class FaultError(Exception):
    """A definition is wrong; the checks of this definition end here.

    ``offset`` is the culprit's in the definition's file, None where that is the definition itself;
    with ``exact`` the finding points there even where that is another line.
    """

    def __init__(
        self,
        message: str,
        offset: int | None = None,
        hint: str = "",
        *,
        related: tuple[tuple[Place, str], ...] = (),
        exact: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint
        self.related = related
        self.exact = exact


class TaintedError(Exception):
    """A definition cannot be understood because of another one that is reported already."""


@define(slots=True, eq=False)
class Judge:
    """Collects findings; decides how severe the sins of older releases are."""

    strict: bool
    notes: list[Diagnostic] | None = None
    #: Findings, each after the number of its definition.
    findings: list[tuple[int, Diagnostic]] = field(factory=list)
    #: Rules of which the definition at hand has been noted: one note per rule is enough.
    _noted: set[str] = field(factory=set, init=False)
    _noted_site: Site | None = field(default=None, init=False)

    def attempt(
        self, site: Site, step: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        """What *step*, a check of the definition at *site*, returns.

        Where it finds a fault this is written down, and :class:`TaintedError` raised.
        """
        try:
            return step(*args, **kwargs)
        except FaultError as fault:
            self.report(site, fault)
            raise TaintedError from None

    def report(self, site: Site, fault: FaultError) -> None:
        """Write *fault* of the definition at *site* down."""
        self.findings.append((site.order, site.diagnose(fault)))

    def outdated(
        self,
        site: Site,
        rule: str,
        message: str,
        offset: int | None = None,
        hint: str = "",
    ) -> None:
        """Some release allowed this, the newest does not. *rule* names which."""
        if self.strict:
            raise FaultError(message, offset, hint)
        if self.notes is None:
            return
        if self._noted_site is not site:
            self._noted_site = site
            self._noted.clear()
        if rule in self._noted:
            return
        self._noted.add(rule)
        place = site.place(site.offset if offset is None else offset)
        self.notes.append(Diagnostic(place, message, "note", site.title, hint))

    def close(self) -> None:
        """Raise what has been found, in the order of the input."""
        if self.findings:
            self.findings.sort(key=lambda finding: finding[0])
            raise SchemaError([diagnostic for _, diagnostic in self.findings])
