"""Every root schema of QEMU there is: compiled and imported, with nothing of it lost.

What a schema defines is found here by looking at its text, not by asking the compiler.
"""

from __future__ import annotations

import importlib
import inspect
import keyword
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from qapi_runtime.types import QapiEnum, Struct

from tests.conftest import CompiledPackage, RootSchema

_INCLUDE = re.compile(r"^\{\s*'include':\s*'([^']+)'", re.MULTILINE)
_COMMENT = re.compile(r"^\s*#.*\n", re.MULTILINE)
_BEGIN = re.compile(
    r"^ *\{\s*'(enum|struct|union|alternate|command|event|include|pragma)'\s*:",
    re.MULTILINE,
)
_NAME = re.compile(r"\s*'([^']+)'")
_CompileRoot = Callable[[RootSchema], CompiledPackage]


def _definitions(root: Path) -> dict[str, str]:
    """Name -> meta-type of all that *root* and its includes define, read off their text."""
    found: dict[str, str] = {}
    seen: set[Path] = set()
    waiting = [root]
    while waiting:
        path = waiting.pop().resolve()
        if path in seen:
            continue
        seen.add(path)
        text = path.read_text(encoding="utf-8")
        waiting += [path.parent / name for name in _INCLUDE.findall(text)]
        bare = _COMMENT.sub("", text)
        begins = [*_BEGIN.finditer(bare)]
        ends = [*(match.start() for match in begins[1:]), len(bare)]
        for match, end in zip(begins, ends, strict=True):
            if match[1] in ("include", "pragma"):
                continue
            body = bare[match.end() : end]
            [name] = _NAME.match(body).groups()  # type: ignore[union-attr]  # it has a name
            assert name not in found, name
            found[name] = match[1]
            if match[1] == "union" and "'discriminator'" not in body:
                found[f"{name}Kind"] = "enum"
    return found


@pytest.fixture
def package(
    root_schema: RootSchema, compile_root_schema: _CompileRoot
) -> CompiledPackage:
    return compile_root_schema(root_schema)


def _modules(package: CompiledPackage) -> list[str]:
    """The names of all modules below the package."""
    paths = sorted(path for path in package.files if path.endswith(".py"))
    names = [path.removesuffix(".py").replace("/", ".") for path in paths]
    return [name.removesuffix("__init__").rstrip(".") for name in names]


def _names(table: dict[str, str], *metas: str) -> set[str]:
    return {name for name, meta in table.items() if meta in metas}


def test_every_module_offers_what_it_says(package: CompiledPackage) -> None:
    names = _modules(package)
    assert len(names) == len(set(names))
    assert len(names) >= 15
    for name in names:
        module = package.module(name)
        offered = getattr(module, "__all__", [])
        assert len(offered) == len(set(offered))
        for what in offered:
            assert getattr(module, what) is not None
        assert set(offered) <= set(dir(module))


def test_no_type_is_lost(root_schema: RootSchema, package: CompiledPackage) -> None:
    expected = _definitions(root_schema.path)
    types = package.module("_registry").TYPES
    assert {name: row[0] for name, row in types.items()} == {
        name: meta
        for name, meta in expected.items()
        if meta not in ("command", "event")
    }
    facade = package.module()
    python_names = Counter(python_name for _, _, python_name in types.values())
    assert python_names.most_common(1)[0][1] == 1
    for name, (kind, module, python_name) in types.items():
        found = getattr(package.module(module), python_name)
        assert getattr(facade, python_name) is found
        assert python_name in facade.__all__
        _check_type(name, kind, found)


def _check_type(name: str, kind: str, found: Any) -> None:
    if kind == "enum":
        assert issubclass(found, QapiEnum)
        assert found.__qapi__.name == name
        # Two values with one name would be one member.
        assert len(found.__members__) == len({member.value for member in found})
    elif kind == "struct":
        assert issubclass(found, Struct)
        assert found.__qapi__.name == name
        _check_fields(found)
    elif kind == "union":
        for variant in found.__args__:
            assert issubclass(variant, Struct)
            assert variant.__qapi__.name == name
            _check_fields(variant)


def _check_fields(cls: type[Any]) -> None:
    """A name for each member, and a member for each name."""
    assert attrs.has(cls)
    assert cls.__dictoffset__ == 0, "not slotted"
    fields = attrs.fields(cls)
    python_names = [field.name for field in fields]
    names = [field.metadata["name"] for field in fields if field.metadata]
    assert len(set(python_names)) == len(python_names)
    assert len(set(names)) == len(names)
    for field in fields:
        assert field.kw_only
        assert field.name.isidentifier()
        assert not keyword.iskeyword(field.name)
        assert not field.name.startswith("_")


def test_no_command_is_lost(root_schema: RootSchema, package: CompiledPackage) -> None:
    expected = _names(_definitions(root_schema.path), "command")
    commands = package.module("_registry").COMMANDS
    assert set(commands) == expected
    methods = [method for method, _, _ in commands.values()]
    assert len(set(methods)) == len(methods)
    for module, name in (
        ("client", "Client"),
        ("aio", "Client"),
        ("server", "Commands"),
    ):
        cls = getattr(package.module(module), name)
        assert _own_methods(cls) == set(methods)
    for name, (_, module, constant) in commands.items():
        assert getattr(package.module(f"commands.{module}"), constant).name == name


def _own_methods(cls: type[Any]) -> set[str]:
    """The public methods that the generated classes above *cls* have."""
    return {
        name
        for base in cls.__mro__
        if not base.__module__.startswith(("qapi_runtime", "builtins"))
        for name, value in vars(base).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }


