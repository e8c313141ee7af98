"""Wire data to typed values and back.

*Wire data* is what a JSON parser returns: dict, list, str, int, float, bool, None.
Whatever goes through here is checked against the schema, all of it, both ways:

- :func:`from_wire` and :func:`decode_json` make typed values, or raise DecodeError;
- :func:`to_wire` and :func:`encode_json` make wire data, or raise EncodeError.

Which type is meant can be said as a class (``MigrationInfo``), as the alias of a
union, as a list of these (``list[MigrationCapabilityStatus]``), as a Python scalar,
or by its QAPI name: ``("qapi_migration", "[StrOrNull]")``, the only way for an alternate.

Nothing here touches the garbage collector. A large reply makes thousands of objects, and
while it does, the collector takes a quarter to a third of the time; but switching it
off is for the whole process, so it is the program's to decide (``gc.freeze()`` after
startup, ``gc.disable()`` around a large query).

Each value is first tried by compiled code that is fast and says nothing, and only if
that gives up by a walker that is careful and can say what is wrong and where.
"""

from __future__ import annotations

from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, overload

from qapi_runtime.errors import DecodeError, EncodeError
from qapi_runtime.types import Struct

from . import engine
from .faults import Fault, path_text, problem_text
from .json_text import Text, dump_bytes
from .nodes import BUILTINS, ArrayNode, Node
from .options import DEFAULT, REQUEST, DecodeOptions
from .registry import class_node, package, package_of

__all__ = [
    "DEFAULT",
    "REQUEST",
    "DecodeOptions",
    "decode_json",
    "decode_node",
    "encode_json",
    "encode_node",
    "from_wire",
    "node_of",
    "to_wire",
]

T = TypeVar("T")

_SCALARS: dict[object, str] = {
    str: "str",
    bool: "bool",
    int: "int",
    float: "number",
    None: "null",
    NoneType: "null",
    Any: "any",
}


@overload
def from_wire(
    type_: type[T], data: Any, *, options: DecodeOptions = ..., path: str = ...
) -> T: ...
@overload
def from_wire(
    type_: object, data: Any, *, options: DecodeOptions = ..., path: str = ...
) -> Any: ...
def from_wire(
    type_: object, data: Any, *, options: DecodeOptions = DEFAULT, path: str = ""
) -> Any:
    """Decode wire data as a value of ``type_``.

    Where the type is ``any``, the value *is* the data, not a copy of it.

    :param path: what to call the value itself in an error message.
    :raises DecodeError: the data does not fit the type.
    """
    return decode_node(node_of(type_), data, options, path)


@overload
def decode_json(
    type_: type[T],
    text: Text,
    *,
    options: DecodeOptions = ...,
    path: str = ...,
) -> T: ...
@overload
def decode_json(
    type_: object,
    text: Text,
    *,
    options: DecodeOptions = ...,
    path: str = ...,
) -> Any: ...
def decode_json(
    type_: object,
    text: Text,
    *,
    options: DecodeOptions = DEFAULT,
    path: str = "",
) -> Any:
    """Decode JSON text as a value of ``type_``; as :func:`from_wire`."""
    try:
        return engine.decode_text(node_of(type_), text, options)
    except Fault as fault:
        raise DecodeError(_below(path, fault), problem_text(fault)) from None


def to_wire(
    value: Any, type_: object = None, *, allow_unknown: bool = False, path: str = ""
) -> Any:
    """Encode a typed value; the result shares nothing with it.

    :param type_: the type it is to be encoded as; None: as its own (a struct as its
        class, everything else as ``any``).
    :param allow_unknown: also send enum values and union variants that the schema
        does not know; for programs that pass on what they received.
    :raises EncodeError: the value does not fit the type; nothing was sent.
    """
    node = BUILTINS["any"] if type_ is None else node_of(type_)
    return encode_node(node, value, allow_unknown, path)


def encode_json(
    value: Any, type_: object = None, *, allow_unknown: bool = False, path: str = ""
) -> bytes:
    """Encode a typed value as compact JSON; as :func:`to_wire`."""
    return dump_bytes(to_wire(value, type_, allow_unknown=allow_unknown, path=path))


def decode_node(
    node: Node, data: Any, options: DecodeOptions = DEFAULT, path: str = ""
) -> Any:
    """:func:`from_wire` for a node."""
    try:
        return engine.decode(node, data, options)
    except Fault as fault:
        raise DecodeError(_below(path, fault), problem_text(fault)) from None


def encode_node(
    node: Node, value: Any, allow_unknown: bool = False, path: str = ""
) -> Any:
    """:func:`to_wire` for a node."""
    try:
        if allow_unknown:
            return engine.encode_carefully(node, value, allow_unknown=True)
        return engine.encode(node, value)
    except Fault as fault:
        raise EncodeError(_below(path, fault), problem_text(fault)) from None


def _below(path: str, fault: Fault) -> str:
    return path_text([path, *fault.path] if path else fault.path)


_nodes: dict[object, Node] = {}


def node_of(type_: object) -> Node:
    """The node of a type given in any of the ways above.

    :raises TypeError: there is no QAPI type in it.
    :raises LookupError: the package has no type of that name.
    """
    try:
        return _nodes[type_]
    except KeyError:
        node = _nodes[type_] = _find_node(type_)
        return node


def _find_node(type_: object) -> Node:
    if isinstance(type_, tuple) and len(type_) == 2:
        home, name = type_
        return package(home if isinstance(home, str) else home.__name__).node(name)
    if type_ in _SCALARS:
        return BUILTINS[_SCALARS[type_]]
    if isinstance(type_, type) and get_origin(type_) is None:
        return class_node(type_)
    items = get_args(type_)
    if get_origin(type_) is list:
        item = node_of(items[0])
        return ArrayNode(f"[{item.name}]", item)
    if items and all(isinstance(i, type) and issubclass(i, Struct) for i in items):
        name = items[0].__qapi__.name
        return package_of(items[0]).union(name, items)
    raise TypeError(f"{type_!r} is no QAPI type (name it: (package, QAPI name))")
