"""Every Python name of a package, handed out in one pass over the schema."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, field

from qapigen.backend.naming import (
    CLIENT_RESERVED,
    FIELD_RESERVED,
    MODULE_RESERVED,
    PACKAGE_RESERVED,
    PARAMETER_RESERVED,
    SERVER_RESERVED,
    Scope,
    camel,
    class_name,
    constant_name,
    member_name,
    module_name,
)
from qapigen.backend.views.unions import Leaf, leaves
from qapigen.model.schema import EnumType, Member, Schema, StructType, Type, UnionType

__all__ = ["Names", "UnionNames", "extend"]


@define
class UnionNames:
    """The classes of a union, in the package's namespace."""

    #: The class of the common members, and the alias of all branches.
    common: str
    alias: str
    leaves: list[tuple[Leaf, str]]
    #: Aliases of inner unions: (name, classes).
    inner: list[tuple[str, list[str]]]


def _words(values: Iterable[str]) -> str:
    return "".join(camel(value) for value in values)


@define(init=False)
class Names:
    """Python names by schema entity (by identity, or by QAPI name where that is unique)."""

    modules: dict[str, str]
    classes: dict[str, str]
    unions: dict[str, UnionNames]
    events: dict[str, str]
    methods: dict[str, str]
    constants: dict[str, str]
    groups: dict[str, str]
    #: What no field of a struct, branch or event may be called.
    field_reserved: frozenset[str]
    _event_reserved: frozenset[str]
    _fields: dict[int, dict[str, str]] = field(factory=dict)
    _values: dict[str, dict[str, str]] = field(factory=dict)

    def __init__(self, schema: Schema) -> None:
        self._fields = {}
        self._values = {}
        paths = list(schema.modules)
        module_scope = Scope(MODULE_RESERVED)
        spelled = [module_name(path) for path in paths]
        self.modules = dict(zip(paths, map(module_scope.take, spelled), strict=True))
        self._name_types(schema, Scope(PACKAGE_RESERVED))

        commands = [command.name for command in schema.commands()]
        # Annotations in a class body must find the type, not an attribute that is called so.
        types = frozenset(self.classes.values())
        self.field_reserved = FIELD_RESERVED | types
        self._event_reserved = self.field_reserved | {"timestamp"}
        method_scope = Scope(CLIENT_RESERVED | SERVER_RESERVED | types)
        chosen = method_scope.take_all(
            commands, [member_name(name) for name in commands]
        )
        self.methods = dict(zip(commands, chosen, strict=True))
        constant_scope = Scope(types | {"Command", "TYPE_CHECKING"})
        # From the methods, so that the numbers of names that met are the same in both.
        self.constants = {
            name: constant_scope.take(method.upper())
            for name, method in self.methods.items()
        }

    def _name_types(self, schema: Schema, scope: Scope) -> None:
        """Classes of types, branches and events.

        QEMU likes to call the struct of a branch after union and branch:
        ``BlockdevOptionsQcow2``. The branch is what people write a hundred times a day, so it has
        that name and the struct becomes ``BlockdevOptionsQcow2Members``.
        """
        types = schema.types()
        unions = [entity for entity in types if isinstance(entity, UnionType)]
        structs = [entity.name for entity in types if isinstance(entity, StructType)]
        others = [entity.name for entity in types if not isinstance(entity, StructType)]
        self.classes = dict(
            zip(
                others,
                scope.take_all(others, [class_name(name) for name in others]),
                strict=True,
            )
        )
        branches = {
            (union.name, *leaf.values): self.classes[union.name] + _words(leaf.values)
            for union in unions
            for leaf in leaves(union)
            if not leaf.unknown
        }
        taken = [scope.take(name) for name in branches.values()]
        branches = dict(zip(branches, taken, strict=True))
        spelled = [class_name(name) for name in structs]
        spelled = [f"{name}Members" if name in taken else name for name in spelled]
        self.classes.update(zip(structs, scope.take_all(structs, spelled), strict=True))
        events = [event.name for event in schema.events()]
        chosen = scope.take_all(events, [f"{camel(name)}Event" for name in events])
        self.events = dict(zip(events, chosen, strict=True))
        self.groups = {
            module: scope.take(f"{camel(module)}Commands")
            for module in self.modules.values()
        }
        self.unions = {
            union.name: self._union(union, branches, scope) for union in unions
        }

    def _union(
        self, union: UnionType, branches: dict[tuple[str, ...], str], scope: Scope
    ) -> UnionNames:
        alias = self.classes[union.name]
        common = scope.take(f"{alias}Common")
        named = []
        inner: dict[tuple[str, ...], list[str]] = {}
        for leaf in leaves(union):
            if leaf.unknown:
                name = scope.take(f"{alias}{_words(leaf.values)}Unknown")
            else:
                name = branches[(union.name, *leaf.values)]
            named.append((leaf, name))
            for depth in range(1, len(leaf.tags)):
                inner.setdefault(tuple(leaf.values[:depth]), []).append(name)
        aliases = [
            (scope.take(alias + _words(values)), classes)
            for values, classes in inner.items()
        ]
        return UnionNames(common, alias, named, aliases)

    def type_name(self, type_: Type) -> str:
        """The class or alias of a named type."""
        return self.classes[type_.name]

    def values(self, enum: EnumType) -> dict[str, str]:
        """Values of an enumeration -> members of its class."""
        known = self._values.get(enum.name)
        if known is None:
            names = [value.name for value in enum.values]
            chosen = Scope({"mro"}).take_all(
                names, [constant_name(name) for name in names]
            )
            known = self._values[enum.name] = dict(zip(names, chosen, strict=True))
        return known

    def struct_fields(self, struct: StructType) -> dict[str, str]:
        """Members of a struct, those of its bases too -> attributes."""
        chain: list[StructType] = []  # iterative: chains may be long
        at: StructType | None = struct
        while at is not None and id(at) not in self._fields:
            chain.append(at)
            at = at.base
        known = self._fields[id(at)] if at is not None else {}
        for each in reversed(chain):
            known = extend(known, each.members, self.field_reserved)
            self._fields[id(each)] = known
        return known

    def parameters(self, members: list[Member]) -> dict[str, str]:
        """Arguments of a command -> parameters."""
        return extend({}, members, PARAMETER_RESERVED)

    def event_fields(self, members: list[Member]) -> dict[str, str]:
        """Data of an event -> attributes; ``timestamp`` is the event's own."""
        return extend({}, members, self._event_reserved)


def extend(
    base: dict[str, str], members: list[Member], reserved: frozenset[str]
) -> dict[str, str]:
    """Names for *members* in a scope in which those of *base* are taken."""
    scope = Scope(reserved)
    for taken in base.values():
        scope.claim(taken)
    names = [member.name for member in members]
    chosen = scope.take_all(names, [member_name(name) for name in names])
    return {**base, **dict(zip(names, chosen, strict=True))}
