"""Tokens to syntax: runs the tables of :mod:`qapigen.frontend.tables` and builds values as it goes.

This is the loop that lark's own LALR parser runs, without what a schema does not need:
no tree is kept, no position of an end, and where all of a state's actions are the same
reduction it is done without looking at the next token. That also makes the list of what
was expected exact when a token does not fit.

After an error, reading goes on at the next line that looks like the beginning of a
definition: ``{`` or ``##`` in the first column.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from attrs import evolve

from qapigen.errors import Diagnostic
from qapigen.frontend import docs, tables
from qapigen.frontend.findings import Findings, SyntaxFaultError, quoted
from qapigen.frontend.lexer import END, Token, end_of_text, tokens
from qapigen.frontend.source import SourceFile
from qapigen.frontend.syntax import Array, DocComment, Object, Text

__all__ = ["Item", "parse"]

#: What a file is made of, in order; a diagnostic stands for what could not be read.
Item: TypeAlias = "Object | DocComment | Diagnostic"

#: A file with more errors than this is probably not a schema.
MAX_ERRORS = 20

_DEFINES = frozenset(
    ["struct", "enum", "union", "alternate", "command", "event", "include", "pragma"]
)

_RESUME = re.compile(r"^(?:\{|##)", re.MULTILINE)

_Row: TypeAlias = dict[str, int]
_Reduction: TypeAlias = tuple[int, str, str]  # symbols, what they make, action

_SHOWN = {
    "STRING": "a string",
    "LBRACE": "'{'",
    "LSQB": "'['",
    "COLON": "':'",
    "COMMA": "','",
    "RBRACE": "'}'",
    "RSQB": "']'",
    "TRUE": "true",
    "FALSE": "false",
    "DOC": "a documentation comment",
}


def parse(source: SourceFile, findings: Findings) -> list[Item]:
    """Read all of *source*."""
    builder = _Builder(source, findings)
    start, size = 0, len(source.text)
    while start <= size:
        run = _Run(builder, start)
        try:
            run.go()
            break
        except _TooManyError:
            break
        except SyntaxFaultError as fault:
            fault.diagnostic = evolve(fault.diagnostic, definition=run.title())
            run.settle()
            if not builder.report(fault):
                break
            # At the offending token, unless that is where we began.
            after = max(fault.offset, start + 1)
            resume = _RESUME.search(source.text, after)
            start = resume.start() if resume else size + 1
    return builder.items


@cache
def _automaton() -> tuple[list[_Row], list[_Reduction | None], list[_Reduction], Any]:
    """The tables in the shape the loop wants: rows, default reductions, rules, gotos."""
    table = tables.load()
    rules = [(rule.size, rule.origin, rule.action) for rule in table.rules]
    defaults: list[_Reduction | None] = []
    for row in table.rows:
        actions = set(row.values())
        (only,) = actions if len(actions) == 1 else (0,)
        defaults.append(rules[-only - 1] if only < 0 else None)
    return list(table.rows), defaults, rules, (list(table.gotos), table.end)


class _TooManyError(Exception):
    """The file has so many errors that it is not read further."""


class _Run:
    """One pass of the automaton from a start to the end of the text or to an error."""

    def __init__(self, builder: _Builder, start: int) -> None:
        self.builder = builder
        self.start = start
        self.states = [0]
        self.values: list[Any] = [None]

    def go(self) -> None:
        """Read to the end of the text; raises :class:`SyntaxFaultError`."""
        rows, defaults, rules, (gotos, end) = _automaton()
        builder, states, values = self.builder, self.states, self.values
        actions = builder.actions
        state = 0
        for token in tokens(builder.source, self.start, builder.findings):
            kind = token[0]
            while True:
                reduction = defaults[state]
                if reduction is None:
                    action = rows[state].get(kind)
                    if action is None:
                        if kind == END and state == end:
                            return
                        raise self._unexpected(token, state)
                    if action >= 0:
                        states.append(action)
                        values.append(token[1])
                        state = action
                        break
                    reduction = rules[-action - 1]
                size, origin, name = reduction
                if size:
                    children = values[-size:]
                    del values[-size:], states[-size:]
                else:
                    children = []
                values.append(actions[name](children))
                state = gotos[states[-1]][origin]
                states.append(state)

    def title(self) -> str:
        """The definition that is being read, by the first member of the outermost object."""
        for outermost in self.values:
            if isinstance(outermost, Object):
                key, name = next(iter(outermost.items()), ("", None))
                if key in _DEFINES and isinstance(name, Text):
                    return f"{key} {quoted(name)}"
                break
        return ""

    def settle(self) -> None:
        """Do what is due without another token: a definition may be complete already."""
        _, defaults, _, (gotos, _) = _automaton()
        while reduction := defaults[self.states[-1]]:
            size, origin, name = reduction
            at = len(self.values) - size
            children = self.values[at:]
            del self.values[at:], self.states[at:]
            self.values.append(self.builder.actions[name](children))
            self.states.append(gotos[self.states[-1]][origin])

    def _unexpected(self, token: Token, state: int) -> SyntaxFaultError:
        """The message for a token that cannot stand here."""
        kind, value, match = token
        source = self.builder.source
        offset = match.start(match.lastindex or 0)
        if kind == "STRING":
            offset = getattr(value, "offset", offset)
        if kind == END:
            offset = end_of_text(source.text)
        expected = [name for name in _SHOWN if name in _automaton()[0][state]]
        message = f"expected {_choice(expected)}, found {_found(kind, value)}"
        related: tuple[tuple[int, str], ...] = ()
        opened = [node for node in self.values if isinstance(node, Object | Array)]
        if opened and kind in (END, "DOC", "LBRACE"):
            bracket = "'{'" if isinstance(opened[-1], Object) else "'['"
            related = ((opened[-1].offset, f"this {bracket} is not closed"),)
        return SyntaxFaultError(
            source, offset, message, self._advice(kind, expected), related
        )

    def _advice(self, kind: str, expected: list[str]) -> str:
        """What to do about it, where that can be guessed."""
        # What stands on the stack before the token: "[", or something and a comma.
        after_bracket = isinstance(self.values[-1], Object | Array)
        after_comma = self.values[-1] is None and isinstance(
            self.values[-2], Object | Array
        )
        if kind in ("RBRACE", "RSQB") and after_comma:
            return f"remove the comma before {_SHOWN[kind]}"
        if kind == "COMMA" and (after_comma or after_bracket):
            return "remove this comma"
        if expected == ["COLON"]:
            return "a key and its value have a colon between them"
        if "DOC" in expected:
            return "a schema is a series of definitions: { 'struct': ... }"
        return ""


def _choice(expected: list[str]) -> str:
    """``'a', 'b' or 'c'``; where any value may stand, it says so."""
    shown = [_SHOWN[name] for name in expected]
    if "TRUE" in expected:
        closing = [name for name in shown if name == "']'"]
        shown = ["a value", *closing]
    elif "DOC" in expected:
        shown = ["a definition"]
    *most, last = shown
    return f"{', '.join(most)} or {last}" if most else last


def _found(kind: str, value: object) -> str:
    if kind == END:
        return "the end of the file"
    if isinstance(value, Text) and kind == "STRING":
        return quoted(value)
    return _SHOWN.get(kind, "null")


class _Builder:
    """The actions of the grammar: they get the values of the symbols of their rule."""

    def __init__(self, source: SourceFile, findings: Findings) -> None:
        self.source = source
        self.findings = findings
        self.items: list[Item] = []
        self.errors = 0
        self.actions: dict[str, Callable[[list[Any]], Any]] = {
            "empty": _nothing,
            "comment": self.comment,
            "definition": self.definition,
            "empty_object": _first,
            "empty_array": _first,
            "closed": _first,
            "first_member": self.first_member,
            "next_member": self.next_member,
            "first_element": _first_element,
            "next_element": _next_element,
        }

    def report(self, fault: SyntaxFaultError) -> bool:
        """Keep an error in its place among the items; false if it is one too many."""
        self.errors += 1
        if self.errors > MAX_ERRORS:
            text = "too many errors: the rest of this file is not read"
            self.items.append(Diagnostic(fault.diagnostic.place, text))
            return False
        self.items.append(fault.diagnostic)
        return True

    def comment(self, children: list[Any]) -> None:
        """``file: file DOC``."""
        comment, fault = docs.parse_comment(self.source, children[1], self.findings)
        if fault and not self.report(fault):
            raise _TooManyError
        self.items.append(comment)

    def definition(self, children: list[Any]) -> None:
        """``file: file object``."""
        node: Object = children[1]
        if node:
            self.items.append(node)
        elif not self.report(
            SyntaxFaultError(self.source, node.offset, "an empty definition")
        ):
            raise _TooManyError

    def first_member(self, children: list[Any]) -> Object:
        """``members: LBRACE STRING COLON value``."""
        node: Object = children[0]
        node[children[1]] = children[3]
        return node

    def next_member(self, children: list[Any]) -> Object:
        """``members: members COMMA STRING COLON value``."""
        node: Object
        node, _, key, _, value = children
        if key in node:
            first = next(other for other in node if other == key)
            related = ((first.offset, "first given here"),)
            message = f"duplicate key {quoted(key)}"
            if not self.report(
                SyntaxFaultError(self.source, key.offset, message, "", related)
            ):
                raise _TooManyError
        else:
            node[key] = value
        return node


def _nothing(children: list[Any]) -> None:
    """``file:`` of an empty file."""


def _first(children: list[Any]) -> Any:
    return children[0]


def _first_element(children: list[Any]) -> Array:
    node: Array = children[0]
    node.append(children[1])
    return node


def _next_element(children: list[Any]) -> Array:
    node: Array = children[0]
    node.append(children[2])
    return node
