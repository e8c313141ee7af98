"""Members under a condition: there, perhaps there, or not there, as conditions are settled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from qapi_runtime.codec import from_wire, to_wire
from qapi_runtime.errors import DecodeError

from tests.conftest import Compiler

SCHEMA = """
{ 'struct': 'Info', 'data': { 'a': 'int', 'b': { 'type': 'str', 'if': 'CONFIG_B' } } }
{ 'command': 'get', 'data': { 'a': 'int', 'b': { 'type': 'any', 'if': 'CONFIG_B' } } }
"""


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    path = tmp_path / "members.json"
    path.write_text(SCHEMA)
    return path


def _info(compiled: Compiler, root: Path, name: str, **options: Any) -> Any:
    return compiled(root, name, **options).module().Info


def test_an_open_condition_makes_a_member_optional(
    compiled: Compiler, root: Path
) -> None:
    """Nobody knows whether the peer was built with it."""
    info = _info(compiled, root, "qapi_open")
    assert to_wire(from_wire(info, {"a": 1})) == {"a": 1}
    assert to_wire(from_wire(info, {"a": 1, "b": "x"})) == {"a": 1, "b": "x"}
    assert to_wire(info(a=1)) == {"a": 1}
    files = compiled(root, "qapi_open").files
    assert (
        "def get(self, a: int, *, b: Any = UNSET) -> None:"
        in files["client/members.py"]
    )


def test_a_condition_that_holds_makes_it_mandatory(
    compiled: Compiler, root: Path
) -> None:
    info = _info(compiled, root, "qapi_with_b", defined=frozenset({"CONFIG_B"}))
    with pytest.raises(DecodeError, match="b: mandatory member is missing"):
        from_wire(info, {"a": 1})


def test_a_condition_that_does_not_hold_takes_it_away(
    compiled: Compiler, root: Path
) -> None:
    info = _info(compiled, root, "qapi_without_b", closed=True)
    assert not hasattr(info(a=1), "b")
