"""Generated packages without files: modules are imported from the texts themselves."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import itertools
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
from attrs import define, field

from qapigen.pipeline import Options, compile_root
from tests.properties.model import Model

__all__ = ["Package", "compiled", "files_of"]

_numbers = itertools.count()


def files_of(
    model: Model, package: str = "qapi_random", options: Options | None = None
) -> dict[str, str]:
    """The package of *model*, by path."""
    with tempfile.TemporaryDirectory() as folder:
        root = model.write(Path(folder))
        return compile_root(root, package=package, options=options).files


@define
class Package(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """A package that can be imported while it is in ``sys.meta_path``."""

    name: str
    files: dict[str, str]
    _texts: dict[str, tuple[str, bool]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        for path, text in self.files.items():
            parts = [self.name, *path.removesuffix(".py").split("/")]
            is_package = parts[-1] == "__init__"
            if path.endswith(".py"):
                self._texts[".".join(parts[: -is_package or None])] = text, is_package

    # What the import system asks for.

    def find_spec(
        self, fullname: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        found = self._texts.get(fullname)
        if found is None:
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=found[1])

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """As usual."""

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self._texts[module.__name__][0], f"<{module.__name__}>", "exec")
        exec(code, vars(module))

    # What the tests ask for.

    @property
    def modules(self) -> list[str]:
        """All its modules, in an order that depends on their names alone."""
        return sorted(self._texts)

    def module(self, name: str = "") -> Any:
        """Import the package, or the module *name* in it."""
        return importlib.import_module(f"{self.name}.{name}" if name else self.name)

    def class_of(self, name: str) -> Any:
        """The class, or alias, of a QAPI type."""
        _, module, python_name = self.module("_registry").TYPES[name]
        return getattr(self.module(module), python_name)

    def attributes(self, cls: type[Any]) -> dict[str, str]:
        """Attributes of a generated class by the names of members."""
        fields = attrs.fields(cls)
        return {f.metadata["name"]: f.name for f in fields if "name" in f.metadata}


@contextlib.contextmanager
def compiled(model: Model, options: Options | None = None) -> Iterator[Package]:
    """The package of *model*, to be imported inside the context."""
    name = f"qapi_random_{next(_numbers)}"
    package = Package(name, files_of(model, name, options))
    sys.meta_path.insert(0, package)
    try:
        yield package
    finally:
        sys.meta_path.remove(package)
        for module in [m for m in sys.modules if m.partition(".")[0] == name]:
            del sys.modules[module]
