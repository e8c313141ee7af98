"""``python -m tests.fuzz``: what the tests do with a sample, for as long as one likes.

::

    python -m tests.fuzz                        all of it, once: some minutes on two cores
    python -m tests.fuzz tokens                 every token mutant of the schemas
    python -m tests.fuzz bytes --minutes 30     byte mutants, new ones at every run
    python -m tests.fuzz properties --minutes 30    random schemas

Prints what was not taken as it should be, each with what it takes to see it again. Exit status 1 if
there was anything.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.mutants import Laboratory, Mutant, byte_mutants, texts_of, token_mutants

__all__ = ["main"]

_PROJECT = Path(__file__).resolve().parents[2]
_SCHEMA, _ROOT = _PROJECT / "schema", "migration.json"
#: More of what a schema can have, to be broken: these have their own roots.
_GOLDEN = sorted((_PROJECT / "tests/golden/packages").glob("*/*.json"))


def main() -> int:
    """Do what the command line asks for; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    kinds = ["tokens", "bytes", "properties"]
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(kinds))
    parser.add_argument(
        "--minutes", type=float, default=2.0, help="for what has no end"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    arguments = parser.parse_args()
    if not set(arguments.kinds) <= set(kinds):
        parser.error(f"choose from {', '.join(kinds)}")
    failures = 0
    for kind in arguments.kinds or kinds:
        if kind == "properties":
            failures += _properties(arguments.minutes)
        else:
            failures += _mutants(kind, arguments)
    return min(failures, 1)


def _schemas() -> list[tuple[Path, str]]:
    return [(_SCHEMA, _ROOT), *((path.parent, path.name) for path in _GOLDEN)]


def _mutants(kind: str, arguments: argparse.Namespace) -> int:
    print(f"{kind}: {arguments.jobs} jobs, seed {arguments.seed}", flush=True)
    tasks = [
        (kind, number, arguments.jobs, arguments.seed, arguments.minutes)
        for number in range(arguments.jobs)
    ]
    with multiprocessing.Pool(arguments.jobs) as pool:
        results = pool.map(_work, tasks, chunksize=1)
    tried = sum(count for count, _ in results)
    failures = [failure for _, found in results for failure in found]
    for failure in failures:
        print(failure)
    print(f"{kind}: {tried} mutants, {len(failures)} failures", flush=True)
    return len(failures)


def _work(task: tuple[str, int, int, int, float]) -> tuple[int, list[str]]:
    """One process' share: how many were tried, and the failures."""
    kind, number, jobs, seed, minutes = task
    schemas = _schemas()
    tried, failures = 0, []
    for folder, root in schemas:
        with Laboratory(folder, root) as laboratory:
            if kind == "tokens":
                mutants = _share(token_mutants(texts_of(folder)), number, jobs)
            else:
                seconds = minutes * 60 / len(schemas)
                mutants = _for(seconds, byte_mutants(texts_of(folder), seed + number))
            for mutant in mutants:
                tried += 1
                try:
                    laboratory.judge(mutant, strict=tried % 2 == 0)
                except AssertionError as failure:
                    failures.append(f"{root}: {failure} ({failure.__cause__!r})")
    return tried, failures


def _share(mutants: Iterator[Mutant], number: int, jobs: int) -> Iterator[Mutant]:
    return (mutant for at, mutant in enumerate(mutants) if at % jobs == number)


def _for(seconds: float, mutants: Iterator[Mutant]) -> Iterator[Mutant]:
    end = time.monotonic() + seconds
    for mutant in mutants:
        if time.monotonic() > end:
            return
        yield mutant


def _properties(minutes: float) -> int:
    """The property tests with new examples, again and again."""
    print("properties: random schemas", flush=True)
    end = time.monotonic() + minutes * 60
    command = [sys.executable, "-m", "pytest", "-q", "-x", "tests/properties"]
    environment = {**os.environ, "QAPIGEN_HYPOTHESIS": "fuzz"}
    rounds = 0
    while rounds == 0 or time.monotonic() < end:
        rounds += 1
        status = subprocess.run(command, cwd=_PROJECT, env=environment).returncode
        if status:
            return 1
    print(f"properties: {rounds} rounds without a failure", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
