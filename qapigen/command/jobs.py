"""What a run has to do: which root schemas become which packages, under which settings.

Decided from the command line, ``pyproject.toml`` and the folders named, before any schema is
parsed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from stat import S_ISDIR, S_ISREG
from typing import NamedTuple

from qapigen.command.arguments import Arguments
from qapigen.command.config import (
    Config,
    Settings,
    check_package_name,
    find_config,
    read_names,
    usage_error,
)
from qapigen.command.roots import SchemaFiles

__all__ = ["Job", "default_package", "find_jobs", "find_roots", "settings_for"]


class Job(NamedTuple):
    """One root schema and the package it becomes."""

    #: The root as the user would write it.
    root: str
    package: str
    #: The folder of the package as the user would write it; "" where nothing is written.
    folder: str
    settings: Settings
    #: Other files that had a say: ``pyproject.toml``, lists of names.
    sources: Sequence[str]


def find_jobs(arguments: Arguments, files: SchemaFiles) -> list[Job]:
    """The jobs of a run, in the order of the command line.

    Raises :class:`~qapigen.errors.UsageError` where the request makes no sense.
    """
    roots = find_roots(arguments.schemas, files)
    configs = [find_config(os.path.dirname(root)) for root in roots]
    output = arguments.output or next(
        (each.output for each in configs if each.output), None
    )
    if output is None:
        raise usage_error("where to? name the output folder with -o OUT")
    if arguments.package is not None and len(roots) > 1:
        names = ", ".join(roots)
        raise usage_error(
            f"--package names one package, but there are {len(roots)} roots: {names}"
        )
    jobs = [
        _job(arguments, root, config, output)
        for root, config in zip(roots, configs, strict=True)
    ]
    _check_distinct(jobs)
    return jobs


def find_roots(schemas: Sequence[str], files: SchemaFiles) -> list[str]:
    """The root schemas that the arguments *schemas* stand for, each once.

    Raises :class:`~qapigen.errors.UsageError` where one is not there or cannot be read.
    """
    roots: dict[str, str] = {}
    for schema in schemas:
        try:
            mode = os.stat(schema).st_mode
            found = files.roots(schema) if S_ISDIR(mode) else [schema]
            for root in found:
                _check_readable(root)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            name = getattr(error, "filename", None) or schema
            raise usage_error(f"cannot read {name!r}: {reason}") from None
        if not found:
            raise usage_error(f"there is no QAPI schema (*.json) in {schema!r}")
        for root in found:
            roots.setdefault(os.path.realpath(root), root)
    return list(roots.values())


def default_package(root: str) -> str:
    """The name of the package of *root* where nobody chose one: ``qapi_`` and its stem.

    A stem that begins with "qapi" already is not given another.
    """
    stem = os.path.basename(root)
    stem = stem.removesuffix(".json") or stem
    if not stem.isascii():
        import unicodedata

        # Python normalizes identifiers so; a folder of another spelling would not be found.
        stem = unicodedata.normalize("NFKC", stem)
    name = re.sub(r"\W", "_", stem).strip("_").lower()
    return name if name == "qapi" or name.startswith("qapi_") else f"qapi_{name}"


def settings_for(arguments: Arguments, config: Config) -> tuple[Settings, list[str]]:
    """The settings for roots under *config*, and the files that were read for them."""
    defined, define_files = read_names(arguments.define)
    undefined, undefine_files = read_names(arguments.undefine)
    _check_apart(defined, undefined, "-D and -U")
    also_defined, more_defines = read_names(config.define)
    also_undefined, more_undefines = read_names(config.undefine)
    _check_apart(also_defined, also_undefined, f"define and undefine in {config.path}")
    settings = Settings(
        strict=config.strict if arguments.strict is None else arguments.strict,
        closed=config.closed if arguments.closed is None else arguments.closed,
        defined=tuple(sorted({*defined, *also_defined} - set(undefined))),
        undefined=tuple(sorted({*undefined, *also_undefined} - set(defined))),
        templates=arguments.templates or config.templates,
        format=arguments.format or config.format,
    )
    if settings.templates is not None and not os.path.isdir(settings.templates):
        raise usage_error(f"there is no folder of templates {settings.templates!r}")
    read = [*define_files, *undefine_files, *more_defines, *more_undefines]
    return settings, [config.path, *read] if config.path else read


def _job(arguments: Arguments, root: str, config: Config, output: str) -> Job:
    settings, sources = settings_for(arguments, config)
    if arguments.package is not None:
        package = check_package_name(arguments.package, "--package")
    else:
        package = config.package_for(root) or default_package(root)
        check_package_name(package, f"the package of {root}")
    return Job(root, package, os.path.join(output, package), settings, sources)


def _check_distinct(jobs: Sequence[Job]) -> None:
    made: dict[str, str] = {}
    for job in jobs:
        if job.package in made:
            raise usage_error(
                f"{made[job.package]} and {job.root} would both become the package "
                f"{job.package!r}: compile them one at a time with --package, or name them in "
                "[tool.qapigen.packages] of a pyproject.toml"
            )
        made[job.package] = job.root


def _check_apart(defined: Sequence[str], undefined: Sequence[str], what: str) -> None:
    both = sorted(set(defined) & set(undefined))
    if both:
        raise usage_error(f"{both[0]!r} stands in both {what}")


def _check_readable(root: str) -> None:
    if not S_ISREG(os.stat(root).st_mode):
        raise usage_error(f"{root!r} is neither a file nor a folder")
    with open(root, "rb"):
        pass
