"""Layout: whatever it writes is what black would leave as it is."""

from __future__ import annotations

import ast

import black
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qapigen.backend.formatting import MODE
from qapigen.backend.layout import Piece, bracket, docstring, exploded, quote


def blackened(text: str) -> str:
    return black.format_str(text, mode=MODE)


def test_a_bracket_that_fits_stays_on_its_line() -> None:
    assert bracket("f(", ["a", "b"], ")") == "f(a, b)"
    assert bracket("f(", [], ")") == "f()"


def test_a_bracket_that_does_not_fit_is_exploded() -> None:
    assert bracket("f(", ["a" * 50, "b" * 50], ")", 4) == (
        f"f(\n        {'a' * 50},\n        {'b' * 50},\n    )"
    )


def test_the_line_length_is_counted_from_column_zero() -> None:
    fits = bracket("f(", ["a" * 81], ")", 4)
    assert fits == f"f({'a' * 81})"
    assert len(fits) + 4 == 88
    assert "\n" in bracket("f(", ["a" * 82], ")", 4)


def test_inner_brackets_are_exploded_only_where_they_must() -> None:
    inner: Piece = ("m=g(", ["x" * 30, "y" * 30], ")")
    assert (
        exploded("f(", [inner], ")").splitlines()[1]
        == f"    m=g({'x' * 30}, {'y' * 30}),"
    )
    wide: Piece = ("m=g(", ["x" * 45, "y" * 45], ")")
    assert exploded("f(", [wide], ")").splitlines()[1] == "    m=g("


NAMES = st.from_regex(r"[a-z]{1,30}", fullmatch=True)
CALLS = st.recursive(
    NAMES,
    lambda inner: st.tuples(
        st.just("g("), st.lists(inner, min_size=1, max_size=4), st.just(")")
    ),
    max_leaves=8,
)


@given(st.lists(CALLS, min_size=1, max_size=6))
def test_calls_are_a_fixed_point_of_black(arguments: list[Piece]) -> None:
    text = f"{bracket('call(', arguments, ')')}\n"
    assert blackened(text) == text


@given(st.text(max_size=200), st.sampled_from([0, 4, 8]))
def test_docstrings_are_a_fixed_point_of_black(text: str, indent: int) -> None:
    if not text.strip() or not _encodable(text):
        return
    pads = {0: "", 4: "class A:\n    ", 8: "class A:\n    def f(self):\n        "}
    source = f"{pads[indent]}{docstring(text, indent)}\n"
    ast.parse(source)
    assert blackened(source) == source


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_quoted_text_reads_back_and_black_keeps_it(text: str) -> None:
    literal = quote(text)
    assert ast.literal_eval(literal) == text
    assert blackened(f"x = {literal}\n") == f"x = {literal}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One line.", '"""One line."""'),
        ('Ends in "quotes"', '"""Ends in "quotes" """'),
        (
            "word " * 20,
            f'"""{("word " * 16).strip()}\n    {("word " * 4).strip()}\n    """',
        ),
        ("Two.\n\n  * item\n    more", '"""Two.\n\n    * item\n      more\n    """'),
    ],
)
def test_docstring_shapes(text: str, expected: str) -> None:
    assert docstring(text, 4) == expected
