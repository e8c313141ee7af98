"""Wire data to typed values: what is accepted, what is refused, and in which words.

``decode`` runs every test twice: through compiled code and through the walker.
"""

from __future__ import annotations

import copy
import logging
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from qapi_runtime.codec import (
    DecodeOptions,
    decode_json,
    engine,
    from_wire,
    json_text,
    node_of,
    to_wire,
)
from qapi_runtime.codec.faults import Fault, path_text, problem_text
from qapi_runtime.errors import CodecError, DecodeError, EncodeError, QapiError
from qapi_runtime.types import UNSET, QType, unknown_members

from .helpers import use_mirrors

Decode = Callable[..., Any]
KEEP = DecodeOptions(unknown_members="keep")
STRICT = DecodeOptions(unknown_members="refuse", unknown_values="refuse")


def problem(decode: Decode, type_: str, data: Any, *options: DecodeOptions) -> str:
    """``path: problem`` of the error that decoding raises."""
    with pytest.raises((Fault, DecodeError)) as caught:
        decode(type_, data, *options)
    error = caught.value
    if isinstance(error, Fault):
        return str(DecodeError(path_text(error.path), problem_text(error)))
    return str(error)


SCALARS = {
    "text": "x",
    "flag": True,
    "ratio": 0.5,
    "nothing": None,
    "colour": "red",
    "thing": {"a": [1]},
    "kind": "qnull",
}


class TestScalars:
    def test_all(self, decode: Decode, sample: Any) -> None:
        value = decode("Scalars", SCALARS)
        assert value == sample.Scalars(
            text="x",
            flag=True,
            ratio=0.5,
            nothing=None,
            colour=sample.Colour.RED,
            thing={"a": [1]},
            kind=QType.QNULL,
        )
        assert value.colour is sample.Colour.RED

    @pytest.mark.parametrize(
        ("member", "bad", "said"),
        [
            ("text", 1, "text: expected a string, got 1"),
            ("text", None, "text: expected a string, got null"),
            ("flag", 1, "flag: expected a boolean, got 1"),
            ("flag", "x", 'flag: expected a boolean, got "x"'),
            ("ratio", True, "ratio: expected a number, got true"),
            ("ratio", "1", 'ratio: expected a number, got "1"'),
            ("nothing", 0, "nothing: expected null, got 0"),
            ("colour", 1, "colour: expected a value of Colour, got 1"),
            ("colour", None, "colour: expected a value of Colour, got null"),
            ("kind", [], "kind: expected a value of QType, got an array of 0"),
        ],
    )
    def test_wrong_type(self, decode: Decode, member: str, bad: Any, said: str) -> None:
        assert problem(decode, "Scalars", SCALARS | {member: bad}) == said

    def test_a_number_may_be_an_integer(self, decode: Decode) -> None:
        ratio = decode("Scalars", SCALARS | {"ratio": 2**60 + 1}).ratio
        assert ratio == 2**60 + 1
        assert type(ratio) is int

    @pytest.mark.parametrize("member", [*SCALARS])
    def test_missing(self, decode: Decode, member: str) -> None:
        rest = {k: v for k, v in SCALARS.items() if k != member}
        assert (
            problem(decode, "Scalars", rest) == f"{member}: mandatory member is missing"
        )

    @pytest.mark.parametrize("data", [None, 1, "text", [], ["text"], True])
    def test_no_object(self, decode: Decode, data: Any) -> None:
        assert problem(decode, "Scalars", data).startswith(
            "expected an object (Scalars)"
        )

    @pytest.mark.parametrize("data", [None, 1, "text", [], [["a", 1]], True])
    @pytest.mark.parametrize("type_", ["Empty", "Widths"])
    def test_no_object_although_nothing_is_mandatory(
        self, decode: Decode, type_: str, data: Any
    ) -> None:
        assert problem(decode, type_, data).startswith(f"expected an object ({type_})")


WIDTHS = {
    "i8": (-(2**7), 2**7 - 1),
    "i16": (-(2**15), 2**15 - 1),
    "i32": (-(2**31), 2**31 - 1),
    "i64": (-(2**63), 2**63 - 1),
    "int": (-(2**63), 2**63 - 1),
    "u8": (0, 2**8 - 1),
    "u16": (0, 2**16 - 1),
    "u32": (0, 2**32 - 1),
    "u64": (0, 2**64 - 1),
    "size": (0, 2**64 - 1),
}


