"""Names become types: shapes of definitions become entities that refer to each other.

First every definition gets its entity, still empty, so that a name can be looked up wherever it is
used. Then members get their types. What follows from types (bases, branches, clashes) is worked out
in ``objects``; what commands, events and alternates may refer to, in ``uses``.
"""

from __future__ import annotations

from collections.abc import Iterable

from qapigen.frontend.source import SourceFile
from qapigen.model.builtins import BUILTIN_TYPES
from qapigen.model.conditions import Condition
from qapigen.model.judge import FaultError, Judge, Site, TaintedError
from qapigen.model.names import mangled
from qapigen.model.schema import (
    AlternateType,
    ArrayType,
    BuiltinType,
    Command,
    Definition,
    Doc,
    EnumType,
    EnumValue,
    Event,
    Feature,
    Member,
    StructType,
    Type,
    UnionType,
)
from qapigen.model.shapes import (
    AlternateShape,
    BranchShape,
    CommandShape,
    EnumShape,
    EventShape,
    FeatureShape,
    MemberShape,
    Shape,
    StructShape,
    TypeName,
    UnionShape,
    ValueShape,
)

__all__ = ["UNKNOWN", "Linker", "clash", "described", "implicit_struct"]

#: Stands for a type whose definition is wrong and has been reported.
UNKNOWN = BuiltinType("?", "value")
#: How many names to guess at, and how long they may be.
_MAX_GUESSES = 40
_MAX_GUESSED = 80
_SPECIAL_FEATURES = frozenset({"deprecated", "unstable"})

_PENDING_BASE = StructType("", None, Doc())
_PENDING_TAG = Member("", UNKNOWN)


def described(type_: Type) -> str:
    """*type_* for a message: ``enum 'OnOffAuto'``."""
    if isinstance(type_, ArrayType):
        return f"array {type_.name}"
    kinds = {
        EnumType: "enum",
        StructType: "struct",
        UnionType: "union",
        AlternateType: "alternate",
    }
    return f"{kinds.get(type(type_), 'built-in type')} '{type_.name}'"


