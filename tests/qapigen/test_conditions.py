"""Conditions: both dialects, three-valued evaluation, printing."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qapigen.frontend.syntax import Array, Object, Text, Value
from qapigen.model.conditions import (
    MAX_DEPTH,
    AllOf,
    AnyOf,
    Condition,
    ConditionError,
    Defined,
    Not,
    c_text,
    condition_names,
    describe,
    is_todays,
    parse_c_condition,
    parse_condition,
    simplify,
)

A, B, C = Defined("A"), Defined("B"), Defined("C")


def syntax(value: Any) -> Value:
    """Plain JSON data as the parser would give it; offsets count the nodes."""
    counter = itertools.count()

    def build(value: Any) -> Any:
        if isinstance(value, str):
            text = Text(value)
            text.offset = next(counter)
            return text
        if isinstance(value, dict):
            object_ = Object()
            object_.offset = next(counter)
            for key, item in value.items():
                name = build(key)
                object_[name] = build(item)
            return object_
        if isinstance(value, list):
            array = Array()
            array.offset = next(counter)
            array.extend(build(item) for item in value)
            return array
        return value

    built: Value = build(value)
    return built


# Today's dialect


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("value", "condition"),
    [
        ("A", A),
        ("CONFIG_X2", Defined("CONFIG_X2")),
        ({"not": "A"}, Not(A)),
        ({"all": ["A"]}, AllOf((A,))),
        ({"all": ["A", "B"]}, AllOf((A, B))),
        ({"any": ["A", {"not": {"all": ["B", "C"]}}]}, AnyOf((A, Not(AllOf((B, C)))))),
    ],
)
def test_todays_conditions(value: Any, condition: Condition, strict: bool) -> None:
    assert parse_condition(syntax(value), strict=strict) == condition
    assert is_todays(syntax(value))


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("", "empty"),
        (" ", "empty"),
        (True, "neither a name nor an object"),
        (None, "neither a name nor an object"),
        ({}, "exactly one"),
        ({"all": ["A"], "any": ["B"]}, "exactly one"),
        ({"none": ["A"]}, "the key 'none'"),
        ({"all": "A"}, "'all' needs an array"),
        ({"any": {"not": "A"}}, "'any' needs an array"),
        ({"all": []}, "'all' has no operands"),
        ({"any": []}, "'any' has no operands"),
        ({"not": ["A"]}, "neither a name nor an object"),
        ({"not": ""}, "empty"),
        ({"all": ["A", False]}, "neither a name nor an object"),
        ({"all": ["defined(A)"]}, "'defined(A)' is not a name"),
        ({"not": "a"}, "'a' is not a name"),
    ],
)
def test_what_no_release_reads(value: Any, part: str, strict: bool) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(syntax(value), strict=strict)
    assert part in caught.value.message


@pytest.mark.parametrize(
    "value", ["a", "defined(A)", "A && B", "A B", "1", "_A", ["A"], ["defined(A)"]]
)
def test_what_only_old_releases_read(value: Any) -> None:
    with pytest.raises(ConditionError):
        parse_condition(syntax(value), strict=True)


def test_a_fault_knows_its_place() -> None:
    value = syntax(
        {"all": ["A", {"not": "b"}]}
    )  # 0 {, 1 all, 2 [, 3 A, 4 {, 5 not, 6 b
    with pytest.raises(ConditionError) as caught:
        parse_condition(value, strict=True)
    assert caught.value.offset == 6


# The C strings of old


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("defined(A)", A),
        ("defined A", A),
        (" defined ( A ) ", A),
        ("A", A),
        ("config_x", Defined("config_x")),
        ("!defined(A)", Not(A)),
        ("!!A", Not(Not(A))),
        ("A && B && C", AllOf((A, B, C))),
        ("A || B && C", AnyOf((A, AllOf((B, C))))),
        ("(A || B) && C", AllOf((AnyOf((A, B)), C))),
        ("!(A || B)", Not(AnyOf((A, B)))),
        (
            "defined(A) && (defined(B) || !defined(C))",
            AllOf((A, AnyOf((B, Not(C))))),
        ),
        ("((A))", A),
    ],
)
def test_c_expressions(text: str, condition: Condition) -> None:
    assert parse_c_condition(text) == condition
    assert parse_condition(syntax(text), strict=False) == condition


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("A &&", "expected a name, found the end"),
        ("&& A", "expected a name, found '&&'"),
        ("A B", "expected '&&', '||' or the end, found 'B'"),
        ("(A", "expected ')', found the end"),
        ("A)", "found ')'"),
        ("defined(A", "expected ')'"),
        ("defined()", "expected a name, found ')'"),
        ("defined", "expected a name, found the end"),
        ("defined(defined)", "expected a name, found 'defined'"),
        ("A > 2", "cannot be read at '> 2'"),
        ("A == B", "cannot be read at '== B'"),
        ("A & B", "cannot be read at '& B'"),
        ("1", "cannot be read at '1'"),
        ("A + 1", "cannot be read at"),
        ("'A'", "cannot be read at"),
    ],
)
def test_c_expressions_that_are_not_understood(text: str, part: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(syntax(text), strict=False)
    assert part in caught.value.message
    assert caught.value.offset == 0


def test_a_list_means_all() -> None:
    value = syntax(["defined(A)", "defined(B) || defined(C)"])
    assert parse_condition(value, strict=False) == AllOf((A, AnyOf((B, C))))
    assert parse_condition(syntax(["defined(A)"]), strict=False) == A
    assert not is_todays(value)


@pytest.mark.parametrize("value", [[], [""], [["A"]], [True], [{"not": "A"}]])
def test_lists_hold_expressions(value: Any) -> None:
    with pytest.raises(ConditionError):
        parse_condition(syntax(value), strict=False)


@pytest.mark.parametrize("opening", ["(", "!", "!("])
def test_deep_nesting_is_refused(opening: str) -> None:
    with pytest.raises(ConditionError, match="nested more than"):
        parse_c_condition(opening * 100_000 + "A")


def test_deep_trees_are_refused() -> None:
    value: Any = "A"
    for _ in range(MAX_DEPTH + 1):
        value = {"not": value}
    with pytest.raises(ConditionError, match="nested more than"):
        parse_condition(syntax(value), strict=True)


# Evaluation


@pytest.mark.parametrize(
    ("text", "known", "result"),
    [
        ("A", {"A": True}, True),
        ("A", {"A": False}, False),
        ("A", {}, A),
        ("!A", {"A": True}, False),
        ("!A", {}, Not(A)),
        ("!!A", {}, A),
        ("A && B", {"A": True}, B),
        ("A && B", {"A": False}, False),
        ("A && B", {"A": True, "B": True}, True),
        ("A || B", {"A": False}, B),
        ("A || B", {"B": True}, True),
        ("A || B", {"A": False, "B": False}, False),
        ("A && B && C", {"B": True}, AllOf((A, C))),
        ("A || B || C", {"B": False}, AnyOf((A, C))),
        ("A && (B || !C)", {"C": False}, A),
        ("A && (B || !C)", {"C": True}, AllOf((A, B))),
        ("A && (B || A)", {"B": False}, A),
    ],
)
def test_simplify(text: str, known: dict[str, bool], result: object) -> None:
    assert simplify(parse_c_condition(text), known, closed=False) == result


def test_closed_means_undefined() -> None:
    assert simplify(parse_c_condition("A || B"), {}, closed=True) is False
    assert simplify(parse_c_condition("!A"), {}, closed=True) is True
    assert simplify(parse_c_condition("!A || B"), {"A": True}, closed=True) is False


names = st.sampled_from(["A", "B", "C", "D"])
conditions: st.SearchStrategy[Condition] = st.recursive(
    names.map(Defined),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: AllOf(tuple(items))),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: AnyOf(tuple(items))),
    ),
    max_leaves=12,
)
worlds = st.fixed_dictionaries(dict.fromkeys("ABCD", st.booleans()))


def holds(condition: Condition, world: dict[str, bool]) -> bool:
    """What a condition means, as plainly as can be."""
    match condition:
        case Defined(name):
            return world[name]
        case Not(operand):
            return not holds(operand, world)
        case AllOf(operands):
            return all(holds(operand, world) for operand in operands)
        case AnyOf(operands):
            return any(holds(operand, world) for operand in operands)


@given(conditions, worlds, st.sets(names))
def test_what_is_left_means_the_same(
    condition: Condition, world: dict[str, bool], given_names: set[str]
) -> None:
    known = {name: world[name] for name in given_names}
    result = simplify(condition, known, closed=False)
    left = result if isinstance(result, bool) else holds(result, world)
    assert left is holds(condition, world)
    if not isinstance(result, bool):
        assert given_names.isdisjoint(condition_names(result))


@given(conditions, worlds)
def test_closed_leaves_nothing_open(
    condition: Condition, world: dict[str, bool]
) -> None:
    known = {name: True for name, value in world.items() if value}
    assert simplify(condition, known, closed=True) is holds(condition, world)


# Printing


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("defined(A)", "A"),
        ("!defined(A)", "not A"),
        ("defined(A) && !(defined(B) || defined(C))", "A and not (B or C)"),
        ("defined(A) || defined(B) && defined(C)", "A or (B and C)"),
        ("!(!defined(A))", "not not A"),
    ],
)
def test_describe(text: str, description: str) -> None:
    assert describe(parse_c_condition(text)) == description


def test_single_operands_do_not_show() -> None:
    condition = AllOf((AllOf((AnyOf((A, B)),)), C))
    assert describe(condition) == "(A or B) and C"
    assert str(condition) == "(defined(A) || defined(B)) && defined(C)"


@given(conditions, worlds)
def test_c_text_is_read_back_with_its_meaning(
    condition: Condition, world: dict[str, bool]
) -> None:
    again = parse_c_condition(c_text(condition))
    assert holds(again, world) is holds(condition, world)
    assert c_text(again) == c_text(condition) == str(condition)


@given(conditions)
def test_names_are_those_of_the_text(condition: Condition) -> None:
    assert describe(condition).replace("(", "").replace(")", "").split() != []
    found = [word for word in describe(condition).split() if word.strip("()") in "ABCD"]
    assert [word.strip("()") for word in found] == list(condition_names(condition))
