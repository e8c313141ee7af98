"""The wheel: complete, and of use in an empty environment, from anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

SCHEMA = """\
{ 'enum': 'Colour', 'data': [ 'red', 'green' ] }
{ 'struct': 'Wall', 'data': { 'colour': 'Colour', '*height': 'uint8' } }
{ 'command': 'paint', 'data': { 'colour': 'Colour' }, 'returns': 'Wall' }
{ 'event': 'PAINTED', 'data': 'Wall' }
"""
SCRIPT = """\
import qapi_house, sys
from qapi_house import Colour, Wall
from qapi_house.client import Client

class Painter:
    def execute(self, name, arguments=None):
        assert (name, arguments) == ("paint", {"colour": "red"}), (name, arguments)
        return {"colour": "red", "height": 3}

wall = Client(Painter()).paint(Colour.RED)
assert wall == Wall(colour=Colour.RED, height=3), wall
for name in ("lark", "jinja2", "black", "qapigen"):
    assert name not in sys.modules, name
print(wall.colour)
"""


@pytest.fixture(scope="module")
def wheel(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built the way ``pip install`` builds it, with the build tools of this Python."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "-t",
        "wheel",
        "-d",
        str(folder),
    ]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel and what the wheel asks for, nothing else."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder, with_pip=True)
    pip = [
        str(folder / "bin/python"),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
    ]
    done = subprocess.run(
        [*pip, "install", str(wheel)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0 and os.environ.get("QAPIGEN_REQUIRE_REFERENCE") != "1":
        pytest.skip(
            f"pip cannot fetch what the wheel depends on: {done.stderr.strip()[-200:]}"
        )
    assert done.returncode == 0, done.stderr
    return folder


def test_wheel_holds_everything(wheel: Path, project: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for package, folder in (
        ("qapigen", "qapigen"),
        ("qapi_runtime", "runtime/qapi_runtime"),
    ):
        for path in (project / folder).rglob("*.py"):
            assert f"{package}/{path.relative_to(project / folder).as_posix()}" in names
    for path in (project / "templates").iterdir():
        assert f"qapigen/templates/{path.name}" in names
        compiled = (
            f"qapigen/_built/templates/{path.name}.{sys.implementation.cache_tag}"
        )
        assert compiled in names
    assert {"qapigen/frontend/grammar.lark", "qapigen/_built/parser.tables"} <= names
    assert {"qapigen/py.typed", "qapi_runtime/py.typed"} <= names
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {
        "qapigen",
        "qapi_runtime",
    }
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_metadata(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
    lines = archive.read(name).decode().splitlines()
    required = {
        line.split(": ")[1] for line in lines if line.startswith("Requires-Dist")
    }
    base = {line for line in required if "extra ==" not in line}
    assert {
        line.partition(">")[0].partition("=")[0].partition("<")[0] for line in base
    } == {
        "attrs",
        "black",
        "jinja2",
        "lark",
        "msgspec",
    }
    assert {"Provides-Extra: dev", "Provides-Extra: migration"} <= set(lines)
    assert "Requires-Python: >=3.11" in lines
    assert "License-Expression: MIT" in lines


def test_wheel_works_from_a_foreign_folder(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "house.json").write_text(SCHEMA)
    # A home of its own shows what had to be made because the wheel did not bring it.
    home = tmp_path / "home"
    home.mkdir()
    clean = {"PATH": os.defpath, "HOME": str(home)}
    command = [str(environment / "bin/qapigen"), "house.json", "-o", "src"]
    done = subprocess.run(
        command, cwd=tmp_path, env=clean, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("house.json -> src/qapi_house  (")
    assert list(home.rglob("*")) == []
    done = subprocess.run(
        [str(environment / "bin/python"), "-W", "error", "-c", SCRIPT],
        cwd=tmp_path / "src",
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("red\n", "")
    again = subprocess.run(
        command, cwd=tmp_path, env=clean, capture_output=True, check=True
    )
    assert again.stdout == b""
