"""One value through the codec: compiled code first, the careful walker if it gives up.

Whatever goes wrong comes out as a Fault; who called puts it into words.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from .fast_decode import Decoder, FastDecoders
from .fast_encode import Encoder, FastEncoders
from .faults import Fault
from .json_text import Text, library, load_bytes
from .nodes import Node
from .options import DecodeOptions
from .walk_decode import DecodeWalk
from .walk_encode import EncodeWalk

if TYPE_CHECKING:
    from .mirror import MirrorDecoders

__all__ = ["decode", "decode_carefully", "decode_text", "encode", "encode_carefully"]

TextDecoder = Callable[[Text], Any]


@cache
def _fast_decoders(options: DecodeOptions) -> FastDecoders:
    return FastDecoders(options)


@cache
def _mirror_decoders(options: DecodeOptions) -> MirrorDecoders | None:
    if library().name != "msgspec":
        return None
    from .mirror import MirrorDecoders

    return MirrorDecoders(options, _fast_decoders(options))


_fast_encoders = FastEncoders()
_decoders: dict[tuple[Node, DecodeOptions], Decoder] = {}
_encoders: dict[Node, Encoder] = {}
_text_decoders: dict[tuple[Node, DecodeOptions], TextDecoder] = {}
#: Texts that a type has to come in before its mirrors are made; large ones count more.
_WORTH_MIRRORS, _LARGE = 3, 4096
#: How often mirrors refused a good text, and how often is too often.
_refusals: dict[tuple[Node, DecodeOptions], int] = {}
_TOO_OFTEN = 10


def decode(node: Node, data: Any, options: DecodeOptions) -> Any:
    """Wire data to a typed value.

    :raises Fault: the data does not fit the type.
    """
    try:
        try:
            fast = _decoders[node, options]
        except KeyError:
            fast = _fast_decoders(options).decoder(node)
            _decoders[node, options] = fast
        return fast(data)
    except Exception:
        return decode_carefully(node, data, options)


def decode_carefully(node: Node, data: Any, options: DecodeOptions) -> Any:
    """The same without compiled code."""
    try:
        return DecodeWalk(options).value(node, data)
    except RecursionError:
        raise Fault("other", (), node, data, "nested too deeply") from None


def decode_text(node: Node, text: Text, options: DecodeOptions) -> Any:
    """JSON text to a typed value.

    :raises DecodeError: the text is not JSON.
    :raises Fault: it does not fit the type.
    """
    try:
        fast = _text_decoders[node, options]
    except KeyError:
        fast = _text_decoders[node, options] = _hesitating(node, options)
    try:
        return fast(text)
    except Exception:
        value = decode(node, load_bytes(text), options)
        _refused(node, options)
        return value


def _refused(node: Node, options: DecodeOptions) -> None:
    """Mirrors refused what is good: the sender is newer than our schema.

    If that is what it is like, trying them first is a waste of time.
    """
    times = _refusals[node, options] = _refusals.get((node, options), 0) + 1
    if times >= _TOO_OFTEN:
        _text_decoders[node, options] = _general(node, options)


def _hesitating(node: Node, options: DecodeOptions) -> TextDecoder:
    """A decoder that goes the general way until mirrors are worth making."""
    seen = 0

    def hesitate(text: Text) -> Any:
        nonlocal seen
        seen += 1 + len(text) // _LARGE
        if seen >= _WORTH_MIRRORS:
            mirrors = _mirror_decoders(options)
            fast = mirrors.decoder(node) if mirrors else general
            _text_decoders[node, options] = fast
            return fast(text)
        return general(text)

    general = _general(node, options)
    return hesitate


def _general(node: Node, options: DecodeOptions) -> TextDecoder:
    """Plain data first, then typed values."""
    return lambda text: decode(node, load_bytes(text), options)


def encode(node: Node, value: Any) -> Any:
    """A typed value to wire data.

    :raises Fault: the value does not fit the type.
    """
    try:
        try:
            fast = _encoders[node]
        except KeyError:
            fast = _encoders[node] = _fast_encoders.encoder(node)
        return fast(value)
    except Exception:
        return encode_carefully(node, value)


def encode_carefully(node: Node, value: Any, *, allow_unknown: bool = False) -> Any:
    """The same without compiled code."""
    try:
        return EncodeWalk(allow_unknown=allow_unknown).value(node, value)
    except RecursionError:
        problem = "nested too deeply, or contains itself"
        raise Fault("other", (), node, value, problem) from None
