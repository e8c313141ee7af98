"""Structs and unions: bases, tags, branches, and names that meet on the wire.

An object type *contains* its base and its branches: their members stand in the same JSON object.
So they are worked out from the innermost outwards, and a type that contains itself is an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field

from qapigen.model.judge import FaultError, Judge, Site, TaintedError
from qapigen.model.linker import Linker, clash, described, implicit_struct
from qapigen.model.names import mangled
from qapigen.model.schema import Branch, EnumType, Member, StructType, UnionType
from qapigen.model.shapes import BranchShape, StructShape, TypeName, UnionShape

__all__ = ["Objects", "add_members"]


@define(slots=True, eq=False)
class _Wire:
    """The members of an object type by their name in C, and the name of the type they are from."""

    #: Members that every value has.
    common: dict[str, tuple[Member, str]]
    #: Those and the members of all branches.
    everywhere: dict[str, tuple[Member, str]] = field(factory=dict)


class Objects:
    """Completes the structs and unions that a :class:`Linker` has declared."""

    def __init__(
        self, judge: Judge, linker: Linker, shapes: dict[str, StructShape | UnionShape]
    ) -> None:
        self.judge = judge
        self.linker = linker
        self.shapes = shapes
        self._wires: dict[str, _Wire] = {}
        self._open: set[str] = set()

    def complete_all(self) -> None:
        """Work out every object type; what is wrong ends up with the judge."""
        for name in self.shapes:
            self._complete(name)

    def _complete(self, name: str) -> None:
        """Work out *name* and, before it, all that it contains; iterative: chains may be long."""
        stack: list[tuple[str, Iterator[str]]] = []
        self._enter(name, stack)
        while stack:
            current, contained = stack[-1]
            following = next(contained, None)
            if following is None:
                stack.pop()
                self._open.discard(current)
                self._try(current)
            else:
                self._enter(following, stack)

    def _enter(self, name: str, stack: list[tuple[str, Iterator[str]]]) -> None:
        if name in self._wires or name in self.linker.broken or name not in self.shapes:
            return
        if name in self._open:
            self._reject_cycle(name, [current for current, _ in stack])
            return
        self._open.add(name)
        stack.append((name, iter(_contained(self.shapes[name]))))

    def _reject_cycle(self, name: str, path: list[str]) -> None:
        ring = path[path.index(name) :]
        if any(member in self.linker.broken for member in ring):
            return
        site = self.shapes[name].site
        shown = ring if len(ring) <= 6 else [*ring[:5], f"... ({len(ring) - 5} more)"]
        hint = " -> ".join([*shown, name]) if len(ring) > 1 else ""
        fault = FaultError(f"{site.title} contains itself", hint=hint)
        self.judge.report(site, fault)
        self.linker.broken.update(ring)

    def _try(self, name: str) -> None:
        if name in self.linker.broken:
            return
        shape = self.shapes[name]
        try:
            self._wires[name] = self.judge.attempt(shape.site, self._wire, shape)
        except TaintedError:
            self.linker.broken.add(name)

    def _wire(self, shape: StructShape | UnionShape) -> _Wire:
        entity = self.linker.types[shape.name]
        if isinstance(shape, StructShape):
            assert isinstance(entity, StructType)
            return _Wire(self._struct(shape, entity))
        assert isinstance(entity, UnionType)
        return self._union(shape, entity)

    # --- structs

    def _base(self, reference: TypeName) -> StructType:
        base = self.linker.known_type(reference, "'base'")
        if not isinstance(base, StructType):
            raise FaultError(
                f"a base must be a struct, {described(base)} is none", reference.offset
            )
        return base

    def _struct(
        self, shape: StructShape, struct: StructType
    ) -> dict[str, tuple[Member, str]]:
        seen: dict[str, tuple[Member, str]] = {}
        if shape.base is not None:
            struct.base = self._base(shape.base)
            seen = dict(self._wires[struct.base.name].common)
        add_members(seen, struct.members, struct.name)
        return seen

    # --- unions

    def _union(self, shape: UnionShape, union: UnionType) -> _Wire:
        if shape.discriminator is None:
            return self._simple_union(shape, union)
        common: dict[str, tuple[Member, str]]
        if isinstance(shape.base, TypeName):
            union.base = self._base(shape.base)
            common = self._wires[union.base.name].common
        else:
            members = self.linker.members(shape.site, shape.base)
            union.base = implicit_struct(shape.name, "base", union, members)
            common = {}
            add_members(common, members, "")
        union.tag = self._tag(shape, common)
        enum = union.tag.type
        assert isinstance(enum, EnumType)
        if enum.name in self.linker.broken:
            raise TaintedError
        union.branches = self._branches(shape, enum)
        return _Wire(common, self._check_branches(union, common))

    def _tag(self, shape: UnionShape, common: dict[str, tuple[Member, str]]) -> Member:
        name, offset = shape.discriminator, shape.discriminator_offset
        assert name is not None
        tag, _ = common.get(mangled(name), (None, ""))
        if tag is None or tag.name != name:
            hint = ""
            if tag is not None or name.startswith("*"):
                hint = f"did you mean '{tag.name if tag else name[1:]}'?"
            raise FaultError(
                f"discriminator '{name}' is not a member of the base", offset, hint
            )
        if not isinstance(tag.type, EnumType):
            if self._is_broken(tag):
                raise TaintedError
            raise FaultError(
                f"discriminator '{name}' must be of an enum type, not {described(tag.type)}",
                offset,
            )
        if tag.optional:
            raise FaultError(f"discriminator '{name}' must not be optional", offset)
        if tag.condition is not None:
            raise FaultError(f"discriminator '{name}' must not be conditional", offset)
        return tag

    def _is_broken(self, member: Member) -> bool:
        return member.type.name in self.linker.broken or member.type.name == "?"

    def _branches(self, shape: UnionShape, enum: EnumType) -> list[Branch]:
        """A branch for each value of the tag; those that the schema lists must be values."""
        listed = {branch.name: branch for branch in shape.branches}
        if not enum.values and not listed:
            raise FaultError(
                "union has no branches",
                hint=f"its tag, {described(enum)}, has no values",
            )
        branches = []
        for value in enum.values:
            own = listed.pop(value.name, None)
            if own is None:
                branches.append(Branch(value.name, None, value.condition, listed=False))
            else:
                branches.append(self._branch(shape.site, own))
        for name, surplus in listed.items():
            raise FaultError(
                f"branch '{name}' is not a value of {described(enum)}", surplus.offset
            )
        return branches

    def _branch(self, site: Site, shape: BranchShape) -> Branch:
        type_ = self.linker.known_type(shape.type, "branch", shape.name)
        if not isinstance(type_, StructType | UnionType):
            raise FaultError(
                f"branch '{shape.name}' must be a struct or union, not {described(type_)}",
                shape.type.offset,
            )
        return Branch(
            shape.name, type_, shape.condition, True, "", site.place(shape.offset)
        )

    def _check_branches(
        self, union: UnionType, common: dict[str, tuple[Member, str]]
    ) -> dict[str, tuple[Member, str]]:
        """No branch has a member that all values have; returns all members there may be."""
        everywhere = dict(common)
        for branch in union.branches:
            if branch.type is None:
                continue
            wire = self._wires[branch.type.name]
            added = wire.everywhere or wire.common
            if not common.keys().isdisjoint(added):
                name = next(name for name in added if name in common)
                (member, owner), (other, base) = added[name], common[name]
                place = branch.place.offset if branch.place else None
                where = f"'{base}'" if base else "the base"
                raise FaultError(
                    f"branch '{branch.value}': member '{member.name}' of '{owner}' clashes with "
                    f"member '{other.name}' of {where}",
                    place,
                    related=tuple(
                        (m.place, "here") for m in (member, other) if m.place
                    ),
                )
            everywhere.update(added)
        return everywhere

    def _simple_union(self, shape: UnionShape, union: UnionType) -> _Wire:
        enum = self.linker.types[f"{shape.name}Kind"]
        assert isinstance(enum, EnumType)
        if not shape.branches:
            raise FaultError("union has no branches")
        union.tag = Member("type", enum, place=union.place)
        union.base = implicit_struct(shape.name, "base", union, [union.tag])
        common = {"type": (union.tag, "")}
        everywhere = dict(common)
        for branch in shape.branches:
            wrapper = self.linker.wrapper(branch.type, union)
            everywhere["data"] = wrapper.members[0], ""
            place = shape.site.place(branch.offset)
            union.branches.append(
                Branch(branch.name, wrapper, branch.condition, True, "", place)
            )
        return _Wire(common, everywhere)


def _contained(shape: StructShape | UnionShape) -> list[str]:
    names = [shape.base.name] if isinstance(shape.base, TypeName) else []
    if isinstance(shape, UnionShape) and shape.discriminator is not None:
        names += [branch.type.name for branch in shape.branches]
    return names


def add_members(
    seen: dict[str, tuple[Member, str]], members: list[Member], owner: str
) -> None:
    """Add *members* of the type *owner* ("" where it has no name) to those *seen* so far."""
    for member in members:
        name = mangled(member.name)
        if name in seen:
            other, elsewhere = seen[name]
            message = clash("member", member.name, other.name)
            if elsewhere != owner:
                message = f"member '{member.name}' clashes with '{other.name}' of '{elsewhere}'"
            related = ((other.place, "the other one"),) if other.place else ()
            offset = member.place.offset if member.place else None
            raise FaultError(message, offset, related=related)
        seen[name] = member, owner
