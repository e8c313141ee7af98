"""Bringing package folders up to date: only what changed, all of it or nothing.

A run first *plans* each package (what is new, changed, stale), then *commits* all plans at once:

* everything is written to a hidden staging folder beside the package, on the same file system;
  files that stay, ours and other people's, are hard-linked into it and keep their times;
* the package folder and the staged one are exchanged in one step (:mod:`~qapigen.output.swap`).
  Where one file changes, only that file is;
* until the last package is staged nothing has been touched; should a later exchange fail, the
  earlier ones are taken back. A process that is killed leaves each package old or new, and a
  staging folder that the next run removes.

A file is ours if it begins with our banner, or if the manifest says so and it is still what we
wrote. Nothing else is ever overwritten or removed: what stands in the way is an error.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from stat import S_ISREG

from qapigen.errors import OutputError
from qapigen.output.manifest import MANIFEST, outputs_of
from qapigen.output.staging import (
    Plan,
    Stage,
    is_ours,
    recover,
    remove,
    scan,
    stage_path,
)
from qapigen.output.swap import ExchangeError, apply, lies_at, write_new

__all__ = ["commit", "locked", "make_plan", "write_manifest_file"]


def make_plan(folder: str, files: Mapping[str, str]) -> Plan:
    """Compare *folder* with the *files* it should hold (names with ``/`` -> text).

    Raises :class:`~qapigen.errors.OutputError` where something that is not ours is in the way.
    """
    folder = os.path.realpath(folder)
    wanted = {name: text.encode() for name, text in files.items()}
    with _output_errors(folder):
        exists = lies_at(folder)
        folders, entries = scan(folder)
        made = outputs_of(folder)
        stale = {
            name
            for name in entries - wanted.keys()
            if is_ours(folder, name, made.get(name))
        }
        _check_room(folder, wanted, folders, entries - stale)
        new, changed = [], []
        for name in sorted(wanted):
            if name not in entries:
                new.append(name)
            elif not _holds(folder, name, wanted[name]):
                if not is_ours(folder, name, made.get(name)):
                    raise _in_the_way(os.path.join(folder, name), "file")
                changed.append(name)
    return Plan(folder, wanted, new, changed, sorted(stale), folders, entries, exists)


def commit(plans: Sequence[Plan]) -> None:
    """Carry out *plans*, all or none. Call it inside :func:`locked`.

    Raises :class:`~qapigen.errors.OutputError`; every package is then as it was before.
    """
    stages = [Stage(plan) for plan in plans if not plan.empty]
    done = False
    try:
        for stage in stages:
            with _output_errors(stage.plan.folder):
                stage.build()
        with _output_errors("the package"):
            try:
                apply([step for stage in stages for step in stage.steps()])
            except ExchangeError:
                apply([step for stage in stages for step in stage.small_steps()])
        done = True
    finally:
        for stage in stages:
            stage.discard(done)


@contextlib.contextmanager
def locked(out: str, packages: Sequence[str]) -> Iterator[None]:
    """Keep other runs of qapigen away from *out*, and tidy up after one that was killed.

    Makes *out* where it does not exist. Where the file system knows no locks, goes on without.
    """
    import fcntl

    made: list[str] = []
    with _output_errors(out):
        _make_folders(os.path.realpath(out), made)
        handle = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
            for package in packages:
                recover(os.path.realpath(os.path.join(out, package)))
        yield
    except BaseException:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        raise
    finally:
        with contextlib.suppress(OSError):
            os.close(handle)


def write_manifest_file(folder: str, data: bytes) -> None:
    """Put a manifest into a package that is up to date. It is a cache: failing is no error."""
    folder = os.path.realpath(folder)
    stage = stage_path(folder)
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(os.path.join(folder, MANIFEST)), exist_ok=True)
        os.mkdir(stage)
        try:
            write_new(os.path.join(stage, "manifest"), data)
            os.replace(os.path.join(stage, "manifest"), os.path.join(folder, MANIFEST))
        finally:
            remove(stage)


def _check_room(
    folder: str,
    wanted: Mapping[str, bytes],
    folders: frozenset[str],
    others: frozenset[str],
) -> None:
    """That no file has to go where a folder is, and no folder where another file is."""
    for name in wanted:
        if name in folders:
            raise _in_the_way(os.path.join(folder, name), "folder")
        above = os.path.dirname(name)
        while above:
            if above in others:
                raise _in_the_way(os.path.join(folder, above), "file")
            above = os.path.dirname(above)


def _in_the_way(path: str, kind: str) -> OutputError:
    return OutputError(
        f"{path} is in the way: qapigen did not write this {kind}, so it will not overwrite it; "
        "move it elsewhere, or choose another -o or --package"
    )


def _holds(folder: str, name: str, data: bytes) -> bool:
    """Whether the file is there with this content."""
    path = os.path.join(folder, name)
    try:
        status = os.stat(path)
    except FileNotFoundError:  # a dangling link
        return False
    if not S_ISREG(status.st_mode) or status.st_size != len(data):
        return False
    with open(path, "rb") as stream:
        return stream.read() == data


def _make_folders(path: str, made: list[str]) -> None:
    """Make *path* and what is missing above it; note what was made."""
    if not os.path.isdir(path):
        _make_folders(os.path.dirname(path), made)
        with contextlib.suppress(FileExistsError):
            os.mkdir(path)
            made.append(path)
        if not os.path.isdir(path):
            raise NotADirectoryError(20, "Not a directory", path)


@contextlib.contextmanager
def _output_errors(folder: str) -> Iterator[None]:
    """Turn what the operating system says into an :class:`~qapigen.errors.OutputError`."""
    try:
        yield
    except OSError as error:
        path = error.filename or folder
        reason = error.strerror or error
        raise OutputError(f"cannot write {os.fsdecode(path)!r}: {reason}") from error
