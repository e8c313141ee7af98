"""What the schema says beside names and types, as arguments of the run-time's constructors."""

from __future__ import annotations

from collections.abc import Sequence

from qapigen.backend.layout import Piece, quote
from qapigen.backend.views.annotations import Imports
from qapigen.model.conditions import Condition, describe
from qapigen.model.schema import Definition, Feature, Member

__all__ = ["deprecation", "entity", "facts", "field_view", "metadata"]


def facts(
    condition: Condition | None, features: Sequence[Feature], since: str
) -> list[Piece]:
    """The keyword arguments that carry metadata: ``since=``, ``features=``, ``condition=``."""
    pieces: list[Piece] = []
    if since:
        pieces.append(f"since={quote(since)}")
    if len(features) == 1:
        pieces.append(f"features=({quote(features[0].name)},)")
    elif features:
        pieces.append(
            ("features=(", [quote(feature.name) for feature in features], ")")
        )
    if condition is not None:
        pieces.append(f"condition={quote(describe(condition))}")
    return pieces


def entity(definition: Definition) -> list[Piece]:
    """The arguments of ``Entity(...)``."""
    about = facts(definition.condition, definition.features, definition.doc.since)
    return [quote(definition.name), *about]


def metadata(member: Member, head: str = "metadata=qapi(") -> Piece:
    """The call ``qapi(...)`` for a member, in the schema's own notation of optional.

    A mandatory member under an open condition may be absent, too: the peer may lack it.
    """
    name = f"*{member.name}" if member.may_be_absent else member.name
    about = facts(member.condition, member.features, member.since)
    return (head, [quote(name), quote(member.type.name), *about], ")")


def field_view(name: str, member: Member, imports: Imports) -> tuple[str, list[Piece]]:
    """A member as attrs field: what stands before the arguments of ``field``, and those."""
    imports.need("qapi_runtime.types", "field")
    imports.need("qapi_runtime.types", "qapi")
    annotation, default = imports.member(member)
    arguments: list[Piece] = [f"default={default}"] if default else []
    return f"{name}: {annotation} = field(", [*arguments, metadata(member)]


def deprecation(
    definition: Definition, imports: Imports, *, warns: bool
) -> list[Piece]:
    """The arguments of ``@deprecated``; none where *definition* is not deprecated.

    Without *warns* only type checkers speak up.
    """
    if not definition.has_feature("deprecated"):
        return []
    imports.need("qapi_runtime.compat", "deprecated")
    reason = " ".join(definition.doc.features.get("deprecated", "").split())
    if "deprecated" in reason.lower():
        text = f"{definition.name}: {reason}"
    else:
        text = f"{definition.name} is deprecated" + (f": {reason}" if reason else "")
    return [quote(text)] if warns else [quote(text), "category=None"]
