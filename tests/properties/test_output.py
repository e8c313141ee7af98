"""The output for random schemas: black, mypy and pyright have nothing to say to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import black
import pytest
from black.report import NothingChanged
from hypothesis import given, settings

from qapigen.backend.formatting import MODE
from tests.properties.model import Model
from tests.properties.packages import compiled, files_of
from tests.properties.strategies import models
from tests.typecheck import CHECKERS, Checker

#: So many packages are checked for types, in one run of each tool.
_CHECKED = 25


@given(models())
@settings(max_examples=150)
def test_all_modules_can_be_imported(model: Model) -> None:
    with compiled(model) as package:
        for name in package.modules:
            module = package.module(name.removeprefix(package.name).lstrip("."))
            for offered in getattr(module, "__all__", ()):
                assert hasattr(module, offered), f"{name}.{offered}"


@given(models())
@settings(max_examples=25)
def test_black_would_change_nothing(model: Model) -> None:
    for path, text in files_of(model).items():
        if path.endswith(".py") and text:
            with pytest.raises(NothingChanged):
                black.format_file_contents(text, fast=True, mode=MODE)


@given(models())
@settings(max_examples=30)
def test_twice_is_the_same(model: Model) -> None:
    assert files_of(model) == files_of(model)


_OTHER_PROCESS = """
import json, sys
from pathlib import Path
from qapigen.pipeline import compile_root
roots = sys.stdin.read().split()
files = [compile_root(Path(root), package="qapi_random").files for root in roots]
json.dump(files, sys.stdout)
"""


def test_order_of_hashes_does_not_matter(project: Path, tmp_path: Path) -> None:
    roots: list[Path] = []

    @given(models())
    @settings(max_examples=20)
    def write(model: Model) -> None:
        roots.append(model.write(tmp_path / str(len(roots))))

    write()
    outputs = []
    for seed in "1", "2":
        process = subprocess.run(
            [sys.executable, "-c", _OTHER_PROCESS],
            input="\n".join(map(str, roots)),
            cwd=project,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.append(json.loads(process.stdout))
    assert len(outputs[0]) == len(roots) == 20
    assert outputs[0] == outputs[1]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages of random schemas."""
    folder = tmp_path_factory.mktemp("random")
    count = 0

    @given(models())
    @settings(max_examples=_CHECKED)
    def write(model: Model) -> None:
        nonlocal count
        name = f"qapi_random_{count}"
        count += 1
        for path, text in files_of(model, name).items():
            file = folder / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        (folder / name / "schema.txt").write_text(repr(model), encoding="utf-8")

    write()
    return folder


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.name)
def test_types(checker: Checker, packages: Path, tmp_path: Path) -> None:
    found = checker.run(packages, tmp_path)
    assert [str(finding) for finding in found] == []
    assert checker.checked >= _CHECKED * 15
