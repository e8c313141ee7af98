"""What a command is: its name, its arguments, its result, its flags.

One description serves the synchronous client, the asyncio client and the server.
Making one is cheap: a complete schema has hundreds, and they are all made when a
client is imported. Types are looked up and code is compiled when a command is first
used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from qapi_runtime.types import UNSET, Metadata, qapi

if TYPE_CHECKING:
    from qapi_runtime.codec import DecodeOptions
    from qapi_runtime.codec.nodes import Node

__all__ = ["Command", "qapi"]

R_co = TypeVar("R_co", covariant=True)

_NO_MEMBERS: Mapping[str, Metadata] = {}


class Command(Generic[R_co]):
    """A command of a schema; the type parameter is what it returns.

    ``members`` describes the arguments by Python name; a command that is ``boxed``
    takes one object of the type of that name instead, and one with ``gen=False`` any
    object. ``returns`` is the QAPI type of the result, None if there is none.

    The flags are the schema's: ``success_response`` (False: nothing is answered but
    errors), ``allow_oob``, ``allow_preconfig``, ``coroutine``.
    """

    __slots__ = (
        "_arguments",
        "_package",
        "_result",
        "allow_oob",
        "allow_preconfig",
        "boxed",
        "condition",
        "coroutine",
        "features",
        "gen",
        "members",
        "name",
        "returns",
        "since",
        "success_response",
    )

    def __init__(
        self,
        module: str,
        name: str,
        members: Mapping[str, Metadata] = _NO_MEMBERS,
        *,
        boxed: str | None = None,
        returns: str | None = None,
        gen: bool = True,
        success_response: bool = True,
        allow_oob: bool = False,
        allow_preconfig: bool = False,
        coroutine: bool = False,
        since: str | None = None,
        features: tuple[str, ...] = (),
        condition: str | None = None,
    ) -> None:
        self._package = module
        self._arguments: Node | None = None
        self._result: Node | None = None
        self.name = name
        self.members = members
        self.boxed = boxed
        self.returns = returns
        self.gen = gen
        self.success_response = success_response
        self.allow_oob = allow_oob
        self.allow_preconfig = allow_preconfig
        self.coroutine = coroutine
        self.since = since
        self.features = features
        self.condition = condition

    def __repr__(self) -> str:
        return f"<Command {self.name}>"

    @property
    def package(self) -> str:
        """The generated package that has this command."""
        return self._package.rpartition(".")[0].rpartition(".")[0]

    # -- nodes

    def arguments_node(self) -> Node:
        """The type of the arguments, for the codec."""
        if self._arguments is None:
            from qapi_runtime.codec.registry import package

            home = package(self.package)
            if not self.gen and (self.members or self.boxed is not None):
                self._arguments = home.node("any")
            elif self.boxed is not None:
                self._arguments = home.node(self.boxed)
            else:
                self._arguments = home.arguments(self.name, self.members)
        return self._arguments

    def result_node(self) -> Node | None:
        """The type of the result, for the codec; None if there is none."""
        if self._result is None and self.returns is not None:
            from qapi_runtime.codec.registry import package

            self._result = package(self.package).node(self.returns)
        return self._result

    # -- the client's half

    def encode_arguments(
        self, arguments: object, members: Mapping[str, object]
    ) -> dict[str, Any] | None:
        """The arguments as wire data; None if there are none.

        :param arguments: the one object of a command that is boxed or has
            ``gen=False``, else UNSET.
        :param members: the arguments of any other command by Python name; None or
            UNSET, whichever the type does not have, stands for absent.
        :raises EncodeError: they do not fit the schema.
        """
        from qapi_runtime.codec import encode_node
        from qapi_runtime.errors import EncodeError

        if arguments is UNSET:
            if not members:
                return None
            arguments = members
        elif not self.gen and not isinstance(arguments, Mapping):
            problem = f"expected a mapping, got a Python {type(arguments).__name__}"
            raise EncodeError("arguments", problem)
        wire = encode_node(self.arguments_node(), arguments, path="arguments")
        return wire or None

    def decode_result(
        self, reply: object, options: DecodeOptions | None = None
    ) -> R_co:
        """What the command returned, typed.

        :param reply: the value of ``return``. A command without a result returns
            None, whatever that says.
        :raises DecodeError: it does not fit the schema.
        """
        from qapi_runtime.codec import DEFAULT, decode_node

        node = self.result_node()
        result: Any = None
        if node is not None:
            result = decode_node(node, reply, options or DEFAULT, "return")
        return result  # type: ignore[no-any-return]  # the type is that of the node

    # -- the server's half: qapi_runtime.server decodes arguments, for its own texts

    def encode_result(self, result: object) -> Any:
        """The result of a handler as the value of ``return``.

        :raises EncodeError: the handler returned what the schema does not allow.
        """
        from qapi_runtime.codec import encode_node
        from qapi_runtime.codec.nodes import BUILTINS
        from qapi_runtime.errors import EncodeError

        node = self.result_node()
        if node is None:
            if result is not None:
                kind = type(result).__name__
                raise EncodeError("return", f"{self.name} has no result, got a {kind}")
            return {}
        # What has gen=False may answer with plain data that it got from elsewhere.
        return encode_node(node if self.gen else BUILTINS["any"], result, path="return")
