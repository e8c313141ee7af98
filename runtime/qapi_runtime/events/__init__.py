"""Events: a class each, their wire form, and a dispatcher for typed handlers.

A generated event class has the event's data as fields beside its ``timestamp``. An
event that the schema does not have is no error: it arrives as :class:`UnknownEvent`.
"""

from __future__ import annotations

from .dispatcher import BaseDispatcher, Subscription
from .model import Event, Timestamp, UnknownEvent
from .wire import decode_event, encode_event, load_event_name

__all__ = [
    "BaseDispatcher",
    "Event",
    "Subscription",
    "Timestamp",
    "UnknownEvent",
    "decode_event",
    "encode_event",
    "load_event_name",
]
