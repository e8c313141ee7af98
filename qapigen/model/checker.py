"""The shape of each definition: which keys it has, and of what kind their values are.

Everything here looks at one definition at a time; what names mean is the resolver's business. The
rules are those of ``docs/devel/qapi-code-gen`` in QEMU: section "The QAPI schema language".
"""

from __future__ import annotations

from collections.abc import Callable

from qapigen.frontend.syntax import Array, DocComment, Expression, Object, Pragma, Text
from qapigen.model.history import MIXED_CASE_TYPES
from qapigen.model.judge import FaultError, Judge, Site
from qapigen.model.names import NameFault, event_fault, lower_fault, type_fault
from qapigen.model.parts import VALID_NAMES, PartReader, key_offset, offset_of, quoted
from qapigen.model.shapes import (
    AlternateShape,
    Arguments,
    CommandShape,
    EnumShape,
    EventShape,
    Shape,
    StructShape,
    TypeName,
    UnionShape,
)

__all__ = ["META_TYPES", "Checker"]

#: The keys of which every definition has exactly one.
META_TYPES = frozenset({"enum", "struct", "union", "alternate", "command", "event"})

_COMMON = frozenset({"if", "features"})
_ENUM = frozenset({"enum", "data"}), _COMMON | {"prefix"}
_STRUCT = frozenset({"struct", "data"}), _COMMON | {"base"}
_UNION = frozenset({"union", "base", "discriminator", "data"}), _COMMON
_OLD_UNION = frozenset({"union", "data"}), _COMMON | {"base", "discriminator"}
_ALTERNATE = frozenset({"alternate", "data"}), _COMMON
_EVENT = frozenset({"event"}), _COMMON | {"data", "boxed"}
_COMMAND = (
    frozenset({"command"}),
    _COMMON
    | {"data", "returns", "boxed", "gen", "success-response"}
    | {"allow-oob", "allow-preconfig", "coroutine"},
)


