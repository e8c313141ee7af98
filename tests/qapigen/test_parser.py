"""Loading a root: includes, pragmas, comments and what they document, QEMU's own cases."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from qapigen.errors import Diagnostic, SchemaError, UsageError
from qapigen.frontend.parser import load, shown_path
from qapigen.frontend.syntax import Pragma, SyntaxTree
from tests.conftest import RootSchema

#: The cases of QEMU's suite that are wrong in syntax, directives or the form of comments.
#: All other wrong ones there are well-formed.
OURS = {
    "doc-bad-indent",
    "doc-bad-space-between-sentences",
    "doc-duplicated-arg",
    "doc-duplicated-return",
    "doc-empty-arg",
    "doc-empty-features",
    "doc-empty-section",
    "doc-interleaved-section",
    "doc-invalid-end",
    "doc-invalid-section",
    "doc-invalid-start",
    "doc-long-line",
    "doc-missing-colon",
    "doc-missing-space",
    "doc-no-symbol",
    "duplicate-key",
    "funny-char",
    "funny-word",
    "ident-with-escape",
    "include-before-err",
    "include-extra-junk",
    "include-non-file",
    "include-self-cycle",
    "leading-comma-list",
    "leading-comma-object",
    "missing-array-rsqb",
    "missing-colon",
    "pragma-unknown",
    "pragma-value-not-bool",
    "quoted-structural-chars",
    "string-code-point-127",
    "trailing-comma-object",
    "unclosed-object",
    "unclosed-string",
    "unknown-escape",
}

#: Of these, what the newest release forbids and some older one allowed.
ONCE_FINE = {
    "doc-bad-indent",
    "doc-bad-space-between-sentences",
    "doc-empty-features",
    "doc-long-line",
    "ident-with-escape",
    "string-code-point-127",
}


class Folder:
    """A folder of schema files, written as they are needed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = self.path / (name.replace("__", "/") + ".json")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)

    def load(self, *, strict: bool = False) -> SyntaxTree:
        return load(self.path / "root.json", strict=strict, display=self.display)

    def display(self, path: Path) -> str:
        return os.path.relpath(path, self.path)

    def errors(self, root: str = "", *, strict: bool = False) -> list[tuple[str, str]]:
        if root:
            self.write(root=root)
        with pytest.raises(SchemaError) as caught:
            self.load(strict=strict)
        return [(str(d.place), d.message) for d in caught.value.diagnostics]


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def names(tree: SyntaxTree) -> list[str]:
    return [str(next(iter(node.value.values()))) for node in tree.expressions]


# The suite


def test_the_cases_of_qemus_suite(shared: Path) -> None:
    folder = shared / "qapi-schema-suite"
    with (folder / "expected.tsv").open() as table:
        rows = {row["case"]: row for row in csv.DictReader(table, delimiter="\t")}
    assert rows.keys() >= OURS
    for case, row in rows.items():
        for strict in (True, False):
            verdict: list[Diagnostic] = []
            load(folder / f"{case}.json", strict=strict, errors=verdict)
            found = [(Path(d.place.source.path).name, d.place.line) for d in verdict]
            wrong = case in OURS and (strict or case not in ONCE_FINE)
            assert found[:1] == (
                [(row["file"], int(row["line"]))] if wrong else []
            ), case


def test_every_schema_is_read(root_schema: RootSchema) -> None:
    notes: list[Diagnostic] = []
    tree = load(root_schema.path, notes=notes)
    newest = "10.2.50" in root_schema.name
    assert tree.expressions
    assert bool(notes) != newest
    assert sum(node.doc is not None for node in tree.expressions) > 0.9 * len(
        tree.expressions
    )
    assert len({source.file for source in tree.sources}) == len(tree.sources)


def test_the_newest_schemas_are_read_strictly(schema_roots: list[RootSchema]) -> None:
    newest = [root for root in schema_roots if "10.2.50" in root.name]
    assert len(newest) == 2
    for root in newest:
        assert load(root.path, strict=True).expressions


# Includes


def test_definitions_stand_where_their_include_stood(folder: Folder) -> None:
    folder.write(
        root="{ 'a': 'A' }\n{ 'include': 'sub/one.json' }\n{ 'b': 'B' }",
        sub__one="{ 'c': 'C' }\n{ 'include': 'two.json' }\n{ 'd': 'D' }",
        sub__two="{ 'e': 'E' }\n{ 'include': '../three.json' }",
        three="{ 'f': 'F' }",
    )
    tree = folder.load(strict=True)
    assert names(tree) == ["A", "C", "E", "F", "D", "B"]
    sources = [source.name for source in tree.sources]
    assert sources == ["root.json", "sub/one.json", "sub/two.json", "three.json"]
    assert [source.path for source in tree.sources] == sources
    assert [node.kind for node in tree.directives] == ["include"] * 3
    place, outer, *none = tree.sources[2].place(0).include_chain
    assert str(place) == "sub/one.json:2:14"
    assert str(outer) == "root.json:2:14"
    assert not none


