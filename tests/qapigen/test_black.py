"""What the templates write is what black would make of it, in the output of every root schema."""

from __future__ import annotations

from collections.abc import Callable

import black
from black.output import diff
from black.report import NothingChanged

from qapigen.backend.formatting import MODE, format_files
from tests.conftest import CompiledPackage, RootSchema

_CompileRoot = Callable[[RootSchema], CompiledPackage]


def test_black_would_change_nothing(
    root_schema: RootSchema, compile_root_schema: _CompileRoot
) -> None:
    files = compile_root_schema(root_schema).files
    changed = []
    for path, text in files.items():
        if path.endswith(".py") and text:
            try:
                formatted = black.format_file_contents(text, fast=True, mode=MODE)
            except NothingChanged:
                continue
            changed.append(_difference(path, text, formatted))
    assert not changed, "\n".join(changed[:5])
    assert len(files) > 15


def _difference(path: str, text: str, formatted: str) -> str:
    return diff(text, formatted, path, f"{path} by black")


def test_the_option_does_just_that() -> None:
    files = {"a.py": "x = {  'a':1 }\n", "py.typed": "", "b.txt": "x  =  1"}
    expected = {"a.py": 'x = {"a": 1}\n', "py.typed": "", "b.txt": "x  =  1"}
    assert format_files(files) == expected
