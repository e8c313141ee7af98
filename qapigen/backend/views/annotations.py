"""Types as annotations, and the imports they need."""

from __future__ import annotations

from attrs import define, field

from qapigen.backend.views.names import Names
from qapigen.model.schema import (
    AlternateType,
    ArrayType,
    BuiltinType,
    EnumType,
    Member,
    Type,
)

__all__ = ["Imports", "Locations", "admits_null", "is_absent_null"]

#: Top-level packages that isort would put into the section of libraries.
_LIBRARIES = {"qapi_runtime"}

_BUILTINS = {
    "str": "str",
    "number": "float",
    "bool": "bool",
    "null": "None",
    "any": "Any",
}


def admits_null(type_: Type) -> bool:
    """Whether ``null`` is a value of *type_*, so that None cannot stand for "absent"."""
    if isinstance(type_, BuiltinType):
        return type_.name in {"any", "null"}
    if isinstance(type_, AlternateType):
        return any(admits_null(branch.type) for branch in type_.branches)
    return False


def is_absent_null(member: Member) -> bool:
    """Whether *member* may be absent and may be null: two different things."""
    return member.may_be_absent and admits_null(member.type)


@define
class Locations:
    """Where each type's Python name lives: ``("types", "sockets")``."""

    names: Names

    def of(self, type_: Type, module: str) -> tuple[str, str]:
        """Kind and module of a named type that schema file *module* defines."""
        if isinstance(type_, EnumType):
            kind = "enums"
        elif isinstance(type_, AlternateType):
            kind = "alternates"
        else:
            kind = "types"
        return kind, self.names.modules[module]


@define
class Imports:
    """The imports of one generated module, gathered while its annotations are written."""

    locations: Locations
    #: The module itself: ("types", "sockets"), below the package.
    home: tuple[str, str]
    #: module as written -> names; needed when the module is executed.
    runtime: dict[str, set[str]] = field(factory=dict)
    #: The same for type checkers only.
    typing_only: dict[str, set[str]] = field(factory=dict)

    def _relative(self, kind: str, module: str) -> str:
        return f".{module}" if kind == self.home[0] else f"..{kind}.{module}"

    def need(self, module: str, name: str, *, runtime: bool = True) -> str:
        """Import *name* from *module*; returns *name*."""
        (self.runtime if runtime else self.typing_only).setdefault(module, set()).add(
            name
        )
        return name

    def type(self, type_: Type, *, runtime: bool = False) -> str:
        """The name of a named type, imported if it lives elsewhere."""
        name = self.locations.names.type_name(type_)
        assert not isinstance(type_, BuiltinType | ArrayType)
        location = self.locations.of(type_, type_.module)
        if location != self.home:
            self.need(self._relative(*location), name, runtime=runtime)
        return name

    def annotation(
        self, type_: Type, *, array: str = "list", runtime: bool = False
    ) -> str:
        """*type_* as Python type; *array* is what arrays are called."""
        if isinstance(type_, BuiltinType):
            if type_.name == "any":
                return self.need("typing", "Any", runtime=runtime)
            if type_.name == "QType":
                return self.need("qapi_runtime.types", "QType", runtime=runtime)
            return _BUILTINS.get(type_.name, "int")
        if isinstance(type_, ArrayType):
            if array == "Sequence":
                self.need("collections.abc", "Sequence", runtime=False)
            element = self.annotation(type_.element, runtime=runtime)
            return f"{array}[{element}]"
        return self.type(type_, runtime=runtime)

    def member(self, member: Member, *, array: str = "list") -> tuple[str, str]:
        """Annotation and default ("" where the member is mandatory) of a member."""
        text = self.annotation(member.type, array=array)
        if not member.may_be_absent:
            return text, ""
        if not is_absent_null(member):
            return f"{text} | None", "None"
        self.need("qapi_runtime.types", "UNSET")
        if text != "Any":
            text = f"{text} | {self.need('qapi_runtime.types', 'Unset', runtime=False)}"
        return text, "UNSET"

    def sections(self) -> dict[str, list[tuple[str, list[str]]]]:
        """What a template needs: (module, names) by isort's sections."""
        for module, names in self.typing_only.items():
            names -= self.runtime.get(module, set())
        typing_only = {
            module: names for module, names in self.typing_only.items() if names
        }
        if typing_only:
            self.need("typing", "TYPE_CHECKING")
        rows: dict[str, dict[str, set[str]]] = {
            "standard": {},
            "libraries": {},
            "relative": {},
        }
        for module, names in self.runtime.items():
            if module.startswith("."):
                section = "relative"
            else:
                top = module.partition(".")[0]
                section = "libraries" if top in _LIBRARIES else "standard"
            rows[section][module] = names
        rows["typing_only"] = typing_only
        return {section: _sorted(table) for section, table in rows.items()}


def _sorted(table: dict[str, set[str]]) -> list[tuple[str, list[str]]]:
    """Absolute before relative, and of these the farther before the nearer."""

    def order(module: str) -> tuple[int, str]:
        dots = len(module) - len(module.lstrip("."))
        return (-dots if dots else -1000, module)

    return [(module, sorted(table[module])) for module in sorted(table, key=order)]
