"""Every module says what it is for and what it offers, and what it offers is documented."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]

_Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _modules() -> dict[str, Path]:
    found = {}
    for house in ("qapigen", "runtime/qapi_runtime"):
        folder = PROJECT / house
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder.parent).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


MODULES = _modules()
#: Their only names are the rooms below them.
FACES = {
    name
    for name, path in MODULES.items()
    if path.name == "__init__.py" and len(ast.parse(path.read_text()).body) == 1
}


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """What stands at the top, also below an ``if``; there the last one counts."""
    for node in tree.body:
        if isinstance(node, ast.If):
            yield from node.body
            yield from node.orelse
        else:
            yield node


def _definitions(tree: ast.Module) -> dict[str, list[_Definition]]:
    found: dict[str, list[_Definition]] = {}
    for node in _statements(tree):
        if isinstance(node, _Definition) and not _is_overload(node):
            found.setdefault(node.name, []).append(node)
    return found


def _is_overload(node: _Definition) -> bool:
    return any(ast.unparse(it).endswith("overload") for it in node.decorator_list)


def _exports(name: str) -> list[str]:
    exports: list[str] = getattr(import_module(name), "__all__", [])
    return exports


def test_a_module_has_a_docstring(module: str) -> None:
    text = ast.get_docstring(ast.parse(MODULES[module].read_text(encoding="utf-8")))
    assert text
    assert text.split("\n")[0][-1] in ".:?"


def test_a_module_says_what_it_offers(module: str) -> None:
    names = _exports(module)
    assert names or module in FACES or module == "qapigen"
    assert len(names) == len(set(names))
    for name in names:
        assert hasattr(import_module(module), name), name


def test_what_looks_public_is(module: str) -> None:
    """No class or function without ``_`` that ``__all__`` leaves out."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    public = {name for name in _definitions(tree) if not name.startswith("_")}
    assert public <= {*_exports(module)}


def test_what_is_offered_is_documented(module: str) -> None:
    path = MODULES[module]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    definitions = _definitions(tree)
    bare = [
        f"{path.name}:{node.lineno}: {name}"
        for name in _exports(module)
        for node in definitions.get(name, [])
        if not ast.get_docstring(node)
    ]
    assert bare == []


def test_a_room_offers_what_its_modules_do() -> None:
    """A name that a package gives out is public where it comes from, too."""
    for name, path in MODULES.items():
        if path.name != "__init__.py":
            continue
        face = import_module(name)
        for export in _exports(name):
            home = getattr(getattr(face, export), "__module__", name)
            if home in MODULES:
                assert export in {*_exports(home)}, f"{name}.{export}, of {home}"
