"""A client and a server in one process: what one sends is what the other gets."""

from __future__ import annotations

import asyncio
import gc
import pickle
import warnings
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from qapi_runtime.codec import DecodeOptions
from qapi_runtime.errors import (
    CommandError,
    DecodeError,
    EncodeError,
    QapiError,
    QmpError,
)
from qapi_runtime.server import CommandTable
from qapi_runtime.types import UNSET, unknown_members


class Recorder:
    """An executor that answers what it is told and remembers what it was sent."""

    def __init__(self, reply: object = None) -> None:
        self.reply = reply
        self.sent: list[tuple[str, Any]] = []

    def execute(self, command: str, arguments: Any = None) -> Any:
        self.sent.append((command, arguments))
        return self.reply


class AsyncRecorder(Recorder):
    """The same, to be awaited; shaped like qemu.qmp's client."""

    async def execute(
        self, cmd: str, arguments: Mapping[str, object] | None = None, oob: bool = False
    ) -> object:
        return super().execute(cmd, arguments)


@pytest.fixture
def kit(sample: Any, compiled: Any) -> Any:
    """The package's client, aio and server modules beside its types."""
    from importlib import import_module

    parts = {
        name: import_module(f"sample.{name}") for name in ("client", "aio", "server")
    }
    return SimpleNamespace(types=sample, **parts)


@pytest.fixture
def monitor(kit: Any) -> Any:
    """A server that remembers its calls; some handlers are async, some left out."""

    class Monitor(kit.server.Commands):  # type: ignore[misc]  # made in the test
        def __init__(self) -> None:
            self.calls: list[tuple[Any, ...]] = []

        def paint(self, *, colour: Any, **more: Any) -> int:
            self.calls.append(("paint", colour, more))
            return 7

        def set_widths(self, arguments: Any, /) -> None:
            self.calls.append(("set_widths", arguments))

        def add_device(self, arguments: Any, /) -> Any:
            return arguments

        def raw_add(self, arguments: Mapping[str, Any], /) -> None:
            self.calls.append(("raw_add", arguments))

        def query_raw(self) -> Any:
            return [{"leaf-name": "plain"}, kit.types.Leaf(leaf_name="typed")]

        async def query_optionals(self) -> Any:
            await asyncio.sleep(0)
            return kit.types.Optionals(leaf_name="x", text_or_null=None)

        def query_trees(self) -> Any:
            return ["not", "trees"]

        def stop(self) -> Any:
            raise QmpError("nothing to stop", "DeviceNotActive")

        def old_stop(self) -> Any:
            return 3

    return Monitor()


