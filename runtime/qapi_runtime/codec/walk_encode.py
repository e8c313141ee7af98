"""The careful encoder: typed values to wire data, one step at a time.

The twin of :mod:`.walk_decode`. What it returns is new and plain (dict, list, str,
int, float, bool, None): changing it does not change the value, and every JSON
library can write it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from qapi_runtime.types import UNSET, QapiEnum, Struct, unknown_members

from .faults import Fault, describe
from .nodes import (
    BUILTINS,
    AlternateNode,
    AnyNode,
    ArrayNode,
    BoolNode,
    EnumNode,
    IntNode,
    Node,
    NullNode,
    NumberNode,
    ObjectNode,
    StringNode,
    StructNode,
    Tag,
    UnionNode,
)
from .registry import class_node

__all__ = ["EncodeWalk"]

_STR = BUILTINS["str"]
_ANY = BUILTINS["any"]
#: What JSON integers of QMP can be: below is int64, above is uint64.
_LOWEST, _HIGHEST = -(1 << 63), (1 << 64) - 1


class EncodeWalk:
    """One walk over one typed value. Every method raises Fault."""

    def __init__(self, *, allow_unknown: bool) -> None:
        self.allow_unknown = allow_unknown
        self.path: list[str | int] = []

    def value(self, node: Node, value: Any) -> Any:
        """Encode ``value`` as a value of type ``node``."""
        return _BY_NODE[type(node)](self, node, value)

    def step(self, step: str | int, node: Node, value: Any) -> Any:
        """Encode a part of the present value; ``step`` is its name or index."""
        self.path.append(step)
        data = self.value(node, value)
        self.path.pop()
        return data

    def fault(self, node: Node, value: object) -> Fault:
        """Wrong type, here."""
        if isinstance(node, StructNode | UnionNode) and isinstance(value, Mapping):
            detail = f"expected {_class_names(node)}, got a {type(value).__name__}"
            return Fault("other", self.path, node, value, detail)
        return Fault("type", self.path, node, value)

    def string(self, node: Node, value: Any) -> str:
        """``str``; a subclass (an enum, say) becomes a plain one."""
        if not isinstance(value, str):
            raise self.fault(node, value)
        text = value if type(value) is str else str.__str__(value)
        if not text.isascii():
            self.check_unicode(text)
        return text

    def check_unicode(self, text: str) -> None:
        """Half of a surrogate pair cannot be sent: it is no character."""
        try:
            text.encode()
        except UnicodeEncodeError as error:
            half = f"U+{ord(text[error.start]):04X}"
            detail = f"character {error.start} is {half}, half of a surrogate pair"
            raise Fault("other", self.path, _STR, text, detail) from None

    def boolean(self, node: BoolNode, value: Any) -> bool:
        """``bool``"""
        if type(value) is not bool:
            raise self.fault(node, value)
        return value

    def number(self, node: Node, value: Any) -> float:
        """``number``"""
        if isinstance(value, float):
            if not math.isfinite(value):
                detail = f"{value} is no number that JSON can express"
                raise Fault("other", self.path, node, value, detail)
            return value if type(value) is float else float(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.fault(node, value)
        return self.any_integer(node, value)

    def any_integer(self, node: Node, value: int) -> int:
        """An integer where the schema does not say how wide it is."""
        if not _LOWEST <= value <= _HIGHEST:
            detail = "the integer does not fit into 64 bits"
            raise Fault("other", self.path, node, value, detail)
        return int(value)

    def null(self, node: NullNode, value: Any) -> None:
        """``null``"""
        if value is not None:
            raise self.fault(node, value)

    def anything(self, node: AnyNode, value: Any) -> Any:
        """``any``: JSON data; structs and enums in it are encoded on the way."""
        if value is None or type(value) is bool:
            return value
        if isinstance(value, QapiEnum):
            return self.own_enum(value)
        if isinstance(value, str):
            return self.string(_STR, value)
        if isinstance(value, (int, float)):
            return self.number(node, value)
        if _is_sequence(value):
            return [self.step(i, node, item) for i, item in enumerate(value)]
        if isinstance(value, Mapping):
            return self.mapping(node, value)
        if isinstance(value, Struct):
            return self.value(class_node(type(value)), value)
        raise self.fault(node, value)

    def mapping(self, node: AnyNode, value: Mapping[Any, Any]) -> dict[str, Any]:
        """An object of any members."""
        data: dict[str, Any] = {}
        for name, item in value.items():
            if not isinstance(name, str):
                detail = f"a member's name must be a string, not {name!r:.60}"
                raise Fault("other", self.path, node, value, detail)
            plain = self.string(_STR, name)
            data[plain] = self.step(plain, node, item)
        return data

    def own_enum(self, value: QapiEnum) -> str:
        """An enum's member where any string would do."""
        if not value.known and not self.allow_unknown:
            node = EnumNode(type(value).__name__, type(value))
            raise Fault("value", self.path, node, value)
        return value.value

    def integer(self, node: IntNode, value: Any) -> int:
        """An integer within its range."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.fault(node, value)
        if not node.low <= value <= node.high:
            raise Fault("range", self.path, node, value)
        return int(value)

    def enum(self, node: EnumNode, value: Any) -> str:
        """One of the enum's values; its plain string will do."""
        if not isinstance(value, str):
            raise self.fault(node, value)
        if value not in node.strings and not (
            self.allow_unknown and isinstance(value, node.cls)
        ):
            raise Fault("value", self.path, node, str.__str__(value))
        return str.__str__(value)

    def array(self, node: ArrayNode, value: Any) -> list[Any]:
        """``[item]``"""
        if not _is_sequence(value):
            raise self.fault(node, value)
        return [self.step(i, node.item, item) for i, item in enumerate(value)]

    def alternate(self, node: AlternateNode, value: Any) -> Any:
        """The branch for this kind of value."""
        branch = node.branches.get(_json_kind(value))
        if branch is None:
            raise self.fault(node, value)
        return self.value(branch, value)

    def arguments(self, node: ObjectNode, value: Any) -> dict[str, Any]:
        """Members by Python name."""
        return self.members(node, value)

    def struct(self, node: StructNode, value: Any) -> dict[str, Any]:
        """An object of the struct's class (a subclass may not add members)."""
        cls = node.cls
        if not isinstance(value, cls):
            raise self.fault(node, value)
        if len(value.__attrs_attrs__) != len(cls.__attrs_attrs__):
            raise self.fault(node, value)
        if node.whole is not None:
            whole: dict[str, Any] = self.value(
                node.whole.node, getattr(value, node.whole.attr)
            )
            return whole
        attributes = {
            member.attr: getattr(value, member.attr) for member in node.members
        }
        data = self.members(node, attributes)
        if node.rest is not None:
            self.rest(node, data, getattr(value, node.rest))
        for name, item in unknown_members(value).items():
            if name not in data:
                data[name] = self.step(name, _ANY, item)
        return data

    def members(self, node: ObjectNode, values: Mapping[str, Any]) -> dict[str, Any]:
        """The members that are set, by their names on the wire."""
        data: dict[str, Any] = {}
        for member in node.members:
            value = values.get(member.attr, UNSET)
            if member.optional and member.is_absent(value):
                continue
            if value is UNSET:
                raise Fault("missing", [*self.path, member.wire], member.node)
            if isinstance(member, Tag) and value != member.value:
                detail = f"this branch has the tag {describe(str(member.value))}"
                detail = f"{detail}, not {describe(value)}"
                raise Fault(
                    "other", [*self.path, member.wire], member.node, value, detail
                )
            data[member.wire] = self.step(member.wire, member.node, value)
        return data

    def rest(self, node: StructNode, data: dict[str, Any], rest: Any) -> None:
        """Add what a variant of unknown tag was received with."""
        if not isinstance(rest, Mapping):
            raise self.fault(_ANY, rest)
        for name, item in rest.items():
            if name in data:
                detail = f"{node.rest!r} may not replace a member of the schema"
                raise Fault("other", [*self.path, name], node, item, detail)
            if not self.allow_unknown:
                raise Fault("unexpected", [*self.path, name], None, item)
            data[name] = self.step(name, _ANY, item)

    def union(self, node: UnionNode, value: Any) -> dict[str, Any]:
        """The variant that the value's class says."""
        for variant in node.variants():
            if type(value) is variant.cls:
                return self.struct(variant, value)
        for variant in node.variants():
            if isinstance(value, variant.cls):
                return self.struct(variant, value)
        raise self.fault(node, value)


