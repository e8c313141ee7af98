"""Events: to typed objects and back, and to their handlers."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import typing
import warnings
from collections import UserDict
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from threading import Thread
from types import ModuleType
from typing import Any

import attrs
import pytest
from qapi_runtime.codec import DecodeOptions, decode_json, from_wire
from qapi_runtime.errors import DecodeError, EncodeError
from qapi_runtime.events import (
    BaseDispatcher,
    Event,
    Timestamp,
    UnknownEvent,
    decode_event,
    encode_event,
)
from qapi_runtime.types import unknown_members

STAMP = {"seconds": 1700000000, "microseconds": 250000}
THEN = Timestamp(1700000000, 250000)
PAINTED = {
    "timestamp": STAMP,
    "event": "PAINTED",
    "data": {"colour": "red", "coats": 2},
}
STOPPED = {"timestamp": STAMP, "event": "STOPPED"}
UNKNOWN = {"timestamp": STAMP, "event": "EXPLODED", "data": {"how": "loudly"}}
DEVICE = {
    "timestamp": STAMP,
    "event": "DEVICE_ADDED",
    "data": {"device": "leaf", "id": "i", "leaf-name": "x"},
}


@pytest.fixture
def events(sample: Any) -> ModuleType:
    return import_module("sample.events")


class TestWire:
    def test_decode(self, events: Any, sample: Any) -> None:
        painted = decode_event("sample", PAINTED)
        assert painted == events.PaintedEvent(
            timestamp=THEN, colour=sample.Colour.RED, coats=2
        )
        assert decode_event("sample", STOPPED) == events.StoppedEvent(timestamp=THEN)
        assert decode_event("sample", DEVICE) == events.DeviceAddedEvent(
            timestamp=THEN, data=sample.DeviceLeaf(id="i", leaf_name="x")
        )

    def test_unknown(self) -> None:
        assert decode_event("sample", UNKNOWN) == UnknownEvent(
            name="EXPLODED", timestamp=THEN, data={"how": "loudly"}
        )

    def test_newer_than_the_schema(self) -> None:
        wire = PAINTED | {"data": {"colour": "mauve", "new": 1}}
        keep = DecodeOptions(unknown_members="keep")
        event: Any = decode_event("sample", wire, options=keep)
        assert not event.colour.known
        assert unknown_members(event) == {"new": 1}

    @pytest.mark.parametrize("wire", [PAINTED, STOPPED, UNKNOWN, DEVICE])
    def test_round_trip(self, sample: Any, wire: Any) -> None:
        assert encode_event(decode_event("sample", wire)) == wire
        assert [*encode_event(decode_event("sample", wire))] == [*wire]

    @pytest.mark.parametrize(
        ("wire", "path"),
        [
            ([], ""),
            ({}, "event"),
            (PAINTED | {"event": 1}, "event"),
            (PAINTED | {"timestamp": None}, "timestamp"),
            (PAINTED | {"timestamp": {"seconds": 1}}, "timestamp.microseconds"),
            (PAINTED | {"timestamp": STAMP | {"seconds": 1.5}}, "timestamp.seconds"),
            (PAINTED | {"data": []}, "PAINTED.data"),
            (PAINTED | {"data": {}}, "PAINTED.data.colour"),
            (PAINTED | {"data": {"colour": 1}}, "PAINTED.data.colour"),
            (UNKNOWN | {"data": None}, "EXPLODED.data"),
            (
                DEVICE | {"data": {"device": "leaf", "id": ""}},
                "DEVICE_ADDED.data.leaf-name",
            ),
        ],
    )
    def test_wrong(self, sample: Any, wire: Any, path: str) -> None:
        with pytest.raises(DecodeError) as caught:
            decode_event("sample", wire)
        assert caught.value.path == path

    def test_what_does_not_fit_is_not_sent(self, events: Any) -> None:
        with pytest.raises(EncodeError) as caught:
            encode_event(events.PaintedEvent(colour="red", coats=256))
        assert caught.value.path == "PAINTED.data.coats"

    @pytest.mark.parametrize("texts", [0, 5])
    def test_data_alone_is_stamped_now(self, events: Any, texts: int) -> None:
        """Without a message there is no time in it; after some texts mirrors decode."""
        before = Timestamp.now()
        data = PAINTED["data"]
        painted = from_wire(events.PaintedEvent, data)
        for _ in range(texts):
            painted = decode_json(events.PaintedEvent, json.dumps(data))
        assert before <= painted.timestamp <= Timestamp.now()
        assert "coats=2" in repr(painted)

    def test_data_alone_that_is_newer(self, events: Any) -> None:
        data = {"colour": "red", "coats": 2, "new": True}
        keep = DecodeOptions(unknown_members="keep")
        painted = from_wire(events.PaintedEvent, data, options=keep)
        assert painted.timestamp <= Timestamp.now()


class TestTimestamp:
    def test_now(self, events: Any) -> None:
        before = Timestamp.now()
        event = events.StoppedEvent()
        assert before <= event.timestamp <= Timestamp.now()
        assert abs(float(before) - datetime.now(UTC).timestamp()) < 10

    def test_datetime(self) -> None:
        assert THEN.datetime == datetime(2023, 11, 14, 22, 13, 20, 250000, UTC)
        assert float(THEN) == 1700000000.25

    def test_no_clock(self) -> None:
        assert THEN.known
        assert not Timestamp(-1, -1).known


class TestClasses:
    def test_are_attrs_classes(self, events: Any) -> None:
        event = events.PaintedEvent(timestamp=THEN, colour="red")
        assert attrs.evolve(event, coats=3).coats == 3
        assert repr(event) == f"PaintedEvent(timestamp={THEN!r}, colour='red')"

    def test_the_union_of_all(self, events: Any) -> None:
        assert typing.get_args(events.AnyEvent) == (
            events.StoppedEvent,
            events.PaintedEvent,
            events.DeviceAddedEvent,
            UnknownEvent,
        )
        with pytest.raises(AttributeError, match="NoEvent"):
            events.NoEvent  # noqa: B018  # looking is the test


class TestDispatcher:
    @pytest.fixture
    def on(self, events: Any) -> BaseDispatcher:
        dispatcher: BaseDispatcher = events.Dispatcher()
        return dispatcher

    def test_handlers_get_typed_events(self, on: BaseDispatcher, events: Any) -> None:
        got: list[Any] = []

        @on(events.PaintedEvent)
        def painted(event: Any) -> None:
            got.append(("painted", event))

        @on(events.StoppedEvent, events.PaintedEvent)
        def both(event: Any) -> None:
            got.append(("both", event))

        @on.unknown
        def unknown(event: Any) -> None:
            got.append(("unknown", event))

        @on.any
        def every(event: Any) -> None:
            got.append(("any", event))

        for wire in (PAINTED, STOPPED, UNKNOWN):
            on.dispatch(wire)
        p, s, u = (decode_event("sample", wire) for wire in (PAINTED, STOPPED, UNKNOWN))
        assert got == [
            ("painted", p),
            ("both", p),
            ("any", p),
            ("both", s),
            ("any", s),
            ("unknown", u),
            ("any", u),
        ]
        assert painted.__name__ == "painted"

    def test_typed_events_go_through(self, on: BaseDispatcher, events: Any) -> None:
        got: list[Any] = []
        on.register(Event, got.append)
        event = events.StoppedEvent()
        assert on.dispatch(event) is event
        assert got == [event]

    def test_registering_ends(self, on: BaseDispatcher, events: Any) -> None:
        got: list[Any] = []
        first = on.register(events.StoppedEvent, got.append)
        on.register(events.StoppedEvent, got.append)
        first.cancel()
        first.cancel()
        on.dispatch(STOPPED)
        assert len(got) == 1
        on.unregister(got.append)
        on.unregister(got.append)
        on.dispatch(STOPPED)
        assert len(got) == 1
        with on.register(events.StoppedEvent, got.append) as subscription:
            assert subscription.handler == got.append
            on.dispatch(STOPPED)
        on.dispatch(STOPPED)
        assert len(got) == 2

    def test_handlers_come_and_go_while_dispatching(
        self, on: BaseDispatcher, events: Any
    ) -> None:
        got: list[str] = []

        def once(event: Any) -> None:
            got.append("once")
            on.unregister(once)
            on.register(events.StoppedEvent, lambda e: got.append("late"))

        on.register(events.StoppedEvent, once)
        on.register(events.StoppedEvent, lambda e: got.append("other"))
        on.dispatch(STOPPED)
        assert got == ["once", "other"]
        on.dispatch(STOPPED)
        assert got == ["once", "other", "other", "late"]

    def test_failures_do_not_stop_the_others(
        self, on: BaseDispatcher, events: Any
    ) -> None:
        got: list[Any] = []

        @on(events.StoppedEvent)
        def bad(event: Any) -> None:
            raise ZeroDivisionError

        @on(events.StoppedEvent)
        def worse(event: Any) -> None:
            raise KeyError("x")

        on.register(events.StoppedEvent, got.append)
        with pytest.raises(
            ExceptionGroup, match=r"2 handler\(s\) of StoppedEvent failed"
        ) as caught:
            on.dispatch(STOPPED)
        assert [type(e) for e in caught.value.exceptions] == [
            ZeroDivisionError,
            KeyError,
        ]
        assert len(got) == 1
        with pytest.raises(ExceptionGroup):
            asyncio.run(on.dispatch_async(STOPPED))
        assert len(got) == 2

    def test_async_handlers(self, on: BaseDispatcher, events: Any) -> None:
        got: list[Any] = []

        @on(events.StoppedEvent)
        async def later(event: Any) -> None:
            await asyncio.sleep(0)
            got.append("later")

        on.register(events.StoppedEvent, lambda event: got.append("plain"))
        asyncio.run(on.dispatch_async(STOPPED))
        assert got == ["later", "plain"]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(ExceptionGroup) as caught:
                on.dispatch(STOPPED)
            gc.collect()
        assert "use dispatch_async" in str(caught.value.exceptions[0])
        assert got == ["later", "plain", "plain"]

    def test_bad_messages(self, on: BaseDispatcher) -> None:
        got: list[Any] = []
        on.any(got.append)
        with pytest.raises(DecodeError):
            on.dispatch(PAINTED | {"data": {}})
        assert got == []

    def test_any_thread_may_register(self, on: BaseDispatcher, events: Any) -> None:
        stay = 50

        def come_and_go(kept: list[Any]) -> None:
            for _ in range(stay):
                on.register(events.StoppedEvent, kept.append)
                on.register(events.StoppedEvent, kept.append).cancel()

        assert all(got == stay for got in _in_threads(come_and_go, on, STOPPED))

    def test_only_events(self, on: BaseDispatcher, sample: Any) -> None:
        with pytest.raises(TypeError, match="Leaf is no event class"):
            on.register(sample.Leaf, print)
        with pytest.raises(TypeError, match="name the events"):
            on()


class TestEmission:
    def test_emit(self, sample: Any, events: Any) -> None:
        class Monitor(import_module("sample.server").Commands):  # type: ignore[misc]  # as above
            def __init__(self) -> None:
                """Does not call its base's, as people forget to."""

        first: list[Any] = []
        second: list[Any] = []
        monitor, other = Monitor(), Monitor()
        detach = monitor.attach(first.append)
        monitor.attach(second.append)
        monitor.emit(events.PaintedEvent(timestamp=THEN, colour="red", coats=2))
        detach()
        detach()
        monitor.emit(events.StoppedEvent(timestamp=THEN))
        other.emit(events.StoppedEvent())
        assert first == [PAINTED]
        assert second == [PAINTED, STOPPED]

    def test_what_does_not_fit_reaches_nobody(self, sample: Any, events: Any) -> None:
        got: list[Any] = []
        monitor = import_module("sample.server").Commands()
        monitor.attach(got.append)
        with pytest.raises(EncodeError):
            monitor.emit(events.PaintedEvent(colour="mauve"))
        assert got == []

    def test_straight_to_a_dispatcher(self, sample: Any, events: Any) -> None:
        got: list[Any] = []
        on = events.Dispatcher()
        on.register(events.StoppedEvent, got.append)
        monitor = import_module("sample.server").Commands()
        monitor.attach(on.dispatch)
        event = events.StoppedEvent()
        monitor.emit(event)
        assert got == [event]


def _in_threads(
    work: Callable[[list[Any]], None], on: BaseDispatcher, message: Any
) -> list[int]:
    """Have some threads register handlers at once; how many of each get *message*."""
    kept: list[list[Any]] = [[] for _ in range(8)]
    threads = [Thread(target=work, args=(each,)) for each in kept]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    on.dispatch(message)
    return [len(each) for each in kept]


def test_a_message_may_be_any_mapping(sample: Any) -> None:
    """As that of ``qemu.qmp``, which is no dict."""
    wire = {"event": "NOBODY_KNOWS", "timestamp": {"seconds": 1, "microseconds": 2}}
    event = decode_event(sample.__name__, UserDict(wire))
    assert event == decode_event(sample.__name__, wire)