class TestClient:
    def test_arguments(self, kit: Any) -> None:
        wire = Recorder(5)
        client = kit.client.Client(wire)
        assert client.paint(kit.types.Colour.RED) == 5
        client.paint(kit.types.Colour.RED, coats=2, note=None)
        client.paint(colour="green", note="x", shapes=[kit.types.ShapeDot(name="d")])
        assert wire.sent == [
            ("paint", {"colour": "red"}),
            ("paint", {"colour": "red", "coats": 2, "note": None}),
            (
                "paint",
                {
                    "colour": "green",
                    "note": "x",
                    "shapes": [{"name": "d", "kind": "dot"}],
                },
            ),
        ]

    def test_no_arguments(self, kit: Any) -> None:
        wire = Recorder({})
        assert kit.client.Client(wire).stop() is None
        kit.client.Client(wire).set_widths(kit.types.Widths())
        assert wire.sent == [("stop", None), ("set-widths", None)]

    def test_boxed_and_raw(self, kit: Any) -> None:
        wire = Recorder({})
        client = kit.client.Client(wire)
        client.set_widths(kit.types.Widths(u8=1))
        client.raw_add({"driver": "x", "bus": {"a": [kit.types.Colour.RED]}})
        assert wire.sent == [
            ("set-widths", {"u8": 1}),
            ("raw-add", {"driver": "x", "bus": {"a": ["red"]}}),
        ]

    def test_nothing_is_sent_that_does_not_fit(self, kit: Any) -> None:
        wire = Recorder({})
        client = kit.client.Client(wire)
        dot = kit.types.ShapeDot(name="d", colour="mauve")
        calls: list[tuple[Callable[[], object], str]] = [
            (lambda: client.paint("mauve"), "arguments.colour"),
            (lambda: client.paint("red", coats=256), "arguments.coats"),
            (lambda: client.paint("red", shapes=[dot]), "arguments.shapes[0].colour"),
            (lambda: client.paint(UNSET), "arguments.colour"),
            (lambda: client.set_widths(kit.types.Widths(size=-1)), "arguments.size"),
            (lambda: client.set_widths({"u8": 1}), "arguments"),
            (lambda: client.raw_add([]), "arguments"),
            (lambda: client.raw_add({"x": {1}}), "arguments.x"),
        ]
        for call, path in calls:
            with pytest.raises(EncodeError) as caught:
                call()
            assert caught.value.path == path
        assert wire.sent == []

    def test_results_are_checked(self, kit: Any) -> None:
        with pytest.raises(
            DecodeError, match=r'^return: expected an integer, got "x"$'
        ):
            kit.client.Client(Recorder("x")).paint("red")
        with pytest.raises(DecodeError) as caught:
            kit.client.Client(Recorder([{"leaf-name": "x"}, {}])).query_raw()
        assert caught.value.path == "return[1].leaf-name"

    def test_options(self, kit: Any) -> None:
        wire = Recorder([{"leaf-name": "x", "new": 1}])
        keep = DecodeOptions(unknown_members="keep")
        (leaf,) = kit.client.Client(wire, options=keep).query_raw()
        assert unknown_members(leaf) == {"new": 1}
        (leaf,) = kit.client.Client(wire).query_raw()
        assert unknown_members(leaf) == {}

    def test_untyped(self, kit: Any) -> None:
        wire = Recorder({"a": 1})
        assert kit.client.Client(wire).execute("x-new", {"b": 2}) == {"a": 1}
        assert wire.sent == [("x-new", {"b": 2})]

    def test_deprecated_commands_warn(self, kit: Any) -> None:
        with pytest.warns(DeprecationWarning, match="old-stop"):
            kit.client.Client(Recorder({})).old_stop()

    def test_asyncio(self, kit: Any) -> None:
        async def run() -> None:
            wire = AsyncRecorder(5)
            client = kit.aio.Client(wire)
            assert await client.paint(kit.types.Colour.RED, coats=1) == 5
            assert await client.execute("x-new") == 5
            assert wire.sent == [
                ("paint", {"colour": "red", "coats": 1}),
                ("x-new", None),
            ]
            with pytest.raises(EncodeError):
                await client.paint("mauve")

        asyncio.run(run())


class TestServer:
    def test_typed_arguments(self, kit: Any, monitor: Any) -> None:
        client = kit.client.Client(CommandTable(monitor))
        circle = kit.types.ShapeCircle(name="c", radius=1)
        assert client.paint(kit.types.Colour.RED, note=None, shapes=[circle]) == 7
        client.set_widths(kit.types.Widths(u8=1))
        client.raw_add({"driver": "d", "any": [1]})
        assert monitor.calls == [
            ("paint", kit.types.Colour.RED, {"note": None, "shapes": [circle]}),
            ("set_widths", kit.types.Widths(u8=1)),
            ("raw_add", {"driver": "d", "any": [1]}),
        ]

    def test_unions_both_ways(self, kit: Any, monitor: Any) -> None:
        client = kit.client.Client(CommandTable(monitor))
        for device in (
            kit.types.DeviceShapeCircle(id="i", name="c", radius=1),
            kit.types.DeviceLeaf(id="i", leaf_name="x"),
        ):
            assert client.add_device(device) == device

    def test_raw_results(self, kit: Any, monitor: Any) -> None:
        found = kit.client.Client(CommandTable(monitor)).query_raw()
        assert found == [
            kit.types.Leaf(leaf_name="plain"),
            kit.types.Leaf(leaf_name="typed"),
        ]

    def test_async_handlers(self, kit: Any, monitor: Any) -> None:
        table = CommandTable(monitor)

        async def run() -> Any:
            client = kit.aio.Client(table.as_async())
            assert await client.paint(kit.types.Colour.RED) == 7
            return await client.query_optionals()

        assert asyncio.run(run()) == kit.types.Optionals(
            leaf_name="x", text_or_null=None
        )

    def test_async_handlers_need_a_loop(self, monitor: Any) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(TypeError, match="query-optionals is async"):
                CommandTable(monitor).execute("query-optionals")
            gc.collect()

    def test_a_command_without_result(self, monitor: Any) -> None:
        assert CommandTable(monitor).execute("set-widths", {}) == {}

    def test_handlers_are_held_to_the_schema(self, monitor: Any) -> None:
        with pytest.raises(
            EncodeError, match=r"^return\[0\]: expected an object \(Tree\)"
        ):
            CommandTable(monitor).execute("query-trees")
        with pytest.raises(EncodeError, match="old-stop has no result, got a int"):
            CommandTable(monitor).execute("old-stop")

    def test_handlers_errors(self, kit: Any, monitor: Any) -> None:
        with pytest.raises(CommandError) as caught:
            kit.client.Client(CommandTable(monitor)).stop()
        error = caught.value
        assert (error.desc, error.error_class) == ("nothing to stop", "DeviceNotActive")
        assert (error.command, error.arguments) == ("stop", None)
        assert str(error) == "stop: nothing to stop [DeviceNotActive]"

    def test_what_is_left_out(self, monitor: Any) -> None:
        table = CommandTable(monitor)
        with pytest.raises(QmpError) as caught:
            table.execute("fit", {"ref": None})
        assert caught.value.error_class == "CommandNotFound"
        assert caught.value.desc == "This server does not implement the command fit"
        assert not table.implements("fit")
        assert table.implements("paint")
        assert not table.implements("nonsense")

    def test_calling_the_default_gives_the_same_error(self, monitor: Any) -> None:
        with pytest.raises(QmpError, match="does not implement the command fit"):
            monitor.fit(ref=None)

    def test_the_table(self, monitor: Any) -> None:
        table = CommandTable(monitor)
        assert "paint" in table
        assert "nonsense" not in table
        assert len(table) == len([*table]) == 10
        assert table["stop"].allow_oob
        assert table["old-stop"].features == ("deprecated",)
        assert repr(table["stop"]) == "<Command stop>"
        with pytest.raises(KeyError):
            table["nonsense"]

    def test_not_a_server(self) -> None:
        class Nobody:
            """Does not derive from a generated class."""

        with pytest.raises(TypeError, match="Nobody"):
            CommandTable(Nobody())  # type: ignore[arg-type]  # that is the test


