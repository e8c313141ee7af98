"""Random schemas: compile, import, decode, encode, call, as an obvious interpreter says."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qapi_runtime.codec import DecodeOptions, from_wire, to_wire
from qapi_runtime.errors import DecodeError, EncodeError
from qapi_runtime.events import decode_event, encode_event
from qapi_runtime.server import CommandTable
from qapi_runtime.types import UNSET, QapiEnum, QType

from tests.properties.model import (
    Alternate,
    Command,
    Enum,
    Event,
    Member,
    Model,
    Ref,
    SimpleUnion,
    Struct,
    Union,
)
from tests.properties.packages import Package, compiled
from tests.properties.strategies import models
from tests.properties.wire import Interpreter, same

_STRICT = DecodeOptions("refuse", "refuse")
_STAMP = {"seconds": 1, "microseconds": 2}


def _types(model: Model) -> list[Ref]:
    """All types, and arrays of them, of which there is a value."""
    names = [
        d.name
        for d in model
        if isinstance(d, Enum | Struct | Union | SimpleUnion | Alternate)
    ]
    everything = [Ref(name, array) for name in names for array in (False, True)]
    return [ref for ref in everything if Interpreter(model).inhabited(ref)]


class Judge:
    """Holds typed values against the wire data they were made from."""

    def __init__(self, model: Model, package: Package) -> None:
        self.model = model
        self.package = package
        self.wire = Interpreter(model)

    def check(self, type_: Ref, data: Any, value: Any) -> None:
        """*value* is what *data*, of *type_*, ought to be in Python."""
        if type_.array:
            assert type(value) is list
            assert len(value) == len(data)
            for one, other in zip(data, value, strict=True):
                self.check(Ref(type_.name), one, other)
        elif type_.name in self.package.module("_registry").TYPES:
            self.check_defined(type_.name, data, value)
        elif type_.name == "QType":
            assert value is QType(data)
        else:
            assert same(value, data)

    def check_defined(self, name: str, data: Any, value: Any) -> None:
        kind, _, _ = self.package.module("_registry").TYPES[name]
        if kind == "enum":
            cls = self.package.class_of(name)
            assert issubclass(cls, QapiEnum)
            assert value is cls(data)
            assert value == data
            assert value.known
            return
        definition = self.model[name]
        if isinstance(definition, Alternate):
            branch = self.wire.choice(definition, data)
            assert branch is not None
            self.check(branch.type, data, value)
            return
        members = self.wire.object_members(name, data)
        assert members is not None
        if isinstance(definition, Struct):
            assert type(value) is self.package.class_of(name)
        assert value.__qapi__.name == name
        self.check_object(members, data, value)

    def check_object(self, members: list[Member], data: Any, value: Any) -> None:
        attributes = self.package.attributes(type(value))
        assert attributes.keys() == {member.name for member in members}
        for member in members:
            self.check_member(member, data, getattr(value, attributes[member.name]))

    def check_member(self, member: Member, data: Mapping[str, Any], found: Any) -> None:
        if member.name in data:
            self.check(member.type, data[member.name], found)
        else:
            absent = UNSET if self.wire.admits_null(member.type) else None
            assert found is absent

    def rebuilt(self, value: Any) -> Any:
        """*value* made anew by calling its classes as a user would."""
        if isinstance(value, list):
            return [self.rebuilt(item) for item in value]
        if not attrs.has(type(value)):
            return value
        arguments = {
            field.name: self.rebuilt(getattr(value, field.name))
            for field in attrs.fields(type(value))
            if field.init
        }
        return type(value)(**arguments)


@given(models(), st.data())
@settings(max_examples=120)
def test_values(model: Model, data: st.DataObject) -> None:
    """Good data decode to what they ought to, and encode to what they were."""
    with compiled(model) as package:
        judge = Judge(model, package)
        types = _types(model)
        if not types:
            return
        for _ in range(4):
            type_ = data.draw(st.sampled_from(types))
            wire = data.draw(judge.wire.data(type_))
            assert judge.wire.accepts(
                type_, wire
            ), "the interpreter disagrees with itself"
            reference = (package.name, str(type_))
            for options in (DecodeOptions(), _STRICT):
                value = from_wire(reference, wire, options=options)
                judge.check(type_, wire, value)
                assert same(to_wire(value, reference), wire)
            again = from_wire(reference, to_wire(value, reference))
            assert again == value
            rebuilt = judge.rebuilt(value)
            assert rebuilt == value
            assert same(to_wire(rebuilt, reference), wire)


@given(models(), st.data())
@settings(max_examples=120)
def test_bad_values(model: Model, data: st.DataObject) -> None:
    """A strict decoder takes what the schema allows, and nothing else."""
    with compiled(model) as package:
        wire = Interpreter(model)
        types = _types(model)
        if not types:
            return
        for _ in range(6):
            type_ = data.draw(st.sampled_from(types))
            spoilt = wire.spoilt(data.draw, data.draw(wire.data(type_)))
            reference = (package.name, str(type_))
            if wire.accepts(type_, spoilt):
                from_wire(reference, spoilt, options=_STRICT)
            else:
                with pytest.raises(DecodeError):
                    from_wire(reference, spoilt, options=_STRICT)


@given(models(), st.data())
@settings(max_examples=120)
def test_values_of_a_newer_peer(model: Model, data: st.DataObject) -> None:
    """What the schema does not have is kept if asked for, and can be sent on."""
    with compiled(model) as package:
        wire = Interpreter(model)
        types = _types(model)
        if not types:
            return
        for _ in range(4):
            type_ = data.draw(st.sampled_from(types))
            old = data.draw(wire.data(type_))
            new = wire.newer(data.draw, type_, old)
            reference = (package.name, str(type_))
            value = from_wire(reference, new, options=DecodeOptions("keep", "keep"))
            assert same(to_wire(value, reference, allow_unknown=True), new)
            from_wire(reference, new)
            if wire.accepts(type_, new):
                assert same(to_wire(value, reference), new)
            else:
                with pytest.raises(DecodeError):
                    from_wire(reference, new, options=_STRICT)
                _check_sending(value, reference, new)


def _check_sending(value: Any, reference: tuple[str, str], data: Any) -> None:
    """Members that were kept go along; values that nobody knows do not, unless asked for."""
    try:
        sent = to_wire(value, reference)
    except EncodeError:
        assert "new-" in repr(data)
    else:
        assert same(sent, data)


class Recorder:
    """An executor that answers what it was told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.reply: Any = {}

    def execute(
        self, command: str, arguments: Mapping[str, object] | None = None, /
    ) -> Any:
        self.calls.append((command, arguments))
        return self.reply


