"""What definitions are made of: keys, flags, conditions, features, types, members, values.

Each method reads one part of the definition at ``site``, checks its shape and writes short forms
out: ``'a': 'str'`` is ``'a': { 'type': 'str' }``, a feature ``'x'`` is ``{ 'name': 'x' }``.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from qapigen.frontend.syntax import Array, Object, Text, Value
from qapigen.model.conditions import (
    Condition,
    ConditionError,
    is_todays,
    parse_condition,
)
from qapigen.model.judge import FaultError, Judge, Site
from qapigen.model.names import (
    NameFault,
    enum_value_fault,
    is_reserved_member,
    lower_fault,
)
from qapigen.model.shapes import (
    BranchShape,
    FeatureShape,
    MemberShape,
    TypeName,
    ValueShape,
)

__all__ = ["VALID_NAMES", "PartReader", "key_offset", "offset_of", "quoted"]

_TYPE = frozenset({"type"})
_IF = frozenset({"if"})
_IF_FEATURES = frozenset({"if", "features"})
_NAME = frozenset({"name"})
#: What a name may look like, as a hint.
VALID_NAMES = (
    "a name begins with a letter and holds letters, digits, '-' and '_'; "
    "what begins with 'q_' is reserved"
)


def quoted(names: AbstractSet[str] | list[str]) -> str:
    """*names* for a message: ``'a', 'b'``; a set is sorted."""
    ordered = names if isinstance(names, list) else sorted(names)
    return ", ".join(f"'{name}'" for name in ordered)


def offset_of(value: Value, fallback: int) -> int:
    """Where *value* stands; booleans and null do not know and stand where their key does."""
    return value.offset if isinstance(value, Text | Object | Array) else fallback


def key_offset(container: Object, key: str) -> int:
    """Where the key *key* of *container* stands."""
    return next((own.offset for own in container if own == key), container.offset)


class PartReader:
    """Reads the parts of one definition after the other; ``site`` is the one at hand."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.strict = judge.strict
        self.site: Site
        #: The definition at hand is one of those that always had upper case names.
        self.may_mix_case = False

    # --- keys and flags

    def keys(
        self,
        container: Object,
        what: str,
        required: frozenset[str],
        optional: frozenset[str] = frozenset(),
    ) -> None:
        """All *required* keys are there, and no others than the *optional* ones."""
        allowed = required | optional
        if not allowed.issuperset(container):
            # Before what is missing: a misspelt key is both, and this is what to look at.
            unknown = [key for key in container if key not in allowed]
            raise FaultError(
                f"{what} cannot have the {_plural('key', unknown)}",
                unknown[0].offset,
                _instead(unknown[0], allowed),
            )
        missing = required - container.keys()
        if missing:
            raise FaultError(
                f"{what} lacks {_plural('key', missing)}", container.offset
            )

    def flag(self, container: Object, key: str, *, default: bool) -> bool:
        """The flag *key*, which is written down only where it is not *default*."""
        if key not in container:
            return default
        if container[key] is not (not default):
            wanted = "false" if default else "true"
            raise FaultError(
                f"flag '{key}' can only be {wanted}",
                key_offset(container, key),
                f"write '{key}': {wanted}, or leave it out",
            )
        return not default

    def string(self, container: Object, key: str) -> Text:
        """The value of *key*, which must be a string."""
        value = container[key]
        if not isinstance(value, Text):
            raise FaultError(f"'{key}' must be a string", key_offset(container, key))
        return value

    # --- conditions and features

    def condition(self, container: Object, what: str) -> Condition | None:
        """The parsed 'if' of *container*, None where it has none."""
        if "if" not in container:
            return None
        value = container["if"]
        try:
            condition = parse_condition(value, strict=self.strict)
        except ConditionError as error:
            offset = (
                key_offset(container, "if") if error.offset is None else error.offset
            )
            raise FaultError(
                f"'if' of {what}: {error.message}", offset, error.hint
            ) from None
        if not self.strict and not is_todays(value):
            self.judge.outdated(
                self.site,
                "c-condition",
                f"'if' of {what} is written as a C expression",
                offset_of(value, container.offset),
                "today: 'CONFIG_X', { 'all': [...] }, { 'any': [...] }, { 'not': ... }",
            )
        return condition

    def features(self, container: Object, what: str) -> tuple[FeatureShape, ...]:
        """The features of *container*."""
        if "features" not in container:
            return ()
        value = container["features"]
        if not isinstance(value, Array):
            offset = key_offset(container, "features")
            raise FaultError(f"'features' of {what} must be an array", offset)
        return tuple(self._feature(item, value.offset) for item in value)

    def _feature(self, item: Value, fallback: int) -> FeatureShape:
        condition = None
        if isinstance(item, Object):
            self.keys(item, "feature", _NAME, _IF)
            condition = self.condition(item, "feature")
            item = item["name"]
        if not isinstance(item, Text):
            offset = offset_of(item, fallback)
            raise FaultError("the name of a feature must be a string", offset)
        fault = lower_fault(item)
        if fault is NameFault.INVALID:
            raise FaultError(
                f"feature '{item}' {fault.value}", item.offset, VALID_NAMES
            )
        if fault:
            self._outdated_name(fault, f"feature '{item}'", item.offset)
        return FeatureShape(str(item), condition, item.offset)

    # --- names

    def _outdated_name(
        self, fault: NameFault, what: str, offset: int, hint: str = ""
    ) -> None:
        self.judge.outdated(
            self.site, fault.name, f"{what} {fault.value}", offset, hint
        )

    def _check_lower(
        self,
        fault: NameFault,
        what: str,
        offset: int,
        *,
        exempt: bool,
        pragma: str = "",
    ) -> None:
        """Judge a *fault* of a name that should be lower case."""
        if fault is NameFault.INVALID:
            raise FaultError(f"{what} {fault.value}", offset, VALID_NAMES)
        if exempt:
            return
        if fault is NameFault.UPPERCASE and not self.may_mix_case:
            raise FaultError(f"{what} {fault.value}", offset, pragma)
        self._outdated_name(fault, what, offset, pragma)

    # --- types

    def type_name(
        self, value: Value, what: str, fallback: int, *, array: bool
    ) -> TypeName:
        """A reference to a type, or with *array* to an array of one."""
        if isinstance(value, Text):
            return TypeName(str(value), False, value.offset)
        offset = offset_of(value, fallback)
        if not isinstance(value, Array):
            wanted = (
                "the name of a type, or an array of one"
                if array
                else "the name of a type"
            )
            raise FaultError(f"{what} must be {wanted}", offset)
        if not array:
            raise FaultError(f"{what} cannot be an array", offset)
        element = value[0] if len(value) == 1 else None
        if not isinstance(element, Text):
            raise FaultError(
                f"{what}: an array holds the name of one type",
                offset,
                "write [ 'str' ]",
            )
        return TypeName(str(element), True, element.offset)

    # --- members, branches, values

    def members(
        self, container: Object, role: str, *, exempt: bool
    ) -> list[MemberShape]:
        """The members that *container* defines; with *exempt*, names need not be lower case."""
        result = []
        for key, value in container.items():
            optional = key.startswith("*")
            name = key[1:] if optional else str(key)
            fault = lower_fault(name)
            if fault:
                self._check_lower(
                    fault,
                    f"{role} '{key}'",
                    key.offset,
                    exempt=exempt,
                    pragma="pragma 'member-name-exceptions' lists types that may have such members",
                )
            if is_reserved_member(name):
                raise FaultError(
                    f"{role} '{name}' has a reserved name",
                    key.offset,
                    "'u' and names that begin with 'has-' are needed in generated C code",
                )
            condition = None
            features: tuple[FeatureShape, ...] = ()
            if isinstance(value, Text):
                type_name = TypeName(str(value), False, value.offset)
            else:
                what = f"{role} '{name}'"
                if isinstance(value, Object):
                    self.keys(value, what, _TYPE, _IF_FEATURES)
                    condition = self.condition(value, what)
                    features = self.features(value, what)
                    value = value["type"]
                type_name = self.type_name(value, what, key.offset, array=True)
            result.append(
                MemberShape(name, type_name, optional, condition, features, key.offset)
            )
        return result

    def branches(
        self, container: Object, *, array: bool, check_names: bool
    ) -> list[BranchShape]:
        """The branches of a union or alternate.

        The names of a union's branches need not be looked at: they are values of its tag.
        """
        result = []
        for key, value in container.items():
            what = f"branch '{key}'"
            if check_names:
                fault = lower_fault(key)
                if fault:
                    self._check_lower(fault, what, key.offset, exempt=False)
            condition = None
            if isinstance(value, Object):
                self.keys(value, what, _TYPE, _IF)
                condition = self.condition(value, what)
                value = value["type"]
            type_name = self.type_name(value, what, key.offset, array=array)
            result.append(BranchShape(str(key), type_name, condition, key.offset))
        return result

    def values(self, container: Array, *, exempt: bool) -> list[ValueShape]:
        """The values of an enumeration; with *exempt*, they need not be lower case."""
        result = []
        for item in container:
            condition = None
            features: tuple[FeatureShape, ...] = ()
            if isinstance(item, Object):
                self.keys(item, "value", _NAME, _IF_FEATURES)
                condition = self.condition(item, "value")
                features = self.features(item, "value")
                item = item["name"]
            if not isinstance(item, Text):
                offset = offset_of(item, container.offset)
                raise FaultError("the name of a value must be a string", offset)
            fault = enum_value_fault(item)
            if fault:
                self._check_lower(
                    fault,
                    f"value '{item}'",
                    item.offset,
                    exempt=exempt,
                    pragma="pragma 'member-name-exceptions' lists types that may have such values",
                )
            result.append(ValueShape(str(item), condition, features, item.offset))
        return result


def _instead(key: str, allowed: frozenset[str]) -> str:
    import difflib  # only needed when something went wrong

    close = difflib.get_close_matches(key[:100], sorted(allowed), n=1)
    return f"did you mean '{close[0]}'?" if close else f"it may have {quoted(allowed)}"


def _plural(noun: str, names: AbstractSet[str] | list[Text]) -> str:
    ordered = (
        sorted(names)
        if isinstance(names, AbstractSet)
        else [str(name) for name in names]
    )
    return f"{noun}{'s' if len(ordered) > 1 else ''} {quoted(ordered)}"
