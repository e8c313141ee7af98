"""A program that uses the clients: what the methods return is known to type checkers."""

from __future__ import annotations

from typing import Any, assert_type

from qapi_migration import (
    MigrateSetParameters,
    MigrationCapability,
    MigrationCapabilityStatus,
    MigrationInfo,
    MigrationParameters,
    MigrationStats,
    MigrationStatus,
    SocketAddress,
    aio,
)
from qapi_migration.client import Client

__all__ = ["results", "results_awaited", "settings"]


def results(vm: Client) -> list[str]:
    """What the schema says each command returns."""
    info = assert_type(vm.query_migrate(), MigrationInfo)
    assert_type(info.status, MigrationStatus | None)
    assert_type(info.ram, MigrationStats | None)
    assert_type(info.socket_address, list[SocketAddress] | None)
    parameters = assert_type(vm.query_migrate_parameters(), MigrationParameters)
    assert_type(parameters.max_bandwidth, int | None)
    found = assert_type(
        vm.query_migrate_capabilities(), list[MigrationCapabilityStatus]
    )
    assert_type(vm.query_migrate_cache_size(), int)
    assert_type(vm.execute("x-new", {"a": 1}), Any)
    return [status.capability for status in found if status.state]


async def results_awaited(vm: aio.Client) -> int:
    """The same names with asyncio."""
    info = assert_type(await vm.query_migrate(), MigrationInfo)
    await vm.migrate(uri="tcp:[::1]:4444", blk=info.ram is None)
    return assert_type(await vm.query_migrate_cache_size(), int)


def settings(vm: Client) -> None:
    """Arguments by name; the only mandatory one by position, too."""
    vm.migrate("tcp:192.0.2.1:4444")
    vm.migrate(uri="tcp:192.0.2.1:4444", blk=True, inc=None)
    vm.migrate_continue(MigrationStatus.PRE_SWITCHOVER)
    # Any sequence will do, and no member of an enumeration is less than its string.
    vm.migrate_set_capabilities(
        (MigrationCapabilityStatus(capability=MigrationCapability.XBZRLE, state=True),)
    )
    vm.migrate_set_parameters(
        MigrateSetParameters(max_bandwidth=1 << 30, tls_creds=None)
    )
    plain: str = MigrationStatus.ACTIVE
    assert plain == "active"
