"""Python names for QAPI names: one allocator for every scope of the generated code.

QAPI names hold letters, digits, ``-``, ``_`` and, downstream, ``.``. A *spelling* turns one into an
identifier in the style of its kind; a :class:`Scope` then hands it out, so that two names of a
scope never meet. The result depends on the schema alone:

* names that need no change come first, so ``in_`` keeps its name when ``in`` has to give way;
* a name that may not stand (keyword, reserved by the scope) gets a trailing ``_``;
* a name that is taken gets the first free number: ``a_b``, ``a_b_2``.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable, Sequence
from functools import cache

__all__ = [
    "CLIENT_RESERVED",
    "FIELD_RESERVED",
    "MODULE_RESERVED",
    "PACKAGE_RESERVED",
    "PARAMETER_RESERVED",
    "SERVER_RESERVED",
    "Scope",
    "camel",
    "class_name",
    "constant_name",
    "member_name",
    "module_name",
]

_ILLEGAL = re.compile(r"[^A-Za-z0-9_]")
_KEYWORDS = frozenset(keyword.kwlist)


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


#: Names that annotations and bodies of generated classes use: an attribute of that name would
#: shadow them for everything below it in its class, for type checkers as well.
_USED_IN_CLASS_BODIES = _words(
    "str int float bool list dict None Any Literal Union Mapping Sequence Awaitable Unset UNSET",
    "field define qapi value Entity Struct Event QapiEnum QType deprecated commands",
)

#: Field names a generated struct, branch or event may not have.
FIELD_RESERVED = _USED_IN_CLASS_BODIES | {"self"}

#: Parameter names a generated method may not have.
PARAMETER_RESERVED = frozenset({"self", "commands", "cls"})

#: Names of the hand-written parts of clients, now or planned, that no command may take.
CLIENT_RESERVED = _USED_IN_CLASS_BODIES | _words(
    "self connect close closed execute execute_oob listen wait_for supports events on dispatch",
    "greeting version peer timeout send receive reconnect capabilities executor",
)

#: The same for server interfaces.
SERVER_RESERVED = _USED_IN_CLASS_BODIES | _words(
    "self emit attach detach serve listen close server dispatch"
)

#: What a package and its modules hold or use themselves. Built-in names are among it: modules of a
#: facade put what they load into their own namespace.
PACKAGE_RESERVED = (
    _USED_IN_CLASS_BODIES
    | frozenset(dir(builtins))
    | _words(
        "client aio server events introspection enums types alternates commands annotations",
        "AnyEvent UnknownEvent Dispatcher BaseDispatcher Timestamp TypeAlias TYPE_CHECKING Client",
        "Commands Command CommandGroup AsyncCommandGroup HandlerGroup import_module",
        "load_event_name EVENTS",
    )
)

#: What a schema file's module may not be called: it becomes an attribute of the package above.
MODULE_RESERVED = frozenset(dir(builtins)) | _words(
    "annotations import_module load_event_name"
)


def _identifier(name: str) -> str:
    """*name* with all that an identifier cannot hold made ``_``, and no underscore in front.

    A leading underscore would mean private: attrs takes it off parameters, Python mangles two.
    """
    return _ILLEGAL.sub("_", name).lstrip("_")


@cache
def member_name(name: str) -> str:
    """A struct member, argument or command as attribute, parameter or method: ``max-bandwidth``
    gives ``max_bandwidth``. Case stays as it is."""
    identifier = _identifier(name) or "n_"
    return f"n_{identifier}" if identifier[0].isdigit() else identifier


@cache
def constant_name(name: str) -> str:
    """An enum value as member of its class: ``pre-switchover`` gives ``PRE_SWITCHOVER``, ``144``
    gives ``N_144``."""
    identifier = _identifier(name).upper() or "N_"
    return f"N_{identifier}" if identifier[0].isdigit() else identifier


def class_name(name: str) -> str:
    """A type as class: as it is, save downstream names (``__org.x-Y`` gives ``Org_x_Y``)."""
    identifier = _identifier(name) or "N_"
    if identifier[0].isdigit():
        return f"N_{identifier}"
    return identifier if identifier == name else identifier[0].upper() + identifier[1:]


def camel(name: str) -> str:
    """Words of *name* run together with capitals: ``vhost-user`` and ``VHOST_USER`` as part of a
    class name give ``VhostUser``. Names that have lower case already keep their capitals.
    """
    words = re.split(r"[^A-Za-z0-9]+", name.lower() if name.isupper() else name)
    return "".join(word[:1].upper() + word[1:] for word in words)


def module_name(path: str) -> str:
    """A schema file as module: ``block-core.json`` gives ``block_core``; folders are left out."""
    stem = path.rsplit("/", 1)[-1]
    stem = stem.removesuffix(".json")
    identifier = _identifier(stem).lower() or "schema"
    return f"n_{identifier}" if identifier[0].isdigit() else identifier


class Scope:
    """A namespace of the generated code, in which every name is handed out once."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._reserved = frozenset(reserved)
        self._taken: set[str] = set()

    def _allowed(self, identifier: str) -> bool:
        return (
            identifier not in self._taken
            and identifier not in self._reserved
            and identifier not in _KEYWORDS
        )

    def take(self, identifier: str) -> str:
        """A free name as near to *identifier* as can be, which is then taken."""
        chosen = identifier
        if not self._allowed(chosen):
            if chosen in self._reserved or chosen in _KEYWORDS:
                chosen = f"{identifier}_"
            number = 2
            while not self._allowed(chosen):
                chosen = f"{identifier}_{number}"
                number += 1
        self._taken.add(chosen)
        return chosen

    def claim(self, identifier: str) -> None:
        """Take exactly *identifier*, which an enclosing scope has handed out."""
        self._taken.add(identifier)

    def take_all(self, names: Sequence[str], identifiers: Sequence[str]) -> list[str]:
        """One identifier for each of *names*; those that are spelled like their name come first."""
        chosen: dict[int, str] = {}
        for unchanged_first in (True, False):
            for index, (name, identifier) in enumerate(
                zip(names, identifiers, strict=True)
            ):
                unchanged = name == identifier and self._spells(identifier)
                if unchanged is unchanged_first:
                    chosen[index] = self.take(identifier)
        return [chosen[index] for index in range(len(names))]

    def _spells(self, identifier: str) -> bool:
        return identifier not in self._reserved and identifier not in _KEYWORDS
