"""mypy and pyright accept what users write and find the mistakes they make.

``typed/usage.py.txt`` and ``typed/mistakes.py.txt`` are for the checkers; nobody runs
them. (They import a package that is not in the tree, so they are no modules there.)
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import qapi_runtime

HERE = Path(__file__).parent / "typed"
RUNTIME = Path(qapi_runtime.__file__).parent.parent


@pytest.fixture(scope="module")
def packages(sample: Any) -> Path:
    assert sample.__file__ is not None
    return Path(sample.__file__).parent.parent


def copied(name: str, folder: Path) -> Path:
    file = folder / f"{name}.py"
    shutil.copy(HERE / f"{name}.py.txt", file)
    return file


def mypy(name: str, packages: Path, folder: Path) -> set[int]:
    """Lines with errors."""
    file = copied(name, folder)
    pytest.importorskip("mypy", reason="mypy is a tool of development")
    command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={folder}"]
    done = subprocess.run(
        [*command, "--config-file=", "--output=json", str(file)],
        env=os.environ | {"MYPYPATH": os.pathsep.join([str(RUNTIME), str(packages)])},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    errors = [json.loads(line) for line in done.stdout.splitlines() if line]
    here = [error for error in errors if error["severity"] == "error"]
    assert all(Path(error["file"]).name == file.name for error in here), here
    return {error["line"] for error in here}


def pyright(name: str, packages: Path, folder: Path) -> set[int]:
    """Lines with errors."""
    file = copied(name, folder)
    found = shutil.which(
        "pyright", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    )
    if found is None:
        pytest.skip("pyright is a tool of development")
    config = {
        "include": [file.name],
        "extraPaths": [str(RUNTIME), str(packages)],
        "pythonVersion": "3.11",
        "typeCheckingMode": "standard",
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(config))
    done = subprocess.run(
        [found, "--outputjson", "-p", str(folder), "--pythonpath", sys.executable],
        capture_output=True,
        text=True,
    )
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == 1
    return {
        finding["range"]["start"]["line"] + 1
        for finding in report["generalDiagnostics"]
        if finding["severity"] == "error"
    }


def mistakes() -> set[int]:
    lines = (HERE / "mistakes.py.txt").read_text().splitlines()
    return {i for i, line in enumerate(lines, 1) if "# mistake:" in line}


def test_mypy(packages: Path, tmp_path: Path) -> None:
    assert mypy("usage", packages, tmp_path) == set()
    assert mypy("mistakes", packages, tmp_path) == mistakes()


def test_pyright(packages: Path, tmp_path: Path) -> None:
    assert pyright("usage", packages, tmp_path) == set()
    assert pyright("mistakes", packages, tmp_path) == mistakes()
