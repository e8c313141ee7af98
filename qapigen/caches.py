"""Files that are made once and read ever after: parse tables and compiled templates.

They are built into the wheel. Where that is missing (a checkout that was never installed, another
Python, a template that was changed) they are made on first use and kept in the user's cache folder,
``$XDG_CACHE_HOME/qapigen`` or ``~/.cache/qapigen``. A cache that cannot be written costs time and
nothing else.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["BUILT", "cache_folder", "keep", "write_whole"]

#: What the build of the package put into it.
BUILT = Path(__file__).with_name("_built")


def cache_folder() -> Path | None:
    """The user's cache folder for qapigen; None where there is no home to keep it in."""
    folder = os.environ.get("XDG_CACHE_HOME", "")
    # The specification of this variable: a relative path is to be ignored.
    base = Path(folder) if os.path.isabs(folder) else Path("~/.cache")
    try:
        return base.expanduser() / "qapigen"
    except RuntimeError:
        return None


def keep(path: Path, data: bytes) -> None:
    """Write *data* to a cache file if that can be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    except OSError:
        return


def write_whole(path: Path, data: bytes) -> None:
    """Put *data* into *path* at once: others see the old file or the new one, never a part."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
