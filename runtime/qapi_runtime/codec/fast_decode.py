"""The fast decoder: straight-line Python, written and compiled per type.

For ``InetSocketAddress`` it writes::

    def one(d):
        o = new(C1)
        n = 2
        v = d["host"]
        if type(v) is not str: raise Slow
        o.host = v
        ...
        if "to" in d:
            n += 1
            v = d["to"]
            if type(v) is not int or v >> 16: raise Slow
            o.to = v
        else:
            o.to = None
        if n != len(d):
            notice(d)
        return o

Nothing here knows a path or a message: whatever looks wrong raises (``Slow``, or a
KeyError or TypeError from the code itself), and the caller lets the careful walker
have the last word. A type that is used in arrays gets a second function with the
same body in a loop, for a call costs as much as four members.

Functions of one compiler share a namespace and call one another by name. What
stands there first is a promise that compiles itself when it is first called, so a
reply pays for the types that are in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import RLock
from typing import Any

from qapi_runtime.types import UNSET, QapiEnum

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
    StringNode,
    StructNode,
    Tag,
    UnionNode,
)
from .options import DecodeOptions, notice_unknown

__all__ = ["Decoder", "FastDecoders", "Slow"]

Decoder = Callable[[Any], Any]


class Slow(Exception):  # noqa: N818  # nobody outside ever sees it
    """Something looks wrong: ask the careful walker."""


class _EnumTable(dict[str, QapiEnum]):
    """An enum's members by string; what is not among them becomes an unknown one."""

    def __init__(self, node: EnumNode) -> None:
        super().__init__({member.value: member for member in node.cls})
        self._cls = node.cls

    def __missing__(self, key: object) -> QapiEnum:
        if type(key) is not str:
            raise Slow
        return self._cls(key)


class _CaseTable(dict[str, Decoder]):
    """A union's decoders by tag, and the one for tags that have no case."""

    def __init__(self, fallback: Decoder, allowed: Callable[[str], bool]) -> None:
        super().__init__()
        self._fallback = fallback
        self._allowed = allowed

    def __missing__(self, key: object) -> Decoder:
        if type(key) is not str or not self._allowed(key):
            raise Slow
        return self._fallback


def _anything_goes(tag: str) -> bool:  # noqa: ARG001  # any tag
    return True


