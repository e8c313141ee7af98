"""Parse, print, parse: the second tree is the first."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qapigen.frontend.parser import load
from qapigen.frontend.syntax import DocComment, SyntaxTree
from tests.conftest import RootSchema
from tests.properties.model import Model
from tests.properties.printer import tree_texts
from tests.properties.strategies import models


def _outline(tree: SyntaxTree) -> dict[str, list[Any]]:
    """All that *tree* says, as plain data without places."""
    return {
        "sources": [source.name for source in tree.sources],
        "expressions": [
            (e.source.name, _plain(e.value), None if e.doc is None else _comment(e.doc))
            for e in tree.expressions
        ],
        "directives": [
            (d.source.name, d.kind, _plain(d.value)) for d in tree.directives
        ],
        "free_docs": [(d.source.name, _comment(d)) for d in tree.free_docs],
        "pragma": [tree.pragma],
    }


def _plain(value: Any) -> Any:
    """*value* in such a way that the order of members counts."""
    if isinstance(value, dict):
        return [(str(key), _plain(item)) for key, item in value.items()]
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _comment(doc: DocComment) -> tuple[Any, ...]:
    assert not doc.faulty
    sections = [(s.kind, s.name, s.text) for s in doc.sections]
    return None if doc.symbol is None else str(doc.symbol), sections


def _check(tree: SyntaxTree, folder: Path, *, spread: bool) -> None:
    """*tree* printed to files below *folder* and read again is the same."""
    # Includes may lead out of the root's folder: it stands deep enough for them.
    home = folder / "a" / "b" / "c"
    for name, text in tree_texts(tree, spread=spread).items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    again = load(home / tree.root.name)
    expected, found = _outline(tree), _outline(again)
    for part, items in expected.items():
        assert len(found[part]) == len(items)
        # One by one: a difference between whole trees is nothing to look at.
        for one, other in zip(items, found[part], strict=True):
            assert other == one


def test_every_root(root_schema: RootSchema, tmp_path: Path) -> None:
    tree = load(root_schema.path)
    assert len(tree.expressions) > 50
    for spread in (False, True):
        _check(tree, tmp_path / str(spread), spread=spread)


@given(models(), st.booleans())
@settings(max_examples=150)
def test_random_schemas(model: Model, spread: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tree = load(model.write(Path(folder, "one")))
        assert next(source.name for source in tree.sources) == "root.json"
        written = [_plain(definition.written) for definition in model]
        read = [_plain(expression.value) for expression in tree.expressions]
        assert sorted(map(str, read)) == sorted(map(str, written))
        _check(tree, Path(folder, "two"), spread=spread)
