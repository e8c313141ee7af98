"""A program that serves commands, with plain and with asynchronous methods, and takes events."""

from __future__ import annotations

from typing import assert_type

from qapi_migration import MigrationEvent, MigrationInfo, MigrationStatus
from qapi_migration.events import (
    AnyEvent,
    ColoExitEvent,
    Dispatcher,
    MigrationPassEvent,
    UnknownEvent,
)
from qapi_migration.server import Commands
from qapi_runtime.server import CommandTable

__all__ = ["Monitor", "Watcher", "served"]


class Monitor(Commands):
    """Some commands; the others are answered by an error."""

    def __init__(self) -> None:
        self.status = MigrationStatus.NONE
        self.size = 64 << 20

    def query_migrate(self) -> MigrationInfo:
        return MigrationInfo(status=self.status)

    def migrate_incoming(self, *, uri: str) -> None:
        self.status = MigrationStatus.SETUP
        self.emit(MigrationEvent(status=self.status))

    async def migrate_set_cache_size(self, *, value: int) -> None:
        self.size = value

    async def query_migrate_cache_size(self) -> int:
        return self.size


class Watcher:
    """Notes what happens."""

    def __init__(self, on: Dispatcher) -> None:
        self.seen: list[str] = []

        @on(MigrationEvent)
        def status(event: MigrationEvent) -> None:
            self.seen.append(assert_type(event.status, MigrationStatus))

        @on(MigrationPassEvent, ColoExitEvent)
        def other(event: MigrationPassEvent | ColoExitEvent) -> None:
            self.seen.append(type(event).__name__)

        @on.unknown
        def unknown(event: UnknownEvent) -> None:
            self.seen.append(event.name)

    def note(self, event: AnyEvent) -> None:
        """The union of all events can be taken apart like any other."""
        match event:
            case MigrationEvent(status=status):
                self.seen.append(status)
            case UnknownEvent(name=name):
                self.seen.append(name)
            case _:
                self.seen.append("something else")


def served() -> CommandTable:
    """What a transport, or a client in the same process, executes commands with."""
    return CommandTable(Monitor())
