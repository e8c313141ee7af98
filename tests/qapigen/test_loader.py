"""Files that nobody should have to read: whatever lies at a path, there is an answer."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from qapigen.errors import Diagnostic, SchemaError, UsageError
from qapigen.frontend import loader
from qapigen.frontend.diagnostics import Format, render
from qapigen.frontend.loader import BadTextError, UnreadableError, identify, read_source
from qapigen.frontend.parser import load
from qapigen.frontend.source import SourceFile

GOOD = b"{ 'struct': 'A', 'data': {} }\n"
MEGA = 10_000_000


def errors_of(path: Path, data: bytes) -> list[Diagnostic]:
    """What is wrong with a file of *data*, which must be found out before long."""
    path.write_bytes(data)
    begin = time.process_time()
    found: list[Diagnostic] = []
    load(path, errors=found)
    styles: list[Format] = ["text", "json", "github"]
    for style in styles:
        assert len(render(found, style)) < 200_000
    assert time.process_time() - begin < 10
    return found


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    return tmp_path / "root.json"


def read(path: Path) -> SourceFile:
    source = SourceFile("shown.json", "", file=str(path))
    read_source(source)
    return source


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_kinds(root: Path, ends: str) -> None:
    root.write_bytes(f"##{ends}# @A:{ends}##{ends}{{ 'a': 'A' }}{ends}wut".encode())
    assert read(root).text == "##\n# @A:\n##\n{ 'a': 'A' }\nwut"
    (error,) = errors_of(root, root.read_bytes())
    assert (error.place.line, error.place.column) == (5, 1)


def test_text_that_is_no_utf8(root: Path) -> None:
    (error,) = errors_of(root, GOOD + b"# caf\xc3\xa9\r\n# \xe9t\xe9\n" + GOOD)
    assert (error.place.line, error.place.column) == (3, 3)
    assert error.message == "not UTF-8: invalid continuation byte 0xe9"
    (error,) = errors_of(root, "{ 'a': 'b' }".encode("utf-16"))
    assert (error.place.line, error.place.column) == (1, 1)
    with pytest.raises(BadTextError):
        read(root)


def test_an_included_file_that_is_no_utf8(root: Path) -> None:
    (root.parent / "sub.json").write_bytes(b"\n \xff")
    error, other = errors_of(root, b"{ 'include': 'sub.json' }\nwut")
    assert (error.place.line, error.place.column) == (2, 2)
    assert [place.line for place in error.place.include_chain] == [1]
    assert other.place.line == 2


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"", 0),
        (b"\n", 0),
        (b"\xef\xbb\xbf" + GOOD, 1),
        (b"\0" * 1000, 1),
        (GOOD + b"\0", 1),
        (bytes(range(256)) * 1000, 1),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 100, 1),
        (b"'", 1),
        (b"{", 1),
        (b"#", 0),
        (b"##", 1),
        (b"##\n#", 1),
        (b"\\", 1),
        (b"[{" * 10_000, 1),
        (b"{'a':" * 10_000, 1),
        (b"{'a':[" + b"[" * 10_000 + b"]" * 10_000 + b"]}", 1),
        (b"x" * MEGA, 1),
        (b"'" * MEGA, 1),
        (b"'" + b"x" * MEGA, 1),
        (b"'\\" * (MEGA // 2), 1),
        (b"#" + b"x" * MEGA, 0),
        (b"##" + b"x" * MEGA, 1),
        (b"##\n# " + b"x" * MEGA, 1),
        (b"#\n" * (MEGA // 2), 0),
        (b" " * MEGA, 0),
        (b"\n" * MEGA, 0),
        (b"{ 'a': '" + b"x" * MEGA + b"' }", 0),
        (b"{ '" + b"x" * MEGA + b"' }", 1),
        (b"{ 'a': [" + b"{" * MEGA, 1),
        (b"{}" * (MEGA // 2), 21),
        (b"{" + b"'a':'b'," * (MEGA // 8) + b"}", 21),
        (b"##\n#\n" + b"#\n" * (MEGA // 2), 1),
    ],
    ids=lambda value: str(value[:12]) if isinstance(value, bytes) else str(value),
)
def test_hostile_text(root: Path, data: bytes, count: int) -> None:
    assert len(errors_of(root, data)) == count


def test_a_file_that_is_too_large(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "MAX_SIZE", 1 << 20)
    root.write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(UnreadableError, match="larger than 1 MiB"):
        identify(str(root))
    with pytest.raises(UnreadableError, match="larger than 1 MiB"):
        read(root)


def test_a_file_is_the_same_under_another_name(root: Path) -> None:
    root.write_bytes(GOOD)
    (root.parent / "link").symlink_to(root)
    os.link(root, root.parent / "second")
    keys = {identify(str(root.parent / name)) for name in ("link", "second", "./link")}
    assert keys == {identify(str(root))}


def test_what_is_no_file(root: Path) -> None:
    folder = root.parent
    os.mkfifo(folder / "pipe")
    (folder / "loop").symlink_to("loop")
    names = ["", ".", "no", "pipe", "loop", "loop/x", "/dev/null", "a\0b", "x" * 5000]
    for name in names:
        with pytest.raises(UnreadableError) as caught:
            identify(os.path.join(folder, name))
        assert str(caught.value)
    identify(str(folder / "pipe"), pipes=True)


def test_a_loop_of_folders(root: Path) -> None:
    (root.parent / "again").symlink_to(".")
    (error,) = errors_of(root, b"{ 'include': 'again/again/root.json' }")
    assert error.message == "'again/again/root.json' includes itself"


def test_a_file_without_permission(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Taking the permission away would not do: root may read everything.
    def refuse(path: str, *_: object) -> None:
        raise PermissionError(13, "Permission denied", path)

    sub = root.parent / "sub.json"
    sub.write_bytes(GOOD)
    root.write_bytes(b"{ 'include': 'sub.json' }")
    real = open
    monkeypatch.setattr(
        "builtins.open",
        lambda path, *rest: refuse(path) if path == str(sub) else real(path, *rest),
    )
    with pytest.raises(SchemaError) as caught:
        load(root)
    (error,) = caught.value.diagnostics
    assert error.message == "cannot include 'sub.json': permission denied"
    assert error.place.offset == 13
    with pytest.raises(UsageError, match="permission denied"):
        load(sub)


def test_a_root_from_a_pipe(tmp_path: Path) -> None:
    begin, end = os.pipe()
    try:
        os.write(end, GOOD)
        os.close(end)
        assert len(load(Path(f"/dev/fd/{begin}")).expressions) == 1
    finally:
        os.close(begin)
