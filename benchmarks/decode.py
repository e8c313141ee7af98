"""How fast replies become typed objects: ours against msgspec, pydantic and cattrs.

Three replies: ``query-migrate`` of a migration under way, ``query-named-block-nodes``
of 200 nodes, ``query-qmp-schema`` of the schema itself. They are made here, from the
package that is measured, with the members that QEMU 7.2 sends; ``--reply NAME=FILE``
takes a recorded one instead.

Ours comes three times: as it is with msgspec installed; with msgspec's parser, but by
way of plain data; and the same with Python's own parser, as it is without msgspec.

All contestants decode the same bytes in turns, many times, and medians are compared:
whatever disturbs the machine disturbs all of them. Nothing is asserted.

    QEMU_SRC=... python benchmarks/decode.py
    python benchmarks/decode.py --package-root generated --package qapi_migration
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "runtime")]

from _decode_models import (  # noqa: E402  # the path is set above
    cattrs_decoder,
    msgspec_decoder,
    pydantic_decoder,
)
from _decode_replies import REPLIES  # noqa: E402
from _packages import add_options, chosen_package  # noqa: E402
from qapi_runtime.codec import decode_json, from_wire, json_text, node_of  # noqa: E402
from qapi_runtime.codec.nodes import Node  # noqa: E402

Decoder = Callable[[bytes], Any]

OURS = "qapi_runtime, msgspec"
STDLIB = "qapi_runtime, json"
PARSED = "qapi_runtime, parsed"


def _ours(package: str, type_: str) -> Decoder:
    ref = (package, type_)
    return lambda text: decode_json(ref, text)


def _general(package: str, type_: str, library: json_text.Library) -> Decoder:
    """Plain data first, then typed values; as with data that a client parsed before."""
    ref = (package, type_)
    return lambda text: from_wire(ref, library.load(text))


def contestants(package: str, type_: str) -> dict[str, Decoder]:
    """Decoders by name; those whose library is missing are left out."""
    node = node_of((package, type_))
    found: dict[str, Decoder] = {}
    if json_text.library().name == "msgspec":
        found[OURS] = _ours(package, type_)
        found[PARSED] = _general(package, type_, json_text.fast())
    found[STDLIB] = _general(package, type_, json_text.stdlib())
    others: dict[str, Callable[[Node], Decoder]] = {
        "msgspec.Struct": msgspec_decoder,
        "pydantic v2": pydantic_decoder,
        "cattrs, orjson": cattrs_decoder,
    }
    for name, make in others.items():
        try:
            found[name] = make(node)
        except ImportError as error:
            print(f"  ({name}: {error})")
    return found


def measure(
    decoders: dict[str, Decoder], text: bytes, seconds: float
) -> dict[str, float]:
    """Median time of one decoding, in seconds, by name."""
    samples: dict[str, list[float]] = {name: [] for name in decoders}
    calls = {name: _calls_for(decode, text) for name, decode in decoders.items()}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, decode in decoders.items():
            gc.collect()
            start = time.perf_counter()
            for _ in range(calls[name]):
                decode(text)
            samples[name].append((time.perf_counter() - start) / calls[name])
    return {name: median(values) for name, values in samples.items()}


def _calls_for(decode: Decoder, text: bytes) -> int:
    """Calls that take some 5 ms together, so that the clock does not matter."""
    for _ in range(5):
        decode(text)  # compile what is compiled lazily
    start = time.perf_counter()
    decode(text)
    return max(1, round(0.005 / (time.perf_counter() - start)))


def report(name: str, text: bytes, times: dict[str, float]) -> None:
    """Print the times of one reply, and their ratios to ours and to msgspec's."""
    ours = times.get(OURS, times[STDLIB])
    print(f"\n{name}: {len(text)} bytes")
    print(f"  {'':24}{'time':>12}{'to ours':>10}{'to msgspec':>12}")
    for contestant, seconds in times.items():
        line = f"  {contestant:24}{seconds * 1e6:9.1f} us{seconds / ours:9.2f}x"
        if "msgspec.Struct" in times:
            line += f"{seconds / times['msgspec.Struct']:11.2f}x"
        print(line)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_options(parser)
    parser.add_argument("--seconds", type=float, default=3.0, help="per reply")
    parser.add_argument("--reply", action="append", default=[], metavar="NAME=FILE")
    return parser.parse_args()


def main() -> None:
    """Measure all replies that the package has a type for."""
    args = arguments()
    with chosen_package(args) as (_, package):
        print(f"package {package}, Python {sys.version.split()[0]}")
        recorded = dict(item.split("=", 1) for item in args.reply)
        for name in REPLIES:
            measure_reply(name, package, recorded.get(name), args.seconds)


def measure_reply(name: str, package: str, file: str | None, seconds: float) -> None:
    """Measure one reply, made here or read from the file."""
    type_, make = REPLIES[name]
    if type_.strip("[]") not in import_module(f"{package}._registry").TYPES:
        print(f"\n{name}: the package has no {type_.strip('[]')}")
        return
    data = make(package) if file is None else json.loads(Path(file).read_text())
    if isinstance(data, dict) and "return" in data:
        data = data["return"]
    text = json.dumps(data).encode()
    report(name, text, measure(contestants(package, type_), text, seconds))


if __name__ == "__main__":
    main()