def test_a_file_is_read_once(folder: Folder) -> None:
    folder.write(
        root="{ 'include': 'a.json' }\n{ 'include': 'b.json' }\n{ 'include': './a.json' }",
        a="{ 'a': 'A' }",
        b="{ 'include': 'a.json' }\n{ 'b': 'B' }",
    )
    (folder.path / "link.json").symlink_to("a.json")
    with (folder.path / "b.json").open("a") as stream:
        stream.write("{ 'include': 'link.json' }\n")
    assert names(folder.load()) == ["A", "B"]


def test_a_circle_of_includes(folder: Folder) -> None:
    folder.write(
        a="\n{ 'include': 'b.json' }", b="{ 'include': 'c.json' }", c="{ 'x': 'X' }"
    )
    with (folder.path / "c.json").open("a") as stream:
        stream.write("\n{ 'include': 'a.json' }")
    assert folder.errors("{ 'include': 'a.json' }") == [
        (
            "c.json:2:14",
            "'a.json' includes itself: a.json -> b.json -> c.json -> a.json",
        )
    ]


def test_a_file_that_includes_itself(folder: Folder) -> None:
    assert folder.errors("{ 'include': 'root.json' }") == [
        ("root.json:1:14", "'root.json' includes itself")
    ]


def test_a_chain_of_a_thousand_includes(folder: Folder) -> None:
    folder.write(root="{ 'include': '0.json' }")
    for at in range(1000):
        folder.write(**{str(at): f"{{ 'include': '{at + 1}.json' }}"})
    folder.write(**{"1000": "{ 'a': 'A' }"})
    assert names(folder.load()) == ["A"]


@pytest.mark.parametrize(
    ("directive", "place", "message"),
    [
        ("{ 'include': 'no.json' }", 14, "cannot include 'no.json': no such file"),
        ("{ 'include': '.' }", 14, "cannot include '.': it is a directory"),
        ("{ 'include': '' }", 14, "cannot include ''"),
        ("{ 'include': '/dev/null' }", 14, "it is not a regular file"),
        ("{ 'include': 'x/y\\u0001' }", 14, "cannot include 'x/y\\x01'"),
        ("{ 'include': {} }", 3, "the value of 'include' must be a string"),
        ("{ 'include': true }", 3, "the value of 'include' must be a string"),
        ("{ 'include': 'a', 'b': 'c' }", 19, "unknown key 'b' beside 'include'"),
        ("{ 'b': 'c', 'include': 'a' }", 3, "unknown key 'b' beside 'include'"),
    ],
)
def test_wrong_includes(
    folder: Folder, directive: str, place: int, message: str
) -> None:
    ((found, text),) = folder.errors(directive)
    assert found == f"root.json:1:{place}"
    assert message in text


def test_all_files_are_read_whatever_is_wrong_in_one(folder: Folder) -> None:
    folder.write(
        a="{ 'a' }\n{ 'include': 'no.json' }\n{ 'b': ]", b="##\n# @c\n##\n{ 'c': 'C' }"
    )
    root = "{ 'include': 'a.json' }\n{ 'x': 'X' }\n{ 'include': 'b.json' }\nwut"
    places = [place for place, _ in folder.errors(root)]
    assert places == [
        "a.json:1:7",
        "a.json:2:14",
        "a.json:3:8",
        "b.json:2:3",
        "root.json:4:1",
    ]


def test_errors_may_be_asked_for_beside_the_tree(folder: Folder) -> None:
    folder.write(root="{ 'a': 'A' }\n{ 'b' }\n{ 'c': 'C' }")
    errors: list[Diagnostic] = []
    tree = load(folder.path / "root.json", errors=errors)
    assert names(tree) == ["A", "C"]
    assert len(errors) == 1


def test_a_root_that_cannot_be_read_is_the_callers_mistake(folder: Folder) -> None:
    with pytest.raises(UsageError, match=r"cannot read '.*root.json': no such file"):
        folder.load()
    with pytest.raises(UsageError, match="it is a directory"):
        load(folder.path)
    with pytest.raises(UsageError, match="cannot read"):
        load(Path("a\0b"))


# Comments and what they document


def test_a_comment_belongs_to_the_definition_below_it(folder: Folder) -> None:
    folder.write(
        root="##\n# = Heading\n##\n\n##\n# @A:\n#\n# text\n##\n{ 'a': 'A' }\n{ 'b': 'B' }"
    )
    tree = folder.load(strict=True)
    first, second = tree.expressions
    assert first.doc is not None
    assert first.doc.symbol == "A"
    assert second.doc is None
    assert [doc.sections[0].text for doc in tree.free_docs] == ["Heading"]


@pytest.mark.parametrize(
    "after",
    ["", "##\n# @B:\n##\n{ 'b': 'B' }", "##\n# free\n##\n", "{ 'include': 'x.json' }"],
)
def test_documentation_of_nothing(folder: Folder, after: str) -> None:
    folder.write(x="{ 'x': 'X' }")
    assert folder.errors("\n##\n# @A:\n##\n" + after) == [
        ("root.json:2:1", "no definition follows the documentation of 'A'")
    ]


