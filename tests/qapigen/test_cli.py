"""The command line: what it makes of its arguments, what it says, and how it ends."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from qapigen import __version__
from qapigen.__main__ import main
from qapigen.command import cli
from qapigen.command.arguments import main_parser
from qapigen.command.jobs import default_package

COMMON = """\
##
# @Colour:
#
# A colour.
#
# @red: like blood
#
# @green: like grass
#
# Since: 1.0
##
{ 'enum': 'Colour', 'data': [ 'red', 'green' ] }
"""
VM = """\
{ 'include': 'common.json' }

##
# @paint:
#
# Paint it.
#
# @colour: in which colour
#
# Since: 1.0
##
{ 'command': 'paint', 'data': { 'colour': 'Colour' }, 'if': 'CONFIG_PAINT' }
"""
WRONG = "{ 'struct': 'Wrong', 'data': { 'a': 'Nothing' } }\n"


class Result(NamedTuple):
    """How a run ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with ``schema/vm.json``, which includes ``schema/common.json``."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema/common.json").write_text(COMMON)
    (tmp_path / "schema/vm.json").write_text(VM)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(place: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs qapigen in this process, in ``place``."""

    def run(*argv: str) -> Result:
        try:
            status = cli.run(argv)
        except SystemExit as stop:
            status = int(stop.code or 0)
        said = capfd.readouterr()
        return Result(status, said.out, said.err)

    return run


def test_a_program_that_compiles_keeps_its_collector(place: Path, run: Run) -> None:
    assert gc.isenabled()
    assert run("schema", "-o", "out").status == 0
    assert gc.isenabled()


def _tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (
            path.read_bytes(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_first_run_says_what_it_made(place: Path, run: Run) -> None:
    status, out, err = run("schema/", "-o", "generated/")
    assert (status, err) == (0, "")
    line = out.removesuffix("\n")
    assert line.startswith("schema/vm.json -> generated/qapi_vm  (")
    assert line.endswith(" s)")
    assert " modules changed, 0." in line
    assert (place / "generated/qapi_vm/enums/common.py").exists()


def test_second_run_is_quiet_and_touches_nothing(place: Path, run: Run) -> None:
    run("schema/", "-o", "generated/")
    before = _tree(place)
    assert run("schema/", "-o", "generated/") == (0, "", "")
    assert _tree(place) == before


def test_one_changed_definition_changes_its_module(place: Path, run: Run) -> None:
    run("schema/", "-o", "out")
    before = _tree(place / "out/qapi_vm")
    text = COMMON.replace("like grass", "like leaves")
    (place / "schema/common.json").write_text(text)
    status, out, _ = run("schema/", "-o", "out")
    assert status == 0
    assert "(1 module changed, " in out
    after = _tree(place / "out/qapi_vm")
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"enums/common.py", "__pycache__/qapigen.manifest"}


def test_quiet_and_verbose(place: Path, run: Run) -> None:
    assert run("schema/", "-o", "out", "-q") == (0, "", "")
    status, out, err = run("schema/", "-o", "out", "-v")
    assert (status, err) == (0, "")
    assert "schema/vm.json -> out/qapi_vm  (up to date, " in out
    (place / "out/qapi_vm/enums/common.py").unlink()
    assert (
        "\n  new out/qapi_vm/enums/common.py\n" in run("schema/", "-o", "out", "-v").out
    )


def test_a_wrong_schema_leaves_the_output_alone(place: Path, run: Run) -> None:
    (place / "schema/other.json").write_text(WRONG)
    status, out, err = run("schema/", "-o", "out")
    assert (status, out) == (1, "")
    assert err.startswith("schema/other.json:1:37: error: ")
    assert not (place / "out").exists()
    (place / "schema/other.json").unlink()
    run("schema/", "-o", "out")
    before = _tree(place / "out")
    (place / "schema/vm.json").write_text(VM + WRONG)
    assert run("schema/", "-o", "out").status == 1
    assert _tree(place / "out") == before


def test_findings_of_all_roots_are_reported_once(place: Path, run: Run) -> None:
    (place / "schema/common.json").write_text(COMMON + WRONG)
    for name in ("b", "c"):
        (place / f"schema/{name}.json").write_text(
            "{ 'include': 'common.json' }\n" + WRONG.replace("Wrong", "Also")
        )
    status, _, err = run("schema/", "-o", "out", "--no-strict")
    assert status == 1
    places = [
        line.partition(": error")[0] for line in err.splitlines() if ": error: " in line
    ]
    assert places.count("schema/common.json:13:37") == 1
    assert {"schema/b.json:2:36", "schema/c.json:2:36"} <= set(places)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "no schema given"),
        (["schema"], "where to? name the output folder with -o OUT"),
        (
            ["nowhere.json", "-o", "out"],
            "cannot read 'nowhere.json': No such file or directory",
        ),
        (["empty", "-o", "out"], "there is no QAPI schema (*.json) in 'empty'"),
        (["pipe", "-o", "out"], "'pipe' is neither a file nor a folder"),
        (["schema\0", "-o", "out"], "cannot read 'schema\\x00': embedded null byte"),
        (
            ["schema", "one.json", "-o", "out", "--package", "x"],
            "--package names one package",
        ),
        (
            ["schema", "-o", "out", "--package", "a-b"],
            "'a-b' is not a name for a Python package",
        ),
        (["schema", "-o", "out", "--package", "class"], "'class' is not a name"),
        (
            ["schema", "-o", "out", "--package", "qapi_runtime"],
            "that qapigen brings along",
        ),
        (
            ["one.json", "schema/one.json", "-o", "out"],
            "both become the package 'qapi_one'",
        ),
        (["schema", "-o", "out", "-D", "A-B"], "'A-B' is not the name of a condition"),
        (["schema", "-o", "out", "-D", "@none"], "from 'none': No such file"),
        (
            ["schema", "-o", "out", "-D", "@bad.defines"],
            "bad.defines:2: 'X = 1' is not the name",
        ),
        (["schema", "-o", "out", "-D", "A", "-U", "A"], "'A' stands in both -D and -U"),
        (
            ["schema", "-o", "out", "--templates", "none"],
            "no folder of templates 'none'",
        ),
        (
            ["schema", "-o", "out", "--check", "--depfile", "d"],
            "--check writes nothing",
        ),
        (["schema", "-o", "out", "-q", "-v"], "not allowed with"),
        (["schema", "-o", "out", "--format", "pretty"], "invalid choice: 'pretty'"),
        (["schema", "-o", "one.json"], "cannot write"),
        (["schema", "-o", "one.json/x"], "cannot write"),
        (["introspect", "both"], "name one root schema; there are 2"),
        (["check"], "the following arguments are required: SCHEMA"),
        (
            ["schema", "-o", "out", "--depfile", "one.json/d"],
            "cannot write 'one.json/d': ",
        ),
    ],
)
def test_usage_errors(place: Path, run: Run, argv: list[str], message: str) -> None:
    (place / "empty").mkdir()
    (place / "both").mkdir()
    for name in ("one.json", "both/a.json", "both/b.json"):
        (place / name).write_text("")
    os.mkfifo(place / "pipe")
    (place / "bad.defines").write_text("# comment\nX = 1\n")
    if "schema/one.json" in argv:
        (place / "schema/one.json").write_text("")
    status, out, err = run(*argv)
    assert (status, out if "none/d" not in argv else "") == (2, "")
    assert err.startswith("qapigen: error: ")
    assert message in err
    assert "none/d" in argv or not (place / "out").exists()


def test_options_and_schemas_may_be_mixed(place: Path, run: Run) -> None:
    (place / "one.json").write_text("")
    assert run("schema", "-o", "out", "one.json", "-q").status == 0
    assert {path.name for path in (place / "out").iterdir()} == {"qapi_vm", "qapi_one"}


def test_a_root_named_twice_is_one(place: Path, run: Run) -> None:
    assert run("schema", "schema/vm.json", "-o", "out").out.count("->") == 1


@pytest.mark.parametrize(
    ("root", "package"),
    [
        ("schema/migration.json", "qapi_migration"),
        ("qapi-schema.json", "qapi_schema"),
        ("qapi.json", "qapi"),
        ("qapisomething.json", "qapi_qapisomething"),
        ("VM.v2.json", "qapi_vm_v2"),
        ("3d.json", "qapi_3d"),
        ("schema", "qapi_schema"),
        ("\N{LATIN SMALL LIGATURE FI}sch.json", "qapi_fisch"),
    ],
)
def test_default_package(root: str, package: str) -> None:
    assert default_package(root) == package


def test_check(place: Path, run: Run) -> None:
    assert run("schema", "-o", "out", "--check").status == 1
    assert not (place / "out").exists()
    run("schema", "-o", "out")
    assert run("schema", "-o", "out", "--check") == (0, "", "")
    path = place / "out/qapi_vm/enums/common.py"
    path.write_text(path.read_text() + "# more\n")
    (place / "out/qapi_vm/old.py").write_text(
        "# Generated by qapigen from x; do not edit.\n"
    )
    (place / "out/qapi_vm/py.typed").unlink()
    before = _tree(place)
    status, out, err = run("schema", "-o", "out", "--check")
    assert (status, err) == (1, "")
    assert out.splitlines()[:3] == [
        "out/qapi_vm/enums/common.py: changed (+0 -1 lines)",
        "out/qapi_vm/old.py: removed (+0 -1 lines)",
        "out/qapi_vm/py.typed: new (+0 -0 lines)",
    ]
    assert out.splitlines()[3].startswith("out/qapi_vm is not current: 3 of ")
    assert run("schema", "-o", "out", "--check", "-q") == (1, "", "")
    assert "\n-# more\n" in run("schema", "-o", "out", "--check", "-v").out
    assert _tree(place) == before


def test_check_of_a_clone_without_manifest(place: Path, run: Run) -> None:
    run("schema", "-o", "out")
    shutil.rmtree(place / "out/qapi_vm/__pycache__")
    before = _tree(place)
    assert run("schema", "-o", "out", "--check") == (0, "", "")
    assert _tree(place) == before


def test_conditions_are_fixed(place: Path, run: Run) -> None:
    (place / "names").write_text(
        "# those of our build\n\nCONFIG_OTHER  # why\nCONFIG_PAINT\n"
    )
    clients = place / "out/qapi_vm/client"
    run("schema", "-o", "out", "-U", "CONFIG_PAINT")
    assert not (clients / "vm.py").exists()
    run("schema", "-o", "out", "-D", "@names")
    assert "def paint" in (clients / "vm.py").read_text()
    run("schema", "-o", "out", "--closed")
    assert not (clients / "vm.py").exists()
    run("schema", "-o", "out")
    assert "CONFIG_PAINT" in (place / "out/qapi_vm/commands/vm.py").read_text()


def test_strict(place: Path, run: Run) -> None:
    (place / "old.json").write_text("{ 'command': 'old_name' }\n")
    assert run("check", "old.json") == (0, "", "")
    assert ": note: " in run("check", "old.json", "-v").err
    status, _, err = run("check", "old.json", "--strict")
    assert status == 1
    assert err.startswith("old.json:1:14: error: ")


def test_introspect(place: Path, run: Run) -> None:
    status, out, err = run("introspect", "schema", "--unmask")
    assert (status, err) == (0, "")
    entities = json.loads(out)
    assert {"Colour", "paint"} <= {entity["name"] for entity in entities}
    masked = json.loads(run("introspect", "schema").out)
    assert "Colour" not in {entity["name"] for entity in masked}
    left_out = json.loads(run("introspect", "schema", "-U", "CONFIG_PAINT").out)
    assert "paint" not in {entity["name"] for entity in left_out}
    (place / "schema/vm.json").write_text(WRONG)
    assert run("introspect", "schema/vm.json").status == 1


def test_message_formats(place: Path, run: Run) -> None:
    (place / "schema/vm.json").write_text(WRONG + WRONG.replace("Wrong", "Worse"))
    status, out, err = run("schema/vm.json", "-o", "out", "--message-format", "json")
    assert (status, err) == (1, "")
    findings = [json.loads(line) for line in out.splitlines()]
    assert [finding["line"] for finding in findings] == [1, 2]
    out = run("schema/vm.json", "-o", "out", "--message-format", "github").out
    assert all(
        line.startswith("::error file=schema/vm.json,") for line in out.splitlines()
    )
    (place / "schema/vm.json").write_text(VM)
    status, out, err = run("schema", "-o", "out", "--message-format", "json")
    assert (status, out) == (0, "")
    assert " -> " in err


def test_color(place: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "schema/vm.json").write_text(WRONG)
    assert "\x1b[" not in run("check", "schema/vm.json").err
    assert "\x1b[" in run("check", "schema/vm.json", "--color", "always").err
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb"), ("TERM", "xterm")):
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv(name, value)
        with monkeypatch.context() as patch:
            patch.setattr(sys.stderr, "isatty", lambda: True)
            assert ("\x1b[" in run("check", "schema/vm.json").err) == (value == "xterm")


def test_depfile(place: Path, run: Run) -> None:
    (place / "names").write_text("")
    (place / "pyproject.toml").write_text("[tool.qapigen]\nstrict = false\n")
    argv = ("schema", "-o", "out", "-D", "@names", "--depfile", "vm.d", "-q")
    assert run(*argv) == (0, "", "")
    rule, *phony = (place / "vm.d").read_text().replace(" \\\n", "").splitlines()
    target, _, sources = rule.partition(":")
    assert target == "out/qapi_vm/__init__.py"
    named = [
        "names",
        "pyproject.toml",
        "schema",
        "schema/common.json",
        "schema/vm.json",
    ]
    assert [name for name in sources.split() if not name.startswith("/")] == named
    assert {"cli.py", "types.py.j2"} <= {Path(name).name for name in sources.split()}
    assert phony == [f"{name}:" for name in sources.split()]
    os.utime(place / "vm.d", (0, 0))
    run(*argv)
    assert (place / "vm.d").stat().st_mtime > 1e9
    run(*argv, "--depfile-target", "a", "--depfile-target", "b c")
    assert (place / "vm.d").read_text().startswith("a b\\ c: \\\n")


def test_make_reads_the_depfile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "a b#c$d:e%f\\ g"
    home.mkdir()
    monkeypatch.chdir(home)
    schema = home / "x $(y) #\\z.json"
    schema.write_text("")
    (home / "two\nlines.json").write_text("")
    argv = [
        "-o",
        "out",
        "--package",
        "vm",
        "--depfile",
        "d",
        "--depfile-target",
        "all",
        "-q",
    ]
    assert cli.run([schema.name, *argv]) == 0
    (home / "Makefile").write_text("all:\n\t@echo made > all\ninclude d\n")
    make = ["make", "--silent"]
    subprocess.run(make, check=True)
    assert (home / "all").read_text() == "made\n"
    (home / "all").write_text("")
    subprocess.run(make, check=True)
    assert (home / "all").read_text() == ""
    newer = (home / "all").stat().st_mtime + 10
    os.utime(schema, (newer, newer))
    subprocess.run(make, check=True)
    assert (home / "all").read_text() == "made\n"
    schema.unlink()
    subprocess.run(make, check=True)
    assert cli.run(["two\nlines.json", *argv]) == 2


def test_version_and_help(run: Run) -> None:
    assert run("--version").out == f"qapigen {__version__}\n"
    out = run("--help").out
    assert "examples:" in out
    for option in (
        "--check",
        "--depfile",
        "--closed",
        "--strict",
        "-q",
        "-v",
        "-D",
        "-U",
    ):
        assert option in out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_every_option(run: Run, shell: str) -> None:
    status, out, err = run("--completion", shell)
    assert (status, err) == (0, "")
    for action in main_parser()._actions:
        for flag in action.option_strings:
            assert flag.lstrip("-") in out
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=out, text=True, check=True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--mes"], ["--message-format"]),
        (["--message-format", ""], ["text", "json", "github"]),
        (["intro"], ["introspect"]),
        (["--depfile", "sch"], ["schema"]),
        (["x", "--pack"], ["--package"]),
    ],
)
def test_bash_completes(run: Run, words: list[str], expected: list[str]) -> None:
    script = run("--completion", "bash").out
    quoted = " ".join(f"'{word}'" for word in words)
    script += f"COMP_WORDS=(qapigen {quoted}); COMP_CWORD={len(words)}; _qapigen\n"
    script += 'printf "%s\\n" "${COMPREPLY[@]}"\n'
    done = subprocess.run(
        ["bash"], input=script, text=True, capture_output=True, check=True
    )
    assert done.stdout.split() == expected


def test_ctrl_c(place: Path) -> None:
    script = """
import os, signal, sys
# Who starts us in the background has it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
import qapigen.command.build
qapigen.command.build.compile_root = lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGINT)
sys.argv = ["qapigen", "schema", "-o", "out"]
from qapigen.__main__ import main
sys.exit(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
    assert not (place / "out").exists()


def test_a_reader_that_has_seen_enough(place: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    argv = [sys.executable, "-m", "qapigen"]
    for more in (["introspect", "schema"], ["--help"], ["schema", "-o", "out"]):
        done = subprocess.run(
            [*argv, *more], stdout=writer, stderr=subprocess.PIPE, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
    os.close(writer)
    assert (place / "out/qapi_vm/__init__.py").exists()


def test_output_that_cannot_be_printed(place: Path) -> None:
    argv = [sys.executable, "-m", "qapigen", "introspect", "schema"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(argv, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert (
        done.stderr
        == b"qapigen: error: cannot write the output: No space left on device\n"
    )


def test_no_stdout_at_all(place: Path) -> None:
    argv = f"{sys.executable} -m qapigen schema -o out >&- 2>&-"
    assert subprocess.run(argv, shell=True, check=False).returncode == 0
    assert (place / "out/qapi_vm/__init__.py").exists()


def test_a_mistake_of_ours_is_called_so(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no idea")

    monkeypatch.setattr("qapigen.command.build.compile_root", fail)
    status, _, err = run("schema", "-o", "out")
    assert status == 2
    assert err.startswith("qapigen: internal error: RuntimeError: no idea\n")
    assert "Traceback" not in err
    assert "Traceback" in run("schema", "-o", "out", "-v").err


def test_main_uses_the_command_line(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["qapigen", "--version"])
    monkeypatch.setattr("gc.disable", lambda: None)
    assert main() == 0
    assert capsys.readouterr().out == f"qapigen {__version__}\n"
    monkeypatch.setattr(sys, "argv", ["qapigen", "--what"])
    assert main() == 2
