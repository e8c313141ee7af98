"""JSON text straight to typed values, with msgspec checking types while it parses.

For each of our classes there is a *mirror*: a ``msgspec.Struct`` with the same members
under the names of the wire. msgspec makes mirrors from text, checks every type in C,
and refuses members that the mirror does not have; what is left for compiled Python is
to move the values over::

    def one(m):
        o = new(C1)
        o.host = m.f0
        o.status = E2[m.f1]
        o.ram = None if (v := m.f2) is None else one3(v)
        return o

What mirrors cannot express (nested unions, unknown variants) is parsed as plain data
and decoded the general way. Whatever msgspec refuses, rightly or because the sender is
newer than our schema, goes the general way as a whole: that knows what to do, and how
to say what is wrong.

Only :mod:`.engine` imports this, and only where msgspec is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import RLock
from typing import Annotated, Any, Union

import msgspec
from msgspec import Meta

from qapi_runtime.types import UNSET

from .fast_decode import FastDecoders, Slow
from .json_text import Text
from .nodes import (
    AlternateNode,
    AnyNode,
    ArrayNode,
    EnumNode,
    IntNode,
    Member,
    Node,
    NumberNode,
    StructNode,
    Tag,
    UnionNode,
)
from .options import DecodeOptions

__all__ = ["MirrorDecoders"]

_PLAIN = {"StringNode": "str", "BoolNode": "bool", "NullNode": "None"}
#: Names that the annotations of mirrors use: msgspec evaluates them in this module.
_NAMES = (Annotated, Any, Meta, Union)
#: Mirrors by number. Annotations say ``_mirrors[3]``, so that one can refer to itself.
_mirrors: list[Any] = []
_numbers: dict[Node, int] = {}
_lock = RLock()


def _annotation(node: Node) -> str:
    """The type as source; mirrors that it needs are made on the way."""
    match node:
        case NumberNode():
            return "Union[int, float]"
        case IntNode(bits=64, signed=False):
            return "Annotated[int, Meta(ge=0)]"  # its other end is beyond msgspec
        case IntNode(low=low, high=high):
            return f"Annotated[int, Meta(ge={low}, le={high})]"
        case EnumNode():
            return "str"
        case ArrayNode(item=item):
            return f"list[{_annotation(item)}]"
        case StructNode() if _has_mirror(node):
            return f"_mirrors[{_mirror(node)}]"
        case UnionNode() | AlternateNode() if _has_mirror(node):
            branches = node.cases if isinstance(node, UnionNode) else node.branches
            kinds = dict.fromkeys(_annotation(branch) for branch in branches.values())
            return f"Union[{', '.join(kinds)}]"
    return _PLAIN.get(type(node).__name__, "Any")


def _has_mirror(node: Node) -> bool:
    """Whether msgspec can express the type; if not, it is plain data to it."""
    match node:
        case StructNode():
            return node.whole is None
        case UnionNode():
            return all(isinstance(case, StructNode) for case in node.cases.values())
        case AlternateNode():
            return all(_has_mirror(branch) for branch in node.branches.values())
    return True


def _mirror(node: StructNode) -> int:
    """The number of a struct's mirror."""
    if node not in _numbers:
        number = _numbers[node] = len(_mirrors)
        _mirrors.append(None)
        _mirrors[number] = _make_mirror(node, f"M{number}")
    return _numbers[node]


def _make_mirror(node: StructNode, name: str) -> Any:
    fields: list[tuple[str, str] | tuple[str, str, Any]] = []
    renames: dict[str, str] = {}
    tag: Tag | None = None
    for index, member in enumerate(node.members):
        if isinstance(member, Tag):
            tag = member
            continue
        renames[f"f{index}"] = member.wire
        annotation = _annotation(member.node)
        if member.optional:
            fields.append((f"f{index}", annotation, member.absent))
        else:
            fields.append((f"f{index}", annotation))
    return msgspec.defstruct(
        name,
        fields,
        module=__name__,
        rename=renames,
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,  # mirrors do not live long enough to be in a cycle
        tag_field=tag.wire if tag else None,
        tag=tag.value.value if tag else None,
    )


