"""Ranks and recalls of a score matrix, counted and not sorted. Legend: N photos, M captions.

Ties count against the model: a score that says nothing finds nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

KS = (1, 5, 10)
ROWS = 255  # photos looked at together: as many as a byte can count


def ranks(scores: NDArray[np.float32], caption_photo: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns how many captions of others go before the best own one of each photo (N,), and the same back (M,).

    scores (N, M); caption_photo (M,) says which photo each caption was written for, and every photo has one. What is as
    good goes before. Raises ValueError on NaN, or where a photo has no caption.
    """
    n, m = scores.shape
    own = scores[caption_photo, np.arange(m)]  # (M,)
    if np.isnan(own).any():
        raise ValueError("scores hold NaN")
    best = np.full(n, -np.inf, scores.dtype)
    np.maximum.at(best, caption_photo, own)  # the best of a photo's captions
    if len(np.unique(caption_photo)) < n:
        raise ValueError(f"{n} photos, but captions of {len(np.unique(caption_photo))} of them")
    as_good = np.bincount(caption_photo[own == best[caption_photo]], minlength=n)  # own captions at the best score
    i2t, t2i = np.empty(n, np.int64), np.full(m, -1, np.int64)
    room = np.empty((ROWS, m), bool)  # used again and again: new memory costs more than comparing
    for first in range(0, n, ROWS):
        block = scores[first : first + ROWS]
        if np.isnan(block.max(initial=-np.inf)):
            raise ValueError("scores hold NaN")
        i2t[first : first + ROWS] = [
            np.count_nonzero(row >= top) for row, top in zip(block, best[first:], strict=False)
        ]
        as_high = np.greater_equal(block, own, out=room[: len(block)])
        t2i += np.add.reduce(as_high.view(np.uint8), axis=0, dtype=np.uint8)
    return i2t - as_good, t2i


def recalls(i2t: NDArray[np.int64], t2i: NDArray[np.int64]) -> dict[str, float]:
    """Returns R@1, R@5, R@10 in percent from photo to caption and back, and their sum, of ranks that count from 0."""
    found = {f"{way}_r{k}": float((rank < k).mean() * 100) for way, rank in (("i2t", i2t), ("t2i", t2i)) for k in KS}
    return found | {"rsum": sum(found.values())}


def middle_ranks(i2t: NDArray[np.int64], t2i: NDArray[np.int64]) -> dict[str, float]:
    """Returns median and mean of ranks that count from 0 here, and from 1 in what is returned, as is the custom."""
    ways = (("i2t", i2t + 1), ("t2i", t2i + 1))
    return {f"{way}_{name}": float(of(r)) for way, r in ways for name, of in (("median", np.median), ("mean", np.mean))}


def fold_recalls(
    scores: NDArray[np.float32], caption_photo: NDArray[np.int64], photos: int = 1000
) -> dict[str, float] | None:
    """Returns the mean of the recalls of folds of so many photos with their captions; None where there are not two.

    With the 5,000 test photos of COCO these are the five folds of 1K; which photos share a fold is decided by their
    order in the matrix.
    """
    folds = [range(i, i + photos) for i in range(0, len(scores) - photos + 1, photos)]
    if len(folds) < 2:
        return None
    found = []
    for fold in folds:
        captions = np.flatnonzero((caption_photo >= fold.start) & (caption_photo < fold.stop))
        together = captions[-1] - captions[0] < len(captions)  # then they need not be copied
        columns = slice(captions[0], captions[-1] + 1) if together else captions
        part = scores[fold.start : fold.stop, columns]
        found.append(recalls(*ranks(part, caption_photo[captions] - fold.start)))
    return {name: float(np.mean([f[name] for f in found])) for name in found[0]}


def auc(positive: NDArray[np.float32], negative: NDArray[np.float32]) -> float:
    """Returns the share of pairs of a positive and a negative in which the positive scores higher, ties as a half."""
    ordered = np.sort(negative)
    below, up_to = (np.searchsorted(ordered, positive, side) for side in ("left", "right"))
    return float((below + up_to).sum() / 2 / len(positive) / len(negative))


def best_threshold(positive: NDArray[np.float32], negative: NDArray[np.float32]) -> float:
    """Returns the score from which on "positive" is the best guess: highest mean of both classes' accuracies."""
    cuts = np.unique(np.concatenate([positive, negative]))
    right = 1 - np.searchsorted(np.sort(positive), cuts, "left") / len(positive)
    left = np.searchsorted(np.sort(negative), cuts, "left") / len(negative)
    return float(cuts[np.argmax(right + left)])


def balanced_accuracy(positive: NDArray[np.float32], negative: NDArray[np.float32], threshold: float) -> float:
    """Returns the mean of the shares of positives from the threshold on and of negatives below it."""
    return float(((positive >= threshold).mean() + (negative < threshold).mean()) / 2)
