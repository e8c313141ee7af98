"""Root schemas of a folder, and what a root includes, found without parsing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qapigen.command.roots import SchemaFiles


def _lay_out(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def _include(*names: str) -> str:
    return "".join(f"{{ 'include': '{name}' }}\n" for name in names)


def _roots(folder: Path) -> list[str]:
    return [os.path.relpath(root, folder) for root in SchemaFiles().roots(str(folder))]


def _closure(folder: Path, root: str) -> set[str]:
    home = os.path.realpath(folder)
    return {
        os.path.relpath(key, home) for key in SchemaFiles().closure(str(folder / root))
    }


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        ({"a.json": "", "b.json": ""}, ["a.json", "b.json"]),
        ({"a.json": _include("b.json"), "b.json": ""}, ["a.json"]),
        ({"z.json": _include("sub/b.json"), "sub/b.json": ""}, ["z.json"]),
        ({"a.json": "", "sub/b.json": ""}, ["a.json", "sub/b.json"]),
        ({"a.json": _include("a.json")}, ["a.json"]),
        ({"a.json": _include("b.json"), "b.json": _include("a.json")}, ["a.json"]),
        (
            {
                "a.json": _include("b.json"),
                "b.json": _include("a.json"),
                "root.json": _include("a.json"),
            },
            ["root.json"],
        ),
        ({"a.json": "# { 'include': 'b.json' }\n", "b.json": ""}, ["a.json", "b.json"]),
        (
            {
                "a.json": "{ 'struct': 'A', 'data': { 'include': 'b.json' } }",
                "b.json": "",
            },
            ["a.json", "b.json"],
        ),
        (
            {"a.json": "{ # it's\n 'include' # that\n:\t'b.json'}", "b.json": ""},
            ["a.json"],
        ),
        (
            {
                "a.json": "{ 'struct': 'A', 'data': ['}', '\\'{'] }"
                + _include("b.json"),
                "b.json": "",
            },
            ["a.json"],
        ),
        (
            {"a.json": "", "package.json": '{ "name": "x" }', "list.json": " [1]"},
            ["a.json"],
        ),
        (
            {"a.json": "{ 'struct': 'A' }", "b.json": '{ "struct": 1 }'},
            ["a.json", "b.json"],
        ),
        ({"a.json": "# only\n# comments", "b.txt": "", ".c.json": ""}, ["a.json"]),
        ({"a.json": "", ".git/b.json": ""}, ["a.json"]),
        (
            {"a.json": _include("gone.json"), "b.json": "{ 'include': 5 }"},
            ["a.json", "b.json"],
        ),
        ({"a.json": "{ 'include': 'b.json'", "b.json": "\0\1\2"}, ["a.json"]),
    ],
)
def test_roots(tmp_path: Path, files: dict[str, str], roots: list[str]) -> None:
    _lay_out(tmp_path, files)
    assert _roots(tmp_path) == roots


def test_a_file_outside_may_include_one_inside(tmp_path: Path) -> None:
    _lay_out(
        tmp_path,
        {
            "in/root.json": _include("../out.json"),
            "out.json": _include("in/part.json"),
            "in/part.json": "",
        },
    )
    assert _roots(tmp_path / "in") == ["root.json"]
    assert _closure(tmp_path, "in/root.json") == {
        "in/root.json",
        "out.json",
        "in/part.json",
    }


def test_loops_of_links_end(tmp_path: Path) -> None:
    _lay_out(tmp_path, {"a.json": "", "sub/b.json": ""})
    (tmp_path / "sub/loop").symlink_to("..")
    (tmp_path / "self.json").symlink_to("self.json")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "again.json").symlink_to("a.json")
    assert _roots(tmp_path) == ["a.json", "self.json", "sub/b.json"]


def test_folders_behind_links_are_searched(tmp_path: Path) -> None:
    _lay_out(tmp_path, {"schema/a.json": _include("qapi/b.json"), "qemu/b.json": ""})
    (tmp_path / "schema/qapi").symlink_to("../qemu")
    assert _roots(tmp_path / "schema") == ["a.json"]
    assert _closure(tmp_path, "schema/a.json") == {"schema/a.json", "qemu/b.json"}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    _lay_out(tmp_path, {"a.json": _include("pipe.json")})
    assert _closure(tmp_path, "a.json") == {"a.json"}


def test_long_and_deep_texts_are_no_trouble(tmp_path: Path) -> None:
    blanks, brackets = " " * 5_000_000, "[" * 100_000
    _lay_out(
        tmp_path,
        {
            "a.json": blanks + brackets + _include("b.json"),
            "b.json": "",
            "c.json": blanks,
        },
    )
    assert _roots(tmp_path) == ["b.json", "c.json"]


def test_reference_schemas(shared: Path) -> None:
    """Each release has the roots that it should have."""
    roots = SchemaFiles().roots(str(shared / "schemas"))
    names = [os.path.relpath(root, shared / "schemas") for root in roots]
    assert "seed/migration.json" in names
    assert "qemu-7.2.22/storage-daemon/qapi/qapi-schema.json" in names
    assert {os.path.basename(name) for name in names} == {
        "migration.json",
        "qapi-schema.json",
    }


def test_closure_is_what_the_parser_reads(shared: Path) -> None:
    from qapigen.frontend.parser import load

    root = shared / "schemas/qemu-10.2.50/qapi/qapi-schema.json"
    read = {os.path.realpath(source.path) for source in load(root).sources}
    assert SchemaFiles().closure(str(root)).keys() == read
    assert len(read) > 40
