"""Which structs inherit from their base, and in which order classes of a module must stand.

A struct's base is its base class, imported at run time. Schema files may refer to each other in
circles, and modules may not: a base in another file is kept only where no chain of bases leads
back. Elsewhere the base's members are written out in the struct: the same on the wire.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from qapigen.model.schema import Schema, StructType, UnionType

__all__ = ["base_order", "kept_bases"]


def kept_bases(schema: Schema) -> set[int]:
    """``id()`` of every struct that inherits from its base."""
    edges: dict[str, set[str]] = defaultdict(set)
    structs = [entity for entity in schema.types() if isinstance(entity, StructType)]
    for struct in structs:
        if struct.base is not None and struct.base.module != struct.module:
            edges[struct.module].add(struct.base.module)

    def reaches(start: str, goal: str) -> bool:
        seen = {start}
        stack = [start]
        while stack:
            module = stack.pop()
            if module == goal:
                return True
            fresh = edges.get(module, set()) - seen
            seen |= fresh
            stack += fresh
        return False

    circular = {
        (module, other)
        for module, others in edges.items()
        for other in others
        if reaches(other, module)
    }
    return {
        id(struct)
        for struct in structs
        if struct.base is not None
        and not struct.base.implicit
        and (struct.module, struct.base.module) not in circular
    }


def base_order(
    types: Sequence[StructType | UnionType],
) -> list[StructType | UnionType]:
    """*types* of one module, in their order, save that a base stands before what inherits it."""
    here = {id(entity) for entity in types}
    done: set[int] = set()
    ordered: list[StructType | UnionType] = []
    for entity in types:
        chain: list[StructType | UnionType] = []
        at: StructType | UnionType | None = entity
        while at is not None and id(at) in here and id(at) not in done:
            chain.append(at)
            done.add(id(at))
            at = at.base if isinstance(at, StructType) else None
        ordered += reversed(chain)
    return ordered
