"""Views of unions: the class of the common members, a class for each leaf, the aliases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qapigen.backend.doctext import definition_text, first_sentence
from qapigen.backend.layout import Piece, quote
from qapigen.backend.views.annotations import Imports
from qapigen.backend.views.metadata import entity, facts, field_view, metadata
from qapigen.backend.views.names import Names, UnionNames, extend
from qapigen.backend.views.unions import Leaf, Tag, common_members, tag_index
from qapigen.model.conditions import describe
from qapigen.model.schema import BuiltinType, EnumType, Member, StructType, UnionType

__all__ = ["union_view"]

#: The raw members of an unknown branch, as a member of its own.
_RAW = Member("raw", BuiltinType("any", "value"))


def union_view(union: UnionType, names: Names, imports: Imports) -> dict[str, Any]:
    """A union as closed sum of classes."""
    of = names.unions[union.name]
    common = common_members(union)
    # The tag's name is taken first, so that it is the same in every class of the union.
    fields = extend({}, [union.tag, *common], names.field_reserved)
    imports.need("qapi_runtime.types", "Struct")
    imports.need("typing", "Union")
    imports.need("typing", "TypeAlias")
    fallback = f"The union {union.name}."
    tag = fields[union.tag.name]
    intro = f"Common members of the branches of {of.alias}, a union by ``{tag}``."
    return {
        "kind": "union",
        "alias": of.alias,
        "summary": first_sentence(union.doc.body) or fallback,
        "tag": union.tag.name,
        "tag_index": tag_index(union),
        "common": {
            "name": of.common,
            "entity": entity(union),
            "doc": definition_text(
                union,
                [(fields[member.name], member) for member in (union.tag, *common)],
                fallback=fallback,
                intro=intro,
            ),
            "fields": [
                field_view(fields[member.name], member, imports) for member in common
            ],
        },
        "leaves": [
            _leaf_view(union, of, leaf, name, fields, names, imports)
            for leaf, name in of.leaves
        ],
        "inner": of.inner,
        "classes": [name for _, name in of.leaves],
    }


def _leaf_view(
    union: UnionType,
    of: UnionNames,
    leaf: Leaf,
    name: str,
    common: dict[str, str],
    names: Names,
    imports: Imports,
) -> dict[str, Any]:
    members = leaf.members
    inner_tags = [tag.member for tag in leaf.tags[1:]]
    fields = extend(common, [*inner_tags, *members], names.field_reserved)
    views = [
        (
            _tag_view(part, fields[part.member.name], names, imports)
            if isinstance(part, Tag)
            else field_view(fields[part.name], part, imports)
        )
        for part in leaf.parts
    ]
    if leaf.unknown:
        imports.need("typing", "Any", runtime=False)
        raw = extend(fields, [_RAW], names.field_reserved)[_RAW.name]
        views.append(
            (
                f"{raw}: dict[str, Any] = field(",
                ["factory=dict", 'metadata=qapi("", "any")'],
            )
        )
    return {
        "name": name,
        "doc": _leaf_text(of.alias, of.common, leaf, fields, members),
        "entity": [quote(union.name), *facts(leaf.condition, (), "")],
        "fields": views,
    }


def _tag_view(
    tag: Tag, name: str, names: Names, imports: Imports
) -> tuple[str, list[Piece]]:
    imports.need("qapi_runtime.types", "field")
    imports.need("qapi_runtime.types", "qapi")
    enum = tag.member.type
    assert isinstance(enum, EnumType)
    if tag.value is None:
        return f"{name}: {imports.type(enum)} = field(", [metadata(tag.member)]
    imports.need("typing", "Literal", runtime=False)
    value = f"{imports.type(enum, runtime=True)}.{names.values(enum)[tag.value]}"
    return (
        f"{name}: Literal[{value}] = field(",
        ["init=False", f"default={value}", metadata(tag.member)],
    )


def _leaf_text(
    alias: str,
    common: str,
    leaf: Leaf,
    fields: dict[str, str],
    members: Sequence[Member],
) -> str:
    tags = " and ".join(
        f"``{fields[tag.member.name]}`` is ``{tag.value}``"
        for tag in leaf.tags
        if tag.value is not None
    )
    if leaf.unknown:
        tag = fields[leaf.tags[-1].member.name]
        known = f" (where {tags})" if tags else ""
        return (
            f"{alias} with a ``{tag}`` that this schema does not know{known}.\n\n"
            "The members beside the common ones are kept as they came, in ``raw``."
        )
    intro = f"{alias} where {tags}."
    branch = leaf.branches[-1]
    if branch.doc:
        intro = f"{intro}\n\n{branch.doc}"
    if isinstance(branch.type, StructType):
        items = [(fields[member.name], member) for member in members]
        title = f"Members, beside those of ``{common}``"
        return definition_text(
            branch.type,
            items,
            fallback="",
            intro=intro,
            title=title,
            condition=leaf.condition,
        )
    if leaf.condition is not None:
        intro = f"{intro}\n\nOnly if {describe(leaf.condition)}."
    return intro
