"""Syntax: what is a schema, where exactly it stops being one, and what is read all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token, Transformer
from lark.lexer import Lexer

from qapigen.errors import Diagnostic
from qapigen.frontend import lalr, tables
from qapigen.frontend.docs import parse_comment
from qapigen.frontend.findings import Findings
from qapigen.frontend.lexer import END, MAX_DEPTH, tokens
from qapigen.frontend.source import SourceFile
from qapigen.frontend.syntax import Array, DocComment, Object, Text
from tests.conftest import RootSchema

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)


def parse(text: str, *, strict: bool = False) -> list[lalr.Item]:
    return lalr.parse(SourceFile("a.json", text), Findings(strict))


def errors(text: str, *, strict: bool = False) -> list[Diagnostic]:
    items = parse(text, strict=strict)
    return [item for item in items if isinstance(item, Diagnostic)]


def one_error(text: str, *, strict: bool = False) -> Diagnostic:
    (error,) = errors(text, strict=strict)
    return error


def where(error: Diagnostic) -> tuple[int, int]:
    return error.place.line, error.place.column


def test_values_are_plain_data() -> None:
    text = "{ 'a': { 'b': [ 'c', true, [], false ], 'd': {} }, 'e': 'f\\\\g' }"
    assert parse(text, strict=True) == [
        {"a": {"b": ["c", True, [], False], "d": {}}, "e": "f\\g"}
    ]


def test_strings_objects_and_arrays_know_where_they_begin() -> None:
    (node,) = parse("  { 'a': [ 'b' ] }")
    assert isinstance(node, Object)
    key, value = next(iter(node.items()))
    assert isinstance(value, Array)
    (text,) = value
    assert isinstance(text, Text)
    assert (node.offset, key.offset, value.offset, text.offset) == (2, 4, 9, 11)


def test_comments_and_white_space_are_nothing() -> None:
    text = "# one\n{ # two ' { [\n\t'a' # three\n :\f'b' }#four"
    assert parse(text, strict=True) == [{"a": "b"}]
    assert parse("", strict=True) == []
    assert parse(" \n\t# nothing", strict=True) == []


def test_definitions_and_documentation_come_in_order() -> None:
    first, comment, second = parse("{ 'a': 'b' }\n##\n# @c:\n##\n{ 'c': 'd' }")
    assert first == {"a": "b"}
    assert isinstance(comment, DocComment)
    assert comment.symbol == "c"
    assert second == {"c": "d"}


# What is wrong: the text, where the error is, its message, its hint.
WRONG: list[tuple[str, tuple[int, int], str, str]] = [
    ("{ 'a' 'b' }", (1, 7), "expected ':', found 'b'", "colon"),
    ("{ 'a': 'b' 'c': 'd' }", (1, 12), "expected ',' or '}', found 'c'", ""),
    ("{ 'a': 'b',\n}", (2, 1), "expected a string, found '}'", "remove the comma"),
    (
        "{ 'a': [ 'b', ] }",
        (1, 15),
        "expected a value, found ']'",
        "comma before ']'",
    ),
    (
        "{ 'a': [ , 'b' ] }",
        (1, 10),
        "expected a value or ']', found ','",
        "this comma",
    ),
    ("{ , 'a': 'b' }", (1, 3), "expected a string or '}', found ','", "this comma"),
    ("{ 'a': }", (1, 8), "expected a value, found '}'", ""),
    ("{ 'a': [ 'b' 'c' ] }", (1, 14), "expected ',' or ']', found 'c'", ""),
    ("{ 'a': [ 'b' } ]", (1, 14), "expected ',' or ']', found '}'", ""),
    ("{ 'a': 'b' ]", (1, 12), "expected ',' or '}', found ']'", ""),
    ("{ true: 'b' }", (1, 3), "expected a string or '}', found true", ""),
    ("{ [ ] }", (1, 3), "expected a string or '}', found '['", ""),
    ("{ 'a': 'b' } }", (1, 14), "expected a definition, found '}'", "series"),
    ("'a'", (1, 1), "expected a definition, found 'a'", "series"),
    ("[ 'a' ]", (1, 1), "expected a definition, found '['", "series"),
    ("true", (1, 1), "expected a definition, found true", "series"),
    ("{ }", (1, 1), "an empty definition", ""),
    ("{ 'a': [ 'b',", (1, 14), "expected a value, found the end of the file", ""),
    ("{ 'a': 'b'\n\n", (2, 1), "expected ',' or '}', found the end of the file", ""),
    ("{ 'a': 'b\n}", (1, 8), "string without an end", "single quote"),
    ("{ 'a': 'b", (1, 8), "string without an end", "single quote"),
    ("{ 'a': 'b\\", (1, 8), "string without an end", "single quote"),
    ("{ 'a': wut }", (1, 8), "stray 'wut'", "single quotes"),
    ("{ 'a': trueish }", (1, 12), "stray 'ish'", "single quotes"),
    ('{ "a": 1 }', (1, 3), "stray '\"'", "single quotes"),
    ("{ 'a': 17 }", (1, 8), "stray '17'", "no numbers"),
    ("{ 'a': 'b' };", (1, 13), "stray ';'", "begin with '#'"),
    ("// a\n", (1, 1), "stray '//'", "begin with '#'"),
    ("\ufeff{ 'a': 'b' }", (1, 1), "stray U+FEFF", "byte order mark"),
    ("{ 'a': \0 }", (1, 8), "stray U+0000", ""),
    ("{ 'a': 'b', 'a': 'c' }", (1, 13), "duplicate key 'a'", ""),
    ("{ 'a': '\\x' }", (1, 9), "no such escape: \\x", "backslash"),
    ("{ 'a': '\\u12' }", (1, 9), "\\u needs four hexadecimal digits", ""),
    ("{ 'a': '\\u0000' }", (1, 9), "\\u0000 is not an ASCII character", "ASCII"),
    ("{ 'a': '\\u0080' }", (1, 9), "\\u0080 is not an ASCII character", "ASCII"),
    ("##\n# @a:\n# text\n{ 'a': 'b' }", (4, 1), "comment without an end", "'##'"),
    ("##\n# text\n#", (3, 2), "documentation comment without an end", "'##'"),
    ("##\n# text\n#\n", (3, 2), "documentation comment without an end", "'##'"),
    (
        "{ 'a': 'b',\n##\n# @c:\n##\n'd': 'e' }",
        (2, 1),
        "found a documentation comment",
        "",
    ),
]


@pytest.mark.parametrize(("text", "place", "message", "hint"), WRONG)
def test_what_is_wrong_is_said_at_its_place(
    text: str, place: tuple[int, int], message: str, hint: str
) -> None:
    error = errors(text)[0]
    assert where(error) == place
    assert message in error.message
    assert hint in error.hint
    assert bool(hint) == bool(error.hint)


def test_an_error_shows_the_bracket_that_is_open() -> None:
    error = one_error("{ 'struct': 'A',\n  'data': [\n")
    ((place, text),) = error.related
    assert (place.line, place.column, text) == (2, 11, "this '[' is not closed")
    assert error.definition == "struct 'A'"


def test_a_duplicate_key_shows_the_first_one() -> None:
    error = one_error("{ 'a': 'b',\n  'a': 'c' }")
    ((place, _),) = error.related
    assert (place.line, place.column) == (1, 3)


# Dialects

OLD = [
    ("{ 'a': null }", {"a": None}),
    ("{ 'a': '\\b\\f\\n\\r\\t\\/\\'\\\"' }", {"a": "\b\f\n\r\t/'\""}),
    ("{ 'd\\u0061ta': 'x' }", {"data": "x"}),
    ("{ 'a': 'é' }", {"a": "é"}),
    ("{ 'a': 'b\x1fc' }", {"a": "b\x1fc"}),
    ("{ 'a': '\x7f' }", {"a": "\x7f"}),
]


@pytest.mark.parametrize(("text", "value"), OLD)
def test_what_only_old_releases_allowed(text: str, value: dict[str, Any]) -> None:
    assert parse(text) == [value]
    assert len(errors(text, strict=True)) == 1
    notes: list[Diagnostic] = []
    lalr.parse(SourceFile("a.json", text), Findings(notes=notes))
    assert notes
    assert {note.severity for note in notes} == {"note"}


def test_a_note_is_made_once_for_each_file_and_rule() -> None:
    notes: list[Diagnostic] = []
    findings = Findings(notes=notes)
    text = "{ 'a': null, 'b': null, 'c': '\\n' }\n{ 'd': null }"
    lalr.parse(SourceFile("a.json", text), findings)
    assert len(notes) == 2
    lalr.parse(SourceFile("b.json", text), findings)
    assert len(notes) == 4


def test_it_makes_no_difference_to_look_at_the_next_token_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reductions that need no lookahead are done without one; with one they are the same."""
    text = (
        "##\n# @a:\n##\n{ 'a': [ 'b', [], {}, { 'c': true } ], 'd': {} }\n{ 'e': 'f' }"
    )
    right = _outline(parse(text))
    rows, defaults, rules, rest = lalr._automaton()
    assert any(defaults)
    every_time = (rows, [None] * len(defaults), rules, rest)
    monkeypatch.setattr(lalr, "_automaton", lambda: every_time)
    assert _outline(parse(text)) == right
    assert len(right) == 3


