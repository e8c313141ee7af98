"""Broken copies of a schema, and what must be true of how each is taken.

A *token* is what the schema language has: a bracket, a comma, a colon, a string, a word. A line of
a documentation comment counts as one, too. A mutant has one token deleted, doubled, or exchanged
with the one after it; or some bytes changed.
"""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from qapigen.errors import SchemaError
from qapigen.frontend.diagnostics import render
from qapigen.pipeline import Options, compile_root

__all__ = ["Laboratory", "Mutant", "byte_mutants", "texts_of", "token_mutants"]

_TOKEN = re.compile(
    r"'(?:[^'\\\n]|\\.)*'|\#[^\n]*|[][{}:,]|[^][{}:,'\s#]+|.", re.DOTALL
)


class Mutant(NamedTuple):
    """A broken copy of a file."""

    #: "migration.json: without token 17, '}'"
    name: str
    file: str
    data: bytes


def texts_of(folder: Path) -> dict[str, bytes]:
    """The schema files in *folder* by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.json"))}


def token_mutants(files: Mapping[str, bytes]) -> Iterator[Mutant]:
    """Every deletion, doubling and exchange of neighbours, in all *files*."""
    for file, data in files.items():
        text = data.decode()
        spans = [m.span() for m in _TOKEN.finditer(text) if not m[0].isspace()]
        for number, (start, end) in enumerate(spans):
            token = text[start:end]
            name = f"token {number}, {token!r}"
            yield _mutant(file, f"without {name}", text[:start] + text[end:])
            double = f"{text[:end]} {token}{text[end:]}"
            if token.startswith("#"):
                double = f"{text[:end]}\n{token}{text[end:]}"
            yield _mutant(file, f"twice {name}", double)
            if number + 1 < len(spans):
                after, stop = spans[number + 1]
                swapped = text[after:stop] + text[end:after] + token
                if swapped != text[start:stop]:
                    exchanged = text[:start] + swapped + text[stop:]
                    yield _mutant(file, f"exchanged {name}", exchanged)


def _mutant(file: str, what: str, text: str) -> Mutant:
    return Mutant(f"{file}: {what}", file, text.encode())


_SPICES = [
    *(bytes([n]) for n in range(256)),
    *(
        text.encode()
        for text in (
            "\u00e9",
            "\u2028",
            "\ufeff",
            "\U0001f600",
            "''",
            "##\n",
            "\\u0041",
        )
    ),
    *(
        b"'" + key + b"'"
        for key in b"if data base union type features *a boxed".split()
    ),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b"{ ",
        b"null",
        b"true",
        b"'a': 'b',",
        b"\r\n",
        b"\0\0",
        b"0x1",
    ),
]


def byte_mutants(files: Mapping[str, bytes], seed: int) -> Iterator[Mutant]:
    """Without end: copies in which bytes were changed, removed, put in or moved."""
    rng = random.Random(seed)
    names = sorted(files)
    number = 0
    while True:
        file = rng.choice(names)
        data = bytearray(files[file])
        for _ in range(rng.choice([1, 1, 1, 2, 5, 20])):
            _change(data, rng)
        yield Mutant(f"{file}: seed {seed}, number {number}", file, bytes(data))
        number += 1


def _change(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(data) + 1)
    end = min(len(data), at + rng.choice([1, 1, 1, 2, 3, 10, 100, 1000]))
    match rng.randrange(4):
        case 0:
            data[at:end] = rng.choice(_SPICES)
        case 1:
            data[at:at] = rng.choice(_SPICES) * rng.choice([1, 1, 1, 2, 50])
        case 2:
            del data[at:end]
        case _:
            to = rng.randrange(len(data) + 1)
            data[to:to] = data[at:end]


class Laboratory:
    """A folder in which one file of a schema after the other is broken, and mended again."""

    def __init__(self, schema: Path, root: str) -> None:
        self.files = texts_of(schema)
        self.folder = Path(tempfile.mkdtemp(prefix="qapigen-mutants-"))
        self.root = self.folder / root
        for name, data in self.files.items():
            (self.folder / name).write_bytes(data)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder)

    def __enter__(self) -> Laboratory:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def judge(self, mutant: Mutant, *, strict: bool = False) -> bool:
        """Whether *mutant* compiles; AssertionError where it is not taken as it should be."""
        path = self.folder / mutant.file
        path.write_bytes(mutant.data)
        try:
            files = self._compiled(mutant, strict=strict)
        finally:
            path.write_bytes(self.files[mutant.file])
        for name, text in files.items():
            if name.endswith(".py"):
                try:
                    compile(text, name, "exec", dont_inherit=True)
                except SyntaxError as error:
                    raise AssertionError(
                        f"{mutant.name}: {name} is not Python"
                    ) from error
        return bool(files)

    def _compiled(self, mutant: Mutant, *, strict: bool) -> dict[str, str]:
        """What it compiles to; nothing if it does not."""
        try:
            output = compile_root(
                self.root, package="qapi_mutant", options=Options(strict=strict)
            )
        except SchemaError as errors:
            self._check(mutant, errors)
            return {}
        except Exception as error:
            raise AssertionError(
                f"{mutant.name}: {type(error).__name__}: {error}"
            ) from error
        assert output.files, mutant.name
        return output.files

    def _check(self, mutant: Mutant, errors: SchemaError) -> None:
        """Findings point into the files, and can be shown in every form."""
        assert errors.diagnostics, mutant.name
        for finding in errors.diagnostics:
            source = finding.place.source
            assert Path(source.file).parent == self.folder, mutant.name
            assert 0 <= finding.place.offset <= len(source.text), mutant.name
            lines = source.text.count("\n") + 1
            assert 1 <= finding.place.line <= lines, mutant.name
            width = len(source.line(finding.place.line))
            assert 1 <= finding.place.column <= width + 1, mutant.name
            assert finding.message.strip(), mutant.name
            assert finding.severity == "error", mutant.name
        for style in ("text", "json", "github"):
            shown = render(errors.diagnostics, style)
            assert shown.count("\n") >= len(errors.diagnostics), mutant.name
            # Nothing in it that a terminal would obey.
            assert shown.replace("\n", "").isprintable(), mutant.name
