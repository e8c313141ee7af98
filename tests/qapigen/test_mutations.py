"""Broken schemas: whatever is wrong, the answer is a finding that points at it, never a traceback.

A sample of the mutants of our own schema is tried here; ``make fuzz`` tries all of them.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pytest

from tests.fuzz.mutants import Laboratory, Mutant, byte_mutants, texts_of, token_mutants

PROJECT = Path(__file__).resolve().parents[2]
SCHEMA = PROJECT / "schema"

#: Tried here, of each kind; spread over groups for the workers that run tests.
_TOKENS = 240
_BYTES = 240
_GROUPS = 4


@pytest.fixture(scope="module")
def laboratory() -> Iterator[Laboratory]:
    with Laboratory(SCHEMA, "migration.json") as laboratory:
        yield laboratory


def _try_all(laboratory: Laboratory, mutants: list[Mutant]) -> None:
    verdicts = [
        laboratory.judge(mutant, strict=number % 4 == 0)
        for number, mutant in enumerate(mutants)
    ]
    # Some are as good as ever (a line of documentation less), and some are not.
    assert 0 < sum(verdicts) < len(verdicts)


@pytest.mark.parametrize("group", range(_GROUPS))
def test_tokens_deleted_doubled_exchanged(laboratory: Laboratory, group: int) -> None:
    mutants = list(token_mutants(texts_of(SCHEMA)))
    assert len(mutants) > 9000
    sample = random.Random("tokens").sample(mutants, _TOKENS)
    _try_all(laboratory, sample[group::_GROUPS])


@pytest.mark.parametrize("group", range(_GROUPS))
def test_bytes_changed(laboratory: Laboratory, group: int) -> None:
    mutants = byte_mutants(texts_of(SCHEMA), seed=group)
    _try_all(laboratory, list(islice(mutants, _BYTES // _GROUPS)))


# Through the command line, as a user would.


def _run(
    *arguments: object, folder: Path, before: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run ``qapigen`` in *folder*; it may say what it likes, save that it failed by accident."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
    }
    process = subprocess.run(
        [*before, sys.executable, "-m", "qapigen", *map(str, arguments)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        errors="strict",
        timeout=60,
    )
    for word in ("Traceback", "Error:", "internal error"):
        assert word not in process.stderr
    return process


def _nested(opening: str, closing: str = "") -> str:
    return f"{{ 'struct': 'S', 'data': {opening * 10_000}'str'{closing * 10_000} }}\n"


def _condition(text: str) -> str:
    return f"{{ 'struct': 'S', 'data': {{}}, 'if': {text} }}\n"


_BIG = 10_000_000

HOSTILE: dict[str, Callable[[], bytes]] = {
    "program": lambda: Path(sys.executable).read_bytes()[:500_000],
    "random": lambda: random.Random(0).randbytes(100_000),
    "zeros": lambda: bytes(100_000),
    "utf-16": lambda: "{ 'struct': 'S', 'data': {} }".encode("utf-16"),
    "latin-1": lambda: "# caf\u00e9\n{ 'struct': 'S', 'data': {} }".encode("latin-1"),
    "overlong": lambda: b"{ 'struct': 'S\xc0\x80', 'data': {} }",
    "surrogate": lambda: b"{ 'struct': 'S', 'data': { '\xed\xa0\x80': 'int' } }",
    "escaped-surrogate": lambda: b"{ 'struct': '\\ud800', 'data': {} }",
    "controls": lambda: b"{ 'struct': '\x1b[31mS\x07', 'data': {} }",
    "one-line-of-letters": lambda: b"x" * _BIG,
    "one-string": lambda: b"'" + b"x" * _BIG + b"'",
    "one-name": lambda: b"{ 'struct': 'S', 'data': { 'a': '" + b"x" * _BIG + b"' } }",
    "one-comment": lambda: b"##" + b"#" * _BIG,
    "one-doc-line": lambda: b"##\n# @S:\n#\n# " + b"x. " * (_BIG // 3) + b"\n##\n",
    "one-line-of-members": lambda: (
        b"{ 'struct': 'S', 'data': {" + b"'a': 'int', " * (_BIG // 12) + b"} }"
    ),
    "one-line-of-nonsense": lambda: b"{'a': [true, " * (_BIG // 13),
    "one-line-of-quotes": lambda: b"'" * _BIG,
    "one-line-of-backslashes": lambda: b"{ 'struct': '"
    + b"\\\\" * (_BIG // 2)
    + b"' }",
    "arrays": lambda: _nested("[", "]").encode(),
    "objects": lambda: _nested("{ 'a': ", "}").encode(),
    "arrays-unclosed": lambda: b"[" * 10_000,
    "objects-unclosed": lambda: b"{ 'a': " * 10_000,
    "arrays-closed": lambda: b"]" * 10_000,
    "mixed": lambda: _nested("[ { 'a': ", "} ]").encode(),
    "not": lambda: _condition("{ 'not': " * 10_000 + "'A'" + "}" * 10_000).encode(),
    "all": lambda: _condition("{ 'all': [ " * 10_000 + "'A'" + "] }" * 10_000).encode(),
    "c-not": lambda: _condition(f"'{'!' * 10_000}defined(A)'").encode(),
    "c-parentheses": lambda: _condition(
        f"'{'(' * 10_000}defined(A){')' * 10_000}'"
    ).encode(),
    "c-and": lambda: _condition(f"'{'defined(A) && ' * 10_000}'").encode(),
    "include-itself": lambda: b"{ 'include': 'hostile.json' }",
    "include-nothing": lambda: b"{ 'include': '' }",
    "include-folder": lambda: b"{ 'include': '.' }",
    "include-zero": lambda: b"{ 'include': '/dev/zero' }",
    "include-terminal": lambda: b"{ 'include': '/dev/tty' }",
    "include-null-character": lambda: b"{ 'include': 'a\\u0000b' }",
    "include-long": lambda: b"{ 'include': '" + b"x/" * 5_000 + b"' }",
    "many-errors": lambda: b"{ 'struct': 1 }\n" * 100_000,
    "many-bad-definitions": lambda: b"{ 'struct': 'S', 'data': { 'a': 'Nothing' } }\n"
    * 2_000,
    "deep-bases": lambda: b"".join(
        b"{ 'struct': 'S%d', 'base': 'S%d', 'data': {} }\n" % (n, n + 1)
        for n in range(5_000)
    ),
    "circle-of-bases": lambda: b"".join(
        b"{ 'struct': 'S%d', 'base': 'S%d', 'data': {} }\n" % (n, (n + 1) % 5_000)
        for n in range(5_000)
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files(case: str, tmp_path: Path) -> None:
    (tmp_path / "hostile.json").write_bytes(HOSTILE[case]())
    process = _run("hostile.json", "-o", "out", folder=tmp_path)
    assert process.returncode == 1
    assert process.stderr.startswith("hostile.json:")
    # The reader of the message is spared 10 MB of it.
    assert len(process.stderr) < 2_000_000
    assert max(map(len, process.stderr.splitlines())) < 1000
    assert not (tmp_path / "out").exists()


def test_good_schema_on_one_long_line(tmp_path: Path) -> None:
    text = "".join(f"{{ 'enum': 'E{n}', 'data': [ 'a', 'b' ] }} " for n in range(3_000))
    (tmp_path / "long.json").write_text(text + " " * _BIG)
    process = _run("long.json", "-o", "out", folder=tmp_path)
    assert process.stderr == ""
    assert process.returncode == 0
    enums = (tmp_path / "out/qapi_long/enums/long.py").read_text()
    assert enums.count("(QapiEnum):") == 3_000


def test_long_chain_of_includes(tmp_path: Path) -> None:
    for number in range(2_000):
        text = f"{{ 'include': 'f{number + 1}.json' }}\n"
        (tmp_path / f"f{number}.json").write_text(text)
    (tmp_path / "f2000.json").write_text("{ 'struct': 'S', 'data': { 'a': 'T' } }\n")
    process = _run("f0.json", "-o", "out", folder=tmp_path)
    assert process.returncode == 1
    assert "f2000.json:1:" in process.stderr
    assert process.stderr.count("\n") < 50


def test_circle_of_includes(tmp_path: Path) -> None:
    for number in range(3):
        text = f"{{ 'include': 'f{(number + 1) % 3}.json' }}\n"
        (tmp_path / f"f{number}.json").write_text(text)
    assert _run("f0.json", "-o", "out", folder=tmp_path).returncode == 1
    # None of them is a root: each is included by another.
    assert _run(".", "-o", "out", folder=tmp_path).returncode in (1, 2)
    assert not (tmp_path / "out").exists()


def test_loop_of_folders(tmp_path: Path) -> None:
    schema = tmp_path / "schema"
    schema.mkdir()
    (schema / "loop").symlink_to(".")
    (schema / "a.json").write_text("{ 'include': 'loop/loop/loop/b.json' }\n")
    (schema / "b.json").write_text("{ 'enum': 'E', 'data': [ 'a' ] }\n")
    process = _run("schema", "-o", "out", folder=tmp_path)
    assert (process.returncode, process.stderr) == (0, "")
    assert (tmp_path / "out/qapi_a/enums").is_dir()
    (schema / "a.json").write_text("{ 'include': 'loop/loop/a.json' }\n")
    assert _run("schema/a.json", "-o", "out2", folder=tmp_path).returncode == 1


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "itself.json").symlink_to("itself.json")
    (tmp_path / "gone.json").symlink_to("nothing.json")
    for root in ("itself.json", "gone.json"):
        assert _run(root, "-o", "out", folder=tmp_path).returncode == 2
        (tmp_path / "root.json").write_text(f"{{ 'include': '{root}' }}\n")
        process = _run("root.json", "-o", "out", folder=tmp_path)
        assert process.returncode == 1
        assert process.stderr.startswith("root.json:1:14: error:")
    assert not (tmp_path / "out").exists()


def test_pipe_that_nobody_writes_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "root.json").write_text("{ 'include': 'pipe.json' }\n")
    assert _run("root.json", "-o", "out", folder=tmp_path).returncode == 1


def test_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{ 'enum': 'E', 'data': [] }\n")
    (tmp_path / "secret.json").chmod(0)
    (tmp_path / "root.json").write_text("{ 'include': 'secret.json' }\n")
    before: list[str] = []
    if os.geteuid() == 0:
        # The superuser may read everything, save when that power has been laid down.
        before = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        if shutil.which("setpriv") is None or _fails(
            [*before, sys.executable, "-c", "0"]
        ):
            pytest.skip("we are root, and have no way to be less")
    for root, status in (("secret.json", 2), ("root.json", 1)):
        process = _run(root, "-o", "out", folder=tmp_path, before=before)
        assert process.returncode == status
        assert "permission denied" in process.stderr.lower()


def _fails(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_paths_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.json")
    (tmp_path / name).write_text("{ 'struct': 'S', 'data': { 'a': 'T' } }\n")
    (tmp_path / "x\x1b[31m\n.json").write_text("{ 'struct': 'S' }\n")
    for root in (name, "x\x1b[31m\n.json"):
        process = _run(root, "-o", "out", folder=tmp_path)
        assert process.returncode == 1
        assert "\x1b" not in process.stderr
    (tmp_path / name).write_text("{ 'struct': 'S', 'data': { 'a': 'int' } }\n")
    assert _run(name, "-o", "out", folder=tmp_path).returncode in (0, 2)


def test_output_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{ 'enum': 'E', 'data': [] }\n")
    (tmp_path / "file").write_text("mine")
    for out in ("file", "file/below", "/proc/nothing", "/dev/null", "x" * 5000, ""):
        process = _run("a.json", "-o", out, folder=tmp_path)
        assert process.returncode == 2, out
        assert process.stderr.startswith("qapigen: error: "), out
    assert (tmp_path / "file").read_text() == "mine"


def test_nothing_is_written_where_something_is_wrong(tmp_path: Path) -> None:
    schema = tmp_path / "schema"
    schema.mkdir()
    (schema / "a.json").write_text("{ 'enum': 'E', 'data': [ 'a' ] }\n")
    (schema / "b.json").write_text("{ 'enum': 'E', 'data': [ 'a' ] }\n")
    assert _run("schema", "-o", "out", folder=tmp_path).returncode == 0
    before = {
        path: path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert len(before) > 20
    (schema / "a.json").write_text("{ 'enum': 'E', 'data': [ 'a', 'b' ] }\n")
    (schema / "b.json").write_bytes(b"\xff\xfe")
    assert _run("schema", "-o", "out", folder=tmp_path).returncode == 1
    after = {
        path: path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert after == before
