"""What a QAPI type looks like to the codec.

Nodes only describe. The careful walkers (:mod:`.walk_decode`, :mod:`.walk_encode`)
interpret them, :mod:`.fast_decode` and :mod:`.fast_encode` turn them into code;
both must agree, and the tests hold them to it. :mod:`.registry` builds nodes from
generated packages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from qapi_runtime.types import UNSET, QapiEnum, Unset

__all__ = [
    "BUILTINS",
    "AlternateNode",
    "AnyNode",
    "ArrayNode",
    "BoolNode",
    "EnumNode",
    "IntNode",
    "Member",
    "Node",
    "NullNode",
    "NumberNode",
    "ObjectNode",
    "StringNode",
    "StructNode",
    "Tag",
    "UnionNode",
]


class Node:
    """One QAPI type. ``name`` is the schema's, for messages."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @property
    def admits_null(self) -> bool:
        """Whether JSON's null is a value, so that absence needs a sign of its own."""
        return False


class StringNode(Node):
    """``str``"""

    __slots__ = ()


class BoolNode(Node):
    """``bool``"""

    __slots__ = ()


class NumberNode(Node):
    """``number``: an int stays an int, nothing is lost."""

    __slots__ = ()


class NullNode(Node):
    """``null``"""

    __slots__ = ()

    @property
    def admits_null(self) -> bool:
        """Yes, and nothing else."""
        return True


class AnyNode(Node):
    """``any``: JSON data, left as it is."""

    __slots__ = ()

    @property
    def admits_null(self) -> bool:
        """Yes, among everything else."""
        return True


class IntNode(Node):
    """An integer with a width: ``bits`` wide, ``signed`` or not."""

    __slots__ = ("bits", "high", "low", "signed")

    def __init__(self, name: str, bits: int, *, signed: bool) -> None:
        super().__init__(name)
        self.bits = bits
        self.signed = signed
        self.low = -(1 << bits - 1) if signed else 0
        self.high = (1 << bits - 1 if signed else 1 << bits) - 1


class EnumNode(Node):
    """An enum; ``strings`` has the plain string of every known value."""

    __slots__ = ("cls", "strings")

    def __init__(self, name: str, cls: type[QapiEnum]) -> None:
        super().__init__(name)
        self.cls = cls
        self.strings = {member.value: member.value for member in cls}


class ArrayNode(Node):
    """``[item]``"""

    __slots__ = ("item",)

    def __init__(self, name: str, item: Node) -> None:
        super().__init__(name)
        self.item = item


class AlternateNode(Node):
    """One of several types, told apart by JSON type.

    ``branches`` has a node by kind of JSON value: ``str``, ``int`` and ``float``
    (one node for both), ``bool``, ``NoneType``, ``list``, ``dict``.
    """

    __slots__ = ("branches",)

    def __init__(self, name: str, branches: Mapping[type, Node]) -> None:
        super().__init__(name)
        self.branches = branches

    @property
    def admits_null(self) -> bool:
        """Where one of the branches is null."""
        return type(None) in self.branches


class Member:
    """A member of an object: ``attr`` in Python, ``wire`` in JSON."""

    __slots__ = ("attr", "node", "optional", "wire")

    def __init__(self, attr: str, wire: str, node: Node, *, optional: bool) -> None:
        self.attr = attr
        self.wire = wire
        self.node = node
        self.optional = optional

    @property
    def absent(self) -> Unset | None:
        """What an absent member reads as in Python."""
        return UNSET if self.node.admits_null else None

    def is_absent(self, value: object) -> bool:
        """Whether ``value`` means that the (optional) member is not there."""
        return value is UNSET or (value is None and not self.node.admits_null)


class Tag(Member):
    """A member whose value the class fixes: ``value``."""

    __slots__ = ("value",)
    node: EnumNode

    def __init__(self, attr: str, wire: str, node: EnumNode, value: QapiEnum) -> None:
        super().__init__(attr, wire, node, optional=False)
        self.value = value


class ObjectNode(Node):
    """Members without a class: the arguments of a command, by Python name.

    Members are resolved when first looked at, for a type may contain itself.
    """

    __slots__ = ("_members", "_resolve")

    def __init__(self, name: str, resolve: Callable[[], list[Member]]) -> None:
        super().__init__(name)
        self._resolve = resolve
        self._members: tuple[Member, ...] | None = None

    @property
    def members(self) -> tuple[Member, ...]:
        """All members, tags among them, in the order of the schema."""
        if self._members is None:
            self._members = tuple(self._resolve())
        return self._members

    @property
    def wire_names(self) -> frozenset[str]:
        """The names an object of this type may have on the wire."""
        return frozenset(member.wire for member in self.members)


class StructNode(ObjectNode):
    """An object with a class.

    ``rest`` is the attribute that takes all other members as they are (a union's
    variant with an unknown tag), or None. ``whole`` is an attribute that takes the
    whole object as another type (an event whose data is a union), or None. ``made`` has
    what is no member of the schema (when an event was), and what makes it.
    """

    __slots__ = ("cls", "made", "rest", "whole")

    def __init__(
        self,
        name: str,
        cls: type[Any],
        resolve: Callable[[], list[Member]],
        *,
        rest: str | None = None,
        whole: Member | None = None,
        made: Mapping[str, Callable[[], object]] = MappingProxyType({}),
    ) -> None:
        super().__init__(name, resolve)
        self.cls = cls
        self.made = made
        self.rest = rest
        self.whole = whole


class UnionNode(Node):
    """A choice by the value of the member ``tag``.

    A case is a variant, or the next choice where unions are nested. ``fallback``
    takes what has no case.
    """

    __slots__ = ("_sample", "cases", "fallback", "tag")

    def __init__(
        self,
        name: str,
        tag: Member,
        cases: Mapping[str, StructNode | UnionNode],
        fallback: StructNode | None,
        sample: StructNode,
    ) -> None:
        super().__init__(name)
        self.tag = tag
        self.cases = cases
        self.fallback = fallback
        self._sample = sample

    @property
    def lead(self) -> tuple[Member, ...]:
        """Members up to the tag, which are checked before a variant is chosen."""
        wires = [member.wire for member in self._sample.members]
        return self._sample.members[: wires.index(self.tag.wire) + 1]

    def variants(self) -> Iterator[StructNode]:
        """All variants, fallbacks included, whatever their depth."""
        for case in self.cases.values():
            if isinstance(case, UnionNode):
                yield from case.variants()
            else:
                yield case
        if self.fallback is not None:
            yield self.fallback


#: The types every schema has.
BUILTINS: Mapping[str, Node] = {
    "str": StringNode("str"),
    "bool": BoolNode("bool"),
    "number": NumberNode("number"),
    "null": NullNode("null"),
    "any": AnyNode("any"),
    "int": IntNode("int", 64, signed=True),
    "size": IntNode("size", 64, signed=False),
    **{f"int{n}": IntNode(f"int{n}", n, signed=True) for n in (8, 16, 32, 64)},
    **{f"uint{n}": IntNode(f"uint{n}", n, signed=False) for n in (8, 16, 32, 64)},
}
