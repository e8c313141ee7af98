"""What definitions mean together: types, bases, unions, clashes, uses, documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from qapigen.errors import Diagnostic
from qapigen.frontend.parser import load
from qapigen.model.resolver import resolve
from qapigen.model.schema import (
    AlternateType,
    ArrayType,
    BuiltinType,
    Command,
    EnumType,
    Event,
    Schema,
    StructType,
    UnionType,
)
from tests.conftest import RootSchema
from tests.qapigen.reading import Reading, by_name


@pytest.fixture(name="reading")
def _reading(tmp_path: Path) -> Reading:
    return Reading(tmp_path)


#: Definitions that the cases below build on.
COMMON = """
{ 'enum': 'Tag', 'data': [ 'a', 'b' ] }
{ 'enum': 'NoValues', 'data': [] }
{ 'struct': 'Empty', 'data': {} }
{ 'struct': 'Base', 'data': { 'tag': 'Tag', '*x': 'int' } }
{ 'struct': 'Other', 'data': { 'y': 'str' } }
{ 'union': 'Un', 'base': 'Base', 'discriminator': 'tag', 'data': { 'a': 'Other' } }
{ 'alternate': 'Alt', 'data': { 's': 'str', 'o': 'Other' } }
{ 'event': 'EV' }
"""

ALWAYS = {
    # unknown types
    "member": (
        "{ 'struct': 'Str1', 'data': { 'a': 'Missing' } }",
        "member 'a' has the unknown",
    ),
    "array": (
        "{ 'struct': 'Str1', 'data': { 'a': [ 'Missing' ] } }",
        "unknown type 'Missing'",
    ),
    "base": (
        "{ 'struct': 'Str1', 'base': 'Missing', 'data': {} }",
        "'base' has the unknown",
    ),
    "argument": (
        "{ 'command': 'c', 'data': { 'a': 'Missing' } }",
        "member 'a' has the unknown",
    ),
    "data": ("{ 'command': 'c', 'data': 'Missing' }", "'data' has the unknown type"),
    "event-data": (
        "{ 'event': 'EV1', 'data': 'Missing' }",
        "'data' has the unknown type",
    ),
    "returns": (
        "{ 'command': 'c', 'returns': [ 'Missing' ] }",
        "'returns' has the unknown",
    ),
    "alternative": (
        "{ 'alternate': 'Alt1', 'data': { 'a': 'Missing' } }",
        "branch 'a' has the",
    ),
    "branch": (
        "{ 'union': 'Uni1', 'base': 'Base', 'discriminator': 'tag', 'data': { 'a': 'Missing' } }",
        "branch 'a' has the unknown type 'Missing'",
    ),
    "event-as-type": (
        "{ 'struct': 'Str1', 'data': { 'a': 'EV' } }",
        "unknown type 'EV'",
    ),
    "array-as-name": (
        "{ 'struct': 'Str1', 'data': { 'a': '[int]' } }",
        "unknown type '[int]'",
    ),
    # defined twice
    "twice": ("{ 'struct': 'Empty', 'data': {} }", "'Empty' is defined twice"),
    "command-event": (
        "{ 'event': 'FOO' } { 'event': 'FOO' }",
        "'FOO' is defined twice",
    ),
    "built-in": ("{ 'command': 'size' }", "'size' is a built-in type"),
    "qtype": ("{ 'enum': 'QType', 'data': [] }", "'QType' is a built-in type"),
    # clashes
    "values": ("{ 'enum': 'Enu1', 'data': [ 'a', 'a' ] }", "value 'a' is there twice"),
    "values-in-c": (
        "{ 'pragma': { 'member-name-exceptions': [ 'Enu1' ] } }"
        "{ 'enum': 'Enu1', 'data': [ 'a-b', 'a_b' ] }",
        "value 'a_b' clashes with 'a-b'",
    ),
    "optional": (
        "{ 'struct': 'Str1', 'data': { 'a': 'int', '*a': 'int' } }",
        "is there twice",
    ),
    "members-in-c": (
        "{ 'pragma': { 'member-name-exceptions': [ 'Str1' ] } }"
        "{ 'struct': 'Str1', 'data': { 'a-b': 'int', 'a_b': 'int' } }",
        "member 'a_b' clashes with 'a-b': they are one name in C",
    ),
    "arguments": (
        "{ 'command': 'c', 'data': { 'a': 'int', '*a': 'int' } }",
        "is there twice",
    ),
    "features": (
        "{ 'command': 'c', 'features': [ 'a', 'b', 'a' ] }",
        "feature 'a' is there",
    ),
    "member-features": (
        "{ 'struct': 'Str1', 'data': { 'm': { 'type': 'int', 'features': [ 'a', 'a' ] } } }",
        "feature of member 'm': 'a' is there twice",
    ),
    "base-member": (
        "{ 'struct': 'Str1', 'base': 'Base', 'data': { '*tag': 'int' } }",
        "member 'tag' clashes with 'tag' of 'Base'",
    ),
    "deep-base": (
        "{ 'struct': 'Str1', 'base': 'Base', 'data': {} }"
        "{ 'struct': 'Str2', 'base': 'Str1', 'data': { 'x': 'int' } }",
        "member 'x' clashes with 'x' of 'Base'",
    ),
    "branch-member": (
        "{ 'struct': 'Str1', 'data': { 'x': 'int' } }"
        "{ 'union': 'Uni1', 'base': 'Base', 'discriminator': 'tag', 'data': { 'b': 'Str1' } }",
        "branch 'b': member 'x' of 'Str1' clashes with member 'x' of 'Base'",
    ),
    "branch-and-inline": (
        "{ 'union': 'Uni1', 'base': { 't': 'Tag', 'y': 'int' }, 'discriminator': 't',"
        " 'data': { 'b': 'Other' } }",
        "branch 'b': member 'y' of 'Other' clashes with member 'y' of the base",
    ),
    "branch-base": (
        "{ 'struct': 'Str1', 'base': 'Other', 'data': {} }"
        "{ 'union': 'Uni1', 'base': { 't': 'Tag', 'y': 'int' }, 'discriminator': 't',"
        " 'data': { 'b': 'Str1' } }",
        "member 'y' of 'Other' clashes",
    ),
    "nested-branch": (
        "{ 'union': 'Uni1', 'base': { 't': 'Tag', 'y': 'int' }, 'discriminator': 't',"
        " 'data': { 'b': 'Un' } }",
        "branch 'b': member 'y' of 'Other' clashes",
    ),
    # bases and cycles
    "base-union": (
        "{ 'struct': 'Str1', 'base': 'Un', 'data': {} }",
        "union 'Un' is none",
    ),
    "base-enum": (
        "{ 'struct': 'Str1', 'base': 'Tag', 'data': {} }",
        "enum 'Tag' is none",
    ),
    "base-int": (
        "{ 'struct': 'Str1', 'base': 'int', 'data': {} }",
        "built-in type 'int' is none",
    ),
    "self": (
        "{ 'struct': 'Str1', 'base': 'Str1', 'data': {} }",
        "struct 'Str1' contains itself",
    ),
    "ring": (
        "{ 'struct': 'Str1', 'base': 'Str2', 'data': {} }"
        "{ 'struct': 'Str2', 'base': 'Str3', 'data': {} }"
        "{ 'struct': 'Str3', 'base': 'Str1', 'data': {} }",
        "struct 'Str1' contains itself",
    ),
    "ring-aside": (
        "{ 'struct': 'Str0', 'base': 'Str1', 'data': {} }"
        "{ 'struct': 'Str1', 'base': 'Str2', 'data': {} }"
        "{ 'struct': 'Str2', 'base': 'Str1', 'data': {} }",
        "struct 'Str1' contains itself",
    ),
    "ring-branch": (
        "{ 'union': 'Uni1', 'base': 'Base', 'discriminator': 'tag', 'data': { 'a': 'Uni1' } }",
        "union 'Uni1' contains itself",
    ),
    # unions
    "tag-missing": (
        "{ 'union': 'Uni1', 'base': 'Base', 'discriminator': 'tog', 'data': { 'a': 'Other' } }",
        "discriminator 'tog' is not a member of the base",
    ),
    "tag-mangled": (
        "{ 'union': 'Uni1', 'base': { 'a-tag': 'Tag' }, 'discriminator': 'a_tag', 'data': {} }",
        "discriminator 'a_tag' is not a member",
    ),
    "tag-star": (
        "{ 'union': 'Uni1', 'base': { '*t': 'Tag' }, 'discriminator': '*t', 'data': {} }",
        "discriminator '*t' is not a member",
    ),
    "tag-optional": (
        "{ 'union': 'Uni1', 'base': { '*t': 'Tag' }, 'discriminator': 't', 'data': {} }",
        "discriminator 't' must not be optional",
    ),
    "tag-conditional": (
        "{ 'union': 'Uni1', 'base': { 't': { 'type': 'Tag', 'if': 'X' } },"
        " 'discriminator': 't', 'data': {} }",
        "discriminator 't' must not be conditional",
    ),
    "tag-string": (
        "{ 'union': 'Uni1', 'base': { 't': 'str' }, 'discriminator': 't', 'data': {} }",
        "discriminator 't' must be of an enum type, not built-in type 'str'",
    ),
    "tag-array": (
        "{ 'union': 'Uni1', 'base': { 't': [ 'Tag' ] }, 'discriminator': 't', 'data': {} }",
        "discriminator 't' must be of an enum type, not array [Tag]",
    ),
    "no-branches": (
        "{ 'union': 'Uni1', 'base': { 't': 'NoValues' }, 'discriminator': 't', 'data': {} }",
        "union has no branches",
    ),
    "empty-base": (
        "{ 'union': 'Uni1', 'base': 'Empty', 'discriminator': 't', 'data': {} }",
        "discriminator 't' is not a member",
    ),
    "not-a-value": (
        "{ 'union': 'Uni1', 'base': 'Base', 'discriminator': 'tag', 'data': { 'c': 'Other' } }",
        "branch 'c' is not a value of enum 'Tag'",
    ),
    "branch-enum": (
        "{ 'union': 'Uni1', 'base': 'Base', 'discriminator': 'tag', 'data': { 'a': 'Tag' } }",
        "branch 'a' must be a struct or union, not enum 'Tag'",
    ),
    "branch-alternate": (
        "{ 'union': 'Uni1', 'base': 'Base', 'discriminator': 'tag', 'data': { 'a': 'Alt' } }",
        "branch 'a' must be a struct or union, not alternate 'Alt'",
    ),
    "union-base-union": (
        "{ 'union': 'Uni1', 'base': 'Un', 'discriminator': 'tag', 'data': {} }",
        "union 'Un' is none",
    ),
    # alternates
    "any": (
        "{ 'alternate': 'Alt1', 'data': { 'a': 'any' } }",
        "cannot be built-in type 'any'",
    ),
    "nested": (
        "{ 'alternate': 'Alt1', 'data': { 'a': 'Alt' } }",
        "cannot be alternate 'Alt'",
    ),
    "objects": (
        "{ 'alternate': 'Alt1', 'data': { 'a': 'Other', 'b': 'Un' } }",
        "'b' cannot be",
    ),
    "strings": (
        "{ 'alternate': 'Alt1', 'data': { 'a': 'str', 'b': 'Tag' } }",
        "told from 'a'",
    ),
    "ints": (
        "{ 'alternate': 'Alt1', 'data': { 'a': 'int', 'b': 'uint8' } }",
        "told from 'a'",
    ),
    "bools": (
        "{ 'alternate': 'Alt1', 'data': { 'a': 'bool', 'b': 'bool' } }",
        "told from 'a'",
    ),
    "nulls": (
        "{ 'alternate': 'Alt1', 'data': { 'a': 'null', 'b': 'null' } }",
        "told from 'a'",
    ),
    "arrays": (
        "{ 'alternate': 'Alt1', 'data': { 'a': [ 'int' ], 'b': [ 'str' ] } }",
        "told from",
    ),
    "any-array": (
        "{ 'alternate': 'Alt1', 'data': { 'a': [ 'any' ], 'b': [ 'Alt' ] } }",
        "told",
    ),
    # commands and events
    "data-int": (
        "{ 'command': 'c', 'data': 'int' }",
        "must be a struct or union, not built-in",
    ),
    "data-enum": (
        "{ 'event': 'EV1', 'data': 'Tag' }",
        "'data' of event 'EV1' must be a struct",
    ),
    "data-alternate": (
        "{ 'command': 'c', 'data': 'Alt', 'boxed': true }",
        "not alternate 'Alt'",
    ),
    "data-union": (
        "{ 'command': 'c', 'data': 'Un' }",
        "cannot be union 'Un' like this",
    ),
    "event-union": (
        "{ 'event': 'EV1', 'data': 'Un' }",
        "cannot be union 'Un' like this",
    ),
    "returns-int": (
        "{ 'command': 'c', 'returns': 'int' }",
        "'c' must not return built-in type",
    ),
    "returns-strs": (
        "{ 'command': 'c', 'returns': [ 'str' ] }",
        "must not return array [str]",
    ),
    "returns-enum": (
        "{ 'command': 'c', 'returns': 'Tag' }",
        "must not return enum 'Tag'",
    ),
    "returns-any": (
        "{ 'command': 'c', 'returns': 'any' }",
        "must not return built-in type",
    ),
    "returns-alt": (
        "{ 'command': 'c', 'returns': 'Alt' }",
        "must not return alternate 'Alt'",
    ),
}

NEWEST = {
    "type-feature": (
        "{ 'struct': 'Str1', 'data': {}, 'features': [ 'unstable' ] }",
        "struct 'Str1' cannot have the feature 'unstable'",
    ),
    "enum-feature": (
        "{ 'enum': 'Enu1', 'data': [], 'features': [ { 'name': 'deprecated', 'if': 'X' } ] }",
        "enum 'Enu1' cannot have the feature 'deprecated'",
    ),
    "conditional": (
        "{ 'command': 'c', 'data': { 'a': { 'type': 'int', 'if': 'X' } } }",
        "argument 'a' cannot be conditional",
    ),
    "conditional-event": (
        "{ 'struct': 'Str1', 'data': { 'a': { 'type': 'int', 'if': 'X' } } }"
        "{ 'struct': 'Str2', 'data': {}, 'base': 'Str1' } { 'event': 'EV1', 'data': 'Str2' }",
        "argument 'a' cannot be conditional",
    ),
    "string-number": (
        "{ 'alternate': 'Alt1', 'data': { 'a': 'number', 'b': 'str' } }",
        "branch 'b' cannot be told from 'a'",
    ),
    "string-bool": (
        "{ 'alternate': 'Alt1', 'data': { 'a': 'str', 'b': 'bool' } }",
        "branch 'b' cannot be told from 'a'",
    ),
    "enum-bool": (
        "{ 'enum': 'Enu1', 'data': [ 'x', 'off' ] }"
        "{ 'alternate': 'Alt1', 'data': { 'a': 'bool', 'b': 'Enu1' } }",
        "branch 'b' cannot be told from 'a'",
    ),
    "enum-number": (
        "{ 'enum': 'Enu1', 'data': [ 'x', '4k' ] }"
        "{ 'alternate': 'Alt1', 'data': { 'a': 'Enu1', 'b': 'size' } }",
        "branch 'b' cannot be told from 'a'",
    ),
    "int-number": (
        "{ 'alternate': 'Alt1', 'data': { 'a': 'int', 'b': 'number' } }",
        "branch 'b' cannot be told from 'a'",
    ),
    "scalar": (
        "{ 'command': 'ringbuf-read', 'returns': 'str' }",
        "'ringbuf-read' must not",
    ),
}

FINE = {
    "returns": "{ 'command': 'c', 'returns': [ 'Un' ] } { 'command': 'd', 'returns': 'Other' }",
    "exception": "{ 'pragma': { 'command-returns-exceptions': [ 'c' ] } }"
    "{ 'command': 'c', 'returns': [ 'Alt' ] }",
    "boxed": "{ 'command': 'c', 'data': 'Un', 'boxed': true }"
    "{ 'event': 'EV1', 'data': 'Empty', 'boxed': true }",
    "boxed-conditional": "{ 'struct': 'Str1', 'data': { 'a': { 'type': 'int', 'if': 'X' } } }"
    "{ 'command': 'c', 'data': 'Str1', 'boxed': true }",
    "recursive": "{ 'struct': 'Str1', 'data': { '*next': 'Str1', 'all': [ 'Str1' ] } }",
    "same-in-two-branches": "{ 'union': 'Uni1', 'base': 'Base', 'discriminator': 'tag',"
    " 'data': { 'a': 'Other', 'b': 'Other' } }",
    "nested-union": "{ 'enum': 'Tag2', 'data': [ 'z' ] }"
    "{ 'union': 'Uni1', 'base': { 'k': 'Tag2' }, 'discriminator': 'k', 'data': { 'z': 'Un' } }",
    "deep-tag": "{ 'struct': 'Str1', 'base': 'Base', 'data': {} }"
    "{ 'union': 'Uni1', 'base': 'Str1', 'discriminator': 'tag', 'data': {} }",
    "alternate": "{ 'alternate': 'Alt1', 'data': { 'a': 'Tag', 'b': 'int', 'c': 'bool',"
    " 'd': 'null', 'e': [ 'any' ], 'f': 'Un' } }",
    "qtype": "{ 'struct': 'Str1', 'data': { 'a': 'QType', 'b': [ 'QType' ] } }"
    "{ 'alternate': 'Alt1', 'data': { 'a': 'QType', 'b': 'int', 'c': 'bool' } }",
    "case-differs": "{ 'pragma': { 'member-name-exceptions': [ 'Enu1' ] } }"
    "{ 'enum': 'Enu1', 'data': [ 'one', 'ONE' ] }",
}


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("case", ALWAYS)
def test_what_no_release_allowed(reading: Reading, case: str, strict: bool) -> None:
    text, part = ALWAYS[case]
    assert part in reading.finding(COMMON + text, strict=strict).message


@pytest.mark.parametrize("case", NEWEST)
def test_what_only_the_newest_forbids(reading: Reading, case: str) -> None:
    text, part = NEWEST[case]
    assert part in reading.finding(COMMON + text, strict=True).message
    reading.schema(COMMON + text)
    [note] = reading.notes
    assert part in note.message
    assert note.severity == "note"


@pytest.mark.parametrize("case", FINE)
def test_what_is_fine(reading: Reading, case: str) -> None:
    reading.schema(COMMON + FINE[case], strict=True)


def test_the_line_is_that_of_the_definition(reading: Reading) -> None:
    for text, _ in ALWAYS.values():
        definition = text.rsplit("{ 'pragma'", 1)[-1]
        finding = reading.finding(f"{COMMON}\n\n{text}")
        assert finding.place.line == COMMON.count("\n") + 3, definition


# Findings


def test_independent_findings_come_in_the_order_of_the_input(reading: Reading) -> None:
    findings = reading.findings("""
        { 'command': 'b', 'returns': 'int' }
        { 'command': 'a', 'gen': true }
        { 'struct': 'Abc', 'base': 'Missing', 'data': {} }
        { 'struct': 'Def', 'base': 'Abc', 'data': {} }
        { 'union': 'Ghi', 'base': 'Def', 'discriminator': 'x', 'data': {} }
        { 'event': 'E', 'data': { 'a': 'Def', 'b': [ 'Ghi' ], 'c': 'Nowhere' } }
        """)
    assert [(f.definition, f.message.split("'")[-2]) for f in findings] == [
        ("command 'b'", "int"),
        ("command 'a'", "gen"),
        ("struct 'Abc'", "Missing"),
        ("event 'E'", "Nowhere"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{ 'enum': 'Tag', 'data': [ '' ] } { 'union': 'Abc', 'base': { 'tag': 'Tag' },"
        " 'discriminator': 'tag', 'data': { 'x': 'Y' } }",
        "{ 'struct': 'Abc', 'data': { 'u': 'int' } } { 'command': 'c', 'returns': [ 'Abc' ] }",
        "{ 'struct': 'Abc', 'data': 1 } { 'command': 'c', 'data': 'Abc' }".replace(
            "1", "true"
        ),
        "{ 'struct': 'Abc_', 'data': {} } { 'command': 'c', 'data': 'q_' }".replace(
            "q_", "Abc"
        ),
        "{ 'strukt': 'Abc', 'data': {} } { 'struct': 'Def', 'base': 'Abc', 'data': {} }",
        "{ 'alternate': 'Abc', 'data': {} } { 'struct': 'Def', 'data': { 'a': 'Abc' } }",
        "{ 'struct': 'Abc', 'data': { 'a': 'X' } } { 'alternate': 'Def', 'data': { 'a': 'Abc' } }",
    ],
)
def test_consequences_are_not_reported(reading: Reading, text: str) -> None:
    assert reading.finding(text, strict=True).severity == "error"


def test_of_two_definitions_the_first_stands(reading: Reading) -> None:
    finding = reading.finding(
        "{ 'struct': 'Abc', 'data': {} }\n"
        "{ 'command': 'c', 'data': 'Abc' }\n"
        "{ 'enum': 'Abc', 'data': [] }"
    )
    assert finding.place.line == 3
    [(place, words)] = finding.related
    assert place.line == 1
    assert "struct 'Abc'" in words


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Stru", "did you mean 'Struct'?"),
        ("c", "command 'c' is not a type"),
        ("Xyz", ""),
    ],
)
def test_hints_at_the_type_that_was_meant(
    reading: Reading, name: str, hint: str
) -> None:
    text = (
        f"{{ 'struct': 'Struct', 'data': {{}} }} {{ 'command': 'c', 'data': '{name}' }}"
    )
    assert reading.finding(text).hint == hint


def test_long_chains_of_bases(reading: Reading) -> None:
    length = 3000
    chain = [
        f"{{ 'struct': 'S{n}s', 'base': 'S{n + 1}s', 'data': {{}} }}"
        for n in range(length)
    ]
    text = "\n".join(
        [*chain, f"{{ 'struct': 'S{length}s', 'data': {{ 'a': 'int' }} }}"]
    )
    first = reading.definition(text, "S0s")
    assert isinstance(first, StructType)
    assert [member.name for member in first.all_members] == ["a"]
    closed = text.replace("'data': { 'a': 'int' }", "'base': 'S0s', 'data': {}")
    assert "struct 'S0s' contains itself" in reading.finding(closed).message


def test_a_missing_file_full_of_types_is_reported_quickly(reading: Reading) -> None:
    text = "\n".join(
        f"{{ 'struct': 'Struct{n}', 'data': {{ 'a': 'Absent{n}Type' }} }}"
        for n in range(2000)
    )
    assert len(reading.findings(text)) == 2000


def test_features_are_limited_today(reading: Reading) -> None:
    def schema(count: int) -> str:
        names = ", ".join(f"'f{n}'" for n in range(count))
        return f"{{ 'command': 'a' }}\n{{ 'command': 'b', 'features': [ {names} ] }}"

    reading.schema(schema(62), strict=True)
    reading.schema(schema(63))
    finding = reading.finding(schema(63), strict=True)
    assert finding.place.line == 2
    assert "more than 64 features" in finding.message


# The model

MODEL = """
{ 'include': 'sub.json' }
{ 'enum': 'Tag', 'prefix': 'TG', 'data': [ 'one', { 'name': 'two', 'if': 'T',
  'features': [ 'deprecated' ] }, 'three' ] }
{ 'struct': 'Empty', 'data': {} }
{ 'struct': 'Leaf', 'base': 'Empty', 'data': { '*many': [ 'Leaf' ], 'what': 'any' },
  'if': { 'all': [ 'A', 'B' ] } }
{ 'union': 'Un', 'base': { 'kind': 'Tag', '*n': 'uint8' }, 'discriminator': 'kind',
  'data': { 'three': { 'type': 'Leaf', 'if': 'U' }, 'one': 'Sub' } }
{ 'alternate': 'Alt', 'data': { 'un': 'Un', 'none': { 'type': 'null', 'if': 'N' } } }
{ 'command': 'do-it', 'data': { 'alt': 'Alt', '*leaves': [ 'Leaf' ] }, 'returns': [ 'Un' ],
  'features': [ { 'name': 'unstable', 'if': 'F' } ], 'if': 'C' }
{ 'command': 'boxed', 'boxed': true, 'data': 'Un', 'gen': false, 'success-response': false,
  'allow-oob': true, 'allow-preconfig': true }
{ 'command': 'plain', 'coroutine': true, 'data': {} }
{ 'event': 'DONE', 'data': 'Sub' }
"""
SUB = "{ 'struct': 'Sub', 'data': { 'x': 'str' } }"


@pytest.fixture(name="model")
def _model(reading: Reading) -> Schema:
    return reading.schema(MODEL, sub=SUB)


def test_definitions_are_in_the_order_of_the_schema(model: Schema) -> None:
    assert [definition.name for definition in model.definitions] == [
        "Sub",
        "Tag",
        "Empty",
        "Leaf",
        "Un",
        "Alt",
        "do-it",
        "boxed",
        "plain",
        "DONE",
    ]
    assert [type_.name for type_ in model.types()] == [
        "Sub",
        "Tag",
        "Empty",
        "Leaf",
        "Un",
        "Alt",
    ]
    assert [command.name for command in model.commands()] == ["do-it", "boxed", "plain"]
    assert [event.name for event in model.events()] == ["DONE"]


def test_modules(model: Schema) -> None:
    assert list(model.modules) == ["root.json", "sub.json"]
    assert model.root is model.modules["root.json"]
    assert {d.name: d.module for d in model.definitions}["Sub"] == "sub.json"
    assert {d.module for d in model.definitions[1:]} == {"root.json"}


def test_enum(model: Schema) -> None:
    tag = by_name(model)["Tag"]
    assert isinstance(tag, EnumType)
    assert tag.prefix == "TG"
    assert [(v.name, str(v.condition or "")) for v in tag.values] == [
        ("one", ""),
        ("two", "defined(T)"),
        ("three", ""),
    ]
    assert [feature.name for feature in tag.values[1].features] == ["deprecated"]


def test_struct(model: Schema) -> None:
    leaf = by_name(model)["Leaf"]
    assert isinstance(leaf, StructType)
    assert leaf.base is by_name(model)["Empty"]
    assert str(leaf.condition) == "defined(A) && defined(B)"
    many, what = leaf.members
    assert isinstance(many.type, ArrayType)
    assert many.type.element is leaf
    assert many.type.name == "[Leaf]"
    assert (many.optional, what.optional) == (True, False)
    assert isinstance(what.type, BuiltinType)
    assert what.type.name == "any"
    assert what.place is not None
    assert (what.place.line, what.place.column) == (6, 69)


def test_union(model: Schema) -> None:
    union = by_name(model)["Un"]
    assert isinstance(union, UnionType)
    assert union.base.implicit
    assert union.base.name == "q_obj_Un-base"
    assert union.tag is union.base.members[0]
    assert not union.simple
    assert [
        (b.value, b.type and b.type.name, str(b.condition or ""), b.listed)
        for b in union.branches
    ] == [
        ("one", "Sub", "", True),
        ("two", None, "defined(T)", False),
        ("three", "Leaf", "defined(U)", True),
    ]


def test_alternate(model: Schema) -> None:
    alternate = by_name(model)["Alt"]
    assert isinstance(alternate, AlternateType)
    assert [
        (b.name, b.type.name, str(b.condition or "")) for b in alternate.branches
    ] == [
        ("un", "Un", ""),
        ("none", "null", "defined(N)"),
    ]


def test_command(model: Schema) -> None:
    command = by_name(model)["do-it"]
    assert isinstance(command, Command)
    assert isinstance(command.arguments, StructType)
    assert (command.arguments.name, command.arguments.implicit) == (
        "q_obj_do-it-arg",
        True,
    )
    assert command.arguments.condition == command.condition
    assert isinstance(command.returns, ArrayType)
    assert command.returns.element is by_name(model)["Un"]
    assert command.has_feature("unstable")
    assert str(command.features[0].condition) == "defined(F)"
    assert command.gen
    assert command.success_response
    assert not any([command.boxed, command.allow_oob, command.allow_preconfig])


def test_flags(model: Schema) -> None:
    boxed, plain = by_name(model)["boxed"], by_name(model)["plain"]
    assert isinstance(boxed, Command)
    assert isinstance(plain, Command)
    assert boxed.arguments is by_name(model)["Un"]
    assert boxed.boxed
    assert boxed.allow_oob
    assert boxed.allow_preconfig
    assert not boxed.gen
    assert not boxed.success_response
    assert not boxed.coroutine
    assert plain.coroutine
    assert plain.arguments is None
    assert plain.returns is None


def test_event(model: Schema) -> None:
    event = by_name(model)["DONE"]
    assert isinstance(event, Event)
    assert event.arguments is by_name(model)["Sub"]
    assert not event.boxed


# Old simple unions

SIMPLE = """
##
# @Old:
#
# @inet: an address
# @list: two of them
##
{ 'union': 'Old', 'data': { 'inet': 'Addr', 'list': [ 'Addr' ],
  'n': { 'type': 'int', 'if': 'defined(N)' } }, 'if': 'O' }
{ 'struct': 'Addr', 'data': { 'type': 'int', 'data': 'str' }, 'if': 'ADDR' }
{ 'union': 'Again', 'data': { 'x': 'Addr' } }
"""


def test_simple_union(reading: Reading) -> None:
    schema = reading.schema(SIMPLE)
    assert [d.name for d in schema.definitions] == [
        "OldKind",
        "Old",
        "Addr",
        "AgainKind",
        "Again",
    ]
    kind, old, addr, _, again = schema.definitions
    assert isinstance(kind, EnumType)
    assert isinstance(old, UnionType)
    assert isinstance(again, UnionType)
    assert (kind.implicit, kind.module, str(kind.condition)) == (
        True,
        old.module,
        "defined(O)",
    )
    assert [(v.name, str(v.condition or "")) for v in kind.values] == [
        ("inet", ""),
        ("list", ""),
        ("n", "defined(N)"),
    ]
    assert old.simple
    assert (old.base.name, old.base.implicit) == ("q_obj_Old-base", True)
    assert (old.tag.name, old.tag.type) == ("type", kind)
    assert [b.type and b.type.name for b in old.branches] == [
        "q_obj_Addr-wrapper",
        "q_obj_AddrList-wrapper",
        "q_obj_int-wrapper",
    ]
    wrapper = old.branches[0].type
    assert isinstance(wrapper, StructType)
    assert [(m.name, m.type) for m in wrapper.members] == [("data", addr)]
    assert str(wrapper.condition) == "defined(ADDR)"
    assert again.branches[0].type is wrapper
    assert [b.doc for b in old.branches] == ["an address", "two of them", ""]
    assert str(old.branches[2].condition) == "defined(N)"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{ 'union': 'Old', 'data': {} }", "union has no branches"),
        (
            "{ 'union': 'Old', 'data': { 'A': 'int' } }",
            "branch 'A' must not use upper case",
        ),
        (
            "{ 'union': 'Old', 'data': { '*a': 'int' } }",
            "branch '*a' is not a valid name",
        ),
        ("{ 'union': 'Old', 'data': { 'a': 'Missing' } }", "unknown type 'Missing'"),
        (
            "{ 'union': 'Old', 'data': { 'a-b': 'int', 'a_b': 'int' } }",
            "clashes with 'a-b'",
        ),
        (
            "{ 'union': 'Old', 'data': { 'a': 'int' } } { 'struct': 'OldKind', 'data': {} }",
            "'OldKind', the implicit enum of union 'Old', is defined twice",
        ),
        (
            "{ 'union': 'Old', 'data': { 'a': { 'type': 'int', 'features': [] } } }",
            "'features'",
        ),
    ],
)
def test_simple_unions_have_rules_too(reading: Reading, text: str, part: str) -> None:
    assert part in reading.finding(text).message


def test_simple_unions_are_gone(reading: Reading) -> None:
    finding = reading.finding("{ 'union': 'Old', 'data': { 'a': 'int' } }", strict=True)
    assert finding.message == "union lacks keys 'base', 'discriminator'"


# Every schema there is


def test_every_schema_resolves(root_schema: RootSchema) -> None:
    notes: list[Diagnostic] = []
    tree = load(root_schema.path)
    schema = resolve(tree, strict=False, notes=notes)
    explicit = [d for d in schema.definitions if not d.implicit]
    assert len(explicit) == len(tree.expressions)
    assert [d.name for d in explicit] == [
        next(
            str(value)
            for key, value in node.value.items()
            if key in {"enum", "struct", "union", "alternate", "command", "event"}
        )
        for node in tree.expressions
    ]
    assert all(note.severity == "note" for note in notes)
    assert "10.2.50" not in root_schema.name or not notes


def test_the_newest_schemas_resolve_strictly(schema_roots: list[RootSchema]) -> None:
    newest = [root for root in schema_roots if "10.2.50" in root.name]
    assert len(newest) == 2
    for root in newest:
        assert resolve(load(root.path, strict=True), strict=True).definitions


def test_members_are_those_that_are_written(root_schema: RootSchema) -> None:
    """An independent reading: names, types and order straight from the syntax tree."""
    tree = load(root_schema.path)
    entities = by_name(resolve(tree))
    structs = 0
    for node in tree.expressions:
        entity = entities[str(next(iter(node.value.values())))]
        data = cast(dict[str, Any], node.value).get("data", {})
        if isinstance(entity, StructType):
            structs += 1
            assert [
                ("*" if m.optional else "") + m.name for m in entity.members
            ] == list(data)
            assert [m.type.name for m in entity.members] == [
                plain(t) for t in data.values()
            ]
        elif isinstance(entity, EnumType):
            assert [v.name for v in entity.values] == [
                v["name"] if isinstance(v, dict) else v for v in data
            ]
        elif isinstance(entity, UnionType):
            assert {b.value for b in entity.branches if b.listed} == set(data)
    assert structs


def plain(type_: object) -> str:
    """The name of a type as it is written: ``'int'``, ``['int']`` or the long form."""
    if isinstance(type_, dict):
        return plain(type_["type"])
    return f"[{type_[0]}]" if isinstance(type_, list) else str(type_)
