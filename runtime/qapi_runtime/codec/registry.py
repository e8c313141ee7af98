"""From generated packages to nodes.

A package says in its ``_registry`` where the class of each QAPI type is. Nodes are
made when first asked for, so that a program pays for what it uses: asking for one
type imports one module, and those that its members need when it is first decoded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from qapi_runtime.types import Metadata, QapiEnum, QType, Struct

from .nodes import (
    BUILTINS,
    AlternateNode,
    ArrayNode,
    BoolNode,
    EnumNode,
    IntNode,
    Member,
    Node,
    NullNode,
    NumberNode,
    ObjectNode,
    StringNode,
    StructNode,
    Tag,
    UnionNode,
)

if TYPE_CHECKING:
    from attrs import Attribute

__all__ = ["Package", "class_node", "package", "package_of"]

_QTYPE = EnumNode("QType", QType)
#: The kinds of JSON values a branch of an alternate takes, the one that is its own first.
_KINDS: dict[type[Node], tuple[type, ...]] = {
    StringNode: (str,),
    EnumNode: (str,),
    BoolNode: (bool,),
    IntNode: (int, float),
    NumberNode: (float, int),
    NullNode: (type(None),),
    ArrayNode: (list,),
    StructNode: (dict,),
    UnionNode: (dict,),
}


class Package:
    """The types of one generated package, by QAPI name."""

    def __init__(self, name: str) -> None:
        self.name = name
        registry = import_module(f"{name}._registry")
        self._types: Mapping[str, tuple[str, str, str]] = registry.TYPES
        self._alternates: Mapping[str, tuple[str, ...]] = registry.ALTERNATES
        self._nodes: dict[str, Node] = {}
        self._lock = RLock()
        #: Nodes that are being made: an alternate may have an array of itself.
        self._making: dict[str, Node] = {}
        self._depth = 0

    def node(self, type_: str) -> Node:
        """The node of a QAPI type: ``str``, ``[uint16]``, ``SocketAddress``, ...

        :raises LookupError: the schema has no such type.
        """
        found = self._nodes.get(type_)
        if found is None:
            with self._lock:
                found = self._nodes.get(type_) or self._making.get(type_)
                if found is None:
                    found = self._make_whole(type_)
        return found

    def _make_whole(self, type_: str) -> Node:
        """Make a node; others see it, and those it needs, when all of them are complete."""
        self._depth += 1
        try:
            found = self._making[type_] = self._make(type_)
            if self._depth == 1:
                self._nodes.update(self._making)
            return found
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._making.clear()

    def _make(self, type_: str) -> Node:
        if type_.startswith("["):
            return ArrayNode(type_, self.node(type_[1:-1]))
        if type_ in BUILTINS:
            return BUILTINS[type_]
        if type_ == "QType":
            return _QTYPE
        if type_ not in self._types:
            raise LookupError(f"package {self.name!r} has no QAPI type {type_!r}")
        kind, module, name = self._types[type_]
        if kind == "alternate":
            return self._alternate(type_)
        cls: Any = getattr(import_module(f"{self.name}.{module}"), name)
        if kind == "enum":
            return EnumNode(type_, cls)
        if kind == "union":
            return self.union(type_, get_args(cls) or (cls,))
        return self.struct(type_, cls)

    def _alternate(self, type_: str) -> AlternateNode:
        branches: dict[type, Node] = {}
        alternate = self._making[type_] = AlternateNode(type_, branches)
        nodes = [self.node(branch) for branch in self._alternates[type_]]
        for node in nodes:
            branches[_KINDS[type(node)][0]] = node
        # A whole number is a number where no branch wants integers; a fraction is for the
        # branch of integers to refuse where no branch wants numbers.
        for node in nodes:
            for kind in _KINDS[type(node)][1:]:
                branches.setdefault(kind, node)
        return alternate

    def member(self, attr: str, metadata: Metadata) -> Member:
        """The member that ``qapi(...)`` describes."""
        node = self.node(metadata["type"])
        return Member(attr, metadata["name"], node, optional=metadata["optional"])

    def arguments(self, name: str, members: Mapping[str, Metadata]) -> ObjectNode:
        """An object without a class: a command's arguments."""
        return ObjectNode(name, lambda: [self.member(*m) for m in members.items()])

    def struct(self, name: str, cls: type[Struct]) -> StructNode:
        """An object with a class."""
        rest, whole = None, None
        made: dict[str, Callable[[], object]] = {}
        for field in cls.__attrs_attrs__:
            if "name" not in field.metadata:
                default: Any = field.default
                made[field.name] = default.factory
            elif field.metadata["name"] == "":
                if field.metadata["type"] == "any":
                    rest = field.name
                else:
                    whole = self.member(field.name, field.metadata)
        return StructNode(
            name, cls, lambda: self._members(cls), rest=rest, whole=whole, made=made
        )

    def class_node(self, cls: type[Struct]) -> Node:
        """The node of a class of this package; one variant of a union is a choice."""
        if _tag_fields(cls):
            return self.union(cls.__name__, (cls,))
        kind, _, name = self._types.get(cls.__qapi__.name, ("", "", ""))
        if kind == "struct" and name == cls.__name__:
            return self.node(cls.__qapi__.name)
        node = self.struct(cls.__name__, cls)
        return node if node.rest is None else self.union(cls.__name__, (cls,))

    def _members(self, cls: type[Struct]) -> list[Member]:
        members = [
            self._tag(field) if not field.init else self.member(field.name, metadata)
            for field in cls.__attrs_attrs__
            if (metadata := field.metadata).get("name")
        ]
        # attrs puts the fields of the base first. Where the union's tag stands among
        # them, the base says so.
        for base in cls.__mro__:
            if (at := vars(base).get("__tag_index__")) is not None:
                wire = vars(base)["__tag__"]
                tag = next(member for member in members if member.wire == wire)
                members.remove(tag)
                members.insert(at, tag)
        return members

    def _tag(self, field: Attribute[Any]) -> Tag:
        node = self.node(field.metadata["type"])
        assert isinstance(node, EnumNode)
        assert isinstance(field.default, QapiEnum)
        return Tag(field.name, field.metadata["name"], node, field.default)

    def union(self, name: str, classes: Iterable[type[Struct]]) -> UnionNode:
        """The choice among the classes of a union's alias.

        Only tags are looked at: a union may contain itself, so members come later.
        """
        variants = [
            _Variant(self.struct(name, cls), [self._tag(f) for f in _tag_fields(cls)])
            for cls in classes
        ]
        return self._choice(name, variants, 0)

    def _choice(self, name: str, variants: list[_Variant], depth: int) -> UnionNode:
        """The choice by the tag at ``depth``: those above are the same in all."""
        cases: dict[str, list[_Variant]] = {}
        fallback = None
        for variant in variants:
            if len(variant.tags) > depth:
                cases.setdefault(str(variant.tags[depth].value), []).append(variant)
            else:
                fallback = variant.node
        # Any variant can say which member is the tag, but best one that has fixed it.
        sample = max(variants, key=lambda variant: len(variant.tags))
        return UnionNode(
            name,
            self._tag_at(sample, depth),
            {
                value: (
                    self._choice(name, some, depth + 1)
                    if len(some) > 1 or some[0].node.rest
                    else some[0].node
                )
                for value, some in cases.items()
            },
            fallback,
            sample.node,
        )

    def _tag_at(self, variant: _Variant, depth: int) -> Member:
        if len(variant.tags) > depth:
            tag = variant.tags[depth]
            return Member(tag.attr, tag.wire, tag.node, optional=False)
        # There is the fallback alone. Its base names the outermost tag; an inner one
        # is the enum among its own members.
        cls = variant.node.cls
        for field in cls.__attrs_attrs__:
            named = field.metadata["name"] == cls.__tag__
            own = field.name in vars(cls)["__annotations__"]
            if named if depth == 0 else own and self._is_tag(field):
                return self.member(field.name, field.metadata)
        raise TypeError(f"{cls.__qualname__} has no tag")

    def _is_tag(self, field: Attribute[Any]) -> bool:
        kind = self._types.get(field.metadata["type"], ("",))[0]
        mandatory = not field.metadata["optional"]
        return field.init and mandatory and kind == "enum"


