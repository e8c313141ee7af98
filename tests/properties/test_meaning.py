"""The compiler's model of a random schema has what the schema says, and no more."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings

from qapigen.frontend.parser import load
from qapigen.model import schema as compiled
from qapigen.model.resolver import resolve
from tests.properties import model as written
from tests.properties.strategies import models


def _resolved(model: written.Model) -> compiled.Schema:
    with tempfile.TemporaryDirectory() as folder:
        return resolve(load(model.write(Path(folder))))


_METAS: dict[type[written.Definition], type[compiled.Definition]] = {
    written.Enum: compiled.EnumType,
    written.Struct: compiled.StructType,
    written.Union: compiled.UnionType,
    written.SimpleUnion: compiled.UnionType,
    written.Alternate: compiled.AlternateType,
    written.Command: compiled.Command,
    written.Event: compiled.Event,
}


@given(models())
@settings(max_examples=150)
def test_definitions(model: written.Model) -> None:
    schema = _resolved(model)
    assert {m.name for m in schema.modules.values()} == {f.name for f in model.files}
    found = {d.name: d for d in schema.definitions if not d.implicit}
    assert len(found) == len(list(model))
    for file in model.files:
        for definition in file.definitions:
            meaning = found[definition.name]
            assert type(meaning) is _METAS[type(definition)]
            assert meaning.module == file.name
            assert [f.name for f in meaning.features] == definition.feature_names
            assert (meaning.condition is None) == (definition.condition is None)
            _check(model, definition, meaning)


def _check(
    model: written.Model, definition: written.Definition, meaning: compiled.Definition
) -> None:
    match definition, meaning:
        case written.Enum(), compiled.EnumType():
            assert [v.name for v in meaning.values] == [
                v.name for v in definition.values
            ]
        case written.Struct(), compiled.StructType():
            assert (meaning.base.name if meaning.base else "") == definition.base
            _check_members(meaning.members, definition.members)
            _check_members(meaning.all_members, model.members(definition.name))
        case written.Union(), compiled.UnionType():
            _check_members(meaning.base.all_members, model.members(definition.name))
            assert meaning.tag.name == definition.tag
            listed = {
                b.value: b.type.name for b in meaning.branches if b.listed and b.type
            }
            assert listed == {b.name: b.type.name for b in definition.branches}
            values = model.values(meaning.tag.type.name)
            assert [branch.value for branch in meaning.branches] == values
        case written.SimpleUnion(), compiled.UnionType():
            assert meaning.simple
            assert [b.value for b in meaning.branches] == [
                b.name for b in definition.branches
            ]
        case written.Alternate(), compiled.AlternateType():
            branches = [(b.name, b.type.name) for b in meaning.branches]
            assert branches == [(b.name, str(b.type)) for b in definition.branches]
        case written.Callable(), compiled.Command() | compiled.Event():
            _check_callable(model, definition, meaning)
        case _:
            raise AssertionError(definition)


def _check_callable(
    model: written.Model,
    definition: written.Callable,
    meaning: compiled.Command | compiled.Event,
) -> None:
    assert meaning.boxed == definition.boxed
    if isinstance(definition.arguments, str):
        assert meaning.arguments is not None
        assert meaning.arguments.name == definition.arguments
    elif isinstance(meaning.arguments, compiled.StructType):
        _check_members(meaning.arguments.all_members, definition.arguments or [])
    else:
        assert not definition.arguments
    if isinstance(definition, written.Command):
        assert isinstance(meaning, compiled.Command)
        returns = str(definition.returns) if definition.returns else None
        assert (meaning.returns.name if meaning.returns else None) == returns
        flags = {
            "gen": meaning.gen,
            "success-response": meaning.success_response,
            "allow-oob": meaning.allow_oob,
            "allow-preconfig": meaning.allow_preconfig,
            "coroutine": meaning.coroutine,
        }
        normal = {"gen": True, "success-response": True}
        expected = {name: normal.get(name, False) for name in flags} | definition.flags
        assert flags == expected


def _check_members(
    found: list[compiled.Member], expected: list[written.Member]
) -> None:
    assert [(m.name, m.type.name, m.optional) for m in found] == [
        (m.name, str(m.type), m.optional) for m in expected
    ]
    for one, other in zip(found, expected, strict=True):
        assert (one.condition is None) == (other.condition is None)
        assert len(one.features) == len(other.features)
