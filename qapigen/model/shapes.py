"""Definitions whose shape has been checked, their short forms written out.

The checker makes these of the syntax tree, the resolver makes the model of them. Names of types are
still names; conditions are parsed. An ``offset`` is a place in the file of the definition.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from attrs import define

from qapigen.frontend.syntax import Expression
from qapigen.model.conditions import Condition
from qapigen.model.judge import Site

__all__ = [
    "AlternateShape",
    "BranchShape",
    "CommandShape",
    "EnumShape",
    "EventShape",
    "FeatureShape",
    "MemberShape",
    "Shape",
    "StructShape",
    "TypeName",
    "UnionShape",
    "ValueShape",
]


class TypeName(NamedTuple):
    """A reference to a type, or to an array of it."""

    name: str
    is_array: bool
    offset: int


class FeatureShape(NamedTuple):
    """A feature."""

    name: str
    condition: Condition | None
    offset: int


class MemberShape(NamedTuple):
    """A member of a struct, base or argument list."""

    name: str
    type: TypeName
    optional: bool
    condition: Condition | None
    features: tuple[FeatureShape, ...]
    offset: int


class ValueShape(NamedTuple):
    """A value of an enumeration."""

    name: str
    condition: Condition | None
    features: tuple[FeatureShape, ...]
    offset: int


class BranchShape(NamedTuple):
    """A branch of a union or alternate."""

    name: str
    type: TypeName
    condition: Condition | None
    offset: int


@define(slots=True, eq=False, kw_only=True)
class Shape:
    """What all definitions have."""

    expression: Expression
    site: Site
    meta: str
    name: str
    condition: Condition | None = None
    features: tuple[FeatureShape, ...] = ()


@define(slots=True, eq=False, kw_only=True)
class EnumShape(Shape):
    """An enumeration."""

    values: list[ValueShape]
    prefix: str


@define(slots=True, eq=False, kw_only=True)
class StructShape(Shape):
    """A struct."""

    members: list[MemberShape]
    base: TypeName | None


@define(slots=True, eq=False, kw_only=True)
class UnionShape(Shape):
    """A union. One without a discriminator is of the old simple form: it has no base either."""

    base: TypeName | list[MemberShape]
    discriminator: str | None
    discriminator_offset: int
    branches: list[BranchShape]


@define(slots=True, eq=False, kw_only=True)
class AlternateShape(Shape):
    """An alternate."""

    branches: list[BranchShape]


#: Arguments: the name of their type, or the members themselves; none at all is an empty list.
Arguments: TypeAlias = "TypeName | list[MemberShape]"


@define(slots=True, eq=False, kw_only=True)
class CommandShape(Shape):
    """A command."""

    arguments: Arguments
    boxed: bool
    returns: TypeName | None
    gen: bool
    success_response: bool
    allow_oob: bool
    allow_preconfig: bool
    coroutine: bool


@define(slots=True, eq=False, kw_only=True)
class EventShape(Shape):
    """An event."""

    arguments: Arguments
    boxed: bool
