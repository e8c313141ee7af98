"""What ``query-qmp-schema`` answers for a schema: the interface as data, for clients.

The form is that of QEMU since 7.0 (enumerations have ``members`` beside the older ``values``), save
where the schema describes an older one itself: its ``SchemaInfo`` says what may and must be there.
Only what commands and events reach appears. Names of types are no part of the interface, so they
are replaced by numbers, in the order in which the types are first used; integers are all ``int`` on
the wire. Conditions that are fixed apply (:func:`~qapigen.model.prune.prune`), others are passed
over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qapigen.model.builtins import BUILTIN_TYPES, QTYPE_VALUES
from qapigen.model.conditions import Condition
from qapigen.model.schema import (
    AlternateType,
    ArrayType,
    Branch,
    BuiltinType,
    Command,
    Definition,
    Doc,
    EnumType,
    EnumValue,
    Event,
    Feature,
    Member,
    Schema,
    StructType,
    Type,
    UnionType,
)

__all__ = ["introspect"]

_INT = BUILTIN_TYPES["int"]
_INTS = ArrayType(_INT)
_EMPTY = StructType("q_empty", None, Doc(), implicit=True)
_QTYPE = EnumType(
    "QType",
    None,
    Doc(),
    implicit=True,
    values=[EnumValue(name) for name in QTYPE_VALUES],
)


def introspect(schema: Schema, *, unmask: bool = False) -> list[dict[str, Any]]:
    """The entities of *schema*: commands and events, then the types they use.

    With *unmask*, types keep their names; what is written inline is called as in QEMU
    (``q_obj_migrate-arg``).
    """
    pruning = schema.pruning
    if pruning is None:
        entities = _Introspection(unmask, lambda condition: condition or True).run(
            schema
        )
    else:
        entities = _Introspection(unmask, pruning.decide).run(pruning.whole)
    return _as_described(schema, entities)


def _as_described(
    schema: Schema, entities: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """*entities* in the form that the schema's own ``SchemaInfo`` describes, if it has one.

    2.12 knows no ``members`` of enumerations, and every command says whether it is ``allow-oob``.
    """
    described = next((it for it in schema.types() if it.name == "SchemaInfo"), None)
    if not isinstance(described, UnionType):
        return entities
    members = {
        branch.value: [*described.base.all_members, *branch.type.all_members]
        for branch in described.branches
        if isinstance(branch.type, StructType)
    }
    return [_fitted(entity, members.get(entity["meta-type"])) for entity in entities]


def _fitted(entity: dict[str, Any], members: list[Member] | None) -> dict[str, Any]:
    if members is None:
        return entity
    known = {member.name for member in members}
    fitted = {name: value for name, value in entity.items() if name in known}
    for member in members:
        if not member.optional and member.type.name == "bool":
            fitted.setdefault(member.name, False)
    return fitted


class _Introspection:
    """Walks the whole schema and writes down what conditions leave of it.

    So does QEMU: the numbers of types, and which types are there, do not depend on conditions.
    """

    def __init__(
        self, unmask: bool, decide: Callable[[Condition | None], bool | Condition]
    ) -> None:
        self.unmask = unmask
        self.decide = decide
        self.entities: list[dict[str, Any]] = []
        #: Types to be described, in the order of their first use.
        self.queue: list[Type] = []
        self.seen: set[Type] = set()
        self.numbers: dict[str, str] = {}

    def run(self, schema: Schema) -> list[dict[str, Any]]:
        by_module: dict[str, list[Command | Event]] = {
            name: [] for name in schema.modules
        }
        for definition in schema.definitions:
            if isinstance(definition, Command | Event):
                by_module[definition.module].append(definition)
        for definitions in by_module.values():
            for definition in definitions:
                self._root(definition)
        for type_ in self.queue:  # grows on the way
            self._type(type_)
        return self.entities

    def _holds(self, condition: Condition | None) -> bool:
        return condition is None or self.decide(condition) is not False

    # --- names

    def _use(self, type_: Type) -> str:
        """The name by which the answer refers to *type_*, which will be described later."""
        if isinstance(type_, BuiltinType):
            if type_.name == "QType":
                return self._use(_QTYPE)
            if type_.json_type == "int":
                type_ = _INT
        elif isinstance(type_, ArrayType):
            element = type_.element
            if isinstance(element, BuiltinType) and element.json_type == "int":
                type_ = _INTS
        if type_ not in self.seen:
            self.seen.add(type_)
            self.queue.append(type_)
        if isinstance(type_, BuiltinType):
            return type_.name
        if isinstance(type_, ArrayType):
            return f"[{self._use(type_.element)}]"
        return self._name(type_.name)

    def _name(self, name: str) -> str:
        if self.unmask:
            return name
        return self.numbers.setdefault(name, str(len(self.numbers)))

    # --- entities

    def _add(self, definition: Definition, name: str, meta: str, **rest: Any) -> None:
        if self._holds(definition.condition):
            entity = {"name": name, "meta-type": meta, **rest}
            self._add_features(entity, definition.features)
            self.entities.append(entity)

    def _root(self, definition: Command | Event) -> None:
        rest: dict[str, Any] = {"arg-type": self._use(definition.arguments or _EMPTY)}
        if isinstance(definition, Event):
            self._add(definition, definition.name, "event", **rest)
            return
        rest["ret-type"] = self._use(definition.returns or _EMPTY)
        if definition.allow_oob:
            rest["allow-oob"] = True
        self._add(definition, definition.name, "command", **rest)

    def _type(self, type_: Type) -> None:
        match type_:
            case BuiltinType():
                self.entities.append(
                    {
                        "name": type_.name,
                        "meta-type": "builtin",
                        "json-type": type_.json_type,
                    }
                )
            case ArrayType():
                self._array(type_)
            case EnumType():
                self._enum(type_)
            case StructType():
                members = self._members(type_.all_members)
                self._add(type_, self._name(type_.name), "object", members=members)
            case UnionType():
                self._union(type_)
            case AlternateType():
                members = [
                    entry
                    for branch in type_.branches
                    if (entry := {"type": self._use(branch.type)})
                    and self._holds(branch.condition)
                ]
                self._add(type_, self._name(type_.name), "alternate", members=members)

    def _array(self, array: ArrayType) -> None:
        element = self._use(array.element)
        if isinstance(array.element, Definition) and not self._holds(
            array.element.condition
        ):
            return
        self.entities.append(
            {"name": f"[{element}]", "meta-type": "array", "element-type": element}
        )

    def _enum(self, enum: EnumType) -> None:
        there = [value for value in enum.values if self._holds(value.condition)]
        members: list[dict[str, Any]] = []
        for value in there:
            entry: dict[str, Any] = {"name": value.name}
            self._add_features(entry, value.features)
            members.append(entry)
        values = [value.name for value in there]
        self._add(enum, self._name(enum.name), "enum", members=members, values=values)

    def _union(self, union: UnionType) -> None:
        members = self._members(union.base.all_members)
        variants = []
        for branch in _as_written(union.branches):
            entry = {"case": branch.value, "type": self._use(branch.type or _EMPTY)}
            if self._holds(branch.condition):
                variants.append(entry)
        name, tag = self._name(union.name), union.tag.name
        self._add(union, name, "object", members=members, tag=tag, variants=variants)

    def _members(self, members: list[Member]) -> list[dict[str, Any]]:
        entries = []
        for member in members:
            entry: dict[str, Any] = {
                "name": member.name,
                "type": self._use(member.type),
            }
            if member.optional:
                entry["default"] = None
            self._add_features(entry, member.features)
            if self._holds(member.condition):
                entries.append(entry)
        return entries

    def _add_features(self, entry: dict[str, Any], features: list[Feature]) -> None:
        names = [feature.name for feature in features if self._holds(feature.condition)]
        if names:
            entry["features"] = names


def _as_written(branches: list[Branch]) -> list[Branch]:
    """The order that QEMU keeps: as in the schema, then the branches it does not list."""

    def position(branch: Branch) -> tuple[bool, int]:
        return not branch.listed, branch.place.offset if branch.place else 0

    return sorted(branches, key=position)
