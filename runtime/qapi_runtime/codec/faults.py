"""A fault found in a value: what, where; and our words for it.

The walkers raise :class:`Fault`. A client's user reads it in our words (here), a
server's client in QEMU's (:mod:`qapi_runtime.server.replies`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from .nodes import (
    AlternateNode,
    AnyNode,
    ArrayNode,
    BoolNode,
    EnumNode,
    IntNode,
    Node,
    NullNode,
    NumberNode,
    StringNode,
)

__all__ = ["Fault", "FaultKind", "describe", "path_text", "problem_text"]

FaultKind = Literal["missing", "unexpected", "type", "value", "range", "other"]


class Fault(Exception):  # noqa: N818  # turned into an error with words
    """The first fault of a value.

    :param kind: ``missing`` and ``unexpected`` members; wrong JSON ``type``; no such
        ``value`` in an enum; integer out of ``range``; ``other``: see ``detail``.
    :param path: members and indices from the root to the culprit.
    :param node: the type that was due there, where there is one.
    """

    def __init__(
        self,
        kind: FaultKind,
        path: Sequence[str | int],
        node: Node | None = None,
        value: object = None,
        detail: str = "",
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.path = tuple(path)
        self.node = node
        self.value = value
        self.detail = detail


def path_text(path: Sequence[str | int]) -> str:
    """``("capabilities", 2, "state")`` as ``capabilities[2].state``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def problem_text(fault: Fault) -> str:
    """What is wrong, in our words."""
    match fault.kind:
        case "missing":
            return "mandatory member is missing"
        case "unexpected":
            return "the schema has no such member"
        case "value":
            assert isinstance(fault.node, EnumNode)
            return _no_such_value(fault.node, str(fault.value))
        case "range":
            assert isinstance(fault.node, IntNode)
            due = f"{fault.node.name} ({fault.node.low} to {fault.node.high})"
            return f"{describe(fault.value)} is out of range for {due}"
        case "type":
            assert fault.node is not None
            return f"expected {_due(fault.node)}, got {describe(fault.value)}"
    return fault.detail


def _no_such_value(node: EnumNode, text: str) -> str:
    import difflib  # only needed when something went wrong

    if text in node.strings:  # a union's tag, and one variant was asked for
        return f"{describe(text)} is not the tag of what is expected here"
    message = f"{describe(text)} is no value of {node.name}"
    if len(node.strings) <= 8:
        return f"{message} (it has: {', '.join(node.strings)})"
    close = difflib.get_close_matches(text[:100], node.strings, n=1)
    return f"{message} (did you mean {describe(close[0])}?)" if close else message


def _due(node: Node) -> str:
    match node:
        case StringNode():
            return "a string"
        case BoolNode():
            return "a boolean"
        case IntNode():
            return "an integer"
        case NumberNode():
            return "a number"
        case NullNode():
            return "null"
        case AnyNode():
            return "a value that JSON can express"
        case EnumNode():
            return f"a value of {node.name}"
        case ArrayNode():
            return f"an array of {node.item.name}"
        case AlternateNode():
            kinds = dict.fromkeys(_due(branch) for branch in node.branches.values())
            return " or ".join(kinds) or f"nothing: {node.name} has no branches left"
        case _:
            return f"an object ({node.name})"


def describe(value: object) -> str:
    """A value for an error message: short, and in JSON's words where it has them."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        # Not every int has a text: Python refuses to write very long ones.
        return str(int(value)) if value.bit_length() < 200 else "a huge integer"
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, str):
        text = str(value)
        return json.dumps(text if len(text) <= 60 else text[:57] + "...")
    if isinstance(value, (list, tuple)):
        return f"an array of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    return f"a Python {type(value).__name__}"
