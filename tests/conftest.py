"""What all tests share: the reference material, its root schemas, and packages made from them.

* ``shared``: the folder of reference material, ``../shared`` beside the project. A machine without
  it skips the tests that need it; continuous integration sets ``QAPIGEN_REQUIRE_REFERENCE=1``, and
  there they fail.
* ``root_schema``: a test that asks for it runs once for every root schema in there.
* ``compiled``: makes a package from a root, once for all tests and all workers of a run.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

__all__ = ["CompiledPackage", "Compiler", "RootSchema"]

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"


class RootSchema(NamedTuple):
    """A root schema of the reference material."""

    #: "qemu-7.2.22/qapi", "qemu-7.2.22/storage-daemon/qapi", "seed"
    name: str
    path: Path

    @property
    def package(self) -> str:
        """A name for its package that no other root has, so that all fit in one process."""
        return "".join(c if c.isalnum() else "_" for c in self.name)


class CompiledPackage(NamedTuple):
    """A package that was made from a root schema for the tests."""

    name: str
    #: The folder of the package. Do not write to it: other tests use it, too.
    folder: Path
    #: Path below the folder -> text, as the pipeline gave them.
    files: dict[str, str]

    def module(self, name: str = "") -> ModuleType:
        """Import the package, or the module *name* ("types.sockets") in it."""
        if str(self.folder.parent) not in sys.path:
            sys.path.insert(0, str(self.folder.parent))
            importlib.invalidate_caches()
        return importlib.import_module(f"{self.name}.{name}" if name else self.name)


class Compiler:
    """Makes packages below a folder, each once, however many processes ask."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def __call__(self, root: Path, package: str, **options: Any) -> CompiledPackage:
        """The package called *package* made from *root*.

        *options* are those of :class:`qapigen.pipeline.Options`.
        """
        stable = [
            (name, sorted(value) if isinstance(value, frozenset) else value)
            for name, value in sorted(options.items())
        ]
        key = f"{root.resolve()} {package} {stable!r}"
        home = self._folder / hashlib.sha256(key.encode()).hexdigest()[:16]
        home.mkdir(exist_ok=True)
        kept = home / "files.pickle"
        with (home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                self._compile(root, home / package, options, kept)
        return CompiledPackage(package, home / package, pickle.loads(kept.read_bytes()))

    def _compile(
        self, root: Path, folder: Path, options: dict[str, Any], kept: Path
    ) -> None:
        from qapigen.pipeline import Options, compile_root

        files = compile_root(
            root, package=folder.name, options=Options(**options)
        ).files
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        partial = kept.with_suffix(".partial")
        partial.write_bytes(pickle.dumps(files))
        partial.rename(kept)


def _root_schemas() -> list[RootSchema]:
    found = []
    for path in sorted((SHARED / "schemas").glob("qemu-*/**/qapi-schema.json")):
        name = path.parent.relative_to(SHARED / "schemas").as_posix()
        found.append(RootSchema(name, path))
    return [RootSchema("seed", SHARED / "schemas/seed/migration.json"), *found]


def _require_shared() -> Path:
    if not SHARED.is_dir():
        reason = "the reference material does not lie beside the project, at ../shared"
        if os.environ.get("QAPIGEN_REQUIRE_REFERENCE") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return SHARED


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes ``root_schema`` for each of them."""
    if "root_schema" in metafunc.fixturenames:
        roots = _root_schemas()
        metafunc.parametrize(
            "root_schema", roots, ids=[r.name for r in roots], indirect=True
        )


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's own folder."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference material; skips, or fails where it is required."""
    return _require_shared()


@pytest.fixture
def root_schema(request: pytest.FixtureRequest) -> RootSchema:
    """A root schema of the reference material: the test runs for every one."""
    _require_shared()
    root: RootSchema = request.param
    return root


@pytest.fixture(scope="session")
def schema_roots(shared: Path) -> list[RootSchema]:
    """All root schemas of the reference material, for tests that need them together."""
    roots = _root_schemas()
    assert len(roots) >= 18
    return roots


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiler:
    """Makes packages, each once for the whole run: ``compiled(root, "name", strict=True)``."""
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent
    return Compiler(base / "compiled")


@pytest.fixture
def compile_root_schema(compiled: Compiler) -> Callable[[RootSchema], CompiledPackage]:
    """Makes the package of a :class:`RootSchema` under its own name."""
    return lambda root: compiled(root.path, root.package)