class TestIntegers:
    @pytest.mark.parametrize("member", [*WIDTHS])
    def test_edges(self, decode: Decode, member: str) -> None:
        attr = "int_" if member == "int" else member
        low, high = WIDTHS[member]
        for good in (low, low + 1, 0, 1, high - 1, high):
            assert getattr(decode("Widths", {member: good}), attr) == good
        for bad in (low - 1, high + 1, -(2**70), 2**70, 10**5000):
            said = problem(decode, "Widths", {member: bad})
            assert said.startswith(f"{member}: ")
            assert f"({low} to {high})" in said

    @pytest.mark.parametrize("bad", [True, 1.0, "1", None, [1]])
    @pytest.mark.parametrize("member", [*WIDTHS])
    def test_no_integer(self, decode: Decode, member: str, bad: Any) -> None:
        said = problem(decode, "Widths", {member: bad})
        assert said.startswith(f"{member}: expected an integer, got ")

    def test_the_words(self, decode: Decode) -> None:
        said = problem(decode, "Widths", {"u16": 65536})
        assert said == "u16: 65536 is out of range for uint16 (0 to 65535)"

    def test_like_qemu_negative_numbers_wrap(self, decode: Decode) -> None:
        like_qemu = DecodeOptions(like_qemu=True)
        assert decode("Widths", {"size": -1}, like_qemu).size == 2**64 - 1
        assert decode("Widths", {"u64": -(2**63)}, like_qemu).u64 == 2**63
        assert "range" in problem(decode, "Widths", {"u64": -(2**63) - 1}, like_qemu)
        assert "range" in problem(decode, "Widths", {"u8": -1}, like_qemu)


class TestAbsentAndNull:
    def test_absent(self, decode: Decode, sample: Any) -> None:
        value = decode("Optionals", {"leaf-name": "x"})
        assert value == sample.Optionals(leaf_name="x")
        assert value.text is None
        assert value.thing is UNSET
        assert value.text_or_null is UNSET
        assert value.ref is UNSET
        assert value.mixed is None

    def test_null(self, decode: Decode) -> None:
        data = {"leaf-name": "x", "thing": None, "text-or-null": None, "ref": None}
        value = decode("Optionals", data)
        assert (value.thing, value.text_or_null, value.ref) == (None, None, None)

    @pytest.mark.parametrize("member", ["text", "colour", "mixed", "widths", "lists"])
    def test_null_is_not_absent(self, decode: Decode, member: str) -> None:
        said = problem(decode, "Optionals", {"leaf-name": "x", member: None})
        assert said.startswith(f"{member}: expected ")
        assert said.endswith(", got null")


class TestEnums:
    def test_unknown_values_are_kept(self, decode: Decode, sample: Any) -> None:
        colour = decode("Scalars", SCALARS | {"colour": "mauve"}).colour
        assert colour == "mauve"
        assert isinstance(colour, sample.Colour)
        assert not colour.known

    def test_unknown_values_are_refused(self, decode: Decode) -> None:
        said = problem(decode, "[Colour]", ["red", "mauve"], STRICT)
        assert said == (
            '[1]: "mauve" is no value of Colour (it has: red, green, deep-blue)'
        )


