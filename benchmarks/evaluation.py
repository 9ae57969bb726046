"""What does it cost to evaluate a 5,000 x 25,000 score matrix: all recalls, ranks, and five folds of 1K?

    python -m benchmarks.evaluation [--photos 5000] [--rounds 3]

Next to it, in the same run and on the same random matrix, the loops that most published code has (as in vse_infty's
evaluation.py): each photo's scores are sorted, the place of each of its five captions is looked for, and back. Both
must give the same numbers. Five captions a photo, in order, as those loops require.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time

import numpy as np
from numpy.typing import NDArray

from multigrain.ranking import KS, fold_recalls, middle_ranks, ranks, recalls

CAPTIONS = 5  # a photo


def sorted_ranks(scores: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the ranks by sorting a row at a time."""
    n = len(scores)
    i2t, t2i = np.zeros(n, np.int64), np.zeros(n * CAPTIONS, np.int64)
    for photo in range(n):
        order = np.argsort(scores[photo])[::-1]
        i2t[photo] = min(
            int(np.where(order == caption)[0][0]) for caption in range(CAPTIONS * photo, CAPTIONS * (photo + 1))
        )
    columns = scores.T
    for photo in range(n):
        for caption in range(CAPTIONS * photo, CAPTIONS * (photo + 1)):
            order = np.argsort(columns[caption])[::-1]
            t2i[caption] = np.where(order == photo)[0][0]
    return i2t, t2i


def by_sorting(scores: NDArray[np.float32], folds: int) -> list[float]:
    """Returns recalls and ranks of the whole, and the recalls of the folds, by the loops."""
    both = sorted_ranks(scores)
    found = [100 * float((rank < k).mean()) for rank in both for k in KS]
    found += [float(of(rank)) + 1 for rank in both for of in (np.median, np.mean)]
    parts = []
    for fold in range(folds):
        photos = slice(1000 * fold, 1000 * (fold + 1))
        part = sorted_ranks(scores[photos, 1000 * CAPTIONS * fold : 1000 * CAPTIONS * (fold + 1)])
        parts.append([100 * float((rank < k).mean()) for rank in part for k in KS])
    return found + [float(value) for value in np.mean(parts, axis=0)]


def by_counting(scores: NDArray[np.float32], owner: NDArray[np.int64]) -> list[float]:
    """Returns the same by counting."""
    both = ranks(scores, owner)
    whole, folds = recalls(*both), fold_recalls(scores, owner)
    names = [f"{way}_r{k}" for way in ("i2t", "t2i") for k in KS]
    middle = middle_ranks(*both)
    order = [middle[f"{way}_{name}"] for way in ("i2t", "t2i") for name in ("median", "mean")]
    return [*(whole[n] for n in names), *order, *((folds or {})[n] for n in names)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=5000, help="a multiple of 1,000, at least 2,000")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}")
    rng = np.random.default_rng(0)
    scores = rng.standard_normal((args.photos, args.photos * CAPTIONS), dtype=np.float32)
    owner = np.repeat(np.arange(args.photos), CAPTIONS)
    scores[owner, np.arange(len(owner))] += 3  # a model that has learned something
    seconds: dict[str, list[float]] = {"counting": [], "sorting": []}
    for _ in range(args.rounds):
        start = time.perf_counter()
        counted = by_counting(scores, owner)
        middle = time.perf_counter()
        expected = by_sorting(scores, args.photos // 1000)
        seconds["counting"].append(middle - start)
        seconds["sorting"].append(time.perf_counter() - middle)
        if not np.allclose(counted, expected):
            print(f"the numbers differ:\n{counted}\n{expected}", file=sys.stderr)
            return 1
    for name, values in seconds.items():
        print(f"{name:9} {statistics.median(values):7.2f} s  ({min(values):.2f} to {max(values):.2f})")
    ratios = [s / c for s, c in zip(seconds["sorting"], seconds["counting"], strict=True)]
    print(f"counting is {statistics.median(ratios):.0f} times faster, with the same {len(counted)} numbers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
