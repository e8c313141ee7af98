"""Schemas for one configuration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qapigen.errors import SchemaError, UsageError
from qapigen.frontend.parser import load
from qapigen.model.prune import prune
from qapigen.model.resolver import resolve
from qapigen.model.schema import (
    AlternateType,
    ArrayType,
    Command,
    Definition,
    EnumType,
    Event,
    Feature,
    Schema,
    StructType,
    Type,
    UnionType,
)
from tests.conftest import RootSchema
from tests.qapigen.reading import Reading, by_name

TEXT = """
{ 'enum': 'Tag', 'data': [ 'a', { 'name': 'b', 'if': 'B' }, { 'name': 'c', 'if': 'C' } ] }
{ 'struct': 'OnlyA', 'data': { 'x': 'int', 'y': { 'type': 'int', 'if': { 'all': [ 'B', 'C' ] } },
  '*self': 'OnlyA' }, 'features': [ { 'name': 'f', 'if': 'B' }, 'g' ] }
{ 'struct': 'OnlyB', 'data': {}, 'if': 'B' }
{ 'union': 'Un', 'base': { 't': 'Tag' }, 'discriminator': 't',
  'data': { 'a': 'OnlyA', 'b': { 'type': 'OnlyB', 'if': 'B' } } }
{ 'alternate': 'Alt', 'data': { 's': 'str', 'o': { 'type': 'OnlyB', 'if': 'B' } } }
{ 'command': 'use-b', 'data': { 'b': 'OnlyB' }, 'returns': [ 'OnlyB' ], 'if': 'B' }
{ 'command': 'use-a', 'boxed': true, 'data': 'Un', 'returns': [ 'OnlyA' ] }
{ 'event': 'BE', 'if': { 'not': 'B' } }
{ 'event': 'AE', 'data': { 'alt': 'Alt' } }
"""


@pytest.fixture(name="reading")
def _reading(tmp_path: Path) -> Reading:
    return Reading(tmp_path)


@pytest.fixture(name="schema")
def _schema(reading: Reading) -> Schema:
    return reading.schema(TEXT)


def names(schema: Schema) -> set[str]:
    return {definition.name for definition in schema.definitions}


def test_nothing_known_changes_nothing(schema: Schema) -> None:
    assert prune(schema, set(), set(), closed=False) is schema


def test_what_is_false_is_left_out(schema: Schema) -> None:
    pruned = prune(schema, {"C"}, {"B"})
    assert names(pruned) == {"Tag", "OnlyA", "Un", "Alt", "use-a", "BE", "AE"}
    entities = by_name(pruned)
    tag, a, union, alternate = (
        entities[name] for name in ("Tag", "OnlyA", "Un", "Alt")
    )
    assert isinstance(tag, EnumType)
    assert isinstance(a, StructType)
    assert isinstance(union, UnionType)
    assert isinstance(alternate, AlternateType)
    assert [(value.name, value.condition) for value in tag.values] == [
        ("a", None),
        ("c", None),
    ]
    assert [member.name for member in a.members] == ["x", "self"]
    assert [feature.name for feature in a.features] == ["g"]
    assert [(b.value, b.type, b.listed) for b in union.branches] == [
        ("a", a, True),
        ("c", None, False),
    ]
    assert [branch.name for branch in alternate.branches] == ["s"]
    assert entities["BE"].condition is None


def test_what_is_true_loses_its_condition(schema: Schema) -> None:
    pruned = prune(schema, {"B", "C"}, set())
    assert names(pruned) == names(schema) - {"BE"}
    assert all(definition.condition is None for definition in pruned.definitions)


def test_what_is_open_keeps_what_is_left(schema: Schema) -> None:
    entities = by_name(prune(schema, {"B"}, set()))
    tag, a, union = entities["Tag"], entities["OnlyA"], entities["Un"]
    assert isinstance(tag, EnumType)
    assert isinstance(a, StructType)
    assert isinstance(union, UnionType)
    assert [str(value.condition) for value in tag.values] == [
        "None",
        "None",
        "defined(C)",
    ]
    assert [str(member.condition) for member in a.members] == [
        "None",
        "defined(C)",
        "None",
    ]
    assert [str(branch.condition) for branch in union.branches] == [
        "None",
        "None",
        "defined(C)",
    ]


def test_closed_means_undefined(schema: Schema) -> None:
    assert names(prune(schema, set(), set(), closed=True)) == names(schema) - {
        "OnlyB",
        "use-b",
    }
    assert names(prune(schema, {"B"}, set(), closed=True)) == names(schema) - {"BE"}


def test_the_given_schema_stays_as_it_is(schema: Schema) -> None:
    before = everything(schema)
    prune(schema, {"C"}, {"B"})
    assert everything(schema) == before


def test_the_new_schema_refers_to_itself_only(schema: Schema) -> None:
    pruned = prune(schema, {"B"}, set())
    old = {id(type_) for type_ in reachable(schema)}
    assert old.isdisjoint(id(type_) for type_ in reachable(pruned))
    union = by_name(pruned)["Un"]
    assert isinstance(union, UnionType)
    assert union.tag is union.base.members[0]
    assert union.tag.type is by_name(pruned)["Tag"]


def test_pruning_goes_on(schema: Schema) -> None:
    once = prune(schema, {"B"}, {"C"})
    twice = prune(prune(schema, {"B"}, set()), set(), {"C"})
    assert everything(once) == everything(twice)


def test_both_ways_is_a_mistake(schema: Schema) -> None:
    with pytest.raises(UsageError, match="'B' cannot be both"):
        prune(schema, {"B", "C"}, {"B"})


@pytest.mark.parametrize(
    ("user", "part"),
    [
        ("{ 'struct': 'User', 'data': { 'm': 'Gone' } }", "member 'm' uses 'Gone'"),
        ("{ 'struct': 'User', 'data': { 'm': [ 'Gone' ] } }", "member 'm' uses 'Gone'"),
        ("{ 'struct': 'User', 'base': 'Gone', 'data': {} }", "its base is 'Gone'"),
        ("{ 'command': 'user', 'data': 'Gone' }", "its arguments use 'Gone'"),
        ("{ 'command': 'user', 'returns': [ 'Gone' ] }", "its result uses 'Gone'"),
        ("{ 'event': 'USER', 'data': { 'm': 'Gone' } }", "member 'm' uses 'Gone'"),
        ("{ 'alternate': 'User', 'data': { 'm': 'Gone' } }", "member 'm' uses 'Gone'"),
        (
            "{ 'union': 'User', 'base': { 't': 'Tag' }, 'discriminator': 't',"
            " 'data': { 'a': 'Gone' } }",
            "branch 'a' uses 'Gone'",
        ),
        (
            "{ 'struct': 'User', 'data': { 'm': { 'type': 'Gone', 'if': 'Y' } } }",
            "member 'm' uses 'Gone', which is there only if X",
        ),
    ],
)
def test_a_type_that_is_gone_must_not_be_used(
    reading: Reading, user: str, part: str
) -> None:
    schema = reading.schema(
        f"{user}\n{{ 'struct': 'Gone', 'data': {{}}, 'if': 'X' }}"
        "{ 'enum': 'Tag', 'data': [ 'a' ] }"
    )
    prune(schema, {"X"}, set())
    with pytest.raises(SchemaError) as caught:
        prune(schema, set(), {"X"})
    [finding] = caught.value.diagnostics
    assert part in finding.message
    meta, name = re.findall(r"'(\w+)'", user)[:2]
    assert finding.definition == f"{meta} '{name}'"
    assert finding.place.line == 1
    assert finding.related[0][0].line == 2


def test_simple_unions(reading: Reading) -> None:
    schema = reading.schema(
        "{ 'union': 'Old', 'data': { 'a': 'int', 'b': { 'type': 'str', 'if': 'B' } } }"
    )
    kind, old = prune(schema, set(), {"B"}).definitions
    assert isinstance(kind, EnumType)
    assert isinstance(old, UnionType)
    assert [value.name for value in kind.values] == ["a"]
    assert [branch.value for branch in old.branches] == ["a"]
    assert old.tag.type is kind


def test_every_schema_closed_and_open(root_schema: RootSchema) -> None:
    schema = resolve(load(root_schema.path))
    for known, closed in ((set(), True), ({"CONFIG_LINUX", "CONFIG_POSIX"}, False)):
        pruned = prune(schema, known, {"CONFIG_WIN32"}, closed=closed)
        assert names(pruned) <= names(schema)
        there = {id(definition) for definition in pruned.definitions}
        for type_ in reachable(pruned):
            implicit = isinstance(type_, Definition) and type_.implicit
            assert implicit or not isinstance(type_, Definition) or id(type_) in there
        if closed:
            assert not any(definition.condition for definition in pruned.definitions)


# Taking schemas apart


def reachable(schema: Schema) -> list[Type]:
    """All types that *schema* has or refers to, but the built-in ones."""
    found: dict[int, Type] = {}
    queue: list[Type | None] = list(schema.types())
    for definition in schema.definitions:
        if isinstance(definition, Command | Event):
            queue.append(definition.arguments)
        if isinstance(definition, Command):
            queue.append(definition.returns)
    for type_ in queue:
        if isinstance(type_, Definition | ArrayType) and id(type_) not in found:
            found[id(type_)] = type_
            queue += parts(type_)
    return list(found.values())


def parts(type_: Type) -> list[Type | None]:
    match type_:
        case ArrayType():
            return [type_.element]
        case StructType():
            return [type_.base, *(member.type for member in type_.members)]
        case UnionType():
            return [
                type_.base,
                type_.tag.type,
                *(branch.type for branch in type_.branches),
            ]
        case AlternateType():
            return [branch.type for branch in type_.branches]
    return []


def everything(schema: Schema) -> list[object]:
    """All that conditions may change in *schema*, as plain data."""
    return [describe(definition) for definition in schema.definitions]


def describe(definition: Definition) -> object:
    own: list[object] = [
        definition.name,
        str(definition.condition),
        feats(definition.features),
    ]
    match definition:
        case EnumType():
            own += [
                (v.name, str(v.condition), feats(v.features)) for v in definition.values
            ]
        case StructType():
            own += [
                (m.name, m.type.name, str(m.condition), feats(m.features))
                for m in definition.all_members
            ]
        case UnionType():
            own.append(describe(definition.base))
            own += [
                (b.value, b.type and b.type.name, str(b.condition), b.listed)
                for b in definition.branches
            ]
        case AlternateType():
            own += [
                (b.name, b.type.name, str(b.condition)) for b in definition.branches
            ]
        case Command() | Event():
            own.append(definition.arguments and describe(definition.arguments))
    return own


def feats(features: list[Feature]) -> list[tuple[str, str]]:
    return [(feature.name, str(feature.condition)) for feature in features]
