"""Every type, command and event of every schema goes through the codec.

The smallest value of each does; what values can be is for the property tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from qapi_runtime.codec import DEFAULT, REQUEST, engine, node_of, to_wire
from qapi_runtime.codec.nodes import EnumNode, Node, UnionNode
from qapi_runtime.errors import QmpError
from qapi_runtime.events import decode_event, encode_event
from qapi_runtime.server import CommandTable
from qapi_runtime.types import Struct

from .helpers import smallest, use_mirrors

STAMP = {"seconds": 1, "microseconds": 2}


def no_values(node: Node) -> bool:
    """Nothing can be of an enum without values (there are such in the wild)."""
    return isinstance(node, EnumNode) and not node.strings


def test_every_type(root_schema: Any, compile_root_schema: Callable[..., Any]) -> None:
    package = compile_root_schema(root_schema)
    types = package.module("_registry").TYPES
    with_mirrors = pytest.importorskip(
        "msgspec", reason="without it there are no mirrors"
    )
    for name in types:
        node = node_of((package.module(), name))
        if no_values(node):
            continue
        data = smallest(node)
        value = engine.decode_carefully(node, data, REQUEST)
        assert engine.decode(node, data, REQUEST) == value
        assert (
            engine.encode(node, value) == engine.encode_carefully(node, value) == data
        )
        use_mirrors(node, DEFAULT)
        assert (
            engine.decode_text(node, with_mirrors.json.encode(data), DEFAULT) == value
        )


def test_every_variant(
    root_schema: Any, compile_root_schema: Callable[..., Any]
) -> None:
    package = compile_root_schema(root_schema)
    for name, (kind, _, _) in package.module("_registry").TYPES.items():
        if kind != "union":
            continue
        node = node_of((package.module(), name))
        assert isinstance(node, UnionNode)
        seen: set[type] = set()
        for variant in node.variants():
            assert issubclass(variant.cls, Struct)
            seen.add(variant.cls)
            if variant.rest is None:
                data = smallest(variant)
                value = engine.decode(node, data, REQUEST)
                assert type(value) is variant.cls
                assert engine.encode(node, value) == data
                # A class alone says as much as the union.
                assert engine.decode(node_of(variant.cls), data, REQUEST) == value
        assert seen


def test_every_command(
    root_schema: Any, compile_root_schema: Callable[..., Any]
) -> None:
    package = compile_root_schema(root_schema)
    commands = package.module("_registry").COMMANDS
    calls: list[str] = []

    def handler(name: str) -> Callable[..., Any]:
        def handle(self: object, *_: object, **__: object) -> None:
            calls.append(name)
            raise QmpError("reached")

        return handle

    methods = {method: handler(name) for name, (method, _, _) in commands.items()}
    monitor = type("Monitor", (package.module("server").Commands,), methods)()
    table = CommandTable(monitor)
    for name in commands:
        assert table.implements(name)
        with pytest.raises(QmpError, match="reached"):
            table.execute(name, smallest(table[name].arguments_node()))
        table[name].result_node()
    assert calls == [*commands]


def test_a_server_knows_its_schema(
    root_schema: Any, compile_root_schema: Callable[..., Any]
) -> None:
    package = compile_root_schema(root_schema)
    table = CommandTable(package.module("server").Commands())
    if "query-qmp-schema" not in table:
        assert "qga" in root_schema.name or root_schema.name == "seed"
        return
    answer = table.execute("query-qmp-schema")
    assert answer == package.module("introspection").schema()
    if hasattr(package.module(), "SchemaInfoEnumMember"):
        # Before 6.2, schemas describe the answer of their time, and ours is today's.
        client = package.module("client").Client(table)
        assert to_wire(client.query_qmp_schema()) == answer


def test_every_event(root_schema: Any, compile_root_schema: Callable[..., Any]) -> None:
    package = compile_root_schema(root_schema)
    events = package.module("events")
    for name in events.EVENTS:
        cls = getattr(events, events.EVENTS[name][1])
        data = smallest(node_of(cls))
        wire = {"timestamp": STAMP, "event": name} | ({"data": data} if data else {})
        event = decode_event(package.name, wire)
        assert type(event) is cls
        assert encode_event(event) == wire
