"""Documentation comments: the sections of every generation of syntax, and what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qapigen.errors import Diagnostic
from qapigen.frontend.docs import parse_comment
from qapigen.frontend.findings import Findings, SyntaxFaultError
from qapigen.frontend.parser import load
from qapigen.frontend.source import SourceFile
from qapigen.frontend.syntax import DocComment, Text

Sections = list[tuple[str, str, str]]


def read(
    body: str, *, strict: bool = False, notes: list[Diagnostic] | None = None
) -> tuple[DocComment, SyntaxFaultError | None]:
    """The comment with *body*, to whose lines "# " is added."""
    lines = [f"# {line}".rstrip() for line in body.splitlines()]
    text = Text("\n".join(["##", *lines, "##"]))
    text.offset = 0
    source = SourceFile("a.json", str(text))
    return parse_comment(source, text, Findings(strict, notes=notes))


def sections(body: str, *, strict: bool = False) -> Sections:
    comment, fault = read(body, strict=strict)
    assert fault is None, fault.diagnostic.message
    return [(s.kind, s.name, s.text) for s in comment.sections]


def fault_of(body: str, *, strict: bool = False) -> tuple[int, int, str]:
    """Line in *body*, column in the file, and message."""
    comment, fault = read(body, strict=strict)
    assert fault is not None
    assert comment.faulty
    place = fault.diagnostic.place
    return place.line - 1, place.column, fault.diagnostic.message


# One comment in the syntax of each generation

TODAY = """\
@query-x:

What it does.

More of it.

@one: text that begins here
    and goes on

    with a paragraph

@two:
    text below

Features:

@unstable: not yet
    stable
@other: x

.. note:: Mind the gap.

   Twice.

Returns: something
    or other

Errors:
    - SomeError, if it must

TODO: all of it

.. qmp-example::
   :title: Usage

   -> { "execute": "query-x" }
   <- { "return": {} }

Afterthought.

Since: 9.1"""

SIX = """\
@query-x:

What it does.

More of it.

@one: text that begins here
      and goes on

      with a paragraph

@two:
text below

Features:
@unstable: not yet
           stable
@other: x

Returns: something
         or other

Note: Mind the gap.

      Twice.

TODO: all of it

Since: 6.1

Example:

-> { "execute": "query-x" }
<- { "return": {} }

"""

OLDEST = """\
@query-x:

What it does.

More of it.

@one: text that begins here
and goes on

@two:  text below

Returns: something
or other

Note: Mind the gap.

Notes:

1. One.

2. Two,
   really.

Unindented, and still a note.

Since: 2.4

Example:

-> { "execute": "query-x",
     "arguments": {} }
<- { "return": {} }

Another one:

