"""Typed event handlers: register them for a class, hand events in.

::

    on = Dispatcher()                 # the one of your package's ``events``

    @on(MigrationEvent)
    def progress(event: MigrationEvent) -> None: ...

    @on(StopEvent, ResumeEvent)       # several at once
    async def changed(event: StopEvent | ResumeEvent) -> None: ...

    @on.unknown                       # what the schema does not have
    def other(event: UnknownEvent) -> None: ...

    on.dispatch(message)              # or: await on.dispatch_async(message)

All handlers of an event run, in the order they were registered, even if some fail;
what they raised comes out together at the end, as one ExceptionGroup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import isawaitable, iscoroutine
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, overload

from .model import Event, UnknownEvent
from .wire import decode_event

if TYPE_CHECKING:
    from qapi_runtime.codec import DecodeOptions

__all__ = ["BaseDispatcher", "Subscription"]

E1 = TypeVar("E1", bound=Event)
E2 = TypeVar("E2", bound=Event)
E3 = TypeVar("E3", bound=Event)
E4 = TypeVar("E4", bound=Event)
E_contra = TypeVar("E_contra", bound=Event, contravariant=True)
R = TypeVar("R")

Handler = Callable[[E1], object]


class Subscription:
    """A registered handler. ``cancel()`` it, or use it as a context manager."""

    __slots__ = ("_cancel", "handler")

    def __init__(self, handler: Handler[Any], cancel: Callable[[], None]) -> None:
        self.handler = handler
        self._cancel = cancel

    def cancel(self) -> None:
        """No more events from now on; harmless if done already."""
        self._cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()


class BaseDispatcher:
    """Base of the generated ``Dispatcher``, which knows its package.

    Handlers may be plain functions or ``async def``; these need
    :meth:`dispatch_async`. Handlers may come and go while an event is dispatched;
    that event still goes to those who were there when it came. They may do so in any
    thread.
    """

    #: The generated package whose events these are.
    package: ClassVar[str]

    def __init__(self, *, options: DecodeOptions | None = None) -> None:
        self._options = options
        self._handlers: tuple[tuple[tuple[type[Event], ...], Handler[Any]], ...] = ()
        #: Held while ``_handlers`` is replaced; reading it needs no lock.
        self._lock = Lock()

    # -- registering

    @overload
    def __call__(self, first: type[E1], /) -> _Registrar[E1]: ...
    @overload
    def __call__(self, first: type[E1], second: type[E2], /) -> _Registrar[E1 | E2]: ...
    @overload
    def __call__(
        self, first: type[E1], second: type[E2], third: type[E3], /
    ) -> _Registrar[E1 | E2 | E3]: ...
    @overload
    def __call__(
        self, first: type[E1], second: type[E2], third: type[E3], fourth: type[E4], /
    ) -> _Registrar[E1 | E2 | E3 | E4]: ...
    @overload
    def __call__(self, *types: type[Event]) -> _Registrar[Any]: ...
    def __call__(self, *types: Any) -> _Registrar[Any]:
        """Decorator: register a handler for these events.

        :raises TypeError: one of them is no class of events, as in ``@on`` without it.
        """
        for type_ in types:
            if not (isinstance(type_, type) and issubclass(type_, Event)):
                raise TypeError(
                    f"{type_!r} is no class of events; write @on(SomeEvent)"
                )
        return _Registrar(self, types)

    def register(self, type_: type[E1], handler: Handler[E1], /) -> Subscription:
        """Register a handler for one class of events; :class:`Event` means all.

        :returns: what ends it again.
        """
        return self._add((type_,), handler)

    def unknown(
        self, handler: Callable[[UnknownEvent], R], /
    ) -> Callable[[UnknownEvent], R]:
        """Decorator: register a handler for events that the schema does not have."""
        self._add((UnknownEvent,), handler)
        return handler

    def any(self, handler: Callable[[Event], R], /) -> Callable[[Event], R]:
        """Decorator: register a handler for every event, known or not."""
        self._add((Event,), handler)
        return handler

    def unregister(self, handler: Handler[Any], /) -> None:
        """End all registrations of a handler; harmless if there is none."""
        with self._lock:
            self._handlers = tuple(e for e in self._handlers if e[1] != handler)

    def _add(
        self, types: tuple[type[Event], ...], handler: Handler[Any]
    ) -> Subscription:
        for type_ in types:
            if not issubclass(type_, Event):
                raise TypeError(f"{type_.__name__} is no event class")
        entry = (types, handler)
        with self._lock:
            self._handlers += (entry,)

        def cancel() -> None:
            with self._lock:
                self._handlers = tuple(e for e in self._handlers if e is not entry)

        return Subscription(handler, cancel)

    # -- dispatching

    def dispatch(self, event: Event | Mapping[str, Any], /) -> Event:
        """Hand an event, typed or as it came, to its handlers.

        :returns: the typed event.
        :raises DecodeError: the message is not what it has to be; nobody got it.
        :raises ExceptionGroup: of what handlers raised, after all of them ran. An
            ``async def`` cannot be run here; that is among these errors, as TypeError.
        """
        typed = self._typed(event)
        errors: list[Exception] = []
        for handler in self._handlers_of(typed):
            try:
                result = handler(typed)
                if isawaitable(result):
                    if iscoroutine(result):
                        result.close()  # a coroutine that never ran would warn
                    raise TypeError(f"{handler!r} is async: use dispatch_async")
            except Exception as error:
                errors.append(error)
        _raise_all(typed, errors)
        return typed

    async def dispatch_async(self, event: Event | Mapping[str, Any], /) -> Event:
        """As :meth:`dispatch`, with handlers of both kinds, one after the other."""
        typed = self._typed(event)
        errors: list[Exception] = []
        for handler in self._handlers_of(typed):
            try:
                result = handler(typed)
                if isawaitable(result):
                    await result
            except Exception as error:
                errors.append(error)
        _raise_all(typed, errors)
        return typed

    def _typed(self, event: Event | Mapping[str, Any]) -> Event:
        if isinstance(event, Event):
            return event
        return decode_event(self.package, event, options=self._options)

    def _handlers_of(self, event: Event) -> Iterator[Handler[Any]]:
        for types, handler in self._handlers:
            if isinstance(event, types):
                yield handler


def _raise_all(event: Event, errors: list[Exception]) -> None:
    if errors:
        name = type(event).__name__
        raise ExceptionGroup(f"{len(errors)} handler(s) of {name} failed", errors)


class _Registrar(Generic[E_contra]):
    """What ``on(SomeEvent)`` returns: the decorator."""

    def __init__(self, on: BaseDispatcher, types: tuple[type[Event], ...]) -> None:
        if not types:
            raise TypeError("name the events, or use .any for all of them")
        self._on = on
        self._types = types

    def __call__(self, handler: Callable[[E_contra], R], /) -> Callable[[E_contra], R]:
        self._on._add(self._types, handler)
        return handler
