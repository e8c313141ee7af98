"""What a server's author derives from: one method per command, and events out."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

from qapi_runtime.errors import QmpError

if TYPE_CHECKING:
    from qapi_runtime.events import Event

__all__ = ["EventSink", "HandlerGroup"]

#: What takes events: gets each in its wire form, ``{"event": ..., "data": ...}``.
EventSink = Callable[[dict[str, Any]], object]


class HandlerGroup:
    """Base of the generated ``Commands`` and of the groups of methods it consists of.

    Derive from ``Commands`` and override the methods of the commands you serve, with
    ``def`` or ``async def``. They get typed arguments, return a typed result, and
    raise :class:`~qapi_runtime.errors.QmpError` to fail. Commands whose methods are
    left alone are answered with an error that says so.
    """

    _event_sinks: tuple[EventSink, ...] = ()
    #: Held while the sinks of any group are replaced: clients come and go in any thread.
    _sinks_lock = Lock()

    def emit(self, event: Event) -> None:
        """Send an event to everyone who is attached.

        :raises EncodeError: the event does not fit the schema; nobody got it.
        """
        from qapi_runtime.events import encode_event

        wire = encode_event(event)
        for sink in self._event_sinks:
            sink(wire)

    def attach(self, sink: EventSink) -> Callable[[], None]:
        """Have ``sink`` called with every event from now on.

        :returns: a function that ends it.
        """

        # A wrapper of its own, so that one sink attached twice is detached once.
        def call(wire: dict[str, Any]) -> object:
            return sink(wire)

        def detach() -> None:
            with self._sinks_lock:
                self._event_sinks = tuple(s for s in self._event_sinks if s is not call)

        with self._sinks_lock:
            self._event_sinks += (call,)
        return detach

    def _unhandled(self, command: str) -> QmpError:
        """What a command is answered with whose method was not overridden."""
        desc = f"This server does not implement the command {command}"
        return QmpError(desc, "CommandNotFound", command=command)
