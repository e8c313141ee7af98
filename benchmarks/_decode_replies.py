"""Replies to decode, made up with the members that QEMU 7.2 sends."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["REPLIES"]


def migration(package: str) -> dict[str, Any]:
    """``query-migrate`` while memory is sent, with XBZRLE."""
    ram = {
        "total": 17197105152,
        "postcopy-requests": 0,
        "dirty-sync-count": 3,
        "multifd-bytes": 0,
        "pages-per-second": 28314,
        "page-size": 4096,
        "remaining": 2143289344,
        "mbps": 934.5528,
        "transferred": 11264901734,
        "duplicate": 1263441,
        "dirty-pages-rate": 4121,
        "skipped": 0,
        "normal-bytes": 11250176000,
        "normal": 2746625,
    }
    if "downtime-bytes" in _members(package, "MigrationStats"):
        later = ("downtime-bytes", "postcopy-bytes", "dirty-sync-missed-zero-copy")
        ram |= dict.fromkeys(later, 0) | {"precopy-bytes": 11264901734}
    xbzrle = {
        "bytes": 2148370,
        "cache-size": 67108864,
        "cache-miss-rate": 0.3317,
        "pages": 94412,
        "overflow": 118,
        "cache-miss": 47123,
    }
    if "encoding-rate" in _members(package, "XBZRLECacheStats"):
        xbzrle["encoding-rate"] = 41.7
    return {
        "expected-downtime": 301,
        "status": "active",
        "setup-time": 12,
        "total-time": 96412,
        "ram": ram,
        "xbzrle-cache": xbzrle,
    }


def _members(package: str, type_: str) -> set[str]:
    from qapi_runtime.codec import node_of

    return {member.wire for member in node_of((package, type_)).members}  # type: ignore[attr-defined]


def block_nodes(_package: str) -> list[dict[str, Any]]:
    """``query-named-block-nodes`` of 50 overlays: each two qcow2 nodes on two files."""
    nodes = []
    for i in range(50):
        base, top = f"/images/base-{i}.qcow2", f"/images/vm-{i}.qcow2"
        nodes += [
            _node(f"overlay-{i}", top, _qcow2(top, base)) | {"backing_file": base},
            _node(f"overlay-{i}-file", top, _file(top)),
            _node(f"base-{i}", base, _qcow2(base)) | {"ro": True},
            _node(f"base-{i}-file", base, _file(base)),
        ]
    return nodes


def _node(name: str, file: str, image: dict[str, Any]) -> dict[str, Any]:
    return {
        "iops_rd": 0,
        "detect_zeroes": "off",
        "image": image,
        "iops_wr": 0,
        "ro": False,
        "node-name": name,
        "backing_file_depth": int("backing-image" in image),
        "drv": image["format"],
        "iops": 0,
        "bps_wr": 0,
        "write_threshold": 0,
        "encrypted": False,
        "bps": 0,
        "bps_rd": 0,
        "cache": {"no-flush": False, "direct": False, "writeback": True},
        "file": file,
    }


def _file(file: str) -> dict[str, Any]:
    return {
        "virtual-size": 197120,
        "filename": file,
        "format": "file",
        "actual-size": 200704,
        "dirty-flag": False,
    }


def _qcow2(file: str, backing: str | None = None) -> dict[str, Any]:
    image: dict[str, Any] = {
        "virtual-size": 68719476736,
        "filename": file,
        "cluster-size": 65536,
        "format": "qcow2",
        "actual-size": 200704,
        "format-specific": {
            "type": "qcow2",
            "data": {
                "compat": "1.1",
                "compression-type": "zlib",
                "lazy-refcounts": False,
                "refcount-bits": 16,
                "corrupt": False,
                "extended-l2": False,
            },
        },
        "dirty-flag": False,
    }
    if backing is not None:
        image |= {
            "backing-image": _qcow2(backing),
            "backing-filename-format": "qcow2",
            "full-backing-filename": backing,
            "backing-filename": backing,
        }
    return image


def schema(package: str) -> Any:
    """``query-qmp-schema``: the package carries its own answer."""
    return import_module(f"{package}.introspection").schema()


#: Command -> (type of the result, what makes one).
REPLIES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "query-migrate": ("MigrationInfo", migration),
    "query-named-block-nodes": ("[BlockDeviceInfo]", block_nodes),
    "query-qmp-schema": ("[SchemaInfo]", schema),
}
