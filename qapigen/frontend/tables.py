"""The parser's tables: built from the grammar by lark, once, and only read afterwards.

Building them costs a quarter of a second and the whole of lark in memory, for about forty
states. So they are built when the package is built (the build hook calls
:func:`build`) and lie beside this module as plain text; :mod:`qapigen.frontend.lalr` runs them.
Where that file is missing or belongs to another grammar (a source tree that was never
built), they are built on first use and kept in the user's cache folder.

The file repeats the grammar it was made from: whether it is current is a comparison of
two short texts and needs neither lark nor a digest. What is in it does not depend on the
release of lark that wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from attrs import frozen

from qapigen.caches import BUILT, cache_folder, keep, write_whole
from qapigen.errors import QapigenError

if TYPE_CHECKING:
    from lark import Lark
    from lark.parsers.lalr_analysis import IntParseTable

__all__ = ["GRAMMAR", "SHIPPED", "Rule", "Tables", "build", "load"]

#: The grammar, and the tables that are shipped for it.
GRAMMAR = Path(__file__).with_name("grammar.lark")
SHIPPED = BUILT / "parser.tables"

#: First line of a tables file; the number counts changes of the format.
_HEADER = "qapigen parse tables, format 1"
_SEPARATOR = "grammar:"
_START = "file"


@frozen
class Rule:
    """A production: what it makes, from how many symbols, and the action that does it."""

    origin: str
    size: int
    action: str


_Row: TypeAlias = dict[str, int]


@frozen
class Tables:
    """An LALR(1) automaton.

    A row maps a terminal to what to do: shift and go to state *n* (zero and above), or
    reduce by rule ``-n - 1`` (below zero). ``gotos`` does so for what a rule made.
    """

    rules: tuple[Rule, ...]
    rows: tuple[_Row, ...]
    gotos: tuple[_Row, ...]
    #: Entered when ``file`` is complete. The start state is 0.
    end: int

    def dump(self) -> str:
        """The text that :func:`_read` reads."""
        lines = [f"end {self.end}"]
        lines += [
            f"rule {rule.origin} {rule.size} {rule.action}" for rule in self.rules
        ]
        for row, goto in zip(self.rows, self.gotos, strict=True):
            cells = [*row.items(), *goto.items()]
            lines.append(" ".join(["state", *(f"{name}={to}" for name, to in cells)]))
        return "\n".join(lines)


def load() -> Tables:
    """The tables for the grammar: shipped, from the cache, or (slowly) made now."""
    grammar = GRAMMAR.read_text(encoding="utf-8")
    cached = _cache_file(grammar)
    for file in (SHIPPED, cached):
        tables = file and _read(file, grammar)
        if tables:
            return tables
    tables = _make(grammar)
    if cached:
        keep(cached, _render(tables, grammar).encode())
    return tables


def build(path: Path = SHIPPED) -> None:
    """Build the tables and write them to *path*: what the build of the package calls."""
    grammar = GRAMMAR.read_text(encoding="utf-8")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, _render(_make(grammar), grammar).encode())


def _cache_file(grammar: str) -> Path | None:
    """Where tables for *grammar* are cached, if anywhere."""
    folder = cache_folder()
    return folder and folder / f"parser-{_checksum(grammar):08x}.tables"


def _checksum(text: str) -> int:
    """Enough to give grammars different file names; the file itself says which it is for."""
    value = 0
    for byte in text.encode():
        value = (value * 31 + byte) & 0xFFFFFFFF
    return value


def _render(tables: Tables, grammar: str) -> str:
    return f"{_HEADER}\n{tables.dump()}\n{_SEPARATOR}\n{grammar}"


def _read(path: Path, grammar: str) -> Tables | None:
    """The tables in *path*; None if it is not there, not for *grammar*, or damaged."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    body, found, made_from = text.partition(f"\n{_SEPARATOR}\n")
    header, _, body = body.partition("\n")
    if not found or header != _HEADER or made_from != grammar:
        return None
    try:
        return _parse(body)
    except (ValueError, IndexError):
        return None


def _parse(body: str) -> Tables:
    rules: list[Rule] = []
    rows: list[_Row] = []
    gotos: list[_Row] = []
    end = -1
    for line in body.split("\n"):
        kind, *words = line.split(" ")
        if kind == "end":
            end = int(words[0])
        elif kind == "rule":
            rules.append(Rule(words[0], int(words[1]), words[2]))
        else:
            cells = {name: int(to) for name, _, to in (w.partition("=") for w in words)}
            rows.append({name: to for name, to in cells.items() if _is_terminal(name)})
            gotos.append(
                {name: to for name, to in cells.items() if not _is_terminal(name)}
            )
    if not 0 <= end < len(rows):
        raise ValueError("no end state")
    return Tables(tuple(rules), tuple(rows), tuple(gotos), end)


def _grammar_parser(grammar: str) -> Lark:
    """lark's own parser for *grammar*."""
    try:
        from lark import Lark
        from lark.lexer import Lexer, Token
    except ImportError as error:
        raise QapigenError(
            "the parse tables have not been built, and lark, which builds them, "
            "cannot be imported: reinstall qapigen"
        ) from error

    class NoLexer(Lexer):
        """Stands in: terminals are declared, not defined, and no text is parsed here."""

        def __init__(self, configuration: object) -> None:
            """Nothing to configure."""

        def lex(self, lexer_state: object, parser_state: object) -> Iterator[Token]:
            """No tokens at all."""
            del lexer_state, parser_state
            return iter(())

    return Lark(
        grammar,
        start=_START,
        parser="lalr",
        lexer=NoLexer,
        keep_all_tokens=True,
    )


def _make(grammar: str) -> Tables:
    """Let lark work out the automaton, and number it so that the result is always the same."""
    from lark.parsers.lalr_analysis import Shift

    table: IntParseTable = _grammar_parser(grammar).parser.parser.parser.parse_table
    states, order = table.states, [table.start_states[_START]]
    number = {order[0]: 0}
    rules: dict[Rule, int] = {}
    rows: list[_Row] = []
    gotos: list[_Row] = []
    for state in order:  # grows while it is walked: a breadth-first search
        row: _Row = {}
        for name, (action, to) in sorted(states[state].items()):
            if action is Shift:
                if to not in number:
                    number[to] = len(order)
                    order.append(to)
                row[name] = number[to]
            else:
                alias = str(to.alias or to.origin.name)
                rule = Rule(str(to.origin.name), len(to.expansion), alias)
                row[name] = -rules.setdefault(rule, len(rules)) - 1
        rows.append({name: to for name, to in row.items() if _is_terminal(name)})
        gotos.append({name: to for name, to in row.items() if not _is_terminal(name)})
    return Tables(
        tuple(rules), tuple(rows), tuple(gotos), number[table.end_states[_START]]
    )


def _is_terminal(name: str) -> bool:
    return name.upper() == name
