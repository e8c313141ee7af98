"""The modules of a package: which there are, which template makes each, and what it gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from attrs import define

from qapigen.backend.views.annotations import Imports, Locations
from qapigen.backend.views.bases import base_order, kept_bases
from qapigen.backend.views.branches import union_view
from qapigen.backend.views.calls import command_view, event_view, method_view
from qapigen.backend.views.names import Names
from qapigen.backend.views.unions import check_sizes
from qapigen.backend.views.values import alternate_view, enum_view, struct_view
from qapigen.model.schema import (
    AlternateType,
    Command,
    Definition,
    EnumType,
    Event,
    Schema,
    StructType,
    UnionType,
)

__all__ = ["ModuleView", "package_views"]


@define
class ModuleView:
    """One generated file: its path below the package, its template, and the template's context."""

    path: str
    template: str
    context: dict[str, Any]


_Maker: TypeAlias = Callable[[Sequence[Any], Imports], dict[str, Any]]


def package_views(
    schema: Schema, package: str, introspection: str
) -> Iterable[ModuleView]:
    """All modules of the package, one by one, so that no more than one need be in memory.

    *introspection* is the text that ``query-qmp-schema`` answers, an entity a line. Raises
    :class:`~qapigen.errors.SchemaError` where unions would become too many classes.
    """
    check_sizes(each for each in schema.types() if isinstance(each, UnionType))
    return _Package(schema, package).views(introspection)


def _shown(path: str) -> str:
    """The name of a schema file as comments and docstrings can hold it, whatever is in it."""
    return "".join(c if c.isprintable() and c not in '\\"' else "?" for c in path)