def test_documentation_before_a_pragma(folder: Folder) -> None:
    ((place, _),) = folder.errors(
        "##\n# @A:\n##\n{ 'pragma': { 'doc-required': true } }"
    )
    assert place == "root.json:1:1"


def test_a_comment_without_a_name_documents_nothing(folder: Folder) -> None:
    assert folder.errors("# x\n\n##\n# A:\n##\n{ 'a': 'A' }") == [
        ("root.json:3:1", "this comment does not say which definition it documents")
    ]


def test_free_comments_may_stand_before_directives(folder: Folder) -> None:
    folder.write(
        root="##\n# One\n##\n{ 'pragma': {} }\n##\n# Two\n##\n{ 'include': 'a.json' }",
        a="",
    )
    tree = folder.load(strict=True)
    assert [doc.sections[0].text for doc in tree.free_docs] == ["One", "Two"]


def test_a_wrong_comment_has_no_second_error(folder: Folder) -> None:
    root = "##\n# @A:\n#text\n##\n{ 'a': 'A' }\n##\n#text\n##\n{ 'a': 'A' }\n##\n# @A:\n#x\n##\n"
    assert len(folder.errors(root)) == 3
    root = "##\n# @A:\n# text\n{ 'a': 'A' }\n"
    assert len(folder.errors(root)) == 1
    root = "##\n# @A:\n##\n{ 'a' 'A' }\n"
    assert len(folder.errors(root)) == 1


# Pragmas


def test_pragmas_of_all_files_count(folder: Folder) -> None:
    folder.write(
        root="{ 'pragma': { 'doc-required': true } }\n{ 'include': 'a.json' }",
        a="{ 'pragma': { 'command-name-exceptions': ['a', 'b'],\n"
        "              'member-name-exceptions': ['C'] } }\n"
        "{ 'pragma': { 'documentation-exceptions': ['D'],\n"
        "              'command-returns-exceptions': [] } }\n",
    )
    tree = folder.load(strict=True)
    assert tree.pragma == Pragma(
        doc_required=True,
        documentation_exceptions=frozenset({"D"}),
        command_name_exceptions=frozenset({"a", "b"}),
        member_name_exceptions=frozenset({"C"}),
    )


def test_the_last_pragma_counts(folder: Folder) -> None:
    folder.write(
        root="{ 'pragma': { 'doc-required': true, 'member-name-exceptions': ['a'] } }\n"
        "{ 'pragma': { 'doc-required': false, 'member-name-exceptions': ['b'] } }\n"
    )
    assert folder.load().pragma == Pragma(member_name_exceptions=frozenset("b"))


def test_pragmas_under_their_old_names(folder: Folder) -> None:
    root = (
        "{ 'pragma': { 'returns-whitelist': ['a'], 'name-case-whitelist': ['b'] } }\n"
    )
    folder.write(root=root)
    assert folder.load().pragma == Pragma(
        command_returns_exceptions=frozenset("a"), member_name_exceptions=frozenset("b")
    )
    messages = [message for _, message in folder.errors(strict=True)]
    assert [message.split()[-1] for message in messages] == [
        "'command-returns-exceptions'",
        "'member-name-exceptions'",
    ]


@pytest.mark.parametrize(
    ("value", "column", "message"),
    [
        ("[]", 3, "the value of 'pragma' must be an object"),
        ("true", 3, "the value of 'pragma' must be an object"),
        ("{ 'doc-required': 'yes' }", 15, "'doc-required' must be true or false"),
        ("{ 'doc-required': {} }", 15, "'doc-required' must be true or false"),
        ("{ 'what': true }", 15, "unknown pragma 'what'"),
        ("{ 'documentation-exceptions': 'A' }", 15, "must be a list of strings"),
        ("{ 'member-name-exceptions': [ true ] }", 15, "must be a list of strings"),
        ("{ 'command-name-exceptions': {} }", 15, "must be a list of strings"),
        ("{}, 'x': 'y'", 17, "unknown key 'x' beside 'pragma'"),
    ],
)
def test_wrong_pragmas(folder: Folder, value: str, column: int, message: str) -> None:
    ((place, text),) = folder.errors(f"{{ 'pragma': {value} }}")
    assert place == f"root.json:1:{column}"
    assert message in text


def test_every_wrong_member_of_a_pragma_is_said(folder: Folder) -> None:
    root = "{ 'pragma': { 'a': true,\n  'doc-required': [],\n  'b': true } }"
    assert [place for place, _ in folder.errors(root)] == [
        "root.json:1:15",
        # Below the directive's first line, QEMU names that one.
        "root.json:1:1",
        "root.json:1:1",
    ]


# Paths in messages


def test_paths_are_shown_as_short_as_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "a/b.json") == "a/b.json"
    assert shown_path(Path("/a.json")) == "/a.json"
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert shown_path(tmp_path / "b.json") == str(tmp_path / "b.json")
    monkeypatch.chdir(tmp_path)
