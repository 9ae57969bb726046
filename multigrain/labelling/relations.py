"""Sets of pairs of ids, and reductions over what belongs to one owner: the tools of labelling in bulk."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]


def spread(starts: Ids, counts: Ids) -> tuple[Ids, Ids]:
    """Returns, for ranges of `counts` items from `starts` on, the range that each item is in, and the item."""
    owner = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - before[owner] + starts[owner]


def positions(ids: Ids, size: int) -> Ids:
    """Returns the place of each of `size` ids in `ids`, which are distinct; -1 for those that are not there."""
    place = np.full(size + 1, -1, np.int64)  # one more, so that -1 looks up -1
    place[ids] = np.arange(len(ids))
    place[-1] = -1
    return place


class Relation:
    """Pairs (asked, said) of word ids, from sorted rows."""

    def __init__(self, pairs: NDArray[Any], asked: int, said: int | None = None) -> None:
        """Takes (n, 2) pairs, or (n, 3) with a value each; `asked` and `said` are numbers of words."""
        self._size = asked if said is None else said
        self._offsets = np.searchsorted(pairs[:, 0], np.arange(asked + 1)).astype(np.int64)
        self._said = pairs[:, 1].astype(np.int64)
        self._values = pairs[:, 2] if pairs.shape[1] > 2 else None

    def block(self, asked: Ids, said: Ids) -> Mask:
        """Returns which of the asked words (rows) have the relation to which distinct said ones (columns)."""
        rows, columns, _ = self._find(asked, said)
        found = np.zeros((len(asked), len(said)), np.bool_)
        found[rows, columns] = True
        return found

    def values(self, asked: Ids, said: Ids, missing: int) -> NDArray[np.uint8]:
        """Returns the values of the pairs, `missing` where there is none, as `block` does."""
        rows, columns, items = self._find(asked, said)
        found = np.full((len(asked), len(said)), missing, np.uint8)
        assert self._values is not None
        found[rows, columns] = self._values[items]
        return found

    def of(self, asked: int) -> Ids:
        """Returns the words that stand in the relation to one, ascending."""
        return self._said[self._offsets[asked] : self._offsets[asked + 1]]

    def holds(self, asked: int, said: int) -> bool:
        words = self.of(asked)
        at = int(words.searchsorted(said))
        return at < len(words) and bool(words[at] == said)

    def value(self, asked: int, said: int) -> int | None:
        """Returns the value of a pair, None where there is none."""
        assert self._values is not None
        words = self.of(asked)
        at = int(np.searchsorted(words, said))
        return int(self._values[self._offsets[asked] + at]) if at < len(words) and words[at] == said else None

    def _find(self, asked: Ids, said: Ids) -> tuple[Ids, Ids, Ids]:
        starts = self._offsets[asked]
        rows, items = spread(starts, self._offsets[asked + 1] - starts)
        columns = positions(said, self._size)[self._said[items]]
        there = columns >= 0
        return rows[there], columns[there], items[there]


class Owners:
    """Columns that belong to one of `count` owners each, in the order of the owners: reductions over each one's."""

    def __init__(self, owner: Ids, count: int) -> None:
        self.owner, self.count = owner, count
        self._present, self._starts = np.unique(owner, return_index=True)

    def any(self, columns: Mask) -> Mask:
        """Returns (..., count): whether any of an owner's columns is true; false where it has none."""
        return self._reduce(np.logical_or, columns, False)

    def minimum(self, columns: NDArray[Any], none: int) -> NDArray[Any]:
        """Returns (..., count): the smallest of an owner's columns, `none` where it has none."""
        return self._reduce(np.minimum, columns, none)

    def sum(self, columns: NDArray[Any]) -> NDArray[Any]:
        """Returns (..., count): the sum of an owner's columns."""
        return self._reduce(np.add, columns, 0)

    def _reduce(self, ufunc: np.ufunc, columns: NDArray[Any], none: Any) -> NDArray[Any]:
        found = np.full((*columns.shape[:-1], self.count), none, columns.dtype)
        if len(self._starts):
            found[..., self._present] = ufunc.reduceat(columns, self._starts, axis=-1)
        return found
