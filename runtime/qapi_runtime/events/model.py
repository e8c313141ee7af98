"""What an event is: its time, and a class for those that no schema has."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

from qapi_runtime.types import Entity, Struct, define, field

__all__ = ["Event", "Timestamp", "UnknownEvent"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Timestamp(NamedTuple):
    """When an event happened: time since 1970. A clock that cannot be read says -1."""

    seconds: int
    microseconds: int = 0

    @classmethod
    def now(cls) -> Self:
        """This machine's time."""
        seconds, rest = divmod(time.time_ns(), 1_000_000_000)
        return cls(seconds, rest // 1000)

    @property
    def known(self) -> bool:
        """Whether the sender's clock could be read."""
        return self.seconds >= 0 and self.microseconds >= 0

    @property
    def datetime(self) -> datetime:
        """The same as an aware datetime in UTC.

        :raises OverflowError: it is beyond what a datetime can be.
        """
        return _EPOCH + timedelta(seconds=self.seconds, microseconds=self.microseconds)

    def __float__(self) -> float:
        return self.seconds + self.microseconds / 1e6


@define(eq=False, kw_only=True, repr=False)
class Event(Struct):
    """Base of all events. A new one is stamped with the present time."""

    __qapi__ = Entity("")

    timestamp: Timestamp = field(factory=Timestamp.now)


@define(eq=False, kw_only=True, repr=False)
class UnknownEvent(Event):
    """An event that the schema does not have: its name and its data as they came."""

    name: str = field()
    data: dict[str, Any] = field(factory=dict)
