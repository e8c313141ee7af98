"""Generation, measured as whole processes against QEMU's own generator on the same schema.

    QEMU_SRC=path/to/qemu python benchmarks/generate.py [--runs N] [SCHEMA]

``QEMU_SRC`` is a QEMU source tree (Debian: ``apt-get source qemu``) whose ``scripts/qapi-gen.py``
is the peer; its schema is the one measured unless SCHEMA is given. Runs are interleaved, ours and
theirs in turn; printed are medians of wall and processor seconds and of peak memory, and the
ratio of the medians. Without ``QEMU_SRC`` only our own figures are printed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SEED = ROOT / "schema" / "migration.json"


class Run(NamedTuple):
    """One finished process."""

    wall: float
    cpu: float
    #: Peak resident memory in MiB.
    memory: float


def run(command: Sequence[str]) -> Run:
    """Run *command* to its end; an exit status other than 0 ends the benchmark."""
    environment = {
        k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"
    }
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        sys.exit(
            f"{' '.join(command)}: exit status {os.waitstatus_to_exitcode(status)}"
        )
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(runs: Sequence[Run]) -> Run:
    """The median of each figure."""
    return Run(*(statistics.median(figures) for figures in zip(*runs, strict=True)))


def ours(schema: Path, out: Path) -> list[str]:
    """Our command line."""
    return [sys.executable, "-m", "qapigen", "-q", str(schema), "-o", str(out)]


def theirs(source: Path, schema: Path, out: Path) -> list[str]:
    """QEMU's command line."""
    return [
        sys.executable,
        str(source / "scripts/qapi-gen.py"),
        "-o",
        str(out),
        str(schema),
    ]


def report(title: str, mine: Run, peer: Run | None, limit: str = "") -> None:
    """Print one comparison."""
    line = (
        f"{title:34} {mine.wall:7.3f} s  {mine.cpu:7.3f} cpu-s  {mine.memory:6.1f} MiB"
    )
    if peer is not None:
        line += (
            f"   peer {peer.wall:6.3f} s  {peer.cpu:6.3f} cpu-s  {peer.memory:5.1f} MiB"
            f"   ratio {mine.wall / peer.wall:5.2f} wall  {mine.cpu / peer.cpu:5.2f} cpu"
            f"  {mine.memory / peer.memory:4.2f} memory"
        )
    print(line + (f"   (aim: {limit})" if limit else ""), flush=True)


def compare(
    title: str,
    runs: int,
    mine: Callable[[], Sequence[str]],
    peer: Callable[[], Sequence[str]] | None,
    limit: str = "",
) -> Run:
    """Interleave *runs* of both, after one of each that does not count."""
    pairs: list[tuple[Run, Run | None]] = []
    for _ in range(runs + 1):
        pairs.append((run(mine()), run(peer()) if peer else None))
    kept = pairs[1:]
    got = median([pair[0] for pair in kept])
    other = median([pair[1] for pair in kept if pair[1]]) if peer else None
    report(title, got, other, limit)
    return got


def changed(folder: Path) -> Iterator[None]:
    """Change one definition of the schema in *folder*, back and forth."""
    path = next(iter(sorted(folder.rglob("migration.json"))))
    text = path.read_text(encoding="utf-8")
    new = re.sub(
        r"('struct': 'MigrationStats',\s*'data': *\{)",
        r"\1 '*bench': 'int',",
        text,
        count=1,
    )
    if new == text:
        sys.exit(f"{path}: no struct MigrationStats to change")
    while True:
        path.write_text(new, encoding="utf-8")
        yield
        path.write_text(text, encoding="utf-8")
        yield


