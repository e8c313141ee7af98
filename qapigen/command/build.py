"""The part of the command line that needs the compiler: generate, compare, check, introspect."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from qapigen.command.arguments import Arguments
from qapigen.command.config import Settings, find_config, usage_error
from qapigen.command.jobs import Job, find_roots, settings_for
from qapigen.command.report import report_findings, say
from qapigen.command.roots import SchemaFiles
from qapigen.errors import Diagnostic, SchemaError
from qapigen.output.manifest import write_manifest
from qapigen.output.staging import Plan
from qapigen.output.writer import commit, locked, make_plan, write_manifest_file
from qapigen.pipeline import Options, Output, compile_root, load_schema

__all__ = ["build", "check_schemas", "print_introspection"]


class _Compiled(NamedTuple):
    """A job, what came of it, and the seconds it took."""

    job: Job
    output: Output
    seconds: float


def build(
    jobs: Sequence[Job],
    recipes: Mapping[str, str],
    inputs: Mapping[str, Mapping[str, str]],
    arguments: Arguments,
) -> int:
    """Compile *jobs* and write, or with ``--check`` compare, all their packages; the exit status.

    *recipes* and *inputs* are, for each root, the first part of its manifest and the schema files
    that were seen before compiling: a file that nobody saw makes the manifest worthless.
    """
    compiled = _compile(jobs, arguments)
    if compiled is None:
        return 1
    if arguments.check:
        return _compare(compiled, arguments)
    started = perf_counter()
    with locked(
        os.path.dirname(jobs[0].folder) or os.curdir, [job.package for job in jobs]
    ):
        plans = [make_plan(each.job.folder, each.output.files) for each in compiled]
        commit(plans)
        for each, plan in zip(compiled, plans, strict=True):
            seen = inputs[each.job.root]
            if all(os.path.realpath(path) in seen for path in each.output.inputs):
                data = write_manifest(recipes[each.job.root], plan.files)
                write_manifest_file(each.job.folder, data) if data is not None else None
    share = (perf_counter() - started) / len(compiled)
    for each, plan in zip(compiled, plans, strict=True):
        _say_what_changed(each, plan, each.seconds + share, arguments)
    return 0


def check_schemas(arguments: Arguments) -> int:
    """Report the mistakes in the schemas named; the exit status."""
    findings: list[Diagnostic] = []
    wrong = False
    for root in find_roots(arguments.schemas, SchemaFiles()):
        notes: list[Diagnostic] = []
        try:
            load_schema(Path(root), _options_for(root, arguments), notes)
        except SchemaError as errors:
            findings += errors.diagnostics
            wrong = True
        findings += notes if arguments.verbose else ()
    report_findings(findings, arguments)
    return int(wrong)


def print_introspection(arguments: Arguments) -> int:
    """Print what ``query-qmp-schema`` answers for the root named; the exit status."""
    roots = find_roots(arguments.schemas, SchemaFiles())
    if len(roots) != 1:
        raise usage_error(
            f"name one root schema; there are {len(roots)}: {', '.join(roots)}"
        )
    from json import dumps

    from qapigen.model.introspect import introspect

    notes: list[Diagnostic] = []
    try:
        schema, _ = load_schema(
            Path(roots[0]), _options_for(roots[0], arguments), notes
        )
    except SchemaError as errors:
        report_findings(errors.diagnostics, arguments)
        return 1
    if arguments.verbose and arguments.message_format == "text":
        report_findings(notes, arguments)
    rows = [dumps(entity) for entity in introspect(schema, unmask=arguments.unmask)]
    print("[\n" + ",\n".join(rows) + "\n]")
    return 0


def _compile(jobs: Sequence[Job], arguments: Arguments) -> list[_Compiled] | None:
    """Compile all *jobs*; None, and a report of everything found, where a schema is wrong."""
    compiled = []
    findings: list[Diagnostic] = []
    wrong = False
    for job in jobs:
        started = perf_counter()
        notes: list[Diagnostic] | None = [] if arguments.verbose else None
        try:
            output = compile_root(
                Path(job.root),
                package=job.package,
                options=_options(job.settings),
                notes=notes,
            )
        except SchemaError as errors:
            findings += errors.diagnostics
            wrong = True
            continue
        findings += notes or ()
        compiled.append(_Compiled(job, output, perf_counter() - started))
    report_findings(findings, arguments)
    return None if wrong else compiled


def _options(settings: Settings) -> Options:
    return Options(
        strict=settings.strict,
        defined=frozenset(settings.defined),
        undefined=frozenset(settings.undefined),
        closed=settings.closed,
        templates=Path(settings.templates) if settings.templates else None,
        format="black" if settings.format == "black" else "layout",
    )


def _options_for(root: str, arguments: Arguments) -> Options:
    return _options(settings_for(arguments, find_config(os.path.dirname(root)))[0])


def _say_what_changed(
    each: _Compiled, plan: Plan, seconds: float, arguments: Arguments
) -> None:
    count = len(plan.new) + len(plan.changed) + len(plan.stale)
    if arguments.quiet or not (count or arguments.verbose):
        return
    modules = f"{count} module{'s'[: count != 1]} changed" if count else "up to date"
    job = each.job
    say(f"{job.root} -> {job.folder}  ({modules}, {seconds:.2f} s)", arguments)
    if arguments.verbose:
        for name, word in _differences(plan):
            say(f"  {word} {os.path.join(job.folder, name)}", arguments)


def _compare(compiled: Sequence[_Compiled], arguments: Arguments) -> int:
    """Say how far the output is from current; the exit status."""
    status = 0
    for each in compiled:
        plan = make_plan(each.job.folder, each.output.files)
        if plan.empty:
            continue
        status = 1
        if arguments.quiet:
            continue
        differences = list(_differences(plan))
        for name, word in differences:
            say(
                f"{os.path.join(each.job.folder, name)}: {word}{_extent(plan, name)}",
                arguments,
            )
            if arguments.verbose:
                sys.stdout.writelines(_diff(each, plan, name))
        say(
            f"{each.job.folder} is not current: {len(differences)} of "
            f"{len(plan.files) + len(plan.stale)} files differ from what {each.job.root} gives",
            arguments,
        )
    return status


def _differences(plan: Plan) -> Iterator[tuple[str, str]]:
    words = dict.fromkeys(plan.new, "new") | dict.fromkeys(plan.changed, "changed")
    yield from sorted((words | dict.fromkeys(plan.stale, "removed")).items())


def _extent(plan: Plan, name: str) -> str:
    """How many lines come and go in a file."""
    old, new = (Counter(lines) for lines in _old_and_new(plan, name))
    return f" (+{(new - old).total()} -{(old - new).total()} lines)"


def _diff(each: _Compiled, plan: Plan, name: str) -> Iterator[str]:
    from difflib import unified_diff

    path = os.path.join(each.job.folder, name)
    old, new = _old_and_new(plan, name)
    return unified_diff(old, new, path, f"{path} (from {each.job.root})")


def _old_and_new(plan: Plan, name: str) -> tuple[list[str], list[str]]:
    path = os.path.join(plan.folder, name)
    old = b"" if name in plan.new else Path(path).read_bytes()
    texts = (old, plan.files.get(name, b""))
    return (
        texts[0].decode(errors="backslashreplace").splitlines(keepends=True),
        texts[1].decode(errors="backslashreplace").splitlines(keepends=True),
    )
