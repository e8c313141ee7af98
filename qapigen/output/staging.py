"""The staging folder of a package: where a run builds what is to be, beside what is.

A staging folder is called ``.PACKAGE.qapigen-PID`` and lies beside the package folder, so that the
two can be exchanged. ``new`` in it mirrors the package folder: before the exchange with what is to
be, after it with what was.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from stat import S_ISREG
from typing import NamedTuple

from qapigen.output.manifest import BANNER, digest
from qapigen.output.swap import Drop, Put, Step, copy_entry, lies_at, write_new

__all__ = [
    "CACHE",
    "Plan",
    "Stage",
    "is_ours",
    "leftovers",
    "recover",
    "remove",
    "scan",
    "stage_path",
]

#: Where Python, and our manifest, keep what can be made anew.
CACHE = "__pycache__"


class Plan(NamedTuple):
    """What must happen to a package folder. Names are relative to it and sorted."""

    #: The real path of the folder.
    folder: str
    #: What the files must hold, unchanged ones included.
    files: Mapping[str, bytes]
    new: Sequence[str]
    changed: Sequence[str]
    stale: Sequence[str]
    #: What lies there now: folders, and everything else.
    folders: frozenset[str]
    entries: frozenset[str]
    #: Whether the folder is there at all.
    exists: bool

    @property
    def empty(self) -> bool:
        """Whether the folder is as it should be."""
        return not (self.new or self.changed or self.stale)


class Stage:
    """The staging folder of one plan: ``new`` in it mirrors the package folder."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.path = stage_path(plan.folder)
        self._tree = os.path.join(self.path, "new")
        self._single = not plan.stale and len(plan.new) + len(plan.changed) == 1
        self._single &= os.path.dirname([*plan.new, *plan.changed, ""][0]) in {
            "",
            *plan.folders,
        }
        self._single &= plan.exists

    def build(self) -> None:
        """Write what is to be; nobody looks at it yet."""
        os.mkdir(self.path)
        os.mkdir(self._tree)
        for name in (*self.plan.new, *self.plan.changed):
            os.makedirs(os.path.dirname(os.path.join(self._tree, name)), exist_ok=True)
            write_new(os.path.join(self._tree, name), self.plan.files[name])
        if not self._single:
            self._link_what_stays()

    def steps(self) -> Sequence[Step]:
        """What makes it visible: one step."""
        return (
            self.small_steps() if self._single else [Put(self._tree, self.plan.folder)]
        )

    def small_steps(self) -> Sequence[Step]:
        """The same, file by file, for a folder that cannot be exchanged."""
        plan = self.plan
        if not plan.exists:
            return [Put(self._tree, plan.folder)]
        steps: list[Step] = []
        for name in (*plan.new, *plan.changed):
            os.makedirs(os.path.dirname(os.path.join(plan.folder, name)), exist_ok=True)
            steps.append(
                Put(os.path.join(self._tree, name), os.path.join(plan.folder, name))
            )
        for number, name in enumerate(plan.stale):
            trash = os.path.join(self.path, f"stale{number}")
            steps.append(Drop(os.path.join(plan.folder, name), trash))
        return steps

    def discard(self, done: bool) -> None:
        """Remove the staging folder, with what it holds now: the old things if it was *done*."""
        with contextlib.suppress(OSError):
            if done:
                _rescue(self._tree, self.plan)
                _sweep(self.plan)
            remove(self.path)

    def _link_what_stays(self) -> None:
        plan = self.plan
        gone = {*plan.changed, *plan.stale}
        kept = [
            name
            for name in sorted(plan.entries - gone)
            if not _is_cache_of(name, plan.stale)
        ]
        emptied = {os.path.dirname(name) for name in plan.entries}
        empty = [
            name
            for name in plan.folders - _with_parents(emptied)
            if not _in_cache(name)
        ]
        for name in (*empty, *map(os.path.dirname, kept)):
            os.makedirs(os.path.join(self._tree, name), exist_ok=True)
        for name in kept:
            copy_entry(os.path.join(plan.folder, name), os.path.join(self._tree, name))
        for name in ("", *plan.folders):
            with contextlib.suppress(FileNotFoundError):
                _copy_mode(
                    os.path.join(plan.folder, name), os.path.join(self._tree, name)
                )


