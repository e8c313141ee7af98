"""Events to messages and back, and where the class of an event is found."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Union

from qapi_runtime.errors import DecodeError

from .model import Event, Timestamp, UnknownEvent

if TYPE_CHECKING:
    from qapi_runtime.codec import DecodeOptions
    from qapi_runtime.codec.nodes import Node

__all__ = ["decode_event", "encode_event", "load_event_name"]


def decode_event(
    package: str, wire: Any, *, options: DecodeOptions | None = None
) -> Event:
    """The typed event of a message ``{"event": ..., "data": ..., "timestamp": ...}``.

    :param package: the generated package, like ``qapi_migration``.
    :raises DecodeError: the message, or the data of an event that the schema has, is
        not what it has to be. (In the path, data begins with the event's name.)
    """
    from qapi_runtime.codec import DEFAULT, decode_node

    name, data, timestamp = _envelope(wire)
    cls = _event_class(package, name)
    if cls is None:
        return UnknownEvent(name=name, timestamp=timestamp, data=data)
    node = _event_node(cls)
    event: Event = decode_node(node, data, options or DEFAULT, f"{name}.data")
    event.timestamp = timestamp
    return event


def _envelope(wire: Any) -> tuple[str, dict[str, Any], Timestamp]:
    """Name, data and time of a message."""
    if not isinstance(wire, Mapping):
        raise DecodeError("", f"expected an event, got a {type(wire).__name__}")
    name, data, stamp = wire.get("event"), wire.get("data", {}), wire.get("timestamp")
    if type(name) is not str:
        raise DecodeError("event", "expected a string, the event's name")
    if not isinstance(data, dict):
        raise DecodeError(f"{name}.data", "expected an object")
    if not isinstance(stamp, dict):
        raise DecodeError("timestamp", "expected an object")
    for part in ("seconds", "microseconds"):
        if type(stamp.get(part)) is not int:
            raise DecodeError(f"timestamp.{part}", "expected an integer")
    return name, data, Timestamp(stamp["seconds"], stamp["microseconds"])


def encode_event(event: Event) -> dict[str, Any]:
    """An event as the message that goes over the wire.

    :raises EncodeError: it does not fit the schema.
    """
    from qapi_runtime.codec import encode_node, to_wire

    if isinstance(event, UnknownEvent):
        name = event.name
        data = to_wire(event.data, path=f"{name}.data")
    else:
        name = event.__qapi__.name
        data = encode_node(_event_node(type(event)), event, path=f"{name}.data")
    stamp = event.timestamp
    wire: dict[str, Any] = {
        "timestamp": {"seconds": stamp.seconds, "microseconds": stamp.microseconds},
        "event": name,
    }
    # QEMU leaves out data in which there is nothing.
    return wire | {"data": data} if data else wire


def _event_node(cls: type[Event]) -> Node:
    from qapi_runtime.codec import node_of

    return node_of(cls)


def _event_class(package: str, name: str) -> type[Event] | None:
    home = import_module(f"{package}.events")
    where = home.EVENTS.get(name)
    if where is None:
        return None
    module, class_name = where
    cls: type[Event] = getattr(import_module(f"{home.__name__}.{module}"), class_name)
    return cls


def load_event_name(
    module: str, events: Mapping[str, tuple[str, str]], name: str
) -> Any:
    """For the lazy facade ``events``: import an event's class when it is asked for.

    :param module: the facade's own name; ``events`` its ``EVENTS``.
    :raises AttributeError: there is nothing of that name.
    """
    for below, class_name in events.values():
        if class_name == name:
            return getattr(import_module(f"{module}.{below}"), name)
    if name == "AnyEvent":
        classes = [load_event_name(module, events, cls) for _, cls in events.values()]
        return Union[(*classes, UnknownEvent)]
    raise AttributeError(f"module {module!r} has no attribute {name!r}")
