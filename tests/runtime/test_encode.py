"""Typed values to wire data: what is sent, what is refused before anything is sent.

``encode`` runs every test twice: through compiled code and through the walker.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import pytest
from qapi_runtime.codec import (
    DecodeOptions,
    encode_json,
    from_wire,
    json_text,
    to_wire,
)
from qapi_runtime.codec.faults import Fault, path_text, problem_text
from qapi_runtime.errors import EncodeError
from qapi_runtime.types import UNSET, QapiEnum, QType

from .test_decode import SCALARS, WIDTHS

Encode = Callable[..., Any]


def problem(encode: Encode, type_: str, value: Any) -> str:
    """``path: problem`` of the error that encoding raises."""
    with pytest.raises((Fault, EncodeError)) as caught:
        encode(type_, value)
    error = caught.value
    if isinstance(error, Fault):
        return str(EncodeError(path_text(error.path), problem_text(error)))
    return str(error)


class Text(str):
    """A string with more to it."""


class Other(QapiEnum):
    """An enum of somebody else's."""

    RED = "red"
    BLACK = "black"


@pytest.fixture
def scalars(sample: Any) -> Any:
    return from_wire(sample.Scalars, SCALARS)


class TestScalars:
    def test_all(self, encode: Encode, scalars: Any) -> None:
        assert encode("Scalars", scalars) == SCALARS

    def test_the_result_is_plain(self, encode: Encode, scalars: Any) -> None:
        value = attrs.evolve(scalars, text=Text("x"), kind=QType.QDICT, thing=Text("y"))
        data = encode("Scalars", value)
        assert [type(data[k]) for k in ("text", "colour", "kind", "thing")] == [str] * 4

    def test_the_result_shares_nothing(self, encode: Encode, scalars: Any) -> None:
        thing = {"a": [1, {"b": 2}]}
        data = encode("Scalars", attrs.evolve(scalars, thing=thing))
        data["thing"]["a"][1]["b"] = 3
        assert thing == {"a": [1, {"b": 2}]}

    @pytest.mark.parametrize(
        ("member", "bad", "said"),
        [
            ("text", 1, "text: expected a string, got 1"),
            ("text", None, "text: expected a string, got null"),
            ("text", b"x", "text: expected a string, got a Python bytes"),
            ("text", UNSET, "text: mandatory member is missing"),
            (
                "text",
                "\ud800x",
                "text: character 0 is U+D800, half of a surrogate pair",
            ),
            ("flag", 1, "flag: expected a boolean, got 1"),
            ("ratio", True, "ratio: expected a number, got true"),
            ("ratio", float("nan"), "ratio: nan is no number that JSON can express"),
            ("ratio", float("-inf"), "ratio: -inf is no number that JSON can express"),
            ("ratio", 2**64, "ratio: the integer does not fit into 64 bits"),
            ("nothing", UNSET, "nothing: mandatory member is missing"),
            ("nothing", 0, "nothing: expected null, got 0"),
            ("colour", 3, "colour: expected a value of Colour, got 3"),
            ("colour", None, "colour: expected a value of Colour, got null"),
            ("thing", UNSET, "thing: mandatory member is missing"),
            (
                "thing",
                object(),
                "thing: expected a value that JSON can express, got a Python object",
            ),
            ("thing", {1: 2}, "thing: a member's name must be a string, not 1"),
            (
                "thing",
                {"a": [0, {1}]},
                "thing.a[1]: expected a value that JSON can express, got a Python set",
            ),
            ("thing", 2**64, "thing: the integer does not fit into 64 bits"),
            ("thing", -(2**63) - 1, "thing: the integer does not fit into 64 bits"),
            (
                "thing",
                ["\udfff"],
                "thing[0]: character 0 is U+DFFF, half of a surrogate pair",
            ),
        ],
    )
    def test_wrong(
        self, encode: Encode, scalars: Any, member: str, bad: Any, said: str
    ) -> None:
        assert (
            problem(encode, "Scalars", attrs.evolve(scalars, **{member: bad})) == said
        )

    def test_unicode(self, encode: Encode, scalars: Any) -> None:
        text = "\u00e4\U0001f600\0\u2028"
        assert encode("Scalars", attrs.evolve(scalars, text=text))["text"] == text

    def test_any_takes_typed_values(
        self, encode: Encode, scalars: Any, sample: Any
    ) -> None:
        thing = {
            "leaf": sample.Leaf(leaf_name="x"),
            "shapes": (sample.ShapeDot(name="d"),),
            "colour": sample.Colour.RED,
            "numbers": [1, 1.5, True, None],
        }
        assert encode("Scalars", attrs.evolve(scalars, thing=thing))["thing"] == {
            "leaf": {"leaf-name": "x"},
            "shapes": [{"name": "d", "kind": "dot"}],
            "colour": "red",
            "numbers": [1, 1.5, True, None],
        }

    def test_any_checks_typed_values(
        self, encode: Encode, scalars: Any, sample: Any
    ) -> None:
        thing = [sample.ShapeCircle(name="x", radius=-1), sample.Colour("mauve")]
        said = problem(encode, "Scalars", attrs.evolve(scalars, thing=thing))
        assert said.startswith("thing[0].radius: -1 is out of range")
        said = problem(encode, "Scalars", attrs.evolve(scalars, thing=thing[1:]))
        assert said.startswith('thing[0]: "mauve" is no value of Colour')