class MirrorDecoders:
    """Compiles decoders of text for one set of options."""

    def __init__(self, options: DecodeOptions, plain: FastDecoders) -> None:
        self._options = options
        self._plain = plain
        self._space: dict[str, Any] = {"new": object.__new__, "Slow": Slow}
        self._space["UNSET"] = UNSET
        self._names: dict[tuple[Node, str], str] = {}
        self._count = 0

    def decoder(self, node: Node) -> Callable[[Text], Any]:
        """The function that decodes JSON text of this type."""
        with _lock:
            annotation = eval(_annotation(node), globals())
            lines, result = self._value(node, "m")
            move = self._define("root", [*lines, f"return {result}"])
        parse = msgspec.json.Decoder(annotation).decode
        if result == "m" and not lines:
            return parse
        return lambda text: move(parse(text))

    # -- names in the namespace of the functions

    def _new_name(self, kind: str, value: object) -> str:
        self._count += 1
        name = f"{kind}{self._count}"
        self._space[name] = value
        return name

    def _named(self, node: Node, kind: str, make: Callable[[], object]) -> str:
        if (node, kind) not in self._names:
            self._names[node, kind] = self._new_name(kind, make())
        return self._names[node, kind]

    def _function(self, node: Node, kind: str) -> str:
        """The name of a function; what it calls may not be there before it is."""
        if (node, kind) in self._names:
            return self._names[node, kind]
        name = self._names[node, kind] = self._new_name(kind, None)
        body = list(self._many(node) if kind == "many" else self._one(node))
        self._space[name] = self._define(name, body)
        return name

    def _define(self, name: str, body: list[str]) -> Callable[[Any], Any]:
        source = "\n".join([f"def {name}(m):", *(f"    {line}" for line in body)])
        made: dict[str, Any] = {}
        exec(compile(source, f"<mirror decoder {name}>", "exec"), self._space, made)
        function: Callable[[Any], Any] = made[name]
        return function

    # -- code

    def _one(self, node: Node) -> Iterator[str]:
        if isinstance(node, StructNode):
            yield from self._struct(node)
            yield "return o"
        else:
            lines, result = self._value(node, "m")
            yield from lines
            yield f"return {result}"

    def _many(self, item: Node) -> Iterator[str]:
        yield "out = []"
        yield "for m in m:"
        if isinstance(item, StructNode) and _has_mirror(item):
            lines, result = list(self._struct(item)), "o"
        else:
            lines, result = self._value(item, "m")
        for line in lines:
            yield f"    {line}"
        yield f"    out.append({result})"
        yield "return out"

    def _struct(self, node: StructNode) -> Iterator[str]:
        """From ``m`` to ``o``."""
        yield f"o = new({self._named(node, 'C', lambda: node.cls)})"
        for attr, make in node.made.items():
            yield f"o.{attr} = {self._new_name('M', make)}()"
        for index, member in enumerate(node.members):
            if isinstance(member, Tag):
                yield f"o.{member.attr} = {self._new_name('T', member.value)}"
            else:
                yield from self._member(member, f"m.f{index}")

    def _member(self, member: Member, source: str) -> Iterator[str]:
        lines, result = self._value(member.node, "v")
        if result == "v" and not lines:
            yield f"o.{member.attr} = {source}"
            return
        yield f"v = {source}"
        if member.optional:
            yield f"if v is {member.absent!r}: o.{member.attr} = v"
            yield "else:"
            lines = [f"    {line}" for line in lines]
            result = f"    o.{member.attr} = {result}"
        else:
            result = f"o.{member.attr} = {result}"
        yield from lines
        yield result

    def _value(self, node: Node, v: str) -> tuple[list[str], str]:
        """Code that msgspec has left to do on the local ``v``, and the result."""
        match node:
            case IntNode(bits=64, signed=False):
                return [f"if {v} >> 64: raise Slow"], v
            case EnumNode():
                table = self._named(node, "E", lambda: self._plain.enum_table(node))
                return [], f"{table}[{v}]"
            case AnyNode():
                return [], v
            case ArrayNode(item=item):
                if self._value(item, "m") == ([], "m"):
                    return [], v
                return [], f"{self._function(item, 'many')}({v})"
            case StructNode() | UnionNode() | AlternateNode() if not _has_mirror(node):
                plain = self._named(node, "P", lambda: self._plain.decoder(node))
                return [], f"{plain}({v})"
            case StructNode():
                return [], f"{self._function(node, 'one')}({v})"
            case UnionNode():
                return (
                    [],
                    f"{self._named(node, 'U', lambda: self._cases(node))}[type({v})]({v})",
                )
            case AlternateNode():
                return self._alternate(node, v)
        return [], v

    def _cases(self, node: UnionNode) -> dict[type, Callable[[Any], Any]]:
        return {
            _mirrors[_mirror(case)]: self._late(self._function(case, "one"))
            for case in node.cases.values()
            if isinstance(case, StructNode)
        }

    def _alternate(self, node: AlternateNode, v: str) -> tuple[list[str], str]:
        if all(self._value(b, "m") == ([], "m") for b in node.branches.values()):
            return [], v
        table: dict[type, Callable[[Any], Any]] = {}
        for kind, branch in node.branches.items():
            if isinstance(branch, UnionNode):
                table |= self._cases(branch)
            elif isinstance(branch, StructNode):
                mirror = _mirrors[_mirror(branch)]
                table[mirror] = self._late(self._function(branch, "one"))
            else:
                table[kind] = self._late(self._function(branch, "one"))
        return [], f"{self._named(node, 'A', lambda: table)}[type({v})]({v})"

    def _late(self, name: str) -> Callable[[Any], Any]:
        """A function that may only be a name yet, since a type may contain itself."""
        return self._space[name] or (lambda value: self._space[name](value))
