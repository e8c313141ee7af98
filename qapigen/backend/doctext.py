"""Docstrings: documentation comments of the schema as text for ``help()`` and editors.

The wording and markup of the schema stay; sections become the ones Python readers know. Lines
begin at column 0; layout indents them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from qapigen.model.conditions import Condition, describe
from qapigen.model.schema import Command, Definition, Doc, EnumValue, Feature, Member

__all__ = ["command_text", "definition_text", "first_sentence", "item_note"]

_OPTIONAL = re.compile(r"^#optional\s*", re.IGNORECASE)
_ROLE = re.compile(r":[a-z]+(?::[a-z]+)*:`([^`]+)`")
_DIRECTIVE = re.compile(r"^( *)\.\. ([a-z]+):: *(.*)$", re.MULTILINE)
#: Stands for the text of a member that has none beside others that have one.
_SILENT = "(not documented)"
_OPTION = re.compile(r"\s*:([a-z-]+):\s*(.*)")
_HEADINGS = {"note": "Note", "todo": "To do", "errors": "Errors"}


def first_sentence(text: str) -> str:
    """The first sentence or line of *text*, for one-line summaries."""
    paragraph = text.strip().split("\n\n", 1)[0].replace("\n", " ")
    return re.split(r"(?<=[.!?])\s", paragraph, maxsplit=1)[0]


def _indented(text: str, width: int) -> str:
    return text.replace("\n", "\n" + " " * width)


def item_note(
    condition: Condition | None, features: Iterable[Feature], since: str, text: str
) -> str:
    """What must be said of a member beside its text: ``deprecated; only if CONFIG_X``."""
    notes = [feature.name for feature in features]
    if condition is not None:
        notes.append(f"only if {describe(condition)}")
    if since and "since" not in text.lower():
        notes.append(f"since {since}")
    return "; ".join(notes)


def _item(name: str, item: Member | EnumValue) -> str:
    text = _OPTIONAL.sub("", item.doc).strip() or _SILENT
    note = item_note(item.condition, item.features, item.since, text)
    if note:
        text = f"{text} [{note}]"
    return f"    {name}: {_indented(text, 8)}"


def _worth_a_line(item: Member | EnumValue) -> bool:
    """Members always are; values only if there is more to say than their name."""
    if isinstance(item, Member):
        return True
    return bool(item.doc or item.features or item.condition is not None)


def _block(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"{title}:", *lines])


def _example(text: str) -> tuple[str, str]:
    """Heading and text of an example. Options of the directive (``:title: ...``) come first."""
    options: dict[str, str] = {}
    lines = text.split("\n")
    while lines and (option := _OPTION.match(lines[0])):
        options[option[1]] = option[2]
        del lines[0]
    title = options.get("title", "")
    return (f"Example: {title}" if title else "Example:"), _dedented(lines)


def _dedented(lines: Sequence[str]) -> str:
    margin = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    return "\n".join(line[margin:] for line in lines).strip("\n")


def _section(kind: str, text: str) -> str:
    if kind == "example":
        heading, text = _example(text)
        return f"{heading}\n    {_indented(text, 4)}"
    if kind not in _HEADINGS:
        return text
    return f"{_HEADINGS[kind]}:\n    {_indented(text, 4)}"


def _features(definition: Definition, doc: Doc) -> list[str]:
    lines = []
    for feature in definition.features:
        text = doc.features.get(feature.name, "").strip() or "(not documented)"
        if feature.condition is not None:
            text = f"{text} [only if {describe(feature.condition)}]"
        lines.append(f"    {feature.name}: {_indented(text, 8)}")
    return lines


def definition_text(
    definition: Definition,
    items: Sequence[tuple[str, Member | EnumValue]],
    *,
    title: str = "Members",
    fallback: str,
    returns: str = "",
    intro: str = "",
    condition: Condition | None = None,
) -> str:
    """The docstring of a class or method.

    *items* are Python names with what they stand for; *fallback* is the summary where the schema
    has none; *intro* goes in front of all else; *condition* replaces that of the definition.
    """
    doc = definition.doc
    parts = [part for part in (intro, doc.body.strip()) if part] or [fallback]
    lines = [_item(name, item) for name, item in items if _worth_a_line(item)]
    if any(not line.endswith(_SILENT) for line in lines):
        parts.append(_block(title, lines))
    if returns:
        parts.append(f"Returns:\n    {_indented(returns, 4)}")
    if doc.errors:
        parts.append(_section("errors", doc.errors))
    features = _features(definition, doc)
    if features:
        parts.append(_block("Features", features))
    parts += [_section(kind, text) for kind, text in doc.sections]
    condition = condition or definition.condition
    if condition is not None:
        parts.append(f"Only if {describe(condition)}.")
    if doc.since_text:
        parts.append(f"Since {doc.since_text.rstrip('.')}.")
    return _plain("\n\n".join(parts))


def _plain(text: str) -> str:
    """*text* without what only Sphinx understands: roles and the marks of directives."""
    if ":`" in text:
        text = _ROLE.sub(r"`\1`", text)
    if ".. " in text:
        text = _DIRECTIVE.sub(_spelled_out, text)
    return text


def _spelled_out(match: re.Match[str]) -> str:
    indent, directive, title = match.groups()
    heading = title if directive == "admonition" and title else directive.capitalize()
    rest = f" {title}" if title and directive != "admonition" else ""
    return f"{indent}{heading}:{rest}"


def command_text(
    command: Command, items: Sequence[tuple[str, Member]], fallback: str
) -> str:
    """The docstring of a command's method."""
    flags = []
    if command.has_feature("unstable"):
        flags.append("Unstable: may change or go without notice.")
    if not command.success_response:
        flags.append("The server sends no reply on success.")
    text = definition_text(
        command,
        items,
        title="Arguments",
        fallback=fallback,
        returns=command.doc.returns,
    )
    return "\n\n".join([text, *flags])
