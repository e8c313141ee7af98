"""The syntax tree: what the parser read, before anybody asked what it means.

A schema file is a series of top-level expressions and comment blocks. Values are plain Python data
that remember where they stood: objects are ``dict``, arrays ``list``, strings ``str`` subclasses;
``true`` and ``false`` are ``bool`` and ``null`` is None (the place of those is the place of the key
or array they belong to). Tests may therefore compare a tree with plain JSON data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from attrs import define, field, frozen

from qapigen.frontend.source import SourceFile

__all__ = [
    "Array",
    "Directive",
    "DocComment",
    "DocSection",
    "Expression",
    "Object",
    "Pragma",
    "SyntaxTree",
    "Text",
    "Value",
]


class Text(str):
    """A string of the schema and where its opening quote stands."""

    __slots__ = ("offset",)
    offset: int


class Object(dict[Text, "Value"]):
    """An object in the order of the source; its keys are :class:`Text`, so each knows its place."""

    __slots__ = ("offset",)
    offset: int

    if TYPE_CHECKING:  # a plain string is equal to the key that it looks like

        def __getitem__(self, key: str, /) -> Value: ...


class Array(list["Value"]):
    """An array and where its opening bracket stands."""

    __slots__ = ("offset",)
    offset: int


Value: TypeAlias = Object | Array | Text | bool | None


@define
class DocSection:
    """One part of a documentation comment."""

    #: "body" (before the first other section), "member", "feature", "since", "returns", "errors",
    #: "note", "todo", "example" (tags and rST directives alike), "text" (paragraphs that follow
    #: another section), "heading" (in comments that document no definition).
    kind: str
    #: Of a member or feature: its name. Of a tag or directive: as written ("Notes",
    #: "qmp-example"). Of a heading: its adornment ("=", "=="). Else "".
    name: str
    #: Dedented text, lines joined by newlines, no blank lines at either end; markup as written.
    text: str
    offset: int


@define
class DocComment:
    """A documentation comment (``##`` ... ``##``)."""

    source: SourceFile
    offset: int
    #: The name after ``@`` in its first line; None for a comment that documents no definition.
    symbol: Text | None
    sections: list[DocSection] = field(factory=list)
    #: Something in it was wrong and has been reported: the rest of its sections is missing.
    faulty: bool = False


@define
class Expression:
    """A top-level definition: exactly one of the meta-type keys, checked later."""

    source: SourceFile
    value: Object
    doc: DocComment | None


@define
class Directive:
    """An ``include`` that was followed, or a ``pragma``."""

    source: SourceFile
    kind: str  # "include" or "pragma"
    value: Object


@frozen
class Pragma:
    """What the ``pragma`` directives of all files say together; the last word on a thing counts."""

    doc_required: bool = False
    #: Definitions whose members and values need no documentation.
    documentation_exceptions: frozenset[str] = frozenset()
    command_name_exceptions: frozenset[str] = frozenset()
    #: Commands that may return something else than an object.
    command_returns_exceptions: frozenset[str] = frozenset()
    #: Types whose members (or values) may have names with ``_`` or upper case.
    member_name_exceptions: frozenset[str] = frozenset()


@define
class SyntaxTree:
    """All files of one root in the order in which includes reach them, each once."""

    root: SourceFile
    sources: list[SourceFile]
    #: All top-level expressions; those of an included file stand where its include stood.
    expressions: list[Expression]
    directives: list[Directive]
    #: Comments that document no definition (headings, introductions), by file.
    free_docs: list[DocComment]
    pragma: Pragma = Pragma()
    #: Definitions may be missing for a syntax error: an unknown name proves nothing.
    incomplete: bool = False
    #: Pragmas or whole files may be missing: no judgement about what is left would be fair.
    rules_lost: bool = False
