"""The package that a benchmark looks at: a given one, or one made from a QEMU schema."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["add_options", "chosen_package"]

ROOT = Path(__file__).resolve().parent.parent


def add_options(parser: argparse.ArgumentParser) -> None:
    """Ways to say which package."""
    parser.add_argument(
        "--package-root", type=Path, help="folder that has the package (generated/)"
    )
    parser.add_argument("--package", help="its name (qapi_migration)")
    parser.add_argument(
        "--schema",
        type=Path,
        help="make the package from this root schema instead; if QEMU_SRC is set, "
        "$QEMU_SRC/qapi/qapi-schema.json",
    )


@contextmanager
def chosen_package(args: argparse.Namespace) -> Iterator[tuple[Path, str]]:
    """The folder (also put on the import path) and the name of the package."""
    schema: Path | None = args.schema
    if schema is None and args.package_root is None and "QEMU_SRC" in os.environ:
        schema = Path(os.environ["QEMU_SRC"], "qapi", "qapi-schema.json")
    with tempfile.TemporaryDirectory() as folder:
        if schema is None:
            root: Path = args.package_root or ROOT / "generated"
            name: str = args.package or "qapi_migration"
        else:
            root, name = Path(folder), args.package or "qapi_bench"
            command = ["-m", "qapigen", "-q", str(schema.resolve()), "-o", str(root)]
            subprocess.run(
                [sys.executable, *command, "--package", name], cwd=ROOT, check=True
            )
        sys.path.insert(0, str(root))
        yield root, name
