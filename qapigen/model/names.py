"""The naming rules of the schema language.

A name consists of letters, digits, ``-`` and ``_`` and begins with a letter. It may be prefixed by
``x-`` (experimental), and before that by ``__RFQDN_`` (a downstream extension, where dots may stand
as well). What follows the prefixes is the *stem*: lower case with ``-`` for members and commands,
CamelCase for types, upper case with ``_`` for events. Names that begin with ``q_`` or ``q-`` are
QAPI's own. Two names that differ only in ``-``, ``_`` and ``.`` are the same name in C: they clash.

(``naming`` is the room where Python names are made.)
"""

from __future__ import annotations

import re
from enum import Enum

__all__ = [
    "NameFault",
    "enum_value_fault",
    "event_fault",
    "is_reserved_member",
    "lower_fault",
    "mangled",
    "type_fault",
]

_VALID = re.compile(
    r"(__[a-z0-9.-]+_)?(x-)?([a-z][a-z0-9_-]*)", re.IGNORECASE | re.ASCII
)
#: What nearly all names look like: nothing further to ask.
_PLAIN_LOWER = re.compile(r"[a-pr-z][a-z0-9-]*", re.ASCII)
_PLAIN_CAMEL = re.compile(r"[A-PR-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*", re.ASCII)
_CAMEL = re.compile(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*", re.ASCII)
_UPPER_LETTER = re.compile(r"[A-Z]")
_NOT_IN_EVENTS = re.compile(r"[a-z-]")


class NameFault(Enum):
    """What is wrong with a name; the value says it."""

    INVALID = "is not a valid name"
    UPPERCASE = "must not use upper case"
    UNDERSCORE = "must not use '_'"
    NOT_CAMEL = "must be in CamelCase"
    NOT_UPPER = "must not use lower case or '-'"


def mangled(name: str) -> str:
    """*name* as it looks in C; names that are equal there clash."""
    return name.replace("-", "_").replace(".", "_")


def _stem(name: str) -> str | None:
    match = _VALID.fullmatch(name)
    if match is None or mangled(name).startswith("q_"):
        return None
    return match[3]


def lower_fault(name: str) -> NameFault | None:
    """What is wrong with *name* as that of a member, branch, feature or command."""
    if _PLAIN_LOWER.fullmatch(name):
        return None
    stem = _stem(name)
    if stem is None:
        return NameFault.INVALID
    if _UPPER_LETTER.search(stem):
        return NameFault.UPPERCASE
    return NameFault.UNDERSCORE if "_" in stem else None


def enum_value_fault(name: str) -> NameFault | None:
    """As :func:`lower_fault`; a value of an enumeration may begin with a digit."""
    return lower_fault("d" + name if name[:1].isdigit() else name)


def type_fault(name: str) -> NameFault | None:
    """What is wrong with *name* as that of a type."""
    if _PLAIN_CAMEL.fullmatch(name):
        return None
    stem = _stem(name)
    if stem is None:
        return NameFault.INVALID
    return None if _CAMEL.fullmatch(stem) else NameFault.NOT_CAMEL


def event_fault(name: str) -> NameFault | None:
    """What is wrong with *name* as that of an event."""
    stem = _stem(name)
    if stem is None:
        return NameFault.INVALID
    return NameFault.NOT_UPPER if _NOT_IN_EVENTS.search(stem) else None


def is_reserved_member(name: str) -> bool:
    """Whether the C code needs *name* for itself: ``u``, and ``has_a`` for an optional ``a``."""
    return name == "u" or name.startswith(("has-", "has_"))
