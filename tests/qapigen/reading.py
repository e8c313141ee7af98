"""Schemas written down in a test: what they mean, or what is found wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from qapigen.errors import Diagnostic, SchemaError
from qapigen.frontend.parser import load
from qapigen.model.resolver import resolve
from qapigen.model.schema import Definition, Schema

__all__ = ["Reading"]


class Reading:
    """Reads schemas in a folder of its own; ``Reading(tmp_path)``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: list[Diagnostic] = []

    def schema(self, text: str, *, strict: bool = False, **included: str) -> Schema:
        """The meaning of *text*; *included* files are written beside it."""
        for name, content in included.items():
            (self.folder / f"{name}.json").write_text(content)
        root = self.folder / "root.json"
        root.write_text(text)
        self.notes.clear()
        tree = load(root, strict=strict, notes=self.notes)
        return resolve(tree, strict=strict, notes=self.notes)

    def findings(
        self, text: str, *, strict: bool = False, **included: str
    ) -> list[Diagnostic]:
        """What is wrong with *text*; something must be."""
        with pytest.raises(SchemaError) as caught:
            self.schema(text, strict=strict, **included)
        return list(caught.value.diagnostics)

    def finding(self, text: str, *, strict: bool = False) -> Diagnostic:
        """The only thing that is wrong with *text*."""
        [found] = self.findings(text, strict=strict)
        return found

    def definition(self, text: str, name: str, *, strict: bool = False) -> Definition:
        """What *text* defines as *name*."""
        return by_name(self.schema(text, strict=strict))[name]


def by_name(schema: Schema) -> dict[str, Definition]:
    """The definitions of *schema* by name."""
    return {definition.name: definition for definition in schema.definitions}
