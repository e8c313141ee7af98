"""The command line: what is asked, whether anything is left to do, and how it ended.

This room and all that it imports at the top are light. The compiler, and attrs, lark and jinja2
with it, are loaded only when a package is not current (:mod:`qapigen.command.build`).

Exit status: 0 done; 1 the schema is wrong, or the output is not current under ``--check``; 2 wrong
usage, or something cannot be read or written. 130 after Ctrl-C (:mod:`qapigen.__main__`).
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence

from qapigen.command.arguments import Arguments, main_parser, parse
from qapigen.command.config import usage_error
from qapigen.command.jobs import Job, find_jobs
from qapigen.command.roots import SchemaFiles
from qapigen.output.manifest import (
    generator_files,
    is_current,
    made_by,
    recipe,
    template_files,
)
from qapigen.output.staging import leftovers

__all__ = ["run"]


def run(argv: Sequence[str]) -> int:
    """Run qapigen with the arguments *argv*; the exit status.

    Exits by ``SystemExit`` where argparse does: after ``--help``, or options that make no sense.
    """
    for stream in (sys.stdout, sys.stderr):
        # Names and schema text may hold what the terminal cannot show; never fail because of it.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    arguments = parse(argv)
    try:
        return _dispatch(arguments)
    except Exception as error:
        from qapigen.command.report import report_failure

        return report_failure(error, arguments.verbose)


def _dispatch(arguments: Arguments) -> int:
    if arguments.completion:
        from qapigen.command.completion import completion

        print(completion(arguments.completion, main_parser()), end="")
        return 0
    if arguments.command == "check":
        from qapigen.command.build import check_schemas

        return check_schemas(arguments)
    if arguments.command == "introspect":
        from qapigen.command.build import print_introspection

        return print_introspection(arguments)
    return _generate(arguments)


def _generate(arguments: Arguments) -> int:
    if arguments.check and arguments.depfile:
        raise usage_error("--check writes nothing, so it does not go with --depfile")
    if arguments.depfile:
        # First of all: that it cannot be written should not come as an afterthought.
        _make_folder(arguments.depfile)
    files = SchemaFiles()
    jobs = find_jobs(arguments, files)
    generator = made_by()
    inputs = {job.root: files.closure(job.root) for job in jobs}
    recipes = {
        job.root: recipe(
            job.root,
            job.settings.lines(),
            job.settings.templates,
            inputs[job.root],
            generator,
        )
        for job in jobs
    }
    # With -v everything is compiled, for what there is to be said about the schema.
    todo = [
        job for job in jobs if arguments.verbose or not _is_done(job, recipes[job.root])
    ]
    status = 0
    if todo:
        from qapigen.command.build import build

        status = build(todo, recipes, inputs, arguments)
    if status == 0 and arguments.depfile:
        _write_depfile(arguments, jobs, inputs)
    return status


def _is_done(job: Job, expected: str) -> bool:
    return is_current(job.folder, expected) and not leftovers(
        os.path.realpath(job.folder)
    )


def _make_folder(path: str) -> None:
    try:
        os.makedirs(os.path.dirname(path) or os.curdir, exist_ok=True)
    except OSError as error:
        raise usage_error(f"cannot write {path!r}: {error.strerror}") from None


def _write_depfile(
    arguments: Arguments, jobs: Sequence[Job], inputs: Mapping[str, Mapping[str, str]]
) -> None:
    from qapigen.command.depfile import depfile_text, write_depfile

    sources = {os.path.realpath(path) for path in generator_files()}
    for job in jobs:
        sources |= inputs[job.root].keys()
        sources.update(map(os.path.realpath, job.sources))
        sources.update(map(os.path.realpath, template_files(job.settings.templates)))
    sources |= {
        os.path.realpath(name) for name in arguments.schemas if os.path.isdir(name)
    }
    targets = arguments.depfile_target or [
        os.path.join(job.folder, "__init__.py") for job in jobs
    ]
    here = os.path.join(os.path.realpath(os.curdir), "")
    spelled = sorted(path.removeprefix(here) for path in sources)
    try:
        write_depfile(arguments.depfile or "", depfile_text(targets, spelled))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise usage_error(f"cannot write {arguments.depfile!r}: {reason}") from None
