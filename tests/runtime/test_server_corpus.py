"""Wrong requests get the very replies that QEMU 7.2 gave.

Of the recorded single exchanges, those that ask a command (protocol and JSON faults are
another room's). Handlers here do nothing, so what QEMU's own handlers refuse is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from qapi_runtime.codec.hash_order import first_unexpected, object_order
from qapi_runtime.errors import QmpError
from qapi_runtime.server import CommandTable

#: What is said before any handler runs.
CHECKED = re.compile(
    r"Invalid parameter type for '|"
    r"Parameter '.*' (is missing|is unexpected|does not accept value '.*)$|"
    r"Parameter '.*' expects u?int(8_t|16_t|32_t|64)$|"
    r"The command .* has not been found$",
    re.DOTALL,
)


class Reached(Exception):  # noqa: N818  # it is no error
    """The arguments were good: the handler was called."""


class Exchange(NamedTuple):
    """A recorded request and the error it was answered with before any handler ran."""

    id: str
    scope: str
    command: str
    arguments: dict[str, Any] | None
    error: dict[str, str] | None


def exchanges(shared: Path) -> Iterator[Exchange]:
    with (shared / "corpus/qmp-7.2.jsonl").open() as lines:
        for line in lines:
            record = json.loads(line)
            if record["setup"] in ("connect", "none") or len(record["replies"]) != 1:
                continue
            if record["tags"][0] in ("lexer", "device"):
                continue  # duplicate keys; a handler that does its own checks
            request = _request(record.get("send", ""))
            if request is not None:
                error = record["replies"][0].get("error")
                if error and not CHECKED.match(error["desc"]):
                    error = None
                yield Exchange(record["id"], record["scope"], *request, error)


def _request(text: str) -> tuple[str, dict[str, Any] | None] | None:
    """Command and arguments, if the request is in order so far."""
    try:
        request = json.loads(text)
    except ValueError:
        return None
    if not isinstance(request, dict) or request.keys() - {"execute", "arguments", "id"}:
        return None
    command, arguments = request.get("execute"), request.get("arguments", {})
    if not isinstance(command, str) or not isinstance(arguments, dict):
        return None
    return command, request.get("arguments")


def table(package: Any) -> CommandTable:
    """A server that implements every command by saying that it was reached."""

    def reached(self: object, *_: object, **__: object) -> None:
        raise Reached

    base = package.module("server").Commands
    methods = [row[0] for row in package.module("_registry").COMMANDS.values()]
    return CommandTable(type("Monitor", (base,), dict.fromkeys(methods, reached))())


def answer(server: CommandTable, exchange: Exchange) -> dict[str, str] | None:
    try:
        server.execute(exchange.command, exchange.arguments)
    except Reached:
        return None
    except QmpError as error:
        return error.to_wire()
    return None


@pytest.fixture(scope="module")
def servers(shared: Path, compiled: Callable[..., Any]) -> dict[str, CommandTable]:
    seed = compiled(shared / "schemas/seed/migration.json", "seed")
    full = compiled(
        shared / "schemas/qemu-7.2.22/qapi/qapi-schema.json", "qemu_7_2_22_qapi"
    )
    return {"seed": table(seed), "full": table(full)}


@pytest.mark.parametrize("scope", ["seed", "seed-diff", "protocol", "full"])
def test_replies_of_qemu(
    shared: Path, servers: dict[str, CommandTable], scope: str
) -> None:
    server = servers["seed" if scope == "seed" else "full"]
    asked = [exchange for exchange in exchanges(shared) if exchange.scope == scope]
    assert len(asked) > 50
    assert any(exchange.error for exchange in asked)
    wrong = {
        exchange.id: (exchange, found)
        for exchange in asked
        if (found := answer(server, exchange)) != exchange.error
    }
    assert not wrong


class TestHashOrder:
    def test_objects(self) -> None:
        # The order that query-version's reply has on the wire.
        assert object_order(["major", "minor", "micro"]) == ["micro", "minor", "major"]
        assert object_order(["data", "event", "timestamp"]) == [
            "timestamp",
            "event",
            "data",
        ]

    def test_all_known(self) -> None:
        assert first_unexpected(["a", "b"], ["b", "a", "c"]) is None

    @pytest.mark.parametrize("count", [1, 7, 8, 9, 20, 100, 1000])
    def test_any_number(self, count: int) -> None:
        names = [f"member-{i}" for i in range(count)]
        assert first_unexpected(names, []) in names
        known = names[: count - 1]
        assert first_unexpected(names, known) == names[-1]
