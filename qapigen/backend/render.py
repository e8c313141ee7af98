"""Rendering: views through jinja2 templates to text.

Templates lie in ``templates/`` beside the package in a checkout and inside it when installed;
``--templates DIR`` puts a folder of the user's in front, file by file. Compiled templates are kept,
since compiling them takes as long as rendering a small schema (:mod:`qapigen.caches`).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
)
from jinja2.bccache import Bucket

from qapigen.backend.layout import (
    LINE_LENGTH,
    Piece,
    bracket,
    docstring,
    exploded,
    quote,
)
from qapigen.backend.views import ModuleView
from qapigen.caches import BUILT, cache_folder, keep, write_whole
from qapigen.errors import UsageError

__all__ = ["Renderer", "build", "template_folder"]

#: Compiled templates that the build put into the package.
_SHIPPED = BUILT / "templates"


def template_folder() -> Path:
    """The folder of the templates that came with qapigen."""
    package = Path(__file__).parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def _piece(piece: Piece, indent: int) -> str:
    return piece if isinstance(piece, str) else bracket(*piece, indent)


def _import_from(module: str, names: Sequence[str], indent: int = 0) -> str:
    line = f"from {module} import {', '.join(names)}"
    if indent + len(line) <= LINE_LENGTH:
        return line
    return exploded(f"from {module} import (", names, ")", indent)


def _alias(name: str, types: Sequence[str]) -> str:
    if len(types) == 1:
        return f"{name}: TypeAlias = {types[0]}"
    return bracket(f"{name}: TypeAlias = Union[", types, "]")


def _tuple(items: Sequence[str]) -> Piece:
    quoted = [quote(item) for item in items]
    if not quoted:
        return "()"
    return f"({quoted[0]},)" if len(quoted) == 1 else ("(", quoted, ")")


def _row(key: str, items: Sequence[str]) -> Piece:
    value = _tuple(items)
    if isinstance(value, str):
        return f"{quote(key)}: {value}"
    return (f"{quote(key)}: (", value[1], ")")


def _type_rows(rows: Sequence[Sequence[str]]) -> list[Piece]:
    return [_row(row[0], row[1:]) for row in rows]


def _pair_rows(rows: Sequence[tuple[str, Sequence[str]]]) -> list[Piece]:
    return [_row(key, items) for key, items in rows]


class _Compiled(BytecodeCache):
    """Compiled templates: from the package, else from the user's cache, else made and kept there.

    jinja2 itself checks that what is loaded belongs to the template's text and to this Python.
    """

    def __init__(self, keep_in: Path | None) -> None:
        self._keep_in = keep_in

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        # jinja2's own key has the file's absolute path in it, which a wheel cannot know.
        del filename
        return f"{name}.{sys.implementation.cache_tag}"

    def load_bytecode(self, bucket: Bucket) -> None:
        for folder in (_SHIPPED, self._keep_in):
            if folder is None or bucket.code is not None:
                continue
            try:
                bucket.bytecode_from_string((folder / bucket.key).read_bytes())
            except FileNotFoundError:
                continue
            except Exception:  # whatever a damaged file makes of marshal and pickle
                bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        if self._keep_in is not None:
            keep(self._keep_in / bucket.key, bucket.bytecode_to_string())


def build(folder: Path = _SHIPPED) -> None:
    """Compile all templates into *folder*: what the build of the package calls."""
    folder.mkdir(parents=True, exist_ok=True)

    class Shipping(_Compiled):
        def load_bytecode(self, bucket: Bucket) -> None:
            """Nothing: everything is compiled anew."""

        def dump_bytecode(self, bucket: Bucket) -> None:
            write_whole(folder / bucket.key, bucket.bytecode_to_string())

    environment = _environment([template_folder()], Shipping(None))
    for name in environment.list_templates():
        environment.get_template(name)


def _environment(folders: Sequence[Path], cache: BytecodeCache) -> Environment:
    loaders: list[BaseLoader] = [FileSystemLoader(folder) for folder in folders]
    environment = Environment(
        loader=ChoiceLoader(loaders),
        bytecode_cache=cache,
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["quote"] = quote
    environment.globals.update(
        bracket=bracket,
        exploded=exploded,
        # A command's is asked for three times: for both clients and the server.
        docstring=lru_cache(maxsize=1024)(docstring),
        quote=quote,
        piece=_piece,
        import_from=_import_from,
        alias=_alias,
        type_rows=_type_rows,
        pair_rows=_pair_rows,
    )
    return environment


def _check_names(folder: Path) -> None:
    """A user's template that is called like none of ours would never be used."""
    known = {path.name for path in template_folder().iterdir()}
    for name in sorted(path.name for path in folder.glob("*.py.j2")):
        if name not in known:
            close = get_close_matches(name, sorted(known), n=1)
            hint = (
                f"did you mean {close[0]}?"
                if close
                else f"there are {', '.join(sorted(known))}"
            )
            raise UsageError(f"{folder / name}: no template is called so; {hint}")


class Renderer:
    """Renders modules; one serves any number of packages."""

    def __init__(self, templates: Path | None = None) -> None:
        folders = (
            [template_folder()] if templates is None else [templates, template_folder()]
        )
        if templates is not None:
            _check_names(templates)
        self._environment = _environment(folders, _Compiled(cache_folder()))

    def render(self, view: ModuleView) -> str:
        """The text of one module.

        Raises :class:`~qapigen.errors.UsageError` where a template is broken.
        """
        try:
            return self._environment.get_template(view.template).render(view.context)
        except TemplateError as error:
            where = f":{lineno}" if (lineno := getattr(error, "lineno", None)) else ""
            name = getattr(error, "name", None) or view.template
            raise UsageError(
                f"template {name}{where}: {error.message or error}"
            ) from error
