"""Generated clients against a real QEMU 7.2: what it answers is what its schema said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from qapi_runtime.errors import QmpError

from qapigen.command.config import read_names
from qapigen.model.introspect import introspect
from qapigen.pipeline import Options, load_schema
from tests.interop.conftest import Monitor


@pytest.fixture(scope="module")
def package(shared: Path, compiled: Any) -> Any:
    """The package of the complete schema of 7.2."""
    return compiled(shared / "schemas/qemu-7.2.22/qapi/qapi-schema.json", "qapi_q72")


def test_introspection_is_what_qemu_itself_answers(qemu: Monitor, shared: Path) -> None:
    names, _ = read_names([f"@{shared / 'corpus/qemu-7.2-x86_64.defines'}"])
    options = Options(defined=frozenset(names), closed=True)
    root = shared / "schemas/qemu-7.2.22/qapi/qapi-schema.json"
    schema, _ = load_schema(root, options)
    assert introspect(schema) == qemu.execute("query-qmp-schema")


def test_real_replies_become_typed_values(qemu: Monitor, package: Any) -> None:
    vm = package.module("client").Client(qemu)
    version = vm.query_version()
    assert (version.qemu.major, version.qemu.minor) == (7, 2)
    assert {command.name for command in vm.query_commands()} >= {"migrate", "quit"}
    entities = vm.query_qmp_schema()
    assert len(entities) > 1000
    by_name = {entity.name: entity for entity in entities}
    assert type(by_name["migrate"]).__name__ == "SchemaInfoCommand"
    assert vm.query_status().status is package.module().RunState.PRELAUNCH
    assert not vm.query_migrate().status


def test_what_is_sent_arrives(qemu: Monitor, package: Any) -> None:
    types = package.module()
    vm = package.module("client").Client(qemu)
    vm.migrate_set_parameters(
        types.MigrateSetParameters(
            max_bandwidth=123456, downtime_limit=77, tls_creds=None
        )
    )
    parameters = vm.query_migrate_parameters()
    assert (parameters.max_bandwidth, parameters.downtime_limit) == (123456, 77)
    assert parameters.tls_creds == ""
    vm.blockdev_add(
        types.BlockdevOptionsNullCo(node_name="n0", size=1 << 20, read_zeroes=True)
    )
    vm.blockdev_add(types.BlockdevOptionsRaw(node_name="r0", file="n0"))
    nodes = {node.node_name: node for node in vm.query_named_block_nodes()}
    assert nodes["n0"].image.virtual_size == 1 << 20
    assert nodes["r0"].drv == "raw"


def test_errors_keep_their_class(qemu: Monitor, package: Any) -> None:
    vm = package.module("client").Client(qemu)
    with pytest.raises(QmpError) as caught:
        vm.device_del(id="nobody")
    assert caught.value.error_class == "DeviceNotFound"


def test_the_seed_package_speaks_to_a_newer_qemu(qemu: Monitor) -> None:
    from qapi_migration import MigrationCapability, MigrationCapabilityStatus
    from qapi_migration.client import Client

    vm = Client(qemu)
    vm.migrate_set_capabilities(
        [MigrationCapabilityStatus(capability=MigrationCapability.XBZRLE, state=True)]
    )
    states = {each.capability: each.state for each in vm.query_migrate_capabilities()}
    assert states[MigrationCapability.XBZRLE] is True
    # 7.2 has capabilities that the seed's schema does not know: kept, and marked so.
    assert any(not capability.known for capability in states)
    with pytest.raises(QmpError, match="expects a valid migration protocol"):
        vm.migrate(uri="nonsense")
