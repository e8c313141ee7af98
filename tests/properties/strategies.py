"""Random valid schemas, with everything the language has and names that hurt.

Valid is what any release of the language allowed. Definitions are made one after the other, each
from those that exist; only where an object may do without a value (optional members, arrays) does
it refer to itself or to what comes later, so that there is a finite value of every type.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.properties import awkward
from tests.properties.model import (
    BUILTINS,
    Alternate,
    Branch,
    Callable,
    Command,
    Comment,
    Definition,
    Enum,
    Event,
    File,
    Member,
    Model,
    Ref,
    SimpleUnion,
    Struct,
    Union,
    Value,
)
from tests.properties.printer import Plain

__all__ = ["models"]

T = TypeVar("T")

#: A mandatory member whose smallest value is larger than that is not made: values stay small.
_HEAVIEST = 25
_FLAGS = {
    "gen": False,
    "success-response": False,
    "allow-oob": True,
    "allow-preconfig": True,
    "coroutine": True,
}
_LINE = st.text(
    string.ascii_letters + string.digits + " \"\"''\\\\{}%$#@.,:*`_-|<>é\u2028\x85\t",
    max_size=90,
)

#: What a docstring cannot end with just so.
_ENDS = ["", ".", '"', "\\", '"""', "\\\\", "'"]


def _mangled(name: str) -> str:
    return name.replace("-", "_").replace(".", "_")


def _kind(model_type: Definition | None, name: str) -> str:
    """The JSON type that an alternate tells a branch by."""
    if isinstance(model_type, Enum):
        return "string"
    if model_type is not None:
        return "object"
    table = {"str": "string", "QType": "string", "bool": "bool", "null": "null"}
    # The first releases told the two kinds of numbers apart.
    return table.get(name, "number" if name == "number" else "int")


