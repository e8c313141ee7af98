"""black over generated files, for templates that a user changed. The one place that imports it."""

from __future__ import annotations

import black
from black.mode import Mode, TargetVersion
from black.parsing import InvalidInput
from black.report import NothingChanged

from qapigen.errors import UsageError

__all__ = ["MODE", "format_files"]

#: How generated code is formatted: black's defaults, for the oldest Python we support.
MODE = Mode(target_versions={TargetVersion.PY311})


def format_files(files: dict[str, str]) -> dict[str, str]:
    """*files* with every Python module formatted."""
    return {
        path: _format(path, text) if path.endswith(".py") else text
        for path, text in files.items()
    }


def _format(path: str, text: str) -> str:
    try:
        return black.format_file_contents(text, fast=True, mode=MODE)
    except NothingChanged:
        return text
    except InvalidInput as error:
        raise UsageError(
            f"{path}: the templates wrote what is not Python: {error}"
        ) from error
