"""What goes over the wire, read off the schema in the most obvious way.

An interpreter of :class:`~tests.properties.model.Model`: which wire data a type allows, random data
that it allows, and what typed values ought to look like. It knows nothing of the codec.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from attrs import define
from hypothesis import strategies as st

from tests.properties.model import (
    BUILTINS,
    Alternate,
    Branch,
    Enum,
    Member,
    Model,
    Ref,
    SimpleUnion,
    Struct,
    Union,
)

__all__ = ["Interpreter", "same"]

_RANGES = {
    "int": (-(2**63), 2**63 - 1),
    "size": (0, 2**64 - 1),
    **{f"int{n}": (-(2 ** (n - 1)), 2 ** (n - 1) - 1) for n in (8, 16, 32, 64)},
    **{f"uint{n}": (0, 2**n - 1) for n in (8, 16, 32, 64)},
}
_QTYPES = ["none", "qnull", "qnum", "qstring", "qdict", "qlist", "qbool"]
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
_FRACTION = st.floats(allow_nan=False, allow_infinity=False)
_NUMBER = st.one_of(st.integers(-(2**63), 2**64 - 1), _FRACTION)
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), _NUMBER, _TEXT),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(_TEXT, inner, max_size=2),
    max_leaves=4,
)
_DEPTH = 3


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is neither 1.0 nor true; the order of members does not matter."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(
            same(value, other[key]) for key, value in one.items()
        )
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other) and (
        not isinstance(one, float) or math.copysign(1, one) == math.copysign(1, other)
    )


@define
class Interpreter:
    """Reads wire data by a schema."""

    model: Model

    # Which data is good

    def accepts(self, type_: Ref, data: Any) -> bool:
        """Whether *data* is a value of *type_*, and has nothing that the schema has not."""
        if type_.array:
            return isinstance(data, list) and all(
                self.accepts(Ref(type_.name), item) for item in data
            )
        match type_.name:
            case "str":
                return isinstance(data, str)
            case "bool":
                return isinstance(data, bool)
            case "null":
                return data is None
            case "any":
                return True
            case "number":
                return isinstance(data, int | float) and not isinstance(data, bool)
            case "QType":
                return isinstance(data, str) and data in _QTYPES
        if type_.name in _RANGES:
            low, high = _RANGES[type_.name]
            return (
                isinstance(data, int)
                and not isinstance(data, bool)
                and low <= data <= high
            )
        return self._accepts_defined(type_.name, data)

    def _accepts_defined(self, name: str, data: Any) -> bool:
        definition = self.model.find(name)
        if isinstance(definition, Alternate):
            branch = self.choice(definition, data)
            return branch is not None and self.accepts(branch.type, data)
        if isinstance(definition, Struct | Union | SimpleUnion):
            return self.accepts_object(self.object_members(name, data), data)
        return isinstance(data, str) and data in self.model.values(name)

    def accepts_object(self, members: list[Member] | None, data: Any) -> bool:
        """Whether *data* is an object of just these *members*."""
        if members is None or not isinstance(data, dict):
            return False
        return data.keys() <= {member.name for member in members} and all(
            (
                self.accepts(member.type, data[member.name])
                if member.name in data
                else member.may_be_absent
            )
            for member in members
        )

    def object_members(self, name: str, data: Any) -> list[Member] | None:
        """The members that *data*, an object of type *name*, may have; None if it cannot say."""
        members = list(self.model.members(name))
        definition = self.model[name]
        if isinstance(definition, Struct):
            return members
        if not isinstance(data, dict):
            return None
        if isinstance(definition, SimpleUnion):
            for branch in definition.branches:
                if branch.name == data.get("type"):
                    return [*members, Member("data", branch.type)]
            return None
        assert isinstance(definition, Union)
        tag = data.get(definition.tag)
        for branch in definition.branches:
            if branch.name == tag:
                inner = self.object_members(branch.type.name, data)
                return None if inner is None else [*members, *inner]
        return members

    def choice(self, alternate: Alternate, data: Any) -> Branch | None:
        """The branch that the kind of *data* chooses."""
        kinds = {self.kind(branch.type): branch for branch in alternate.branches}
        if data is None:
            return kinds.get("null")
        if isinstance(data, bool):
            return kinds.get("boolean")
        if isinstance(data, int):
            return kinds.get("int", kinds.get("number"))
        table = [(float, "number"), (str, "string"), (list, "array"), (dict, "object")]
        return kinds.get(next(kind for type_, kind in table if isinstance(data, type_)))

    def kind(self, type_: Ref) -> str:
        """The JSON type of a branch of an alternate."""
        if type_.array:
            return "array"
        table = {"str": "string", "QType": "string", "bool": "boolean", "null": "null"}
        if type_.name in table:
            return table[type_.name]
        if type_.name == "number" or type_.name in _RANGES:
            return "number" if type_.name == "number" else "int"
        definition = self.model.find(type_.name)
        return (
            "string" if definition is None or isinstance(definition, Enum) else "object"
        )

    def admits_null(self, type_: Ref) -> bool:
        """Whether null is a value of *type_*."""
        if type_.array:
            return False
        if type_.name in ("any", "null"):
            return True
        return any(
            self.admits_null(branch.type)
            for definition in self.model.named(Alternate)
            if definition.name == type_.name
            for branch in definition.branches
        )

    # Random good data

    def data(self, type_: Ref, depth: int = _DEPTH) -> st.SearchStrategy[Any]:
        """Data that *type_* allows."""
        if type_.array:
            item = Ref(type_.name)
            if depth <= 0 or not self.inhabited(item):
                return st.just([])
            return st.lists(self.data(item, depth - 1), max_size=2)
        builtin: dict[str, st.SearchStrategy[Any]] = {
            "str": _TEXT,
            "bool": st.booleans(),
            "null": st.none(),
            "any": _JSON,
            "number": _NUMBER,
            "QType": st.sampled_from(_QTYPES),
        }
        if type_.name in builtin:
            return builtin[type_.name]
        if type_.name in _RANGES:
            low, high = _RANGES[type_.name]
            return st.integers(low, high) | st.sampled_from([low, high])
        return st.deferred(lambda: self._defined(type_.name, depth))

    def inhabited(self, type_: Ref) -> bool:
        """Whether there is any value: an enumeration may have none."""
        return type_.array or not any(
            enum.name == type_.name and not enum.values
            for enum in self.model.named(Enum)
        )

    def _defined(self, name: str, depth: int) -> st.SearchStrategy[Any]:
        definition = self.model[name]
        if isinstance(definition, Enum):
            return st.sampled_from(self.model.values(name))
        if isinstance(definition, Alternate):
            kinds = {self.kind(branch.type) for branch in definition.branches}
            # Beside a branch for integers, the one for numbers gets those with a fraction.
            choices = [
                (
                    _FRACTION
                    if branch.type == Ref("number") and "int" in kinds
                    else self.data(branch.type, depth - 1)
                )
                for branch in definition.branches
            ]
            return st.one_of(choices)
        if isinstance(definition, SimpleUnion):
            choices = [
                self.object([Member("data", branch.type)], depth, {"type": branch.name})
                for branch in definition.branches
            ]
            return st.one_of(choices)
        if isinstance(definition, Union):
            return self._union(definition, depth)
        return self.object(self.model.members(name), depth)

    def _union(self, union: Union, depth: int) -> st.SearchStrategy[Any]:
        members = [m for m in self.model.members(union.base) if m.name != union.tag]
        tag = next(m for m in self.model.members(union.base) if m.name == union.tag)
        branches = {branch.name: branch.type for branch in union.branches}
        choices = []
        for value in self.model.values(tag.type.name):
            choice = self.object(members, depth, {union.tag: value})
            if value in branches:
                inner = self.data(branches[value], depth)
                choice = st.builds(lambda one, other: {**one, **other}, choice, inner)
            choices.append(choice)
        return st.one_of(choices)

    def object(
        self,
        members: list[Member],
        depth: int = _DEPTH,
        fixed: dict[str, Any] | None = None,
    ) -> st.SearchStrategy[dict[str, Any]]:
        """An object of *members*, and of those that are *fixed*."""
        needed = {
            m.name: self.data(m.type, depth - 1) for m in members if not m.may_be_absent
        }
        optional = {
            m.name: self.data(m.type, depth - 1)
            for m in members
            if m.may_be_absent and depth > 0 and self.inhabited(m.type)
        }
        constant = {name: st.just(value) for name, value in (fixed or {}).items()}
        return st.fixed_dictionaries({**needed, **constant}, optional=optional)

    # Random data that may be bad

    def spoilt(self, draw: Callable[[st.SearchStrategy[Any]], Any], data: Any) -> Any:
        """*data* with something in it replaced, dropped or added. It may still be good."""
        if isinstance(data, dict) and data and draw(st.integers(0, 3)):
            key = draw(st.sampled_from(sorted(data)))
            rest = {name: value for name, value in data.items() if name != key}
            if not draw(st.integers(0, 3)):
                return rest
            return {**rest, key: self.spoilt(draw, data[key])}
        if isinstance(data, dict) and draw(st.booleans()):
            return {**data, draw(_TEXT): draw(_JSON)}
        if isinstance(data, list) and data and draw(st.integers(0, 3)):
            at = draw(st.integers(0, len(data) - 1))
            return [*data[:at], self.spoilt(draw, data[at]), *data[at + 1 :]]
        odd = [None, True, 0, 1.0, -1, 2**64, "", "a", [], {}, [None], {"a": 1}]
        return draw(st.sampled_from(odd) | _JSON)

    # Data from a peer that is newer than the schema

    def newer(
        self, draw: Callable[[st.SearchStrategy[Any]], Any], type_: Ref, data: Any
    ) -> Any:
        """*data*, which is good, with values and members that the schema does not have."""
        if type_.array:
            return [self.newer(draw, Ref(type_.name), item) for item in data]
        definition = self.model.find(type_.name)
        if isinstance(definition, Alternate):
            branch = self.choice(definition, data)
            assert branch is not None
            return self.newer(draw, branch.type, data)
        if isinstance(definition, Struct | Union | SimpleUnion):
            return self._newer_object(draw, type_.name, data)
        is_enum = type_.name not in BUILTINS
        return f"new-{data}" if is_enum and draw(st.booleans()) else data

    def _newer_object(
        self,
        draw: Callable[[st.SearchStrategy[Any]], Any],
        name: str,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        members = self.object_members(name, data)
        assert members is not None
        tags = self.tags(name, data)
        types = {member.name: member.type for member in members}
        changed = {
            key: value if key in tags else self.newer(draw, types[key], value)
            for key, value in data.items()
        }
        # Below a tag that nobody knows, the tags further in mean nothing.
        for tag in tags:
            if not draw(st.integers(0, 2)):
                changed[tag] = f"new-{changed[tag]}"
                break
        if draw(st.booleans()):
            changed["New Member"] = draw(_JSON)
        return changed

    def tags(self, name: str, data: dict[str, Any]) -> list[str]:
        """The members of *data* that choose branches, from the outermost inwards."""
        definition = self.model[name]
        if isinstance(definition, SimpleUnion):
            return ["type"]
        if not isinstance(definition, Union):
            return []
        for branch in definition.branches:
            if branch.name == data[definition.tag]:
                return [definition.tag, *self.tags(branch.type.name, data)]
        return [definition.tag]
