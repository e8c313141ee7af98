"""A schema for one configuration: what conditions are known to hold is fixed.

What is then false is left out, what is still open keeps its remaining condition. The given schema
is not changed; everything that could differ is made anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TypeAlias, TypeVar

import attrs

from qapigen.errors import Diagnostic, SchemaError, UsageError
from qapigen.frontend.source import Place
from qapigen.model.conditions import Condition, describe, simplify
from qapigen.model.parts import quoted
from qapigen.model.schema import (
    AlternateType,
    ArrayType,
    Branch,
    BuiltinType,
    Command,
    Definition,
    EnumType,
    EnumValue,
    Event,
    Feature,
    Member,
    Pruning,
    Schema,
    StructType,
    Type,
    UnionType,
)

__all__ = ["prune"]

_Named: TypeAlias = EnumType | StructType | UnionType | AlternateType
_AnyDefinition = TypeVar("_AnyDefinition", bound=Definition)


def prune(
    schema: Schema,
    defined: AbstractSet[str],
    undefined: AbstractSet[str],
    closed: bool = False,
) -> Schema:
    """*schema* where the names in *defined* are defined and those in *undefined* are not.

    With *closed*, names that are in neither are not defined. Raises
    :class:`~qapigen.errors.SchemaError` where something that remains refers to a type that does
    not, and :class:`~qapigen.errors.UsageError` where a name is in both.
    """
    both = set(defined) & set(undefined)
    if both:
        raise UsageError(f"{quoted(both)} cannot be both defined and undefined")
    known = dict.fromkeys(defined, True) | dict.fromkeys(undefined, False)
    if not known and not closed:
        return schema
    return _Pruner(known, closed).run(schema)


class _Pruner:
    def __init__(self, known: Mapping[str, bool], closed: bool) -> None:
        self.known = known
        self.closed = closed
        #: The new types by the old ones, as they are come upon; None for those left out.
        self.types: dict[_Named, _Named | None] = {}
        self.arrays: dict[ArrayType, ArrayType | None] = {}
        #: Unions share their tag with their base, so a member is made once only.
        self.members: dict[Member, Member] = {}
        #: New types whose insides are still those of the old schema.
        self.queue: list[_Named] = []
        self.findings: list[Diagnostic] = []
        #: The definition whose parts are looked at: ``command 'migrate'``.
        self.title = ""
        #: That of implicit types, which nobody knows by name.
        self.titles: dict[_Named, str] = {}
        self._cache: dict[Condition, bool | Condition] = {}

    def run(self, schema: Schema) -> Schema:
        definitions = [
            new for old in schema.definitions if (new := self._definition(old))
        ]
        for new_type in self.queue:  # grows: implicit types are come upon on the way
            self._fill(new_type)
        if self.findings:
            raise SchemaError(self.findings)
        whole = schema.pruning.whole if schema.pruning else schema
        pruning = Pruning(whole, self._holds)
        return Schema(schema.root, schema.modules, definitions, pruning)

    def _holds(self, condition: Condition | None) -> bool | Condition:
        if condition is None:
            return True
        result = self._cache.get(condition)
        if result is None:
            result = simplify(condition, self.known, self.closed)
            self._cache[condition] = result
        return result

    # --- definitions

    def _definition(self, old: Definition) -> Definition | None:
        if isinstance(old, _Named):
            return self._named(old)
        self.title = _title(old)
        new = self._shell(old)
        if isinstance(new, Command | Event):
            new.arguments = self._object(new.arguments, new.place, "its arguments use")
        if isinstance(new, Command) and new.returns is not None:
            returns = self._type(new.returns)
            if returns is None:
                self._dangling(new.returns, new.place, "its result uses")
            new.returns = returns
        return new

    def _named(self, old: _Named) -> _Named | None:
        """What becomes of the type *old*; its insides come later, types may be recursive."""
        if old in self.types:
            return self.types[old]
        new = self.types[old] = self._shell(old)
        if new is not None:
            self.queue.append(new)
        return new

    def _shell(self, old: _AnyDefinition) -> _AnyDefinition | None:
        """A copy of *old* for this configuration; what it consists of is not looked at."""
        condition = self._holds(old.condition)
        if condition is False:
            return None
        new = _copy_of(old)
        new.condition = _remaining(condition)
        new.features = self._features(old.features)
        return new

    def _fill(self, new: _Named) -> None:
        self.title = self.titles.get(new) or _title(new)
        match new:
            case EnumType():
                new.values = [
                    value for old in new.values if (value := self._value(old))
                ]
            case StructType():
                new.members = self._some_members(new.members)
                if new.base is not None:
                    base = self._object(new.base, new.place, "its base is")
                    new.base = base if isinstance(base, StructType) else None
            case AlternateType():
                new.branches = self._some_members(new.branches)
            case UnionType():
                self._fill_union(new)

    def _fill_union(self, new: UnionType) -> None:
        base = self._object(new.base, new.place, "its base is")
        if not isinstance(base, StructType):
            return  # there is a finding
        enum = new.tag.type
        new.base = base
        new.tag = self._member(new.tag)
        gone = set()
        if isinstance(enum, EnumType):
            gone = {
                value.name
                for value in enum.values
                if self._holds(value.condition) is False
            }
        new.branches = [
            branch
            for old in new.branches
            if old.value not in gone and (branch := self._branch(old, new.place))
        ]

    # --- parts

    def _features(self, features: list[Feature]) -> list[Feature]:
        if not any(feature.condition for feature in features):
            return features
        return [
            Feature(feature.name, _remaining(condition), feature.place)
            for feature in features
            if (condition := self._holds(feature.condition)) is not False
        ]

    def _value(self, old: EnumValue) -> EnumValue | None:
        if old.condition is None and not old.features:
            return old
        condition = self._holds(old.condition)
        if condition is False:
            return None
        features = self._features(old.features)
        return EnumValue(
            old.name, _remaining(condition), features, old.doc, old.since, old.place
        )

    def _some_members(self, members: list[Member]) -> list[Member]:
        return [
            self._member(old)
            for old in members
            if self._holds(old.condition) is not False
        ]

    def _member(self, old: Member) -> Member:
        """What becomes of *old*, whose condition may hold."""
        new = self.members.get(old)
        if new is None:
            type_ = self._type(old.type)
            if type_ is None:
                self._dangling(old.type, old.place, f"member '{old.name}' uses")
                type_ = old.type
            new = self.members[old] = Member(
                old.name,
                type_,
                old.optional,
                _remaining(self._holds(old.condition)),
                self._features(old.features),
                old.doc,
                old.since,
                old.place,
            )
        return new

    def _branch(self, old: Branch, place: Place | None) -> Branch | None:
        condition = self._holds(old.condition)
        if condition is False:
            return None
        type_ = self._object(old.type, old.place or place, f"branch '{old.value}' uses")
        return Branch(
            old.value, type_, _remaining(condition), old.listed, old.doc, old.place
        )

    # --- types

    def _type(self, old: Type) -> Type | None:
        if isinstance(old, BuiltinType):
            return old
        if isinstance(old, ArrayType):
            if old not in self.arrays:
                element = self._type(old.element)
                self.arrays[old] = None if element is None else ArrayType(element)
            return self.arrays[old]
        return self._named(old)

    def _object(
        self, old: StructType | UnionType | None, place: Place | None, use: str
    ) -> StructType | UnionType | None:
        if old is None:
            return None
        new = self._named(old)
        if isinstance(new, StructType | UnionType):
            if new.implicit:
                self.titles.setdefault(new, self.title)
            return new
        self._dangling(old, place, use)
        return None

    def _dangling(self, type_: Type, place: Place | None, use: str) -> None:
        """What remains refers to what does not."""
        if isinstance(type_, ArrayType):
            self._dangling(type_.element, place, use)
        elif place is not None and not isinstance(type_, BuiltinType):
            condition = (
                f", which is there only if {describe(type_.condition)}"
                if type_.condition
                else ""
            )
            related = (
                ((type_.place, f"'{type_.name}' is defined here"),)
                if type_.place
                else ()
            )
            self.findings.append(
                Diagnostic(
                    place,
                    f"{use} '{type_.name}'{condition}",
                    definition=self.title,
                    hint="give both the same condition, or fix conditions that fit together",
                    related=related,
                )
            )


def _title(definition: Definition) -> str:
    """*definition* as a reader would call it."""
    return f"{_META[type(definition)]} '{definition.name}'"


def _remaining(condition: bool | Condition) -> Condition | None:
    """What is left to ask of a condition that is not false."""
    return None if isinstance(condition, bool) else condition


def _copy_of(definition: _AnyDefinition) -> _AnyDefinition:
    """A shallow copy; several times as fast as ``copy.copy`` for slotted classes."""
    kind = type(definition)
    new = object.__new__(kind)
    for name in _FIELDS[kind]:
        setattr(new, name, getattr(definition, name))
    return new


_META: dict[type[Definition], str] = {
    EnumType: "enum",
    StructType: "struct",
    UnionType: "union",
    AlternateType: "alternate",
    Command: "command",
    Event: "event",
}
_FIELDS: dict[type[Definition], tuple[str, ...]] = {
    kind: tuple(field.name for field in attrs.fields(kind)) for kind in _META
}
