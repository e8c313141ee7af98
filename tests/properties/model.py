"""A schema as the tests see it: what is to be written down, with no opinion on how it is compiled.

Deliberately plain: names are strings, types are looked up by name, a definition knows how it is
written in a schema (:meth:`Definition.written`). The compiler's own model is not used here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from tests.properties.printer import Plain, value_text

__all__ = [
    "BUILTINS",
    "Alternate",
    "Branch",
    "Callable",
    "Command",
    "Comment",
    "Definition",
    "Enum",
    "Event",
    "File",
    "Member",
    "Model",
    "Ref",
    "SimpleUnion",
    "Struct",
    "Union",
    "Value",
]

BUILTINS = [
    "str",
    "int",
    "bool",
    "number",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "uint32",
    "int64",
    "uint64",
    "size",
    "any",
    "null",
    "QType",
]


@frozen
class Ref:
    """A type, or an array of it."""

    name: str
    array: bool = False

    @property
    def written(self) -> Plain:
        return [self.name] if self.array else self.name

    def __str__(self) -> str:
        return f"[{self.name}]" if self.array else self.name


def _extended(
    key: str, value: Plain, condition: Plain, features: list[Plain]
) -> dict[str, Plain]:
    extended: dict[str, Plain] = {key: value}
    if condition is not None:
        extended["if"] = condition
    if features:
        extended["features"] = features
    return extended


@define
class Member:
    """A member of an object."""

    name: str
    type: Ref
    optional: bool = False
    condition: Plain = None
    features: list[Plain] = field(factory=list)

    @property
    def may_be_absent(self) -> bool:
        """A peer may have been built without what is conditional, and nobody knows."""
        return self.optional or self.condition is not None

    @property
    def key(self) -> str:
        return f"*{self.name}" if self.optional else self.name

    @property
    def written(self) -> Plain:
        full = _extended("type", self.type.written, self.condition, self.features)
        return full if len(full) > 1 else self.type.written


@define
class Value:
    """A value of an enumeration."""

    name: str
    condition: Plain = None
    features: list[Plain] = field(factory=list)

    @property
    def written(self) -> Plain:
        full = _extended("name", self.name, self.condition, self.features)
        return full if len(full) > 1 else self.name


@define
class Branch:
    """A branch of a union or an alternate."""

    name: str
    type: Ref
    condition: Plain = None

    @property
    def written(self) -> Plain:
        full = _extended("type", self.type.written, self.condition, [])
        return full if len(full) > 1 else self.type.written


@define
class Comment:
    """A documentation comment: lines of text, and texts of members and features."""

    body: list[str] = field(factory=list)
    members: dict[str, list[str]] = field(factory=dict)
    features: dict[str, list[str]] = field(factory=dict)
    #: Tag (``Since``, ``Note``) or directive (``.. note``) and its lines.
    sections: list[tuple[str, list[str]]] = field(factory=list)

    def text(self, name: str) -> str:
        lines = ["##", f"# @{name}:", "#", *map(_commented, self.body)]
        for member, about in self.members.items():
            lines += ["#", *_described(f"@{member}:", about)]
        if self.features:
            lines += ["#", "# Features:"]
        for feature, about in self.features.items():
            lines += ["#", *_described(f"@{feature}:", about)]
        for tag, about in self.sections:
            head = f"{tag}::" if tag.startswith("..") else f"{tag}:"
            lines += ["#", *_described(head, about)]
        return "\n".join([*lines, "##"])


def _described(head: str, about: list[str]) -> list[str]:
    first, *rest = about
    return [f"# {head} {first}", *(_commented(line, 4) for line in rest)]


def _commented(line: str, indent: int = 0) -> str:
    return f"# {' ' * indent}{line}" if line else "#"


def _members(members: list[Member]) -> Plain:
    return {member.key: member.written for member in members}


def _branches(branches: list[Branch]) -> Plain:
    return {branch.name: branch.written for branch in branches}


@define(kw_only=True)
class Definition:
    """What all definitions have."""

    name: str
    condition: Plain = None
    features: list[Plain] = field(factory=list)
    comment: Comment | None = None

    @property
    def meta(self) -> str:
        return type(self).__name__.lower().removeprefix("simple")

    @property
    def feature_names(self) -> list[str]:
        names = [f["name"] if isinstance(f, Mapping) else f for f in self.features]
        return [name for name in names if isinstance(name, str)]

    def body(self) -> dict[str, Plain]:
        """What its expression has beside name, condition and features."""
        raise NotImplementedError

    @property
    def written(self) -> Plain:
        extra = _extended("", "", self.condition, self.features)
        del extra[""]
        return {self.meta: self.name, **self.body(), **extra}


@define(kw_only=True)
class Enum(Definition):
    """An enumeration."""

    values: list[Value]
    prefix: str = ""

    def body(self) -> dict[str, Plain]:
        prefix: dict[str, Plain] = {"prefix": self.prefix} if self.prefix else {}
        return {"data": [value.written for value in self.values], **prefix}


@define(kw_only=True)
class Struct(Definition):
    """A struct."""

    members: list[Member]
    base: str = ""

    def body(self) -> dict[str, Plain]:
        base: dict[str, Plain] = {"base": self.base} if self.base else {}
        return {**base, "data": _members(self.members)}


@define(kw_only=True)
class Union(Definition):
    """A union with a discriminator."""

    base: str | list[Member]
    tag: str
    branches: list[Branch]

    def body(self) -> dict[str, Plain]:
        base = self.base if isinstance(self.base, str) else _members(self.base)
        data = _branches(self.branches)
        return {"base": base, "discriminator": self.tag, "data": data}


@define(kw_only=True)
class SimpleUnion(Definition):
    """A union of the old kind."""

    branches: list[Branch]

    def body(self) -> dict[str, Plain]:
        return {"data": _branches(self.branches)}


@define(kw_only=True)
class Alternate(Definition):
    """An alternate."""

    branches: list[Branch]

    def body(self) -> dict[str, Plain]:
        return {"data": _branches(self.branches)}


@define(kw_only=True)
class Callable(Definition):
    """What has arguments: a type's name, members, or none."""

    arguments: str | list[Member] | None = None
    boxed: bool = False

    def body(self) -> dict[str, Plain]:
        body: dict[str, Plain] = {}
        if isinstance(self.arguments, str):
            body["data"] = self.arguments
        elif self.arguments is not None:
            body["data"] = _members(self.arguments)
        if self.boxed:
            body["boxed"] = True
        return body