#: Arguments of "fit" and what QEMU's texts are for them.
FIT = [
    ({}, "Parameter 'ref' is missing"),
    ({"ref": 1}, "Invalid parameter type for 'ref', expected: Ref"),
    ({"ref": {}}, "Parameter 'ref.name' is missing"),
    ({"ref": {"name": 1}}, "Invalid parameter type for 'ref.name', expected: string"),
    ({"ref": {"name": "x"}}, "Parameter 'ref.kind' is missing"),
    ({"ref": {"name": "x", "kind": "y"}}, "Parameter 'kind' does not accept value 'y'"),
    ({"ref": {"name": "x", "kind": "circle"}}, "Parameter 'ref.radius' is missing"),
    (
        {"ref": {"name": "x", "kind": "circle", "radius": 65536}},
        "Parameter 'radius' expects uint16_t",
    ),
    (
        {"ref": {"name": "x", "kind": "circle", "radius": -1}},
        "Parameter 'radius' expects uint16_t",
    ),
    (
        {"ref": {"name": "x", "kind": "circle", "radius": 2**64}},
        "Parameter 'ref.radius' expects uint64",
    ),
    (
        {"ref": {"name": "x", "kind": "circle", "radius": "1"}},
        "Parameter 'ref.radius' expects uint64",
    ),
    (
        {"ref": {"name": "x", "kind": "dot", "radius": 1}},
        "Parameter 'ref.radius' is unexpected",
    ),
    ({"ref": "r", "mixed": "x"}, "Invalid parameter type for 'mixed', expected: Mixed"),
    ({"ref": "r", "mixed": 128}, "Parameter 'mixed' expects int8_t"),
    (
        {"ref": "r", "mixed": 2**63},
        "Invalid parameter type for 'mixed', expected: integer",
    ),
    (
        {"ref": "r", "mixed": 0.5},
        "Invalid parameter type for 'mixed', expected: integer",
    ),
    ({"ref": "r", "mixed": ["x"]}, "Parameter 'null' does not accept value 'x'"),
    ({"ref": "r", "lists": []}, "Invalid parameter type for 'lists', expected: object"),
    (
        {"ref": "r", "lists": {"numbers": [1, 256]}},
        "Parameter 'null' expects uint8_t",
    ),
    (
        {"ref": "r", "lists": {"numbers": [1, "x"]}},
        "Parameter 'lists.numbers[1]' expects uint64",
    ),
    (
        {"ref": "r", "lists": {"leaves": [{"leaf-name": "x", "y": 1}]}},
        "Parameter 'lists.leaves[0].y' is unexpected",
    ),
    (
        {"ref": "r", "lists": {"texts": {}}},
        "Invalid parameter type for 'lists.texts', expected: array",
    ),
    (
        {"ref": "r", "tree": None},
        "Invalid parameter type for 'tree', expected: object",
    ),
    ({"ref": "r", "new": 1}, "Parameter 'new' is unexpected"),
    (
        {"ref": "r", "new": 1, "mixed": None},
        "Invalid parameter type for 'mixed', expected: Mixed",
    ),
]


