"""``[tool.qapigen]``: where it is found, what may stand there, and what goes before what."""

from __future__ import annotations

from pathlib import Path

import pytest

from qapigen.command.arguments import parse
from qapigen.command.config import Config, find_config, read_names
from qapigen.command.jobs import Job, find_jobs
from qapigen.command.roots import SchemaFiles
from qapigen.errors import UsageError


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with ``schema/vm.json`` and ``schema/agent.json``."""
    (tmp_path / "schema").mkdir()
    for name in ("vm", "agent"):
        (tmp_path / f"schema/{name}.json").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(folder: Path, table: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(table)


def _jobs(*argv: str) -> list[Job]:
    return find_jobs(parse(argv), SchemaFiles())


def test_every_key(place: Path) -> None:
    (place / "my-templates").mkdir()
    (place / "x86.defines").write_text("CONFIG_KVM\n")
    _write(
        place,
        """
        [tool.qapigen]
        output = "generated"
        strict = true
        closed = true
        define = ["CONFIG_LINUX", "@x86.defines"]
        undefine = ["CONFIG_WIN32"]
        templates = "my-templates"
        format = "black"
        [tool.qapigen.packages]
        "schema/vm.json" = "vm_api"
        """,
    )
    agent, vm = _jobs("schema")
    assert (agent.package, vm.package) == ("qapi_agent", "vm_api")
    assert vm.folder == str(place / "generated/vm_api")
    assert vm.settings == agent.settings
    assert vm.settings._asdict() == {
        "strict": True,
        "closed": True,
        "defined": ("CONFIG_KVM", "CONFIG_LINUX"),
        "undefined": ("CONFIG_WIN32",),
        "templates": str(place / "my-templates"),
        "format": "black",
    }
    assert list(vm.sources) == [
        str(place / name) for name in ("pyproject.toml", "x86.defines")
    ]


def test_the_command_line_goes_first(place: Path) -> None:
    (place / "mine").mkdir()
    _write(
        place,
        """
        [tool.qapigen]
        output = "generated"
        package = "vm_api"
        strict = true
        closed = true
        define = ["A", "B"]
        undefine = ["C", "D"]
        templates = "none"
        format = "black"
        """,
    )
    argv = (
        "schema/vm.json -o out --package mine --no-strict --no-closed --format layout"
    )
    (job,) = _jobs(
        *argv.split(), "--templates", "mine", "-D", "C", "-U", "B", "-D", "E"
    )
    assert (job.package, job.folder) == ("mine", "out/mine")
    assert job.settings._asdict() == {
        "strict": False,
        "closed": False,
        "defined": ("A", "C", "E"),
        "undefined": ("B", "D"),
        "templates": "mine",
        "format": "layout",
    }


def test_package_for_the_only_root(place: Path) -> None:
    _write(place, '[tool.qapigen]\npackage = "vm_api"\n')
    (job,) = _jobs("schema/vm.json", "-o", "out")
    assert job.package == "vm_api"
    with pytest.raises(UsageError, match="would both become the package 'vm_api'"):
        _jobs("schema", "-o", "out")


def test_nearest_table_holds(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(place, '[tool.qapigen]\npackage = "outer"\n')
    assert _jobs("schema/vm.json", "-o", "out")[0].package == "outer"
    _write(place / "schema", '[project]\nname = "qapigen"\n')
    assert _jobs("schema/vm.json", "-o", "out")[0].package == "outer"
    _write(place / "schema", '[tool.qapigen]\npackage = "inner"\n')
    assert _jobs("schema/vm.json", "-o", "out")[0].package == "inner"
    monkeypatch.chdir(place / "schema")
    assert _jobs("vm.json", "-o", "out")[0].package == "inner"


def test_table_of_the_working_directory_holds_for_schemas_elsewhere(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(
        place / "project", '[tool.qapigen.packages]\n"../schema/vm.json" = "vm_api"\n'
    )
    monkeypatch.chdir(place / "project")
    assert _jobs(str(place / "schema/vm.json"), "-o", "out")[0].package == "vm_api"


@pytest.mark.parametrize(
    "spelling",
    [
        '[tool.qapigen]\npackage = "x"',
        '[ tool . "qapigen" ]\npackage = "x"',
        '[tool]\nqapigen = { package = "x" }',
        '[tool]\nother = 1\nqapigen.package = "x"',
        'tool.qapigen.package = "x"',
        'tool = { qapigen = { package = "x" } }',
        "['tool'.'qapigen']\npackage = 'x'",
    ],
)
def test_any_spelling_of_toml(place: Path, spelling: str) -> None:
    _write(place, spelling)
    assert find_config(str(place)).package == "x"


def test_files_that_are_not_ours_are_not_judged(place: Path) -> None:
    _write(place, "[tool.black\nthis is not TOML, and not our business")
    assert find_config(str(place)) == Config()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "[tool.qapigen]\nstrickt = true",
            "unknown key 'strickt' in [tool.qapigen]; it has out",
        ),
        (
            "[tool.qapigen]\nstrict = 1",
            "tool.qapigen.strict is 1, must be true or false",
        ),
        (
            "[tool.qapigen]\ndefine = 'A'",
            "tool.qapigen.define is 'A', must be a list of names",
        ),
        (
            "[tool.qapigen]\ndefine = [1]",
            "tool.qapigen.define is [1], must be a list of names",
        ),
        (
            "[tool.qapigen]\noutput = []",
            "tool.qapigen.output is [], must be the path of",
        ),
        (
            "[tool.qapigen]\nformat = 'nice'",
            "tool.qapigen.format is 'nice', must be 'layout' or",
        ),
        ("[tool.qapigen]\npackage = '1a'", "'1a' is not a name for a Python package"),
        (
            "[tool.qapigen]\npackages = ['a']",
            "must be a table of root schemas and names",
        ),
        ("[tool.qapigen.packages]\nx = 1", "must be a table of root schemas and names"),
        (
            "[tool.qapigen.packages]\nx = 'in'",
            "tool.qapigen.packages.'x': 'in' is not a name",
        ),
        ("[tool]\nqapigen = 1", "tool.qapigen must be a table"),
        ("[tool.qapigen]\nstrict = yes", "not valid TOML: "),
        (
            "[tool.qapigen]\ndefine = ['A']\nundefine = ['A']",
            "'A' stands in both define and un",
        ),
        (
            "[tool.qapigen]\ndefine = ['@none']",
            "cannot read names of conditions from '/",
        ),
        ("[tool.qapigen]\ntemplates = 'none'", "there is no folder of templates '/"),
    ],
)
def test_mistakes_name_the_file_and_the_value(
    place: Path, table: str, message: str
) -> None:
    _write(place, table)
    with pytest.raises(UsageError) as caught:
        _jobs("schema", "-o", "out")
    assert message in str(caught.value)
    assert str(place) in str(caught.value)


def test_an_unreadable_table_is_an_error(place: Path) -> None:
    (place / "pyproject.toml").mkdir()
    with pytest.raises(
        UsageError, match=r"cannot read '.*/pyproject.toml': Is a directory"
    ):
        find_config(str(place))


def test_names_from_files(place: Path) -> None:
    (place / "a").write_text("# all of them\nONE\n  TWO  # two\n\n")
    assert read_names(["ZERO", "@a"]) == (["ZERO", "ONE", "TWO"], ["a"])
    (place / "a").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="cannot read names of conditions from 'a'"):
        read_names(["@a"])
