"""Documentation comments: the text between ``##`` and ``##``, taken apart into sections.

Three generations of syntax are read here. All begin with ``@name:`` of the definition,
then an introduction, then ``@member:`` descriptions, then tagged sections:

* Up to 5.2 text ran on without indentation: a description until an unindented line after
  a blank one, a tagged section until the next tag.
* From 6.0 the text of a description lines up in a column.
* From 9.0 whatever belongs to a description or a tagged section is indented; what is not
  is text of its own. ``Note:`` and ``Example:`` gave way to rST directives.

Reading is lenient by default: it takes all three. What the newest rules forbid and older
ones allowed goes through :meth:`qapigen.frontend.findings.Findings.outdated`. A comment has at most
one error, its first, as what follows it may well be its consequence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from attrs import define, evolve, field

from qapigen.frontend.doclines import content_of, indent_of
from qapigen.frontend.findings import Findings, SyntaxFaultError, quoted
from qapigen.frontend.source import SourceFile
from qapigen.frontend.syntax import DocComment, DocSection, Text

__all__ = ["parse_comment"]

_TAG = re.compile(r"(Returns|Errors|Since|Notes?|Examples?|TODO):(?!:)\s*")
_TAG_INITIALS = frozenset("RESNT")
_KINDS = {"Notes": "note", "Example": "example", "Examples": "example"}
#: Tags of which one is enough.
_SINGLE = frozenset({"Returns", "Errors", "Since"})

#: Older releases wanted a name without blanks; today a colon is all that ends it.
_MEMBER = re.compile(r"@([^\s:]*):\s*")
_MEMBER_TODAY = re.compile(r"@([^:]*):\s*")
_FREE_MEMBER = re.compile(r"@(\S+):")

_DIRECTIVE = re.compile(r"\.\. +([A-Za-z][\w-]*)::\s*")
#: Directives that say the same as a tag did.
_DIRECTIVE_KINDS = {"qmp-example": "example", "note": "note"}


_OLD_HEADING = re.compile(r"(=+) +([^\s=].*)")
_ADORNMENT = re.compile(r"""([-=~^"'*+#<>`:.])\1{2,}$""")


def parse_comment(
    source: SourceFile, text: Text, findings: Findings
) -> tuple[DocComment, SyntaxFaultError | None]:
    """Take a comment apart; *text* is all of it, from its first ``##`` to its last.

    With an error, what was read before it comes along.
    """
    comment = DocComment(source, text.offset, None)
    reader = _Reader(comment, findings)
    try:
        reader.read(text)
    except SyntaxFaultError as fault:
        comment.faulty = True
        if comment.symbol:
            title = f"the documentation of {quoted(comment.symbol)}"
            fault.diagnostic = evolve(fault.diagnostic, definition=title)
        reader.finish()
        return comment, fault
    return comment, None


@define
class _Draft:
    """A section that grows."""

    kind: str
    name: str
    offset: int
    #: What stood on the line of the tag itself.
    head: str = ""
    lines: list[str] = field(factory=list)

    def is_empty(self) -> bool:
        return not self.head and not any(self.lines)

    def section(self) -> DocSection:
        """The section, dedented."""
        return DocSection(
            self.kind, self.name, _joined(self.head, self.lines), self.offset
        )


def _joined(head: str, lines: list[str]) -> str:
    """One text: *lines* lose their common indentation, and blank lines at either end go."""
    if not lines:
        return head
    body = "\n".join(_dedented(lines)).strip("\n")
    if not body or not head:
        return head or body
    # A paragraph right below the tag continues it; one after a blank line stays apart.
    return f"{head}\n\n{body}" if not lines[0] else f"{head}\n{body}"


def _dedented(lines: list[str]) -> list[str]:
    indents = [indent_of(line) for line in lines if line]
    margin = min(indents, default=0)
    return [line[margin:] for line in lines] if margin else lines


class _Reader:
    """Reads one comment, line by line."""

    def __init__(self, comment: DocComment, findings: Findings) -> None:
        self.comment = comment
        self.source = comment.source
        self.findings = findings
        self.strict = findings.strict
        self.member = _MEMBER_TODAY if self.strict else _MEMBER
        self.drafts: list[_Draft] = []
        #: Names described so far, by kind.
        self.seen: dict[str, set[str]] = {"member": set(), "feature": set()}
        #: "members" may still come, we are among "features", or neither ("closed").
        self.phase = "members"
        self.awaiting_features = False
        self.had_features = False

    def read(self, text: Text) -> None:
        """Read all of it; raises :class:`SyntaxFaultError`."""
        lines = text.split("\n")
        if lines[0] != "##":
            self._fail(text.offset, "junk after '##' at the start of a comment")
        last = lines.pop()
        end = text.offset + len(text) - len(last.lstrip())
        content = content_of(self.source, text.offset, lines, self.findings)
        first = next(content, None)
        if first and first[1].startswith("@"):
            self._symbol(*first)
            self._definition(content)
            if self.awaiting_features:
                self._no_features(end)
        else:
            self._free(chain([first] if first else [], content))
        if last.lstrip() != "##":
            self._fail(end, "junk after '##' at the end of a comment")
        self._check_empty()
        self.finish()

    def finish(self) -> None:
        """Hand over the sections."""
        drafts = (draft for draft in self.drafts if not _is_void(draft))
        self.comment.sections = [draft.section() for draft in drafts]

    def _fail(self, offset: int, message: str, hint: str = "") -> None:
        raise SyntaxFaultError(self.source, offset, message, hint)

    def _outdated(self, offset: int, rule: str, message: str, hint: str = "") -> None:
        self.findings.outdated(self.source, offset, rule, message, hint)

    # Definitions

    def _symbol(self, offset: int, line: str) -> None:
        """The first line: ``@name:``."""
        if not line.endswith(":"):
            hint = "write what is documented, and nothing else, as '@name:'"
            self._fail(offset, "the first line should end with ':'", hint)
        if line == "@:":
            self._fail(offset, "a name is missing between '@' and ':'")
        self.comment.symbol = Text(line[1:-1])
        self.comment.symbol.offset = offset + 1
        self._start("body", "", offset)

    def _definition(self, content: Iterator[tuple[int, str]]) -> None:
        """All lines below the first."""
        blank = False
        for offset, line in content:
            if line:
                self._line(offset, line, blank)
                blank = False
            else:
                self.drafts[-1].lines.append(line)
                blank = True

    def _line(self, offset: int, line: str, blank: bool) -> None:
        """A line that is not blank; *blank* says whether the one before it was."""
        first = line[0]
        described = self.member.match(line) if first == "@" else None
        if self.awaiting_features and not described:
            self._no_features(offset)
        if self.strict and not blank and not described:
            self._check_indentation(offset, line)
        if first == " " or self._begins_nothing(blank):
            self.drafts[-1].lines.append(line)
        elif described:
            self._describe(offset, described)
        elif first in _TAG_INITIALS and (tag := self._tag_in(line, blank)):
            self._tag(offset, tag)
        elif line == "Features:":
            self._features(offset)
        else:
            self._text(offset, line, blank)

    def _check_indentation(self, offset: int, line: str) -> None:
        """The second line of an indented text may not fall back behind the first.

        The newest release checks that, and lets any later line fall back: it ends the text.
        """
        draft = self.drafts[-1]
        if draft.kind in ("body", "text") or draft.name in _DIRECTIVE_KINDS:
            return
        written = [other for other in draft.lines if other]
        if len(written) != 1:
            return
        indent = indent_of(written[0])
        if indent and indent_of(line) < indent:
            message = f"text falls back: expected at least {indent} spaces before it"
            self._fail(offset, message, "line it up, or put a blank line before it")

    def _begins_nothing(self, blank: bool) -> bool:
        """Today a paragraph runs to the next blank line, whatever its lines begin with."""
        draft = self.drafts[-1]
        return (
            self.strict
            and not blank
            and (draft.kind in ("body", "text") or draft.name in _DIRECTIVE_KINDS)
            and not draft.is_empty()
            and self.phase != "features"
        )

    def _describe(self, offset: int, match: re.Match[str]) -> None:
        """``@name: text``."""
        name = match[1]
        if self.phase == "closed":
            hint = "describe members before 'Features:', tags and other text"
            message = f"description of {quoted(f'@{name}:')} after another section"
            self._fail(offset, message, hint)
        kind = "feature" if self.phase == "features" else "member"
        if not name:
            self._fail(offset, "a name is missing between '@' and ':'")
        if name in self.seen[kind]:
            self._fail(offset, f"{quoted(name)} is described twice")
        self.seen[kind].add(name)
        self.awaiting_features = False
        head = match.string[match.end() :]
        if head.startswith("#optional"):
            rule = "there is no '#optional'; the schema says what is optional"
            self._outdated(offset, "optional", rule)
            head = head[len("#optional") :].lstrip()
        self._start(kind, name, offset, head)

    def _tag_in(self, line: str, blank: bool) -> re.Match[str] | None:
        """The tag that *line* begins with.

        A "Note:" right below the text of a member is about that member: schemas whose
        comments lost their indentation have it there.
        """
        tag = _TAG.match(line)
        if tag and tag[1] == "Note" and self.drafts[-1].kind == "member" and not blank:
            return tag if self.strict else None
        return tag

    def _tag(self, offset: int, match: re.Match[str]) -> None:
        """``Since: 1.0`` and its like."""
        name = match[1]
        if name in _SINGLE and any(draft.name == name for draft in self.drafts):
            if name != "Errors":
                self._fail(offset, f"a second '{name}:' section")
            self._outdated(offset, "twice", f"a second '{name}:' section")
        kind = _KINDS.get(name) or name.lower()
        if kind in ("note", "example"):
            directive = ".. note::" if kind == "note" else ".. qmp-example::"
            message = f"'{name}:' sections are no more"
            self._outdated(offset, name, message, f"use '{directive}'")
        self.phase = "closed"
        self._start(kind, name, offset, match.string[match.end() :])

    def _features(self, offset: int) -> None:
        """The line ``Features:``."""
        if self.had_features:
            self._outdated(offset, "features", "a second 'Features:' line")
        self.had_features = self.awaiting_features = True
        self.phase = "features"

    def _no_features(self, offset: int) -> None:
        """Something else where ``@feature:`` should be."""
        self.awaiting_features = False
        message = "expected '@feature: ...' after 'Features:'"
        self._outdated(offset, "no-features", message)

    def _text(self, offset: int, line: str, blank: bool) -> None:
        """An unindented line that opens nothing: does it go on, or is it a new paragraph?"""
        draft = self.drafts[-1]
        directive = _DIRECTIVE.match(line) if line.startswith(".. ") else None
        if directive and directive[1] in _DIRECTIVE_KINDS:
            self._close_members()
            kind = _DIRECTIVE_KINDS[directive[1]]
            self._start(kind, directive[1], offset, line[directive.end() :])
        elif draft.kind in ("body", "text") or self._runs_on(draft, blank):
            draft.lines.append(line)
        else:
            self._close_members()
            self._start(self._text_kind(), "", offset)
            self.drafts[-1].lines.append(line)

    def _runs_on(self, draft: _Draft, blank: bool) -> bool:
        """Whether unindented text belongs to the description or tagged section before it."""
        if self.strict or draft.name in _DIRECTIVE_KINDS:
            return False
        if not blank:
            return True
        # "Example:" or "Notes:" alone on its line, in the old way, has all that follows.
        # Where the text below it is indented, that is the new way.
        if draft.head or draft.kind not in ("example", "note", "todo"):
            return False
        return next((line[0] != " " for line in draft.lines if line), True)

    def _text_kind(self) -> str:
        """Of a paragraph: part of the introduction, or something after a section."""
        return "body" if self.phase == "members" and not self._described() else "text"

    def _described(self) -> bool:
        return any(draft.kind == "member" for draft in self.drafts)

    def _close_members(self) -> None:
        """Text after descriptions ends them; text before them does not."""
        if self._described() or self.phase == "features":
            self.phase = "closed"

    def _start(self, kind: str, name: str, offset: int, head: str = "") -> None:
        self.drafts.append(_Draft(kind, name, offset, head))

    def _check_empty(self) -> None:
        """Every description and every tagged section has a text."""
        for draft in self.drafts:
            if draft.kind in ("body", "text", "heading") or not draft.is_empty():
                continue
            if draft.kind in ("member", "feature"):
                message = f"no text after {quoted(f'@{draft.name}:')}"
                self._outdated(draft.offset, "empty", message)
            elif draft.name not in _DIRECTIVE_KINDS:
                self._fail(draft.offset, f"no text after '{draft.name}:'")

    # Comments that document no definition

    def _free(self, content: Iterable[tuple[int, str]]) -> None:
        """Headings and text."""
        named = _MEMBER_TODAY if self.strict else _FREE_MEMBER
        for offset, line in content:
            if line.startswith("@") and (match := named.match(line)):
                hint = "a comment documents a definition if its first line is '@name:'"
                message = f"{quoted(f'@{match[1]}:')} in a comment that documents no definition"
                self._fail(offset, message, hint)
            old = _OLD_HEADING.match(line) if line.startswith("=") else None
            if old:
                self._start("heading", old[1], offset, old[2])
            elif not self._underlines(line):
                if not self.drafts or (line and self.drafts[-1].kind == "heading"):
                    self._start("body", "", offset)
                self.drafts[-1].lines.append(line)

    def _underlines(self, line: str) -> bool:
        """Whether *line* makes a heading of the one before it, as in rST; then it is one."""
        adornment = _ADORNMENT.match(line)
        if not adornment or not self.drafts or self.drafts[-1].kind == "heading":
            return False
        draft = self.drafts[-1]
        title = draft.lines[-1] if draft.lines else ""
        before = draft.lines[-2] if len(draft.lines) > 1 else ""
        if not title or len(title.strip()) > len(line) or before not in ("", line):
            return False
        del draft.lines[-2 if before else -1 :]
        self._start("heading", adornment[1], draft.offset, title.strip())
        return True


def _is_void(draft: _Draft) -> bool:
    return draft.kind in ("body", "text") and draft.is_empty()
