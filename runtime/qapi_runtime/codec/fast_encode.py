"""The fast encoder: straight-line Python, written and compiled per type.

The counterpart of :mod:`.fast_decode`, in the same manner: what looks wrong, or only
unusual (a subclass of ``str``, kept unknown members), is left to the careful walker,
which has the last word. For ``InetSocketAddress`` it writes::

    def one(o):
        if type(o) is not C1: raise Slow
        if hasattr(o, "_unknown_members_"): raise Slow
        r = {}
        v = o.host
        if type(v) is not str or not v.isascii(): raise Slow
        r["host"] = v
        ...
        v = o.to
        if v is not None and v is not UNSET:
            if type(v) is not int or v >> 16: raise Slow
            r["to"] = v
        return r
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import RLock
from typing import Any

from qapi_runtime.types import UNSET

from .fast_decode import Slow
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
from .walk_encode import EncodeWalk

__all__ = ["Encoder", "FastEncoders"]

Encoder = Callable[[Any], Any]


_ANY = BUILTINS["any"]


class FastEncoders:
    """Compiles encoders."""

    def __init__(self) -> None:
        self._space: dict[str, Any] = {"Slow": Slow, "UNSET": UNSET}
        self._names: dict[tuple[Node, str], str] = {}
        self._lock = RLock()

    def encoder(self, node: Node) -> Encoder:
        """The function that encodes one value of this type."""
        with self._lock:
            name = self._function(node)
            # Not what stands there: that may be a promise, good for one call only.
            self._space[name] = fn = self._compile(node, name)
        return fn

    # -- names in the shared namespace

    def _new_name(self, node: Node, kind: str) -> tuple[str, bool]:
        known = self._names.get((node, kind))
        if known is not None:
            return known, False
        name = f"{kind}{len(self._names)}"
        self._names[node, kind] = name
        return name, True

    def _constant(self, node: Node, kind: str, value: object) -> str:
        name, _ = self._new_name(node, kind)
        self._space[name] = value
        return name

    def _function(self, node: Node) -> str:
        """The name of a function that is compiled when it is first called."""
        name, new = self._new_name(node, "one")
        if new:

            def promise(value: Any) -> Any:
                with self._lock:
                    self._space[name] = made = self._compile(node, name)
                return made(value)

            self._space[name] = promise
        return name

    def _compile(self, node: Node, name: str) -> Encoder:
        source = "\n".join([f"def {name}(o):", *(f"    {x}" for x in self._one(node))])
        made: dict[str, Any] = {}
        exec(compile(source, f"<encoder of {node.name}>", "exec"), self._space, made)
        fn: Encoder = made[name]
        return fn

    def _one(self, node: Node) -> Iterator[str]:
        match node:
            case StructNode():
                yield from self._struct(node)
            case ObjectNode():
                yield from self._members(node, "o.get({!r}, UNSET)")
            case UnionNode():
                classes = {v.cls: self._late(v) for v in node.variants()}
                yield f"return {self._constant(node, 'U', classes)}[type(o)](o)"
            case AlternateNode():
                yield f"return {self._constant(node, 'A', self._kinds(node))}[type(o)](o)"
            case _:
                lines, result = self._value(node, "o")
                yield from lines
                yield f"return {result}"

    def _late(self, node: Node) -> Encoder:
        name = self._function(node)
        return lambda value: self._space[name](value)

    def _kinds(self, node: AlternateNode) -> dict[type, Encoder]:
        """Encoders of an alternate by the type of the value."""
        kinds: dict[type, Encoder] = {}
        for kind, branch in node.branches.items():
            late = self._late(branch)
            match branch:
                case StructNode():
                    kinds[branch.cls] = late
                case UnionNode():
                    kinds |= {variant.cls: late for variant in branch.variants()}
                case EnumNode():
                    kinds[branch.cls] = kinds[str] = late
                case _:
                    kinds[kind] = late
        return kinds

    # -- objects

    def _struct(self, node: StructNode) -> Iterator[str]:
        yield f"if type(o) is not {self._constant(node, 'C', node.cls)}: raise Slow"
        yield "if hasattr(o, '_unknown_members_'): raise Slow"
        if node.rest is not None:
            yield f"if o.{node.rest} != {{}}: raise Slow"
        if node.whole is not None:
            yield f"v = o.{node.whole.attr}"
            lines, result = self._value(node.whole.node, "v")
            yield from lines
            yield f"return {result}"
        else:
            yield from self._members(node, "o.{}")

    def _members(self, node: ObjectNode, access: str) -> Iterator[str]:
        yield "r = {}"
        for member in node.members:
            yield f"v = {access.format(member.attr)}"
            yield from self._member(member)
        yield "return r"

    def _member(self, member: Member) -> Iterator[str]:
        if isinstance(member, Tag):
            # Attributes can be assigned to; the class says what the tag is.
            name = f"T{len(self._space)}"
            self._space[name] = member.value
            yield f"if v is not {name}: raise Slow"
            yield f"r[{member.wire!r}] = {str(member.value)!r}"
            return
        lines, result = self._value(member.node, "v")
        store = [*lines, f"r[{member.wire!r}] = {result}"]
        if not member.optional:
            yield from store
            return
        present = "v is not UNSET"
        if member.absent is None:
            present = f"v is not None and {present}"
        yield f"if {present}:"
        for line in store:
            yield f"    {line}"

    # -- values

    def _value(self, node: Node, v: str) -> tuple[list[str], str]:
        """Code that checks the local ``v``, and the expression of its wire data."""
        match node:
            case ArrayNode(item=item) if not isinstance(item, ArrayNode):
                lines, result = self._value(item, "e")
                return [
                    f"if type({v}) is not list: raise Slow",
                    "a = []",
                    f"for e in {v}:",
                    *(f"    {line}" for line in lines),
                    f"    a.append({result})",
                ], "a"
            case EnumNode():
                return [], f"{self._constant(node, 'E', node.strings)}[{v}]"
            case IntNode() | StringNode() | BoolNode() | NumberNode() | NullNode():
                return [f"if {_is_unusual(node, v)}: raise Slow"], v
            case ObjectNode() | UnionNode() | AlternateNode() | ArrayNode():
                return [], f"{self._function(node)}({v})"
        return [], f"{self._constant(node, 'any', _anything)}({v})"


def _anything(value: Any) -> Any:
    if value is None or value is True or value is False:
        return value
    # Its faults have paths from here only: the caller's walk finds the whole one.
    return EncodeWalk(allow_unknown=False).value(_ANY, value)


def _is_unusual(node: Node, v: str) -> str:
    """The condition under which the careful walker has to look at the local ``v``."""
    match node:
        case StringNode():
            return f"type({v}) is not str or not {v}.isascii()"
        case BoolNode():
            return f"{v} is not True and {v} is not False"
        case NumberNode():  # an infinity minus itself is not 0
            return f"type({v}) is not float or {v} - {v} != 0.0"
        case NullNode():
            return f"{v} is not None"
        case IntNode():
            return f"type({v}) is not int or not {node.low} <= {v} <= {node.high}"
    raise AssertionError(f"no simple type: {node!r}")
