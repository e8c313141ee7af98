"""The whole story: a root schema becomes the files of a package.

::

    load ─→ syntax tree ─→ resolve ─→ schema ─→ prune ─→ views ─→ render ─→ {path: text}

Nothing flows back. Reading files happens in ``load`` only; nothing is written here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from attrs import frozen

from qapigen.backend.render import Renderer
from qapigen.backend.views import package_views
from qapigen.errors import Diagnostic, SchemaError
from qapigen.frontend.parser import load
from qapigen.model.introspect import introspect
from qapigen.model.prune import prune
from qapigen.model.resolver import resolve
from qapigen.model.schema import Schema

__all__ = ["Options", "Output", "compile_root", "load_schema"]


@frozen
class Options:
    """What a run may be told about how schemas are read and packages written."""

    strict: bool = False
    defined: frozenset[str] = frozenset()
    undefined: frozenset[str] = frozenset()
    closed: bool = False
    templates: Path | None = None
    format: Literal["layout", "black"] = "layout"


@frozen
class Output:
    """A package, ready to be written."""

    package: str
    #: Path below the package's folder -> text.
    files: dict[str, str]
    #: Every schema file that was read.
    inputs: list[Path]


def load_schema(
    root: Path, options: Options, notes: list[Diagnostic] | None = None
) -> tuple[Schema, list[Path]]:
    """The meaning of the schema at *root*, conditions applied, and the files that were read.

    Raises :class:`~qapigen.errors.SchemaError`.
    """
    errors: list[Diagnostic] = []
    tree = load(root, strict=options.strict, notes=notes, errors=errors)
    if tree.rules_lost:
        raise SchemaError(errors)
    try:
        schema = resolve(tree, strict=options.strict, notes=notes)
    except SchemaError as found:
        raise SchemaError([*errors, *found.diagnostics]) from None
    if errors:
        raise SchemaError(errors)
    if options.defined or options.undefined or options.closed:
        schema = prune(
            schema, set(options.defined), set(options.undefined), options.closed
        )
    return schema, [Path(source.file) for source in tree.sources]


def _introspection_text(entities: list[dict[str, Any]]) -> str:
    """The answer to ``query-qmp-schema``, an entity a line."""
    rows = [json.dumps(entity) for entity in entities]
    return "[\n" + ",\n".join(rows) + "\n]" if rows else "[]"


def _modules(
    schema: Schema, package: str, options: Options
) -> Iterator[tuple[str, str]]:
    renderer = Renderer(options.templates)
    for view in package_views(schema, package, _introspection_text(introspect(schema))):
        yield view.path, renderer.render(view)
    yield "py.typed", ""


def compile_root(
    root: Path,
    *,
    package: str,
    options: Options | None = None,
    notes: list[Diagnostic] | None = None,
) -> Output:
    """Compile the schema at *root* to the files of *package*.

    *notes* gets what the newest dialect would not accept; looking for it takes time, so None
    means that nobody wants to know.

    Raises :class:`~qapigen.errors.SchemaError` where the schema is wrong and
    :class:`~qapigen.errors.UsageError` where it cannot be read or a template is broken.
    """
    options = options or Options()
    schema, inputs = load_schema(root, options, notes)
    files = dict(_modules(schema, package, options))
    if options.format == "black":
        from qapigen.backend.formatting import format_files

        files = format_files(files)
    return Output(package=package, files=files, inputs=inputs)
