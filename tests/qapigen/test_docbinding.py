"""Documentation comments and what they document."""

from __future__ import annotations

from pathlib import Path

import pytest

from qapigen.backend.doctext import definition_text
from qapigen.frontend.parser import load
from qapigen.model.docbinding import since_of
from qapigen.model.resolver import resolve
from qapigen.model.schema import Command, EnumType, StructType, UnionType
from tests.conftest import RootSchema
from tests.qapigen.reading import Reading, by_name


@pytest.fixture(name="reading")
def _reading(tmp_path: Path) -> Reading:
    return Reading(tmp_path)


def comment(*lines: str) -> str:
    return "\n".join(["##", *[f"# {line}".rstrip() for line in lines], "##", ""])


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("the name (since 2.4)", "2.4"),
        ("the name (Since: 1.2.0)", "1.2.0"),
        ("the name (since 4.0; default: on)", "4.0"),
        ("the name (default: on, since 4.0)", "4.0"),
        ("the name (default: 1 MB; see\nabove,\nsince: 4.1)", "4.1"),
        ("the name (since 4.0, and on since 4.1)", "4.0"),
        ("the name (a, b), since 4.0", ""),
        ("the name (SINCE 3.1)", "3.1"),
        ("the name (since\n2.11)", "2.11"),
        ("the name (since QEMU 5.2)", "5.2"),
        ("the name.  Since 2.3", "2.3"),
        ("the name\nSince: 2.10", "2.10"),
        ("Since 1.7, the name", "1.7"),
        ("the name (drive since 2.1; (since 2.2)", "2.2"),
        ("it counts since the last start", ""),
        ("(since Linux 4.11)", ""),
        ("since when?", ""),
        ("", ""),
    ],
)
def test_since(text: str, version: str) -> None:
    assert since_of(text) == version


def test_all_that_is_said_of_since_stays(reading: Reading) -> None:
    text = comment("@Ab:", "", "A b.", "", "Since: 2.1 (off since 2.8).")
    text += "{ 'enum': 'Ab', 'data': [ 'on', 'off' ] }"
    doc = reading.definition(text, "Ab").doc
    assert (doc.since, doc.since_text) == ("2.1", "2.1 (off since 2.8).")
    shown = definition_text(reading.definition(text, "Ab"), [], fallback="")
    assert shown == "A b.\n\nSince 2.1 (off since 2.8)."


EVERYTHING = (
    comment(
        "@do-it:",
        "",
        "Does it.",
        "",
        "And more.",
        "",
        "@a: the first (since 2.4)",
        "",
        "@b: the second,",
        "    in two lines",
        "",
        "Features:",
        "",
        "@unstable: It may change.",
        "",
        "@deprecated: Use @a.",
        "",
        "Returns: what was done",
        "",
        "Errors:",
        "    - If it cannot be done",
        "",
        "TODO: the rest",
        "",
        "Since: 2.1",
        "",
        ".. note:: Not twice.",
        "",
        ".. qmp-example::",
        "",
        '    -> { "execute": "do-it" }',
        "",
        "Words at the end.",
    )
    + "{ 'command': 'do-it', 'data': { 'a': 'int', '*b': { 'type': 'str',"
    " 'features': [ 'deprecated' ] } }, 'returns': 'Res', 'features': [ 'unstable' ] }\n"
    "{ 'struct': 'Res', 'data': {} }\n"
)


@pytest.mark.parametrize("strict", [True, False])
def test_everything_arrives(reading: Reading, strict: bool) -> None:
    command = reading.definition(EVERYTHING, "do-it", strict=strict)
    assert isinstance(command, Command)
    doc = command.doc
    assert doc.body == "Does it.\n\nAnd more."
    assert doc.members == {
        "a": "the first (since 2.4)",
        "b": "the second,\nin two lines",
    }
    assert doc.features == {"unstable": "It may change.", "deprecated": "Use @a."}
    assert (doc.since, doc.returns) == ("2.1", "what was done")
    assert doc.errors == "- If it cannot be done"
    assert doc.sections == [
        ("todo", "the rest"),
        ("note", "Not twice."),
        ("example", '-> { "execute": "do-it" }'),
        ("text", "Words at the end."),
    ]
    assert isinstance(command.arguments, StructType)
    a, b = command.arguments.members
    assert (a.doc, a.since) == ("the first (since 2.4)", "2.4")
    assert (b.doc, b.since) == ("the second,\nin two lines", "")


