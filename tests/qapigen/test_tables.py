"""The parse tables: always the same, never built where they are there, never in the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qapigen.errors import QapigenError
from qapigen.frontend import tables


@pytest.fixture(name="shipped")
def _shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the shipped tables would be, and a cache of its own."""
    shipped = tmp_path / "_built/parser.tables"
    monkeypatch.setattr(tables, "SHIPPED", shipped)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return shipped


def _fail(grammar: str) -> tables.Tables:
    raise AssertionError("the tables were built")


def cached(shipped: Path) -> list[Path]:
    return sorted((shipped.parent.parent / "cache").rglob("*"))


def test_shipped_tables_are_read(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables.build(shipped)
    built = tables.load()
    monkeypatch.setattr(tables, "_make", _fail)
    assert tables.load() == built
    assert cached(shipped) == []


def test_missing_tables_are_built_and_cached(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = tables.load()
    folder, file = cached(shipped)
    assert (folder.name, file.suffix) == ("qapigen", ".tables")
    monkeypatch.setattr(tables, "_make", _fail)
    assert tables.load() == built


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[:-1],
        lambda text: text.replace("format 1", "format 0"),
        lambda text: text.replace("end 1", "end 4711"),
        lambda text: text.replace("DOC=", "DOC=x"),
        lambda text: text.replace("rule file 0 empty", "rule file"),
        lambda text: "\xff" + text,
    ],
)
def test_damaged_or_stale_tables_are_not_used(shipped: Path, damage: object) -> None:
    assert callable(damage)
    tables.build(shipped)
    right = tables.load()
    shipped.write_text(damage(shipped.read_text()), encoding="latin-1")
    assert tables.load() == right
    assert cached(shipped)


def test_another_grammar_has_other_tables(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables.build(shipped)
    old = tables.load()
    changed = tmp_path / "grammar.lark"
    grammar = tables.GRAMMAR.read_text().replace("empty_array", "no_elements")
    changed.write_text(grammar)
    monkeypatch.setattr(tables, "GRAMMAR", changed)
    assert tables.load() != old


def test_a_cache_that_cannot_be_written_is_no_error(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shipped.parent.parent / "cache").write_text("a file where a folder should be")
    assert tables.load().rules
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    monkeypatch.setenv("HOME", str(shipped.parent.parent / "cache"))
    assert tables.load().rules


def test_without_lark_the_error_says_what_to_do(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lark", None)
    with pytest.raises(QapigenError, match="reinstall qapigen"):
        tables.load()


def test_the_tables_are_the_same_in_every_process(tmp_path: Path) -> None:
    texts = set()
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.tables"
        code = f"import pathlib, qapigen.frontend.tables as t; t.build(pathlib.Path({str(path)!r}))"
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        )
        texts.add(path.read_text())
    assert len(texts) == 1


def test_reading_a_schema_imports_no_lark(tmp_path: Path) -> None:
    schema = tmp_path / "a.json"
    schema.write_text("{ 'a': 'b' }")
    code = f"""
import sys
from pathlib import Path
from qapigen.frontend import tables
tables.SHIPPED = Path({str(tmp_path / "parser.tables")!r})
if len(sys.argv) > 1:
    tables.build(tables.SHIPPED)
else:
    from qapigen.frontend.parser import load
    assert load(Path({str(schema)!r})).expressions
    loaded = {{"lark", "jinja2", "black", "json", "hashlib"}} & set(sys.modules)
    assert not loaded, loaded
"""
    for arguments in (["build"], []):
        subprocess.run(
            [sys.executable, "-c", code, *arguments],
            check=True,
            env={"PYTHONPATH": ":".join(sys.path), "XDG_CACHE_HOME": str(tmp_path)},
        )
