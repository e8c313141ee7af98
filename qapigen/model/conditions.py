"""Conditions (``if``): one tree for the C-preprocessor strings of old and the objects of today.

The schema writes them in two dialects::

    'if': 'defined(CONFIG_A) && (defined(CONFIG_B) || !defined(CONFIG_C))'     up to QEMU 6.1
    'if': ['defined(CONFIG_A)', 'defined(CONFIG_B)']                           all of them, likewise
    'if': { 'all': [ 'CONFIG_A', { 'any': [ ... ] }, { 'not': ... } ] }        since then

:func:`parse_condition` reads both. :func:`simplify` evaluates with three values: a name is defined,
undefined, or nobody has said yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TypeAlias

from attrs import frozen

from qapigen.frontend.syntax import Array, Object, Text, Value

__all__ = [
    "MAX_DEPTH",
    "AllOf",
    "AnyOf",
    "Condition",
    "ConditionError",
    "Defined",
    "Not",
    "c_text",
    "condition_names",
    "describe",
    "is_todays",
    "parse_c_condition",
    "parse_condition",
    "simplify",
]

#: Deeper nesting than this is taken for an accident (or an attack), not for a condition.
MAX_DEPTH = 100


@frozen
class Defined:
    """``CONFIG_X`` is defined."""

    name: str

    def __str__(self) -> str:
        return f"defined({self.name})"


@frozen
class Not:
    """The operand does not hold."""

    operand: Condition

    def __str__(self) -> str:
        return c_text(self)


@frozen
class AllOf:
    """All of at least one operand hold."""

    operands: tuple[Condition, ...]

    def __str__(self) -> str:
        return c_text(self)


@frozen
class AnyOf:
    """At least one of the operands holds."""

    operands: tuple[Condition, ...]

    def __str__(self) -> str:
        return c_text(self)


Condition: TypeAlias = "Defined | Not | AllOf | AnyOf"


class ConditionError(ValueError):
    """A condition that cannot be read. ``offset`` is None where the place of the key has to do."""

    def __init__(self, message: str, offset: int | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


# --- reading -------------------------------------------------------------------------------------

_TODAYS_NAME = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)
_C_TOKEN = re.compile(
    r"\s*(?:([A-Za-z_][A-Za-z0-9_]*)|(&&|\|\||[!()])|(\S.*))", re.ASCII
)
_TREE_KEYS = ("all", "any", "not")


def parse_condition(value: Value, *, strict: bool) -> Condition:
    """The condition that the schema writes as *value*; *strict* knows today's dialect only.

    Raises :class:`ConditionError`.
    """
    if isinstance(value, str):
        return _name_or_c(value, strict)
    if isinstance(value, list) and not strict:
        return _all_of_strings(value)
    return _tree(value, 0)


def is_todays(value: Value) -> bool:
    """Whether *value*, which has been parsed, is written in today's dialect."""
    return not isinstance(value, list) and (
        not isinstance(value, str) or _TODAYS_NAME.fullmatch(value) is not None
    )


@cache
def _defined(name: str) -> Defined:
    return Defined(name)


def _name_or_c(text: str, strict: bool) -> Condition:
    if _TODAYS_NAME.fullmatch(text):
        return _defined(str(text))
    offset = text.offset if isinstance(text, Text) else None
    if strict:
        raise ConditionError(
            (
                f"condition '{text:.60}' is not a name"
                if text.strip()
                else "condition is empty"
            ),
            offset,
            "a condition is a name in upper case, or an object with 'all', 'any' or 'not'",
        )
    try:
        return parse_c_condition(str(text))
    except ConditionError as error:
        raise ConditionError(error.message, offset, error.hint) from None


def _all_of_strings(value: list[Value]) -> Condition:
    offset = value.offset if isinstance(value, Array) else None
    if not value:
        raise ConditionError("condition [] has no operands", offset, "leave 'if' out")
    operands = []
    for item in value:
        if not isinstance(item, str):
            raise ConditionError("a list of conditions holds strings only", offset)
        operands.append(_name_or_c(item, strict=False))
    return operands[0] if len(operands) == 1 else AllOf(tuple(operands))


def _tree(value: Value, depth: int) -> Condition:
    if isinstance(value, str):
        return _name_or_c(value, strict=True)
    offset = value.offset if isinstance(value, Object | Array) else None
    if not isinstance(value, dict):
        raise ConditionError(
            "condition is neither a name nor an object",
            offset,
            "write 'CONFIG_X', { 'all': [...] }, { 'any': [...] } or { 'not': ... }",
        )
    if depth >= MAX_DEPTH:
        raise ConditionError(
            f"condition is nested more than {MAX_DEPTH} levels deep", offset
        )
    for key in value:
        if key not in _TREE_KEYS:
            raise ConditionError(
                f"condition cannot have the key '{key}'",
                key.offset,
                "use 'all', 'any' or 'not'",
            )
    if len(value) != 1:
        raise ConditionError(
            "condition must have exactly one of the keys 'all', 'any', 'not'",
            offset,
            "nest them: { 'all': [ { 'any': [...] }, ... ] }",
        )
    [(key, operand)] = value.items()
    if key == "not":
        return Not(_tree(operand, depth + 1))
    if not isinstance(operand, list):
        raise ConditionError(
            f"condition '{key}' needs an array of conditions", key.offset
        )
    if not operand:
        raise ConditionError(
            f"condition '{key}' has no operands", key.offset, "leave 'if' out"
        )
    operands = tuple(_tree(item, depth + 1) for item in operand)
    return AllOf(operands) if key == "all" else AnyOf(operands)


