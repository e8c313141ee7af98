"""How strict a decoder is, and what it leaves in the log."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Literal, NamedTuple, Self, get_args

__all__ = ["DEFAULT", "REQUEST", "DecodeOptions", "notice_unknown"]

_log = logging.getLogger("qapi_runtime.codec")


_Members = Literal["drop", "keep", "refuse"]
_Values = Literal["keep", "refuse"]


class _Options(NamedTuple):
    unknown_members: _Members
    unknown_values: _Values
    like_qemu: bool


class DecodeOptions(_Options):
    """What to do with what the schema does not have.

    ``unknown_members`` of objects are dropped (each is named once in the debug log
    of ``qapi_runtime.codec``), or kept for :func:`qapi_runtime.types.unknown_members`
    and for sending the object again, or refused with a DecodeError.

    ``unknown_values`` of enums are kept, as enum objects that are not ``known``, or
    refused. Union variants with an unknown tag go the same way.

    ``like_qemu`` reads what QEMU reads in a request: a negative integer is its two's
    complement where an unsigned one is due; and of several unknown members the one
    is named that QEMU would name. It is for servers.
    """

    __slots__ = ()

    def __new__(
        cls,
        unknown_members: _Members = "drop",
        unknown_values: _Values = "keep",
        like_qemu: bool = False,
    ) -> Self:
        """:raises ValueError: there is no such choice."""
        _check("unknown_members", unknown_members, get_args(_Members))
        _check("unknown_values", unknown_values, get_args(_Values))
        return super().__new__(cls, unknown_members, unknown_values, like_qemu)


def _check(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        wanted = " or ".join(map(repr, choices))
        raise ValueError(f"{name} is {value!r}, must be {wanted}")


#: For what a server says, which may be newer than our schema.
DEFAULT = DecodeOptions()
#: For what a client says, held to the schema as QEMU does it.
REQUEST = DecodeOptions("refuse", "refuse", like_qemu=True)

#: Which unknown members were named in the log already. Names come from the other
#: side, so there is an end to it.
_noticed: set[tuple[str, str]] = set()
_NOTICED_AT_MOST = 1000


def notice_unknown(type_name: str, members: Iterable[str]) -> None:
    """Say once in the debug log that objects have members we do not know."""
    for member in members:
        if (type_name, member) in _noticed or len(_noticed) >= _NOTICED_AT_MOST:
            continue
        _noticed.add((type_name, member))
        _log.debug("%s: dropped unknown member %.100r", type_name, member)