@define(kw_only=True)
class Command(Callable):
    """A command."""

    returns: Ref | None = None
    #: gen, success-response ... as they are written.
    flags: dict[str, bool] = field(factory=dict)

    def body(self) -> dict[str, Plain]:
        returns: dict[str, Plain] = {}
        if self.returns is not None:
            returns["returns"] = self.returns.written
        return {**super().body(), **returns, **self.flags}


@define(kw_only=True)
class Event(Callable):
    """An event."""


@define
class File:
    """A schema file."""

    #: Path below the folder of the root, forward slashes.
    name: str
    definitions: list[Definition] = field(factory=list)
    #: Files that it includes, each before the definition of that number.
    includes: list[tuple[int, str]] = field(factory=list)
    #: Directives at its head.
    pragmas: list[Plain] = field(factory=list)
    spread: bool = False

    def text(self) -> str:
        """The file as it is written."""
        folder = posixpath.dirname(self.name) or "."
        parts = [value_text({"pragma": pragma}) for pragma in self.pragmas]
        for number in range(len(self.definitions) + 1):
            for at, name in self.includes:
                if at == number:
                    path = posixpath.relpath(name, folder)
                    parts.append(value_text({"include": path}))
            for definition in self.definitions[number : number + 1]:
                if definition.comment is not None:
                    parts.append(definition.comment.text(definition.name))
                parts.append(value_text(definition.written, self.spread))
        return "\n".join([*parts, ""])


@define(repr=False)
class Model:
    """A whole schema; the first file is the root."""

    files: list[File]

    def __repr__(self) -> str:
        texts = [f"# {file.name}\n{file.text()}" for file in self.files]
        return "\n".join(["a schema:", *texts])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What hypothesis shows of an example."""
        printer.text(repr(self))

    def __iter__(self) -> Iterator[Definition]:
        for file in self.files:
            yield from file.definitions

    def find(self, name: str) -> Definition | None:
        """The definition of a name; None for the implicit enumeration of a simple union."""
        return next(
            (definition for definition in self if definition.name == name), None
        )

    def __getitem__(self, name: str) -> Definition:
        definition = self.find(name)
        assert definition is not None, name
        return definition

    def named(self, kind: type[Any]) -> list[Any]:
        """The definitions of a kind."""
        return [definition for definition in self if isinstance(definition, kind)]

    def write(self, folder: Path) -> Path:
        """Write its files below *folder*; returns the root."""
        for file in self.files:
            path = folder / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text(), encoding="utf-8")
        return folder / self.files[0].name

    # What a type consists of, in terms of the wire.

    def members(self, type_: str | list[Member]) -> list[Member]:
        """The members that every object of a struct, or of a union, has."""
        if not isinstance(type_, str):
            return type_
        definition = self[type_]
        if isinstance(definition, Struct):
            base = self.members(definition.base) if definition.base else []
            return [*base, *definition.members]
        if isinstance(definition, Union):
            return self.members(definition.base)
        assert isinstance(definition, SimpleUnion)
        return [Member("type", Ref(f"{definition.name}Kind"))]

    def all_members(self, type_: str) -> list[Member]:
        """Those that some objects of a struct or union have."""
        found = list(self.members(type_))
        definition = self[type_]
        if isinstance(definition, SimpleUnion):
            found += [Member("data", branch.type) for branch in definition.branches]
        if isinstance(definition, Union):
            for branch in definition.branches:
                found += self.all_members(branch.type.name)
        return found

    def values(self, enum: str) -> list[str]:
        """The values of an enumeration, the implicit one of a simple union too."""
        for definition in self:
            if isinstance(definition, Enum) and definition.name == enum:
                return [value.name for value in definition.values]
            if isinstance(definition, SimpleUnion) and f"{definition.name}Kind" == enum:
                return [branch.name for branch in definition.branches]
        raise LookupError(enum)
