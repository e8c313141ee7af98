"""Views of enumerations, structs and alternates."""

from __future__ import annotations

from typing import Any

from qapigen.backend.doctext import definition_text
from qapigen.backend.layout import Piece, quote
from qapigen.backend.views.annotations import Imports
from qapigen.backend.views.metadata import entity, facts, field_view
from qapigen.backend.views.names import Names
from qapigen.model.schema import AlternateType, ArrayType, EnumType, StructType, Type

__all__ = ["alternate_view", "enum_view", "struct_view"]

_RUNTIME = "qapi_runtime.types"


def enum_view(enum: EnumType, names: Names, imports: Imports) -> dict[str, Any]:
    """An enumeration as ``QapiEnum``."""
    imports.need(_RUNTIME, "Entity")
    imports.need(_RUNTIME, "QapiEnum")
    spelled = names.values(enum)
    members: list[Piece] = []
    for item in enum.values:
        about = facts(item.condition, item.features, item.since)
        text = quote(item.name)
        if about:
            imports.need(_RUNTIME, "value")
            members.append((f"{spelled[item.name]} = value(", [text, *about], ")"))
        else:
            members.append(f"{spelled[item.name]} = {text}")
    return {
        "name": names.type_name(enum),
        "entity": entity(enum),
        "doc": definition_text(
            enum,
            [(spelled[item.name], item) for item in enum.values],
            title="Values",
            fallback=f"The enumeration {enum.name}.",
        ),
        "members": members,
    }


def struct_view(
    struct: StructType, names: Names, imports: Imports, *, inherits: bool
) -> dict[str, Any]:
    """A struct as attrs class; without *inherits* the members of its base are written out."""
    spelled = names.struct_fields(struct)
    if struct.base is not None and inherits:
        base, own = imports.type(struct.base, runtime=True), struct.members
    else:
        base, own = imports.need(_RUNTIME, "Struct"), struct.all_members
    return {
        "kind": "struct",
        "name": names.type_name(struct),
        "base": base,
        "entity": entity(struct),
        "doc": definition_text(
            struct,
            [(spelled[member.name], member) for member in struct.all_members],
            fallback=f"The struct {struct.name}.",
        ),
        "fields": [field_view(spelled[member.name], member, imports) for member in own],
    }


def alternate_view(
    alternate: AlternateType, names: Names, imports: Imports
) -> dict[str, Any]:
    """An alternate as alias of the union of its branches."""
    imports.need("typing", "TypeAlias")
    choices: list[str] = []
    for branch in alternate.branches:
        choice = _choice(branch.type, imports)
        if choice not in choices:
            choices.append(choice)
    if not choices:
        # Conditions have left none: no value is one of this type.
        choices.append(imports.need("typing", "Never"))
    if len(choices) > 1:
        imports.need("typing", "Union")
    return {
        "name": names.type_name(alternate),
        "doc": definition_text(
            alternate,
            [(branch.name, branch) for branch in alternate.branches],
            title="Branches",
            fallback=f"The alternate {alternate.name}.",
        ),
        "choices": choices,
    }


def _choice(type_: Type, imports: Imports) -> str:
    """A branch as run-time expression. An alternate below an array is named in quotes: it may
    stand further down, or in a module that needs this one."""
    if isinstance(type_, ArrayType):
        if isinstance(type_.element, AlternateType):
            return f'list["{imports.type(type_.element)}"]'
        return f"list[{imports.annotation(type_.element, runtime=True)}]"
    return imports.annotation(type_, runtime=True)