@lru_cache(maxsize=512)
def parse_c_condition(text: str) -> Condition:
    """The condition of a C expression of ``defined()``, ``&&``, ``||``, ``!`` and parentheses.

    Raises :class:`ConditionError`.
    """
    if not text.strip():
        raise ConditionError("condition is empty", None, "leave 'if' out")
    reader = _CReader(text)
    condition = reader.any_of(0)
    if reader.token:
        raise reader.unexpected("'&&', '||' or the end")
    return condition


class _CReader:
    """Reads a C expression by recursive descent, one token ahead. "" is the end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._split(text)
        self.token = next(self.tokens, "")

    @staticmethod
    def _split(text: str) -> Iterator[str]:
        for match in _C_TOKEN.finditer(text):
            if match[3]:
                raise ConditionError(
                    f"condition '{text:.60}' cannot be read at '{match[3]:.20}'",
                    None,
                    "only defined(NAME), '&&', '||', '!' and parentheses are understood",
                )
            yield match[1] or match[2]

    def unexpected(self, expected: str) -> ConditionError:
        found = f"'{self.token}'" if self.token else "the end"
        return ConditionError(
            f"condition '{self.text:.60}': expected {expected}, found {found}"
        )

    def accept(self, token: str) -> bool:
        if self.token != token:
            return False
        self.token = next(self.tokens, "")
        return True

    def expect(self, token: str) -> None:
        if not self.accept(token):
            raise self.unexpected(f"'{token}'")

    def any_of(self, depth: int) -> Condition:
        operands = [self.all_of(depth)]
        while self.accept("||"):
            operands.append(self.all_of(depth))
        return operands[0] if len(operands) == 1 else AnyOf(tuple(operands))

    def all_of(self, depth: int) -> Condition:
        operands = [self.unary(depth)]
        while self.accept("&&"):
            operands.append(self.unary(depth))
        return operands[0] if len(operands) == 1 else AllOf(tuple(operands))

    def unary(self, depth: int) -> Condition:
        if depth >= MAX_DEPTH:
            raise ConditionError(
                f"condition is nested more than {MAX_DEPTH} levels deep"
            )
        if self.accept("!"):
            return Not(self.unary(depth + 1))
        if self.accept("("):
            condition = self.any_of(depth + 1)
            self.expect(")")
            return condition
        if self.accept("defined"):
            if not self.accept("("):
                return _defined(self.name())
            name = self.name()
            self.expect(")")
            return _defined(name)
        return _defined(self.name())

    def name(self) -> str:
        name = self.token
        if name == "defined" or not name.isidentifier():
            raise self.unexpected("a name")
        self.accept(name)
        return name


# --- evaluating ----------------------------------------------------------------------------------


def simplify(
    condition: Condition, known: Mapping[str, bool], closed: bool
) -> bool | Condition:
    """What *known* names leave of *condition*: True, False, or the condition that is still open.

    With *closed*, a name that is not known is undefined.
    """
    if isinstance(condition, Defined):
        value = known.get(condition.name)
        if value is None:
            return False if closed else condition
        return value
    if isinstance(condition, Not):
        operand = simplify(condition.operand, known, closed)
        if isinstance(operand, bool):
            return not operand
        return operand.operand if isinstance(operand, Not) else Not(operand)
    return _simplify_operands(condition, known, closed)


def _simplify_operands(
    condition: AllOf | AnyOf, known: Mapping[str, bool], closed: bool
) -> bool | Condition:
    #: The operand that decides alone: false for "all", true for "any".
    decisive = isinstance(condition, AnyOf)
    remaining: list[Condition] = []
    for operand in condition.operands:
        result = simplify(operand, known, closed)
        if isinstance(result, bool):
            if result is decisive:
                return decisive
        elif result not in remaining:
            remaining.append(result)
    if not remaining:
        return not decisive
    return remaining[0] if len(remaining) == 1 else type(condition)(tuple(remaining))


def condition_names(condition: Condition) -> Iterator[str]:
    """The names that *condition* asks for, as often as it does, from left to right."""
    if isinstance(condition, Defined):
        yield condition.name
    elif isinstance(condition, Not):
        yield from condition_names(condition.operand)
    else:
        for operand in condition.operands:
            yield from condition_names(operand)


# --- printing ------------------------------------------------------------------------------------


def c_text(condition: Condition) -> str:
    """*condition* as an expression of the C preprocessor."""
    return _print(condition, "defined({})", "!", " && ", " || ")


def describe(condition: Condition) -> str:
    """*condition* for people: ``CONFIG_A and not (CONFIG_B or CONFIG_C)``."""
    return _print(condition, "{}", "not ", " and ", " or ")


def _print(
    condition: Condition, name: str, negation: str, both: str, either: str
) -> str:
    condition = _bare(condition)
    if isinstance(condition, Defined):
        return name.format(condition.name)
    if isinstance(condition, Not):
        return negation + _operand(condition.operand, name, negation, both, either)
    joint = both if isinstance(condition, AllOf) else either
    return joint.join(
        _operand(operand, name, negation, both, either)
        for operand in condition.operands
    )


def _operand(
    condition: Condition, name: str, negation: str, both: str, either: str
) -> str:
    """An operand in parentheses where it has operands itself: nobody has to know what binds."""
    text = _print(condition, name, negation, both, either)
    return f"({text})" if isinstance(_bare(condition), AllOf | AnyOf) else text


def _bare(condition: Condition) -> Condition:
    """*condition* without an "all" or "any" of a single operand around it."""
    while isinstance(condition, AllOf | AnyOf) and len(condition.operands) == 1:
        condition = condition.operands[0]
    return condition
