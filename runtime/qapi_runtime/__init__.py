"""What generated packages stand on: types, codec, events, clients, servers.

The names here are the ones that programs use most; each is loaded when it is first
touched, so importing this costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .codec import (
        DecodeOptions,
        decode_json,
        encode_json,
        from_wire,
        to_wire,
    )
    from .errors import (
        CodecError,
        CommandError,
        DecodeError,
        EncodeError,
        QapiError,
        QmpError,
    )
    from .events import Event, Timestamp, UnknownEvent, decode_event, encode_event
    from .server import CommandTable
    from .types import UNSET, QapiEnum, Struct, Unset, unknown_members

__all__ = [
    "UNSET",
    "CodecError",
    "CommandError",
    "CommandTable",
    "DecodeError",
    "DecodeOptions",
    "EncodeError",
    "Event",
    "QapiEnum",
    "QapiError",
    "QmpError",
    "Struct",
    "Timestamp",
    "UnknownEvent",
    "Unset",
    "decode_event",
    "decode_json",
    "encode_event",
    "encode_json",
    "from_wire",
    "to_wire",
    "unknown_members",
]

_MODULES = {
    "codec": ("DecodeOptions", "decode_json", "encode_json", "from_wire", "to_wire"),
    "errors": (
        "CodecError",
        "CommandError",
        "DecodeError",
        "EncodeError",
        "QapiError",
        "QmpError",
    ),
    "events": ("Event", "Timestamp", "UnknownEvent", "decode_event", "encode_event"),
    "server": ("CommandTable",),
    "types": ("UNSET", "QapiEnum", "Struct", "Unset", "unknown_members"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        module = _HOME.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{module}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
