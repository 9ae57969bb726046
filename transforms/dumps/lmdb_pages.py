"""LMDB's file format, version 1, read-only: every page, node and length is checked before it is believed.

The library maps the file and follows its numbers as they are, so a damaged one can end the process.
A file has pages of one size. Pages 0 and 1 say where the tree of keys begins (the later transaction counts); branch
pages lead to leaf pages, whose nodes hold keys with their values, or say on which overflow pages a large value lies.
(OpenLDAP's mdb.c: MDB_page, MDB_node, MDB_db, MDB_meta)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MAGIC, VERSION = 0xBEEFC0DE, 1
PAGE = struct.Struct("<QHHHH")  # page number, unused, flags, end of the node pointers, begin of the nodes
NODE = struct.Struct("<HHHH")  # low and high half of a size (or of a page number), flags, bytes of the key
META = struct.Struct("<IIQQ")  # magic, version, address, bytes of the map
TREE = struct.Struct("<IHHQQQQQ")  # (page size), flags, depth, pages of three kinds, keys, root page
BRANCH, LEAF, OVERFLOW, META_PAGE = 0x01, 0x02, 0x04, 0x08
LARGE = 0x01  # of a node: its value lies on overflow pages; any other flag is not of a plain tree
EMPTY = 2**64 - 1  # as root page: the tree has no key


class LmdbError(ValueError):
    """A file that is no LMDB, a damaged one, or one of a kind that is not read here."""


@dataclass(frozen=True, slots=True)
class Value:
    """Where a value lies in the file."""

    key: bytes
    start: int
    size: int


def read_values(path: Path) -> Iterator[Value]:
    """Yields every key with the place of its value, in the order of the keys. Raises LmdbError, OSError."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        page_size, root = _root(file, size)
        if root == EMPTY:
            return
        yield from _Tree(file, page_size, size // page_size).walk(root)


def _root(file: IO[bytes], size: int) -> tuple[int, int]:
    """Returns the page size and the root page of the last transaction that was written whole."""
    file.seek(0)
    first = _meta(file.read(512))
    if first is None:
        raise LmdbError("not an LMDB file of version 1")
    page_size = first[0]
    if page_size < 512 or page_size & (page_size - 1) or page_size > 65536 or size < 2 * page_size:
        raise LmdbError(f"pages of {page_size} bytes in a file of {size}")
    file.seek(page_size)
    second = _meta(file.read(512))
    metas = [meta for meta in (first, second) if meta is not None and meta[0] == page_size]
    _, root, _, last = max(metas, key=lambda meta: meta[2])
    if root != EMPTY and size < (last + 1) * page_size:
        raise LmdbError(f"{size} bytes of {(last + 1) * page_size}; the file is cut")
    return page_size, root


def _meta(data: bytes) -> tuple[int, int, int, int] | None:
    """Returns (page size, root page, transaction, last page) of a meta page, None where it is none."""
    at = PAGE.size
    if len(data) < at + META.size + 2 * TREE.size + 16 or not PAGE.unpack_from(data)[2] & META_PAGE:
        return None
    magic, version, *_ = META.unpack_from(data, at)
    if (magic, version) != (MAGIC, VERSION):
        return None
    free, main = (TREE.unpack_from(data, at + META.size + i * TREE.size) for i in (0, 1))
    last, transaction = struct.unpack_from("<QQ", data, at + META.size + 2 * TREE.size)
    if main[1] & ~0x08:  # 0x08: integer keys; duplicates and the like make other trees
        raise LmdbError(f"keys with flags {main[1]:#x}; a plain database expected")
    return free[0], main[-1], transaction, last


class _Tree:
    def __init__(self, file: IO[bytes], page_size: int, pages: int) -> None:
        self._file, self._page_size, self._pages = file, page_size, pages
        self._seen: set[int] = set()

    def walk(self, root: int) -> Iterator[Value]:
        waiting = [root]
        while waiting:
            number = waiting.pop()
            data, flags = self._page(number)
            nodes = list(self._nodes(number, data))
            if flags & BRANCH:
                waiting += [self._child(data, node) for node in reversed(nodes)]
            else:
                for node in nodes:
                    yield self._value(number, data, node)

    def _page(self, number: int) -> tuple[bytes, int]:
        # A page that is met twice would be a circle.
        if not 2 <= number < self._pages or number in self._seen:
            raise LmdbError(f"a node leads to page {number} of {self._pages}, or there twice")
        self._seen.add(number)
        self._file.seek(number * self._page_size)
        data = self._file.read(self._page_size)
        own, _, flags, _, _ = PAGE.unpack_from(data)
        if own != number or flags & 0x0F not in (BRANCH, LEAF):
            raise LmdbError(f"page {number} is called {own} and has flags {flags:#x}")
        return data, flags

    def _nodes(self, number: int, data: bytes) -> Iterator[int]:
        """Yields where each node of a page begins."""
        _, _, _, lower, upper = PAGE.unpack_from(data)
        if not PAGE.size <= lower <= upper <= self._page_size or lower % 2:
            raise LmdbError(f"page {number}: nodes from {lower} to {upper}")
        for at in struct.unpack_from(f"<{(lower - PAGE.size) // 2}H", data, PAGE.size):
            if not upper <= at <= self._page_size - NODE.size:
                raise LmdbError(f"page {number}: a node at {at}")
            if at + NODE.size + NODE.unpack_from(data, at)[3] > self._page_size:
                raise LmdbError(f"page {number}: a key reaches past the page")
            yield at

    def _child(self, data: bytes, at: int) -> int:
        low, high, top, _ = NODE.unpack_from(data, at)
        return int(low | high << 16 | top << 32)

    def _value(self, number: int, data: bytes, at: int) -> Value:
        low, high, flags, key_size = NODE.unpack_from(data, at)
        size, begin = low | high << 16, at + NODE.size
        key = data[begin : begin + key_size]
        begin += key_size
        if flags & ~LARGE:
            raise LmdbError(f"page {number}: a node with flags {flags:#x}")
        if not flags:
            if begin + size > self._page_size:
                raise LmdbError(f"page {number}: a value reaches past the page")
            return Value(key, number * self._page_size + begin, size)
        if begin + 8 > self._page_size:
            raise LmdbError(f"page {number}: a node reaches past the page")
        (first,) = struct.unpack_from("<Q", data, begin)
        start = first * self._page_size + PAGE.size
        if not 2 <= first < self._pages or start + size > self._pages * self._page_size:
            raise LmdbError(f"page {number}: a value of {size} bytes on page {first} of {self._pages}")
        return Value(key, start, size)
