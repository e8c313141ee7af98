"""The ``pragma`` directive: rules that a schema switches on, or is excepted from.

Two lists were renamed in 6.0; the old names are understood unless held to the newest
dialect. As in QEMU a list replaces what an earlier directive said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from qapigen.frontend.findings import Findings, SyntaxFaultError, quoted
from qapigen.frontend.source import SourceFile
from qapigen.frontend.syntax import Array, Object, Pragma, Text, Value

__all__ = ["apply_pragma", "lonely"]

_RENAMED = {
    "returns-whitelist": "command-returns-exceptions",
    "name-case-whitelist": "member-name-exceptions",
}
_LISTS = frozenset(
    {
        "command-name-exceptions",
        "command-returns-exceptions",
        "documentation-exceptions",
        "member-name-exceptions",
    }
)
_FLAG = "doc-required"


def apply_pragma(
    pragma: Pragma, source: SourceFile, directive: Object, findings: Findings
) -> Iterator[Pragma | SyntaxFaultError]:
    """What *directive* makes of *pragma*: yields it, changed, and a fault for each error."""
    key = next(key for key in directive if key == "pragma")
    if len(directive) != 1:
        yield lonely(source, directive, "pragma")
        return
    rules = directive[key]
    if not isinstance(rules, Object):
        yield SyntaxFaultError(
            source, key.offset, "the value of 'pragma' must be an object"
        )
        return
    for name, value in rules.items():
        try:
            pragma = _rule(pragma, source, name, value, findings)
        except SyntaxFaultError as fault:
            yield fault
    yield pragma


def _rule(
    pragma: Pragma, source: SourceFile, name: Text, value: Value, findings: Findings
) -> Pragma:
    """One member of a ``pragma``; raises :class:`SyntaxFaultError`."""
    current = _RENAMED.get(name, str(name))
    if current == _FLAG:
        if not isinstance(value, bool):
            raise SyntaxFaultError(
                source, name.offset, f"pragma {quoted(name)} must be true or false"
            )
        return evolve(pragma, doc_required=value)
    if current not in _LISTS:
        known = ", ".join(sorted([*_LISTS, _FLAG]))
        raise SyntaxFaultError(
            source, name.offset, f"unknown pragma {quoted(name)}", f"known: {known}"
        )
    if current != name:
        message = f"pragma {quoted(name)} is now called '{current}'"
        findings.outdated(source, name.offset, name, message)
    if not isinstance(value, Array) or not all(isinstance(v, Text) for v in value):
        message = f"pragma {quoted(name)} must be a list of strings"
        raise SyntaxFaultError(source, name.offset, message)
    names = frozenset(str(text) for text in value)
    changed: dict[str, Any] = {current.replace("-", "_"): names}
    return evolve(pragma, **changed)


def lonely(source: SourceFile, directive: Object, keyword: str) -> SyntaxFaultError:
    """The fault of a directive that has other members."""
    other = next(key for key in directive if key != keyword)
    message = f"unknown key {quoted(other)} beside '{keyword}'"
    return SyntaxFaultError(source, other.offset, message, "a directive stands alone")
