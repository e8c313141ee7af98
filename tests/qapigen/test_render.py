"""Templates: the user's go before ours, broken ones say where, compiled ones are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from qapigen.backend import render
from qapigen.backend.render import Renderer, template_folder
from qapigen.errors import UsageError
from qapigen.pipeline import Options, compile_root


@pytest.fixture(name="cache", autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "qapigen"


@pytest.fixture(name="schema")
def _schema(tmp_path: Path) -> Path:
    path = tmp_path / "colours.json"
    path.write_text("{ 'enum': 'Colour', 'data': [ 'red' ] }\n")
    return path


@pytest.fixture(name="templates")
def _templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    return folder


def enums(schema: Path, options: Options) -> str:
    return compile_root(schema, package="qapi_x", options=options).files[
        "enums/colours.py"
    ]


def test_a_template_of_the_user_goes_before_ours(schema: Path, templates: Path) -> None:
    ours = (template_folder() / "enums.py.j2").read_text()
    (templates / "enums.py.j2").write_text(ours + "\n\n# by  hand\nx = {  }\n")
    text = enums(schema, Options(templates=templates))
    assert text == enums(schema, Options()) + "\n\n# by  hand\nx = {  }\n"
    # What a changed template writes is black's business.
    blackened = enums(schema, Options(templates=templates, format="black"))
    assert blackened.endswith("\n\n# by  hand\nx = {}\n")


def test_a_misspelt_template_is_not_passed_over(templates: Path) -> None:
    (templates / "enumz.py.j2").write_text("")
    with pytest.raises(UsageError, match=r"did you mean enums\.py\.j2\?"):
        Renderer(templates)
    (templates / "enumz.py.j2").rename(templates / "my-macros.j2")
    Renderer(templates)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ok\n{% if %}", r"template enums\.py\.j2:2: "),
        ("{{ nonsense }}", r"template enums\.py\.j2: 'nonsense' is undefined"),
        ("{% include 'none.j2' %}", r"none\.j2"),
    ],
)
def test_a_broken_template_says_where(
    schema: Path, templates: Path, text: str, message: str
) -> None:
    (templates / "enums.py.j2").write_text(text)
    with pytest.raises(UsageError, match=message):
        enums(schema, Options(templates=templates))


def test_what_is_not_python_is_told_from_black(schema: Path, templates: Path) -> None:
    (templates / "enums.py.j2").write_text("class:\n")
    with pytest.raises(UsageError, match=r"enums/colours\.py: the templates wrote"):
        enums(schema, Options(templates=templates, format="black"))


def test_compiled_templates_are_kept(
    schema: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "_SHIPPED", cache / "none")
    first = enums(schema, Options())
    kept = {path.name: path.read_bytes() for path in cache.iterdir()}
    assert any(name.startswith("enums.py.j2") for name in kept)
    # Damaged ones are made anew.
    for path in cache.iterdir():
        path.write_bytes(path.read_bytes()[:40])
    assert enums(schema, Options()) == first
    assert {path.name: path.read_bytes() for path in cache.iterdir()} == kept


def test_the_build_compiles_all_templates(tmp_path: Path, cache: Path) -> None:
    render.build(tmp_path / "built")
    built = {path.name.rpartition(".")[0] for path in (tmp_path / "built").iterdir()}
    assert built == {path.name for path in template_folder().iterdir()}
    assert not cache.exists()
