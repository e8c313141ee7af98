"""Who may import whom: the floors of the house, told from the text of every module.

Imports point down only. An import for type checkers counts like any other, save the one that
:data:`TYPING_ONLY` names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PROJECT = Path(__file__).resolve().parents[1]

#: Room -> the rooms of the same house that it may import, itself apart.
ROOMS: dict[str, set[str]] = {
    "qapigen": set(),
    "qapigen.errors": set(),
    "qapigen.caches": set(),
    "qapigen.frontend": {"qapigen.errors", "qapigen.caches"},
    "qapigen.model": {
        "qapigen.errors",
        "qapigen.frontend.source",
        "qapigen.frontend.syntax",
    },
    "qapigen.backend": {"qapigen.errors", "qapigen.caches", "qapigen.model"},
    "qapigen.output": {"qapigen.errors"},
    "qapigen.pipeline": {
        "qapigen.errors",
        "qapigen.frontend",
        "qapigen.model",
        "qapigen.backend",
    },
    "qapigen.command": {
        "qapigen.__version__",
        "qapigen.errors",
        "qapigen.frontend.diagnostics",
        "qapigen.model.introspect",
        "qapigen.output",
        "qapigen.pipeline",
    },
    "qapigen.__main__": {"qapigen.command.cli"},
    "qapi_runtime.errors": set(),
    "qapi_runtime.compat": set(),
    "qapi_runtime.classes": set(),
    "qapi_runtime.types": {"qapi_runtime.classes"},
    "qapi_runtime.codec": {"qapi_runtime.errors", "qapi_runtime.types"},
    "qapi_runtime.commands": {
        "qapi_runtime.codec",
        "qapi_runtime.errors",
        "qapi_runtime.types",
    },
    "qapi_runtime.client": {
        "qapi_runtime.codec",
        "qapi_runtime.commands",
        "qapi_runtime.types",
    },
    "qapi_runtime.aio": {
        "qapi_runtime.codec",
        "qapi_runtime.commands",
        "qapi_runtime.types",
    },
    "qapi_runtime.events": {
        "qapi_runtime.codec",
        "qapi_runtime.errors",
        "qapi_runtime.types",
    },
    "qapi_runtime.server": {
        "qapi_runtime.codec",
        "qapi_runtime.commands",
        "qapi_runtime.errors",
        "qapi_runtime.events",
    },
    # The face of the package: everything below it, each loaded when it is touched.
    "qapi_runtime": {"qapi_runtime"},
}

#: A finding points at a place, and a place is of the front end: for type checkers alone.
TYPING_ONLY = ("qapigen.errors", "qapigen.frontend.source")

#: Library -> the only modules (or rooms) that may import it.
LIBRARIES = {
    "lark": {"qapigen.frontend.tables"},
    "jinja2": {"qapigen.backend.render"},
    "black": {"qapigen.backend.formatting"},
    "msgspec": {"qapi_runtime.codec.json_text", "qapi_runtime.codec.mirror"},
    "attrs": {
        *("qapigen.errors", "qapigen.frontend", "qapigen.model", "qapigen.backend"),
        *("qapigen.pipeline", "qapi_runtime.classes"),
        *("qapi_runtime.types", "qapi_runtime.codec.registry"),  # for type checkers
    },
    "typing_extensions": {"qapi_runtime.compat"},
    "numpy": set(),
    "numba": set(),
}


class Import(NamedTuple):
    """One name that a module imports."""

    importer: str
    line: int
    #: As far as it is known: ``from a import b`` is ``a.b``, be ``b`` a module or not.
    target: str

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.target}"


def imports_of(folder: Path) -> Iterator[Import]:
    """Everything that the modules below *folder*, a package, import."""
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        package = parts[:-1]
        name = ".".join(package if parts[-1] == "__init__" else parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(name, node.lineno, alias.name)
            elif isinstance(node, ast.ImportFrom):
                above = package[: len(package) + 1 - node.level] if node.level else ()
                module = ".".join([*above, *([node.module] if node.module else [])])
                for alias in node.names:
                    yield Import(name, node.lineno, f"{module}.{alias.name}")


IMPORTS = [
    found
    for folder in ("qapigen", "runtime/qapi_runtime")
    for found in imports_of(PROJECT / folder)
]


def is_below(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


def room_of(name: str) -> str:
    return max((room for room in ROOMS if is_below(name, room)), key=len)


def is_allowed(found: Import) -> bool:
    """Whether an import within a house points down."""
    room = room_of(found.importer)
    if is_below(found.target, room) and room_of(found.target) == room:
        return True
    if found.importer == TYPING_ONLY[0] and is_below(found.target, TYPING_ONLY[1]):
        return True
    return any(is_below(found.target, below) for below in ROOMS[room])


def test_every_room_has_a_floor() -> None:
    modules = {found.importer for found in IMPORTS}
    assert {room_of(name) for name in modules} >= ROOMS.keys() - {"qapigen"}
    strangers = {
        name
        for name in modules
        if room_of(name) in {"qapigen", "qapi_runtime"} and name != room_of(name)
    }
    assert not strangers, "say in ROOMS what these may import"


@pytest.mark.parametrize("house", ["qapigen", "qapi_runtime"])
def test_imports_point_down(house: str) -> None:
    inside = [
        found
        for found in IMPORTS
        if is_below(found.importer, house) and is_below(found.target, house)
    ]
    assert len(inside) > 50
    assert [str(found) for found in inside if not is_allowed(found)] == []


def test_the_houses_do_not_know_each_other() -> None:
    across = [
        str(found)
        for found in IMPORTS
        if {found.importer.partition(".")[0], found.target.partition(".")[0]}
        == {"qapigen", "qapi_runtime"}
    ]
    assert across == []


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_stay_in_their_rooms(library: str) -> None:
    users = [found for found in IMPORTS if is_below(found.target, library)]
    assert [
        str(found)
        for found in users
        if not any(is_below(found.importer, room) for room in LIBRARIES[library])
    ] == []
    assert bool(users) is bool(LIBRARIES[library])


def test_generated_code_stands_on_the_runtime_alone() -> None:
    libraries = {
        found.target.partition(".")[0]
        for package in (PROJECT / "generated").iterdir()
        if package.is_dir()
        for found in imports_of(package)
        if found.target.partition(".")[0] != package.name
    }
    assert libraries == {
        *("__future__", "collections", "importlib", "json", "typing"),
        "qapi_runtime",
    }
