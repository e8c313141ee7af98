"""The careful decoder: wire data to typed values, one step at a time.

It knows where it is, so it can say where the fault is. Members are visited in the
order of the schema, depth first, and the first fault counts; unknown members are
looked at after the known ones were good. (That is QEMU's order, which a server's
error replies show.) The fast decoder gives the same values and leaves everything
that looks wrong to this one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .faults import Fault
from .hash_order import first_unexpected
from .nodes import (
    AlternateNode,
    AnyNode,
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
    UnionNode,
)
from .options import DecodeOptions, notice_unknown

__all__ = ["DecodeWalk"]


class DecodeWalk:
    """One walk over one piece of wire data. Every method raises Fault."""

    def __init__(self, options: DecodeOptions) -> None:
        self.options = options
        self.path: list[str | int] = []

    def value(self, node: Node, data: Any) -> Any:
        """Decode ``data`` as a value of type ``node``."""
        return _BY_NODE[type(node)](self, node, data)

    def step(self, step: str | int, node: Node, data: Any) -> Any:
        """Decode a part of the present value; ``step`` is its name or index."""
        self.path.append(step)
        value = self.value(node, data)
        self.path.pop()
        return value

    def fault(self, node: Node, data: object) -> Fault:
        """Wrong JSON type, here."""
        return Fault("type", self.path, node, data)

    def string(self, node: StringNode, data: Any) -> str:
        """``str``"""
        if type(data) is not str:
            raise self.fault(node, data)
        return data

    def boolean(self, node: BoolNode, data: Any) -> bool:
        """``bool``"""
        if type(data) is not bool:
            raise self.fault(node, data)
        return data

    def number(self, node: NumberNode, data: Any) -> float:
        """``number``"""
        if type(data) is not float and type(data) is not int:
            raise self.fault(node, data)
        return data

    def null(self, node: NullNode, data: Any) -> None:
        """``null``"""
        if data is not None:
            raise self.fault(node, data)

    def anything(self, _node: AnyNode, data: Any) -> Any:
        """``any``"""
        return data

    def integer(self, node: IntNode, data: Any) -> int:
        """An integer within its range."""
        if type(data) is not int:
            raise self.fault(node, data)
        number: int = data
        if self.options.like_qemu and node.low == 0 and -(1 << 63) <= number < 0:
            number += 1 << 64
        if not node.low <= number <= node.high:
            raise Fault("range", self.path, node, data)
        return number

    def enum(self, node: EnumNode, data: Any) -> Any:
        """An enum's member, or one that is not known."""
        if type(data) is not str:
            raise self.fault(node, data)
        if data not in node.strings and self.options.unknown_values == "refuse":
            raise Fault("value", self.path, node, data)
        return node.cls(data)

    def array(self, node: ArrayNode, data: Any) -> list[Any]:
        """``[item]``"""
        if not isinstance(data, list):
            raise self.fault(node, data)
        return [self.step(i, node.item, item) for i, item in enumerate(data)]

    def alternate(self, node: AlternateNode, data: Any) -> Any:
        """The branch for this kind of JSON value."""
        kind = next((k for k in (dict, list) if isinstance(data, k)), type(data))
        branch = node.branches.get(kind)
        if branch is None:
            raise self.fault(node, data)
        return self.value(branch, data)

    def arguments(self, node: ObjectNode, data: Any) -> dict[str, Any]:
        """Members without a class: what is there, by Python name."""
        known = self.known_members(node, node.members, data)
        self.unknown_members(node, data)
        return known

    def struct(self, node: StructNode, data: Any) -> Any:
        """An object of the struct's class."""
        if not isinstance(data, dict):
            raise self.fault(node, data)
        found = self.known_members(node, node.members, data)
        struct = object.__new__(node.cls)
        for member in node.members:
            value = found.get(member.attr, member.absent)
            setattr(struct, member.attr, value)
        for attr, make in node.made.items():
            setattr(struct, attr, make())
        if node.rest is not None:
            setattr(struct, node.rest, _others(node, data))
            self.refuse_unexpected(node, data)
        elif node.whole is not None:
            setattr(struct, node.whole.attr, self.value(node.whole.node, data))
        elif unknown := self.unknown_members(node, data):
            struct._unknown_members_ = unknown
        return struct

    def known_members(
        self, node: Node, members: tuple[Member, ...], data: Any
    ) -> dict[str, Any]:
        """The members that are there, by Python name, after checking them all."""
        if not isinstance(data, dict):
            raise self.fault(node, data)
        found: dict[str, Any] = {}
        for member in members:
            if member.wire in data:
                found[member.attr] = self.step(
                    member.wire, member.node, data[member.wire]
                )
            elif not member.optional:
                raise Fault("missing", [*self.path, member.wire], member.node)
        return found

    def unknown_members(self, node: ObjectNode, data: dict[str, Any]) -> dict[str, Any]:
        """Deal with members that the schema does not have; what is to be kept."""
        if len(data) == sum(member.wire in data for member in node.members):
            return {}
        self.refuse_unexpected(node, data)
        others = _others(node, data)
        if self.options.unknown_members == "keep":
            return others
        notice_unknown(node.name, others)
        return {}

    def refuse_unexpected(self, node: ObjectNode, data: dict[str, Any]) -> None:
        """Raise for the first member that the schema does not have, if told to."""
        if self.options.unknown_members != "refuse":
            return
        others = _others(node, data)
        if not others:
            return
        name: str | None = next(iter(others))
        if self.options.like_qemu and len(others) > 1:
            name = first_unexpected(data, (member.wire for member in node.members))
        assert name is not None
        raise Fault("unexpected", [*self.path, name], None, data[name])

    def union(self, node: UnionNode, data: Any) -> Any:
        """The variant that the tags choose."""
        self.known_members(node, node.lead, data)
        case = node.cases.get(data[node.tag.wire], node.fallback)
        if case is None:
            tag = data[node.tag.wire]
            raise Fault("value", [*self.path, node.tag.wire], node.tag.node, tag)
        return self.value(case, data)


def _others(node: ObjectNode, data: dict[str, Any]) -> dict[str, Any]:
    names = node.wire_names
    return {name: value for name, value in data.items() if name not in names}


_BY_NODE: dict[type, Callable[[DecodeWalk, Any, Any], Any]] = {
    StringNode: DecodeWalk.string,
    BoolNode: DecodeWalk.boolean,
    NumberNode: DecodeWalk.number,
    NullNode: DecodeWalk.null,
    AnyNode: DecodeWalk.anything,
    IntNode: DecodeWalk.integer,
    EnumNode: DecodeWalk.enum,
    ArrayNode: DecodeWalk.array,
    AlternateNode: DecodeWalk.alternate,
    ObjectNode: DecodeWalk.arguments,
    StructNode: DecodeWalk.struct,
    UnionNode: DecodeWalk.union,
}
