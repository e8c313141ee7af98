"""The semantic model: what a schema means, with every name resolved.

The resolver builds it from the syntax tree; views and introspection read it; nobody changes it.
Entities compare by identity. Everything is in the order of the schema.

Terms are QAPI's own (``docs/devel/qapi-code-gen``): an *object type* is a struct or a union; a
union's *tag* is the member that its *discriminator* names; a *branch* of a union adds members.
What the schema writes inline (a command's ``data``, a union's ``base``) becomes a type without a
name here: its ``name`` begins with ``q_`` as in QEMU and ``implicit`` is true.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from attrs import define, field

from qapigen.frontend.source import Place
from qapigen.model.conditions import Condition

__all__ = [
    "AlternateType",
    "ArrayType",
    "Branch",
    "BuiltinType",
    "Command",
    "Definition",
    "Doc",
    "EnumType",
    "EnumValue",
    "Event",
    "Feature",
    "JsonType",
    "Member",
    "Module",
    "Pruning",
    "Schema",
    "StructType",
    "Type",
    "UnionType",
]

JsonType = Literal[
    "null", "string", "int", "number", "boolean", "object", "array", "value"
]


@define(eq=False)
class Doc:
    """A documentation comment, taken apart. Text keeps the markup of the schema, dedented."""

    #: What stands before the first section (paragraphs separated by a blank line).
    body: str = ""
    #: member, enum value, branch or argument -> its text
    members: dict[str, str] = field(factory=dict)
    features: dict[str, str] = field(factory=dict)
    #: "1.0", "2.12"; "" where not given
    since: str = ""
    #: All of that section, where it says more: "2.1 (poweroff since 2.8)".
    since_text: str = ""
    returns: str = ""
    errors: str = ""
    #: All other sections in order: (kind, text); kinds are "note", "todo", "example", "text" ...
    sections: list[tuple[str, str]] = field(factory=list)


@define(eq=False)
class Feature:
    """A feature of a definition, member or enum value."""

    name: str
    condition: Condition | None = None
    place: Place | None = None


@define(eq=False)
class Member:
    """A member of an object type, or a branch of an alternate."""

    name: str
    type: Type
    optional: bool = False
    condition: Condition | None = None
    features: list[Feature] = field(factory=list)
    #: The text of ``@name:``, and the version its "(since X)" names ("" where it has none).
    doc: str = ""
    since: str = ""
    place: Place | None = None

    @property
    def may_be_absent(self) -> bool:
        """Whether an object may lack it: it is optional, or nobody knows if the peer has it."""
        return self.optional or self.condition is not None


@define(eq=False)
class EnumValue:
    """A value of an enumeration."""

    name: str
    condition: Condition | None = None
    features: list[Feature] = field(factory=list)
    doc: str = ""
    since: str = ""
    place: Place | None = None


@define(eq=False)
class Branch:
    """A branch of a union: which members a value of the tag adds."""

    #: A value of the tag's enumeration.
    value: str
    #: None where the branch adds nothing (also for values that the schema does not list).
    type: StructType | UnionType | None
    condition: Condition | None = None
    #: The schema lists this branch.
    listed: bool = True
    #: The text of ``@value:`` in an old simple union's comment.
    doc: str = ""
    place: Place | None = None


@define(eq=False)
class BuiltinType:
    """``str``, ``int``, ``size``, ``any`` ... ``QType``."""

    name: str
    json_type: JsonType


@define(eq=False)
class ArrayType:
    """``['T']``."""

    element: Type

    @property
    def name(self) -> str:
        """``[T]``, as in introspection."""
        return f"[{self.element.name}]"


@define(eq=False)
class Definition:
    """What every definition has."""

    name: str
    place: Place | None
    doc: Doc
    condition: Condition | None = None
    features: list[Feature] = field(factory=list)
    #: The file it is defined in: key into ``Schema.modules``.
    module: str = ""
    implicit: bool = False

    def has_feature(self, name: str) -> bool:
        """Whether it is marked so, as with ``deprecated`` and ``unstable``."""
        return any(feature.name == name for feature in self.features)


@define(eq=False)
class EnumType(Definition):
    """An enumeration. ``prefix`` is that of the C constants, "" where none is given."""

    values: list[EnumValue] = field(factory=list)
    prefix: str = ""


@define(eq=False)
class StructType(Definition):
    """A struct. ``members`` are its own; those of ``base`` come first on the wire."""

    base: StructType | None = None
    members: list[Member] = field(factory=list)

    @property
    def all_members(self) -> list[Member]:
        """Those of the base, recursively, then its own."""
        if self.base is None:
            return list(self.members)
        chain: list[StructType] = [self]
        while (base := chain[-1].base) is not None:
            chain.append(base)
        return [member for struct in reversed(chain) for member in struct.members]


@define(eq=False)
class UnionType(Definition):
    """A union. An old simple union has an implicit base with ``type`` and wrapper structs here."""

    #: The common members; implicit where the schema writes them inline.
    base: StructType = field(kw_only=True)
    tag: Member = field(kw_only=True)
    #: One for each value of the tag's enumeration, in that order.
    branches: list[Branch] = field(factory=list, kw_only=True)
    #: Written in the old form without discriminator: every branch has one member, ``data``.
    simple: bool = field(default=False, kw_only=True)


@define(eq=False)
class AlternateType(Definition):
    """A choice between types, made by the JSON type of the value."""

    branches: list[Member] = field(factory=list)


Type: TypeAlias = (
    "BuiltinType | ArrayType | EnumType | StructType | UnionType | AlternateType"
)


@define(eq=False)
class Command(Definition):
    """A command."""

    #: None: no arguments. Implicit: written inline.
    arguments: StructType | UnionType | None = None
    boxed: bool = False
    returns: Type | None = None
    gen: bool = True
    success_response: bool = True
    allow_oob: bool = False
    allow_preconfig: bool = False
    coroutine: bool = False


@define(eq=False)
class Event(Definition):
    """An event."""

    arguments: StructType | UnionType | None = None
    boxed: bool = False


@define(eq=False)
class Module:
    """A schema file."""

    #: Path relative to the root's folder, with forward slashes: ``block-core.json``.
    name: str
    #: Path as shown in messages.
    path: str
    #: Headings and introductions that document no definition.
    free_docs: list[str] = field(factory=list)


@define(eq=False)
class Pruning:
    """Where a schema for one configuration comes from."""

    whole: Schema
    #: What is left of a condition: whether it holds, or what is still open.
    decide: Callable[[Condition | None], bool | Condition]


@define(eq=False)
class Schema:
    """A whole schema: one root and all it includes."""

    root: Module
    #: By name, in include order; the root is the last to be complete but stands where it began.
    modules: dict[str, Module]
    #: All named definitions in the order of the schema, implicit enumerations of simple unions too.
    definitions: list[Definition] = field(factory=list)
    #: Set where conditions have been fixed: the whole schema and how they were.
    pruning: Pruning | None = None

    def types(self) -> list[EnumType | StructType | UnionType | AlternateType]:
        """The named types."""
        kinds = (EnumType, StructType, UnionType, AlternateType)
        return [entity for entity in self.definitions if isinstance(entity, kinds)]

    def commands(self) -> list[Command]:
        """The commands."""
        return [entity for entity in self.definitions if isinstance(entity, Command)]

    def events(self) -> list[Event]:
        """The events."""
        return [entity for entity in self.definitions if isinstance(entity, Event)]
