"""Documentation comments meet what they document.

Sections become the :class:`~qapigen.model.schema.Doc` of a definition, and each member gets its
text and the version it says it is there since. A comment must not document what is not there,
and where there is a comment it must not leave anything out (unless the pragma
'documentation-exceptions' lists it).
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from qapigen.frontend.syntax import DocComment, DocSection, Pragma
from qapigen.model.judge import FaultError, Judge
from qapigen.model.parts import quoted
from qapigen.model.schema import (
    AlternateType,
    Branch,
    Command,
    Definition,
    Doc,
    EnumType,
    EnumValue,
    Event,
    Feature,
    Member,
    StructType,
    UnionType,
)
from qapigen.model.shapes import CommandShape, EventShape, Shape, TypeName, UnionShape

__all__ = ["bind_doc", "since_of"]

_Parts: TypeAlias = dict[str, Member | EnumValue | Branch]

_VERSION = r"(?:QEMU\s+)?v?([0-9]+(?:\.[0-9]+)*)"
#: "(since 2.4)"; also "(default: auto, since 2.10)".
_IN_PARENTHESES = re.compile(
    r"\((?:[^()]*?[,;])?\s*since\s*:?\s*" + _VERSION, re.IGNORECASE
)
_ON_ITS_OWN = re.compile(
    r"(?:^|[.;)]\s+)since\s*:?\s*" + _VERSION, re.IGNORECASE | re.MULTILINE
)
_FIRST_VERSION = re.compile(_VERSION)


def since_of(text: str) -> str:
    """The version that *text* says something is there since: "(since 2.4)", "Since: 5.1"; or ""."""
    if "ince" not in text and "INCE" not in text:
        return ""
    match = _IN_PARENTHESES.search(text) or _ON_ITS_OWN.search(text)
    return match[1] if match else ""


def bind_doc(judge: Judge, pragma: Pragma, shape: Shape, entity: Definition) -> None:
    """Give *entity* and its parts what the comment before it says.

    Raises :class:`~qapigen.model.judge.FaultError` where comment and definition do not agree.
    """
    comment = shape.expression.doc
    if comment is None:
        return
    doc = entity.doc = _doc(comment)
    parts = _parts(entity)
    for name, part in parts.items():
        part.doc = doc.members.get(name, "")
        if part.doc and not isinstance(part, Branch):
            part.since = since_of(part.doc)
    if not comment.faulty:
        exempt = entity.name in pragma.documentation_exceptions
        _check_missing(judge, shape, entity, parts, exempt=exempt)
        _check_surplus(judge, shape, entity, comment, parts)


# --- the comment alone


def _doc(comment: DocComment) -> Doc:
    doc = Doc()
    for section in comment.sections:
        _add_section(doc, section)
    return doc


def _add_section(doc: Doc, section: DocSection) -> None:
    kind, text = section.kind, section.text
    match kind:
        case "body":
            doc.body = f"{doc.body}\n\n{text}" if doc.body else text
        case "member":
            doc.members[section.name] = text
        case "feature":
            doc.features[section.name] = text
        case "since":
            match_ = _FIRST_VERSION.search(text)
            doc.since = match_[1] if match_ else text
            doc.since_text = text
        case "returns":
            doc.returns = f"{doc.returns}\n\n{text}" if doc.returns else text
        case "errors":
            doc.errors = f"{doc.errors}\n\n{text}" if doc.errors else text
        case _:
            doc.sections.append((kind, text))


# --- the comment and the definition


def _parts(entity: Definition) -> _Parts:
    """What of *entity* a comment may document, by name."""
    match entity:
        case EnumType():
            return {value.name: value for value in entity.values}
        case StructType():
            return {member.name: member for member in entity.members}
        case AlternateType():
            return {branch.name: branch for branch in entity.branches}
        case UnionType():
            parts: _Parts = {}
            if entity.simple:
                parts.update((branch.value, branch) for branch in entity.branches)
            if entity.base.implicit:
                parts.update((member.name, member) for member in entity.base.members)
            return parts
        case Command() | Event():
            arguments = entity.arguments
            if isinstance(arguments, StructType) and arguments.implicit:
                return {member.name: member for member in arguments.members}
    return {}


def _check_missing(
    judge: Judge, shape: Shape, entity: Definition, parts: _Parts, *, exempt: bool
) -> None:
    doc = entity.doc
    exempt = exempt or (isinstance(entity, UnionType) and entity.simple)
    for name, part in parts.items():
        if not exempt and name not in doc.members:
            role = "value" if isinstance(part, EnumValue) else "member"
            judge.outdated(
                shape.site,
                "undocumented-member",
                f"{role} '{name}' is not documented",
                part.place.offset if part.place else None,
                f"add '@{name}:' to the comment",
            )
        if not isinstance(part, Branch) and part.features:
            _check_features(judge, shape, doc, part.features)
    _check_features(judge, shape, doc, entity.features)


def _check_features(
    judge: Judge, shape: Shape, doc: Doc, features: list[Feature]
) -> None:
    for feature in features:
        if feature.name not in doc.features:
            judge.outdated(
                shape.site,
                "undocumented-feature",
                f"feature '{feature.name}' is not documented",
                feature.place.offset if feature.place else None,
                f"add '@{feature.name}:' below 'Features:' in the comment",
            )


def _check_surplus(
    judge: Judge, shape: Shape, entity: Definition, comment: DocComment, parts: _Parts
) -> None:
    doc = entity.doc
    if not doc.members.keys() <= parts.keys():
        surplus = _sections(comment, "member", parts.keys())
        tolerated = _may_over_document(shape, surplus)
        _reject_surplus(judge, shape, "member", surplus, tolerated=tolerated)
    if doc.features:
        features = _feature_names(entity, parts)
        surplus = _sections(comment, "feature", features)
        if surplus:
            _reject_surplus(judge, shape, "feature", surplus, tolerated=True)


def _sections(
    comment: DocComment, kind: str, known: AbstractSet[str]
) -> list[DocSection]:
    """The sections of *kind* whose names are not *known*."""
    return [s for s in comment.sections if s.kind == kind and s.name not in known]


def _reject_surplus(
    judge: Judge,
    shape: Shape,
    role: str,
    sections: list[DocSection],
    *,
    tolerated: bool,
) -> None:
    plural = len(sections) > 1
    message = (
        f"the comment documents {role}{'s' if plural else ''} "
        f"{quoted([section.name for section in sections])}, which {'do' if plural else 'does'} "
        "not exist"
    )
    offset = sections[0].offset
    if judge.strict or not tolerated:
        raise FaultError(message, offset, exact=True)
    judge.outdated(shape.site, f"surplus-{role}", message, offset)


def _may_over_document(shape: Shape, sections: list[DocSection]) -> bool:
    """Whether some release let this pass: it looked only at members that are written inline."""
    if isinstance(shape, CommandShape | EventShape):
        return isinstance(shape.arguments, TypeName)
    if isinstance(shape, UnionShape) and isinstance(shape.base, TypeName):
        return True
    # The tag that the C code of alternates (and of simple unions) has was taken for a member.
    return shape.meta == "alternate" and all(
        section.name == "type" for section in sections
    )


def _feature_names(entity: Definition, parts: _Parts) -> set[str]:
    names = {feature.name for feature in entity.features}
    for part in parts.values():
        if not isinstance(part, Branch):
            names.update(feature.name for feature in part.features)
    return names