def _called(
    judge: Judge, command: Command, wire: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The Python arguments that mean the arguments *wire*."""
    _, module, constant = judge.package.module("_registry").COMMANDS[command.name]
    described = getattr(judge.package.module(f"commands.{module}"), constant)
    if command.flags.get("gen") is False:
        return ((wire,) if command.arguments else ()), {}
    if command.boxed:
        reference = (judge.package.name, str(command.arguments))
        return (from_wire(reference, wire),), {}
    python = {metadata["name"]: name for name, metadata in described.members.items()}
    members = {m.name: m for m in judge.model.members(command.arguments or [])}
    assert python.keys() == members.keys()
    return (), {
        python[name]: from_wire((judge.package.name, str(members[name].type)), value)
        for name, value in wire.items()
    }


@given(models(), st.data())
@settings(max_examples=100)
def test_commands(model: Model, data: st.DataObject) -> None:
    """A client sends, and a server takes, the arguments that were meant; results likewise."""
    commands = model.named(Command)
    if not commands:
        return
    with compiled(model) as package:
        judge = Judge(model, package)
        for command in commands:
            _exercise(judge, command, data)


def _exercise(judge: Judge, command: Command, data: st.DataObject) -> None:
    package = judge.package
    arguments = command.arguments
    if isinstance(arguments, str):
        wire = data.draw(judge.wire.data(Ref(arguments)))
    else:
        wire = data.draw(judge.wire.object(arguments or []))
    result: Any = None
    if command.returns is not None:
        if not judge.wire.inhabited(command.returns):
            return
        result = data.draw(judge.wire.data(command.returns))
    args, kwargs = _called(judge, command, wire)
    method = package.module("_registry").COMMANDS[command.name][0]

    # The client alone.
    recorder = Recorder()
    recorder.reply = {} if command.returns is None else result
    client = package.module("client").Client(recorder)
    deprecated = "deprecated" in command.feature_names
    warns = pytest.warns(DeprecationWarning, match=re.escape(command.name))
    with warns if deprecated else contextlib.nullcontext():
        returned = getattr(client, method)(*args, **kwargs)
    [(name, sent)] = recorder.calls
    assert name == command.name
    assert same(sent if sent is not None else {}, wire)
    if command.returns is None:
        assert returned is None
    else:
        judge.check(command.returns, result, returned)

    # The server alone.
    received: list[Any] = []

    def handle(self: object, *args: Any, **kwargs: Any) -> Any:
        received.append((args, kwargs))
        return returned

    commands = package.module("server").Commands
    table = CommandTable(type("Handlers", (commands,), {method: handle})())
    answer = table.execute(command.name, wire)
    assert same(answer, {} if command.returns is None else result)
    assert received == [(args, kwargs)]

    # A server that has not got it.
    assert not CommandTable(commands()).implements(command.name)


@given(models(), st.data())
@settings(max_examples=80)
def test_events(model: Model, data: st.DataObject) -> None:
    """Events decode to their class, with the data as fields, and encode to what they were."""
    events = model.named(Event)
    if not events:
        return
    with compiled(model) as package:
        judge = Judge(model, package)
        for event in events:
            _receive(judge, event, data)


def _receive(judge: Judge, event: Event, data: st.DataObject) -> None:
    arguments = event.arguments
    is_union = isinstance(arguments, str) and not isinstance(
        judge.model[arguments], Struct
    )
    if isinstance(arguments, str):
        wire = data.draw(judge.wire.data(Ref(arguments)))
    else:
        wire = data.draw(judge.wire.object(arguments or []))
    message = {"event": event.name, "timestamp": _STAMP}
    if wire:
        message["data"] = wire
    received = decode_event(judge.package.name, message)
    events = judge.package.module("events")
    module, name = events.EVENTS[event.name]
    assert type(received) is getattr(judge.package.module(f"events.{module}"), name)
    assert type(received) is getattr(events, name)
    assert received.__qapi__.name == event.name
    assert (received.timestamp.seconds, received.timestamp.microseconds) == (1, 2)
    if is_union:
        judge.check(Ref(str(arguments)), wire, received.data)  # type: ignore[attr-defined]
    else:
        judge.check_object(judge.model.members(arguments or []), wire, received)
    assert same(encode_event(received), message)