class _Variant(NamedTuple):
    node: StructNode
    tags: list[Tag]


def _tag_fields(cls: type[Struct]) -> list[Attribute[Any]]:
    """The tags that a variant fixes, from the outermost inwards."""
    return [field for field in cls.__attrs_attrs__ if not field.init]


_packages: dict[str, Package] = {}
_class_nodes: dict[type, Node] = {}


def package(name: str) -> Package:
    """The package of this (importable) name.

    :raises ImportError: there is none, or it was not made by qapigen.
    """
    if name not in _packages:
        _packages[name] = Package(name)
    return _packages[name]


def package_of(cls: type) -> Package:
    """The package that a generated class, or a subclass of one, comes from.

    :raises TypeError: it does not come from one.
    """
    for base in cls.__mro__:
        if "__qapi__" in vars(base):
            name = base.__module__.rpartition(".")[0].rpartition(".")[0]
            if f"{name}._registry" in sys.modules or _has_registry(name):
                return package(name)
    raise TypeError(f"{cls.__qualname__} is not a class that qapigen made")


def _has_registry(name: str) -> bool:
    try:
        import_module(f"{name}._registry")
    except ImportError:
        return False
    return True


def class_node(cls: type) -> Node:
    """The node of a generated class: an enum, a struct, a variant, an event.

    :raises TypeError: the class was not generated.
    """
    if cls not in _class_nodes:
        _class_nodes[cls] = _make_class_node(cls)
    return _class_nodes[cls]


def _make_class_node(cls: type) -> Node:
    if cls is QType:
        return _QTYPE
    home = package_of(cls)
    if issubclass(cls, QapiEnum):
        return EnumNode(cls.__name__, cls)
    if issubclass(cls, Struct):
        return home.class_node(cls)
    raise TypeError(f"{cls.__qualname__} is not a class that qapigen made")
