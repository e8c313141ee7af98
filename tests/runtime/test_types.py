"""Structs, enums and UNSET behave as Python values should."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import attrs
import pytest
from qapi_runtime.codec import DecodeOptions, from_wire
from qapi_runtime.types import (
    UNSET,
    Entity,
    QapiEnum,
    QType,
    Unset,
    qapi,
    unknown_members,
    value,
)


class Status(QapiEnum):
    __qapi__ = Entity("Status", since="2.3")

    ACTIVE = "active"
    DEVICE = value("device", since="2.11", features=("deprecated",))


class TestEnum:
    def test_members_are_strings(self) -> None:
        assert Status("active") is Status.ACTIVE
        plain: str = Status.ACTIVE
        assert plain == "active"
        assert {"active": 1}[Status.ACTIVE] == 1
        assert f"{Status.ACTIVE}" == str(Status.ACTIVE) == "active"
        assert [*Status] == ["active", "device"]

    def test_metadata(self) -> None:
        assert Status.DEVICE.metadata == {
            "name": "device",
            "since": "2.11",
            "features": ("deprecated",),
            "condition": None,
        }
        silent = {"since": None, "features": (), "condition": None}
        assert Status.ACTIVE.metadata == {"name": "active"} | silent
        assert type(Status.DEVICE.value) is str
        assert repr(Status.__qapi__) == "Entity('Status', since='2.3')"

    def test_a_value_that_is_not_known(self) -> None:
        odd = Status("teleporting")
        assert isinstance(odd, Status)
        assert not odd.known
        assert Status.ACTIVE.known
        assert odd == "teleporting" == str(odd) == odd.value
        assert odd == Status("teleporting")
        assert odd != Status.ACTIVE
        assert hash(odd) == hash("teleporting")
        assert "unknown" in repr(odd)
        assert "teleporting" in repr(odd)
        assert (odd.metadata["name"], odd.metadata["since"]) == ("teleporting", None)

    def test_unknown_values_leave_no_trace(self) -> None:
        before = len(Status._value2member_map_)
        for i in range(10):
            Status(f"made-up-{i}")
        assert len(Status._value2member_map_) == before
        assert [*Status.__members__] == ["ACTIVE", "DEVICE"]

    @pytest.mark.parametrize("status", [Status.DEVICE, Status("teleporting")])
    def test_copies(self, status: Status) -> None:
        for again in (
            pickle.loads(pickle.dumps(status)),
            copy.copy(status),
            copy.deepcopy(status),
        ):
            assert again == status
            assert type(again) is Status
            assert again.known == status.known

    def test_only_strings(self) -> None:
        with pytest.raises(ValueError, match="3"):
            Status(3)  # type: ignore[arg-type]  # that is the test

    def test_qtype(self) -> None:
        assert QType("qdict") is QType.QDICT


class TestUnset:
    def test_is_one(self) -> None:
        assert pickle.loads(pickle.dumps(UNSET)) is UNSET
        assert copy.deepcopy(UNSET) is UNSET
        assert Unset("UNSET") is UNSET
        assert not UNSET
        assert repr(UNSET) == "UNSET"


class TestMetadata:
    def test_optional(self) -> None:
        assert qapi("*a-b", "uint8", since="1.0", features=("x",), condition="y") == {
            "name": "a-b",
            "type": "uint8",
            "optional": True,
            "since": "1.0",
            "features": ("x",),
            "condition": "y",
        }
        silent = {"since": None, "features": (), "condition": None}
        plain = {"name": "a", "type": "str", "optional": False}
        assert qapi("a", "str") == plain | silent


class TestStruct:
    def test_is_an_attrs_class(self, sample: Any) -> None:
        leaf = sample.Leaf(leaf_name="x")
        cls: type = sample.Leaf
        assert attrs.has(cls)
        assert [f.name for f in attrs.fields(sample.Leaf)] == ["leaf_name"]
        assert attrs.asdict(leaf) == {"leaf_name": "x"}
        assert attrs.evolve(leaf, leaf_name="y") == sample.Leaf(leaf_name="y")
        with pytest.raises(AttributeError):
            leaf.leef_name = "typo"
        with pytest.raises(TypeError):
            sample.Leaf("x")

    def test_equality(self, sample: Any) -> None:
        assert sample.Leaf(leaf_name="x") == sample.Leaf(leaf_name="x")
        assert sample.Leaf(leaf_name="x") != sample.Leaf(leaf_name="y")
        assert sample.Leaf(leaf_name="x") != sample.Optionals(leaf_name="x")
        assert sample.Empty() == sample.Empty()
        assert sample.Empty() != "Empty"
        with pytest.raises(TypeError, match="unhashable"):
            hash(sample.Empty())

    def test_repr_shows_what_is_set(self, sample: Any) -> None:
        value = sample.Optionals(
            leaf_name="x", text_or_null=None, colour=sample.Colour.RED
        )
        assert repr(value) == (
            "Optionals(leaf_name='x', text_or_null=None, colour=Colour.RED)"
        )
        assert repr(sample.ShapeDot(name="p")) == "ShapeDot(name='p')"
        assert repr(sample.Empty()) == "Empty()"

    def test_repr_of_what_contains_itself(self, sample: Any) -> None:
        tree = sample.Tree(label="a")
        tree.below = tree
        assert repr(tree) == "Tree(label='a', below=...)"

    def test_pattern_matching(self, sample: Any) -> None:
        match sample.ShapeCircle(name="c", radius=3):
            case sample.ShapeSquare():
                pytest.fail("that is no square")
            case sample.ShapeCircle(name=name, radius=radius, kind=kind):
                assert (name, radius, kind) == ("c", 3, sample.ShapeKind.CIRCLE)
            case _:
                pytest.fail("it is a circle")

    def test_copies(self, sample: Any) -> None:
        value = sample.Optionals(
            leaf_name="x",
            ref=sample.ShapeCircle(name="c", radius=3),
            lists=sample.Lists(leaves=[sample.Leaf(leaf_name="l")]),
        )
        shallow, deep = copy.copy(value), copy.deepcopy(value)
        assert pickle.loads(pickle.dumps(value)) == value == shallow == deep
        assert shallow.lists is value.lists
        assert deep.lists is not value.lists
        assert deep.lists.leaves[0] is not value.lists.leaves[0]

    def test_an_old_pickle_lacks_new_members(self, sample: Any) -> None:
        restore, (cls, members, unknown) = sample.Optionals(leaf_name="x").__reduce__()
        del members["text"], members["thing"]
        old = restore(cls, members, unknown)
        assert old == sample.Optionals(leaf_name="x")
        assert old.thing is UNSET

    def test_no_unknown_members(self, sample: Any) -> None:
        assert unknown_members(sample.Empty()) == {}


def test_replace_keeps_what_the_schema_does_not_know(sample: Any) -> None:
    """``copy.replace`` of Python 3.13 calls ``__replace__``."""
    options = DecodeOptions(unknown_members="keep")
    leaf = from_wire(sample.Leaf, {"leaf-name": "a", "new": 1}, options=options)
    changed = leaf.__replace__(leaf_name="b")
    assert (changed.leaf_name, leaf.leaf_name) == ("b", "a")
    assert dict(unknown_members(changed)) == {"new": 1}
