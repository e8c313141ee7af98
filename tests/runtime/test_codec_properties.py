"""What must hold for all values: round trips, agreement, and errors that point."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qapi_runtime.codec import (
    DEFAULT,
    REQUEST,
    DecodeOptions,
    decode_node,
    encode_node,
    engine,
)
from qapi_runtime.codec.faults import Fault, path_text
from qapi_runtime.codec.nodes import Node
from qapi_runtime.errors import DecodeError

from .helpers import use_mirrors
from .strategies import damaged, json_values, wire

TYPES = [
    "Scalars",
    "Widths",
    "Optionals",
    "[Optionals]",
    "Tree",
    "Shape",
    "[Device]",
    "Ref",
    "Mixed",
    "[Ratio]",
    "Lists",
]
KEEP = DecodeOptions(unknown_members="keep")
STRICT = DecodeOptions("refuse", "refuse")

# The type's node comes from a fixture, which is the same for all examples of a test.
common = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FindNode = Callable[[str], Node]


@pytest.mark.parametrize("type_", TYPES)
@common
@given(st.data())
def test_round_trip(node: FindNode, type_: str, data: st.DataObject) -> None:
    sent = data.draw(wire(node(type_)))
    value = decode_node(node(type_), sent, REQUEST)
    assert encode_node(node(type_), value) == sent
    assert engine.encode_carefully(node(type_), value) == sent
    assert engine.decode_carefully(node(type_), sent, REQUEST) == value


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize(
    "options", [DEFAULT, KEEP, REQUEST], ids=["drop", "keep", "refuse"]
)
@common
@given(st.data())
def test_text_makes_no_difference(
    node: FindNode, type_: str, options: DecodeOptions, data: st.DataObject
) -> None:
    pytest.importorskip("msgspec", reason="without msgspec there are no mirrors")
    sent = data.draw(wire(node(type_)))
    bad, _ = data.draw(damaged(sent))
    use_mirrors(node(type_), options)
    for value in (sent, bad):
        text = json.dumps(value).encode()
        parsed = json.loads(text)
        assert _outcome(engine.decode_text, node(type_), text, options) == _outcome(
            engine.decode_carefully, node(type_), parsed, options
        )


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize(
    "options", [DEFAULT, KEEP, REQUEST], ids=["drop", "keep", "refuse"]
)
@common
@given(st.data())
def test_fast_and_careful_agree_on_damage(
    node: FindNode, type_: str, options: DecodeOptions, data: st.DataObject
) -> None:
    bad, _ = data.draw(damaged(data.draw(wire(node(type_)))))
    assert _outcome(engine.decode, node(type_), bad, options) == _outcome(
        engine.decode_carefully, node(type_), bad, options
    )


def _outcome(
    decode: Callable[..., Any], node: Node, data: Any, options: DecodeOptions
) -> Any:
    try:
        return decode(node, data, options)
    except Fault as fault:
        return fault.kind, fault.path


@pytest.mark.parametrize("type_", TYPES)
@common
@given(st.data())
def test_errors_point_at_the_culprit(
    node: FindNode, type_: str, data: st.DataObject
) -> None:
    good = data.draw(wire(node(type_)))
    bad, path = data.draw(damaged(good))
    error = _error(node(type_), bad)
    if error is None:  # it became something else that is good
        value = decode_node(node(type_), bad, STRICT)
        assert encode_node(node(type_), value) == bad
    elif path and path[-1] in ("kind", "device"):
        # A changed tag makes its siblings wrong, so one of them may be named.
        assert error.path.startswith(path_text(path[:-1]))
    else:
        culprit = path_text(path)
        assert error.path == culprit or error.path.startswith(culprit), path
        assert error.path[len(culprit) :][:1] in ("", ".", "[") or not path


def _error(node: Node, data: Any) -> DecodeError | None:
    try:
        decode_node(node, data, STRICT)
    except DecodeError as error:
        return error
    return None


@pytest.mark.parametrize("type_", TYPES)
@common
@given(json_values)
def test_anything_decodes_or_is_refused(node: FindNode, type_: str, data: Any) -> None:
    try:
        value = decode_node(node(type_), data, KEEP)
    except DecodeError:
        return
    assert encode_node(node(type_), value, allow_unknown=True) == data
