"""Mistakes that type checkers must find: each in a line that says which it is.

``type: ignore`` keeps them out of the project's own check; the test takes it away and wants an
error in each of these lines, and in no other (``mypy alone``: pyright does not look there). What
is marked ``deprecated`` is an error only where that is asked for.
"""

from __future__ import annotations

from typing import assert_never

import attrs
import qapi_migration
from qapi_migration import (
    MigrateSetParameters,
    MigrationCapabilityStatus,
    MigrationEvent,
    MigrationInfo,
    MigrationStatus,
    SocketAddress,
    SocketAddressInet,
    SocketAddressType,
    SocketAddressUnix,
    aio,
)
from qapi_migration.client import Client
from qapi_migration.events import ColoExitEvent, Dispatcher
from qapi_migration.server import Commands

from tests.golden.packages.commands.qapi_commands.client import Client as LightClient


def calls(vm: Client, other: aio.Client, lights: LightClient) -> None:
    vm.migrate(url="tcp:192.0.2.1:4444")  # type: ignore[call-arg]  # misspelt argument
    vm.migrate(uri=4444)  # type: ignore[arg-type]  # wrong type
    vm.migrate("a", True)  # type: ignore[call-arg]  # by position
    vm.migrate(blk=True)  # type: ignore[call-arg]  # the mandatory one is missing
    vm.query_migration()  # type: ignore[attr-defined]  # misspelt command
    vm.migrate_continue("device")  # type: ignore[arg-type]  # not the enumeration
    vm.migrate_set_capabilities({"xbzrle": True})  # type: ignore[arg-type]  # no structs
    vm.migrate_set_parameters(max_bandwidth=1)  # type: ignore[call-arg]  # it is one object
    vm.migrate_set_parameters(MigrationInfo())  # type: ignore[arg-type]  # the wrong object
    size: str = vm.query_migrate_cache_size()  # type: ignore[assignment]  # returns an int
    print(vm.query_migrate().ram.total, size)  # type: ignore[union-attr]  # it may be absent
    print(vm.query_migrate().state)  # type: ignore[attr-defined]  # misspelt member
    info: MigrationInfo = other.query_migrate()  # type: ignore[assignment]  # not awaited
    lights.light_add({"driver": "led"})  # deprecated
    print(info)


def values(address: SocketAddress) -> None:
    MigrateSetParameters(compress_level="high")  # type: ignore[arg-type]  # wrong type
    MigrateSetParameters(max_bandwith=1)  # type: ignore[call-arg]  # misspelt member
    MigrationCapabilityStatus(state=True)  # type: ignore[call-arg]  # a member is missing
    SocketAddressInet("localhost", "4444")  # type: ignore[call-arg]  # by position
    SocketAddressInet(type=SocketAddressType.INET, host="a", port="1")  # type: ignore[call-arg]  # fixed
    attrs.evolve(MigrationInfo(), state="active")  # type: ignore[call-arg]  # mypy alone
    print(MigrationStatus.RUNNING)  # type: ignore[attr-defined]  # no such value
    print(address.host)  # type: ignore[union-attr]  # not in every branch
    print(qapi_migration.Nothing)  # type: ignore[attr-defined]  # no such name


def branches(address: SocketAddress) -> str:
    match address:
        case SocketAddressInet():
            return address.host
        case SocketAddressUnix():
            return address.path
        case _:
            assert_never(address)  # type: ignore[arg-type]  # there are more branches


class Monitor(Commands):
    def query_migrate(self) -> str:  # type: ignore[override]  # the wrong result
        return "none"

    def migrate_incoming(self, *, uri: int) -> None:  # type: ignore[override]  # wrong type
        print(uri)

    async def migrate_recover(self) -> None:  # type: ignore[override]  # lacks an argument
        """Nothing."""


def events(on: Dispatcher) -> None:
    def take(event: MigrationEvent) -> None:
        print(event.stats)  # type: ignore[attr-defined]  # misspelt member

    on(ColoExitEvent)(take)  # type: ignore[arg-type]  # takes another event
    on.register(ColoExitEvent, take)  # type: ignore[arg-type]  # likewise
    on.register("MIGRATION", take)  # type: ignore[arg-type]  # no class
