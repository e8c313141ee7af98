"""Random wire data of a type, and random damage to it."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st
from qapi_runtime.codec.nodes import (
    AlternateNode,
    AnyNode,
    ArrayNode,
    BoolNode,
    EnumNode,
    IntNode,
    Node,
    NullNode,
    NumberNode,
    ObjectNode,
    StringNode,
    StructNode,
    Tag,
    UnionNode,
)

__all__ = ["Path", "damaged", "json_values", "wire"]

Path = tuple[str | int, ...]

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
_integers = st.one_of(
    st.integers(-(2**63), 2**64 - 1),
    st.integers(-3, 3),
    st.sampled_from([2**63, 2**31]),
)
_numbers = st.floats(allow_nan=False, allow_infinity=False)
_scalars = st.one_of(st.none(), st.booleans(), _integers, _numbers, _texts)
#: Anything JSON.
json_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_texts, inner, max_size=3)
    ),
    max_leaves=6,
)


def wire(node: Node, depth: int = 4) -> st.SearchStrategy[Any]:
    """Valid wire data of the type, no more than ``depth`` objects deep where it recurs."""
    match node:
        case StringNode():
            return _texts
        case BoolNode():
            return st.booleans()
        case NumberNode():
            return st.one_of(_numbers, st.integers(-(2**63), 2**64 - 1))
        case NullNode():
            return st.none()
        case AnyNode():
            return json_values
        case IntNode(low=low, high=high):
            edges = [low, low + 1, 0, 1, high - 1, high]
            return st.one_of(st.sampled_from(edges), st.integers(low, high))
        case EnumNode(strings=strings):
            return st.sampled_from([*strings])
        case ArrayNode(item=item):
            more = depth > 0 or _flat(item)
            return st.lists(wire(item, depth - 1), max_size=3) if more else st.just([])
        case AlternateNode(branches=branches):
            chosen = [
                b for b in dict.fromkeys(branches.values()) if depth > 0 or _flat(b)
            ]
            return st.one_of(*(wire(branch, depth - 1) for branch in chosen))
        case UnionNode():
            variants = [v for v in node.variants() if v.rest is None]
            return st.sampled_from(variants).flatmap(lambda v: _object(v, depth))
        case ObjectNode():
            return _object(node, depth)
    raise AssertionError(node)


def _flat(node: Node) -> bool:
    return not isinstance(node, (ObjectNode, UnionNode))


def _object(node: ObjectNode, depth: int) -> st.SearchStrategy[dict[str, Any]]:
    if isinstance(node, StructNode) and node.whole is not None:
        return wire(node.whole.node, depth)
    mandatory: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for member in node.members:
        if isinstance(member, Tag):
            mandatory[member.wire] = st.just(member.value.value)
        elif not member.optional:
            mandatory[member.wire] = wire(member.node, depth - 1)
        elif depth > 0 or _flat(member.node):
            optional[member.wire] = wire(member.node, depth - 1)
    return st.fixed_dictionaries(mandatory, optional=optional)


@st.composite
def damaged(draw: st.DrawFn, data: Any) -> tuple[Any, Path]:
    """A copy of ``data`` with one thing changed, and where."""
    data = copy.deepcopy(data)
    path = draw(st.sampled_from([*_places(data)]))
    if not path:
        return draw(json_values), path
    home = data
    for step in path[:-1]:
        home = home[step]
    if draw(st.booleans()):
        home[path[-1]] = draw(json_values)
    else:
        del home[path[-1]]
    return data, path


def _places(data: Any, path: Path = ()) -> Any:
    yield path
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _places(value, (*path, name))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _places(value, (*path, index))
