"""Schema text from syntax: values, documentation comments, and whole syntax trees.

The inverse of :mod:`qapigen.frontend.parser`, written without looking at how that one works: what
is printed here must be read there as what it was. The style is that of today's schemas.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from qapigen.frontend.syntax import DocComment, DocSection, SyntaxTree, Value

__all__ = ["Plain", "doc_text", "tree_texts", "value_text"]

#: What schema text can hold, as plain data.
Plain: TypeAlias = str | bool | Sequence["Plain"] | Mapping[str, "Plain"] | None

_TAGS = frozenset({"since", "returns", "errors", "note", "todo", "example"})
_DIRECTIVES = frozenset({"note", "qmp-example"})
_ESCAPES = {"\\": "\\\\", "'": "\\'"}


def value_text(value: Plain | Value, spread: bool = False, indent: int = 0) -> str:
    """*value* in the notation of schemas, on one line, or *spread* over many."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        return "'" + "".join(map(_character, value)) + "'"
    pad = " " * (indent + 2)
    if isinstance(value, Mapping):
        items = [
            f"{value_text(key)}: {value_text(item, spread, indent + 2)}"
            for key, item in value.items()
        ]
        opening, closing = "{", "}"
    else:
        items = [value_text(item, spread, indent + 2) for item in value]
        opening, closing = "[", "]"
    if spread and items:
        lines = f",\n{pad}".join(items)
        return f"{opening}\n{pad}{lines}\n{' ' * indent}{closing}"
    return f"{opening} {', '.join(items)} {closing}" if items else opening + closing


def _character(character: str) -> str:
    if " " <= character <= "~" or ord(character) >= 0xA0:
        return _ESCAPES.get(character, character)
    return f"\\u{ord(character):04x}"


def doc_text(doc: DocComment) -> str:
    """A documentation comment."""
    blocks = [] if doc.symbol is None else [[f"@{doc.symbol}:"]]
    previous = ""
    for section in doc.sections:
        if section.kind == "feature" and previous != "feature":
            blocks.append(["Features:"])
        blocks.append(_section(section))
        previous = section.kind
    lines = ["##"]
    for number, block in enumerate(blocks):
        lines += ["#"] * (number > 0)
        lines += [f"# {line}".rstrip() for line in block]
    return "\n".join([*lines, "##"])


def _section(section: DocSection) -> list[str]:
    text = section.text.split("\n") if section.text else []
    if section.kind in ("body", "text"):
        return text
    if section.kind == "heading":
        if set(section.name) == {"="}:
            return [f"{section.name} {section.text}"]
        return [section.text, section.name * max(3, len(section.text))]
    if section.kind in ("member", "feature"):
        return _tagged(f"@{section.name}:", text)
    if section.name in _DIRECTIVES:
        return _tagged(f".. {section.name}::", text)
    assert section.kind in _TAGS, section
    return _tagged(f"{section.name}:", text)


def _tagged(tag: str, text: list[str]) -> list[str]:
    """*text* behind its *tag*; below it where the first line is the one furthest to the right.

    What is indented loses its common margin when it is read.
    """
    rest = [line for line in text[1:] if line]
    fits = not rest or any(line[0] != " " for line in rest)
    # A tag with nothing behind it is one with an empty line.
    if fits and text and text[0][:1] not in ("", " "):
        return [f"{tag} {text[0]}", *_indented(text[1:])]
    return [tag, *_indented(text)]


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


def tree_texts(tree: SyntaxTree, *, spread: bool = False) -> dict[str, str]:
    """The files of *tree* by name."""
    items: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for expression in tree.expressions:
        text = value_text(expression.value, spread)
        if expression.doc is not None:
            text = f"{doc_text(expression.doc)}\n{text}"
        items[expression.source.name].append((expression.value.offset, text))
    for directive in tree.directives:
        text = value_text(directive.value, spread)
        items[directive.source.name].append((directive.value.offset, text))
    for comment in tree.free_docs:
        items[comment.source.name].append((comment.offset, doc_text(comment)))
    texts = {}
    for source in tree.sources:
        parts = [text for _, text in sorted(items[source.name])]
        texts[source.name] = "".join(f"{part}\n\n" for part in parts)
    return texts
