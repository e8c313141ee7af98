"""Runs commands: arguments checked and decoded, handler called, result encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from inspect import isawaitable, iscoroutine
from typing import Any

from qapi_runtime.codec import REQUEST
from qapi_runtime.codec.engine import decode
from qapi_runtime.codec.faults import Fault
from qapi_runtime.codec.nodes import AnyNode, Node, ObjectNode, StructNode
from qapi_runtime.commands import Command
from qapi_runtime.errors import QmpError

from .handlers import HandlerGroup
from .replies import argument_error, unknown_command

__all__ = ["AsyncCommandTable", "CommandTable"]


#: The command that every package can answer by itself.
_INTROSPECTION = "query-qmp-schema"


class CommandTable:
    """The commands of a schema, answered by ``handlers``.

    It has what a client needs of an executor, so ``Client(CommandTable(Monitor()))``
    is a client and a server in one process, with everything checked on both sides.
    """

    def __init__(self, handlers: HandlerGroup) -> None:
        self.handlers = handlers
        self.package = _package_of(type(handlers))
        registry = import_module(f"{self.package}._registry")
        self._where: Mapping[str, tuple[str, str, str]] = registry.COMMANDS
        self._commands: dict[str, Command[Any]] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._where

    def __iter__(self) -> Iterator[str]:
        """The names of all commands of the schema, implemented or not."""
        return iter(self._where)

    def __len__(self) -> int:
        return len(self._where)

    def __getitem__(self, name: str) -> Command[Any]:
        """The description of a command.

        :raises KeyError: the schema has no such command.
        """
        command = self._commands.get(name)
        if command is None:
            _, module, constant = self._where[name]
            home = import_module(f"{self.package}.commands.{module}")
            command = self._commands[name] = getattr(home, constant)
        return command

    def implements(self, name: str) -> bool:
        """Whether there is such a command, and a handler for it."""
        if name not in self._where:
            return False
        method = self._where[name][0]
        generated = f"{self.package}.server"
        for cls in type(self.handlers).__mro__:
            if method in vars(cls):
                module = cls.__module__
                return module != generated and not module.startswith(generated + ".")
        return False

    def execute(
        self, name: str, arguments: Mapping[str, object] | None = None, /
    ) -> Any:
        """Run a command: plain data in, plain data (the value of ``return``) out.

        :raises QmpError: what the error reply says: no such command, arguments that do
            not fit the schema (nothing has happened then), or the handler raised it.
        :raises TypeError: the handler is an ``async def``: see :meth:`execute_async`.
        """
        with _Naming(name, arguments):
            encode, result = self._call(name, arguments)
            if isawaitable(result):
                if iscoroutine(result):
                    result.close()  # a coroutine that never ran would warn
                raise TypeError(f"the handler of {name} is async: use execute_async")
            return encode(result)

    async def execute_async(
        self, name: str, arguments: Mapping[str, object] | None = None, /
    ) -> Any:
        """As :meth:`execute`, with handlers of both kinds."""
        with _Naming(name, arguments):
            encode, result = self._call(name, arguments)
            if isawaitable(result):
                result = await result
            return encode(result)

    def as_async(self) -> AsyncCommandTable:
        """This table as an executor for an asyncio client."""
        return AsyncCommandTable(self)

    def _schema(self) -> Any:
        """The answer that the package carries, for servers that have none of their own."""
        return import_module(f"{self.package}.introspection").schema()

    def _call(
        self, name: str, arguments: Mapping[str, object] | None
    ) -> tuple[Callable[[Any], Any], Any]:
        """Call the handler; returns what encodes its result, and the result."""
        if name not in self._where:
            raise unknown_command(name)
        own = self.implements(name)
        if not own and name != _INTROSPECTION:
            raise self.handlers._unhandled(name)
        command = self[name]
        positional, members = _decode_arguments(command, arguments)
        if not own:
            return _as_it_is, self._schema()
        handler = getattr(self.handlers, self._where[name][0])
        return command.encode_result, handler(*positional, **members)


def _as_it_is(result: Any) -> Any:
    return result


class AsyncCommandTable:
    """A command table whose ``execute`` is to be awaited."""

    def __init__(self, table: CommandTable) -> None:
        self.table = table

    async def execute(
        self, name: str, arguments: Mapping[str, object] | None = None, /
    ) -> Any:
        """:meth:`CommandTable.execute_async`"""
        return await self.table.execute_async(name, arguments)


class _Naming:
    """Writes into errors that leave it which command it was."""

    def __init__(self, name: str, arguments: Mapping[str, object] | None) -> None:
        self.name = name
        self.arguments = arguments

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if isinstance(error, QmpError):
            error.command = error.command or self.name
            if error.arguments is None:
                error.arguments = self.arguments


def _decode_arguments(
    command: Command[Any], arguments: Mapping[str, object] | None
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What to call the handler with. Absent arguments are left to its defaults."""
    data: object = {} if arguments is None else arguments
    if isinstance(data, Mapping) and type(data) is not dict:
        data = dict(data)
    if not isinstance(data, dict):
        raise QmpError("QMP input member 'arguments' must be an object")
    node: Node = command.arguments_node()
    try:
        value = decode(node, data, REQUEST)
    except Fault as fault:
        raise argument_error(fault) from None
    if isinstance(node, AnyNode):
        return (value,), {}
    if isinstance(node, ObjectNode) and not isinstance(node, StructNode):
        return (), value
    return (value,), {}


def _package_of(cls: type) -> str:
    """The generated package whose ``server.Commands`` the class derives from."""
    for base in cls.__mro__:
        package = base.__module__.removesuffix(".server")
        if base.__name__ == "Commands" and package != base.__module__:
            return package
    raise TypeError(f"{cls.__qualname__} does not derive from a generated Commands")