class Linker:
    """The entities of a schema by name, and how to find the type that a name means."""

    def __init__(
        self, judge: Judge, modules: dict[SourceFile, str], *, incomplete: bool = False
    ) -> None:
        self.judge = judge
        self.modules = modules
        #: Definitions may be missing: an unknown name is no error.
        self.incomplete = incomplete
        #: Definitions in the order of the schema.
        self.definitions: list[Definition] = []
        self.types: dict[str, Type] = dict(BUILTIN_TYPES)
        #: Where a name was defined, types and others alike.
        self.sites: dict[str, Site] = {}
        #: Names whose definition is wrong: nobody is told again who uses them.
        self.broken: set[str] = set()
        #: Those of them that were rejected before they could be declared: often for the name.
        self.misnamed: list[str] = []
        self._guesses = 0
        self._arrays: dict[str, ArrayType] = {}
        self._wrappers: dict[str, StructType] = {}

    # --- definitions

    def declare(self, shape: Shape) -> Definition:
        """The entity of *shape*: complete but for the types it refers to."""
        self._claim(shape.name, shape.site)
        entity = self._entity(shape)
        if shape.meta not in ("command", "event"):
            self._check_type_features(shape)
            assert isinstance(entity, EnumType | StructType | UnionType | AlternateType)
            self.types[shape.name] = entity
        self.definitions.append(entity)
        return entity

    def _claim(self, name: str, site: Site, what: str = "") -> None:
        if name in BUILTIN_TYPES:
            raise FaultError(f"'{name}' is a built-in type", hint="choose another name")
        previous = self.sites.setdefault(name, site)
        if previous is not site:
            place = previous.place(previous.offset)
            raise FaultError(
                f"'{name}'{what} is defined twice",
                related=((place, f"the first definition, {previous.title}"),),
            )

    def _check_type_features(self, shape: Shape) -> None:
        for feature in shape.features:
            if feature.name in _SPECIAL_FEATURES:
                self.judge.outdated(
                    shape.site,
                    "type-feature",
                    f"{shape.meta} '{shape.name}' cannot have the feature '{feature.name}'",
                    feature.offset,
                    "only commands, events, members and values can",
                )

    def _entity(self, shape: Shape) -> Definition:
        features = self.features(shape.site, shape.features)
        self._check_distinct(features, "feature")
        common = (
            shape.name,
            shape.site.place(shape.site.offset),
            Doc(),
            shape.condition,
            features,
            self.modules[shape.site.source],
        )
        match shape:
            case EnumShape():
                values = self.values(shape.site, shape.values)
                return EnumType(*common, values=values, prefix=shape.prefix)
            case StructShape():
                return StructType(*common)
            case UnionShape():
                simple = shape.discriminator is None
                return UnionType(
                    *common, base=_PENDING_BASE, tag=_PENDING_TAG, simple=simple
                )
            case AlternateShape():
                return AlternateType(*common)
            case CommandShape():
                return Command(
                    *common,
                    boxed=shape.boxed,
                    gen=shape.gen,
                    success_response=shape.success_response,
                    allow_oob=shape.allow_oob,
                    allow_preconfig=shape.allow_preconfig,
                    coroutine=shape.coroutine,
                )
            case EventShape():
                return Event(*common, boxed=shape.boxed)
        raise AssertionError(shape.meta)

    def declare_kind(self, shape: UnionShape, union: UnionType) -> EnumType:
        """The implicit enumeration of an old simple union: a value for each branch."""
        name = f"{shape.name}Kind"
        self._claim(name, shape.site, f", the implicit enum of union '{shape.name}',")
        values = [ValueShape(b.name, b.condition, (), b.offset) for b in shape.branches]
        enum = EnumType(
            name,
            union.place,
            Doc(),
            union.condition,
            [],
            union.module,
            True,
            self.values(shape.site, values),
        )
        self.types[name] = enum
        self.definitions.insert(self.definitions.index(union), enum)
        return enum

    # --- parts

    def features(self, site: Site, shapes: Iterable[FeatureShape]) -> list[Feature]:
        """The features that *shapes* describe."""
        return [Feature(s.name, s.condition, site.place(s.offset)) for s in shapes]

    def values(self, site: Site, shapes: list[ValueShape]) -> list[EnumValue]:
        """The values of an enumeration, which must differ in C as well."""
        values = [
            EnumValue(
                shape.name,
                shape.condition,
                self.features(site, shape.features) if shape.features else [],
                "",
                "",
                site.place(shape.offset),
            )
            for shape in shapes
        ]
        self._check_distinct(values, "value")
        return values

    def members(self, site: Site, shapes: list[MemberShape]) -> list[Member]:
        """The members that *shapes* describe, with their types."""
        members = []
        source = site.source
        place = source.place
        for shape in shapes:
            features: list[Feature] = []
            if shape.features:
                features = self.features(site, shape.features)
                self._check_distinct(features, f"feature of member '{shape.name}':")
            members.append(
                Member(
                    shape.name,
                    self.type(shape.type, "member", shape.name),
                    shape.optional,
                    shape.condition,
                    features,
                    "",
                    "",
                    place(shape.offset),
                )
            )
        return members

    def alternatives(self, site: Site, shapes: list[BranchShape]) -> list[Member]:
        """The branches of an alternate."""
        members = [
            Member(
                shape.name,
                self.type(shape.type, "branch", shape.name),
                condition=shape.condition,
                place=site.place(shape.offset),
            )
            for shape in shapes
        ]
        self._check_distinct(members, "branch")
        return members

    def _check_distinct(
        self, items: list[Feature] | list[EnumValue] | list[Member], role: str
    ) -> None:
        """No two names are the same, in C either."""
        seen = {mangled(item.name): item.name for item in items}
        if len(seen) == len(items):
            return
        seen.clear()
        for item in items:
            other = seen.setdefault(mangled(item.name), item.name)
            if other is not item.name:
                offset = item.place.offset if item.place else None
                raise FaultError(clash(role, item.name, other), offset)

    # --- types

    def type(self, reference: TypeName, role: str, user: str = "") -> Type:
        """The type that *reference* names; *role* and *user* say whose type it is."""
        name = reference.name
        found = self.types.get(name)
        if found is None:
            found = self._find_unknown(reference, f"{role} '{user}'" if user else role)
        if not reference.is_array:
            return found
        array = self._arrays.get(name)
        if array is None:
            array = self._arrays[name] = ArrayType(found)
        return array

    def known_type(self, reference: TypeName, role: str, user: str = "") -> Type:
        """As :meth:`type`; raises :class:`TaintedError` where its definition is wrong."""
        found = self.type(reference, role, user)
        if found is UNKNOWN or (
            isinstance(found, ArrayType) and found.element is UNKNOWN
        ):
            raise TaintedError
        if reference.name in self.broken:
            raise TaintedError
        return found

    def _find_unknown(self, reference: TypeName, user: str) -> Type:
        """Nothing is defined by that name: an error, unless it is a consequence of another."""
        name = reference.name
        if self.incomplete or name in self.broken or self._similar(name, self.misnamed):
            return UNKNOWN
        other = self.sites.get(name)
        similar = self._similar(name, self.types)
        hint = f"did you mean '{similar}'?" if similar else ""
        if other is not None:
            hint = f"{other.title} is not a type"
        raise FaultError(
            f"{user} has the unknown type '{name:.80}'", reference.offset, hint
        )

    def _similar(self, name: str, names: Iterable[str]) -> str:
        """The one of *names* that *name* may have been meant to be; "" where there is none.

        Comparing is slow: it is not worth it where a whole file is missing.
        """
        if len(name) > _MAX_GUESSED or self._guesses >= _MAX_GUESSES:
            return ""
        from difflib import (
            get_close_matches,
        )  # only on this way out, it is slow to import

        self._guesses += 1
        return next(iter(get_close_matches(name, names, n=1, cutoff=0.8)), "")

    def wrapper(self, reference: TypeName, union: UnionType) -> StructType:
        """The struct around a branch of a simple union: its only member is ``data``."""
        wrapped = self.type(reference, "branch")
        key = wrapped.name
        wrapper = self._wrappers.get(key)
        if wrapper is None:
            c_name = f"{reference.name}List" if reference.is_array else reference.name
            wrapper = StructType(
                f"q_obj_{c_name}-wrapper",
                union.place,
                Doc(),
                _condition_of(wrapped),
                [],
                union.module,
                True,
                None,
                [Member("data", wrapped, place=union.place)],
            )
            self._wrappers[key] = wrapper
        return wrapper


def implicit_struct(
    name: str, role: str, owner: Definition, members: list[Member]
) -> StructType:
    """What *owner* writes inline as a struct: ``q_obj_migrate-arg``."""
    return StructType(
        f"q_obj_{name}-{role}",
        owner.place,
        Doc(),
        owner.condition,
        [],
        owner.module,
        True,
        None,
        members,
    )


def clash(role: str, name: str, other: str) -> str:
    """The message for two names that are one: they differ in ``-`` and ``_`` at most."""
    if name == other:
        return f"{role} '{name}' is there twice"
    return f"{role} '{name}' clashes with '{other}': they are one name in C"


def _condition_of(type_: Type) -> Condition | None:
    if isinstance(type_, ArrayType):
        return _condition_of(type_.element)
    return None if isinstance(type_, BuiltinType) else type_.condition