class TestArrays:
    def test_all(self, decode: Decode, sample: Any) -> None:
        data = {
            "texts": ["a", "b"],
            "numbers": [0, 255],
            "colours": ["red", "mauve"],
            "leaves": [{"leaf-name": "l"}],
            "shapes": [{"name": "d", "kind": "dot"}],
            "refs": ["r", None, {"name": "d", "kind": "dot"}],
            "things": [None, 1, {}],
            "flags": [True, False],
        }
        value = decode("Lists", data)
        assert value.texts == ["a", "b"]
        assert value.numbers == [0, 255]
        assert value.colours == [sample.Colour.RED, "mauve"]
        assert value.leaves == [sample.Leaf(leaf_name="l")]
        assert value.shapes == [sample.ShapeDot(name="d")]
        assert value.refs == ["r", None, sample.ShapeDot(name="d")]
        assert value.things == [None, 1, {}]
        assert value.flags == [True, False]

    def test_empty(self, decode: Decode, sample: Any) -> None:
        names = ["texts", "numbers", "colours", "leaves", "shapes", "refs", "things"]
        value = decode("Lists", {name: [] for name in names})
        assert all(getattr(value, name) == [] for name in names)

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"texts": "ab"}, 'texts: expected an array of str, got "ab"'),
            ({"texts": {}}, "texts: expected an array of str, got an object"),
            ({"texts": ["a", 1]}, "texts[1]: expected a string, got 1"),
            (
                {"numbers": [1, 256]},
                "numbers[1]: 256 is out of range for uint8 (0 to 255)",
            ),
            ({"flags": [1]}, "flags[0]: expected a boolean, got 1"),
            ({"colours": [1]}, "colours[0]: expected a value of Colour, got 1"),
            ({"leaves": [{}]}, "leaves[0].leaf-name: mandatory member is missing"),
            (
                {"shapes": [{"name": "x", "kind": "circle", "radius": -1}]},
                "shapes[0].radius: -1 is out of range for uint16 (0 to 65535)",
            ),
            ({"things": 3}, "things: expected an array of any, got 3"),
        ],
    )
    def test_wrong(self, decode: Decode, data: Any, said: str) -> None:
        assert problem(decode, "Lists", data) == said

    def test_arrays_are_not_shared_with_the_data(self, decode: Decode) -> None:
        data = {"texts": ["a"], "things": []}
        value = decode("Lists", data)
        value.texts.append("b")
        assert data == {"texts": ["a"], "things": []}


class TestUnions:
    def test_variants(self, decode: Decode, sample: Any) -> None:
        data = {"name": "c", "kind": "circle", "radius": 3, "colour": "red"}
        value = decode("Shape", data)
        assert value == sample.ShapeCircle(name="c", radius=3, colour=sample.Colour.RED)
        assert value.kind is sample.ShapeKind.CIRCLE
        assert decode("Shape", {"name": "d", "kind": "dot"}) == sample.ShapeDot(
            name="d"
        )

    def test_unknown_tag(self, decode: Decode, sample: Any) -> None:
        data = {"name": "b", "kind": "blob", "radius": 3, "x": None}
        value = decode("Shape", data)
        assert isinstance(value, sample.ShapeUnknown)
        assert value.kind == "blob"
        assert not value.kind.known
        assert value.name == "b"
        assert value.raw == {"radius": 3, "x": None}

    def test_unknown_tag_refused(self, decode: Decode) -> None:
        said = problem(decode, "Shape", {"name": "b", "kind": "blob"}, STRICT)
        assert said.startswith('kind: "blob" is no value of ShapeKind')

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"kind": "dot"}, "name: mandatory member is missing"),
            ({"name": 1, "kind": 1}, "name: expected a string, got 1"),
            ({"name": "x"}, "kind: mandatory member is missing"),
            ({"name": "x", "kind": 1}, "kind: expected a value of ShapeKind, got 1"),
            (
                {"name": "x", "kind": []},
                "kind: expected a value of ShapeKind, got an array of 0",
            ),
            ({"name": "x", "kind": "circle"}, "radius: mandatory member is missing"),
            ("dot", 'expected an object (Shape), got "dot"'),
        ],
    )
    def test_wrong(self, decode: Decode, data: Any, said: str) -> None:
        assert problem(decode, "Shape", data) == said

    def test_nested(self, decode: Decode, sample: Any) -> None:
        data = {
            "device": "shape",
            "id": "i",
            "kind": "circle",
            "name": "c",
            "radius": 1,
        }
        value = decode("Device", data)
        assert value == sample.DeviceShapeCircle(id="i", name="c", radius=1)
        assert value.device is sample.DeviceKind.SHAPE
        assert value.kind is sample.ShapeKind.CIRCLE
        leaf = decode("Device", {"device": "leaf", "id": "i", "leaf-name": "l"})
        assert leaf == sample.DeviceLeaf(id="i", leaf_name="l")

    def test_nested_unknown(self, decode: Decode, sample: Any) -> None:
        inner = decode(
            "Device",
            {"device": "shape", "id": "i", "kind": "blob", "name": "c", "z": 1},
        )
        assert isinstance(inner, sample.DeviceShapeUnknown)
        assert (inner.device, inner.kind, inner.name) == ("shape", "blob", "c")
        assert inner.raw == {"z": 1}
        outer = decode("Device", {"device": "cloud", "id": "i", "kind": "dot"})
        assert isinstance(outer, sample.DeviceUnknown)
        assert outer.raw == {"kind": "dot"}

    def test_one_variant(self, decode: Decode, sample: Any) -> None:
        data = {"name": "c", "kind": "circle", "radius": 3}
        assert from_wire(sample.ShapeCircle, data) == decode("Shape", data)
        with pytest.raises(DecodeError) as caught:
            from_wire(sample.ShapeCircle, data | {"kind": "square"})
        assert caught.value.path == "kind"
        raw = from_wire(sample.ShapeUnknown, {"name": "b", "kind": "dot"})
        assert raw == sample.ShapeUnknown(name="b", kind=sample.ShapeKind.DOT)


