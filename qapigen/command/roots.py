"""Which files a run reads: root schemas of a folder, and everything that a root includes.

This room answers without parsing a schema. It looks only for ``include`` directives, so that a run
with nothing to do stays cheap; what it cannot make out (a broken directive, a file that is not
there) it leaves out, for the parser to complain about.
"""

from __future__ import annotations

import os
import re
from stat import S_ISDIR, S_ISREG

from qapigen.output.manifest import digest

__all__ = ["SchemaFiles"]

#: Comments and strings, which hide everything in them, and the punctuation of a directive.
_TOKEN = re.compile(rb"#[^\n]*|'(?:\\.|[^'\\\n])*'|[{}\[\]:,]")
_KEYWORD = b"'include'"

#: How a QAPI schema may begin, comments apart: with nothing, or an object whose key is quoted the
#: way QAPI does. Other JSON (a package.json, a recorded reply) lies in schema folders, too. Double
#: quotes around a keyword are a mistake that deserves an error, not silence.
_SCHEMA_START = re.compile(
    rb"(?:\xef\xbb\xbf)?+(?:\s++|\#[^\n]*+)*+"
    rb"(?:\Z | [^\[{] | \{(?:\s++|\#[^\n]*+)*+"
    rb'(?:[^"]|"(?:include|pragma|enum|struct|type|union|alternate|command|event)"))',
    re.VERBOSE,
)


class SchemaFiles:
    """Schema files, each read at most once and known by its real path."""

    def __init__(self) -> None:
        self._data: dict[str, bytes | None] = {}
        self._included: dict[str, list[str]] = {}

    def closure(self, root: str) -> dict[str, str]:
        """*root* and all that it includes, however deep: real path -> digest of the content."""
        return {
            key: digest(self._read(key) or b"")
            for key in self._reach(self._visit(root))
        }

    def roots(self, folder: str) -> list[str]:
        """The root schemas in *folder*, sorted: those that no other file there includes.

        Subfolders are searched, too; hidden ones and files that are not QAPI are passed over.
        Where files include each other in a circle, the first of them stands for the circle (and
        the parser reports it).
        """
        schemas: dict[str, str] = {}
        for path in _json_files(folder):
            key = self._visit(path)
            data = self._read(key)
            if data is None or _SCHEMA_START.match(data):
                schemas.setdefault(key, path)
        # What a file reaches is included by something; asking each file for all it reaches would
        # take a time that grows with the square of their number.
        included = {
            other
            for key in self._reach(*schemas)
            for other in self._included[key]
            if other != key and self._read(other) is not None
        }
        roots = {key: path for key, path in schemas.items() if key not in included}
        seen = self._reach(*roots)
        for key, path in schemas.items():
            if key in included and key not in seen:
                roots[key] = path
                seen |= self._reach(key)
        return sorted(roots.values())

    def _read(self, key: str) -> bytes | None:
        if key not in self._data:
            self._data[key] = _read_regular(key)
        return self._data[key]

    def _visit(self, path: str) -> str:
        """Read *path* and whatever it includes, relative to it; its real path."""
        start = os.path.realpath(path)
        todo = [(start, path)]
        while todo:
            key, path = todo.pop()
            if key in self._included:
                continue
            folder = os.path.dirname(path)
            paths = [
                os.path.join(folder, name) for name in _includes(self._read(key) or b"")
            ]
            below = [(os.path.realpath(included), included) for included in paths]
            self._included[key] = [included for included, _ in below]
            todo += below
        return start

    def _reach(self, *starts: str) -> set[str]:
        """All that can be read from *starts* on, these included."""
        found: set[str] = set()
        todo = list(starts)
        while todo:
            key = todo.pop()
            if key not in found and self._read(key) is not None:
                found.add(key)
                todo += self._included[key]
        return found


def _read_regular(path: str) -> bytes | None:
    """The content of a regular file. Never waits, as opening a pipe would."""
    try:
        if not S_ISREG(os.stat(path).st_mode):
            return None
        with open(path, "rb") as stream:
            return stream.read()
    except (OSError, ValueError):
        return None


def _includes(data: bytes) -> list[str]:
    """The file names in the ``include`` directives of a schema."""
    last = data.rfind(_KEYWORD)
    if last < 0:
        return []
    end = data.find(b"}", last)
    tokens = [
        token
        for token in _TOKEN.findall(data[: end + 1 or None])
        if not token.startswith(b"#")
    ]
    names = []
    depth = 0
    for at, token in enumerate(tokens):
        if token in b"{[":
            depth += 1
        elif token in b"}]":
            depth -= 1
        elif depth == 1 and token == _KEYWORD and tokens[at + 1 : at + 2] == [b":"]:
            names += [os.fsdecode(name[1:-1]) for name in tokens[at + 2 : at + 3]]
    return [name for name in names if "\0" not in name and "\\" not in name]


def _json_files(folder: str) -> list[str]:
    """All ``*.json`` files in and below *folder*, sorted; a loop of links is walked once."""
    found = []
    todo = [folder]
    walked = set()
    while todo:
        at = todo.pop()
        status = os.stat(at)
        if (status.st_dev, status.st_ino) in walked:
            continue
        walked.add((status.st_dev, status.st_ino))
        for name in os.listdir(at):
            path = os.path.join(at, name)
            if name.startswith("."):
                continue
            if name.endswith(".json"):
                found.append(path)
            elif _is_folder(path):
                todo.append(path)
    return sorted(path for path in found if not _is_folder(path))


def _is_folder(path: str) -> bool:
    try:
        return S_ISDIR(os.stat(path).st_mode)
    except OSError:
        return False
