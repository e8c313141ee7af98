"""A real QEMU for tests: started without a machine, spoken to over its monitor's socket.

The few lines of QMP here are a test's stand-in: the protocol proper is not part of the project yet.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from qapi_runtime.errors import QmpError


class Monitor:
    """An executor over a QMP socket: one command at a time, events dropped."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        self.greeting = json.loads(self._lines.readline())
        self.execute("qmp_capabilities")

    def execute(
        self, command: str, arguments: Mapping[str, object] | None = None
    ) -> Any:
        """The result of *command* as plain data; raises QmpError."""
        request: dict[str, object] = {"execute": command}
        if arguments is not None:
            request["arguments"] = arguments
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            reply = json.loads(self._lines.readline())
            if "return" in reply:
                return reply["return"]
            if "error" in reply:
                raise QmpError(
                    reply["error"]["desc"], error_class=reply["error"]["class"]
                )

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()


@pytest.fixture(scope="module")
def qemu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitor]:
    """The monitor of a real qemu-system-x86_64 7.2."""
    program = shutil.which("qemu-system-x86_64")
    version = ""
    if program is not None:
        version = subprocess.check_output([program, "--version"], text=True)
    if "version 7.2" not in version:
        reason = (
            "needs qemu-system-x86_64 7.2 (Debian 12: apt-get install qemu-system-x86)"
        )
        if os.environ.get("QAPIGEN_REQUIRE_REFERENCE") == "1":
            pytest.fail(reason)
        pytest.skip(reason)  # a user's machine need not have it
    path = tmp_path_factory.mktemp("qemu") / "qmp"
    options = ["-machine", "none", "-nodefaults", "-display", "none", "-S"]
    monitor_at = f"unix:{path},server=on,wait=off"
    process = subprocess.Popen([str(program), *options, "-qmp", monitor_at])
    try:
        monitor = _connected(path, process)
        yield monitor
        monitor.close()
    finally:
        process.kill()
        process.wait()


def _connected(path: Path, process: subprocess.Popen[bytes]) -> Monitor:
    import time

    for _ in range(600):
        if path.exists():
            return Monitor(path)
        assert process.poll() is None, "qemu ended at once"
        time.sleep(0.1)
    raise AssertionError("qemu did not open its monitor within a minute")
