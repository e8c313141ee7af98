"""The schema in ``schema/``: the definitions that were asked for, in words of our own.

What it defines must be what the reference defines, to the last flag and in the same order. What it
says about them must be complete, true to form (the newest comment syntax, references that lead
somewhere, examples that the schema itself would accept), and nobody else's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from qapigen.frontend.parser import load
from qapigen.frontend.syntax import Expression, SyntaxTree
from qapigen.model.resolver import resolve
from qapigen.model.schema import (
    AlternateType,
    ArrayType,
    BuiltinType,
    Command,
    Definition,
    EnumType,
    Event,
    Schema,
    StructType,
    Type,
    UnionType,
)

SCHEMA = Path(__file__).resolve().parents[2] / "schema"
FILES = ["common.json", "migration.json", "sockets.json"]

#: As many words in a row as nobody writes twice by accident.
PASSAGE = 6


@pytest.fixture(name="seed")
def _seed(shared: Path) -> Path:
    """The folder with the schema that this project was asked to serve."""
    return shared / "schemas" / "seed"


@cache
def tree_of(folder: Path) -> SyntaxTree:
    return load(folder / "migration.json")


@cache
def schema_of(folder: Path) -> Schema:
    return resolve(tree_of(folder))


def named(schema: Schema) -> list[Definition]:
    return [definition for definition in schema.definitions if not definition.implicit]


# --- the definitions


def ordered(value: object) -> object:
    """*value* in a form whose comparison heeds the order of keys."""
    if isinstance(value, Mapping):
        return [(str(key), ordered(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return [ordered(inner) for inner in value]
    return value if value is None or isinstance(value, bool) else str(value)


def by_file(tree: SyntaxTree) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for expression in tree.expressions:
        name = Path(expression.source.path).name
        found.setdefault(name, []).append(ordered(expression.value))
    return found


def test_each_file_defines_what_the_reference_defines(seed: Path) -> None:
    ours, theirs = by_file(tree_of(SCHEMA)), by_file(tree_of(seed))
    assert sorted(ours) == sorted(theirs) == FILES
    for name in FILES:
        assert ours[name] == theirs[name]


def test_files_include_each_other_as_in_the_reference(seed: Path) -> None:
    def includes(folder: Path) -> list[tuple[str, str]]:
        pattern = re.compile(r"^\{ *'include': *'([^']+)' *\}", re.MULTILINE)
        return [
            (name, at)
            for name in FILES
            for at in pattern.findall(text_of(folder / name))
        ]

    assert includes(SCHEMA) == includes(seed)
    assert len(includes(SCHEMA)) == 3


def test_nothing_else_lies_in_the_folder() -> None:
    assert sorted(path.name for path in SCHEMA.iterdir()) == FILES


# --- the documentation is complete


def items_of(definition: Definition) -> dict[str, str]:
    """What must be documented within *definition*, and the text it has."""
    if isinstance(definition, EnumType):
        return {value.name: value.doc for value in definition.values}
    if isinstance(definition, AlternateType):
        return {branch.name: branch.doc for branch in definition.branches}
    if isinstance(definition, StructType):
        return {member.name: member.doc for member in definition.members}
    if isinstance(definition, UnionType):
        names = [member.name for member in definition.base.members]
        return {name: definition.doc.members.get(name, "") for name in names}
    assert isinstance(definition, (Command, Event))
    arguments = definition.arguments
    if not isinstance(arguments, StructType) or not arguments.implicit:
        return {}
    return {member.name: member.doc for member in arguments.members}


def test_every_file_has_an_introduction() -> None:
    introduced = {
        Path(doc.source.path).name for doc in tree_of(SCHEMA).free_docs if doc.sections
    }
    assert sorted(introduced) == FILES


def test_every_definition_is_documented() -> None:
    undocumented = [
        one.name for one in named(schema_of(SCHEMA)) if not one.doc.body.strip()
    ]
    assert undocumented == []


def test_every_member_value_and_argument_is_documented() -> None:
    items = [
        (definition.name, name, text)
        for definition in named(schema_of(SCHEMA))
        for name, text in items_of(definition).items()
    ]
    assert len(items) > 250
    bare = re.compile(r"\(since [\d.]+\)")
    assert [
        (owner, name) for owner, name, text in items if not bare.sub("", text).strip()
    ] == []


def test_every_result_is_documented() -> None:
    commands = schema_of(SCHEMA).commands()
    returning = [command.name for command in commands if command.returns is not None]
    assert [
        command.name for command in commands if command.doc.returns.strip()
    ] == returning


def versions(text: str) -> set[str]:
    return set(re.findall(r"\(\s*since\s+([\d.]*\d)", text, re.IGNORECASE))


def test_versions_are_those_of_the_reference(seed: Path) -> None:
    theirs = {definition.name: definition for definition in named(schema_of(seed))}
    compared = 0
    for definition in named(schema_of(SCHEMA)):
        original = theirs[definition.name]
        assert definition.doc.since == original.doc.since, definition.name
        ours = items_of(definition)
        for name, text in items_of(original).items():
            if not text:  # the reference is silent about it
                continue
            told, known = versions(ours[name]), versions(text)
            assert told <= known, (definition.name, name)
            assert bool(told) == bool(known), (definition.name, name)
            compared += len(told)
    assert compared > 100


# --- it is our own


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def passages(text: str) -> Iterator[str]:
    """The comments of a schema, cut where a member, a tag or a directive begins another subject."""
    lines: list[str] = []
    for line in text.splitlines():
        comment = line.strip()
        if not comment.startswith("#") or re.match(
            r"#\s*(@[^:\s]*:|\w+:(\s|$)|\.\. |#)", comment
        ):
            yield " ".join(lines)
            lines = []
        if comment.startswith("#"):
            lines.append(re.sub(r"\.\. [\w-]+::", "", comment))
    yield " ".join(lines)


def word_runs(text: str) -> set[tuple[str, ...]]:
    """Every run of :data:`PASSAGE` words in the comments of *text*; names and numbers are words."""
    runs = set()
    for passage in passages(text):
        words = re.findall(r"[a-z0-9_]+(?:[-.][a-z0-9_]+)*", passage.lower())
        runs |= {
            tuple(words[at : at + PASSAGE]) for at in range(len(words) - PASSAGE + 1)
        }
    return runs


def test_comparison_of_wording_finds_copies() -> None:
    copied = (
        "##\n# @x: the Guest's memory, sent in `passes`\n#     over (since 2.4)\n##\n"
    )
    disguised = "# @y: The guest's *memory* sent\n# in passes, over and out\n"
    assert word_runs(copied) & word_runs(disguised)
    assert not word_runs(copied) & word_runs(
        "# @x: memory of the guest, sent in passes, over\n"
    )


@pytest.mark.parametrize("release", ["seed", "every release"])
def test_no_wording_is_taken_from_the_reference(seed: Path, release: str) -> None:
    ours = set[tuple[str, ...]]().union(
        *(word_runs(text_of(SCHEMA / name)) for name in FILES)
    )
    assert len(ours) > 5000
    folder = seed if release == "seed" else seed.parent
    theirs = list(folder.rglob("*.json"))
    assert len(theirs) >= len(FILES)
    repeated = {
        (path.relative_to(folder).as_posix(), " ".join(run))
        for path in theirs
        for run in ours & word_runs(text_of(path))
    }
    assert repeated == set()


# --- it is in good form

#: What the definitions, which are not ours to change, keep from an older dialect.
OUTDATED = {
    "command-name-exceptions": [
        "client_migrate_info",
        "migrate_cancel",
        "migrate_set_downtime",
        "migrate_set_speed",
    ],
    "command-returns-exceptions": ["query-migrate-cache-size"],
    "member-name-exceptions": [
        "QapiErrorClass",
        "SysEmuTarget",
        "PCIELinkSpeed",
        "COLOStatus",
    ],
}


def newest_dialect(text: str) -> str:
    """*text* without the forms of definitions that newer releases gave up; comments stay."""
    flat = "'base': { 'type': 'SocketAddressType' }, 'discriminator': 'type'"
    union = "{ 'union': 'SocketAddressLegacy',"
    return re.sub(r"'defined\((\w+)\)'", r"'\1'", text).replace(
        union, f"{union} {flat},"
    )


def test_comments_follow_the_newest_syntax(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_text(
            newest_dialect(text_of(SCHEMA / name)), encoding="utf-8"
        )
    pragma = {"doc-required": True, **OUTDATED}
    quoted = json.dumps({"pragma": pragma}).replace('"', "'")
    root = tmp_path / "root.json"
    root.write_text(f"{quoted}\n{{ 'include': 'migration.json' }}\n", encoding="utf-8")
    schema = resolve(load(root, strict=True), strict=True)
    assert len(named(schema)) == len(named(schema_of(SCHEMA)))


@pytest.mark.parametrize("name", FILES)
def test_lines_are_tidy(name: str) -> None:
    for number, line in enumerate(text_of(SCHEMA / name).splitlines(), 1):
        assert len(line) <= 70, number
        assert line == line.rstrip(), number
        assert "\t" not in line, number


def doc_texts(definition: Definition) -> Iterator[str]:
    """All prose about *definition*; no examples."""
    doc = definition.doc
    yield from (doc.body, doc.returns, doc.errors, *doc.members.values())
    yield from (text for kind, text in doc.sections if kind != "example")


def test_references_lead_somewhere() -> None:
    definitions = named(schema_of(SCHEMA))
    known = {definition.name for definition in definitions}
    seen = 0
    for definition in definitions:
        own = set(items_of(definition))
        if isinstance(definition, StructType):
            own = {member.name for member in definition.all_members}
        for text in doc_texts(definition):
            entities = re.findall(r"(?<!`)`([^`]+)`(?!`)", text)
            members = re.findall(r"(?<!\w)@([\w-]*\w)", text)
            seen += len(entities) + len(members)
            assert set(entities) <= known, definition.name
            assert set(members) <= own, definition.name
    assert seen > 60


# --- the examples would be understood


def examples(expression: Expression) -> Iterator[str]:
    if expression.doc is not None:
        yield from (
            part.text for part in expression.doc.sections if part.kind == "example"
        )


def messages(example: str) -> Iterator[tuple[str, Any, bool]]:
    """What is said in *example*: ``->`` or ``<-``, the message, and whether parts are left out."""
    for arrow, text in re.findall(
        r"(->|<-) (.*?)(?=\n *(?:->|<-) |\Z)", example, re.DOTALL
    ):
        whole = re.sub(r"\n *\.\.\. *(?=\n)", "", text)
        yield arrow, json.loads(re.sub(r",(\s*[}\]])", r"\1", whole)), whole != text


JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "bool": bool,
    "number": (int, float),
    "null": type(None),
}


def members_of(
    type_: StructType | UnionType, value: Mapping[str, Any]
) -> dict[str, Any]:
    """Name -> member, of an object of that type with that content."""
    if isinstance(type_, StructType):
        return {member.name: member for member in type_.all_members}
    found = {member.name: member for member in type_.base.all_members}
    branch = next(one for one in type_.branches if one.value == value[type_.tag.name])
    return found | (members_of(branch.type, value) if branch.type else {})


def fits(value: Any, type_: Type, partial: bool) -> bool:
    """Whether JSON *value* is of *type_*; with *partial*, members and elements may be missing."""
    if isinstance(type_, ArrayType):
        return isinstance(value, list) and all(
            fits(one, type_.element, partial) for one in value
        )
    if isinstance(type_, EnumType):
        return value in [one.name for one in type_.values]
    if isinstance(type_, AlternateType):
        return any(fits(value, branch.type, partial) for branch in type_.branches)
    if isinstance(type_, BuiltinType):
        expected = JSON_TYPES.get(type_.name, int)
        return isinstance(value, expected) and (
            expected is bool or not isinstance(value, bool)
        )
    if not isinstance(value, dict):
        return False
    members = members_of(type_, value)
    complete = all(one.optional or name in value for name, one in members.items())
    return (complete or partial) and all(
        name in members and fits(inner, members[name].type, partial)
        for name, inner in value.items()
    )


def fits_arguments(
    value: Any, type_: StructType | UnionType | None, partial: bool
) -> bool:
    return value == {} if type_ is None else fits(value, type_, partial)


def fits_call(call: Mapping[str, Any], command: Command, partial: bool) -> bool:
    run = "exec-oob" if "exec-oob" in call else "execute"
    return (
        set(call) <= {run, "arguments", "id"}
        and call[run] == command.name
        and (run == "execute" or command.allow_oob)
        and fits_arguments(call.get("arguments", {}), command.arguments, partial)
    )


def fits_reply(reply: Mapping[str, Any], command: Command, partial: bool) -> bool:
    value = reply.get("return")
    matches = (
        value == {}
        if command.returns is None
        else fits(value, command.returns, partial)
    )
    return set(reply) <= {"return", "id"} and matches


def fits_event(message: Mapping[str, Any], event: Event, partial: bool) -> bool:
    return (
        set(message) == {"event", "data", "timestamp"}
        and message["event"] == event.name
        and set(message["timestamp"]) == {"seconds", "microseconds"}
        and fits_arguments(message["data"], event.arguments, partial)
    )


def test_every_command_and_event_has_an_example_that_the_schema_accepts() -> None:
    definitions = {one.name: one for one in named(schema_of(SCHEMA))}
    bare = []
    for expression in tree_of(SCHEMA).expressions:
        name = next(iter(expression.value.values()))
        definition = definitions[str(name)]
        if not isinstance(definition, (Command, Event)):
            continue
        said = [
            message for example in examples(expression) for message in messages(example)
        ]
        if not said:
            bare.append(definition.name)
        for arrow, message, partial in said:
            if isinstance(definition, Event):
                assert arrow == "<-"
                assert fits_event(message, definition, partial), message
            elif arrow == "->":
                assert fits_call(message, definition, partial), message
            else:
                assert fits_reply(message, definition, partial), message
    assert bare == []
