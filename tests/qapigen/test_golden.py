"""Golden cases: a schema beside the whole package, or the whole error message, it must give.

``QAPIGEN_UPDATE_GOLDEN=1 pytest tests/qapigen/test_golden.py`` rewrites what is expected; the
diff is to be read before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qapigen.errors import SchemaError
from qapigen.frontend.diagnostics import render
from qapigen.pipeline import Options, compile_root

GOLDEN = Path(__file__).parents[1] / "golden"
PACKAGES = sorted(path for path in (GOLDEN / "packages").iterdir() if path.is_dir())
ERRORS = sorted((GOLDEN / "errors").glob("*.json"))
UPDATE = os.environ.get("QAPIGEN_UPDATE_GOLDEN") == "1"


@pytest.mark.parametrize("case", PACKAGES, ids=lambda case: case.name)
def test_package(case: Path) -> None:
    output = compile_root(case / f"{case.name}.json", package=f"qapi_{case.name}")
    folder = case / f"qapi_{case.name}"
    if UPDATE:
        for name, text in output.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    expected = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert sorted(output.files) == sorted(expected)
    for name, text in expected.items():
        assert output.files[name] == text, name


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case.stem)
def test_error(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.parent)
    with pytest.raises(SchemaError) as caught:
        compile_root(Path(case.name), package="qapi_x", options=Options(strict=True))
    message = render(caught.value.diagnostics, "text", color=False)
    expected = case.with_suffix(".err")
    if UPDATE:
        expected.write_text(message, encoding="utf-8")
    assert message == expected.read_text(encoding="utf-8")
