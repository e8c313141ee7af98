"""Views of commands (descriptions, client and server methods) and events."""

from __future__ import annotations

from typing import Any

from qapigen.backend.doctext import command_text, definition_text
from qapigen.backend.layout import Piece, quote
from qapigen.backend.views.annotations import Imports
from qapigen.backend.views.metadata import (
    deprecation,
    entity,
    facts,
    field_view,
    metadata,
)
from qapigen.backend.views.names import Names
from qapigen.model.schema import Command, Event, Member, StructType, UnionType

__all__ = ["command_view", "event_view", "method_view"]


def command_view(
    command: Command, names: Names, imports: Imports
) -> tuple[str, list[Piece]]:
    """The description of a command: what stands before the arguments of ``Command``, and those."""
    imports.need("qapi_runtime.commands", "Command")
    pieces: list[Piece] = ["__name__", quote(command.name)]
    if command.boxed and command.arguments is not None:
        pieces.append(f"boxed={quote(command.arguments.name)}")
    elif isinstance(command.arguments, StructType) and command.arguments.all_members:
        imports.need("qapi_runtime.commands", "qapi")
        members = command.arguments.all_members
        spelled = names.parameters(members)
        rows = [
            metadata(member, f"{quote(spelled[member.name])}: qapi(")
            for member in members
        ]
        pieces.append(("{", rows, "}"))
    returns = "None"
    if command.returns is not None:
        returns = imports.annotation(command.returns)
        pieces.append(f"returns={quote(command.returns.name)}")
    flags = {
        "gen=False": not command.gen,
        "success_response=False": not command.success_response,
        "allow_oob=True": command.allow_oob,
        "allow_preconfig=True": command.allow_preconfig,
        "coroutine=True": command.coroutine,
    }
    pieces += [flag for flag, is_set in flags.items() if is_set]
    pieces += facts(command.condition, command.features, command.doc.since)
    return f"{names.constants[command.name]}: Command[{returns}] = Command(", pieces


def method_view(
    command: Command, names: Names, imports: Imports, *, server: bool
) -> dict[str, Any]:
    """A command as method of a client, or of a server's interface."""
    arguments = _arguments(command, names)
    parameters, forward = ["self"], []
    raw = _whole_argument(command, imports)
    if raw:
        parameters += [f"arguments: {raw}", "/"]
        forward.append("arguments")
    mandatory = [name for name, member in arguments if not member.may_be_absent]
    # By position: the only mandatory argument. Servers are always called by keyword.
    alone = mandatory[0] if len(mandatory) == 1 and not server else None
    for name, member in sorted(arguments, key=lambda row: row[0] != alone):
        if "*" not in parameters and name != alone:
            parameters.append("*")
        annotation, default = imports.member(
            member, array="list" if server else "Sequence"
        )
        parameters.append(
            f"{name}: {annotation}" + (f" = {default}" if default else "")
        )
        forward.append(f"{name}={name}")
    returns = "None" if command.returns is None else imports.annotation(command.returns)
    return {
        "name": names.methods[command.name],
        "command": command.name,
        "constant": names.constants[command.name],
        "parameters": parameters,
        "forward": forward,
        "returns": returns,
        "deprecated": [] if server else deprecation(command, imports, warns=True),
        "doc": command_text(command, arguments, f"The command {command.name}."),
    }


def _whole_argument(command: Command, imports: Imports) -> str:
    """The type of the one argument of a boxed or raw command; "" for all others."""
    if command.arguments is None or (command.gen and not command.boxed):
        return ""
    if not command.boxed and not _arguments_object(command):
        return ""
    if command.gen:
        return imports.annotation(command.arguments)
    imports.need("typing", "Any", runtime=False)
    return f"{imports.need('collections.abc', 'Mapping', runtime=False)}[str, Any]"


def _arguments_object(command: Command) -> list[Member]:
    """The members of the arguments, where they are a struct."""
    struct = command.arguments
    return struct.all_members if isinstance(struct, StructType) else []


def _arguments(command: Command, names: Names) -> list[tuple[str, Member]]:
    """The arguments that have a parameter each: (parameter, member)."""
    if (
        not isinstance(command.arguments, StructType)
        or command.boxed
        or not command.gen
    ):
        return []
    members = command.arguments.all_members
    spelled = names.parameters(members)
    return [(spelled[member.name], member) for member in members]


def event_view(event: Event, names: Names, imports: Imports) -> dict[str, Any]:
    """An event as class with its data flattened; the data of a union stays one member."""
    imports.need("qapi_runtime.types", "define")
    imports.need("qapi_runtime.types", "Entity")
    imports.need("qapi_runtime.events", "Event")
    if isinstance(event.arguments, UnionType):
        members = [Member("data", event.arguments)]
        spelled = {"data": "data"}
        fields = [_whole_data(event.arguments, imports)]
    else:
        members = event.arguments.all_members if event.arguments else []
        spelled = names.event_fields(members)
        fields = [
            field_view(spelled[member.name], member, imports) for member in members
        ]
    return {
        "name": names.events[event.name],
        "deprecated": deprecation(event, imports, warns=False),
        "entity": entity(event),
        "doc": definition_text(
            event,
            [(spelled[member.name], member) for member in members],
            fallback=f"The event {event.name}.",
        ),
        "fields": fields,
    }


def _whole_data(union: UnionType, imports: Imports) -> tuple[str, list[Piece]]:
    imports.need("qapi_runtime.types", "field")
    imports.need("qapi_runtime.types", "qapi")
    head = f"data: {imports.annotation(union)} = field("
    return head, [("metadata=qapi(", ['""', quote(union.name)], ")")]
