"""What the property tests have found so far, as small as it can be."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from qapi_runtime.codec import from_wire, to_wire
from qapi_runtime.errors import DecodeError
from qapi_runtime.server import CommandTable

from tests.conftest import Compiler
from tests.properties.wire import same


@pytest.fixture
def package(request: pytest.FixtureRequest, tmp_path: Path, compiled: Compiler) -> Any:
    """Makes a package of a schema text."""

    def make(text: str, file: str = "root.json") -> Any:
        root = tmp_path / file
        root.write_text(text, encoding="utf-8")
        name = request.node.name
        identifier = "".join(c if c.isalnum() else "_" for c in name)
        return compiled(root, f"qapi_{identifier}")

    return make


@pytest.mark.parametrize(
    "since", ["forever\n#     and ever", "a\u2028b", "\u0085", 'a"b\\']
)
def test_since_is_any_text(package: Any, since: str) -> None:
    text = f"##\n# @E:\n#\n# x\n#\n# Since: x{since}\n##\n{{ 'enum': 'E', 'data': [ 'a' ] }}\n"
    enum = package(text).module().E
    assert enum.__qapi__.since.startswith("x")
    assert enum.__qapi__.name == "E"


def test_alternate_with_arrays_of_itself(package: Any) -> None:
    made = package(
        "{ 'alternate': 'A', 'data': { 'many': [ 'B' ], 'one': 'str' } }\n"
        "{ 'alternate': 'B', 'data': { 'many': [ 'A' ], 'null': 'null' } }\n"
    )
    made.module("alternates.root")
    data = [None, ["x", [None]], []]
    value = from_wire((made.name, "A"), data)
    assert value == data
    assert to_wire(value, (made.name, "A")) == data


@pytest.mark.parametrize(
    "members", ["'n': 'number', 'i': 'int8'", "'i': 'int8', 'n': 'number'"]
)
@pytest.mark.parametrize("data", [1, 1.5, -0.0, 100])
def test_alternate_of_int_and_number(package: Any, members: str, data: float) -> None:
    """Which comes first does not matter."""
    made = package(f"{{ 'alternate': 'A', 'data': {{ {members} }} }}\n")
    made.module()
    value = from_wire((made.name, "A"), data)
    assert same(value, data)
    assert same(to_wire(value, (made.name, "A")), data)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "CommandGroup",
            "AsyncCommandGroup",
            "HandlerGroup",
            "Command",
            "RootCommands",
        ),
        *("Event", "AnyEvent", "BaseDispatcher", "Struct", "Any", "None"),
        *("getattr", "sorted", "globals", "import_module"),
    ],
)
def test_types_called_like_what_generated_modules_use(package: Any, name: str) -> None:
    made = package(
        f"{{ 'struct': '{name}', 'data': {{ '*a': '{name}' }} }}\n"
        f"{{ 'command': 'c', 'data': {{ 'a': '{name}' }}, 'returns': '{name}' }}\n"
        f"{{ 'event': 'E', 'data': {{ 'a': '{name}' }} }}\n"
    )
    cls = getattr(made.module(), made.module("_registry").TYPES[name][2])
    assert cls.__qapi__.name == name
    value = cls(a=cls())

    class Executor:
        def execute(self, command: str, arguments: Any = None, /) -> Any:
            return arguments["a"]

    assert made.module("client").Client(Executor()).c(value) == value
    assert made.module("server").Commands.c
    event = made.module().EEvent(a=value)
    assert made.module("events").EEvent is type(event)
    assert set(made.module().__all__) <= set(dir(made.module()))
    assert set(made.module("events").__all__) == set(dir(made.module("events")))


@pytest.mark.parametrize(
    "file", ["str", "sorted", "dict", "typing", "class", "__init__"]
)
def test_files_called_like_what_generated_modules_use(package: Any, file: str) -> None:
    made = package("{ 'event': 'E' }\n{ 'command': 'c' }\n", f"{file}.json")
    assert made.module("events").EEvent is made.module().EEvent
    assert set(made.module("events").__all__) == set(dir(made.module("events")))
    assert made.module("client").Client.c


def test_command_that_is_boxed_and_raw(package: Any) -> None:
    """Raw has the last word: the arguments are any mapping."""
    made = package(
        "{ 'struct': 'S', 'data': { 'a': 'int' } }\n"
        "{ 'command': 'c', 'data': 'S', 'boxed': true, 'gen': false }\n"
    )
    sent = []

    class Executor:
        def execute(self, command: str, arguments: Any = None, /) -> Any:
            sent.append(arguments)
            return {}

    made.module("client").Client(Executor()).c({"a": 1, "more": "x"})
    assert sent == [{"a": 1, "more": "x"}]


def test_alternate_of_which_nothing_is_left(tmp_path: Path, compiled: Compiler) -> None:
    root = tmp_path / "root.json"
    root.write_text(
        "{ 'alternate': 'A', 'data': { 'a': { 'type': 'str', 'if': 'X' } } }\n"
        "{ 'struct': 'S', 'data': { '*a': 'A' } }\n"
    )
    made = compiled(root, "qapi_nothing_left", closed=True)
    assert made.module("alternates.root").A is made.module().A
    assert made.module().S() == from_wire(made.module().S, {})
    with pytest.raises(DecodeError):
        from_wire(made.module().S, {"a": "x"})


def test_raw_command_with_an_empty_struct(package: Any) -> None:
    """Client and server agree on whether there is an argument."""
    made = package(
        "{ 'struct': 'E', 'data': {} }\n"
        "{ 'command': 'c', 'data': 'E', 'gen': false }\n"
    )
    client = inspect.signature(made.module("client").Client.c)
    commands = made.module("server").Commands
    assert len(inspect.signature(commands.c).parameters) == len(client.parameters)
    received = []

    def c(self: object, *arguments: object) -> None:
        received.append(arguments)

    CommandTable(type("Handlers", (commands,), {"c": c})()).execute("c", {})
    assert [len(arguments) + 1 for arguments in received] == [len(client.parameters)]
