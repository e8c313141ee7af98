"""A syntax tree becomes the semantic model: shapes are checked, names resolved, comments bound.

::

    expression ─checker→ shape ─linker→ entity ─objects, uses→ complete ─docbinding→ documented

Each step goes over all definitions before the next begins. A definition that is wrong drops out
where its fault is found; the others go on, so that one run reports all independent faults.
"""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterator, Sequence
from typing import ParamSpec

from qapigen.errors import Diagnostic
from qapigen.frontend.source import SourceFile
from qapigen.frontend.syntax import DocComment, DocSection, SyntaxTree
from qapigen.model.checker import Checker
from qapigen.model.docbinding import bind_doc
from qapigen.model.judge import FaultError, Judge, Site, TaintedError
from qapigen.model.linker import Linker
from qapigen.model.objects import Objects
from qapigen.model.schema import (
    AlternateType,
    Command,
    Definition,
    Event,
    Module,
    Schema,
    StructType,
    UnionType,
)
from qapigen.model.shapes import (
    AlternateShape,
    CommandShape,
    EnumShape,
    EventShape,
    MemberShape,
    Shape,
    StructShape,
    UnionShape,
    ValueShape,
)
from qapigen.model.uses import Uses

__all__ = ["resolve"]

_P = ParamSpec("_P")

#: QEMU has a bit of a 64 bit word for each feature of a schema.
_MAX_FEATURES = 64
_SPECIAL_FEATURES = ("deprecated", "unstable")


def resolve(
    tree: SyntaxTree, *, strict: bool = False, notes: list[Diagnostic] | None = None
) -> Schema:
    """The meaning of *tree*.

    With *strict* the schema is held to the newest dialect; else what any release allowed is
    accepted, and *notes* gets what the newest would not accept. Raises
    :class:`~qapigen.errors.SchemaError` with all independent findings.
    """
    return _Resolver(tree, Judge(strict, notes)).resolve()


class _Resolver:
    def __init__(self, tree: SyntaxTree, judge: Judge) -> None:
        self.tree = tree
        self.judge = judge
        self.modules = _modules(tree)
        names = {source: module.name for source, module in self.modules.items()}
        self.linker = Linker(judge, names, incomplete=tree.incomplete)
        #: What is still in the race.
        self.alive: list[tuple[Shape, Definition]] = []

    def resolve(self) -> Schema:
        shapes = list(self._shapes())
        self._declare(shapes)
        self._link()
        self._documents()
        if self.judge.strict:
            self._count_features(shapes)
        self.judge.close()
        root = self.modules[self.tree.root]
        modules = {module.name: module for module in self.modules.values()}
        return Schema(root, modules, self.linker.definitions)

    def _shapes(self) -> Iterator[Shape]:
        checker = Checker(self.judge, self.tree.pragma)
        for order, expression in enumerate(self.tree.expressions):
            meta, name = checker.title(expression)
            site = Site(expression.source, expression.value.offset, order)
            if name:
                site.title = f"{meta} '{name}'"
            try:
                yield self.judge.attempt(site, checker.shape, expression, site)
            except TaintedError:
                names = checker.possible_names(expression)
                self.linker.broken.update(names)
                self.linker.misnamed += names

    def _declare(self, shapes: list[Shape]) -> None:
        linker = self.linker
        for shape in shapes:
            try:
                entity = self.judge.attempt(shape.site, linker.declare, shape)
                self.alive.append((shape, entity))
            except TaintedError:
                # Of two definitions of a name, the first one stands.
                if linker.sites.get(shape.name) is shape.site:
                    linker.broken.add(shape.name)
        for shape, entity in self.alive:
            if isinstance(shape, UnionShape) and shape.discriminator is None:
                assert isinstance(entity, UnionType)
                self._attempt(shape, linker.declare_kind, shape, entity)

    def _attempt(
        self,
        shape: Shape,
        step: Callable[_P, object],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> None:
        """One *step* of making a definition, unless it has failed already."""
        if shape.name in self.linker.broken:
            return
        try:
            self.judge.attempt(shape.site, step, *args, **kwargs)
        except TaintedError:
            self.linker.broken.add(shape.name)

    def _link(self) -> None:
        for shape, entity in self.alive:
            if isinstance(shape, StructShape) and isinstance(entity, StructType):
                self._attempt(shape, _link_members, self.linker, shape, entity)
        objects = {
            shape.name: shape
            for shape, _ in self.alive
            if isinstance(shape, StructShape | UnionShape)
        }
        Objects(self.judge, self.linker, objects).complete_all()
        uses = Uses(self.judge, self.linker, self.tree.pragma)
        for shape, entity in self.alive:
            self._attempt(shape, _link_use, uses, shape, entity)

    def _documents(self) -> None:
        for shape, entity in self.alive:
            self._attempt(shape, bind_doc, self.judge, self.tree.pragma, shape, entity)

    def _count_features(self, shapes: list[Shape]) -> None:
        names: set[str] = set(_SPECIAL_FEATURES)
        for shape in shapes:
            names.update(_feature_names(shape))
            if len(names) > _MAX_FEATURES:
                fault = FaultError(
                    f"schema has more than {_MAX_FEATURES} features, "
                    f"counting {' and '.join(_SPECIAL_FEATURES)}"
                )
                self.judge.report(shape.site, fault)
                return


def _link_members(linker: Linker, shape: StructShape, struct: StructType) -> None:
    struct.members = linker.members(shape.site, shape.members)


def _link_use(uses: Uses, shape: Shape, entity: Definition) -> None:
    if isinstance(shape, CommandShape) and isinstance(entity, Command):
        uses.command(shape, entity)
    elif isinstance(shape, EventShape) and isinstance(entity, Event):
        uses.event(shape, entity)
    elif isinstance(shape, AlternateShape) and isinstance(entity, AlternateType):
        uses.alternate(shape, entity)


def _feature_names(shape: Shape) -> Iterator[str]:
    for feature in shape.features:
        yield feature.name
    parts: Sequence[ValueShape | MemberShape] = ()
    match shape:
        case EnumShape():
            parts = shape.values
        case StructShape():
            parts = shape.members
        case UnionShape():
            parts = shape.base if isinstance(shape.base, list) else []
        case CommandShape() | EventShape():
            parts = shape.arguments if isinstance(shape.arguments, list) else []
    for part in parts:
        for feature in part.features:
            yield feature.name


# --- files


def _modules(tree: SyntaxTree) -> dict[SourceFile, Module]:
    folder = os.path.dirname(tree.root.path) or "."
    modules = {}
    for source in tree.sources:
        name = source.name or os.path.relpath(source.path, folder).replace(os.sep, "/")
        modules[source] = Module(name, source.path)
    for comment in tree.free_docs:
        text = _free_text(comment)
        if text:
            modules[comment.source].free_docs.append(text)
    return modules


def _free_text(comment: DocComment) -> str:
    """The text of a comment that documents no definition; headings are ``= Like this``."""
    return "\n\n".join(_free_section(section) for section in comment.sections)


def _free_section(section: DocSection) -> str:
    if section.kind != "heading":
        return section.text
    level = len(section.name) if section.name.strip("=") == "" else 1
    return f"{'=' * level} {section.text}"