class TestIntegers:
    @pytest.mark.parametrize("member", [*WIDTHS])
    def test_edges(self, encode: Encode, sample: Any, member: str) -> None:
        attr = "int_" if member == "int" else member
        low, high = WIDTHS[member]
        for good in (low, low + 1, 0, 1, high - 1, high):
            assert encode("Widths", sample.Widths(**{attr: good})) == {member: good}
        for bad in (low - 1, high + 1, -(2**70), 2**70):
            said = problem(encode, "Widths", sample.Widths(**{attr: bad}))
            assert said.startswith(f"{member}: ")
            assert f"({low} to {high})" in said

    @pytest.mark.parametrize("bad", [True, 1.0, "1", [1]])
    @pytest.mark.parametrize("member", ["u8", "i64", "size"])
    def test_no_integer(
        self, encode: Encode, sample: Any, member: str, bad: Any
    ) -> None:
        said = problem(encode, "Widths", sample.Widths(**{member: bad}))
        assert said.startswith(f"{member}: expected an integer, got ")


class TestAbsentAndNull:
    def test_absent(self, encode: Encode, sample: Any) -> None:
        assert encode("Optionals", sample.Optionals(leaf_name="x")) == {
            "leaf-name": "x"
        }

    def test_null(self, encode: Encode, sample: Any) -> None:
        value = sample.Optionals(leaf_name="x", thing=None, text_or_null=None, ref=None)
        data = {"leaf-name": "x", "thing": None, "text-or-null": None, "ref": None}
        assert encode("Optionals", value) == data

    def test_unset_is_absent_everywhere(self, encode: Encode, sample: Any) -> None:
        value = sample.Optionals(leaf_name="x", text=UNSET, widths=UNSET)
        assert encode("Optionals", value) == {"leaf-name": "x"}


class TestEnums:
    def test_plain_strings_will_do(self, encode: Encode) -> None:
        assert encode("Colour", "red") == "red"
        assert encode("[Colour]", [Text("red"), Other.RED]) == ["red", "red"]

    def test_unknown(self, encode: Encode, sample: Any) -> None:
        said = '"mauve" is no value of Colour (it has: red, green, deep-blue)'
        assert problem(encode, "Colour", sample.Colour("mauve")) == said
        assert problem(encode, "Colour", "mauve") == said
        assert '"black" is no value' in problem(encode, "Colour", Other.BLACK)

    def test_suggestion(self, sample: Any) -> None:
        from qapi_runtime.codec.nodes import EnumNode

        class Many(QapiEnum):
            """More values than an error can list."""

            XBZRLE = "xbzrle"
            A, B, C, D, E, F, G, H = "abcdefgh"

        fault = Fault("value", (), EnumNode("Many", Many), "xbzlre")
        assert problem_text(fault) == (
            '"xbzlre" is no value of Many (did you mean "xbzrle"?)'
        )


