"""Build hook: what a wheel carries beside the two packages.

* ``templates/``, which lies outside the package in the tree, as ``qapigen/templates``;
* ``qapigen/_built``: the parse tables of the grammar and the compiled templates, so that no
  user's machine has to make them.

An editable install gets none of it: there the tree itself is on the path, ``qapigen`` finds the
templates beside it, and keeps what it compiled in the user's cache folder.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["BuildHook"]


class BuildHook(BuildHookInterface[Any]):
    """Adds templates and built tables to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects the files of a wheel."""
        if version == "editable":
            return
        self._made = tempfile.TemporaryDirectory(prefix="qapigen-build-")
        built = Path(self._made.name)
        _build(Path(self.root), built)
        build_data["force_include"][
            str(Path(self.root, "templates"))
        ] = "qapigen/templates"
        for made in built.iterdir():
            build_data["force_include"][str(made)] = f"qapigen/{made.name}"

    def finalize(
        self, version: str, build_data: dict[str, Any], artifact_path: str
    ) -> None:
        """Called when the wheel is complete."""
        del build_data, artifact_path
        if version != "editable":
            self._made.cleanup()


def _build(root: Path, folder: Path) -> None:
    """Let the qapigen that is being packaged build its own tables into *folder*."""
    sys.path.insert(0, str(root))
    try:
        from qapigen.backend import render
        from qapigen.frontend import tables

        tables.build(folder / "_built" / "parser.tables")
        render.build(folder / "_built" / "templates")
    finally:
        sys.path.remove(str(root))