class _Maker:
    """Makes one schema."""

    def __init__(self, draw: Any, conditions: int) -> None:
        self.draw = draw
        self.conditions = conditions
        self.model = Model([File("all.json")])
        #: Made so far, in this order.
        self.made: list[Definition] = self.model.files[0].definitions
        self.taken: set[str] = set(BUILTINS)
        self.planned: list[str] = []
        #: Types whose members or values may have upper case names.
        self.exempt: list[str] = []
        #: Name of a type -> how large its smallest value may get.
        self.weights: dict[str, int] = dict.fromkeys(BUILTINS, 1)

    # Choices

    def chance(self, one_in: int) -> bool:
        return bool(self.draw(st.integers(0, one_in - 1)) == one_in - 1)

    def number(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def pick(self, options: Sequence[T]) -> T:
        picked: T = self.draw(st.sampled_from(options))
        return picked

    def some(self, options: Sequence[T], most: int) -> list[T]:
        if not options:
            return []
        found: list[T] = self.draw(
            st.lists(st.sampled_from(options), max_size=most, unique=True)
        )
        return found

    def name(self, pool: Sequence[str]) -> str:
        """A name for a definition."""
        name = self.pick([name for name in pool if name not in self.taken])
        self.taken.add(name)
        return name

    def type_name(self, *, union: bool) -> str:
        """A name for a type; that of an old union comes with an enumeration of its own."""
        if not union:
            return self.name(awkward.TYPES)
        name = self.name(
            [name for name in awkward.TYPES if f"{name}Kind" not in self.taken]
        )
        self.taken.add(f"{name}Kind")
        return name

    def fresh(self, pool: Sequence[str], taken: set[str]) -> str:
        """A name that does not clash with those *taken*, which are mangled."""
        name = self.pick([name for name in pool if _mangled(name) not in taken])
        taken.add(_mangled(name))
        return name

    # Parts

    def condition(self) -> Plain:
        """None as a rule; else one in any of the dialects."""
        if not self.chance(self.conditions):
            return None
        names = [self.pick(awkward.CONDITIONS) for _ in range(self.number(1, 3))]
        match self.number(0, 3):
            case 0:
                return names[0]
            case 1:
                return [f"defined({name})" for name in names]
            case 2:
                joint = self.pick([" && ", " || "])
                return joint.join(
                    self.pick(["defined({})", "!defined({})"]) for _ in names
                ).format(*names)
            case _:
                return self.tree(3)

    def tree(self, depth: int) -> Plain:
        key = self.pick(["", "all", "any", "not"]) if depth else ""
        if not key:
            return self.pick(awkward.CONDITIONS)
        if key == "not":
            return {key: self.tree(depth - 1)}
        return {key: [self.tree(depth - 1) for _ in range(self.number(1, 2))]}

    def features(self) -> list[Plain]:
        if not self.chance(5):
            return []
        features: list[Plain] = []
        for name in self.some(awkward.FEATURES, 3):
            condition = self.condition()
            features.append(
                name if condition is None else {"name": name, "if": condition}
            )
        return features

    def lines(self, most: int) -> list[str]:
        """Some text. Each line has a letter in front, so that none means anything."""
        lines = [f"x{self.draw(_LINE)}".rstrip()]
        for _ in range(self.number(0, most - 1)):
            if self.chance(6):
                lines.append("")
            indent = " " * self.pick([0, 0, 0, 1, 4])
            lines.append(f"{indent}x{self.draw(_LINE)}".rstrip())
        if self.chance(4):
            # As long as a line of Python may be, or nearly.
            lines[-1] = lines[-1].ljust(self.number(50, 90), "y") + self.pick(_ENDS)
        return lines

    def comment(self, definition: Definition, names: Sequence[str]) -> None:
        """Document *definition* or not."""
        if not self.chance(3):
            return
        comment = definition.comment = Comment(self.lines(3))
        comment.members = {name: self.lines(2) for name in self.some(names, 3)}
        known = definition.feature_names
        comment.features = {name: self.lines(2) for name in known if self.chance(2)}
        tags = ["Note", "TODO", "Example", ".. note", ".. qmp-example", "Since"]
        if isinstance(definition, Command):
            tags += ["Errors"] + ["Returns"] * (definition.returns is not None)
        comment.sections = [(tag, self.lines(3)) for tag in self.some(tags, 3)]

    def reference(self, *, mandatory: bool) -> Ref:
        """A type for a member."""
        if self.chance(4):
            return Ref(self.pick([*BUILTINS, *self.planned]), array=True)
        if not mandatory:
            return Ref(self.pick([*BUILTINS, *self.planned]))
        light = [name for name, weight in self.weights.items() if weight < _HEAVIEST]
        return Ref(self.pick(light))

    def pool(self, name: str, ordinary: Sequence[str]) -> Sequence[str]:
        """Names for members or values of type *name*: of a few, upper case ones, too."""
        if not self.chance(8):
            return ordinary
        self.exempt.append(name)
        return [*ordinary, *awkward.UPPER_CASE]

    def members(
        self, taken: set[str], most: int = 4, pool: Sequence[str] = awkward.MEMBERS
    ) -> list[Member]:
        members = []
        for _ in range(self.number(0, most)):
            name = self.fresh(pool, taken)
            optional = self.chance(2)
            reference = self.reference(mandatory=not optional)
            member = Member(
                name, reference, optional, self.condition(), self.features()
            )
            members.append(member)
        return members

    def weight(self, members: Sequence[Member]) -> int:
        needed = [m for m in members if not m.optional and not m.type.array]
        return 1 + sum(self.weights[member.type.name] for member in needed)

    # Types

    def enum(self, name: str) -> Enum:
        taken: set[str] = set()
        values = []
        pool = self.pool(name, awkward.VALUES)
        for _ in range(self.number(0, 5)):
            value = Value(self.fresh(pool, taken), self.condition(), self.features())
            values.append(value)
        self.weights[name] = 1
        prefix = "PRE_FIX" if self.chance(8) else ""
        if not values:
            # There is no value of that type: nothing may need one.
            self.weights[name] = _HEAVIEST
        return Enum(name=name, values=values, prefix=prefix)

    def struct(self, name: str) -> Struct:
        bases = [d for d in self.made if isinstance(d, Struct)]
        base = self.pick(bases).name if bases and self.chance(2) else ""
        inherited = self.model.members(base) if base else []
        taken = {_mangled(member.name) for member in inherited}
        members = self.members(taken, pool=self.pool(name, awkward.MEMBERS))
        self.weights[name] = self.weight([*inherited, *members])
        return Struct(name=name, members=members, base=base)

    def union(self, name: str) -> Union | SimpleUnion:
        enums = [d for d in self.made if isinstance(d, Enum) and d.values]
        if not enums or self.chance(4):
            return self.simple_union(name)
        base = self.union_base(enums)
        common = self.model.members(base)
        tags = [member for member in common if self.is_tag(member)]
        tag = self.pick(tags)
        taken = {_mangled(member.name) for member in common}
        branches, weight = [], self.weight(common)
        values = self.model.values(tag.type.name)
        for value in self.some(values, 4):
            fitting = [
                d.name
                for d in self.made
                if isinstance(d, Struct | Union | SimpleUnion)
                and self.weights[d.name] < _HEAVIEST
                and taken.isdisjoint(
                    _mangled(m.name) for m in self.model.all_members(d.name)
                )
            ]
            if fitting:
                branch = Branch(value, Ref(self.pick(fitting)), self.condition())
                branches.append(branch)
        heaviest = max(
            [self.weights[branch.type.name] for branch in branches], default=0
        )
        self.weights[name] = weight + heaviest
        return Union(name=name, base=base, tag=tag.name, branches=branches)

    def is_tag(self, member: Member) -> bool:
        if member.optional or member.type.array or member.condition is not None:
            return False
        return any(
            isinstance(d, Enum) and d.name == member.type.name and d.values
            for d in self.made
        )

    def union_base(self, enums: list[Enum]) -> str | list[Member]:
        """The name of a struct that has a tag, or members written inline."""
        structs = [
            d.name
            for d in self.made
            if isinstance(d, Struct)
            and any(map(self.is_tag, self.model.members(d.name)))
            and self.weights[d.name] < _HEAVIEST
        ]
        if structs and self.chance(3):
            return self.pick(structs)
        taken: set[str] = set()
        tag = Member(self.fresh(awkward.MEMBERS, taken), Ref(self.pick(enums).name))
        members = self.members(taken, 2)
        members.insert(self.number(0, len(members)), tag)
        return members

    def simple_union(self, name: str) -> SimpleUnion:
        taken: set[str] = set()
        branches = []
        for _ in range(self.number(1, 3)):
            label = self.fresh(awkward.MEMBERS, taken)
            branches.append(
                Branch(label, self.reference(mandatory=True), self.condition())
            )
        needed = [self.weights[b.type.name] for b in branches if not b.type.array]
        self.weights[name] = 2 + max(needed, default=0)
        return SimpleUnion(name=name, branches=branches)

    def alternate(self, name: str) -> Alternate:
        choices: list[Ref] = [Ref(n) for n in BUILTINS if n != "any"]
        choices += [
            Ref(d.name)
            for d in self.made
            if not isinstance(d, Alternate) and self.weights[d.name] < _HEAVIEST
        ]
        choices += [Ref(n, array=True) for n in [*BUILTINS, *self.planned]]
        names: set[str] = set()
        kinds: set[str] = set()
        branches = []
        for _ in range(self.number(1, 4)):
            fitting = [ref for ref in choices if self.json_kind(ref) not in kinds]
            if not fitting:
                break
            ref = self.pick(fitting)
            kinds.add(self.json_kind(ref))
            label = self.fresh(awkward.MEMBERS, names)
            branches.append(Branch(label, ref, self.condition()))
        heaviest = max(self.weights.get(b.type.name, 0) for b in branches)
        self.weights[name] = 1 + heaviest
        return Alternate(name=name, branches=branches)

    def json_kind(self, ref: Ref) -> str:
        if ref.array:
            return "array"
        found = next((d for d in self.made if d.name == ref.name), None)
        return _kind(found, ref.name)

    # Commands and events

    def arguments(self, definition: Callable) -> None:
        """Give *definition* its data."""
        structs = [d.name for d in self.made if isinstance(d, Struct)]
        unions = [d.name for d in self.made if isinstance(d, Union | SimpleUnion)]
        light = [n for n in [*structs, *unions] if self.weights[n] < _HEAVIEST]
        match self.number(0, 3):
            case 1 if light:
                definition.arguments, definition.boxed = self.pick(light), True
            case 2 if set(structs) & set(light):
                definition.arguments = self.pick([n for n in structs if n in light])
            case 0 | 1 | 2:
                definition.arguments = self.members(set())

    def command(self) -> Command:
        command = Command(name=self.name(awkward.COMMANDS))
        self.arguments(command)
        if self.chance(2):
            command.returns = self.reference(mandatory=True)
        flags = self.some(list(_FLAGS), 2) if self.chance(3) else []
        if "coroutine" in flags and "allow-oob" in flags:
            flags.remove("coroutine")
        command.flags = {flag: _FLAGS[flag] for flag in flags}
        return command

    def event(self) -> Event:
        event = Event(name=self.name(awkward.EVENTS))
        self.arguments(event)
        return event

    # The whole

    def definition(self, name: str, make: Any) -> None:
        made = make(name)
        made.condition, made.features = self.condition(), self.features()
        self.made.append(made)
        self.comment(made, _documentable(made))

    def run(self) -> Model:
        kinds = [self.enum, self.struct, self.union, self.alternate]
        makers = [self.pick(kinds) for _ in range(self.number(1, 9))]
        self.planned = [self.type_name(union=make == self.union) for make in makers]
        for number, make in enumerate(makers):
            self.definition(self.planned[number], make)
        callables = [self.command, self.event]
        for _ in range(self.number(0, 4)):
            made = self.pick(callables)()
            made.condition, made.features = self.condition(), self.features()
            self.comment(made, _documentable(made))
            self.made.append(made)
        return self.distributed()

    def distributed(self) -> Model:
        """The definitions in any order, spread over files that include each other."""
        definitions = self.draw(st.permutations(self.made))
        names = ["root", *self.some(awkward.FILES, 3)]
        files = [File(f"{name}.json", spread=self.chance(2)) for name in names]
        for definition in definitions:
            self.pick(files).definitions.append(definition)
        for number, file in enumerate(files[1:], start=1):
            # By some file before it; more includes of the same file change nothing.
            for includer in {self.number(0, number - 1), self.number(0, number - 1)}:
                into = files[includer]
                into.includes.append((self.number(0, len(into.definitions)), file.name))
        returning = [
            d.name
            for d in definitions
            if isinstance(d, Command) and d.returns is not None
        ]
        files[0].pragmas.append({"command-returns-exceptions": returning})
        if self.exempt:
            # The old name of the directive.
            files[0].pragmas.append({"name-case-whitelist": list(self.exempt)})
        return Model(files)


def _documentable(definition: Definition) -> list[str]:
    match definition:
        case Enum(values=values):
            return [value.name for value in values]
        case Struct(members=members):
            return [member.name for member in members]
        case Union(base=[*base]):
            return [member.name for member in base]
        case SimpleUnion(branches=branches) | Alternate(branches=branches):
            return [branch.name for branch in branches]
        case Callable(arguments=[*arguments]):
            return [member.name for member in arguments]
    return []


@st.composite
def models(draw: st.DrawFn, conditions: int = 5) -> Model:
    """Any valid schema. One in so many things that may have a condition has one."""
    return _Maker(draw, conditions).run()
