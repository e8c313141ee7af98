"""Which of several unexpected members QEMU names: the one its hash tables show first.

Only a server that wants to give the very same texts needs this. A request's object is
a hash table of 512 buckets in QEMU; its checker puts the names, in the order that
table has, into a second one (GLib's), takes out what the schema knows, and names what
comes first of the rest.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["first_unexpected", "object_order"]

_WORD = 0xFFFFFFFF
_BUCKETS = 512
#: GLib: modulus by the binary logarithm of the size (as far as a request can go).
_PRIMES = (1, 2, 3, 7, 13, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191, 16381)
_SMALLEST = 3


def object_order(names: Iterable[str]) -> list[str]:
    """The order in which QEMU walks an object that was received with these members."""
    buckets: dict[int, list[str]] = {}
    for name in names:
        buckets.setdefault(_object_hash(name.encode()) % _BUCKETS, []).insert(0, name)
    return [name for _, bucket in sorted(buckets.items()) for name in bucket]


def _object_hash(name: bytes) -> int:
    value = 0x238F13AF * len(name)
    for index, byte in enumerate(name):
        value += byte << index * 5 % 24
    return (1103515243 * value + 12345) & _WORD


def first_unexpected(received: Iterable[str], known: Iterable[str]) -> str | None:
    """Of the members received, the one to name as unexpected; None if all are known.

    :param received: all of them, as they came.
    :param known: those the schema has, in its order.
    """
    table = _Table()
    for name in object_order(received):
        table.insert(name)
    for name in known:
        table.remove(name)
    return next((slot for slot in table.slots if slot), None)


def _string_hash(name: str) -> int:
    value = 5381
    for byte in name.encode():
        value = value * 33 + (byte - 256 if byte > 127 else byte)
    return max(value & _WORD, 2)


class _Table:
    """GLib's hash table of strings: open addressing, a removed name leaves ``""``."""

    def __init__(self) -> None:
        self._reset(_SMALLEST)
        self._count = 0

    def _reset(self, shift: int) -> None:
        self._shift = min(max(shift, _SMALLEST), len(_PRIMES) - 1)
        self.slots: list[str | None] = [None] * (1 << self._shift)
        self._occupied = 0

    def _find(self, name: str) -> int:
        """The slot that has the name, or where it would go."""
        index = (_string_hash(name) * 11 & _WORD) % _PRIMES[self._shift]
        step = 0
        while self.slots[index] is not None and self.slots[index] != name:
            step += 1
            index = index + step & len(self.slots) - 1
        return index

    def insert(self, name: str) -> None:
        self._put(name)
        self._count += 1
        self._resize()

    def _put(self, name: str) -> None:
        self.slots[self._find(name)] = name
        self._occupied += 1

    def remove(self, name: str) -> None:
        index = self._find(name)
        if self.slots[index] is not None:
            self.slots[index] = ""
            self._count -= 1
            self._resize()

    def _resize(self) -> None:
        size = len(self.slots)
        too_large = size > self._count * 4 and size > 1 << _SMALLEST
        too_small = size <= self._occupied + self._occupied // 16
        if too_large or too_small:
            names = [slot for slot in self.slots if slot]
            self._reset(int(self._count * 1.333).bit_length())
            for name in names:
                self._put(name)
