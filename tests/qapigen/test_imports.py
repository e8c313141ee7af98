"""What is loaded when: subprocesses look at ``sys.modules``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

COMPILER = {"lark", "jinja2", "black", "qapigen"}
SHOW = "\nimport sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def _loaded(script: str, cwd: Path) -> set[str]:
    """Top-level modules after running *script*."""
    done = subprocess.run(
        [sys.executable, "-c", script + SHOW],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def _run(*argv: str) -> str:
    return f"from qapigen.command.cli import run; assert run({list(argv)!r}) == 0"


def test_the_runtime_is_light(tmp_path: Path) -> None:
    loaded = _loaded("import qapi_runtime", tmp_path)
    assert "qapi_runtime" in loaded
    assert not loaded & {*COMPILER, "numpy", "numba"}


def test_generated_code_loads_no_compiler(project: Path) -> None:
    """Every module of the committed package, all loaded."""
    folder = project / "generated"
    modules = sorted(
        path.relative_to(folder).with_suffix("").as_posix().replace("/", ".")
        for path in (folder / "qapi_migration").rglob("*.py")
    )
    assert len(modules) > 10
    script = "".join(f"import {name.removesuffix('.__init__')}\n" for name in modules)
    loaded = _loaded(script, folder)
    assert "qapi_migration" in loaded
    assert not loaded & {*COMPILER, "numpy", "numba"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "vm.json").write_text("{ 'command': 'stop' }")
    return tmp_path


def test_nothing_to_do_loads_no_compiler(place: Path) -> None:
    argv = ("vm.json", "-o", "out")
    assert {"attrs", "jinja2"} <= _loaded(_run(*argv), place)
    loaded = _loaded(_run(*argv), place)
    heavy = {
        "attr",
        "attrs",
        "lark",
        "jinja2",
        "black",
        "tomllib",
        "inspect",
        "shutil",
        "json",
    }
    assert not loaded & heavy


def test_black_is_loaded_on_demand_only(place: Path) -> None:
    assert "black" not in _loaded(_run("vm.json", "-o", "out"), place)
    assert "black" in _loaded(_run("vm.json", "-o", "out", "--format", "black"), place)


def test_help_is_light(place: Path) -> None:
    script = "from qapigen.command.cli import run\ntry: run(['--help'])\nexcept SystemExit: pass"
    assert not _loaded(script, place) & {"attrs", "lark", "jinja2", "black"}
