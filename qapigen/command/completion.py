"""Scripts that complete qapigen's command line in bash, zsh and fish, made from its own parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from qapigen.command.arguments import COMMANDS

__all__ = ["completion"]


class _Option(NamedTuple):
    flags: list[str]
    help: str
    #: What may follow: words, or "file", "folder", or nothing that can be completed.
    values: list[str]
    takes_value: bool
    takes_path: bool
    repeats: bool


def completion(shell: str, parser: argparse.ArgumentParser) -> str:
    """The script for *shell*: bash, zsh or fish."""
    return _SHELLS[shell](list(_options(parser)))


def _options(parser: argparse.ArgumentParser) -> Iterator[_Option]:
    for action in parser._actions:
        if action.option_strings:
            yield _Option(
                flags=list(action.option_strings),
                help=_first_clause(action.help or ""),
                values=[str(value) for value in action.choices or ()],
                takes_value=action.nargs != 0,
                takes_path=action.metavar in ("OUT", "DIR", "FILE"),
                repeats=isinstance(action.default, list),
            )


def _first_clause(text: str) -> str:
    """The beginning of a help text, short enough for a menu."""
    return text.partition(";")[0].partition(" (")[0]


def _bash(options: list[_Option]) -> str:
    cases = "".join(
        f"    {'|'.join(option.flags)}) COMPREPLY=($(compgen {_bash_values(option)} -- "
        '"$word")); return;;\n'
        for option in options
        if option.takes_value
    )
    flags = " ".join(flag for option in options for flag in option.flags)
    return f"""\
# Completion of qapigen for bash: eval "$(qapigen --completion bash)"
_qapigen() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
  case $before in
{cases}  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "{flags}" -- "$word"))
  elif ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -f -W "{" ".join(COMMANDS)}" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}}
complete -o filenames -F _qapigen qapigen
"""


def _bash_values(option: _Option) -> str:
    if option.values:
        return f'-W "{" ".join(option.values)}"'
    return "-f" if option.takes_path else '-W ""'


def _zsh(options: list[_Option]) -> str:
    specs = "".join(f"    {_zsh_spec(option)} \\\n" for option in options)
    return f"""\
#compdef qapigen
# Completion of qapigen for zsh: qapigen --completion zsh > "${{fpath[1]}}/_qapigen"
_qapigen() {{
  _arguments -s \\
{specs}    '*:schema:_files'
}}
_qapigen "$@"
"""


def _zsh_spec(option: _Option) -> str:
    prefix = "*" if option.repeats else ""
    if not option.repeats and len(option.flags) > 1:
        prefix = f"({' '.join(option.flags)})"
    text = option.help.replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]")
    rest = f"[{text}]{_zsh_values(option)}'"
    if len(option.flags) == 1:
        return f"'{prefix}{option.flags[0]}{rest}"
    quoted = f"'{prefix}'" if prefix else ""
    return f"{quoted}{{{','.join(option.flags)}}}'{rest}"


def _zsh_values(option: _Option) -> str:
    if not option.takes_value:
        return ""
    if option.values:
        return f":value:({' '.join(option.values)})"
    return ":path:_files" if option.takes_path else ":name: "


def _fish(options: list[_Option]) -> str:
    lines = ["# Completion of qapigen for fish: qapigen --completion fish | source"]
    lines += [
        f"complete -c qapigen -n __fish_use_subcommand -a {command}"
        for command in COMMANDS
    ]
    lines += [
        " ".join(["complete -c qapigen", *_fish_words(option)]) for option in options
    ]
    return "\n".join(lines) + "\n"


def _fish_words(option: _Option) -> Iterable[str]:
    for flag in option.flags:
        yield f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}"
    if option.takes_value:
        yield "-r" if option.takes_path else "-x"
    if option.values:
        yield f"-a '{' '.join(option.values)}'"
    text = option.help.replace("\\", "\\\\").replace("'", "\\'")
    yield f"-d '{text}'"


_SHELLS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