-> { "execute": "x" }"""


def test_the_syntax_of_today() -> None:
    expected = [
        ("body", "", "What it does.\n\nMore of it."),
        ("member", "one", "text that begins here\nand goes on\n\nwith a paragraph"),
        ("member", "two", "text below"),
        ("feature", "unstable", "not yet\nstable"),
        ("feature", "other", "x"),
        ("note", "note", "Mind the gap.\n\nTwice."),
        ("returns", "Returns", "something\nor other"),
        ("errors", "Errors", "- SomeError, if it must"),
        ("todo", "TODO", "all of it"),
        (
            "example",
            "qmp-example",
            ':title: Usage\n\n-> { "execute": "query-x" }\n<- { "return": {} }',
        ),
        ("text", "", "Afterthought."),
        ("since", "Since", "9.1"),
    ]
    assert sections(TODAY, strict=True) == expected
    assert sections(TODAY) == expected


def test_the_syntax_of_6() -> None:
    assert sections(SIX) == [
        ("body", "", "What it does.\n\nMore of it."),
        ("member", "one", "text that begins here\nand goes on\n\nwith a paragraph"),
        ("member", "two", "text below"),
        ("feature", "unstable", "not yet\nstable"),
        ("feature", "other", "x"),
        ("returns", "Returns", "something\nor other"),
        ("note", "Note", "Mind the gap.\n\nTwice."),
        ("todo", "TODO", "all of it"),
        ("since", "Since", "6.1"),
        ("example", "Example", '-> { "execute": "query-x" }\n<- { "return": {} }'),
    ]


def test_the_syntax_of_2() -> None:
    assert sections(OLDEST) == [
        ("body", "", "What it does.\n\nMore of it."),
        ("member", "one", "text that begins here\nand goes on"),
        ("member", "two", "text below"),
        ("returns", "Returns", "something\nor other"),
        ("note", "Note", "Mind the gap."),
        (
            "note",
            "Notes",
            "1. One.\n\n2. Two,\n   really.\n\nUnindented, and still a note.",
        ),
        ("since", "Since", "2.4"),
        (
            "example",
            "Example",
            '-> { "execute": "query-x",\n     "arguments": {} }\n<- { "return": {} }'
            '\n\nAnother one:\n\n-> { "execute": "x" }',
        ),
    ]


def test_sections_know_where_they_begin() -> None:
    comment, _ = read("@a:\n\nbody\n\n@b: text\n\nSince: 1.0")
    places = [comment.source.position(section.offset) for section in comment.sections]
    assert places == [(2, 3), (6, 3), (8, 3)]
    assert comment.symbol is not None
    assert comment.source.position(comment.symbol.offset) == (2, 4)


# Details


def test_only_a_name() -> None:
    comment, fault = read("@a-b_C.d:", strict=True)
    assert (comment.symbol, comment.sections, fault) == ("a-b_C.d", [], None)


def test_text_right_below_the_name() -> None:
    assert sections("@a:\ntext\n@b: c") == [("body", "", "text"), ("member", "b", "c")]


def test_today_a_paragraph_hides_what_looks_like_a_section() -> None:
    assert sections("@a:\ntext\n@b: c\nSince: 1", strict=True) == [
        ("body", "", "text\n@b: c\nSince: 1")
    ]


def test_text_that_mentions_a_member_is_text() -> None:
    expected = [("member", "b", "c"), ("text", "", "@d is not documented: why?")]
    assert sections("@a:\n\n@b: c\n\n@d is not documented: why?") == expected


def test_a_tag_with_two_colons_is_markup() -> None:
    text = "Example::\n\n  literal\n\nNote::\n  literal"
    assert sections(f"@a:\n\n{text}", strict=True) == [("body", "", text)]


def test_directives_that_are_no_section_stay_in_the_text() -> None:
    text = ".. admonition:: Notes\n\n - One\n - Two"
    assert sections(f"@a:\n\n{text}", strict=True) == [("body", "", text)]


def test_directives_between_introduction_and_members() -> None:
    body = "@a:\n\nOne.\n\n.. note:: Two.\n\nThree.\n\n@b: c"
    expected = [
        ("body", "", "One."),
        ("note", "note", "Two."),
        ("body", "", "Three."),
        ("member", "b", "c"),
    ]
    assert sections(body, strict=True) == expected
    assert sections(body) == expected


def test_bullet_lists_and_relative_indentation_are_kept() -> None:
    body = "@a:\n\n@b: one of\n\n    - first\n      more\n\n    - second"
    assert sections(body, strict=True) == [
        ("member", "b", "one of\n\n- first\n  more\n\n- second")
    ]


def test_a_note_below_a_member_without_indentation() -> None:
    """As in schemas that have lost their indentation on the way."""
    assert sections("@a:\n\n@b: text\nNote: on b\n\n@c: text") == [
        ("member", "b", "text\nNote: on b"),
        ("member", "c", "text"),
    ]


def test_optional_marks_of_the_first_releases() -> None:
    notes: list[Diagnostic] = []
    comment, fault = read("@a:\n\n@b: #optional the text", notes=notes)
    assert fault is None
    assert comment.sections[0].text == "the text"
    assert len(notes) == 1
    assert fault_of("@a:\n\n@b: #optional the text", strict=True)[0] == 3


def test_indented_comments_and_empty_lines() -> None:
    text = Text("##\n  # @a:\n\n  #\n\t# text\n  ##")
    text.offset = 0
    comment, fault = parse_comment(SourceFile("a", str(text)), text, Findings(True))
    assert fault is None
    assert comment.symbol == "a"
    assert [section.text for section in comment.sections] == ["text"]


# Comments that document no definition


def test_free_text() -> None:
    assert sections("Text @b {x}\n\n Returns: nothing\n- Note: y", strict=True) == [
        ("body", "", "Text @b {x}\n\n Returns: nothing\n- Note: y")
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("= Title", [("heading", "=", "Title")]),
        (
            "== Title\n\nText.\n= Next\nMore.",
            [
                ("heading", "==", "Title"),
                ("body", "", "Text."),
                ("heading", "=", "Next"),
                ("body", "", "More."),
            ],
        ),
        (
            "Title\n=====\n\nText.",
            [("heading", "=", "Title"), ("body", "", "Text.")],
        ),
        ("*****\nTitle\n*****", [("heading", "*", "Title")]),
        (
            "Before.\n\nTitle\n-----",
            [("body", "", "Before."), ("heading", "-", "Title")],
        ),
        ("Too long\n---", [("body", "", "Too long\n---")]),
        ("Text\nmore\n----", [("body", "", "Text\nmore\n----")]),
        (
            "==== ====\na    b\n==== ====",
            [("body", "", "==== ====\na    b\n==== ====")],
        ),
        ("", []),
    ],
)
def test_headings(body: str, expected: Sections) -> None:
    assert sections(body, strict=True) == expected


# What is wrong in every release

WRONG = [
    ("@a", 1, 3, "should end with ':'"),
    ("@a: text", 1, 3, "should end with ':'"),
    ("@:", 1, 3, "a name is missing"),
    ("@a:\n@:", 2, 3, "a name is missing"),
    ("@a:\n@b: x\n@b: y", 3, 3, "'b' is described twice"),
    ("@a:\n\nFeatures:\n@b: x\n@b: y", 5, 3, "'b' is described twice"),
    ("@a:\n\nReturns: x\n\nReturns: y", 5, 3, "a second 'Returns:' section"),
    ("@a:\n\nSince: 1\n\nSince: 2", 5, 3, "a second 'Since:' section"),
    ("@a:\n\nSince:", 3, 3, "no text after 'Since:'"),
    ("@a:\n\nReturns:\n\nSince: 1", 3, 3, "no text after 'Returns:'"),
    ("@a:\n\nTODO: x\n\n@b: c", 5, 3, "description of '@b:' after another section"),
    ("@a:\n\n@b: c\n\ntext\n\n@d: e", 7, 3, "description of '@d:' after another"),
    ("text\n@b: c", 2, 3, "'@b:' in a comment that documents no definition"),
]


@pytest.mark.parametrize(("body", "line", "column", "message"), WRONG)
@pytest.mark.parametrize("strict", [True, False])
def test_what_no_release_allowed(
    body: str, line: int, column: int, message: str, strict: bool
) -> None:
    found_line, found_column, text = fault_of(body, strict=strict)
    assert (found_line, found_column) == (line, column)
    assert message in text


OUTDATED = [
    ("@a:\n\n@b:", 3, "no text after '@b:'"),
    ("@a:\n\nNote: x", 3, "'Note:' sections are no more"),
    ("@a:\n\nExamples: x", 3, "'Examples:' sections are no more"),
    ("@a:\n\nErrors: x\n\nErrors: y", 5, "a second 'Errors:' section"),
    ("@a:\n\nFeatures:\n\ntext", 5, "expected '@feature: ...'"),
    ("@a:\n\nFeatures:", 4, "expected '@feature: ...'"),
    ("@a:\n\nFeatures:\n@b: c\n\nFeatures:\n@d: e", 6, "a second 'Features:' line"),
    ("@a:\n\n" + "x" * 69, 3, "longer than 70 characters"),
    ("@a:\n\nOne. Two.", 3, "one space between sentences"),
]


@pytest.mark.parametrize(("body", "line", "message"), OUTDATED)
def test_what_older_releases_allowed(body: str, line: int, message: str) -> None:
    found, _, text = fault_of(body, strict=True)
    assert found == line
    assert message in text
    notes: list[Diagnostic] = []
    _, fault = read(body, notes=notes)
    assert fault is None
    assert [message in note.message for note in notes] == [True]
    assert notes[0].place.line - 1 == line
    sections(body)


def test_text_that_falls_back_right_away() -> None:
    body = "@a:\n\n@b: one\n    two\nthree"
    line, column, message = fault_of(body, strict=True)
    assert (line, column) == (5, 3)
    assert "expected at least 4 spaces" in message
    assert sections(body) == [("member", "b", "one\n    two\nthree")]


@pytest.mark.parametrize(
    "line",
    [
        "x" * 68,
        "https://example.org/" + "x" * 60,
        "    https://example.org/" + "x" * 60,
        "See e.g. Them and i.e. us. Not: 1. 2. 3.",
        "1. A list, of two.  Sentences.",
        "One.  Two?  (Three!)  Four.",
    ],
)
def test_lines_that_look_right(line: str) -> None:
    if line.startswith("See"):
        assert fault_of(f"@a:\n\n{line}", strict=True)[1] == 29
    else:
        assert sections(f"@a:\n\n{line}", strict=True)


@pytest.mark.parametrize("opening", [".. qmp-example::", "::"])
def test_literal_text_may_look_as_it_likes(opening: str) -> None:
    literal = "   One. Two. " + "x" * 80
    assert sections(f"@a:\n\n{opening}\n\n{literal}\n\n{literal}", strict=True)
    found, _, _ = fault_of(f"@a:\n\n{opening}\n\n{literal}\n\nOne. Two.", strict=True)
    assert found == 7


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("## x\n# @a:\n##", (1, 1), "at the start of a comment"),
        ("###\n# @a:\n##", (1, 1), "at the start of a comment"),
        ("##\n# @a:\n## x", (3, 1), "at the end of a comment"),
        ("##\n# @a:\n  ## ", (3, 3), "at the end of a comment"),
        ("##\n#@a:\n##", (2, 1), "no space after '#'"),
        ("##\n# @a:\n  #\tx\n##", (3, 3), "no space after '#'"),
    ],
)
def test_the_frame_of_a_comment(
    text: str, place: tuple[int, int], message: str
) -> None:
    raw = Text(text)
    raw.offset = 0
    _, fault = parse_comment(SourceFile("a", text), raw, Findings())
    assert fault is not None
    found = fault.diagnostic.place
    assert (found.line, found.column) == place
    assert message in fault.diagnostic.message


def test_an_error_says_whose_documentation_it_is_in() -> None:
    comment, fault = read("@a:\n\nbody\n\n@b: x\n@b: y")
    assert fault is not None
    assert fault.diagnostic.definition == "the documentation of 'a'"
    assert [section.kind for section in comment.sections] == ["body", "member"]


# Real comments


def test_no_section_of_a_real_schema_swallows_another(shared: Path) -> None:
    """A tag at the beginning of a line of text would be one that was not recognised."""
    tags = ("Since:", "Returns:", "Features:", "Example:", "TODO:")
    for root in sorted(shared.glob("schemas/*/qapi/qapi-schema.json")):
        for node in load(root).expressions:
            for section in node.doc.sections if node.doc else ():
                assert section.text
                assert section.text == section.text.strip("\n")
                if section.kind not in ("member", "feature"):
                    lines = section.text.splitlines()
                    assert not any(line.startswith(tags) for line in lines)


def test_almost_every_definition_says_since_when(shared: Path) -> None:
    for root in sorted(shared.glob("schemas/*/qapi/qapi-schema.json")):
        comments = [node.doc for node in load(root).expressions if node.doc]
        since = [s for doc in comments for s in doc.sections if s.kind == "since"]
        assert len(since) > 0.9 * len(comments), root
        assert all(re.match(r"\d+\.\d+", section.text) for section in since)


def test_the_comments_of_qemus_own_test(shared: Path) -> None:
    tree = load(shared / "qapi-schema-suite/doc-good.json", strict=True)
    (command,) = [n.doc for n in tree.expressions if n.doc and n.doc.symbol == "cmd"]
    kinds = [section.kind for section in command.sections]
    assert kinds == [
        *["member"] * 2,
        *["feature"] * 2,
        *["note", "returns", "errors", "todo", "text", "example", "text", "since"],
    ]
    headings = [
        section.text
        for doc in tree.free_docs
        for section in doc.sections
        if section.kind == "heading"
    ]
    assert headings == ["Section", "Subsection", "Another subsection"]
