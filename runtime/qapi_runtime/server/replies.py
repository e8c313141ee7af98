"""What is wrong with a request's arguments, in QEMU's words.

Management software compares these texts, so a server says exactly what QEMU 7.2 says
(they are facts of the protocol). In them a *path* is the whole way from the arguments
object, a *name* the innermost member alone, or ``null`` for an element of an array.
"""

from __future__ import annotations

from qapi_runtime.codec.faults import Fault, path_text
from qapi_runtime.codec.nodes import (
    AlternateNode,
    ArrayNode,
    BoolNode,
    EnumNode,
    IntNode,
    Node,
    NullNode,
    NumberNode,
    StringNode,
)
from qapi_runtime.errors import QmpError

__all__ = ["argument_error", "unknown_command"]


def unknown_command(name: str) -> QmpError:
    """The schema has no such command."""
    desc = f"The command {name} has not been found"
    return QmpError(desc, "CommandNotFound")


def argument_error(fault: Fault) -> QmpError:
    """The error reply for arguments that do not fit the schema."""
    return QmpError(_desc(fault))


def _desc(fault: Fault) -> str:
    path = path_text(fault.path)
    name = fault.path[-1] if fault.path else "null"
    if isinstance(name, int):
        name = "null"
    match fault.kind, fault.node:
        case "missing", _:
            return f"Parameter '{path}' is missing"
        case "unexpected", _:
            return f"Parameter '{path}' is unexpected"
        case "value", _:
            return f"Parameter '{name}' does not accept value '{fault.value}'"
        case "type" | "range", IntNode() as node:
            return _integer(node, fault, path, name)
        case "type", AlternateNode(name=alternate):
            return f"Invalid parameter type for '{name}', expected: {alternate}"
        case "type", Node() as node:
            return _wrong_type(path, _word(node))
    return f"Parameter '{path}': {fault.detail}"


def _integer(node: IntNode, fault: Fault, path: str, name: str) -> str:
    """QEMU reads the widest type of the same sign first, and looks at the range then."""
    value = fault.value
    end = 1 << 63 if node.signed else 1 << 64
    small = fault.kind == "range" and node.bits < 64
    if small and isinstance(value, int) and -(1 << 63) <= value < end:
        return f"Parameter '{name}' expects {node.name}_t"
    if node.signed:
        return _wrong_type(path, "integer")
    return f"Parameter '{path}' expects uint64"


def _wrong_type(path: str, word: str) -> str:
    return f"Invalid parameter type for '{path}', expected: {word}"


def _word(node: Node) -> str:
    match node:
        case StringNode() | EnumNode():
            return "string"
        case BoolNode():
            return "boolean"
        case NumberNode():
            return "number"
        case NullNode():
            return "null"
        case ArrayNode():
            return "array"
        case _:
            return "object"
