"""A root schema file to its syntax tree: follows includes, applies pragmas, pairs comments.

::

    loader  file -> text        lexer  text -> tokens        lalr  tokens -> items
    docs    comment -> sections           parser  items of all files -> SyntaxTree

A file is read once, where an include reaches it first. Includes are followed without
recursion: a chain of a thousand files is as good as one of three.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import define, field

from qapigen.errors import Diagnostic, SchemaError, UsageError
from qapigen.frontend import lalr
from qapigen.frontend.findings import Findings, SyntaxFaultError, quoted
from qapigen.frontend.loader import (
    BadTextError,
    FileKey,
    UnreadableError,
    identify,
    read_source,
)
from qapigen.frontend.pragma import apply_pragma, lonely
from qapigen.frontend.source import Place, SourceFile
from qapigen.frontend.syntax import (
    Directive,
    DocComment,
    Expression,
    Object,
    Pragma,
    SyntaxTree,
    Text,
)

__all__ = ["load", "shown_path"]


def shown_path(path: Path) -> str:
    """*path* as messages show it: relative to the working directory where that is shorter."""
    given = str(path)
    try:
        relative = os.path.relpath(given)
    except (OSError, ValueError):  # no working directory any more; another drive
        return given
    return min(relative, given, key=len)


def load(
    root: Path,
    *,
    strict: bool = False,
    display: Callable[[Path], str] | None = None,
    notes: list[Diagnostic] | None = None,
    errors: list[Diagnostic] | None = None,
) -> SyntaxTree:
    """Read *root* and all it includes.

    *strict* holds the schema to the newest dialect; otherwise what any release allowed is
    accepted, and noted in *notes* if given. *display* says how paths are shown.

    Raises :class:`~qapigen.errors.SchemaError` with all findings; with *errors* given they
    are appended there instead, and the tree has what could be read. Raises
    :class:`~qapigen.errors.UsageError` if *root* itself cannot be read.
    """
    findings = Findings(strict, [] if errors is None else errors, notes)
    tree = _Loader(findings, display or shown_path).load(root)
    if errors is None and findings.errors:
        raise SchemaError(findings.errors)
    return tree


@define
class _Frame:
    """A file that is being gone through."""

    source: SourceFile
    key: FileKey
    items: Iterator[lalr.Item]
    #: The comment right before the next item.
    comment: DocComment | None = None


@define
class _Loader:
    """Goes through the items of all files in the order in which includes reach them."""

    findings: Findings
    display: Callable[[Path], str]
    known: set[FileKey] = field(factory=set, init=False)
    #: The files of ``frames``.
    active: set[FileKey] = field(factory=set, init=False)
    frames: list[_Frame] = field(factory=list, init=False)
    pragma: Pragma = field(factory=Pragma, init=False)
    tree: SyntaxTree = field(init=False)

    def load(self, root: Path) -> SyntaxTree:
        """Read *root* and all it includes."""
        source = SourceFile(self.display(root), "", None, root.name, str(root))
        self.tree = SyntaxTree(source, [], [], [], [])
        try:
            self._enter(source, identify(source.file, pipes=True))
        except UnreadableError as error:
            raise UsageError(f"cannot read {quoted(source.path)}: {error}") from None
        while self.frames:
            frame = self.frames[-1]
            item = next(frame.items, None)
            if item is None:
                self._drop_comment(frame)
                self.active.remove(self.frames.pop().key)
            else:
                self._item(frame, item)
        self.tree.pragma = self.pragma
        return self.tree

    def _enter(self, source: SourceFile, key: FileKey) -> None:
        """Read a file and make it the current one; raises :class:`UnreadableError`."""
        self.known.add(key)
        items: list[lalr.Item] = []
        try:
            read_source(source)
            items = lalr.parse(source, self.findings)
        except BadTextError as bad:
            items.append(Diagnostic(bad.place, bad.message, hint=bad.hint))
        self.tree.sources.append(source)
        self.active.add(key)
        self.frames.append(_Frame(source, key, iter(items)))

    def _item(self, frame: _Frame, item: lalr.Item) -> None:
        if isinstance(item, DocComment):
            self._drop_comment(frame)
            frame.comment = item
        elif isinstance(item, Diagnostic):
            self.findings.errors.append(item)
            self.tree.incomplete = True
            # A file that cannot be decoded has no text here: nobody knows what it held.
            text = frame.source.text
            self.tree.rules_lost |= not text or "'pragma'" in text
            # It may be the very definition that the comment was for.
            frame.comment = None
        elif "include" in item:
            self._drop_comment(frame)
            self._include(frame, item)
        elif "pragma" in item:
            self._drop_comment(frame)
            self._pragma(frame.source, item)
        else:
            self._definition(frame, item)

    def _error(self, fault: SyntaxFaultError) -> None:
        self.findings.errors.append(fault.diagnostic)

    # Comments

    def _drop_comment(self, frame: _Frame) -> None:
        """The comment before this stands alone: no harm if it documents no definition."""
        comment, frame.comment = frame.comment, None
        if comment is None:
            return
        if comment.symbol is None:
            self.tree.free_docs.append(comment)
        elif not comment.faulty:
            message = (
                f"no definition follows the documentation of {quoted(comment.symbol)}"
            )
            hint = "a comment stands right before what it documents"
            self._error(SyntaxFaultError(frame.source, comment.offset, message, hint))

    def _definition(self, frame: _Frame, value: Object) -> None:
        comment, frame.comment = frame.comment, None
        if comment and comment.symbol is None:
            if not comment.faulty:
                message = "this comment does not say which definition it documents"
                hint = "make '@name:' its first line, or end it before another comment"
                self._error(
                    SyntaxFaultError(frame.source, comment.offset, message, hint)
                )
            comment = None
        self.tree.expressions.append(Expression(frame.source, value, comment))

    # Directives

    def _lose(self, fault: SyntaxFaultError, directive: Object) -> None:
        """A directive that is wrong takes with it what it would have brought."""
        self.findings.errors.append(fault.of_directive(directive.offset))
        self.tree.rules_lost = True

    def _pragma(self, source: SourceFile, value: Object) -> None:
        for result in apply_pragma(self.pragma, source, value, self.findings):
            if isinstance(result, SyntaxFaultError):
                self._lose(result, value)
            else:
                self.pragma = result
                self.tree.directives.append(Directive(source, "pragma", value))

    def _include(self, frame: _Frame, value: Object) -> None:
        try:
            self._follow(frame, value)
        except SyntaxFaultError as fault:
            self._lose(fault, value)

    def _follow(self, frame: _Frame, value: Object) -> None:
        """Go to the included file, unless it has been read; raises :class:`SyntaxFaultError`."""
        source = frame.source
        if len(value) != 1:
            raise lonely(source, value, "include")
        key, name = next(iter(value.items()))
        if not isinstance(name, Text):
            raise SyntaxFaultError(
                source, key.offset, "the value of 'include' must be a string"
            )
        path = os.path.join(os.path.dirname(source.file), name)
        try:
            identity = identify(path)
            self._check_cycle(source, name, identity)
            self.tree.directives.append(Directive(source, "include", value))
            if identity not in self.known:
                self._enter(self._included(frame, name, path), identity)
        except UnreadableError as error:
            message = f"cannot include {quoted(name)}: {error}"
            hint = "the path is relative to the folder of the file that includes it"
            raise SyntaxFaultError(source, name.offset, message, hint) from None

    def _included(self, frame: _Frame, name: Text, path: str) -> SourceFile:
        folder = posixpath.dirname(frame.source.name)
        within = posixpath.normpath(posixpath.join(folder, name.replace(os.sep, "/")))
        place = Place(frame.source, name.offset)
        return SourceFile(self.display(Path(path)), "", place, within, path)

    def _check_cycle(self, source: SourceFile, name: Text, key: FileKey) -> None:
        """A file that is being read cannot be included again."""
        if key not in self.active:
            return
        start = [frame.key for frame in self.frames].index(key)
        chain = [frame.source.path for frame in self.frames[start:]]
        if len(chain) == 1:
            raise SyntaxFaultError(
                source, name.offset, f"{quoted(name)} includes itself"
            )
        circle = " -> ".join([*chain, chain[0]])
        raise SyntaxFaultError(
            source, name.offset, f"{quoted(name)} includes itself: {circle}"
        )
