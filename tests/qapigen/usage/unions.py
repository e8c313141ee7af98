"""A program that takes unions, enumerations and structs apart."""

from __future__ import annotations

from typing import Literal, assert_never, assert_type

import attrs
from qapi_migration import (
    UNSET,
    MigrateSetParameters,
    MigrationStatus,
    SocketAddress,
    SocketAddressFd,
    SocketAddressInet,
    SocketAddressType,
    SocketAddressUnix,
    SocketAddressUnknown,
    SocketAddressVsock,
)

__all__ = ["changed", "credentials", "described", "host_of", "is_over"]


def described(address: SocketAddress) -> str:
    """Every branch has its class; a type checker knows when one is missing."""
    match address:
        case SocketAddressInet(host=host, port=port):
            return f"{host}:{port}"
        case SocketAddressUnix(path=path):
            return path
        case SocketAddressVsock():
            return f"{address.cid}:{address.port}"
        case SocketAddressFd():
            return address.str_
        case SocketAddressUnknown():
            return f"{address.type}?"
        case _:
            assert_never(address)


def host_of(address: SocketAddress) -> str:
    """The tag tells the branches apart, too."""
    if isinstance(address, SocketAddressInet):
        assert_type(address.type, Literal[SocketAddressType.INET])
        return assert_type(address.host, str)
    return ""


def is_over(status: MigrationStatus) -> bool:
    """An enumeration is matched like any other."""
    match status:
        case (
            MigrationStatus.COMPLETED
            | MigrationStatus.FAILED
            | MigrationStatus.CANCELLED
        ):
            return True
        case _:
            return False


def changed(parameters: MigrateSetParameters) -> MigrateSetParameters:
    """attrs knows the classes."""
    return attrs.evolve(parameters, downtime_limit=50, tls_hostname="example.org")


def credentials(parameters: MigrateSetParameters) -> str:
    """Absent and null are two things where the schema says so."""
    if parameters.tls_creds is UNSET:
        return "absent"
    if parameters.tls_creds is None:
        return "null"
    return assert_type(parameters.tls_creds, str)