class TestStructs:
    def test_the_wrong_class(self, encode: Encode, sample: Any) -> None:
        for bad in (None, {"leaf-name": "x"}, sample.Empty(), sample.Leaf, "x"):
            due = "an object of Leaf" if isinstance(bad, dict) else "an object (Leaf)"
            assert problem(encode, "Leaf", bad).startswith(f"expected {due}, got ")

    def test_a_subclass_with_more_members(self, encode: Encode, sample: Any) -> None:
        # Its other members would get lost, or be refused by the other side.
        assert "got a Python Optionals" in problem(
            encode, "Leaf", sample.Optionals(leaf_name="x")
        )

    def test_a_subclass_of_the_users(self, encode: Encode, sample: Any) -> None:
        class Mine(sample.Leaf):  # type: ignore[misc]  # a module made in the test
            """A leaf with a method."""

        assert encode("Leaf", Mine(leaf_name="x")) == {"leaf-name": "x"}

    def test_order_is_that_of_the_schema(self, encode: Encode, sample: Any) -> None:
        value = sample.ShapeCircle(name="c", radius=3, colour=sample.Colour.RED)
        assert [*encode("Shape", value)] == ["name", "kind", "colour", "radius"]

    def test_contains_itself(self, encode: Encode, sample: Any) -> None:
        tree = sample.Tree(label="a")
        tree.children = [tree]
        assert "contains itself" in problem(encode, "Tree", tree)

    def test_any_contains_itself(self, encode: Encode, scalars: Any) -> None:
        scalars.thing = [scalars.thing]
        scalars.thing.append(scalars.thing)
        assert "contains itself" in problem(encode, "Scalars", scalars)


class _Row(Sequence[str]):
    def __getitem__(self, index: Any) -> Any:
        return ("a", "b")[index]

    def __len__(self) -> int:
        return 2


class TestArrays:
    def test_any_sequence_will_do(self, encode: Encode) -> None:
        for value in (["a", "b"], ("a", "b"), _Row()):
            assert encode("[str]", value) == ["a", "b"]
        assert encode("[int]", range(2)) == [0, 1]

    @pytest.mark.parametrize(
        "bad", ["ab", b"ab", {"a", "b"}, iter("ab"), {"a": 1}, None]
    )
    def test_no_sequence(self, encode: Encode, bad: Any) -> None:
        assert problem(encode, "[str]", bad).startswith(
            "expected an array of str, got "
        )

    def test_path(self, encode: Encode, sample: Any) -> None:
        value = sample.Lists(numbers=[1, 2, 300])
        assert problem(encode, "Lists", value).startswith(
            "numbers[2]: 300 is out of range"
        )


class TestUnions:
    def test_nested(self, encode: Encode, sample: Any) -> None:
        value = sample.DeviceShapeSquare(
            id="i", name="n", side=1, inner=sample.ShapeDot(name="d")
        )
        assert encode("Device", value) == {
            "device": "shape",
            "id": "i",
            "name": "n",
            "kind": "square",
            "side": 1,
            "inner": {"name": "d", "kind": "dot"},
        }

    def test_the_wrong_class(self, encode: Encode, sample: Any) -> None:
        for bad in (
            None,
            "dot",
            sample.Leaf(leaf_name="x"),
            sample.DeviceLeaf(id="", leaf_name=""),
        ):
            assert problem(encode, "Shape", bad).startswith(
                "expected an object (Shape), got "
            )

    def test_a_tag_stays_what_its_class_says(self, encode: Encode, sample: Any) -> None:
        dot = sample.ShapeDot(name="d")
        dot.kind = "dot"
        assert encode("Shape", dot) == {"name": "d", "kind": "dot"}
        dot.kind = sample.ShapeKind.CIRCLE
        wrong = 'kind: this branch has the tag "dot", not "circle"'
        assert problem(encode, "Shape", dot) == wrong

    def test_a_subclass_of_the_users(self, encode: Encode, sample: Any) -> None:
        class Mine(sample.ShapeDot):  # type: ignore[misc]  # a module made in the test
            """A dot with a method."""

        assert encode("Shape", Mine(name="d")) == {"name": "d", "kind": "dot"}

    def test_an_unknown_variant_is_refused(self, encode: Encode, sample: Any) -> None:
        value = from_wire(sample.Shape, {"name": "b", "kind": "blob", "x": 1})
        assert problem(encode, "Shape", value).startswith('kind: "blob" is no value')

    def test_a_known_tag_without_a_variant_of_its_own(
        self, encode: Encode, sample: Any
    ) -> None:
        value = sample.ShapeUnknown(name="d", kind=sample.ShapeKind.DOT)
        assert encode("Shape", value) == {"name": "d", "kind": "dot"}
        value.raw = {"x": 1}
        assert problem(encode, "Shape", value) == "x: the schema has no such member"