class TestAlternates:
    @pytest.mark.parametrize("data", ["text", None])
    def test_text_or_null(self, decode: Decode, data: Any) -> None:
        assert decode("TextOrNull", data) == data

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (3, "expected a string or null, got 3"),
            (False, "expected a string or null, got false"),
            ([], "expected a string or null, got an array of 0"),
        ],
    )
    def test_text_or_null_wrong(self, decode: Decode, data: Any, said: str) -> None:
        assert problem(decode, "TextOrNull", data) == said

    def test_ref(self, decode: Decode, sample: Any) -> None:
        assert decode("Ref", "x") == "x"
        assert decode("Ref", None) is None
        assert decode("Ref", {"name": "d", "kind": "dot"}) == sample.ShapeDot(name="d")
        assert (
            problem(decode, "Ref", {"name": "d"}) == "kind: mandatory member is missing"
        )

    def test_mixed(self, decode: Decode, sample: Any) -> None:
        assert decode("Mixed", True) is True
        assert decode("Mixed", 1) == 1
        assert decode("Mixed", ["red"]) == [sample.Colour.RED]
        assert decode("Mixed", {"leaf-name": "x"}) == sample.Leaf(leaf_name="x")
        assert problem(decode, "Mixed", 128).startswith("128 is out of range for int8")
        assert problem(decode, "Mixed", 1.5) == "expected an integer, got 1.5"
        assert problem(decode, "Mixed", "x").startswith(
            "expected a boolean or an integer"
        )

    def test_ratio(self, decode: Decode, sample: Any) -> None:
        assert decode("Ratio", "red") is sample.Colour.RED
        assert decode("Ratio", 1) == 1
        assert decode("Ratio", 1.5) == 1.5
        assert problem(decode, "Ratio", True).endswith("got true")