# After an error


def test_reading_goes_on_at_the_next_definition() -> None:
    text = "{ 'a': 'b' }\n{ 'c' 'd' }\n{ 'e': 'f' }\n{ 'g': [ }\n##\n# @h:\n##\n{ 'h': 'i' }"
    items = parse(text)
    shapes = ["error" if isinstance(i, Diagnostic) else type(i).__name__ for i in items]
    assert shapes == ["Object", "error", "Object", "error", "DocComment", "Object"]
    assert [where(error) for error in errors(text)] == [(2, 7), (4, 10)]


def test_an_unclosed_definition_does_not_swallow_the_next() -> None:
    items = parse("{ 'a': 'b',\n  'c': [ 'd' ],\n{ 'e': 'f' }\n")
    assert isinstance(items[0], Diagnostic)
    assert items[1:] == [{"e": "f"}]


def test_a_complete_definition_before_an_error_counts() -> None:
    assert parse("{ 'a': 'b' } ;")[0] == {"a": "b"}
    assert parse("{ 'a': 'b' } }")[0] == {"a": "b"}


def test_a_missing_opening_line_costs_one_error() -> None:
    text = "# @a:\n# text\n##\n{ 'a': 'b' }\n##\n# @c:\n##\n{ 'c': 'd' }\n"
    assert [where(error) for error in errors(text)] == [(4, 1)]
    assert parse(text)[-1] == {"c": "d"}


