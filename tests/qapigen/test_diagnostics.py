"""Findings as text: for people, for programs, for GitHub."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from qapigen.errors import Diagnostic
from qapigen.frontend.diagnostics import render
from qapigen.frontend.source import SourceFile

SOURCE = SourceFile("vm.json", "{ 'struct': 'A',\n  'data': 'B' }\n")


def finding(offset: int = 19, **more: Any) -> Diagnostic:
    return Diagnostic(SOURCE.place(offset), "something is wrong", **more)


def at(text: str, offset: int) -> list[str]:
    """The excerpt for *offset* in *text*: the line and the caret's."""
    source = SourceFile("a", text)
    return render([Diagnostic(source.place(offset), "m")]).splitlines()[1:]


def test_nothing_to_say() -> None:
    assert render([]) == ""
    assert render([], "json") == ""
    assert render([], "github") == ""


def test_a_finding_with_its_line() -> None:
    assert render([finding()]) == (
        "vm.json:2:3: error: something is wrong\n"
        "    2 |   'data': 'B' }\n"
        "      |   ^\n"
    )


def test_definition_hint_and_related_place() -> None:
    related = ((SOURCE.place(0), "it begins here"),)
    text = render([finding(definition="struct 'A'", hint="do not", related=related)])
    assert text.splitlines()[3:] == [
        "      = in struct 'A'",
        "      = hint: do not",
        "vm.json:1:1: note: it begins here",
        "    1 | { 'struct': 'A',",
        "      | ^",
    ]


def test_severities() -> None:
    text = render([finding(severity="warning"), finding(severity="note")])
    assert re.findall(r"\d: (\w+):", text) == ["warning", "note"]


def test_how_one_comes_to_a_file_is_said_once_in_a_row() -> None:
    inner = SourceFile("sub.json", "x\ny", SOURCE.place(19))
    innermost = SourceFile("subsub.json", "z", inner.place(2))
    findings = [
        Diagnostic(source.place(0), "m") for source in (innermost, innermost, inner)
    ]
    lines = [line for line in render(findings).splitlines() if "|" not in line]
    assert lines == [
        "included by sub.json:2:1",
        "included by vm.json:2:3",
        "subsub.json:1:1: error: m",
        "subsub.json:1:1: error: m",
        "included by vm.json:2:3",
        "sub.json:1:1: error: m",
    ]


def test_a_long_chain_of_includes_is_cut() -> None:
    source = SourceFile("0", "x")
    for name in range(1, 1000):
        source = SourceFile(str(name), "x", source.place(0))
    lines = render([Diagnostic(source.place(0), "m")]).splitlines()
    assert lines[9:12] == [
        "included by 989:1:1",
        "... and 989 more",
        "999:1:1: error: m",
    ]


# Excerpts


def test_tabs_are_shown_as_blanks() -> None:
    assert at("\t'a':\tb", 6) == [
        "    1 |         'a':    b",
        "      |" + " " * 17 + "^",
    ]


def test_wide_and_combining_characters() -> None:
    line, caret = at("漢字e\u0301x", 4)
    assert line == "    1 | 漢字e\u0301x"
    assert caret == "      | " + " " * 5 + "^"


def test_characters_that_would_steer_a_terminal() -> None:
    line, _ = at("a\x1b[31mb\0c", 0)
    assert line == "    1 | a\ufffd[31mb\ufffdc"
    source = SourceFile("a\x1b[2J\udcff", "x")
    text = render([Diagnostic(source.place(0), "bad\nnews\x07", hint="\x1b]0;")])
    assert text.splitlines()[0] == r"a\x1b[2J\udcff:1:1: error: bad\nnews\x07"
    assert "\x1b" not in text
    text.encode()


def test_the_end_of_a_line_and_of_a_file() -> None:
    assert at("abc\n", 3) == ["    1 | abc", "      |    ^"]
    assert at("", 0) == ["    1 |", "      | ^"]
    assert at("abc\n\n", 4) == ["    2 |", "      | ^"]


def test_long_lines_are_cut_around_the_caret() -> None:
    line, caret = at("x" * 200 + "!" + "y" * 200, 200)
    assert line == "    1 | ..." + "x" * 50 + "!" + "y" * 46 + "..."
    assert line[caret.index("^")] == "!"
    line, caret = at("!" + "y" * 10_000_000, 0)
    assert line == "    1 | !" + "y" * 99 + "..."
    line, caret = at("x" * 10_000_000, 10_000_000)
    assert line == "    1 | ..." + "x" * 50


@given(
    st.text(st.sampled_from("ab\t漢\u0301\x1b\n"), max_size=300),
    st.integers(0, 300),
)
def test_the_caret_is_below_what_it_points_at(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    text = text[:offset] + "!" + text[offset:]
    line, caret = at(text, offset)
    assert len(line) < 800
    before = line.partition("!")[0]
    width = sum(2 if c == "漢" else 0 if c == "\u0301" else 1 for c in before)
    assert caret.index("^") == width


def test_colour_is_put_on_and_nothing_else() -> None:
    findings = [finding(hint="h", definition="d", related=((SOURCE.place(0), "r"),))]
    plain, colourful = render(findings), render(findings, color=True)
    assert "\x1b[1;31merror:\x1b[0m" in colourful
    assert re.sub(r"\x1b\[[\d;]*m", "", colourful) == plain
    assert render(findings, "github", color=True) == render(findings, "github")
    assert render(findings, "json", color=True) == render(findings, "json")


# For programs


def test_json_is_an_object_a_line() -> None:
    inner = SourceFile("sub.json", "x\ny", SOURCE.place(19))
    findings = [
        Diagnostic(inner.place(2), 'say "no"\n', "note", "struct 'A'", "hint"),
        finding(related=((SOURCE.place(0), "r"),)),
    ]
    first, second = map(json.loads, render(findings, "json").splitlines())
    assert first == {
        "file": "sub.json",
        "line": 2,
        "column": 1,
        "severity": "note",
        "message": 'say "no"\n',
        "definition": "struct 'A'",
        "hint": "hint",
        "include_chain": [{"file": "vm.json", "line": 2, "column": 3}],
        "related": [],
    }
    assert second["severity"] == "error"
    assert second["related"] == [
        {"file": "vm.json", "line": 1, "column": 1, "message": "r"}
    ]


def test_github_commands() -> None:
    assert render([finding()], "github") == (
        "::error file=vm.json,line=2,col=3,title=schema::something is wrong\n"
    )
    source = SourceFile("a,b:100%.json", "x", SOURCE.place(0))
    text = render(
        [
            Diagnostic(source.place(0), "50%\r", "note", "struct 'A:B,C'", "a: b"),
            Diagnostic(source.place(0), "m", "warning"),
        ],
        "github",
    )
    assert text == (
        "::notice file=a%2Cb%3A100%25.json,line=1,col=1,title=struct 'A%3AB%2CC'::"
        "50%25\\r%0Ahint: a: b%0Aincluded by vm.json:1:1\n"
        "::warning file=a%2Cb%3A100%25.json,line=1,col=1,title=schema::"
        "m%0Aincluded by vm.json:1:1\n"
    )