class TestUnknownMembers:
    DATA = {"leaf-name": "x", "new": [1], "other": None}

    def test_dropped(self, decode: Decode, sample: Any) -> None:
        value = decode("Leaf", self.DATA)
        assert value == sample.Leaf(leaf_name="x")
        assert unknown_members(value) == {}

    def test_named_once_in_the_log(
        self,
        decode: Decode,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("qapi_runtime.codec.options._noticed", set())
        with caplog.at_level(logging.DEBUG, "qapi_runtime.codec"):
            decode("Leaf", self.DATA)
            decode("Leaf", self.DATA)
        assert [record.getMessage() for record in caplog.records] == [
            "Leaf: dropped unknown member 'new'",
            "Leaf: dropped unknown member 'other'",
        ]

    def test_the_log_has_an_end(
        self,
        decode: Decode,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("qapi_runtime.codec.options._noticed", set())
        with caplog.at_level(logging.DEBUG, "qapi_runtime.codec"):
            decode("Empty", {f"member-{i}": i for i in range(3000)})
        assert len(caplog.records) == 1000

    def test_kept(self, decode: Decode, sample: Any) -> None:
        value = decode("Leaf", self.DATA, KEEP)
        assert value.leaf_name == "x"
        assert unknown_members(value) == {"new": [1], "other": None}
        assert to_wire(value) == self.DATA
        for again in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value)):
            assert again == value
            assert to_wire(again) == self.DATA
        assert value != sample.Leaf(leaf_name="x")

    def test_kept_below(self, decode: Decode) -> None:
        data = {"label": "a", "children": [{"label": "b", "new": 1}, {"label": "c"}]}
        value = decode("Tree", data, KEEP)
        assert [unknown_members(child) for child in value.children] == [{"new": 1}, {}]
        assert to_wire(value) == data

    def test_kept_in_variants(self, decode: Decode) -> None:
        data = {"name": "d", "kind": "dot", "new": 1}
        assert unknown_members(decode("Shape", data, KEEP)) == {"new": 1}

    def test_refused(self, decode: Decode) -> None:
        said = problem(
            decode, "Tree", {"label": "a", "below": {"label": "b", "n": 1}}, STRICT
        )
        assert said == "below.n: the schema has no such member"
        assert problem(decode, "Empty", {"n": 1}, STRICT).startswith("n: ")

    def test_known_members_go_first(self, decode: Decode) -> None:
        said = problem(decode, "Leaf", {"n": 1}, STRICT)
        assert said == "leaf-name: mandatory member is missing"