def test_a_file_full_of_errors_is_given_up() -> None:
    found = errors("{ 'a' }\n" * 1000)
    assert len(found) == lalr.MAX_ERRORS + 1
    assert "too many errors" in found[-1].message
    same_key = errors("{" + "'a': 'b', " * 1000 + "'c': 'd' }")
    assert len(same_key) == lalr.MAX_ERRORS + 1
    assert len(errors("{}" * 1000)) == lalr.MAX_ERRORS + 1
    assert len(errors("##\n# @:\n##\n" * 1000)) == lalr.MAX_ERRORS + 1


@pytest.mark.parametrize("opening", ["{ 'a': ", "{ 'a': [", "{ 'a':\n"])
def test_nesting_has_a_limit(opening: str) -> None:
    assert "nested more than" in errors(opening * 10_000)[0].message


def test_nesting_up_to_the_limit_is_read() -> None:
    depth = MAX_DEPTH - 1
    assert len(parse("{ 'a': " + "[" * depth + "]" * depth + "}")) == 1
    assert not errors("{ 'a': " + "[" * depth + "]" * depth + "}")
    assert errors("{ 'a': " + "[" * (depth + 1) + "]" * (depth + 1) + "}")


# Properties

VALUES = st.recursive(
    PRINTABLE | st.booleans(),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(PRINTABLE, inner, max_size=4),
    max_leaves=20,
)


