"""Chains of definitions longer than Python's stack: each compiles, or ends in a finding."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from qapigen.backend.views import package_views
from qapigen.backend.views.names import Names
from qapigen.errors import SchemaError
from qapigen.model.schema import StructType
from tests.qapigen.reading import Reading


def test_a_struct_far_above_its_base(tmp_path: Path) -> None:
    """Its fields are named before those of any base."""
    depth = sys.getrecursionlimit() + 10
    chain = "".join(
        f"{{ 'struct': 'S{n}s', 'base': 'S{n + 1}s', 'data': {{ 'm{n}': 'int' }} }}\n"
        for n in range(depth)
    )
    schema = Reading(tmp_path).schema(
        f"{chain}{{ 'struct': 'S{depth}s', 'data': {{ 'm{depth}': 'int' }} }}"
    )
    top = schema.definitions[0]
    assert isinstance(top, StructType)
    fields = Names(schema).struct_fields(top)
    assert list(fields) == [f"m{n}" for n in range(depth, -1, -1)]


@pytest.mark.parametrize(("depth", "ways"), [(16, 2), (2000, 1)])
def test_unions_within_unions(tmp_path: Path, depth: int, ways: int) -> None:
    """A finding, in no time, instead of a million classes."""
    branches = [["'a': '{}'", "'b': '{}'"][way] for way in range(ways)]
    text = "{ 'enum': 'Tag', 'data': [ 'a', 'b' ] } { 'struct': 'End', 'data': {} }\n"
    for n in range(depth):
        inner = f"U{n + 1}u" if n + 1 < depth else "End"
        data = ", ".join(branches).format(*[inner] * ways)
        text += (
            f"{{ 'union': 'U{n}u', 'base': {{ 't{n}': 'Tag' }}, 'discriminator': 't{n}',"
            f" 'data': {{ {data} }} }}\n"
        )
    schema = Reading(tmp_path).schema(text)
    with pytest.raises(SchemaError) as caught:
        package_views(schema, "qapi_deep", "[]")
    first = caught.value.diagnostics[0]
    assert "unions deep" in first.message
    assert first.definition.startswith("union 'U")