class _Package:
    def __init__(self, schema: Schema, package: str) -> None:
        self.schema = schema
        self.package = package
        self.names = Names(schema)
        self.locations = Locations(self.names)
        self.kept_bases = kept_bases(schema)
        self.by_module: dict[str, list[Definition]] = defaultdict(list)
        for definition in schema.definitions:
            self.by_module[definition.module].append(definition)
        #: kind -> [(module, names it offers)], filled as views are made.
        self.offers: dict[str, list[tuple[str, list[str]]]] = defaultdict(list)
        #: kind, template, what goes into such a module, how.
        self.kinds: list[tuple[str, str, tuple[type[Definition], ...], _Maker]] = [
            ("enums", "enums", (EnumType,), self._enums),
            ("types", "types", (StructType, UnionType), self._types),
            ("alternates", "alternates", (AlternateType,), self._alternates),
            ("events", "events", (Event,), self._events),
            ("commands", "commands", (Command,), self._commands),
            ("client", "client", (Command,), self._client),
            ("aio", "client", (Command,), self._client),
            ("server", "server", (Command,), self._server),
        ]

    def views(self, introspection: str) -> Iterable[ModuleView]:
        for path in self.schema.modules:
            yield from self._file(path)
        yield from self._facades()
        yield self._view("introspection.py", "introspection", text=introspection)

    def _file(self, path: str) -> Iterable[ModuleView]:
        """The modules that one schema file becomes."""
        module = self.names.modules[path]
        definitions = self.by_module[path]
        for kind, template, wanted, make in self.kinds:
            chosen = [entity for entity in definitions if isinstance(entity, wanted)]
            if not chosen:
                continue
            imports = Imports(self.locations, (kind, module))
            context = make(chosen, imports)
            self.offers[kind].append((module, context["offers"]))
            context.update(source=_shown(path), imports=imports.sections())
            yield self._view(f"{kind}/{module}.py", template, **context)

    def _view(self, path: str, template: str, **context: Any) -> ModuleView:
        context.setdefault("source", _shown(self.schema.root.name))
        context["package"] = self.package
        return ModuleView(path, f"{template}.py.j2", context)

    # --- one method for each kind of module

    def _enums(self, enums: Sequence[EnumType], imports: Imports) -> dict[str, Any]:
        views = [enum_view(enum, self.names, imports) for enum in enums]
        return {"enums": views, "offers": [view["name"] for view in views]}

    def _types(
        self, types: Sequence[StructType | UnionType], imports: Imports
    ) -> dict[str, Any]:
        imports.need("qapi_runtime.types", "define")
        imports.need("qapi_runtime.types", "Entity")
        views: list[dict[str, Any]] = []
        offers: list[str] = []
        for entity in base_order(types):
            if isinstance(entity, StructType):
                inherits = id(entity) in self.kept_bases
                views.append(
                    struct_view(entity, self.names, imports, inherits=inherits)
                )
                offers.append(views[-1]["name"])
            else:
                views.append(union_view(entity, self.names, imports))
                of = self.names.unions[entity.name]
                offers += [of.common, *(name for _, name in of.leaves)]
                offers += [*(name for name, _ in of.inner), of.alias]
        return {"types": views, "offers": offers}

    def _alternates(
        self, alternates: Sequence[AlternateType], imports: Imports
    ) -> dict[str, Any]:
        views = [alternate_view(entity, self.names, imports) for entity in alternates]
        return {"alternates": views, "offers": [view["name"] for view in views]}

    def _events(self, events: Sequence[Event], imports: Imports) -> dict[str, Any]:
        views = [event_view(event, self.names, imports) for event in events]
        return {"events": views, "offers": [view["name"] for view in views]}

    def _commands(
        self, commands: Sequence[Command], imports: Imports
    ) -> dict[str, Any]:
        views = [command_view(command, self.names, imports) for command in commands]
        return {"commands": views, "offers": []}

    def _client(self, commands: Sequence[Command], imports: Imports) -> dict[str, Any]:
        kind, module = imports.home
        imports.need("..commands", f"{module} as commands")
        base = "AsyncCommandGroup" if kind == "aio" else "CommandGroup"
        imports.need(f"qapi_runtime.{kind}", base)
        methods = [
            method_view(it, self.names, imports, server=False) for it in commands
        ]
        group = self.names.groups[module]
        return {
            "group": group,
            "base": base,
            "is_async": kind == "aio",
            "methods": methods,
            "offers": [group],
        }

    def _server(self, commands: Sequence[Command], imports: Imports) -> dict[str, Any]:
        imports.need("qapi_runtime.server", "HandlerGroup")
        imports.need("collections.abc", "Awaitable", runtime=False)
        methods = [method_view(it, self.names, imports, server=True) for it in commands]
        group = self.names.groups[imports.home[1]]
        return {"group": group, "methods": methods, "offers": [group]}

    # --- what belongs to the package as a whole

    def _facades(self) -> Iterable[ModuleView]:
        for kind in ("enums", "types", "alternates", "commands"):
            yield self._view(f"{kind}/__init__.py", "kind", kind=kind)
        for kind, base in (("client", "CommandGroup"), ("aio", "AsyncCommandGroup")):
            yield self._view(
                f"{kind}/__init__.py",
                "client_init",
                groups=self.offers[kind],
                is_async=kind == "aio",
                base=base,
            )
        yield self._view(
            "server/__init__.py", "server_init", groups=self.offers["server"]
        )
        yield self._view(
            "events/__init__.py",
            "events_init",
            modules=self.offers["events"],
            events=[
                (
                    event.name,
                    self.names.modules[event.module],
                    self.names.events[event.name],
                )
                for event in self.schema.events()
            ],
        )
        yield self._view("_registry.py", "registry", **self._registry())
        facade = [
            (f"{kind}.{module}", sorted(names))
            for kind in ("enums", "types", "alternates", "events")
            for module, names in self.offers[kind]
        ]
        names = [name for _, offered in facade for name in offered]
        yield self._view("__init__.py", "package", facade=facade, names=names)

    def _registry(self) -> dict[str, Any]:
        """Rows for ``_registry.py``: types, alternates, commands."""
        kinds = {EnumType: "enum", StructType: "struct", UnionType: "union"}
        types = self.schema.types()
        return {
            "types": [
                (
                    entity.name,
                    kinds.get(type(entity), "alternate"),
                    ".".join(self.locations.of(entity, entity.module)),
                    self.names.type_name(entity),
                )
                for entity in types
            ],
            "alternates": [
                (entity.name, [branch.type.name for branch in entity.branches])
                for entity in types
                if isinstance(entity, AlternateType)
            ],
            "commands": [
                (
                    command.name,
                    self.names.methods[command.name],
                    self.names.modules[command.module],
                    self.names.constants[command.name],
                )
                for command in self.schema.commands()
            ],
        }