def printed(value: object) -> str:
    """*value* in the syntax of schemas."""
    if isinstance(value, dict):
        inner = ", ".join(f"{printed(k)}: {printed(v)}" for k, v in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[ {', '.join(map(printed, value))} ]"
    if isinstance(value, bool):
        return "true" if value else "false"
    assert isinstance(value, str)
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


@given(st.lists(st.dictionaries(PRINTABLE, VALUES, min_size=1, max_size=4), max_size=4))
def test_what_was_printed_is_read_back(definitions: list[dict[str, Any]]) -> None:
    text = "\n".join(map(printed, definitions))
    items = parse(text)
    assert items == definitions
    again = "\n".join(printed(item) for item in items)
    assert again == text


@settings(max_examples=300)
@given(st.text("{}[]:,'\\ \n#@trufalsen=Sic.", max_size=120))
def test_any_text_is_read_or_has_an_error_in_it(text: str) -> None:
    for item in parse(text, strict=True):
        if isinstance(item, Diagnostic):
            assert 0 <= item.place.offset <= len(text)
            assert item.message


def test_a_lost_token_costs_at_most_the_definition_it_is_in(shared: Any) -> None:
    text = (shared / "schemas/seed/sockets.json").read_text()
    spans = []
    for _, _, match in tokens(SourceFile("a", text), 0, Findings()):
        spans.append(match.span(match.lastindex or 0))
    assert len(spans) > 150
    whole = sum(isinstance(item, Object) for item in parse(text))
    for begin, end in spans[:-1]:
        broken = text[:begin] + text[end:]
        left = sum(isinstance(item, Object) for item in parse(broken))
        assert left >= whole - 1


# lark itself as the judge


class _Carrier(Token):
    """A token of lark's that brings the value our lexer made."""

    payload: Any


class _OurLexer(Lexer):
    """Our lexer in lark's clothes."""

    def __init__(self, configuration: object) -> None:
        pass

    def lex(self, *data: Any) -> Iterator[Token]:
        for kind, value, _ in tokens(SourceFile("a", str(data[0])), 0, Findings()):
            if kind != END:
                token = _Carrier(kind, kind)
                token.payload = value
                yield token


class _Embedded(Transformer[Token, Any]):
    """lark's embedded transformer: the same values, made in the plainest way."""

    def __init__(self) -> None:
        super().__init__()
        self.items: list[Any] = []

    def empty(self, children: list[Any]) -> None:
        pass

    def comment(self, children: list[Any]) -> None:
        source = SourceFile("a", "")
        self.items.append(parse_comment(source, children[1].payload, Findings())[0])

    def definition(self, children: list[Any]) -> None:
        self.items.append(children[1])

    def empty_object(self, children: list[Any]) -> Any:
        return {}

    def empty_array(self, children: list[Any]) -> Any:
        return []

    def closed(self, children: list[Any]) -> Any:
        return children[0]

    def first_member(self, children: list[Any]) -> Any:
        return {children[1].payload: _plain(children[3])}

    def next_member(self, children: list[Any]) -> Any:
        return {**children[0], children[2].payload: _plain(children[4])}

    def first_element(self, children: list[Any]) -> Any:
        return [_plain(children[1])]

    def next_element(self, children: list[Any]) -> Any:
        return [*children[0], _plain(children[2])]


def _plain(value: Any) -> Any:
    return value.payload if isinstance(value, _Carrier) else value


def test_lark_reads_the_same_in_every_schema(root_schema: RootSchema) -> None:
    judge = _Embedded()
    parser = Lark(
        tables.GRAMMAR.read_text(),
        start="file",
        parser="lalr",
        lexer=_OurLexer,
        keep_all_tokens=True,
        transformer=judge,
    )
    for path in sorted(root_schema.path.parent.glob("*.json")):
        text = path.read_text()
        judge.items.clear()
        parser.parse(text)
        ours = parse(text)
        assert _outline(ours) == _outline(judge.items)
        assert ours


def _outline(items: list[Any]) -> list[str]:
    return [
        (
            f"{item.symbol} {[(s.kind, s.name, s.text) for s in item.sections]}"
            if isinstance(item, DocComment)
            else json.dumps(item)
        )
        for item in items
    ]