def test_values_and_branches(reading: Reading) -> None:
    schema = reading.schema(
        comment("@Abc:", "", "@x: eks (since 9.0)", "", "@y: why")
        + "{ 'enum': 'Abc', 'data': [ 'x', 'y' ] }\n"
        + comment("@Def:", "", "@tag: which", "", "@n: how many")
        + "{ 'union': 'Def', 'base': { 'tag': 'Abc', 'n': 'int' }, 'discriminator': 'tag',"
        " 'data': {} }\n"
        + comment("@Ghi:", "", "@s: a string", "", "@o: nothing")
        + "{ 'alternate': 'Ghi', 'data': { 's': 'str', 'o': 'null' } }\n",
        strict=True,
    )
    abc, def_, _ = schema.definitions
    assert isinstance(abc, EnumType)
    assert isinstance(def_, UnionType)
    assert [(v.doc, v.since) for v in abc.values] == [
        ("eks (since 9.0)", "9.0"),
        ("why", ""),
    ]
    assert [m.doc for m in def_.base.members] == ["which", "how many"]
    assert def_.tag.doc == "which"


def test_free_comments_belong_to_their_file(reading: Reading) -> None:
    schema = reading.schema(
        "##\n# = Title\n##\n\n{ 'include': 'sub.json' }\n\n##\n# Words.\n##\n",
        sub="##\n# *****\n# Below\n# *****\n#\n# Intro.\n##\n\n##\n# @c:\n##\n{ 'command': 'c' }\n",
    )
    assert schema.modules["root.json"].free_docs == ["= Title", "Words."]
    [text] = schema.modules["sub.json"].free_docs
    assert "Below" in text
    assert text.endswith("Intro.")


# What is missing

MISSING = {
    "argument": ("{ 'command': 'Abc', 'data': { 'a': 'int' } }", "member 'a'"),
    "member": ("{ 'struct': 'Abc', 'data': { '*a': 'int' } }", "member 'a'"),
    "value": ("{ 'enum': 'Abc', 'data': [ 'a' ] }", "value 'a'"),
    "branch": ("{ 'alternate': 'Abc', 'data': { 'a': 'int' } }", "member 'a'"),
    "base": (
        "{ 'enum': 'Tag', 'data': [ 'x' ] }\n"
        "{ 'union': 'Abc', 'base': { 'a': 'Tag' }, 'discriminator': 'a', 'data': {} }",
        "member 'a'",
    ),
    "feature": ("{ 'struct': 'Abc', 'data': {}, 'features': [ 'a' ] }", "feature 'a'"),
    "member-feature": (
        "{ 'struct': 'Abc', 'data': { 'm': { 'type': 'int', 'features': [ 'a' ] } } }",
        "feature 'a'",
    ),
    "value-feature": (
        "{ 'enum': 'Abc', 'data': [ { 'name': 'm', 'features': [ 'a' ] } ] }",
        "feature 'a'",
    ),
}


@pytest.mark.parametrize("case", MISSING)
def test_all_must_be_documented_today(reading: Reading, case: str) -> None:
    definition, what = MISSING[case]
    *before, last = definition.split("\n")
    documented = "@m: em" if "'m'" in last else ""
    text = (
        "\n".join(before) + "\n" + comment("@Abc:", "", "Words.", "", documented) + last
    )
    text = text.replace("'command': 'Abc'", "'command': 'abc'").replace(
        "@Abc", "@abc" if "'command'" in last else "@Abc"
    )
    finding = reading.finding(text, strict=True)
    assert finding.message == f"{what} is not documented"
    assert finding.place.line == text.count("\n") + 1
    reading.schema(text)
    assert [note.message for note in reading.notes] == [finding.message]


def test_without_a_comment_nothing_needs_to_be_documented(reading: Reading) -> None:
    reading.schema("{ 'struct': 'Abc', 'data': { 'a': 'int' } }", strict=True)


def test_documentation_exceptions(reading: Reading) -> None:
    definition = comment("@Abc:") + "{ 'struct': 'Abc', 'data': { 'a': 'int' } }"
    pragma = "{ 'pragma': { 'documentation-exceptions': [ 'Abc' ] } }\n"
    reading.schema(pragma + definition, strict=True)
    reading.finding(definition, strict=True)