def synthetic(folder: Path, source: Path, times: int) -> Path:
    """*times* copies of the schema below *source* under other names, included by one root.

    Definitions of copy ``n`` have names that end in ``Vn`` (commands ``-vn``, events ``_Vn``).
    """
    texts = [
        path.read_text(encoding="utf-8") for path in sorted(source.rglob("*.json"))
    ]
    text = re.sub(r"^ *#.*\n", "", "".join(texts), flags=re.M)
    exceptions = pragma_lists(text)
    text = re.sub(r"\{ *'(include|pragma)':[^}]*\}(\s*\})?\n", "", text)
    types = set(re.findall(r"'(?:struct|enum|union|alternate)' *: *'([^']+)'", text))
    types |= {f"{name}Kind" for name in re.findall(r"'union' *: *'([^']+)'", text)}
    lines = [f"{{ 'include': 'part{number}.json' }}\n" for number in range(times)]
    for number in range(times):
        copy = re.sub(
            r"^\{ *'(command|event)' *: *'([^']+)'", _call(number), text, flags=re.M
        )
        copy = re.sub(r"'([A-Za-z0-9_.-]+)'(?!\s*:)", _type(number, types), copy)
        (folder / f"part{number}.json").write_text(copy, encoding="utf-8")
    pragma = {
        key: [
            name + end
            for name in names
            for n in range(times)
            for end in (f"V{n}", f"-v{n}")
        ]
        for key, names in exceptions.items()
    }
    root = folder / "big.json"
    root.write_text(f"{{ 'pragma': {pragma} }}\n" + "".join(lines), encoding="utf-8")
    return root


def pragma_lists(text: str) -> dict[str, list[str]]:
    """The lists of exceptions in the pragmas of *text*."""
    found = re.findall(r"'([a-z-]+-(?:exceptions|whitelist))': *\[([^]]*)\]", text)
    return {key: re.findall(r"'([^']+)'", names) for key, names in found}


def _call(number: int) -> Callable[[re.Match[str]], str]:
    def renamed(match: re.Match[str]) -> str:
        end = f"-v{number}" if match[1] == "command" else f"_V{number}"
        return f"{{ '{match[1]}': '{match[2]}{end}'"

    return renamed


def _type(number: int, types: set[str]) -> Callable[[re.Match[str]], str]:
    def renamed(match: re.Match[str]) -> str:
        return f"'{match[1]}V{number}'" if match[1] in types else match[0]

    return renamed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("schema", nargs="?", type=Path, help="root schema to measure")
    parser.add_argument(
        "--runs", type=int, default=7, help="counted runs of each (default 7)"
    )
    arguments = parser.parse_args()
    source = Path(os.environ["QEMU_SRC"]) if os.environ.get("QEMU_SRC") else None
    schema: Path = arguments.schema or (
        source / "qapi/qapi-schema.json" if source else SEED
    )
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), schema, source, arguments.runs)


def measure(scratch: Path, schema: Path, source: Path | None, runs: int) -> None:
    """All comparisons, in a scratch folder that holds a copy of the schema."""
    copy = scratch / "schema"
    shutil.copytree(schema.parent, copy)
    root, out = copy / schema.name, scratch / "out"
    print(
        f"schema: {schema.name} and what it includes, {lines_of(copy)} lines",
        flush=True,
    )

    def cold() -> list[str]:
        shutil.rmtree(out, ignore_errors=True)
        return ours(root, out)

    def peer() -> list[str]:
        assert source is not None
        shutil.rmtree(scratch / "peer", ignore_errors=True)
        return theirs(source, root, scratch / "peer")

    other = peer if source else None
    compare("complete cold run", runs, cold, other, "0.8 wall, 2.0 memory")
    run(ours(root, out))
    compare("nothing to do", runs, lambda: ours(root, out), other, "0.1 wall")
    steps = changed(copy)

    def edit() -> list[str]:
        next(steps)
        return ours(root, out)

    compare("one definition changed", runs, edit, other, "0.6 wall")
    growth(scratch, root)


def lines_of(folder: Path) -> int:
    """Lines of all schema files below *folder*."""
    return sum(len(path.read_bytes().splitlines()) for path in folder.rglob("*.json"))


def growth(scratch: Path, root: Path) -> None:
    """Time for a line as schemas grow: the seed, a whole QEMU, copies of it without comments."""
    print("growth:", flush=True)
    roots = [SEED, root]
    for times in (1, 3, 10):
        folder = scratch / f"big{times}"
        folder.mkdir()
        roots.append(synthetic(folder, root.parent, times))
    for each in roots:
        lines = lines_of(each.parent)
        got = median([run(_cold(each, scratch / "grown")) for _ in range(3)])
        print(
            f"  {lines:8} lines  {got.wall:7.3f} s  {got.memory:6.1f} MiB"
            f"  {got.wall / lines * 1e6:6.1f} us a line  ({each.name})",
            flush=True,
        )


def _cold(root: Path, out: Path) -> list[str]:
    shutil.rmtree(out, ignore_errors=True)
    return ours(root, out)


if __name__ == "__main__":
    main()