def test_parameters_are_the_arguments(package: CompiledPackage) -> None:
    """Client and server take each argument under one name, and every argument of the command."""
    client = package.module("client").Client
    commands = package.module("server").Commands
    for name, (method, module, constant) in package.module(
        "_registry"
    ).COMMANDS.items():
        command = getattr(package.module(f"commands.{module}"), constant)
        for cls in (client, commands):
            parameters = dict(inspect.signature(getattr(cls, method)).parameters)
            del parameters["self"]
            if command.boxed or not command.gen:
                assert len(parameters) <= 1, name
                continue
            assert parameters.keys() == command.members.keys(), name
            for parameter, metadata in command.members.items():
                mandatory = parameters[parameter].default is inspect.Parameter.empty
                assert mandatory is not metadata["optional"], f"{name}: {parameter}"


def test_no_event_is_lost(root_schema: RootSchema, package: CompiledPackage) -> None:
    expected = _names(_definitions(root_schema.path), "event")
    events = package.module("events")
    assert set(events.EVENTS) == expected
    assert len({name for _, name in events.EVENTS.values()}) == len(expected)
    for name, (module, python_name) in events.EVENTS.items():
        found = getattr(package.module(f"events.{module}"), python_name)
        assert found.__qapi__.name == name
        assert getattr(events, python_name) is found
        assert getattr(package.module(), python_name) is found
        _check_fields(found)


def test_every_codec_can_be_built(package: CompiledPackage) -> None:
    """All types that members, arguments and results name can be found."""
    codec = importlib.import_module("qapi_runtime.codec")
    for name, (kind, _, _) in package.module("_registry").TYPES.items():
        for reference in (name, f"[{name}]"):
            node = codec.node_of((package.name, reference))
            if kind == "struct" and reference == name:
                assert len(node.members) == len(attrs.fields(node.cls))
    for name, (_, module, constant) in package.module("_registry").COMMANDS.items():
        command = getattr(package.module(f"commands.{module}"), constant)
        assert command.arguments_node() is not None, name
        assert (command.result_node() is None) is (command.returns is None), name


@pytest.mark.parametrize("name", ["qemu-2.12.0/qapi", "qemu-10.2.50/qapi"])
def test_the_order_of_hashes_does_not_matter(
    name: str, schema_roots: list[RootSchema], compiled: Any, project: Path
) -> None:
    [root] = [root for root in schema_roots if root.name == name]
    script = (
        "import hashlib, pathlib, sys; from qapigen.pipeline import compile_root\n"
        "files = compile_root(pathlib.Path(sys.argv[1]), package=sys.argv[2]).files\n"
        "print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script, str(root.path), root.package],
            cwd=project,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


_COST = """
import sys, time
sys.path[:0] = sys.argv[2:]
import asyncio
start = time.perf_counter()
__import__(sys.argv[1] + ".client")
took = time.perf_counter() - start
loaded = [name for name in sys.modules if name.startswith(sys.argv[1] + ".types.")]
assert not loaded, loaded
assert "lark" not in sys.modules and "jinja2" not in sys.modules and "black" not in sys.modules
print(f"{took * 1000:.0f} ms")
"""


def test_importing_a_client_loads_no_types(
    root_schema: RootSchema, package: CompiledPackage, project: Path
) -> None:
    """What that costs is printed, and a matter of the benchmarks."""
    for attempt in ("without", "with"):
        process = subprocess.run(
            [
                *(sys.executable, "-c", _COST, package.name),
                *(str(package.folder.parent), str(project / "runtime")),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert process.returncode == 0, process.stderr
        took = process.stdout.strip()
        print(f"{root_schema.name}: import of the client, {attempt} .pyc: {took}")


# Names that meet

_MEETING = [
    # (names as in the schema, what each is called in Python)
    (("a-b", "c"), ("a_b", "c")),
    (("class", "from", "in", "is", "None"), ("class_", "from_", "in_", "is_", "None_")),
    (("last-mode", "mode"), ("last_mode", "mode")),
    (("str", "int", "list"), ("str_", "int_", "list_")),
    (("x-a", "__org.qemu_x-a"), ("x_a", "org_qemu_x_a")),
]


@pytest.mark.parametrize(("names", "expected"), _MEETING)
def test_members_that_need_another_name(
    names: tuple[str, ...], expected: tuple[str, ...], tmp_path: Path, compiled: Any
) -> None:
    members = ", ".join(f"'{name}': 'int'" for name in names)
    root = tmp_path / "names.json"
    root.write_text(
        "{ 'pragma': { 'member-name-exceptions': [ 'S' ] } }\n"
        f"{{ 'struct': 'S', 'data': {{ {members} }} }}\n"
    )
    package = compiled(root, "qapi_members_" + "".join(filter(str.isalnum, names[0])))
    fields = attrs.fields(package.module().S)
    assert {f.metadata["name"]: f.name for f in fields} == dict(
        zip(names, expected, strict=True)
    )


def test_commands_that_are_one_in_c(tmp_path: Path, compiled: Any) -> None:
    """They differ in ``-`` and ``_`` alone, which only command names may; both can be called."""
    root = tmp_path / "twins.json"
    root.write_text(
        "{ 'command': 'a-b' }\n{ 'command': 'a_b' }\n{ 'command': 'a__b' }\n"
    )
    registry = compiled(root, "qapi_twins").module("_registry")
    methods = {name: row[0] for name, row in registry.COMMANDS.items()}
    assert methods == {"a-b": "a_b_2", "a_b": "a_b", "a__b": "a__b"}
    constants = {row[2] for row in registry.COMMANDS.values()}
    assert len(constants) == 3