def test_members_of_a_named_type_are_documented_there(reading: Reading) -> None:
    reading.schema(
        "{ 'struct': 'Abc', 'data': { 'a': 'int' } }\n"
        + comment("@c:")
        + "{ 'command': 'c', 'data': 'Abc' }\n"
        + comment("@Def:")
        + "{ 'struct': 'Def', 'base': 'Abc', 'data': {} }",
        strict=True,
    )


# What is too much

BASE = "{ 'struct': 'Base', 'data': { 'a': 'int', 't': 'Tag' } } { 'enum': 'Tag', 'data': [ 'a' ] }"
UNION = "{ 'union': 'Abc', 'base': 'Base', 'discriminator': 't', 'data': {} }"
SURPLUS = {
    "enum": ("{ 'enum': 'Abc', 'data': [] }", "a", True),
    "struct": ("{ 'struct': 'Abc', 'data': {} }", "a", True),
    "inherited": ("{ 'struct': 'Abc', 'base': 'Base', 'data': {} }", "a", True),
    "alternate": ("{ 'alternate': 'Abc', 'data': { 'b': 'int' } }", "a", True),
    "event": ("{ 'event': 'Abc' }", "a", True),
    "inline": ("{ 'union': 'Abc', 'base': { 't': 'Tag' }, 'discriminator': 't', 'data': {} }",
               "a", True),
    "union": (UNION, "a", False),
    "named": ("{ 'command': 'Abc', 'data': 'Base' }", "a", False),
    "event-named": ("{ 'event': 'Abc', 'data': 'Base' }", "a", False),
    "type": ("{ 'alternate': 'Abc', 'data': { 'b': 'int' } }", "type", False),
}  # fmt: skip


@pytest.mark.parametrize("case", SURPLUS)
def test_what_is_not_there_must_not_be_documented(reading: Reading, case: str) -> None:
    definition, member, always = SURPLUS[case]
    exempt = "{ 'pragma': { 'documentation-exceptions': [ 'Abc', 'abc', 'ABC' ] } } "
    text = exempt + BASE + "\n" + comment("@Abc:", "", f"@{member}: words") + definition
    if "'command'" in definition:
        text = text.replace("Abc", "abc")
    elif "'event'" in definition:
        text = text.replace("Abc", "ABC")
    message = f"the comment documents member '{member}', which does not exist"
    finding = reading.finding(text, strict=True)
    assert (finding.message, finding.place.line) == (message, 5)
    if always:
        assert reading.finding(text).message == message
    else:
        reading.schema(text)
        [note] = reading.notes
        assert (note.message, note.place.line) == (message, 5)


def test_several_at_once(reading: Reading) -> None:
    text = comment("@Abc:", "", "@a: A", "", "@b: B", "", "@c: C")
    finding = reading.finding(text + "{ 'struct': 'Abc', 'data': { 'b': 'int' } }")
    assert (
        finding.message == "the comment documents members 'a', 'c', which do not exist"
    )


def test_features_that_are_not_there(reading: Reading) -> None:
    text = (
        comment("@Abc:", "", "Features:", "", "@x: eks")
        + "{ 'struct': 'Abc', 'data': {} }"
    )
    finding = reading.finding(text, strict=True)
    assert "documents feature 'x', which does not exist" in finding.message
    assert finding.place.line == 6
    reading.schema(text)
    assert "feature 'x'" in reading.notes[0].message


# Real ones


def test_real_documentation(shared: Path) -> None:
    schema = resolve(load(shared / "schemas/qemu-7.2.22/qapi/qapi-schema.json"))
    entities = by_name(schema)
    capability = entities["MigrationCapability"]
    assert isinstance(capability, EnumType)
    assert (capability.doc.since, capability.values[0].name) == ("1.2", "xbzrle")
    assert capability.values[0].doc.startswith("Migration supports xbzrle")
    since = {value.name: value.since for value in capability.values}
    assert (since["postcopy-ram"], since["multifd"]) == ("2.6", "4.0")


def test_nearly_everything_is_documented(root_schema: RootSchema) -> None:
    schema = resolve(load(root_schema.path))
    explicit = [d for d in schema.definitions if not d.implicit]
    with_since = [d for d in explicit if d.doc.since]
    assert len(with_since) > 0.9 * len(explicit)
    assert all(d.doc.since[:1].isdigit() for d in with_since)
