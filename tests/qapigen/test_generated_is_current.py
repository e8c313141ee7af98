"""``generated/`` is what ``schema/`` gives: nothing to do, and nothing in it that is not ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from qapigen.pipeline import compile_root

PACKAGE = "qapi_migration"


def test_every_file_is_current(project: Path) -> None:
    """The texts themselves, whatever the command line thinks."""
    files = compile_root(project / "schema/migration.json", package=PACKAGE).files
    folder = project / "generated" / PACKAGE
    found = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sorted(found) == sorted(files)
    assert [name for name, text in files.items() if found[name] != text] == []


def test_the_command_has_nothing_to_do(project: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "qapigen", "schema/", "-o", "generated/", "--check"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stderr) == (0, "")


def test_there_is_nothing_else(project: Path) -> None:
    folders = [path.name for path in (project / "generated").iterdir() if path.is_dir()]
    assert [name for name in folders if name != "__pycache__"] == [PACKAGE]
