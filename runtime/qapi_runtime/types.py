"""What generated types are made of: structs, enums, UNSET, and their metadata.

Nothing here touches attrs or the codec: generated modules import this room at run
time, so it has to be cheap. A struct *is* an attrs class (the generated decorator
makes it one); :class:`Struct` adds what all of them share and attrs would otherwise
build again for each: comparison, a short repr, pickling.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from reprlib import recursive_repr
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from qapi_runtime.classes import define, field

if TYPE_CHECKING:
    from attrs import Attribute

__all__ = [
    "UNSET",
    "Entity",
    "Metadata",
    "QType",
    "QapiEnum",
    "Struct",
    "Unset",
    "define",
    "field",
    "qapi",
    "unknown_members",
    "value",
]

#: What ``qapi(...)`` makes: the keys are described there.
Metadata = Mapping[str, Any]


class Unset(enum.Enum):
    """The type of :data:`UNSET`. An enum, so that ``is UNSET`` narrows types."""

    UNSET = "UNSET"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    __str__ = __repr__


#: The value of an optional member that is absent, where the member's type has a
#: ``null`` of its own (which is ``None``): the two are different on the wire.
UNSET: Final = Unset.UNSET


class Entity:
    """What the schema says about a definition itself; ``__qapi__`` of its class."""

    __slots__ = ("condition", "features", "name", "since")

    def __init__(
        self,
        name: str,
        *,
        since: str | None = None,
        features: tuple[str, ...] = (),
        condition: str | None = None,
    ) -> None:
        self.name = name
        self.since = since
        self.features = features
        self.condition = condition

    def __repr__(self) -> str:
        parts = [repr(self.name)]
        for key in ("since", "features", "condition"):
            if found := getattr(self, key):
                parts.append(f"{key}={found!r}")
        return f"Entity({', '.join(parts)})"


def qapi(
    name: str,
    type: str,  # noqa: A002  # what the schema calls it, and what the result has
    *,
    since: str | None = None,
    features: tuple[str, ...] = (),
    condition: str | None = None,
) -> dict[str, Any]:
    """The metadata of a member.

    ``name`` is the schema's, with a ``*`` in front if the member is optional (an
    empty name: this field stands for the whole object, or for all the rest of it).
    ``type`` is the QAPI type: ``str``, ``uint16``, ``[SocketAddress]``, ...

    The result has ``name`` (without the star), ``type`` and ``optional``, ``since`` and
    ``condition`` (None where the schema says nothing) and ``features``.
    """
    optional = name[:1] == "*"
    return {
        "name": name[1:] if optional else name,
        "type": type,
        "optional": optional,
        "since": since,
        "features": features,
        "condition": condition,
    }


class _Value(str):
    """The string of an enum member together with its metadata."""

    metadata: Metadata


def value(
    text: str,
    *,
    since: str | None = None,
    features: tuple[str, ...] = (),
    condition: str | None = None,
) -> str:
    """An enum value about which the schema says more than its name."""
    marked = _Value(text)
    marked.metadata = _value_metadata(text, since, features, condition)
    return marked


def _value_metadata(
    text: str,
    since: str | None = None,
    features: tuple[str, ...] = (),
    condition: str | None = None,
) -> Metadata:
    return {"name": text, "since": since, "features": features, "condition": condition}


class QapiEnum(enum.StrEnum):
    """Base of all generated enums: every member is its string.

    A value that the schema does not have is not an error when it is *received*:
    ``MigrationStatus("teleporting")`` is a ``MigrationStatus`` that equals and hashes
    like its string, has ``known == False``, and is not among the members. It is
    refused when it would be sent.
    """

    _metadata_: Metadata

    def __new__(cls, text: str) -> Self:
        """Make a member while the class is being made; later calls look one up."""
        member = str.__new__(cls, text)
        member._value_ = str(text)
        metadata = text.metadata if isinstance(text, _Value) else _value_metadata(text)
        member._metadata_ = MappingProxyType(dict(metadata))
        return member

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        text = str(value)
        member = str.__new__(cls, text)
        # As a name, something that no member can have: a made-up one might clash.
        member._name_ = f"<unknown {text!r}>"
        member._value_ = text
        return member

    @property
    def known(self) -> bool:
        """Whether the schema has this value."""
        return "_metadata_" in self.__dict__

    @property
    def metadata(self) -> Metadata:
        """``name``, ``since``, ``features`` and ``condition``, as of fields."""
        return self._metadata_ if self.known else _value_metadata(self._value_)

    def __repr__(self) -> str:
        if self.known:
            return f"{type(self).__name__}.{self._name_}"
        return f"<{type(self).__name__}: unknown {self._value_!r}>"

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        # By value: unknown ones have no name to be found by.
        return type(self), (self._value_,)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


class QType(QapiEnum):
    """The JSON types, as an enum that every schema has."""

    __qapi__ = Entity("QType")

    NONE = "none"
    QNULL = "qnull"
    QNUM = "qnum"
    QSTRING = "qstring"
    QDICT = "qdict"
    QLIST = "qlist"
    QBOOL = "qbool"


class Struct:
    """Base of all generated object types.

    Two objects are equal if they are of one class and all their members are equal.
    They can change, so they have no hash. ``repr`` shows the members that are set.
    """

    # The second slot is filled only in objects that were decoded with members that
    # the schema does not have, and only if asked for: see unknown_members().
    __slots__ = ("__weakref__", "_unknown_members_")

    __qapi__: ClassVar[Entity]

    if TYPE_CHECKING:
        __attrs_attrs__: ClassVar[tuple[Attribute[Any], ...]]
        _unknown_members_: Mapping[str, Any]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(
            getattr(self, field.name) == getattr(other, field.name)
            for field in self.__attrs_attrs__
        ) and unknown_members(self) == unknown_members(other)

    __hash__ = None  # type: ignore[assignment]  # how Python spells "unhashable"

    @recursive_repr()
    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in _set_members(self))
        return f"{type(self).__name__}({shown})"

    def __replace__(self, /, **changes: Any) -> Self:
        """For ``copy.replace`` (Python 3.13): as attrs.evolve, and unknown members stay."""
        members = {
            f.name: getattr(self, f.name) for f in self.__attrs_attrs__ if f.init
        }
        changed = type(self)(**(members | changes))
        if unknown := unknown_members(self):
            changed._unknown_members_ = dict(unknown)
        return changed

    def __reduce__(self) -> tuple[Any, ...]:
        members = {f.name: getattr(self, f.name) for f in self.__attrs_attrs__}
        return _restore, (type(self), members, dict(unknown_members(self)))


def _set_members(struct: Struct) -> Iterator[tuple[str, object]]:
    """What repr shows: not what is absent, not what the class itself says."""
    for member in struct.__attrs_attrs__:
        value = getattr(struct, member.name)
        absent = value is member.default or value is UNSET
        if member.init and not (absent and member.metadata.get("optional")):
            yield member.name, value


def _restore(
    cls: type[Struct], members: dict[str, object], unknown: dict[str, object]
) -> Struct:
    """Unpickle or copy. Members that a pickle of an older schema lacks are absent."""
    struct = object.__new__(cls)
    for member in cls.__attrs_attrs__:
        if member.name in members:
            setattr(struct, member.name, members[member.name])
        elif member.metadata.get("optional"):
            setattr(struct, member.name, member.default)
    if unknown:
        struct._unknown_members_ = unknown
    return struct


def unknown_members(struct: Struct) -> Mapping[str, Any]:
    """The members ``struct`` was received with that its schema does not have.

    They are here only if the decoder was told to keep them (``unknown="keep"``), and
    are then sent again when ``struct`` is encoded. ``attrs.evolve`` makes a new
    object from the members of the schema alone, so these stay behind.
    """
    found: Mapping[str, Any] = getattr(struct, "_unknown_members_", _NOTHING)
    return found


_NOTHING: Mapping[str, Any] = MappingProxyType({})