class TestArgumentErrors:
    """The same texts as QEMU's; test_server_corpus.py asks QEMU itself."""

    @pytest.fixture
    def table(self, kit: Any) -> CommandTable:
        class Monitor(kit.server.Commands):  # type: ignore[misc]  # made in the test
            def fit(self, **arguments: Any) -> Any:
                pytest.fail(f"called with {arguments}")

            def raw_add(self, arguments: Any, /) -> Any: ...

            def paint(self, **arguments: Any) -> Any:
                raise QmpError("called")

            def stop(self) -> Any: ...

        return CommandTable(Monitor())

    @pytest.mark.parametrize(("arguments", "desc"), FIT)
    def test_texts(self, table: CommandTable, arguments: Any, desc: str) -> None:
        with pytest.raises(QmpError) as caught:
            table.execute("fit", arguments)
        assert caught.value.to_wire() == {"class": "GenericError", "desc": desc}
        assert caught.value.arguments == arguments

    @pytest.mark.parametrize(
        ("member", "word"),
        [
            ("text", "string"),
            ("flag", "boolean"),
            ("ratio", "number"),
            ("nothing", "null"),
            ("colour", "string"),
        ],
    )
    def test_words(self, table: CommandTable, member: str, word: str) -> None:
        from .test_decode import SCALARS

        scalars = SCALARS | {member: [1]}
        with pytest.raises(QmpError) as caught:
            table.execute("fit", {"ref": "r", "scalars": scalars})
        path = f"scalars.{member}"
        assert (
            caught.value.desc
            == f"Invalid parameter type for '{path}', expected: {word}"
        )

    def test_no_command(self, table: CommandTable) -> None:
        with pytest.raises(QmpError) as caught:
            table.execute("nonsense", {"a": 1})
        assert caught.value.to_wire() == {
            "class": "CommandNotFound",
            "desc": "The command nonsense has not been found",
        }

    def test_arguments_of_a_command_without(self, table: CommandTable) -> None:
        assert table.execute("stop", {}) == {}
        with pytest.raises(QmpError, match=r"^stop: Parameter 'a' is unexpected$"):
            table.execute("stop", {"a": 1})

    def test_no_object(self, table: CommandTable) -> None:
        for command in ("stop", "raw-add", "fit"):
            with pytest.raises(QmpError, match="'arguments' must be an object"):
                table.execute(command, [1])  # type: ignore[arg-type]  # that is the test

    def test_raw_arguments_are_not_checked(self, table: CommandTable) -> None:
        assert table.execute("raw-add", {"no": "driver"}) == {}

    def test_other_mappings(self, table: CommandTable) -> None:
        from types import MappingProxyType

        with pytest.raises(QmpError, match="paint: called"):
            table.execute("paint", MappingProxyType({"colour": "red"}))


class TestQmpError:
    def test_from_reply(self) -> None:
        reply = {"id": 1, "error": {"class": "DeviceNotFound", "desc": "no such thing"}}
        error = QmpError.from_reply(reply, command="x", arguments={"a": 1})
        assert (error.error_class, error.desc) == ("DeviceNotFound", "no such thing")
        assert error.reply is reply
        assert error.to_wire() == reply["error"]
        again = pickle.loads(pickle.dumps(error))
        assert (str(again), again.reply) == (str(error), reply)

    @pytest.mark.parametrize("error", [None, 3, {}, {"class": 1, "desc": None}])
    def test_from_a_bad_reply(self, error: object) -> None:
        made = QmpError.from_reply({"error": error})
        assert made.error_class == "GenericError"
        assert "without a description" in made.desc

    def test_tree(self) -> None:
        assert CommandError is QmpError
        assert issubclass(QmpError, QapiError)
        assert str(QmpError("it failed")) == "it failed"


def test_an_asynchronous_executor_is_told_apart(kit: Any) -> None:
    class Waits:
        async def execute(self, command: str, arguments: object = None) -> object:
            raise AssertionError("never awaited")

    with pytest.raises(TypeError, match="asynchronous"):
        kit.client.Client(Waits()).query_optionals()
