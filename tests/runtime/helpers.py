"""What several test modules need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import qapi_runtime
from qapi_runtime.codec import DecodeOptions, engine
from qapi_runtime.codec.nodes import (
    AlternateNode,
    AnyNode,
    ArrayNode,
    BoolNode,
    EnumNode,
    Node,
    NullNode,
    ObjectNode,
    StringNode,
    StructNode,
    Tag,
    UnionNode,
)

__all__ = ["run_fresh", "smallest", "use_mirrors"]

_RUNTIME = Path(qapi_runtime.__file__).parent.parent


def run_fresh(code: str, *folders: Path) -> str:
    """What the code prints in an interpreter of its own that can import from there."""
    inherited = os.environ.get("PYTHONPATH", "")
    path = os.pathsep.join([str(_RUNTIME), *map(str, folders), inherited])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def use_mirrors(node: Node, options: DecodeOptions) -> None:
    """Have text decoded by way of mirrors from the first time on."""
    mirrors = engine._mirror_decoders(options)
    assert mirrors is not None
    if engine._text_decoders.get((node, options)) is None:
        engine._text_decoders[node, options] = mirrors.decoder(node)


def smallest(node: Node) -> Any:
    """Wire data of the type with as little in it as may be; None if there is none."""
    match node:
        case StringNode():
            return ""
        case BoolNode():
            return False
        case NullNode() | AnyNode():
            return None
        case EnumNode(strings=strings):
            return next(iter(strings), None)
        case ArrayNode():
            return []
        case AlternateNode(branches=branches):
            # An object first might contain the alternate again.
            flat = [kind for kind in branches if kind is not dict]
            return smallest(branches[flat[0] if flat else dict])
        case UnionNode():
            return smallest(next(node.variants()))
        case StructNode(whole=whole) if whole is not None:
            return smallest(whole.node)
        case ObjectNode():
            return {
                m.wire: m.value.value if isinstance(m, Tag) else smallest(m.node)
                for m in node.members
                if not m.optional
            }
    return 0
