"""Files to text: the only place that opens a schema file.

Whatever lies at a path (nothing, a folder, a device, bytes that are no UTF-8), reading it
ends in a text or in an exception that says what is wrong. Line ends of all kinds become
``\\n``, as they do for the schema compiler of QEMU.
"""

from __future__ import annotations

import os
import stat

from attrs import frozen

from qapigen.frontend.source import Place, SourceFile

__all__ = [
    "MAX_SIZE",
    "BadTextError",
    "FileKey",
    "UnreadableError",
    "identify",
    "read_source",
]

#: Bytes. The largest schema file there is has 0.3 % of that.
MAX_SIZE = 64 * 1024 * 1024


@frozen
class FileKey:
    """What makes a file the same file under another name."""

    device: int
    inode: int


class UnreadableError(Exception):
    """There is nothing at that path that could be read; the message says why."""


class BadTextError(Exception):
    """The file was read and is not text."""

    def __init__(self, place: Place, message: str, hint: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message
        self.hint = hint


def identify(path: str, *, pipes: bool = False) -> FileKey:
    """The file at *path*; raises :class:`UnreadableError` if there is none that can be read.

    *pipes* accepts a pipe: a user may give one, a schema may not.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        raise UnreadableError(_reason(error)) from None
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableError("it is a directory")
    if not stat.S_ISREG(status.st_mode) and not (
        pipes and stat.S_ISFIFO(status.st_mode)
    ):
        raise UnreadableError("it is not a regular file")
    if status.st_size > MAX_SIZE:
        raise UnreadableError(f"it is larger than {MAX_SIZE >> 20} MiB")
    return FileKey(status.st_dev, status.st_ino)


def read_source(source: SourceFile) -> None:
    """Fill in ``source.text`` from ``source.file``.

    Raises :class:`UnreadableError`, or :class:`BadTextError`; then the text is filled in
    with replacement characters, to show the place.
    """
    try:
        with open(source.file, "rb") as stream:
            data = stream.read(MAX_SIZE + 1)
    except (OSError, ValueError) as error:
        raise UnreadableError(_reason(error)) from None
    if len(data) > MAX_SIZE:
        raise UnreadableError(f"it is larger than {MAX_SIZE >> 20} MiB")
    try:
        source.text = _unix_lines(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        good = _unix_lines(data[: error.start].decode("utf-8"))
        rest = _unix_lines(data[error.start :].decode("utf-8", errors="replace"))
        source.text = good + rest
        message = f"not UTF-8: {error.reason} 0x{data[error.start]:02x}"
        hint = "schema files are UTF-8"
        raise BadTextError(source.place(len(good)), message, hint) from None


def _unix_lines(text: str) -> str:
    if "\r" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return (error.strerror or str(error) or type(error).__name__).lower()
    return str(error)