def _class_names(node: StructNode | UnionNode) -> str:
    if isinstance(node, StructNode):
        return f"an object of {node.cls.__name__}"
    return f"an object of a branch of {node.name}"


def _is_sequence(value: object) -> bool:
    """A text is a sequence too, but its letters are never what was meant."""
    return isinstance(value, Sequence) and not isinstance(
        value, (str, bytes, bytearray, memoryview)
    )


def _json_kind(value: object) -> type:
    """What kind of JSON value this becomes; as AlternateNode has it."""
    if value is None or isinstance(value, bool):
        return type(value)
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind
    if _is_sequence(value):
        return list
    return dict if isinstance(value, Struct) else type(value)


_BY_NODE: dict[type, Callable[[EncodeWalk, Any, Any], Any]] = {
    StringNode: EncodeWalk.string,
    BoolNode: EncodeWalk.boolean,
    NumberNode: EncodeWalk.number,
    NullNode: EncodeWalk.null,
    AnyNode: EncodeWalk.anything,
    IntNode: EncodeWalk.integer,
    EnumNode: EncodeWalk.enum,
    ArrayNode: EncodeWalk.array,
    AlternateNode: EncodeWalk.alternate,
    ObjectNode: EncodeWalk.arguments,
    StructNode: EncodeWalk.struct,
    UnionNode: EncodeWalk.union,
}
