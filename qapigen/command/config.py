"""Settings of a project: the ``[tool.qapigen]`` table of the nearest ``pyproject.toml``.

::

    [tool.qapigen]
    output = "generated"                  # where packages go if -o is not given
    strict = true                         # --strict
    closed = false                        # --closed
    define = ["CONFIG_LINUX", "@x86.defines"]      # -D
    undefine = ["CONFIG_WIN32"]           # -U
    templates = "my-templates"            # --templates
    format = "black"                      # --format
    package = "vm_api"                    # --package: the project has one root

    [tool.qapigen.packages]               # or a name for each root
    "schema/migration.json" = "qapi_migration"

Paths are relative to the file that names them. Nearest is the first ``pyproject.toml`` with such a
table on the way up from the schema's folder, or else from the working directory. What the command
line says goes before what the table says. A key that is not listed here is an error.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

__all__ = [
    "Config",
    "Settings",
    "check_package_name",
    "find_config",
    "read_names",
    "usage_error",
]

#: What a file must hold for a ``[tool.qapigen]`` table to be possible, in any spelling of TOML.
#: Most files do not, and the TOML parser is then not even loaded.
_MENTIONED = re.compile(rb"""\btool["'\s]*(?:\.["'\s]*qapigen|\]|=)""")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_TAKEN = ("attr", "attrs", "msgspec", "qapi_runtime", "qapigen")


def usage_error(message: str) -> Exception:
    """A :class:`~qapigen.errors.UsageError`, loaded only when there is one."""
    from qapigen.errors import UsageError

    return UsageError(message)


class Settings(NamedTuple):
    """The options that decide what is generated from a schema."""

    strict: bool = False
    closed: bool = False
    #: Names of conditions, sorted.
    defined: tuple[str, ...] = ()
    undefined: tuple[str, ...] = ()
    #: A folder of templates that go before the built-in ones.
    templates: str | None = None
    #: "layout": as the templates lay it out; "black": run through black, too.
    format: str = "layout"

    def lines(self) -> list[str]:
        """The settings as lines of a manifest; templates are listed there by content."""
        lines = [f"format {self.format}"]
        lines += ["strict"] * self.strict + ["closed"] * self.closed
        lines += [f"define {name}" for name in self.defined]
        lines += [f"undefine {name}" for name in self.undefined]
        return lines


class Config(NamedTuple):
    """A ``[tool.qapigen]`` table, its paths made absolute. All empty where there is none."""

    path: str | None = None
    output: str | None = None
    package: str | None = None
    packages: Mapping[str, str] = {}
    strict: bool = False
    closed: bool = False
    define: Sequence[str] = ()
    undefine: Sequence[str] = ()
    templates: str | None = None
    format: str = "layout"

    def package_for(self, root: str) -> str | None:
        """The name that the table gives to the package of *root*; None if it gives none."""
        return self.packages.get(os.path.realpath(root), self.package)


def find_config(folder: str) -> Config:
    """The table that holds for schemas in *folder*.

    Raises :class:`~qapigen.errors.UsageError` where a table is wrong.
    """
    for start in (os.path.abspath(folder), os.getcwd()):
        for path in _candidates(start):
            table = _table_in(path)
            if table is not None:
                return _checked(path, table)
    return Config()


def read_names(names: Iterable[str], folder: str = "") -> tuple[list[str], list[str]]:
    """Expand ``@FILE`` among names of conditions: the names, and the files that were read.

    A file holds one name a line; ``#`` begins a comment. Raises
    :class:`~qapigen.errors.UsageError` where a name or a file is no good.
    """
    found = []
    files = []
    for name in names:
        if name.startswith("@"):
            path = os.path.join(folder, name[1:])
            files.append(path)
            found += _names_in(path)
        elif _NAME.match(name):
            found.append(name)
        else:
            raise usage_error(
                f"{name!r} is not the name of a condition: write CONFIG_X or @FILE"
            )
    return found, files


def check_package_name(name: str, origin: str) -> str:
    """*name* again if a package may be called that; :class:`~qapigen.errors.UsageError` if not."""
    from keyword import iskeyword

    if not name.isidentifier() or iskeyword(name):
        raise usage_error(f"{origin}: {name!r} is not a name for a Python package")
    if name in sys.stdlib_module_names:
        raise usage_error(
            f"{origin}: {name!r} is the name of a module of Python itself"
        )
    if name in _TAKEN:
        raise usage_error(
            f"{origin}: {name!r} is the name of a package that qapigen brings along"
        )
    return name


def _names_in(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8") as stream:
            lines = [line.partition("#")[0].strip() for line in stream]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise usage_error(
            f"cannot read names of conditions from {path!r}: {reason}"
        ) from None
    for number, name in enumerate(lines, 1):
        if name and not _NAME.match(name):
            raise usage_error(
                f"{path}:{number}: {name!r} is not the name of a condition"
            )
    return [name for name in lines if name]


def _candidates(folder: str) -> Iterable[str]:
    while True:
        yield os.path.join(folder, "pyproject.toml")
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _table_in(path: str) -> object:
    """What *path* says under ``tool.qapigen``; None if nothing, or no such file."""
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise usage_error(f"cannot read {path!r}: {error.strerror}") from None
    if b"qapigen" not in data or not _MENTIONED.search(data):
        return None
    import tomllib

    try:
        tool = tomllib.loads(data.decode()).get("tool")
    except ValueError as error:
        raise usage_error(f"{path}: not valid TOML: {error}") from None
    return tool.get("qapigen") if isinstance(tool, dict) else None


def _checked(path: str, table: object) -> Config:
    """The :class:`Config` of a table, or an error that says which key is wrong and why."""
    home = os.path.dirname(path)
    if not isinstance(table, dict):
        raise usage_error(f"{path}: tool.qapigen must be a table")
    unknown = sorted(set(table) - set(_KEYS))
    if unknown:
        keys = ", ".join(_KEYS)
        raise usage_error(
            f"{path}: unknown key {unknown[0]!r} in [tool.qapigen]; it has {keys}"
        )
    values: dict[str, Any] = {"path": path}
    for key, value in table.items():
        kind, words = _KEYS[key]
        if not _fits(value, kind):
            raise usage_error(
                f"{path}: tool.qapigen.{key} is {value!r}, must be {words}"
            )
        values[key] = value
    for key in ("output", "templates"):
        if key in values:
            values[key] = os.path.join(home, values[key])
    for key in ("define", "undefine"):
        values[key] = [_absolute_at(name, home) for name in values.get(key, ())]
    if values.get("format", "layout") not in ("layout", "black"):
        raise usage_error(
            f"{path}: tool.qapigen.format is {values['format']!r}, must be 'layout' or 'black'"
        )
    values["packages"] = _packages(path, values.get("packages", {}))
    if "package" in values:
        check_package_name(values["package"], f"{path}: tool.qapigen.package")
    return Config(**values)


def _packages(path: str, table: dict[str, str]) -> dict[str, str]:
    home = os.path.dirname(path)
    for root, name in table.items():
        origin = f"{path}: tool.qapigen.packages.{root!r}"
        check_package_name(name, origin)
        if not os.path.exists(os.path.join(home, root)):
            raise usage_error(f"{origin}: there is no such schema below {home!r}")
    return {
        os.path.realpath(os.path.join(home, root)): name for root, name in table.items()
    }


def _absolute_at(name: str, home: str) -> str:
    return "@" + os.path.join(home, name[1:]) if name.startswith("@") else name


def _fits(value: object, kind: type) -> bool:
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if kind is dict:
        return isinstance(value, dict) and all(
            isinstance(item, str) for item in value.values()
        )
    return isinstance(value, kind)


#: Every key of the table: the type of its value, and that type in words.
_KEYS: dict[str, tuple[type, str]] = {
    "output": (str, "the path of a folder"),
    "package": (str, "the name of a package"),
    "packages": (dict, "a table of root schemas and names of packages"),
    "strict": (bool, "true or false"),
    "closed": (bool, "true or false"),
    "define": (list, "a list of names"),
    "undefine": (list, "a list of names"),
    "templates": (str, "the path of a folder"),
    "format": (str, "a string"),
}
