"""Where the front end puts what it finds: errors, and notes on what only old releases allowed.

A rule that came late is broken by every schema that is older. Held to the newest dialect
(``strict``) that is an error; otherwise it is a note, made once per file and rule, for who
asks for notes.
"""

from __future__ import annotations

from attrs import define, evolve, field

from qapigen.errors import Diagnostic
from qapigen.frontend.source import SourceFile

__all__ = ["Findings", "SyntaxFaultError", "quoted"]

#: Longer names and values are cut short in messages.
_LONGEST = 60


def quoted(text: str) -> str:
    """*text* as messages show it: in quotes, cut to a length, by code point if invisible."""
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
    if short.isprintable():
        return f"'{short}'"
    if len(text) == 1:
        return f"U+{ord(text):04X}"
    return "'" + short.encode("unicode_escape").decode() + "'"


class SyntaxFaultError(Exception):
    """Reading cannot go on here: thrown to where it can go on, and reported there."""

    def __init__(
        self,
        source: SourceFile,
        offset: int,
        message: str,
        hint: str = "",
        related: tuple[tuple[int, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.offset = offset
        self.diagnostic = Diagnostic(
            source.place(offset),
            message,
            hint=hint,
            related=tuple((source.place(at), text) for at, text in related),
        )

    def of_directive(self, start: int) -> Diagnostic:
        """As finding about the directive at *start*, which is where QEMU would see it.

        The exact place is told beside it where it is on another line.
        """
        place = self.diagnostic.place
        if "\n" not in place.source.text[start : place.offset]:
            return self.diagnostic
        related = (*self.diagnostic.related, (place, "here"))
        return evolve(self.diagnostic, place=place.source.place(start), related=related)


@define
class Findings:
    """Collects diagnostics while files are read."""

    #: Hold the schema to the newest dialect.
    strict: bool = False
    errors: list[Diagnostic] = field(factory=list)
    #: None: nobody wants notes.
    notes: list[Diagnostic] | None = None
    _noted: set[tuple[int, str]] = field(factory=set, init=False)

    @property
    def wanted(self) -> bool:
        """Whether anybody would hear of what only older releases allow."""
        return self.strict or self.notes is not None

    def outdated(
        self, source: SourceFile, offset: int, rule: str, message: str, hint: str = ""
    ) -> None:
        """Some release allowed this, the newest does not; a :class:`SyntaxFaultError` if strict.

        *rule* names what was broken: notes are made for its first time in each file.
        """
        if self.strict:
            raise SyntaxFaultError(source, offset, message, hint)
        if self.notes is None or (id(source), rule) in self._noted:
            return
        self._noted.add((id(source), rule))
        text = f"{message} (only older releases allow this)"
        self.notes.append(Diagnostic(source.place(offset), text, "note", hint=hint))
