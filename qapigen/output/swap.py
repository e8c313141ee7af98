"""Changes to a folder that happen at once or not at all, and can be taken back.

Where the kernel and the file system can exchange two names (Linux ``renameat2``), a file or a whole
folder is replaced in one step. Elsewhere two renames do it; a process killed between them leaves
the old folder as ``old`` in the staging folder, and :mod:`~qapigen.output.writer` puts it back
the next time.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import stat
from collections.abc import Sequence
from typing import Protocol

__all__ = [
    "Drop",
    "ExchangeError",
    "Put",
    "Step",
    "apply",
    "copy_entry",
    "lies_at",
    "write_new",
]

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2

#: The file system or the kernel does not know how to exchange names.
_UNKNOWN = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)
#: This folder cannot be renamed, but files in it can: a lower layer of overlayfs, a mount point.
_FIXED = (errno.EXDEV, errno.EBUSY)


class ExchangeError(OSError):
    """A folder cannot be replaced as a whole here."""


class Step(Protocol):
    """One change that can be taken back."""

    def apply(self) -> None:
        """Do it; after an exception nothing has happened."""

    def undo(self) -> None:
        """Take it back."""


class Put:
    """Brings what is staged to its target, and what was there to where the staged thing was."""

    def __init__(self, staged: str, target: str) -> None:
        self._staged = staged
        self._target = target
        self._replaces = lies_at(target)

    def apply(self) -> None:
        """Put the staged thing in place."""
        if self._replaces:
            _exchange(self._staged, self._target)
        else:
            os.rename(self._staged, self._target)

    def undo(self) -> None:
        """Put the former thing in place."""
        if self._replaces:
            _exchange(self._staged, self._target)
        else:
            os.rename(self._target, self._staged)


class Drop:
    """Takes a file away, into the staging folder."""

    def __init__(self, target: str, trash: str) -> None:
        self._target = target
        self._trash = trash

    def apply(self) -> None:
        """Take it away."""
        os.rename(self._target, self._trash)

    def undo(self) -> None:
        """Bring it back."""
        os.rename(self._trash, self._target)


def apply(steps: Sequence[Step]) -> None:
    """Apply all *steps*, or none: what was done is taken back when a later one fails.

    Ctrl-C and termination wait until this is over; it takes microseconds a step.
    """
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    done: list[Step] = []
    try:
        for step in steps:
            step.apply()
            done.append(step)
    except BaseException:
        for step in reversed(done):
            with contextlib.suppress(OSError):
                step.undo()
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def lies_at(path: str) -> bool:
    """Whether there is something at *path*, be it a dangling link."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def write_new(path: str, data: bytes) -> None:
    """Write a file that does not exist yet, with the permissions that the umask leaves."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
    finally:
        # Some file systems notice only here that they are full.
        os.close(handle)


def copy_entry(source: str, target: str) -> None:
    """Make *target* the same file as *source*; where hard links are impossible, a faithful copy."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        status = os.lstat(source)
        if stat.S_ISLNK(status.st_mode):
            os.symlink(os.readlink(source), target)
            return
        if not stat.S_ISREG(status.st_mode):
            raise
        with open(source, "rb") as stream:
            write_new(target, stream.read())
        os.chmod(target, stat.S_IMODE(status.st_mode))
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))


def _exchange(one: str, other: str) -> None:
    """Exchange two names. *other* is the one that people look at."""
    try:
        _renameat2(one, other)
    except OSError as error:
        folder = stat.S_ISDIR(os.lstat(other).st_mode)
        if error.errno in _FIXED and folder:
            raise ExchangeError(error.errno, error.strerror, other) from None
        if error.errno not in (*_UNKNOWN, *_FIXED):
            raise
        _exchange_slowly(one, other, folder)


def _exchange_slowly(one: str, other: str, folder: bool) -> None:
    old = os.path.join(os.path.dirname(one), "old")
    if not folder:
        # A file is never missing: its new text goes over the old one, which has a second name.
        copy_entry(other, old)
        os.replace(one, other)
        try:
            os.rename(old, one)
        except BaseException:
            os.replace(old, other)
            raise
        return
    try:
        os.rename(other, old)
    except OSError as error:
        if error.errno in _FIXED:
            raise ExchangeError(error.errno, error.strerror, other) from None
        raise
    try:
        os.rename(one, other)
    except BaseException:
        os.rename(old, other)
        raise
    try:
        os.rename(old, one)
    except BaseException:
        os.rename(other, one)
        os.rename(old, other)
        raise


def _renameat2(one: str, other: str) -> None:
    import ctypes

    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)) from None
    paths = os.fsencode(one), os.fsencode(other)
    if function(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), one, None, other)
