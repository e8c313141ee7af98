"""What commands, events and alternates refer to, and which types they may refer to."""

from __future__ import annotations

import re

from qapigen.frontend.syntax import Pragma
from qapigen.model.builtins import BUILTIN_TYPES
from qapigen.model.history import SCALAR_RESULTS
from qapigen.model.judge import FaultError, Judge, Site
from qapigen.model.linker import Linker, described, implicit_struct
from qapigen.model.objects import add_members
from qapigen.model.schema import (
    AlternateType,
    ArrayType,
    BuiltinType,
    Command,
    EnumType,
    Event,
    Member,
    StructType,
    Type,
    UnionType,
)
from qapigen.model.shapes import AlternateShape, CommandShape, EventShape, TypeName

__all__ = ["Uses"]

#: How QEMU's reader takes a JSON value; two branches of an alternate must not share one.
_KINDS = {
    "null": "null",
    "string": "string",
    "int": "number",
    "number": "number",
    "boolean": "boolean",
    "object": "object",
    "array": "array",
}
_LOOKS_LIKE_NUMBER = re.compile(r"[-+0-9.]")


def _json_kind(type_: Type) -> str:
    """The kind of JSON value that *type_* is on the wire; "" where it can be of several."""
    match type_:
        case EnumType():
            return "string"
        case StructType() | UnionType():
            return "object"
        case ArrayType():
            return "array"
        case AlternateType():
            return ""
        case BuiltinType():
            return _KINDS.get(type_.json_type, "")


class Uses:
    """Completes the commands, events and alternates that a :class:`Linker` has declared."""

    def __init__(self, judge: Judge, linker: Linker, pragma: Pragma) -> None:
        self.judge = judge
        self.linker = linker
        self.pragma = pragma

    # --- alternates

    def alternate(self, shape: AlternateShape, alternate: AlternateType) -> None:
        """The branches of *alternate*, which the kind of the JSON value must tell apart."""
        alternate.branches = self.linker.alternatives(shape.site, shape.branches)
        taken: dict[str, Member] = {}
        look_alikes: dict[str, Member] = {}
        for own, branch in zip(shape.branches, alternate.branches, strict=True):
            type_ = self.linker.known_type(own.type, "branch", own.name)
            kind = _json_kind(type_)
            if not kind:
                raise FaultError(
                    f"branch '{branch.name}' of an alternate cannot be {described(type_)}",
                    own.type.offset,
                )
            self._claim_kind(shape.site, branch, kind, taken)
            if kind in look_alikes:
                self._look_alike(shape.site, branch, look_alikes[kind], kind)
            for other in self._text_forms(type_):
                look_alikes.setdefault(other, branch)
                if other in taken:
                    self._look_alike(shape.site, branch, taken[other], other)

    def _claim_kind(
        self, site: Site, branch: Member, kind: str, taken: dict[str, Member]
    ) -> None:
        other = taken.setdefault(kind, branch)
        if other is branch:
            return
        offset = branch.place.offset if branch.place else None
        message = f"branch '{branch.name}' cannot be told from '{other.name}'"
        hint = f"both are a JSON {kind}"
        if {_json_type(other.type), _json_type(branch.type)} == {"int", "number"}:
            # The first releases kept them apart.
            self.judge.outdated(site, "int-number", message, offset, hint)
        else:
            raise FaultError(message, offset, hint)

    def _text_forms(self, type_: Type) -> list[str]:
        """The other kinds that a string of this type may mean on a command line."""
        if isinstance(type_, EnumType):
            names = [value.name for value in type_.values]
            forms = ["boolean"] if "on" in names or "off" in names else []
            if any(_LOOKS_LIKE_NUMBER.match(name) for name in names):
                forms.append("number")
            return forms
        return ["number", "boolean"] if type_ is BUILTIN_TYPES["str"] else []

    def _look_alike(self, site: Site, branch: Member, other: Member, kind: str) -> None:
        """A string may look like a *kind*; QEMU 2.9 did not mind, and mixed the two up."""
        self.judge.outdated(
            site,
            "look-alike",
            f"branch '{branch.name}' cannot be told from '{other.name}'",
            branch.place.offset if branch.place else None,
            f"on a command line, a string may look like a {kind}",
        )

    # --- commands and events

    def command(self, shape: CommandShape, command: Command) -> None:
        """Arguments and result of *command*."""
        command.arguments = self._arguments(shape, command)
        if shape.returns is not None:
            command.returns = self._result(shape, shape.returns)

    def event(self, shape: EventShape, event: Event) -> None:
        """The data of *event*."""
        event.arguments = self._arguments(shape, event)

    def _arguments(
        self, shape: CommandShape | EventShape, owner: Command | Event
    ) -> StructType | UnionType | None:
        if isinstance(shape.arguments, TypeName):
            arguments = self._named_arguments(shape, shape.arguments)
        elif shape.arguments:
            members = self.linker.members(shape.site, shape.arguments)
            add_members({}, members, "")
            arguments = implicit_struct(shape.name, "arg", owner, members)
        else:
            return None
        if not shape.boxed and isinstance(arguments, StructType):
            self._check_conditional(shape, arguments)
        return arguments

    def _named_arguments(
        self, shape: CommandShape | EventShape, reference: TypeName
    ) -> StructType | UnionType:
        type_ = self.linker.known_type(reference, "'data'")
        if not isinstance(type_, StructType | UnionType):
            raise FaultError(
                f"the 'data' of {shape.meta} '{shape.name}' must be a struct or union, not "
                + described(type_),
                reference.offset,
            )
        if isinstance(type_, UnionType) and not shape.boxed:
            raise FaultError(
                f"the 'data' of {shape.meta} '{shape.name}' cannot be {described(type_)} like this",
                reference.offset,
                "a union needs 'boxed': true",
            )
        return type_

    def _check_conditional(
        self, shape: CommandShape | EventShape, arguments: StructType
    ) -> None:
        for member in arguments.all_members:
            if member.condition is not None:
                inline = arguments.implicit and member.place
                self.judge.outdated(
                    shape.site,
                    "conditional-argument",
                    f"argument '{member.name}' cannot be conditional like this",
                    member.place.offset if inline and member.place else None,
                    "conditional arguments need a named type and 'boxed': true",
                )

    def _result(self, shape: CommandShape, reference: TypeName) -> Type:
        type_ = self.linker.known_type(reference, "'returns'")
        element = type_.element if isinstance(type_, ArrayType) else type_
        if isinstance(element, StructType | UnionType):
            return type_
        if shape.name not in self.pragma.command_returns_exceptions:
            message = f"command '{shape.name}' must not return {described(type_)}"
            hint = (
                "return a struct or union, which can be extended, or an array of them; "
                "pragma 'command-returns-exceptions' lists commands that need not"
            )
            if shape.name not in SCALAR_RESULTS:
                raise FaultError(message, reference.offset, hint)
            self.judge.outdated(shape.site, "result", message, reference.offset, hint)
        return type_


def _json_type(type_: Type) -> str:
    return type_.json_type if isinstance(type_, BuiltinType) else ""
