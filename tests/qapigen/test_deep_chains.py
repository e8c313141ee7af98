"""Chains of definitions longer than Python's stack: each compiles, whatever comes first."""

from __future__ import annotations

import sys
from pathlib import Path

from qapigen.backend.views.names import Names
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
