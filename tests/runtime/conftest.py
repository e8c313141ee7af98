"""The package that the runtime's tests use, made from ``sample.json`` here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qapi_runtime.codec import (
    DEFAULT,
    DecodeOptions,
    decode_json,
    engine,
    from_wire,
    node_of,
    to_wire,
)
from qapi_runtime.codec.nodes import Node

from .helpers import use_mirrors

Decode = Callable[..., Any]


@pytest.fixture(scope="session")
def sample(compiled: Any) -> Any:
    """The package; its names are those of ``sample.json``."""
    return compiled(Path(__file__).with_name("sample.json"), "sample").module()


@pytest.fixture(scope="session")
def node(sample: Any) -> Callable[[str], Node]:
    """``node("[Shape]")``: the node of a type of the sample package."""
    return lambda type_: node_of((sample, type_))


@pytest.fixture(params=["fast", "careful", "text"])
def decode(request: pytest.FixtureRequest, sample: Any) -> Decode:
    """``decode("Shape", data)`` by each way there is.

    With compiled code, with the careful walker, and as JSON text by way of mirrors.
    """
    if request.param == "text":
        pytest.importorskip("msgspec", reason="without msgspec there are no mirrors")

    def fast(type_: str, data: Any, options: DecodeOptions = DEFAULT) -> Any:
        return from_wire((sample, type_), data, options=options)

    def careful(type_: str, data: Any, options: DecodeOptions = DEFAULT) -> Any:
        return engine.decode_carefully(node_of((sample, type_)), data, options)

    def text(type_: str, data: Any, options: DecodeOptions = DEFAULT) -> Any:
        try:
            written = json.dumps(data)
        except (ValueError, RecursionError):  # too deep, or integers too long, for json
            return fast(type_, data, options)
        use_mirrors(node_of((sample, type_)), options)
        return decode_json((sample, type_), written, options=options)

    ways: dict[str, Decode] = {"fast": fast, "careful": careful, "text": text}
    return ways[request.param]


@pytest.fixture(params=["fast", "careful"])
def encode(request: pytest.FixtureRequest, sample: Any) -> Callable[..., Any]:
    """``encode("Shape", value)`` with compiled code, and again with the careful walker."""

    def fast(type_: str, value: Any) -> Any:
        return to_wire(value, (sample, type_))

    def careful(type_: str, value: Any) -> Any:
        return engine.encode_carefully(node_of((sample, type_)), value)

    return fast if request.param == "fast" else careful
