"""What ``query-qmp-schema`` answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qapigen.frontend.parser import load
from qapigen.model.introspect import introspect
from qapigen.model.prune import prune
from qapigen.model.resolver import resolve
from qapigen.model.schema import Schema
from tests.conftest import RootSchema
from tests.qapigen.reading import Reading

Entity = dict[str, Any]


@pytest.fixture(name="reading")
def _reading(tmp_path: Path) -> Reading:
    return Reading(tmp_path)


# The real one


@pytest.fixture(scope="module", name="recorded")
def _recorded(shared: Path) -> list[Entity]:
    answer: list[Entity] = json.loads(
        (shared / "corpus/query-qmp-schema-7.2.json").read_text()
    )
    return answer


@pytest.fixture(scope="module", name="configured")
def _configured(shared: Path) -> Schema:
    lines = (shared / "corpus/qemu-7.2-x86_64.defines").read_text().splitlines()
    defined = {line for line in lines if line and not line.startswith("#")}
    schema = resolve(load(shared / "schemas/qemu-7.2.22/qapi/qapi-schema.json"))
    return prune(schema, defined, set(), closed=True)


class Walk:
    """Compares two answers from commands and events through the names of types."""

    def __init__(self, ours: list[Entity], theirs: list[Entity]) -> None:
        self.ours = {entity["name"]: entity for entity in ours}
        self.theirs = {entity["name"]: entity for entity in theirs}
        #: The name of a type here -> its name there. Pairs are compared once.
        self.pairs: dict[str, str] = {}

    def run(self) -> None:
        roots = self.roots(self.ours)
        assert roots == self.roots(self.theirs)
        for name in roots:
            self.compare(self.ours[name], self.theirs[name])

    @staticmethod
    def roots(entities: dict[str, Entity]) -> set[str]:
        return {
            n for n, e in entities.items() if e["meta-type"] in ("command", "event")
        }

    def pair(self, ours: str, theirs: str) -> None:
        if self.pairs.setdefault(ours, theirs) != theirs:
            raise AssertionError(f"{ours} is {theirs} as well as {self.pairs[ours]}")
        self.queue.append((ours, theirs))

    def compare(self, ours: Entity, theirs: Entity) -> None:
        self.queue: list[tuple[str, str]] = []
        self.same(ours, theirs, named=True)
        done = set()
        for pair in self.queue:
            if pair not in done:
                done.add(pair)
                self.same(self.ours[pair[0]], self.theirs[pair[1]], named=False)

    def same(self, ours: Any, theirs: Any, *, named: bool) -> None:
        """Equal but for the names of types, which are paired."""
        assert ours.keys() == theirs.keys(), (ours, theirs)
        for key, value in ours.items():
            other = theirs[key]
            if key in ("type", "arg-type", "ret-type", "element-type"):
                self.pair(value, other)
            elif key in ("members", "variants"):
                assert len(value) == len(other)
                for mine, yours in zip(by_label(value), by_label(other), strict=True):
                    self.same(mine, yours, named=True)
            elif key != "name" or named:
                assert value == other, (ours, theirs)


def by_label(items: list[Entity]) -> list[Entity]:
    """Order means nothing among branches; alternates have no labels and keep theirs."""
    return sorted(items, key=lambda item: str(item.get("case", "")))


def test_the_recorded_answer_entity_by_entity(
    recorded: list[Entity], configured: Schema
) -> None:
    walk = Walk(introspect(configured), recorded)
    walk.run()
    assert len(walk.pairs) > 700
    assert len(set(walk.pairs.values())) == len(walk.pairs)


def test_the_recorded_answer_to_the_letter(
    recorded: list[Entity], configured: Schema
) -> None:
    assert introspect(configured) == recorded


def test_the_comparison_sees_differences(
    recorded: list[Entity], configured: Schema
) -> None:
    ours = introspect(configured)
    for change in range(0, len(ours), 97):
        broken = json.loads(json.dumps(ours))
        entity = broken[change]
        for key in ("members", "values"):
            if entity.get(key):
                entity[key].pop()
        entity["features"] = ["made-up"]
        with pytest.raises(AssertionError):
            Walk(broken, recorded).run()


def test_every_schema_can_be_introspected(root_schema: RootSchema) -> None:
    entities = introspect(resolve(load(root_schema.path)))
    known = {entity["name"] for entity in entities}
    assert len(known) == len(entities)
    for entity in entities:
        for part in [entity, *entity.get("members", ()), *entity.get("variants", ())]:
            for key in ("type", "arg-type", "ret-type", "element-type"):
                assert part.get(key, "str") in known | {"str"}


# Rules


def test_an_answer_in_full(reading: Reading) -> None:
    schema = reading.schema("""
        { 'enum': 'Tag', 'data': [ 'a', { 'name': 'b', 'features': [ 'f' ] }, 'c' ] }
        { 'struct': 'Base', 'data': { 'tag': 'Tag', '*n': 'uint8' } }
        { 'struct': 'Part', 'base': 'Base', 'data': { 'more': [ 'size' ] } }
        { 'struct': 'Unused', 'data': {} }
        { 'union': 'Un', 'base': 'Base', 'discriminator': 'tag',
          'data': { 'c': 'Extra', 'a': 'Extra' }, 'features': [ 'g' ] }
        { 'struct': 'Extra', 'data': { 'x': { 'type': 'any', 'features': [ 'unstable' ] } } }
        { 'alternate': 'Alt', 'data': { 's': 'str', 'n': 'null', 'l': [ 'Part' ] } }
        { 'event': 'EV', 'boxed': true, 'data': 'Un' }
        { 'command': 'c', 'data': { '*alt': 'Alt', 't': 'QType' }, 'returns': [ 'Un' ],
          'allow-oob': true, 'features': [ 'deprecated' ] }
        { 'command': 'nothing', 'gen': false }
        """)
    assert introspect(schema, unmask=True) == [
        {"name": "EV", "meta-type": "event", "arg-type": "Un"},
        {
            "name": "c",
            "meta-type": "command",
            "arg-type": "q_obj_c-arg",
            "ret-type": "[Un]",
            "allow-oob": True,
            "features": ["deprecated"],
        },
        {
            "name": "nothing",
            "meta-type": "command",
            "arg-type": "q_empty",
            "ret-type": "q_empty",
        },
        {
            "name": "Un",
            "meta-type": "object",
            "members": [
                {"name": "tag", "type": "Tag"},
                {"name": "n", "type": "int", "default": None},
            ],
            "tag": "tag",
            "variants": [
                {"case": "c", "type": "Extra"},
                {"case": "a", "type": "Extra"},
                {"case": "b", "type": "q_empty"},
            ],
            "features": ["g"],
        },
        {
            "name": "q_obj_c-arg",
            "meta-type": "object",
            "members": [
                {"name": "alt", "type": "Alt", "default": None},
                {"name": "t", "type": "QType"},
            ],
        },
        {"name": "[Un]", "meta-type": "array", "element-type": "Un"},
        {"name": "q_empty", "meta-type": "object", "members": []},
        {
            "name": "Tag",
            "meta-type": "enum",
            "members": [{"name": "a"}, {"name": "b", "features": ["f"]}, {"name": "c"}],
            "values": ["a", "b", "c"],
        },
        {"name": "int", "meta-type": "builtin", "json-type": "int"},
        {
            "name": "Extra",
            "meta-type": "object",
            "members": [{"name": "x", "type": "any", "features": ["unstable"]}],
        },
        {
            "name": "Alt",
            "meta-type": "alternate",
            "members": [{"type": "str"}, {"type": "null"}, {"type": "[Part]"}],
        },
        {
            "name": "QType",
            "meta-type": "enum",
            "members": [
                {"name": name}
                for name in (
                    "none",
                    "qnull",
                    "qnum",
                    "qstring",
                    "qdict",
                    "qlist",
                    "qbool",
                )
            ],
            "values": ["none", "qnull", "qnum", "qstring", "qdict", "qlist", "qbool"],
        },
        {"name": "any", "meta-type": "builtin", "json-type": "value"},
        {"name": "str", "meta-type": "builtin", "json-type": "string"},
        {"name": "null", "meta-type": "builtin", "json-type": "null"},
        {"name": "[Part]", "meta-type": "array", "element-type": "Part"},
        {
            "name": "Part",
            "meta-type": "object",
            "members": [
                {"name": "tag", "type": "Tag"},
                {"name": "n", "type": "int", "default": None},
                {"name": "more", "type": "[int]"},
            ],
        },
        {"name": "[int]", "meta-type": "array", "element-type": "int"},
    ]


def test_types_are_numbered_as_they_are_used(reading: Reading) -> None:
    schema = reading.schema("""
        { 'struct': 'Abc', 'data': {} }
        { 'command': 'c', 'data': { 'a': 'Abc' }, 'returns': [ 'Abc' ] }
        """)
    assert introspect(schema) == [
        {"name": "c", "meta-type": "command", "arg-type": "0", "ret-type": "[1]"},
        {"name": "0", "meta-type": "object", "members": [{"name": "a", "type": "1"}]},
        {"name": "[1]", "meta-type": "array", "element-type": "1"},
        {"name": "1", "meta-type": "object", "members": []},
    ]


def test_files_keep_together(reading: Reading) -> None:
    schema = reading.schema(
        "{ 'include': 'sub.json' } { 'command': 'own' }",
        sub="{ 'command': 'included' }",
    )
    assert [entity["name"] for entity in introspect(schema)[:2]] == ["own", "included"]


def test_conditions_leave_the_numbers_alone(reading: Reading) -> None:
    schema = reading.schema("""
        { 'struct': 'Gone', 'data': {}, 'if': 'X' }
        { 'enum': 'Tag', 'data': [ 'a', { 'name': 'b', 'if': 'X' } ],
          'features': [ { 'name': 'f', 'if': 'X' } ] }
        { 'command': 'gone', 'returns': [ 'Gone' ], 'if': 'X' }
        { 'command': 'stays', 'boxed': true, 'data': 'Arg' }
        { 'struct': 'Arg', 'data': { 'a': { 'type': 'Gone', 'if': 'X' }, 'b': 'Alt', 'c': 'Un' } }
        { 'alternate': 'Alt', 'data': { 'a': 'str', 'b': { 'type': 'Gone', 'if': 'X' } } }
        { 'union': 'Un', 'base': { 't': 'Tag' }, 'discriminator': 't',
          'data': { 'b': { 'type': 'Gone', 'if': 'X' } } }
        """)
    assert introspect(prune(schema, set(), {"X"})) == [
        {"name": "stays", "meta-type": "command", "arg-type": "2", "ret-type": "0"},
        {"name": "0", "meta-type": "object", "members": []},
        {
            "name": "2",
            "meta-type": "object",
            "members": [{"name": "b", "type": "3"}, {"name": "c", "type": "4"}],
        },
        {"name": "3", "meta-type": "alternate", "members": [{"type": "str"}]},
        {
            "name": "4",
            "meta-type": "object",
            "members": [{"name": "t", "type": "5"}],
            "tag": "t",
            "variants": [{"case": "a", "type": "0"}],
        },
        {"name": "str", "meta-type": "builtin", "json-type": "string"},
        {"name": "5", "meta-type": "enum", "members": [{"name": "a"}], "values": ["a"]},
    ]
    everything = introspect(schema)
    assert len(everything) == 10
    assert introspect(prune(schema, {"X"}, set())) == everything


def test_simple_unions_have_a_tag_and_wrappers(reading: Reading) -> None:
    schema = reading.schema(
        "{ 'union': 'Old', 'data': { 'i': 'int', 's': [ 'str' ] } }"
        "{ 'command': 'c', 'boxed': true, 'data': 'Old' }"
    )
    entities = {entity["name"]: entity for entity in introspect(schema, unmask=True)}
    assert entities["Old"] == {
        "name": "Old",
        "meta-type": "object",
        "members": [{"name": "type", "type": "OldKind"}],
        "tag": "type",
        "variants": [
            {"case": "i", "type": "q_obj_int-wrapper"},
            {"case": "s", "type": "q_obj_strList-wrapper"},
        ],
    }
    assert entities["OldKind"]["values"] == ["i", "s"]
    assert entities["q_obj_strList-wrapper"]["members"] == [
        {"name": "data", "type": "[str]"}
    ]


@pytest.mark.parametrize("unmask", [True, False])
def test_the_answer_is_json(configured: Schema, unmask: bool) -> None:
    entities = introspect(configured, unmask=unmask)
    assert json.loads(json.dumps(entities)) == entities


def test_the_answer_has_the_form_of_its_time(shared: Path) -> None:
    """A schema's own SchemaInfo says what may and must be there."""
    old = introspect(
        resolve(load(shared / "schemas/qemu-2.12.0/qapi/qapi-schema.json"))
    )
    commands = [entity for entity in old if entity["meta-type"] == "command"]
    assert all(command["allow-oob"] in (True, False) for command in commands)
    assert not any(
        "members" in entity for entity in old if entity["meta-type"] == "enum"
    )
    new = introspect(
        resolve(load(shared / "schemas/qemu-10.2.50/qapi/qapi-schema.json"))
    )
    assert all("members" in entity for entity in new if entity["meta-type"] == "enum")
    assert any(
        "allow-oob" not in entity for entity in new if entity["meta-type"] == "command"
    )