def scan(folder: str) -> tuple[frozenset[str], frozenset[str]]:
    """The folders, and all other entries, below *folder*. Links are entries, wherever they lead."""
    folders: list[str] = []
    entries: list[str] = []
    todo = [""]
    while todo:
        at = todo.pop()
        try:
            found = os.scandir(os.path.join(folder, at))
        except FileNotFoundError:
            continue
        with found:
            for entry in found:
                name = os.path.join(at, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(name)
                    todo.append(name)
                else:
                    entries.append(name)
    return frozenset(folders), frozenset(entries)


def is_ours(folder: str, name: str, made: str | None) -> bool:
    """Whether we wrote the file: by its banner, or because it has the digest *made*."""
    if made is None and not name.endswith(".py"):
        return False
    path = os.path.join(folder, name)
    if not S_ISREG(os.lstat(path).st_mode):
        return False
    with open(path, "rb") as stream:
        if stream.read(len(BANNER)) == BANNER:
            return True
        stream.seek(0)
        return made is not None and digest(stream.read()) == made


def stage_path(folder: str) -> str:
    """Where this process stages the package *folder*."""
    parent, name = os.path.split(folder)
    return os.path.join(parent, f".{name}.qapigen-{os.getpid()}")


def leftovers(folder: str) -> list[str]:
    """Staging folders of the package *folder*: of runs that were killed, or are at it now."""
    parent, name = os.path.split(folder)
    prefix = f".{name}.qapigen-"
    try:
        names = os.listdir(parent)
    except OSError:
        return []
    return [os.path.join(parent, entry) for entry in names if entry.startswith(prefix)]


def recover(folder: str) -> None:
    """Finish what a killed run left behind: put the old folder back, remove the staging folder."""
    for stage in leftovers(folder):
        with contextlib.suppress(OSError):
            old = os.path.join(stage, "old")
            if not os.path.isdir(folder) and os.path.isdir(old):
                os.rename(old, folder)
            remove(stage)


def _rescue(tree: str, plan: Plan) -> None:
    """Move back what other people wrote to the old folder while the new one was being staged."""
    for name in scan(tree)[1]:
        if name in plan.files or name in plan.stale or _in_cache(name):
            continue
        late, home = os.path.join(tree, name), os.path.join(plan.folder, name)
        if not _is_same(late, home) and not is_ours(tree, name, None):
            os.makedirs(os.path.dirname(home), exist_ok=True)
            os.replace(late, home)


def _is_same(one: str, other: str) -> bool:
    """Whether one is the other, or a copy of it."""
    if not lies_at(other):
        return False
    a, b = os.lstat(one), os.lstat(other)
    return os.path.samestat(a, b) or (a.st_mtime_ns, a.st_size) == (
        b.st_mtime_ns,
        b.st_size,
    )


def remove(folder: str) -> None:
    """Remove a folder and all in it. Follows no link."""
    os.chmod(folder, 0o700)
    with os.scandir(folder) as found:
        entries = list(found)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            remove(entry.path)
        else:
            os.unlink(entry.path)
    os.rmdir(folder)


def _copy_mode(source: str, target: str) -> None:
    mode = os.stat(source).st_mode & 0o7777
    if os.stat(target).st_mode & 0o7777 != mode:
        os.chmod(target, mode)


def _with_parents(names: set[str]) -> set[str]:
    found = set()
    for name in names:
        while name and name not in found:
            found.add(name)
            name = os.path.dirname(name)
    return found


def _in_cache(name: str) -> bool:
    return CACHE in name.split(os.sep)


def _is_cache_of(name: str, stale: Sequence[str]) -> bool:
    """Whether *name* is the byte code of a module that goes away."""
    folder, base = os.path.split(name)
    if os.path.basename(folder) != CACHE:
        return False
    return os.path.join(os.path.dirname(folder), base.split(".", 1)[0] + ".py") in stale


def _sweep(plan: Plan) -> None:
    """Remove the byte code of stale modules, and the folders that they leave empty."""
    for name in plan.entries:
        if _is_cache_of(name, plan.stale):
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(plan.folder, name))
    for folder in {os.path.dirname(name) for name in plan.stale} - {""}:
        with contextlib.suppress(OSError):
            if os.path.isdir(os.path.join(plan.folder, folder, CACHE)):
                os.rmdir(os.path.join(plan.folder, folder, CACHE))
            os.rmdir(os.path.join(plan.folder, folder))
