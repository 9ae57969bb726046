"""Which row of a dump belongs to an image: names hashed into sorted arrays, 32 bytes a row whatever the names."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b, sha256

import numpy as np
from numpy.typing import NDArray

from transforms.dumps.rows import RowError

_EXTENSION = re.compile(r"\.(?:npz|npy|jpe?g|png|gif|bmp|tiff?|webp)$", re.IGNORECASE)
# Photos of COCO and Flickr30K go by their number under several names: COCO_val2014_000000000042.jpg, 000000000042, 42,
# UNITER's coco_val2014_000000000042.npz and flickr30k_000001007129816.npz.
_NUMBERED = re.compile(r"(?:coco_(?:train|val|test)20\d\d_|flickr30k_)?0*(\d+)", re.IGNORECASE)
_SHARED = -1  # in place of a row: two rows have this name


def loose_name(name: str) -> str:
    """Returns what the different names of one photo share: no folder, no extension, of numbered photos the number."""
    stem = re.split(r"[/\\]", name)[-1]
    while (shorter := _EXTENSION.sub("", stem)) != stem:
        stem = shorter
    numbered = _NUMBERED.fullmatch(stem)
    return numbered[1] if numbered else stem


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    keys: NDArray[np.uint64]  # hashes of names, ascending, each once
    rows: NDArray[np.int64]  # _SHARED where the name is ambiguous

    def get(self, name: str) -> int | None:
        key = np.uint64(_hash(name))
        place = int(np.searchsorted(self.keys, key))
        return int(self.rows[place]) if place < len(self.keys) and self.keys[place] == key else None


@dataclass(frozen=True, slots=True, eq=False)
class RowIndex:
    size: int  # rows
    exact: _Table  # by name as it is spelt
    loose: _Table  # by loose_name

    def find(self, names: Iterable[str]) -> int | None:
        """Returns the row that has one of the names, as they are spelt or else loosely; None where none has.

        Raises RowError (ambiguous_regions) where two rows have the name, or two of the names have different rows: then
        nothing says which is right.
        """
        names = [name for name in names if name]
        for table, spelt in ((self.exact, names), (self.loose, [loose_name(name) for name in names])):
            found = {name: row for name in spelt if (row := table.get(name)) is not None}
            if _SHARED in found.values() or len(set(found.values())) > 1:
                raise RowError("ambiguous_regions", f"several rows of the dump go by {', '.join(sorted(found))}")
            if found:
                return next(iter(found.values()))
        return None

    def digest(self) -> str:
        """Returns the sha256 of names and rows."""
        hasher = sha256()
        for values in (self.exact.keys, self.exact.rows, self.loose.keys, self.loose.rows):
            hasher.update(values.tobytes())
        return hasher.hexdigest()


def index_rows(rows: Iterable[Iterable[str]]) -> RowIndex:
    """Returns the index of rows that go by these names each, in this order."""
    exact, loose, numbers, size = array("Q"), array("Q"), array("q"), 0
    for names in rows:
        for name in names:
            exact.append(_hash(name))
            loose.append(_hash(loose_name(name)))
            numbers.append(size)
        size += 1
    return RowIndex(size, _table(exact, numbers), _table(loose, numbers))


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _table(hashes: array[int], numbers: array[int]) -> _Table:
    keys, rows = np.frombuffer(hashes, np.uint64), np.frombuffer(numbers, np.int64)
    order = np.lexsort((rows, keys))
    keys, rows = keys[order], rows[order]
    first = np.ones(len(keys), bool)
    first[1:] = keys[1:] != keys[:-1]
    starts = np.flatnonzero(first)
    lowest, highest = rows[starts], rows[np.append(starts[1:], len(rows))[: len(starts)] - 1]
    return _Table(keys[starts], np.where(lowest == highest, lowest, _SHARED))
