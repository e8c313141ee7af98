"""The shape of definitions, rule by rule.

ALWAYS is what no release allowed; NEWEST what only the newest forbids: with ``strict`` an error,
without a note.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.qapigen.reading import Reading


@pytest.fixture(name="reading")
def _reading(tmp_path: Path) -> Reading:
    return Reading(tmp_path)


ALWAYS = {
    # what it is
    "no-meta": ("{ 'data': {} }", "does not say what it defines"),
    "two-metas": (
        "{ 'struct': 'Abc', 'enum': 'Def', 'data': {} }",
        "keys 'enum', 'struct'",
    ),
    "old-type": ("{ 'type': 'Abc', 'data': {} }", "does not say what it defines"),
    # names of definitions
    "name-object": (
        "{ 'struct': {}, 'data': {} }",
        "name of the struct must be a string",
    ),
    "name-bool": ("{ 'event': true }", "name of the event must be a string"),
    "name-empty": ("{ 'command': '' }", "command '' is not a valid name"),
    "name-star": ("{ 'command': '*a' }", "command '*a' is not a valid name"),
    "name-q": (
        "{ 'struct': 'q_Obj', 'data': {} }",
        "struct 'q_Obj' is not a valid name",
    ),
    "name-list": ("{ 'struct': 'AbcList', 'data': {} }", "must not end in 'List'"),
    "alternate-list": (
        "{ 'alternate': 'AbList', 'data': { 'a': 'int' } }",
        "end in 'List'",
    ),
    # keys
    "unknown-key": ("{ 'event': 'E', 'dta': {} }", "event cannot have the key 'dta'"),
    "unknown-keys": ("{ 'event': 'E', 'y': {}, 'x': {} }", "the keys 'y', 'x'"),
    "enum-data": ("{ 'enum': 'Abc' }", "enum lacks key 'data'"),
    "enum-base": ("{ 'enum': 'Abc', 'data': [], 'base': 'X' }", "the key 'base'"),
    "struct-returns": (
        "{ 'struct': 'Abc', 'data': {}, 'returns': 'X' }",
        "key 'returns'",
    ),
    "struct-no-data": ("{ 'struct': 'Abc' }", "struct lacks key 'data'"),
    "union-no-data": (
        "{ 'union': 'Abc', 'base': {}, 'discriminator': 'a' }",
        "union lacks key 'data'",
    ),
    "alternate-base": (
        "{ 'alternate': 'Abc', 'data': { 'a': 'int' }, 'base': 'X' }",
        "the key 'base'",
    ),
    "event-gen": ("{ 'event': 'E', 'gen': false }", "the key 'gen'"),
    "command-prefix": ("{ 'command': 'c', 'prefix': 'X' }", "the key 'prefix'"),
    # enums
    "enum-object": (
        "{ 'enum': 'Abc', 'data': {} }",
        "'data' of an enum must be an array",
    ),
    "enum-string": (
        "{ 'enum': 'Abc', 'data': 'a' }",
        "'data' of an enum must be an array",
    ),
    "enum-prefix": (
        "{ 'enum': 'Abc', 'data': [], 'prefix': true }",
        "'prefix' must be a",
    ),
    "value-bool": (
        "{ 'enum': 'Abc', 'data': [ true ] }",
        "name of a value must be a string",
    ),
    "value-array": (
        "{ 'enum': 'Abc', 'data': [ [] ] }",
        "name of a value must be a string",
    ),
    "value-no-name": ("{ 'enum': 'Abc', 'data': [ {} ] }", "value lacks key 'name'"),
    "value-key": (
        "{ 'enum': 'Abc', 'data': [ { 'name': 'a', 'type': 'b' } ] }",
        "value cannot have the key 'type'",
    ),
    "value-name-type": (
        "{ 'enum': 'Abc', 'data': [ { 'name': [] } ] }",
        "name of a value must be a string",
    ),
    "value-empty": (
        "{ 'enum': 'Abc', 'data': [ '' ] }",
        "value '' is not a valid name",
    ),
    "value-star": (
        "{ 'enum': 'Abc', 'data': [ '*a' ] }",
        "value '*a' is not a valid name",
    ),
    "value-upper": (
        "{ 'enum': 'Abc', 'data': [ 'aB' ] }",
        "value 'aB' must not use upper",
    ),
    "value-q": (
        "{ 'enum': 'Abc', 'data': [ 'q_a' ] }",
        "value 'q_a' is not a valid name",
    ),
    # members
    "data-array": (
        "{ 'struct': 'Abc', 'data': [ 'int' ] }",
        "struct must be an object",
    ),
    "data-name": ("{ 'struct': 'Abc', 'data': 'Def' }", "struct must be an object"),
    "data-bool": ("{ 'struct': 'Abc', 'data': true }", "struct must be an object"),
    "member-empty": (
        "{ 'struct': 'Abc', 'data': { '': 'int' } }",
        "member '' is not a valid",
    ),
    "member-star": (
        "{ 'struct': 'Abc', 'data': { '*': 'int' } }",
        "member '*' is not a valid",
    ),
    "member-stars": (
        "{ 'struct': 'Abc', 'data': { '**a': 'int' } }",
        "'**a' is not a valid",
    ),
    "member-upper": (
        "{ 'struct': 'Abc', 'data': { '*aB': 'int' } }",
        "must not use upper case",
    ),
    "member-u": (
        "{ 'struct': 'Abc', 'data': { '*u': 'int' } }",
        "member 'u' has a reserved",
    ),
    "member-has": (
        "{ 'struct': 'Abc', 'data': { 'has-a': 'int' } }",
        "'has-a' has a reserved",
    ),
    "member-bool": (
        "{ 'struct': 'Abc', 'data': { 'a': true } }",
        "must be the name of a type",
    ),
    "member-no-type": (
        "{ 'struct': 'Abc', 'data': { 'a': {} } }",
        "'a' lacks key 'type'",
    ),
    "member-key": (
        "{ 'struct': 'Abc', 'data': { 'a': { 'type': 'int', 'default': 'x' } } }",
        "member 'a' cannot have the key 'default'",
    ),
    "member-inline": (
        "{ 'struct': 'Abc', 'data': { 'a': { 'type': {} } } }",
        "member 'a' must be the name of a type, or an array of one",
    ),
    "array-empty": ("{ 'struct': 'Abc', 'data': { 'a': [] } }", "the name of one type"),
    "array-two": (
        "{ 'struct': 'Abc', 'data': { 'a': [ 'int', 'str' ] } }",
        "name of one type",
    ),
    "array-array": (
        "{ 'struct': 'Abc', 'data': { 'a': [ [ 'int' ] ] } }",
        "name of one type",
    ),
    "base-array": (
        "{ 'struct': 'Abc', 'data': {}, 'base': [ 'Def' ] }",
        "cannot be an array",
    ),
    "base-inline": (
        "{ 'struct': 'Abc', 'data': {}, 'base': { 'a': 'int' } }",
        "'base' must be the name of a type",
    ),
    # unions
    "union-array": (
        "{ 'union': 'Abc', 'base': {}, 'discriminator': 'a', 'data': [] }",
        "'data' of a union must be an object",
    ),
    "union-base-array": (
        "{ 'union': 'Abc', 'base': [ 'Def' ], 'discriminator': 'a', 'data': {} }",
        "'base' must be an object or the name of a type",
    ),
    "union-base-bool": (
        "{ 'union': 'Abc', 'base': false, 'discriminator': 'a', 'data': {} }",
        "'base' must be an object or the name of a type",
    ),
    "union-base-member": (
        "{ 'union': 'Abc', 'base': { 'B': 'int' }, 'discriminator': 'a', 'data': {} }",
        "base member 'B' must not use upper case",
    ),
    "union-tag-type": (
        "{ 'union': 'Abc', 'base': {}, 'discriminator': [], 'data': {} }",
        "'discriminator' must be a string",
    ),
    "union-only-base": (
        "{ 'union': 'Abc', 'base': {}, 'data': {} }",
        "key 'discriminator'",
    ),
    "union-only-tag": (
        "{ 'union': 'Abc', 'discriminator': 'a', 'data': {} }",
        "key 'base'",
    ),
    "branch-array": (
        "{ 'union': 'Abc', 'base': {}, 'discriminator': 'a', 'data': { 'b': [ 'X' ] } }",
        "branch 'b' cannot be an array",
    ),
    "branch-features": (
        "{ 'union': 'Abc', 'base': {}, 'discriminator': 'a',"
        " 'data': { 'b': { 'type': 'X', 'features': [] } } }",
        "branch 'b' cannot have the key 'features'",
    ),
    # alternates
    "alternate-empty": (
        "{ 'alternate': 'Abc', 'data': {} }",
        "needs at least one branch",
    ),
    "alternate-array": (
        "{ 'alternate': 'Abc', 'data': [ 'int' ] }",
        "must be an object",
    ),
    "alternate-star": (
        "{ 'alternate': 'Abc', 'data': { '*a': 'int' } }",
        "not a valid name",
    ),
    "alternate-upper": ("{ 'alternate': 'Abc', 'data': { 'A': 'int' } }", "upper case"),
    "alternate-inline": (
        "{ 'alternate': 'Abc', 'data': { 'a': {} } }",
        "'a' lacks key 'type'",
    ),
    "alternate-bool": (
        "{ 'alternate': 'Abc', 'data': { 'a': true } }",
        "the name of a type",
    ),
    # commands and events
    "gen-true": ("{ 'command': 'c', 'gen': true }", "flag 'gen' can only be false"),
    "gen-string": (
        "{ 'command': 'c', 'gen': 'false' }",
        "flag 'gen' can only be false",
    ),
    "success": (
        "{ 'command': 'c', 'success-response': true }",
        "'success-response' can only",
    ),
    "boxed-false": (
        "{ 'event': 'E', 'data': 'X', 'boxed': false }",
        "'boxed' can only be true",
    ),
    "oob-false": (
        "{ 'command': 'c', 'allow-oob': false }",
        "'allow-oob' can only be true",
    ),
    "preconfig": (
        "{ 'command': 'c', 'allow-preconfig': [] }",
        "'allow-preconfig' can only",
    ),
    "coroutine": (
        "{ 'command': 'c', 'coroutine': false }",
        "'coroutine' can only be true",
    ),
    "oob-coroutine": (
        "{ 'command': 'c', 'coroutine': true, 'allow-oob': true }",
        "both 'allow-oob' and 'coroutine'",
    ),
    "boxed-nothing": ("{ 'command': 'c', 'boxed': true }", "'boxed' needs 'data'"),
    "boxed-event": ("{ 'event': 'E', 'boxed': true }", "'boxed' needs 'data'"),
    "boxed-inline": (
        "{ 'command': 'c', 'boxed': true, 'data': { 'a': 'int' } }",
        "'data' with 'boxed' must be the name of a type",
    ),
    "data-list": (
        "{ 'command': 'c', 'data': [ 'X' ] }",
        "an object or the name of a type",
    ),
    "event-data-list": (
        "{ 'event': 'E', 'data': [ 'X' ] }",
        "an object or the name of a type",
    ),
    "argument-upper": (
        "{ 'command': 'c', 'data': { 'A': 'int' } }",
        "argument 'A' must not",
    ),
    "returns-inline": (
        "{ 'command': 'c', 'returns': {} }",
        "'returns' must be the name",
    ),
    "returns-arrays": (
        "{ 'command': 'c', 'returns': [ [ 'X' ] ] }",
        "the name of one type",
    ),
    "returns-bool": (
        "{ 'command': 'c', 'returns': false }",
        "'returns' must be the name",
    ),
    # features
    "features-object": (
        "{ 'command': 'c', 'features': {} }",
        "'features' of command must be",
    ),
    "features-string": (
        "{ 'command': 'c', 'features': 'a' }",
        "'features' of command must be",
    ),
    "feature-array": (
        "{ 'command': 'c', 'features': [ [] ] }",
        "feature must be a string",
    ),
    "feature-bool": (
        "{ 'command': 'c', 'features': [ true ] }",
        "feature must be a string",
    ),
    "feature-no-name": (
        "{ 'command': 'c', 'features': [ {} ] }",
        "feature lacks key 'name'",
    ),
    "feature-key": (
        "{ 'command': 'c', 'features': [ { 'name': 'a', 'type': 'b' } ] }",
        "feature cannot have the key 'type'",
    ),
    "feature-name": (
        "{ 'command': 'c', 'features': [ '' ] }",
        "feature '' is not a valid name",
    ),
    "feature-dash": (
        "{ 'command': 'c', 'features': [ '-a' ] }",
        "'-a' is not a valid name",
    ),
    "member-features": (
        "{ 'struct': 'Abc', 'data': { 'a': { 'type': 'int', 'features': 'x' } } }",
        "'features' of member 'a' must be an array",
    ),
    "value-features": (
        "{ 'enum': 'Abc', 'data': [ { 'name': 'a', 'features': 'x' } ] }",
        "'features' of value must be an array",
    ),
    # conditions
    "if-empty": ("{ 'command': 'c', 'if': '' }", "'if' of command: condition is empty"),
    "if-bool": ("{ 'command': 'c', 'if': true }", "neither a name nor an object"),
    "if-member": (
        "{ 'struct': 'Abc', 'data': { 'a': { 'type': 'int', 'if': { 'all': [] } } } }",
        "'if' of member 'a': condition 'all' has no operands",
    ),
    "if-branch": (
        "{ 'alternate': 'Abc', 'data': { 'a': { 'type': 'int', 'if': [] } } }",
        "'if' of branch 'a'",
    ),
    "if-value": (
        "{ 'enum': 'Abc', 'data': [ { 'name': 'a', 'if': { 'or': [] } } ] }",
        "'if' of value: condition cannot have the key 'or'",
    ),
    "if-feature": (
        "{ 'command': 'c', 'features': [ { 'name': 'a', 'if': {} } ] }",
        "'if' of feature",
    ),
}

NEWEST = {
    "command-upper": (
        "{ 'command': 'Cont' }",
        "command 'Cont' must not use upper case",
    ),
    "command-underscore": ("{ 'command': 'a_b' }", "command 'a_b' must not use '_'"),
    "event-lower": ("{ 'event': 'Stop' }", "event 'Stop' must not use lower case"),
    "type-lower": (
        "{ 'struct': 'abc', 'data': {} }",
        "struct 'abc' must be in CamelCase",
    ),
    "type-underscore": (
        "{ 'enum': 'A_b', 'data': [] }",
        "enum 'A_b' must be in CamelCase",
    ),
    "member-underscore": (
        "{ 'struct': 'Abc', 'data': { 'a_b': 'int' } }",
        "member 'a_b' must not use '_'",
    ),
    "value-underscore": (
        "{ 'enum': 'Abc', 'data': [ 'a_b' ] }",
        "value 'a_b' must not use '_'",
    ),
    "argument-underscore": (
        "{ 'command': 'c', 'data': { 'a_b': 'int' } }",
        "argument 'a_b' must not use '_'",
    ),
    "branch-underscore": (
        "{ 'alternate': 'Abc', 'data': { 'a_b': 'int' } }",
        "branch 'a_b' must not use '_'",
    ),
    "feature-upper": (
        "{ 'command': 'c', 'features': [ 'A' ] }",
        "feature 'A' must not use",
    ),
    "if-expression": ("{ 'command': 'c', 'if': 'defined(A)' }", "'if' of command"),
    "if-lower": ("{ 'command': 'c', 'if': 'a' }", "'if' of command"),
    "if-list": ("{ 'command': 'c', 'if': [ 'A', 'B' ] }", "'if' of command"),
    "known-type": (
        "{ 'enum': 'QapiErrorClass', 'data': [ 'GenericError' ] }",
        "value 'GenericError' must not use upper case",
    ),
}

FINE = {
    "empty-enum": "{ 'enum': 'Abc', 'data': [] }",
    "empty-struct": "{ 'struct': 'Abc', 'data': {} }",
    "values": "{ 'enum': 'Abc', 'data': [ 'a', '4', '2-way', { 'name': 'b', 'if': 'B',"
    " 'features': [ 'x' ] } ], 'prefix': 'ANY', 'features': [ { 'name': 'y', 'if': 'Y' } ] }",
    "members": "{ 'struct': 'Abc', 'data': { 'a': 'int', '*b': [ 'str' ], 'c': { 'type':"
    " [ 'any' ], 'if': 'C', 'features': [ 'deprecated', 'unstable' ] } } }",
    "event": "{ 'event': 'ABC', 'data': { 'a': 'int' }, 'if': { 'not': 'A' }, 'features': [] }",
    "flags": "{ 'command': 'c', 'gen': false, 'success-response': false, 'allow-oob': true,"
    " 'allow-preconfig': true }",
    "coroutine": "{ 'command': 'c', 'coroutine': true, 'data': {} }",
    "command-list": "{ 'command': 'get-list' } { 'command': 'foo-kind' } { 'struct': 'AKind',"
    " 'data': {} }",
    "one-branch": "{ 'alternate': 'Abc', 'data': { 'a': [ 'int' ] } }",
    "downstream": "{ 'command': '__org.qemu_x-command', 'data': { '__org.qemu_a': 'int' } }",
}


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("case", ALWAYS)
def test_what_no_release_allowed(reading: Reading, case: str, strict: bool) -> None:
    text, part = ALWAYS[case]
    finding = reading.finding(text, strict=strict)
    assert part in finding.message
    assert (finding.severity, finding.place.line) == ("error", 1)


@pytest.mark.parametrize("case", NEWEST)
def test_what_only_the_newest_forbids(reading: Reading, case: str) -> None:
    text, part = NEWEST[case]
    finding = reading.finding(text, strict=True)
    assert part in finding.message
    reading.schema(text)
    [note] = reading.notes
    assert part in note.message
    assert note.severity == "note"


@pytest.mark.parametrize("case", FINE)
def test_what_every_release_of_today_accepts(reading: Reading, case: str) -> None:
    assert reading.schema(FINE[case], strict=True).definitions
    assert not reading.notes


# Pragmas


@pytest.mark.parametrize(
    ("pragma", "name", "definition"),
    [
        ("command-name-exceptions", "a_b", "{ 'command': 'a_b' }"),
        (
            "member-name-exceptions",
            "Abc",
            "{ 'struct': 'Abc', 'data': { 'A_b': 'int' } }",
        ),
        ("member-name-exceptions", "Abc", "{ 'enum': 'Abc', 'data': [ 'A_b' ] }"),
    ],
)
def test_exceptions(reading: Reading, pragma: str, name: str, definition: str) -> None:
    allowed = f"{{ 'pragma': {{ '{pragma}': [ '{name}' ] }} }}\n{definition}"
    reading.schema(allowed, strict=True)
    reading.finding(definition, strict=True)


def test_a_pragma_may_come_late(reading: Reading) -> None:
    reading.schema(
        "{ 'command': 'a_b' } { 'pragma': { 'command-name-exceptions': [ 'a_b' ] } }",
        strict=True,
    )


def test_old_pragmas_list_implicit_types(reading: Reading) -> None:
    text = """
        { 'pragma': { 'name-case-whitelist': [ 'q_obj_Abc-base', 'q_obj_c-arg' ] } }
        { 'enum': 'Tag', 'data': [ 'a' ] }
        { 'union': 'Abc', 'base': { 'CPU': 'int', 'tag': 'Tag' }, 'discriminator': 'tag',
          'data': {} }
        { 'command': 'c', 'data': { 'CPU': 'int' } }
    """
    assert len(reading.schema(text).definitions) == 3


def test_the_newest_knows_no_exceptions_for_arguments(reading: Reading) -> None:
    text = (
        "{ 'pragma': { 'member-name-exceptions': [ 'c', 'q_obj_c-arg' ] } }"
        "{ 'command': 'c', 'data': { 'a_b': 'int' } }"
    )
    assert "argument 'a_b'" in reading.finding(text, strict=True).message


# Places and hints


def test_the_place_is_the_culprit_on_the_first_line(reading: Reading) -> None:
    finding = reading.finding("  { 'command': 'c', 'gen': true }")
    assert (finding.place.line, finding.place.column) == (1, 21)
    assert finding.definition == "command 'c'"
    assert finding.hint == "write 'gen': false, or leave it out"
    assert not finding.related


def test_a_culprit_further_down_is_a_related_place(reading: Reading) -> None:
    text = "# comment\n{ 'struct': 'Abc',\n  'data': {\n    'u': 'int' } }"
    finding = reading.finding(text)
    assert (finding.place.line, finding.place.column) == (2, 1)
    [(place, words)] = finding.related
    assert (place.line, place.column, words) == (4, 5, "here")


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("{ 'struct': 'Abc', 'data': { 'a': { 'type': 'int', 'x': true } } }", 52),
        ("{ 'struct': 'Abc', 'data': { 'a': [ 'int', 'int' ] } }", 35),
        ("{ 'struct': 'Abc', 'data': true }", 20),
        ("{ 'enum': 'Abc', 'data': [ 'b', 'A' ] }", 33),
        ("{ 'command': 'c', 'if': { 'all': [ 'A', { 'x': 'B' } ] } }", 43),
        ("{ 'struct': 'q_A', 'data': {} }", 13),
    ],
)
def test_columns(reading: Reading, text: str, column: int) -> None:
    place = reading.finding(text).place
    if (
        column == 20
    ):  # true and false do not know where they stand: the definition has to do
        column = 1
    assert place.column == column


def test_one_finding_for_each_definition(reading: Reading) -> None:
    text = """
        { 'command': 'c', 'gen': true, 'boxed': false, 'x': {} }
        { 'struct': 'Abc', 'data': { 'u': 'int', 'has-b': 'int' } }
        { 'event': 'E', 'data': { 'a': 'Abc' } }
        { 'command': 'd', 'returns': 'Abc' }
        { 'enum': 'Def', 'data': [ 'a', '' ] }
    """
    findings = reading.findings(text)
    assert [finding.definition for finding in findings] == [
        "command 'c'",
        "struct 'Abc'",
        "enum 'Def'",
    ]


def test_notes_are_one_for_each_rule_and_definition(reading: Reading) -> None:
    reading.schema(
        "{ 'struct': 'Abc', 'data': { 'a_b': 'int', 'c_d': 'int', 'e': { 'type': 'int',"
        " 'if': 'defined(A)' } } } { 'struct': 'Def', 'data': { 'a_b': 'int' } }"
    )
    assert [note.definition for note in reading.notes] == ["struct 'Abc'"] * 2 + [
        "struct 'Def'"
    ]


def test_nobody_reads_a_name_of_a_million_letters(reading: Reading) -> None:
    name = "a" * 1_000_000
    finding = reading.finding(f"{{ 'command': 'C{name}', 'x': true }}", strict=True)
    assert len(finding.message) < 500
    assert len(finding.definition) < 500


# Documentation


def test_required_documentation(reading: Reading) -> None:
    text = "{ 'pragma': { 'doc-required': true } }\n\n{ 'command': 'c' }"
    for strict in (True, False):
        finding = reading.finding(text, strict=strict)
        assert finding.message == "command 'c' has no documentation comment"
        assert finding.place.line == 3


def test_the_comment_of_another(reading: Reading) -> None:
    text = "##\n# @a:\n##\n{ 'command': 'b' }"
    finding = reading.finding(text)
    assert "is that of 'a'" in finding.message
    assert finding.place.line == 4
    assert finding.related[0][0].line == 2


@pytest.mark.parametrize(
    ("definition", "tag", "always"),
    [
        ("{ 'event': 'E' }", "Returns", True),
        ("{ 'struct': 'E', 'data': {} }", "Returns", True),
        ("{ 'event': 'E' }", "Errors", False),
        ("{ 'command': 'E' }", "Returns", False),
    ],
)
def test_sections_that_do_not_fit(
    reading: Reading, definition: str, tag: str, always: bool
) -> None:
    text = f"##\n# @E:\n#\n# {tag}: something\n##\n{definition}"
    if definition.startswith("{ 'event'"):
        assert reading.finding(text, strict=True).place.line == 4
    if always:
        assert reading.finding(text).place.line == 4
    else:
        reading.schema(text)
        assert any(note.place.line == 4 for note in reading.notes)
