"""The synchronous client: generated methods over anything that can ``execute``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from qapi_runtime.types import UNSET

if TYPE_CHECKING:
    from qapi_runtime.codec import DecodeOptions
    from qapi_runtime.commands import Command

__all__ = ["CommandGroup", "Executor"]

R = TypeVar("R")


class Executor(Protocol):
    """What a client needs: something that sends a command and waits for its reply."""

    def execute(
        self, command: str, arguments: Mapping[str, object] | None = None, /
    ) -> Any:
        """Run a command, return the value of ``return`` as plain data.

        :raises QmpError: or an error of its own, if the reply is an error.
        """
        ...


class CommandGroup:
    """Base of the generated ``Client`` and of the groups of commands it consists of.

    :param executor: what sends the commands.
    :param options: what to do with results that are newer than the schema.
    """

    def __init__(
        self, executor: Executor, *, options: DecodeOptions | None = None
    ) -> None:
        self._executor = executor
        self._options = options

    def execute(
        self, command: str, arguments: Mapping[str, object] | None = None, /
    ) -> Any:
        """Run a command by name, untyped: for what this schema does not have."""
        return self._executor.execute(command, arguments)

    def _run(
        self, command: Command[R], arguments: object = UNSET, /, **members: object
    ) -> R:
        """Run a command of the schema. Nothing is sent if the arguments do not fit it."""
        wire = command.encode_arguments(arguments, members)
        reply = self._executor.execute(command.name, wire)
        if hasattr(reply, "__await__"):
            if hasattr(reply, "close"):
                reply.close()  # a coroutine that never ran would warn
            raise TypeError("this executor is asynchronous: use the Client of aio")
        return command.decode_result(reply, self._options)
