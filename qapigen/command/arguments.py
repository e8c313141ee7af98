"""The command line: options, their help, and nothing else."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import Literal, NoReturn

from qapigen import __version__

__all__ = ["COMMANDS", "Arguments", "main_parser", "parse"]

#: Commands beside the main one, which has no name.
COMMANDS = ("check", "introspect")

_EXAMPLES = """\
examples:
  qapigen schema/ -o generated/            every root schema in schema/, a package each
  qapigen qapi-schema.json --package vm -o src/
  qapigen schema/ -o generated/ -D CONFIG_LINUX -U CONFIG_WIN32
  qapigen schema/ -o generated/ -D @x86.defines --closed
  qapigen schema/ -o generated/ --check    is it current? for continuous integration
  qapigen check --strict schema/           only look for mistakes in the schema
  qapigen introspect schema/migration.json what query-qmp-schema would answer

A package is named by --package, by [tool.qapigen] in the nearest pyproject.toml, or after
its schema: migration.json becomes qapi_migration, qapi-schema.json becomes qapi_schema.

exit status: 0 done; 1 the schema is wrong and nothing was written, or, with --check, the
output is not current; 2 wrong usage, or a file cannot be read or written.
"""


class Arguments(argparse.Namespace):
    """What was said on the command line."""

    command: str
    schemas: list[str]
    output: str | None
    package: str | None
    define: list[str]
    undefine: list[str]
    strict: bool | None
    closed: bool | None
    templates: str | None
    format: str | None
    check: bool
    depfile: str | None
    depfile_target: list[str]
    message_format: Literal["text", "json", "github"]
    color: str
    quiet: bool
    verbose: bool
    unmask: bool
    completion: str | None


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """argparse's, without the import of shutil that costs each run 3 ms to learn a width."""

    def __init__(self, prog: str) -> None:
        try:
            width = int(os.environ["COLUMNS"])
        except (KeyError, ValueError):
            try:
                width = os.get_terminal_size().columns
            except (OSError, ValueError, AttributeError):
                width = 80
        super().__init__(prog, width=max(width - 2, 40))


class _Parser(argparse.ArgumentParser):
    """argparse, with errors that begin like all our others."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"qapigen: error: {message}\n{self.format_usage()}")


def parse(argv: Sequence[str]) -> Arguments:
    """Understand *argv*. Exits with status 2 and a message where it makes no sense."""
    command = argv[0] if argv and argv[0] in COMMANDS else ""
    parser = _PARSERS[command]()
    arguments = parser.parse_intermixed_args(argv[1:] if command else argv, Arguments())
    arguments.command = command
    if not command and not arguments.completion and not arguments.schemas:
        parser.error("no schema given: name a root schema or a folder of them")
    return arguments


def main_parser() -> argparse.ArgumentParser:
    """The parser of the main command."""
    parser = _parser("", "Compile QAPI schemas into typed Python packages.", _EXAMPLES)
    parser.usage = (
        "qapigen SCHEMA... -o OUT [options]\n       qapigen check SCHEMA... [options]"
    )
    parser.usage += "\n       qapigen introspect ROOT [options]"
    parser.add_argument(
        "schemas",
        metavar="SCHEMA",
        nargs="*",
        help="a root schema, or a folder: every schema in it that no other one includes",
    )
    out = parser.add_argument_group("output")
    out.add_argument(
        "-o", "--output", metavar="OUT", help="the folder in which packages are made"
    )
    out.add_argument(
        "--package", metavar="NAME", help="name of the package, for a single root"
    )
    out.add_argument(
        "--templates",
        metavar="DIR",
        help="a folder of templates that go before the built-in ones",
    )
    out.add_argument(
        "--format",
        choices=("layout", "black"),
        help="black: run black over the output, for templates that do not lay it out well "
        "themselves (default: layout, black's style without its cost)",
    )
    out.add_argument(
        "--check",
        action="store_true",
        help="write nothing; list what differs and exit with status 1 if OUT is not current",
    )
    out.add_argument(
        "--depfile",
        metavar="FILE",
        help="write a dependency file for make or ninja; every run that succeeds renews it",
    )
    out.add_argument(
        "--depfile-target",
        metavar="NAME",
        action="append",
        default=[],
        help="what FILE says depends on the schema (default: __init__.py of each package)",
    )
    _add_conditions(parser)
    _add_messages(parser)
    parser.add_argument("--version", action="version", version=f"qapigen {__version__}")
    parser.add_argument(
        "--completion",
        choices=("bash", "zsh", "fish"),
        help="print a script that completes qapigen's options in this shell",
    )
    return parser


def _check_parser() -> argparse.ArgumentParser:
    parser = _parser("check", "Report the mistakes in schemas; write nothing.")
    parser.add_argument(
        "schemas", metavar="SCHEMA", nargs="+", help="a root schema or a folder"
    )
    _add_conditions(parser)
    _add_messages(parser)
    return parser


def _introspect_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "introspect",
        "Print what a server with this schema answers to query-qmp-schema.",
    )
    parser.add_argument("schemas", metavar="ROOT", nargs=1, help="a root schema")
    parser.add_argument(
        "--unmask",
        action="store_true",
        help="show the names of types instead of numbers",
    )
    _add_conditions(parser)
    _add_messages(parser)
    return parser


_PARSERS = {"": main_parser, "check": _check_parser, "introspect": _introspect_parser}


def _parser(command: str, description: str, epilog: str | None = None) -> _Parser:
    parser = _Parser(
        prog=f"qapigen {command}".strip(),
        description=description,
        epilog=epilog,
        formatter_class=_HelpFormatter,
        allow_abbrev=False,
    )
    # Each command knows only some options; the rest have these values.
    parser.set_defaults(
        output=None,
        package=None,
        templates=None,
        format=None,
        check=False,
        depfile=None,
        depfile_target=[],
        unmask=False,
        completion=None,
    )
    return parser


def _add_conditions(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("schema")
    group.add_argument(
        "-D",
        "--define",
        metavar="NAME",
        action="append",
        default=[],
        help="the condition NAME holds; @FILE: all that FILE lists, one a line",
    )
    group.add_argument(
        "-U",
        "--undefine",
        metavar="NAME",
        action="append",
        default=[],
        help="the condition NAME does not hold; @FILE as above",
    )
    group.add_argument(
        "--closed",
        action=argparse.BooleanOptionalAction,
        help="no condition holds but those defined (default: what is not said stays open)",
    )
    group.add_argument(
        "--strict",
        action=argparse.BooleanOptionalAction,
        help="hold the schema to the newest dialect (default: to that of any release)",
    )


def _add_messages(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("messages")
    group.add_argument(
        "--message-format",
        choices=("text", "json", "github"),
        default="text",
        help="how findings are reported: for people (default), programs, or GitHub Actions",
    )
    group.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour in messages (default: auto, on a terminal unless NO_COLOR is set)",
    )
    loudness = group.add_mutually_exclusive_group()
    loudness.add_argument(
        "-q", "--quiet", action="store_true", help="say nothing but what is wrong"
    )
    loudness.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="say more: outdated syntax, each file written; with --check, the differences",
    )
