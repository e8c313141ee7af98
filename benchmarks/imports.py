"""What importing costs: a client, an asyncio client, types; and what a class costs.

Whole processes, best of several in turns, with ``.pyc`` files present; the time that
``import asyncio`` takes is taken off. Nothing is asserted.

    QEMU_SRC=... python benchmarks/imports.py
    python benchmarks/imports.py --package-root generated --package qapi_migration
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUNTIME = HERE.parent / "runtime"
sys.path[:0] = [str(HERE), str(RUNTIME)]

from _packages import add_options, chosen_package  # noqa: E402  # the path is set above

#: What is measured; ``{0}`` is the package.
STATEMENTS = {
    "client": "import {0}.client",
    "aio": "import {0}.aio",
    "server": "import {0}.server",
    "events": "import {0}.events",
    "a type (the facade's first)": "import {0}; getattr({0}, {0}.__all__[1])",
    "all types": "import {0}\nfor name in {0}.__all__: getattr({0}, name)",
    "all types, finished by attrs": (
        "import {0}, attrs\nfor name in {0}.__all__: attrs.has(getattr({0}, name))"
    ),
}


def seconds(code: str, root: Path) -> float:
    """Time of a process that runs the code."""
    environment = {
        k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"
    }
    environment["PYTHONPATH"] = os.pathsep.join([str(RUNTIME), str(root)])
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    return time.perf_counter() - start


def measure(root: Path, package: str, runs: int) -> dict[str, float]:
    """Best time of each statement beyond ``import asyncio``."""
    codes = {"": "import asyncio"}
    for name, statement in STATEMENTS.items():
        codes[name] = f"import asyncio\n{statement.format(package)}"
    best = dict.fromkeys(codes, float("inf"))
    for run in range(runs + 1):
        for name, code in codes.items():
            taken = seconds(code, root)
            if run:  # the first one writes .pyc files
                best[name] = min(best[name], taken)
    nothing = best.pop("")
    return {name: taken - nothing for name, taken in best.items()}


def count(package: str) -> dict[str, int]:
    """How many structs (variants and events among them) and enums there are."""
    from qapi_runtime.types import QapiEnum, Struct

    facade = import_module(package)
    names = [getattr(facade, name) for name in facade.__all__]
    classes = [item for item in names if isinstance(item, type)]
    return {
        "structs": sum(issubclass(cls, Struct) for cls in classes),
        "enums": sum(issubclass(cls, QapiEnum) for cls in classes),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_options(parser)
    parser.add_argument("--runs", type=int, default=7)
    args = parser.parse_args()
    with chosen_package(args) as (root, package):
        times = measure(root, package, args.runs)
        counts = count(package)
    print(f"package {package}: {counts['structs']} structs, {counts['enums']} enums")
    for name, taken in times.items():
        print(f"  {name:32}{taken * 1e3:8.1f} ms beyond import asyncio")
    for name in ("all types", "all types, finished by attrs"):
        per_class = times[name] / sum(counts.values())
        print(f"  {name + ', per class':42}{per_class * 1e6:8.1f} us")


if __name__ == "__main__":
    main()