class TestDepth:
    def nested(self, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {"label": "end"}
        for _ in range(depth):
            data = {"label": "x", "below": data}
        return data

    def test_deep_enough(self, decode: Decode) -> None:
        value = decode("Tree", self.nested(150))
        for _ in range(150):
            value = value.below
        assert value.label == "end"

    def test_hostile(self, decode: Decode) -> None:
        assert "nested too deeply" in problem(decode, "Tree", self.nested(100_000))

    def test_hostile_text(self, sample: Any) -> None:
        for text in (b"[" * 1_000_000, b'{"label":"","below":' * 100_000):
            with pytest.raises(DecodeError, match="not JSON"):
                decode_json(sample.Tree, text)


class TestEntryPoints:
    def test_types(self, sample: Any) -> None:
        leaf = {"leaf-name": "x"}
        typed = sample.Leaf(leaf_name="x")
        assert from_wire(sample.Leaf, leaf) == typed
        assert from_wire(list[sample.Leaf], [leaf]) == [typed]
        assert from_wire(sample.Colour, "red") is sample.Colour.RED
        assert from_wire(QType, "qnull") is QType.QNULL
        assert from_wire(sample.Shape, {"name": "d", "kind": "dot"}) == sample.ShapeDot(
            name="d"
        )
        assert from_wire(("sample", "[Leaf]"), [leaf]) == [typed]
        assert from_wire((sample, "str"), "x") == "x"
        assert from_wire(int, 3) == 3
        assert from_wire(float, 3.5) == 3.5
        assert from_wire(bool, True) is True
        assert from_wire(None, None) is None
        thing: object = from_wire(Any, {"a": 1})
        assert thing == {"a": 1}
        assert from_wire(list[str], ["a"]) == ["a"]

    def test_inner_alias(self, sample: Any) -> None:
        data = {"device": "shape", "id": "i", "name": "d", "kind": "dot"}
        value = from_wire(sample.DeviceShape, data)
        assert value == sample.DeviceShapeDot(id="i", name="d")
        with pytest.raises(DecodeError) as caught:
            from_wire(
                sample.DeviceShape, {"device": "leaf", "id": "i", "leaf-name": "x"}
            )
        assert caught.value.path == "device"

    def test_a_class_of_the_users(self, sample: Any) -> None:
        class Mine(sample.Leaf):  # type: ignore[misc]  # a module made in the test
            """A leaf with a method."""

        value = from_wire(Mine, {"leaf-name": "x"})
        assert type(value) is Mine
        assert to_wire(value, sample.Leaf) == {"leaf-name": "x"}

    def test_no_type(self, sample: Any) -> None:
        with pytest.raises(LookupError, match="Lief"):
            from_wire((sample, "Lief"), {})
        for bad in (dict, object, set[str], "Leaf", 3):
            with pytest.raises(TypeError):
                from_wire(bad, {})

    def test_path(self, sample: Any) -> None:
        with pytest.raises(DecodeError) as caught:
            from_wire(list[sample.Leaf], [{}], path="return")
        assert caught.value.path == "return[0].leaf-name"
        assert caught.value.problem == "mandatory member is missing"

    def test_the_error_tree(self) -> None:
        assert issubclass(DecodeError, CodecError)
        assert issubclass(EncodeError, CodecError)
        assert issubclass(CodecError, QapiError)
        error = DecodeError("a.b", "is wrong")
        assert str(pickle.loads(pickle.dumps(error))) == "a.b: is wrong"


class TestJson:
    @pytest.fixture(params=["stdlib", "fast"], autouse=True)
    def parser(
        self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if request.param == "fast":
            pytest.importorskip("msgspec", reason="msgspec is optional")
        library = getattr(json_text, request.param)()
        monkeypatch.setattr(json_text, "library", lambda: library)

    def test_text(self, sample: Any) -> None:
        text = '{"leaf-name": "ä"}'
        typed = sample.Leaf(leaf_name="ä")
        for form in (
            text,
            text.encode(),
            bytearray(text.encode()),
            memoryview(text.encode()),
        ):
            assert decode_json(sample.Leaf, form) == typed

    def test_integers_of_any_length(self) -> None:
        numbers: object = decode_json(Any, b"[18446744073709551616, -0]")
        assert numbers == [2**64, 0]

    @pytest.mark.parametrize(
        "text",
        [
            b"",
            b"{",
            b'{"leaf-name": NaN}',
            b"Infinity",
            b"\xff",
            b'{"leaf-name": "\xff"}',
            b"1 2",
            b'{"leaf-name": "\\ud800"}',
        ],
    )
    def test_no_json(self, sample: Any, text: bytes) -> None:
        with pytest.raises(DecodeError, match="not JSON"):
            decode_json(sample.Leaf, text)


def test_nodes_are_shared(sample: Any) -> None:
    assert (
        node_of((sample, "Leaf")) is node_of(("sample", "Leaf")) is node_of(sample.Leaf)
    )


class TestWithoutMsgspec:
    """A subprocess test imports without it; this one looks at the way taken."""

    def test_the_general_way(
        self, sample: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(json_text, "library", json_text.stdlib)
        monkeypatch.setattr(engine, "_mirror_decoders", lambda options: None)
        monkeypatch.setattr(engine, "_text_decoders", {})
        for _ in range(10):
            assert decode_json(sample.Leaf, '{"leaf-name": "x"}') == sample.Leaf(
                leaf_name="x"
            )


def test_mirrors_are_made_when_they_are_worth_it(
    sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("msgspec", reason="without msgspec there are no mirrors")
    ways: dict[Any, Any] = {}
    monkeypatch.setattr(engine, "_text_decoders", ways)
    text = '{"leaf-name": "x"}'
    for name in ("hesitate", "hesitate", "<lambda>", "<lambda>"):
        decode_json(sample.Leaf, text)
        (way,) = ways.values()
        assert way.__name__ == name
    ways.clear()
    decode_json(list[sample.Leaf], f"[{', '.join([text] * 1000)}]")
    (way,) = ways.values()
    assert way.__name__ == "<lambda>"


def test_mirrors_are_given_up_if_they_refuse_too_much(
    sample: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("msgspec", reason="without msgspec there are no mirrors")
    monkeypatch.setattr(engine, "_text_decoders", {})
    monkeypatch.setattr(engine, "_refusals", {})
    node = node_of(sample.Leaf)
    use_mirrors(node, DecodeOptions())
    mirrors = engine._text_decoders[node, DecodeOptions()]
    newer = '{"leaf-name": "x", "new": 1}'
    for _ in range(engine._TOO_OFTEN):
        assert engine._text_decoders[node, DecodeOptions()] is mirrors
        with pytest.raises(DecodeError):
            decode_json(sample.Leaf, "{}")  # bad ones do not count
        assert decode_json(sample.Leaf, newer) == sample.Leaf(leaf_name="x")
    assert engine._text_decoders[node, DecodeOptions()] is not mirrors
    assert decode_json(sample.Leaf, newer) == sample.Leaf(leaf_name="x")
