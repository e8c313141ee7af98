"""JSON text to plain data and back: with msgspec where it is installed, else stdlib.

msgspec comes with qapigen, but not every machine can have it. With it, text becomes
typed objects several times as fast (``benchmarks/decode.py`` measures both): it parses
faster, and :mod:`.mirror` has it check types while it parses. What the two libraries
accept differs at the edges, so the edges are cut off here: no NaN or Infinity, no half
surrogates, and one kind of error for everything that is not JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, NoReturn

from qapi_runtime.errors import DecodeError, EncodeError

__all__ = ["Library", "Text", "dump_bytes", "fast", "library", "load_bytes", "stdlib"]

#: What JSON comes in.
Text = bytes | bytearray | memoryview | str


class Library(NamedTuple):
    """A library that reads and writes JSON; ``errors`` are what it raises."""

    name: str
    load: Callable[[Text], Any]
    dump: Callable[[Any], bytes]
    errors: tuple[type[Exception], ...]


def stdlib() -> Library:
    """Python's own."""
    return Library("json", _load, _dump, (ValueError, TypeError))


def _load(text: Text) -> Any:
    plain = text if isinstance(text, str) else str(text, "utf-8")
    data = json.loads(plain, parse_constant=_no_constant)
    if "\\ud" in plain or "\\uD" in plain:
        _dump(data)  # half of a surrogate pair cannot be encoded
    return data


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _dump(value: Any) -> bytes:
    return _encoder.encode(value).encode()


_encoder = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), check_circular=False
)


def fast() -> Library:
    """msgspec.

    :raises ImportError: it is not installed.
    """
    import msgspec

    errors = (msgspec.MsgspecError, ValueError, TypeError)
    load, dump = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
    return Library("msgspec", load, dump, errors)


@cache
def library() -> Library:
    """The one to use, chosen when it is first needed."""
    try:
        return fast()
    except ImportError:
        return stdlib()


def load_bytes(text: Text) -> Any:
    """Parse one JSON text.

    :raises DecodeError: it is not JSON, or nested too deeply.
    """
    json_library = library()
    try:
        return json_library.load(text)
    except json_library.errors as error:
        raise DecodeError("", f"not JSON: {error}") from None
    except RecursionError:
        raise DecodeError("", "not JSON: nested too deeply") from None


def dump_bytes(value: Any) -> bytes:
    """Write plain data as compact JSON in UTF-8.

    :raises EncodeError: there is something in it that JSON cannot express.
    """
    json_library = library()
    try:
        return json_library.dump(value)
    except RecursionError:
        raise EncodeError("", "nested too deeply for JSON") from None
    except json_library.errors as error:
        raise EncodeError("", f"JSON cannot express this: {error}") from None
