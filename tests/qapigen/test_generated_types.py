"""Type checkers and generated code: nothing to complain about in it, and all to know from it.

mypy runs once over the packages of all root schemas, and pyright, which takes longer, twice over
half of them each; both run over the programs in ``usage/``, where they must be content with what is
right and find what is wrong.
"""

from __future__ import annotations

import asyncio
import importlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from qapi_runtime.aio import AsyncExecutor
from qapi_runtime.errors import QmpError
from qapi_runtime.server import AsyncCommandTable

from tests.conftest import CompiledPackage, RootSchema
from tests.qapigen.usage import clients, servers, unions
from tests.typecheck import CHECKERS, Checker, Mypy, Pyright

USAGE = Path(__file__).with_name("usage")
_EXPECTED = re.compile(r"# (?:type: ignore\[|deprecated$)")

_both = pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.name)


@pytest.mark.parametrize(
    ("checker", "part"),
    [
        (Mypy(), slice(None)),
        (Pyright(), slice(0, None, 2)),
        (Pyright(), slice(1, None, 2)),
    ],
    ids=["mypy", "pyright-even", "pyright-odd"],
)
def test_packages_of_all_roots(
    checker: Checker,
    part: slice,
    schema_roots: list[RootSchema],
    compile_root_schema: Callable[[RootSchema], CompiledPackage],
    tmp_path: Path,
) -> None:
    folder = tmp_path / "packages"
    count = 0
    for root in schema_roots[part]:
        package = compile_root_schema(root)
        shutil.copytree(
            package.folder,
            folder / package.name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        count += sum(name.endswith(".py") for name in package.files)
    found = checker.run(folder, tmp_path)
    assert [str(finding) for finding in found] == []
    assert checker.checked == count


@_both
def test_programs_that_use_them(
    checker: Checker, project: Path, tmp_path: Path
) -> None:
    """Errors in the lines that say so, and nowhere else."""
    expected = set()
    folder = tmp_path / "programs"
    folder.mkdir()
    for path in sorted(USAGE.glob("*.py")):
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines, start=1):
            alone = line.endswith("# mypy alone") and checker.name != "mypy"
            if _EXPECTED.search(line) and not alone:
                expected.add((path.name, number))
        text = "\n".join(lines).replace("# type: ignore", "# wrong")
        (folder / path.name).write_text(f"{text}\n")
    assert len(expected) > 25
    found = checker.run(
        folder, tmp_path, project, project / "generated", deprecated=True
    )
    texts = {(f.path.name, f.line): str(f) for f in found}
    assert {place: texts[place] for place in texts.keys() - expected} == {}
    assert expected - texts.keys() == set()
    assert checker.checked == len(list(folder.iterdir())) - (checker.name == "pyright")


# What is right for type checkers works, too.


def test_clients() -> None:
    replies: dict[str, Any] = {
        "query-migrate": {"status": "active"},
        "query-migrate-parameters": {},
        "query-migrate-capabilities": [
            {"capability": "xbzrle", "state": True},
            {"capability": "events", "state": False},
        ],
        "query-migrate-cache-size": 1 << 20,
        "x-new": {"b": 2},
    }
    sent: list[tuple[str, Any]] = []

    class Executor:
        def execute(self, command: str, arguments: Any = None, /) -> Any:
            sent.append((command, arguments))
            return replies.get(command, {})

    class Awaited(Executor):
        async def execute(self, command: str, arguments: Any = None, /) -> Any:
            return super().execute(command, arguments)

    client = importlib.import_module("qapi_migration.client").Client(Executor())
    assert clients.results(client) == ["xbzrle"]
    assert sent[-1] == ("x-new", {"a": 1})
    sent.clear()
    clients.settings(client)
    assert sent == [
        ("migrate", {"uri": "tcp:192.0.2.1:4444"}),
        ("migrate", {"uri": "tcp:192.0.2.1:4444", "blk": True}),
        ("migrate-continue", {"state": "pre-switchover"}),
        (
            "migrate-set-capabilities",
            {"capabilities": [{"capability": "xbzrle", "state": True}]},
        ),
        ("migrate-set-parameters", {"max-bandwidth": 1 << 30, "tls-creds": None}),
    ]
    sent.clear()
    executor: AsyncExecutor = Awaited()
    other = importlib.import_module("qapi_migration.aio").Client(executor)
    assert asyncio.run(clients.results_awaited(other)) == 1 << 20
    assert [command for command, _ in sent] == [
        "query-migrate",
        "migrate",
        "query-migrate-cache-size",
    ]


def test_unions() -> None:
    package = importlib.import_module("qapi_migration")
    inet = package.SocketAddressInet(host="a", port="1")
    assert unions.described(inet) == "a:1"
    assert unions.host_of(inet) == "a"
    assert unions.described(package.SocketAddressUnix(path="/x")) == "/x"
    assert unions.host_of(package.SocketAddressUnix(path="/x")) == ""
    assert unions.described(package.SocketAddressVsock(cid="2", port="3")) == "2:3"
    assert unions.described(package.SocketAddressFd(str_="fd")) == "fd"
    pigeon = package.SocketAddressUnknown(type=package.SocketAddressType("pigeon"))
    assert unions.described(pigeon) == "pigeon?"
    assert unions.is_over(package.MigrationStatus("completed"))
    assert not unions.is_over(package.MigrationStatus("teleporting"))
    parameters = package.MigrateSetParameters(max_bandwidth=1)
    assert unions.credentials(parameters) == "absent"
    changed = unions.changed(parameters)
    assert (changed.max_bandwidth, changed.downtime_limit) == (1, 50)
    assert unions.credentials(attrs.evolve(changed, tls_creds=None)) == "null"
    assert unions.credentials(attrs.evolve(changed, tls_creds="tls0")) == "tls0"


def test_servers() -> None:
    events = importlib.import_module("qapi_migration.events")
    table = servers.served()
    on = events.Dispatcher()
    watcher = servers.Watcher(on)
    table.handlers.attach(on.dispatch)
    client = importlib.import_module("qapi_migration.client").Client(table)
    assert client.query_migrate().status == "none"
    client.migrate_incoming(uri="tcp:[::]:4444")
    assert client.query_migrate().status == "setup"
    stamp = {"seconds": 0, "microseconds": 0}
    on.dispatch({"event": "MIGRATION_PASS", "data": {"pass": 2}, "timestamp": stamp})
    watcher.note(on.dispatch({"event": "NEW", "timestamp": stamp}))
    assert watcher.seen == ["setup", "MigrationPassEvent", "NEW", "NEW"]
    with pytest.raises(QmpError, match="migrate_cancel"):
        client.migrate_cancel()

    async def asynchronous() -> int:
        executor = AsyncCommandTable(servers.served())
        vm = importlib.import_module("qapi_migration.aio").Client(executor)
        await vm.migrate_set_cache_size(value=1 << 20)
        size: int = await vm.query_migrate_cache_size()
        return size

    assert asyncio.run(asynchronous()) == 1 << 20
