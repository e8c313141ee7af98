"""Everything that can go wrong at run time, and who broke the rule.

::

    QapiError
    ├── CodecError          a value and its QAPI type do not agree; .path names the culprit
    │   ├── EncodeError     local: *we* were about to send it (nothing was sent)
    │   └── DecodeError     remote: the *other side* sent it
    └── QmpError            the other side answered with an error reply
                            (a server's handler raises it to answer with one)

``CommandError`` is a second name of :class:`QmpError`, the one that reads better
in a client's ``except``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = [
    "CodecError",
    "CommandError",
    "DecodeError",
    "EncodeError",
    "QapiError",
    "QmpError",
]


class QapiError(Exception):
    """Base of all errors that this package raises on purpose."""


class CodecError(QapiError):
    """A value does not fit its QAPI type.

    ``path`` is where it sits, in the words of the wire, like
    ``arguments.capabilities[2].state``; empty for the value itself.
    ``problem`` says what is wrong with it.
    """

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(path, problem)
        self.path = path
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem


class EncodeError(CodecError):
    """A value of ours cannot be sent: wrong type, out of range, unknown enum value."""


class DecodeError(CodecError):
    """What the other side sent does not fit the schema, or is not JSON at all."""


class QmpError(QapiError):
    """An error reply.

    A client gets it raised when a command fails; a server's handler raises it to
    make its command fail: ``raise QmpError("no such device", "DeviceNotFound")``.

    ``desc`` is the text for people, ``error_class`` the class of the reply
    (``GenericError`` unless there is a reason for another). ``command``,
    ``arguments`` (wire form) and ``reply`` (the whole reply as it came) are filled
    in where they are known.
    """

    def __init__(
        self,
        desc: str,
        error_class: str = "GenericError",
        *,
        command: str | None = None,
        arguments: Mapping[str, Any] | None = None,
        reply: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(desc, error_class)
        self.desc = desc
        self.error_class = error_class
        self.command = command
        self.arguments = arguments
        self.reply = reply

    def __str__(self) -> str:
        text = f"{self.command}: {self.desc}" if self.command else self.desc
        if self.error_class != "GenericError":
            text += f" [{self.error_class}]"
        return text

    @classmethod
    def from_reply(
        cls,
        reply: Mapping[str, Any],
        *,
        command: str | None = None,
        arguments: Mapping[str, Any] | None = None,
    ) -> QmpError:
        """The error in a reply ``{"error": {"class": ..., "desc": ...}, ...}``.

        A reply without a usable class or description still gives an error: what is
        missing is replaced, and ``.reply`` shows what really came.
        """
        error = reply.get("error")
        found = error if isinstance(error, Mapping) else {}
        desc, error_class = found.get("desc"), found.get("class")
        return cls(
            desc if isinstance(desc, str) else "error reply without a description",
            error_class if isinstance(error_class, str) else "GenericError",
            command=command,
            arguments=arguments,
            reply=reply,
        )

    def to_wire(self) -> dict[str, str]:
        """The value of ``error`` in an error reply."""
        return {"class": self.error_class, "desc": self.desc}


#: What a client calls an error reply.
CommandError = QmpError
