"""Unions as classes: a leaf for every way the tags can be set, inner unions flattened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from attrs import define

from qapigen.errors import Diagnostic, SchemaError
from qapigen.model.conditions import Condition
from qapigen.model.schema import Branch, Member, StructType, UnionType

__all__ = ["Leaf", "Tag", "check_sizes", "common_members", "leaves", "tag_index"]

#: Unions within unions multiply. The largest union of any QEMU release has 52 leaves.
_MAX_LEAVES = 10_000
_MAX_DEPTH = 50


@define(eq=False)
class Tag:
    """A tag of a leaf, fixed to a value; ``value`` is None where the value is unknown."""

    member: Member
    value: str | None


_Part: TypeAlias = "Tag | Member"


@define(eq=False)
class Leaf:
    """What becomes a class."""

    #: What the class has beside the members common to the whole union, in the order in which
    #: QEMU looks at them; the union's own tag is the first.
    parts: list[_Part]
    #: The branches that led here; empty for the unknown leaf of the whole union.
    branches: list[Branch]
    condition: Condition | None = None

    @property
    def tags(self) -> list[Tag]:
        """From the outermost inwards."""
        return [part for part in self.parts if isinstance(part, Tag)]

    @property
    def members(self) -> list[Member]:
        """The parts that are no tags."""
        return [part for part in self.parts if isinstance(part, Member)]

    @property
    def unknown(self) -> bool:
        """Whether the innermost tag has a value that the schema does not know."""
        return self.tags[-1].value is None

    @property
    def values(self) -> list[str]:
        """The fixed values."""
        return [tag.value for tag in self.tags if tag.value is not None]


def common_members(union: UnionType) -> list[Member]:
    """The members of every branch, the tag left out."""
    return [
        member for member in union.base.all_members if member.name != union.tag.name
    ]


def tag_index(union: UnionType) -> int | None:
    """How many common members stand before the tag; None where they all do."""
    names = [member.name for member in union.base.all_members]
    index = names.index(union.tag.name)
    return None if index == len(names) - 1 else index


def check_sizes(unions: Iterable[UnionType]) -> None:
    """Raise :class:`~qapigen.errors.SchemaError` where unions would become too many classes."""
    #: By ``id()``: how many leaves, and how many unions deep. Iterative: that may be many.
    sizes: dict[int, tuple[int, int]] = {}
    findings = []
    for start in unions:
        todo = [start]
        while todo:
            union = todo[-1]
            inner = [b.type for b in union.branches if isinstance(b.type, UnionType)]
            waiting = [each for each in inner if id(each) not in sizes]
            if waiting:
                todo += waiting
                continue
            todo.pop()
            if id(union) in sizes:
                continue
            below = [sizes[id(each)] for each in inner]
            count = len(union.branches) - len(inner) + sum(size for size, _ in below)
            depth = 1 + max((depth for _, depth in below), default=0)
            if (count > _MAX_LEAVES or depth > _MAX_DEPTH) and union.place is not None:
                message = f"union becomes {count} classes, {depth} unions deep"
                limits = f"{_MAX_LEAVES} classes and {_MAX_DEPTH} unions"
                findings.append(
                    Diagnostic(
                        union.place,
                        message,
                        definition=f"union '{union.name}'",
                        hint=f"unions within unions multiply: at most {limits} can be made",
                    )
                )
                count, depth = 1, 1  # said once, where it begins
            sizes[id(union)] = count, depth
    if findings:
        raise SchemaError(findings)


def leaves(union: UnionType) -> Iterator[Leaf]:
    """All leaves of *union* in the order of its tag's enumeration, the unknown one last."""
    for branch in union.branches:
        tag = Tag(union.tag, branch.value)
        if isinstance(branch.type, UnionType):
            for inner in leaves(branch.type):
                parts: list[_Part] = [tag, *_inlined(branch.type, inner)]
                yield Leaf(parts, [branch, *inner.branches], branch.condition)
        else:
            members = (
                branch.type.all_members if isinstance(branch.type, StructType) else []
            )
            yield Leaf([tag, *members], [branch], branch.condition)
    yield Leaf([Tag(union.tag, None)], [])


def _inlined(union: UnionType, leaf: Leaf) -> Iterator[_Part]:
    """The parts of *leaf* with the common members of its union, the tag at its place in them."""
    tag, *others = leaf.parts
    for member in union.base.all_members:
        yield tag if member.name == union.tag.name else member
    yield from others
