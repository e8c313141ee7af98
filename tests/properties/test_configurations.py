"""Conditions fixed by ``-D`` and ``--closed``: what is false is gone, what holds is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve
from hypothesis import event, given, settings
from hypothesis import strategies as st
from qapi_runtime.codec import from_wire, node_of, to_wire

from qapigen.errors import SchemaError
from qapigen.pipeline import Options
from tests.properties.awkward import CONDITIONS
from tests.properties.model import (
    BUILTINS,
    Alternate,
    Callable,
    Definition,
    Enum,
    File,
    Member,
    Model,
    SimpleUnion,
    Struct,
    Union,
)
from tests.properties.packages import Package, compiled, files_of
from tests.properties.printer import Plain
from tests.properties.strategies import models
from tests.properties.wire import Interpreter, same

_ATOM = re.compile(r"defined\((\w+)\)")


def holds(condition: Plain, defined: frozenset[str]) -> bool:
    """Whether *condition* is true if just the names in *defined* are."""
    if condition is None:
        return True
    if isinstance(condition, str):
        if condition.isidentifier():
            return condition in defined
        text = _ATOM.sub(lambda match: str(match[1] in defined), condition)
        text = text.replace("&&", " and ").replace("||", " or ").replace("!", " not ")
        return bool(eval(text, {"__builtins__": {}}))
    if isinstance(condition, Mapping):
        [(key, operand)] = condition.items()
        if key == "not":
            return not holds(operand, defined)
        assert isinstance(operand, list)
        results = [holds(item, defined) for item in operand]
        return all(results) if key == "all" else any(results)
    assert isinstance(condition, list)
    return all(holds(item, defined) for item in condition)


def configured(model: Model, defined: frozenset[str]) -> Model:
    """*model* without what is not there; it may refer to what is gone."""
    files = []
    for file in model.files:
        kept = [d for d in file.definitions if holds(d.condition, defined)]
        files.append(File(file.name, [_configured(d, model, defined) for d in kept]))
    return Model(files)


def _configured(
    definition: Definition, model: Model, defined: frozenset[str]
) -> Definition:
    def some(parts: list[Any]) -> list[Any]:
        return [
            evolve(part, condition=None)
            for part in parts
            if holds(part.condition, defined)
        ]

    match definition:
        case Enum(values=values):
            return Enum(name=definition.name, values=some(values))
        case Struct(members=members, base=base):
            return Struct(name=definition.name, members=some(members), base=base)
        case Union(base=base, tag=tag, branches=branches):
            known = _values(model, _tag(model, definition).type.name, defined)
            kept = [branch for branch in some(branches) if branch.name in known]
            common = base if isinstance(base, str) else some(base)
            return Union(name=definition.name, base=common, tag=tag, branches=kept)
        case SimpleUnion(branches=branches):
            return SimpleUnion(name=definition.name, branches=some(branches))
        case Alternate(branches=branches):
            return Alternate(name=definition.name, branches=some(branches))
        case Callable(arguments=[*arguments]):
            return evolve(definition, arguments=some(arguments))
    return definition


def _tag(model: Model, union: Union) -> Member:
    return next(m for m in model.members(union.base) if m.name == union.tag)


def _values(model: Model, enum: str, defined: frozenset[str]) -> list[str]:
    found = model[enum]
    assert isinstance(found, Enum)
    return [value.name for value in found.values if holds(value.condition, defined)]


def _dangles(model: Model) -> bool:
    """Whether anything in *model* refers to what is not there."""
    names = {definition.name for definition in model}
    names |= {f"{union.name}Kind" for union in model.named(SimpleUnion)}

    names |= {"", *BUILTINS}

    for definition in model:
        types: list[str] = []
        match definition:
            case Struct(members=members, base=base):
                types = [base, *(member.type.name for member in members)]
            case Union(base=base, branches=branches):
                types = [branch.type.name for branch in branches]
                types += (
                    [base] if isinstance(base, str) else [m.type.name for m in base]
                )
            case SimpleUnion(branches=branches) | Alternate(branches=branches):
                types = [branch.type.name for branch in branches]
            case Callable(arguments=arguments):
                returns = getattr(definition, "returns", None)
                types = [returns.name] if returns else []
                if isinstance(arguments, str):
                    types.append(arguments)
                else:
                    types += [member.type.name for member in arguments or []]
        if not names.issuperset(types):
            return True
    return False


@given(models(conditions=3), st.frozensets(st.sampled_from(CONDITIONS)), st.data())
@settings(max_examples=150)
def test_closed(model: Model, defined: frozenset[str], data: st.DataObject) -> None:
    rest = configured(model, defined)
    dangles = _dangles(rest)
    event("something refers to what is gone" if dangles else "fits together")
    options = Options(defined=defined, closed=True)
    if dangles:
        with pytest.raises(SchemaError):
            files_of(model, options=options)
        return
    with compiled(model, options) as package:
        _check(rest, package, data)


def _check(rest: Model, package: Package, data: st.DataObject) -> None:
    registry = package.module("_registry")
    types = {d.name for d in rest if not isinstance(d, Callable)}
    types |= {f"{union.name}Kind" for union in rest.named(SimpleUnion)}
    assert registry.TYPES.keys() == types
    for name in package.modules:
        package.module(name.removeprefix(package.name).lstrip("."))
    interpreter = Interpreter(rest)
    for name in sorted(types):
        node_of((package.name, name))
        definition = rest.find(name)
        if isinstance(definition, Enum):
            values = [member.value for member in package.class_of(name)]
            assert values == rest.values(name)
        elif isinstance(definition, Struct):
            names = {member.name for member in rest.members(name)}
            assert package.attributes(package.class_of(name)).keys() == names
    for struct in rest.named(Struct)[:3]:
        # Conditions may have left an enumeration without values: no such members here.
        members = [m for m in rest.members(struct.name) if not m.optional]
        if all(member.type.name in BUILTINS for member in members):
            wire = data.draw(interpreter.object(members))
            reference = (package.name, struct.name)
            assert same(to_wire(from_wire(reference, wire), reference), wire)


def test_what_holds() -> None:
    """The judge of this file, judged."""
    one = frozenset({"A"})
    assert holds("A", one)
    assert not holds("B", one)
    assert holds("defined(A) && !defined(B)", one)
    assert holds(["defined(A)", "!defined(B) || defined(B)"], one)
    assert not holds({"all": ["A", {"not": {"any": ["A", "B"]}}]}, one)
