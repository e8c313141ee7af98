"""Telling people and programs what was found: findings in the schema, and failures of a run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from qapigen.command.arguments import Arguments
from qapigen.errors import Diagnostic, QapigenError, SchemaError
from qapigen.frontend.diagnostics import Format, render

__all__ = ["distinct", "report_failure", "report_findings", "say"]

#: Nobody reads on after this many findings.
_MOST = 100


def report_findings(findings: Sequence[Diagnostic], arguments: Arguments) -> None:
    """Print *findings* in the format asked for: for people on stderr, for programs on stdout."""
    shape: Format = arguments.message_format
    stream = sys.stderr if shape == "text" else sys.stdout
    color = shape == "text" and _wants_color(arguments.color, stream)
    each = distinct(findings)
    shown = each if shape == "json" else each[:_MOST]
    print(render(shown, shape, color), end="", file=stream)
    if len(shown) < len(each):
        more = f"{len(each) - len(shown)} more findings; --message-format json has all"
        print(f"qapigen: {more}", file=sys.stderr)


def distinct(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """*findings* without repetition: two roots may include the same wrong file."""
    seen: dict[tuple[str, str], Diagnostic] = {}
    for finding in findings:
        seen.setdefault((str(finding.place), finding.message), finding)
    return list(seen.values())


def say(line: str, arguments: Arguments) -> None:
    """Print a line about the run, where it does not mix with a report for a program."""
    print(line, file=sys.stdout if arguments.message_format == "text" else sys.stderr)


def report_failure(error: Exception, verbose: bool) -> int:
    """Print why a run failed; its exit status."""
    if isinstance(error, OSError) and error.filename is None:
        raise error  # what we print cannot be written: for __main__
    if isinstance(error, SchemaError):
        message = str(error)
    elif isinstance(error, QapigenError):
        message = f"error: {error}"
    elif isinstance(error, OSError):
        message = f"error: {os.fsdecode(error.filename)!r}: {error.strerror}"
    else:
        message = f"internal error: {type(error).__name__}: {error}"
        message += "\nthis is a mistake in qapigen, not in the schema"
        message += "" if verbose else "; -v shows where"
        if verbose:
            import traceback

            traceback.print_exception(error)
    print(f"qapigen: {message}", file=sys.stderr)
    return 1 if isinstance(error, SchemaError) else 2


def _wants_color(choice: str, stream: TextIO | None) -> bool:
    if choice != "auto":
        return choice == "always"
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and stream is not None and stream.isatty()