class FastDecoders:
    """Compiles decoders for one set of options."""

    def __init__(self, options: DecodeOptions) -> None:
        self._options = options
        self._space: dict[str, Any] = {"new": object.__new__, "Slow": Slow}
        self._space["UNSET"] = UNSET
        self._names: dict[tuple[Node | Tag, str], str] = {}
        self._lock = RLock()

    def decoder(self, node: Node) -> Decoder:
        """The function that decodes one value of this type."""
        with self._lock:
            name = self._function(node, "one")
            # Not what stands there: that may be a promise, good for one call only.
            self._space[name] = fn = self._compile(node, "one", name)
        return fn

    # -- names in the shared namespace

    def _new_name(self, node: Node | Tag, kind: str) -> tuple[str, bool]:
        known = self._names.get((node, kind))
        if known is not None:
            return known, False
        name = f"{kind}{len(self._names)}"
        self._names[node, kind] = name
        return name, True

    def _function(self, node: Node, kind: str) -> str:
        """The name of a function that is compiled when it is first called."""
        name, new = self._new_name(node, kind)
        if new:

            def promise(data: Any) -> Any:
                with self._lock:
                    self._space[name] = made = self._compile(node, kind, name)
                return made(data)

            self._space[name] = promise
        return name

    def enum_table(self, node: EnumNode) -> dict[str, QapiEnum]:
        """An enum's members by string, and unknown ones if they are to be kept."""
        if self._options.unknown_values == "keep":
            return _EnumTable(node)
        return {member.value: member for member in node.cls}

    def _table(self, node: EnumNode) -> str:
        name, new = self._new_name(node, "E")
        if new:
            self._space[name] = self.enum_table(node)
        return name

    def _cases(self, node: UnionNode) -> str:
        name, new = self._new_name(node, "U")
        if new:
            self._space[name] = table = self._case_table(node)
            for tag, case in node.cases.items():
                table[tag] = self._case(table, tag, case)
        return name

    def _case(self, table: dict[Any, Decoder], tag: object, case: Node) -> Decoder:
        def promise(data: Any) -> Any:
            with self._lock:
                name = self._function(case, "one")
                table[tag] = made = self._compile(case, "one", name)
            return made(data)

        return promise

    def _case_table(self, node: UnionNode) -> dict[str, Decoder]:
        if node.fallback is None:
            return {}
        known = node.tag.node
        assert isinstance(known, EnumNode)
        refuse = self._options.unknown_values == "refuse"
        allowed = known.strings.__contains__ if refuse else _anything_goes
        name = self._function(node.fallback, "one")
        return _CaseTable(lambda data: self._space[name](data), allowed)

    def _branches(self, node: AlternateNode) -> str:
        name, new = self._new_name(node, "A")
        if new:
            table: dict[Any, Decoder] = {}
            self._space[name] = table
            for kind, branch in node.branches.items():
                table[kind] = self._case(table, kind, branch)
        return name

    def _constant(self, member: Tag) -> str:
        name, _ = self._new_name(member, "T")
        self._space[name] = member.value
        return name

    # -- functions

    def _compile(self, node: Node, kind: str, name: str) -> Decoder:
        body = self._many(node) if kind == "many" else self._one(node)
        source = "\n".join([f"def {name}(d):", *(f"    {line}" for line in body)])
        made: dict[str, Any] = {}
        exec(compile(source, f"<decoder of {node.name}>", "exec"), self._space, made)
        fn: Decoder = made[name]
        return fn

    def _one(self, node: Node) -> Iterator[str]:
        if isinstance(node, StructNode):
            yield from self._struct(node)
            yield "return o"
        else:
            lines, result = self._value(node, "d")
            yield from lines
            yield f"return {result}"

    def _many(self, item: Node) -> Iterator[str]:
        yield "if type(d) is not list: raise Slow"
        yield "out = []"
        yield "for d in d:"
        if isinstance(item, StructNode):
            lines, result = list(self._struct(item)), "o"
        else:
            lines, result = self._value(item, "d")
        for line in lines:
            yield f"    {line}"
        yield f"    out.append({result})"
        yield "return out"

    def _struct(self, node: StructNode) -> Iterator[str]:
        """From ``d`` to ``o``."""
        mandatory = sum(not member.optional for member in node.members)
        if not mandatory:
            yield "if type(d) is not dict: raise Slow"
        name, _ = self._new_name(node, "C")
        self._space[name] = node.cls
        yield f"o = new({name})"
        for attr, make in node.made.items():
            self._space[f"{name}_{attr}"] = make
            yield f"o.{attr} = {name}_{attr}()"
        yield f"n = {mandatory}"
        for member in node.members:
            yield from self._member(member)
        if node.whole is not None:
            lines, result = self._value(node.whole.node, "d")
            yield from lines
            yield f"o.{node.whole.attr} = {result}"
        else:
            yield from self._others(node)

    def _member(self, member: Member) -> Iterator[str]:
        if isinstance(member, Tag):  # whoever called has looked at it
            yield f"o.{member.attr} = {self._constant(member)}"
            return
        lines, result = self._value(member.node, "v")
        store = [f"v = d[{member.wire!r}]", *lines, f"o.{member.attr} = {result}"]
        if not member.optional:
            yield from store
            return
        yield f"if {member.wire!r} in d:"
        yield "    n += 1"
        for line in store:
            yield f"    {line}"
        yield f"else: o.{member.attr} = {member.absent!r}"

    def _others(self, node: StructNode) -> Iterator[str]:
        """Members that the schema does not have."""
        name, _ = self._new_name(node, "N")
        known = self._space[name] = node.wire_names
        others = f"{{k: d[k] for k in d if k not in {name}}}"
        refuse = self._options.unknown_members == "refuse"
        if node.rest is not None:
            yield f"o.{node.rest} = {others}"
        if refuse:
            yield "if n != len(d): raise Slow"
        elif node.rest is not None:
            return
        elif self._options.unknown_members == "keep":
            yield f"if n != len(d): o._unknown_members_ = {others}"
        else:
            self._space[f"notice{name}"] = lambda data: notice_unknown(
                node.name, [name for name in data if name not in known]
            )
            yield f"if n != len(d): notice{name}(d)"

    # -- values

    def _value(self, node: Node, v: str) -> tuple[list[str], str]:
        """Code that checks the local ``v``, and the expression of its value."""
        match node:
            case AnyNode():
                return [], v
            case EnumNode():
                return [], f"{self._table(node)}[{v}]"
            case StructNode():
                return [], f"{self._function(node, 'one')}({v})"
            case UnionNode():
                return [], f"{self._cases(node)}[{v}[{node.tag.wire!r}]]({v})"
            case ArrayNode(item=item):
                return self._array(item, v)
            case AlternateNode():
                if set(node.branches) == {str, type(None)}:
                    wrong = f"{v} is not None and type({v}) is not str"
                    return [f"if {wrong}: raise Slow"], v
                return [], f"{self._branches(node)}[type({v})]({v})"
            case _:
                return [f"if {_is_wrong(node, v)}: raise Slow"], v

    def _array(self, item: Node, v: str) -> tuple[list[str], str]:
        if isinstance(item, (StringNode, BoolNode, IntNode, NumberNode, NullNode)):
            lines = [
                f"if type({v}) is not list: raise Slow",
                f"for e in {v}:",
                f"    if {_is_wrong(item, 'e')}: raise Slow",
            ]
            return lines, f"{v}[:]"
        return [], f"{self._function(item, 'many')}({v})"


def _is_wrong(node: Node, v: str) -> str:
    """The condition under which the local ``v`` is not of a simple type."""
    match node:
        case StringNode():
            return f"type({v}) is not str"
        case BoolNode():
            return f"{v} is not True and {v} is not False"
        case NumberNode():
            return f"type({v}) is not float and type({v}) is not int"
        case NullNode():
            return f"{v} is not None"
        case IntNode(bits=bits, signed=False):
            # A shift costs less than two comparisons: what is left must be nothing...
            return f"type({v}) is not int or {v} >> {bits}"
        case IntNode(bits=bits):
            # ... or nothing but sign.
            left = f"{v} >> {bits - 1}"
            return f"type({v}) is not int or {left} and {left} != -1"
    raise AssertionError(f"no simple type: {node!r}")