class TestAlternates:
    def test_branches(self, encode: Encode, sample: Any) -> None:
        assert encode("Ref", None) is None
        assert encode("Ref", Text("x")) == "x"
        assert encode("Ref", sample.ShapeDot(name="d")) == {"name": "d", "kind": "dot"}
        assert encode("Mixed", True) is True
        assert encode("Mixed", 3) == 3
        assert encode("Mixed", ("red",)) == ["red"]
        assert encode("Mixed", sample.Leaf(leaf_name="x")) == {"leaf-name": "x"}
        assert encode("Ratio", "red") == encode("Ratio", sample.Colour.RED) == "red"
        assert encode("Ratio", 1.5) == 1.5
        assert encode("Ratio", 2) == 2

    def test_wrong(self, encode: Encode, sample: Any) -> None:
        assert problem(encode, "Ref", 3).endswith("got 3")
        assert problem(encode, "Ref", sample.Leaf(leaf_name="x")).endswith(
            "got a Python Leaf"
        )
        assert problem(encode, "Mixed", None).endswith("got null")
        assert problem(encode, "Mixed", 128).startswith("128 is out of range for int8")
        assert problem(encode, "Ratio", "mauve").startswith(
            '"mauve" is no value of Colour'
        )
        assert problem(encode, "Ratio", True).endswith("got true")


class TestPassingOn:
    """allow_unknown: for programs that send what they received."""

    @pytest.mark.parametrize(
        ("type_", "data"),
        [
            ("Colour", "mauve"),
            ("Shape", {"name": "b", "kind": "blob", "x": {"y": [None]}}),
            (
                "Device",
                {"device": "shape", "id": "i", "kind": "blob", "name": "c", "z": 1},
            ),
            ("Device", {"device": "cloud", "id": "i", "kind": "dot"}),
            ("Lists", {"colours": ["mauve"], "refs": [{"name": "b", "kind": "blob"}]}),
        ],
    )
    def test_all_is_kept(self, sample: Any, type_: str, data: Any) -> None:
        value = from_wire(
            (sample, type_), data, options=DecodeOptions(unknown_members="keep")
        )
        assert to_wire(value, (sample, type_), allow_unknown=True) == data
        assert to_wire(value, allow_unknown=True) == data
        with pytest.raises(EncodeError):
            to_wire(value, (sample, type_))

    def test_raw_members_replace_nothing(self, sample: Any) -> None:
        value = sample.ShapeUnknown(
            name="b", kind=sample.ShapeKind("blob"), raw={"name": 1}
        )
        with pytest.raises(EncodeError, match="name: 'raw' may not replace"):
            to_wire(value, allow_unknown=True)


class TestEntryPoints:
    def test_by_their_own_type(self, sample: Any) -> None:
        assert to_wire(sample.Leaf(leaf_name="x")) == {"leaf-name": "x"}
        assert to_wire([sample.Colour.RED, {"a": sample.ShapeDot(name="d")}]) == [
            "red",
            {"a": {"name": "d", "kind": "dot"}},
        ]

    def test_path(self, sample: Any) -> None:
        with pytest.raises(EncodeError) as caught:
            to_wire(sample.Widths(u8=-1), path="arguments")
        assert caught.value.path == "arguments.u8"

    @pytest.mark.parametrize("parser", ["stdlib", "fast"])
    def test_json(
        self, sample: Any, monkeypatch: pytest.MonkeyPatch, parser: str
    ) -> None:
        if parser == "fast":
            pytest.importorskip("msgspec", reason="msgspec is optional")
        library = getattr(json_text, parser)()
        monkeypatch.setattr(json_text, "library", lambda: library)
        text = encode_json(sample.Leaf(leaf_name="\u00e4"))
        assert text == '{"leaf-name":"\u00e4"}'.encode()
        assert json.loads(encode_json([2**64 - 1, -(2**63), 0.1])) == [
            2**64 - 1,
            -(2**63),
            0.1,
        ]

    def test_mappings(self, sample: Any) -> None:
        class Fixed(Mapping[str, int]):
            def __getitem__(self, key: str) -> int:
                return {"a": 1}[key]

            def __iter__(self) -> Iterator[str]:
                return iter("a")

            def __len__(self) -> int:
                return 1

        assert to_wire(Fixed()) == {"a": 1}
