"""Runs mypy and pyright over a folder of packages, as strictly as the project does itself."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

__all__ = ["CHECKERS", "Checker", "Finding", "Mypy", "Pyright"]

_RUNTIME = Path(__file__).resolve().parent.parent / "runtime"


class Finding(NamedTuple):
    """What a type checker has to say."""

    path: Path
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message} [{self.rule}]"


class Checker:
    """A type checker."""

    name = ""

    def __init__(self) -> None:
        #: How many files the last run looked at.
        self.checked = 0

    def run(
        self, folder: Path, scratch: Path, *more: Path, deprecated: bool = False
    ) -> list[Finding]:
        """Check everything in *folder*; import from there, from the runtime and *more* folders.

        Settings and caches go to *scratch*. Use of what is *deprecated* is an error if asked for.
        """
        raise NotImplementedError


class Mypy(Checker):
    """``mypy --strict``."""

    name = "mypy"
    _LINE = re.compile(r"(.+?):(\d+)(?::\d+)?: error: (.*?)(?:  \[([\w-]+)\])?$")
    _TOTAL = re.compile(r"(?:in|checked) (\d+) source files?")

    def run(
        self, folder: Path, scratch: Path, *more: Path, deprecated: bool = False
    ) -> list[Finding]:
        config = scratch / "mypy.ini"
        paths = ":".join(map(str, [_RUNTIME, folder, *more]))
        config.write_text(
            "[mypy]\nstrict = true\npython_version = 3.11\nexplicit_package_bases = true\n"
            f"mypy_path = {paths}\ncache_dir = {scratch / 'mypy'}\n"
            + ("enable_error_code = deprecated\n" if deprecated else "")
        )
        command = [sys.executable, "-m", "mypy", "--config-file", str(config)]
        command += [
            "--no-pretty",
            "--hide-error-context",
            "--no-color-output",
            str(folder),
        ]
        process = subprocess.run(command, capture_output=True, text=True, cwd=scratch)
        total = self._TOTAL.search(process.stdout)
        assert total, process.stdout + process.stderr
        self.checked = int(total[1])
        matches = map(self._LINE.match, process.stdout.splitlines())
        found = [
            Finding((scratch / m[1]).resolve(), int(m[2]), m[4] or "", m[3])
            for m in matches
            if m
        ]
        # What cannot be read as a finding must not pass for none.
        assert bool(found) == bool(process.returncode), process.stdout + process.stderr
        return _within(folder, found)


class Pyright(Checker):
    """pyright with its standard rules."""

    name = "pyright"

    def run(
        self, folder: Path, scratch: Path, *more: Path, deprecated: bool = False
    ) -> list[Finding]:
        # It looks only below the folder of its configuration.
        config = folder / "pyrightconfig.json"
        settings = {
            "include": ["."],
            "extraPaths": [str(path) for path in (_RUNTIME, folder, *more)],
            "pythonVersion": "3.11",
            "typeCheckingMode": "standard",
            # Where an error is expected, `# type: ignore` is for mypy alone.
            "enableTypeIgnoreComments": False,
            "reportDeprecated": "error" if deprecated else "none",
        }
        config.write_text(json.dumps(settings))
        program = shutil.which("pyright", path=str(Path(sys.executable).parent))
        assert program, "pyright is not installed beside this Python"
        command = [
            program,
            "-p",
            str(config),
            "--pythonpath",
            sys.executable,
            "--outputjson",
        ]
        process = subprocess.run(command, capture_output=True, text=True)
        assert process.returncode in (0, 1), process.stdout + process.stderr
        report = json.loads(process.stdout)
        self.checked = report["summary"]["filesAnalyzed"]
        found = [
            Finding(
                Path(item["file"]).resolve(),
                item["range"]["start"]["line"] + 1,
                item.get("rule", ""),
                item["message"].split("\n")[0],
            )
            for item in report["generalDiagnostics"]
            if item["severity"] in ("error", "warning")
        ]
        return _within(folder, found)


def _within(folder: Path, found: list[Finding]) -> list[Finding]:
    """What is about the files in *folder*: all else is checked by `make types`."""
    return [finding for finding in found if folder.resolve() in finding.path.parents]


CHECKERS = [Mypy(), Pyright()]
