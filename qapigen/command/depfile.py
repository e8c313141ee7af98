"""Dependency files, in the part of make's syntax that make and ninja read alike."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

__all__ = ["depfile_text", "escape", "write_depfile"]


def escape(path: str) -> str:
    """*path* as make and ninja read it back.

    Raises ``ValueError`` where there is no way to write it.
    """
    if "\n" in path or "\r" in path:
        raise ValueError(f"a dependency file cannot name {path!r}")
    # A backslash stands for itself, unless what follows it is escaped.
    path = re.sub(r"(\\*)([ #])", lambda match: match[1] * 2 + "\\" + match[2], path)
    path = re.sub(r"(\\*)\Z", lambda match: match[1] * 2, path)
    return path.replace("$", "$$").replace(":", "\\:")


def depfile_text(targets: Sequence[str], sources: Sequence[str]) -> str:
    """A rule that says *targets* depend on *sources*.

    Each source is a target of its own, too, so that make goes on where one was deleted.
    """
    lines = [" ".join(map(escape, targets)) + ":"]
    lines += [f"  {escape(source)}" for source in sources]
    phony = [f"{escape(source)}:\n" for source in sources if "%" not in source]
    return " \\\n".join(lines) + "\n" + "".join(phony)


def write_depfile(path: str, text: str) -> None:
    """Write it so that nobody reads half of it. Always: its time tells when the run was."""
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(text)
        os.replace(temporary, path)
    except BaseException:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise
