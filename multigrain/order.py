"""In which order the samples of an epoch come: a function of (seed, epoch) and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def permutation(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """Returns 0 ... count - 1 in an order that depends on (count, seed, epoch): (count,).

    Sorted by a hash (the finaliser of SplitMix64, Steele et al. 2014) instead of drawn from a generator, whose stream
    may differ between releases of numpy: a run that is resumed years later goes on in its own order.
    """
    with np.errstate(over="ignore"):
        key = _mixed(_mixed(np.array([seed % 2**64], np.uint64)) + np.uint64(epoch))
        return np.argsort(_mixed(np.arange(count, dtype=np.uint64) + key), kind="stable")


def rank_slice(batch: NDArray[Any], rank: int, world_size: int) -> NDArray[Any]:
    """Returns the part of a global batch that one rank takes: disjoint parts of equal size, give or take one."""
    return batch[len(batch) * rank // world_size : len(batch) * (rank + 1) // world_size]


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