class Checker:
    """Turns expressions into shapes. :meth:`shape` may raise :class:`FaultError`."""

    def __init__(self, judge: Judge, pragma: Pragma) -> None:
        self.judge = judge
        self.pragma = pragma
        self.parts = PartReader(judge)
        self._by_meta: dict[str, Callable[[Expression, Site, str], Shape]] = {
            "enum": self._enum,
            "struct": self._struct,
            "union": self._union,
            "alternate": self._alternate,
            "command": self._command,
            "event": self._event,
        }

    def title(self, expression: Expression) -> tuple[str, str]:
        """The meta-type and the name of *expression*, as far as they are there: no checks."""
        for key, value in expression.value.items():
            if key in META_TYPES and isinstance(value, str):
                return str(key), str(value)
        return "", ""

    def possible_names(self, expression: Expression) -> list[str]:
        """What *expression*, which is wrong, may have been meant to define."""
        _, name = self.title(expression)
        if name:
            return [name]
        return [
            str(value) for value in expression.value.values() if isinstance(value, str)
        ]

    def shape(self, expression: Expression, site: Site) -> Shape:
        """The checked shape of *expression*, which stands at *site*."""
        self.parts.site = site
        self.parts.may_mix_case = False
        value = expression.value
        metas = META_TYPES & value.keys()
        if len(metas) != 1:
            raise FaultError(
                (
                    f"definition has the keys {quoted(metas)}"
                    if metas
                    else "definition does not say what it defines"
                ),
                hint=f"it needs exactly one of the keys {quoted(META_TYPES)}",
            )
        [meta] = metas
        name = value[meta]
        if not isinstance(name, Text):
            raise FaultError(
                f"the name of the {meta} must be a string", key_offset(value, meta)
            )
        self._name(meta, name, site)
        self._doc(meta, name, expression)
        shape = self._by_meta[meta](expression, site, str(name))
        shape.condition = self.parts.condition(value, meta)
        shape.features = self.parts.features(value, meta)
        return shape

    # --- names and documentation

    def _name(self, meta: str, name: Text, site: Site) -> None:
        hint = ""
        if meta == "event":
            fault = event_fault(name)
        elif meta == "command":
            fault = lower_fault(name)
            if (
                fault is NameFault.UNDERSCORE
                and name in self.pragma.command_name_exceptions
            ):
                fault = None
            hint = "pragma 'command-name-exceptions' lists commands that may"
        else:
            fault = type_fault(name)
        if fault is NameFault.INVALID:
            raise FaultError(
                f"{meta} '{name}' {fault.value}",
                name.offset,
                VALID_NAMES,
            )
        if fault:
            hint = hint if fault is NameFault.UNDERSCORE else ""
            self.judge.outdated(
                site, "name", f"{meta} '{name}' {fault.value}", name.offset, hint
            )
        if name.endswith("List") and meta not in ("command", "event"):
            raise FaultError(
                f"the name of {meta} '{name}' must not end in 'List'",
                name.offset,
                "generated C code names arrays so",
            )

    def _doc(self, meta: str, name: Text, expression: Expression) -> None:
        doc = expression.doc
        if doc is None:
            if self.pragma.doc_required:
                raise FaultError(
                    f"{meta} '{name}' has no documentation comment",
                    hint="pragma 'doc-required' asks for one",
                )
            return
        if doc.symbol is not None and doc.symbol != name:
            place = doc.source.place(doc.symbol.offset)
            raise FaultError(
                f"the documentation comment before {meta} '{name}' is that of '{doc.symbol}'",
                related=((place, "the comment"),),
            )
        self._result_sections(meta, doc, has_result="returns" in expression.value)

    def _result_sections(self, meta: str, doc: DocComment, *, has_result: bool) -> None:
        for section in doc.sections:
            if section.kind == "returns" and meta != "command":
                raise FaultError(
                    f"only commands return something, {meta} '{doc.symbol}' does not",
                    section.offset,
                    "leave 'Returns:' out",
                    exact=True,
                )
            rule = ""
            if section.kind == "returns" and not has_result:
                rule = (
                    f"command '{doc.symbol}' returns nothing that could be documented"
                )
            elif section.kind == "errors" and meta != "command":
                rule = f"only commands fail, {meta} '{doc.symbol}' does not"
            if rule:
                self._outdated_section(rule, section.kind, section.offset)

    def _outdated_section(self, message: str, kind: str, offset: int) -> None:
        hint = f"leave '{kind.title()}:' out"
        if self.judge.strict:
            raise FaultError(message, offset, hint, exact=True)
        self.judge.outdated(self.parts.site, f"doc-{kind}", message, offset, hint)

    # --- types

    def _object(self, value: Object, key: str, what: str) -> Object:
        data = value[key]
        if not isinstance(data, Object):
            raise FaultError(
                f"'{key}' of {what} must be an object", offset_of(data, value.offset)
            )
        return data

    def _is_exempt(self, name: str, implicit: str = "") -> bool:
        """Whether the members of type *name* may be spelled freely.

        Old schemas list the implicit type by its internal name where members are inline.
        """
        names = {name, f"q_obj_{name}-{implicit}"} if implicit else {name}
        self.parts.may_mix_case = not names.isdisjoint(MIXED_CASE_TYPES)
        return not names.isdisjoint(self.pragma.member_name_exceptions)

    def _enum(self, expression: Expression, site: Site, name: str) -> Shape:
        value = expression.value
        self.parts.keys(value, "enum", *_ENUM)
        data = value["data"]
        if not isinstance(data, Array):
            raise FaultError(
                "'data' of an enum must be an array", offset_of(data, value.offset)
            )
        prefix = str(self.parts.string(value, "prefix")) if "prefix" in value else ""
        values = self.parts.values(data, exempt=self._is_exempt(name))
        return EnumShape(
            expression=expression,
            site=site,
            meta="enum",
            name=name,
            values=values,
            prefix=prefix,
        )

    def _struct(self, expression: Expression, site: Site, name: str) -> Shape:
        value = expression.value
        self.parts.keys(value, "struct", *_STRUCT)
        data = self._object(value, "data", "a struct")
        base = None
        if "base" in value:
            base = self.parts.type_name(
                value["base"], "'base'", key_offset(value, "base"), array=False
            )
        members = self.parts.members(data, "member", exempt=self._is_exempt(name))
        return StructShape(
            expression=expression,
            site=site,
            meta="struct",
            name=name,
            members=members,
            base=base,
        )

    def _union(self, expression: Expression, site: Site, name: str) -> Shape:
        value = expression.value
        self.parts.keys(value, "union", *(_UNION if self.judge.strict else _OLD_UNION))
        if "discriminator" not in value:
            return self._simple_union(expression, site, name)
        if "base" not in value:
            raise FaultError(
                "union lacks key 'base'", hint="its discriminator is a member of it"
            )
        base = self._inline_or_name(
            value, "base", "base member", exempt=self._is_exempt(name, "base")
        )
        discriminator = self.parts.string(value, "discriminator")
        branches = self.parts.branches(
            self._object(value, "data", "a union"), array=False, check_names=False
        )
        return UnionShape(
            expression=expression,
            site=site,
            meta="union",
            name=name,
            base=base,
            discriminator=str(discriminator),
            discriminator_offset=discriminator.offset,
            branches=branches,
        )

    def _simple_union(self, expression: Expression, site: Site, name: str) -> Shape:
        value = expression.value
        if "base" in value:
            raise FaultError(
                "union lacks key 'discriminator'",
                key_offset(value, "base"),
                "it names the member of 'base' that selects the branch",
            )
        self.judge.outdated(
            site,
            "simple-union",
            f"union '{name}' has no discriminator",
            hint="write 'base': { 'type': 'AnEnum' }, 'discriminator': 'type'",
        )
        branches = self.parts.branches(
            self._object(value, "data", "a union"), array=True, check_names=True
        )
        return UnionShape(
            expression=expression,
            site=site,
            meta="union",
            name=name,
            base=[],
            discriminator=None,
            discriminator_offset=site.offset,
            branches=branches,
        )

    def _alternate(self, expression: Expression, site: Site, name: str) -> Shape:
        value = expression.value
        self.parts.keys(value, "alternate", *_ALTERNATE)
        data = self._object(value, "data", "an alternate")
        if not data:
            raise FaultError("an alternate needs at least one branch", data.offset)
        branches = self.parts.branches(data, array=True, check_names=True)
        return AlternateShape(
            expression=expression,
            site=site,
            meta="alternate",
            name=name,
            branches=branches,
        )

    # --- commands and events

    def _inline_or_name(
        self, value: Object, key: str, role: str, *, exempt: bool
    ) -> Arguments:
        data = value[key]
        if isinstance(data, Object):
            return self.parts.members(data, role, exempt=exempt)
        if isinstance(data, Text):
            return TypeName(str(data), False, data.offset)
        raise FaultError(
            f"'{key}' must be an object or the name of a type",
            offset_of(data, key_offset(value, key)),
        )

    def _arguments(self, value: Object, name: str, *, boxed: bool) -> Arguments:
        if "data" not in value:
            if boxed:
                raise FaultError(
                    "'boxed' needs 'data'",
                    key_offset(value, "boxed"),
                    "name the type that is boxed, or leave 'boxed' out",
                )
            return []
        if boxed:
            return self.parts.type_name(
                value["data"],
                "'data' with 'boxed'",
                key_offset(value, "data"),
                array=False,
            )
        # The newest release knows no exceptions for arguments.
        exempt = not self.judge.strict and self._is_exempt(name, "arg")
        return self._inline_or_name(value, "data", "argument", exempt=exempt)

    def _command(self, expression: Expression, site: Site, name: str) -> Shape:
        value, parts = expression.value, self.parts
        parts.keys(value, "command", *_COMMAND)
        boxed = parts.flag(value, "boxed", default=False)
        shape = CommandShape(
            expression=expression,
            site=site,
            meta="command",
            name=name,
            boxed=boxed,
            arguments=self._arguments(value, name, boxed=boxed),
            returns=(
                parts.type_name(
                    value["returns"],
                    "'returns'",
                    key_offset(value, "returns"),
                    array=True,
                )
                if "returns" in value
                else None
            ),
            gen=parts.flag(value, "gen", default=True),
            success_response=parts.flag(value, "success-response", default=True),
            allow_oob=parts.flag(value, "allow-oob", default=False),
            allow_preconfig=parts.flag(value, "allow-preconfig", default=False),
            coroutine=parts.flag(value, "coroutine", default=False),
        )
        if shape.allow_oob and shape.coroutine:
            raise FaultError(
                "a command cannot have both 'allow-oob' and 'coroutine'",
                key_offset(value, "coroutine"),
            )
        return shape

    def _event(self, expression: Expression, site: Site, name: str) -> Shape:
        value = expression.value
        self.parts.keys(value, "event", *_EVENT)
        boxed = self.parts.flag(value, "boxed", default=False)
        return EventShape(
            expression=expression,
            site=site,
            meta="event",
            name=name,
            boxed=boxed,
            arguments=self._arguments(value, name, boxed=boxed),
        )
