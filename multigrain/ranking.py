"""Ranks and recalls of a score matrix. Legend: N photos, M captions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

KS = (1, 5, 10)


def ranks(scores: NDArray[np.float32], caption_photo: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns how many captions of others go before the best own one of each photo (N,), and the same back (M,).

    scores (N, M); caption_photo (M,) says which photo each caption was written for, and every photo has one. Ties
    count against the model. Raises ValueError on NaN.
    """
    if np.isnan(scores).any():
        raise ValueError("scores hold NaN")
    own = scores[caption_photo, np.arange(scores.shape[1])]  # (M,)
    best = np.full(len(scores), -np.inf, scores.dtype)
    np.maximum.at(best, caption_photo, own)  # the best of a photo's captions
    others = np.arange(len(scores))[:, None] != caption_photo
    return ((scores >= best[:, None]) & others).sum(1), (scores >= own).sum(0) - 1


def recalls(i2t: NDArray[np.int64], t2i: NDArray[np.int64]) -> dict[str, float]:
    """Returns R@1, R@5, R@10 in percent from photo to caption and back, and their sum, of ranks that count from 0."""
    found = {f"{way}_r{k}": float((rank < k).mean() * 100) for way, rank in (("i2t", i2t), ("t2i", t2i)) for k in KS}
    return found | {"rsum": sum(found.values())}


def auc(positive: NDArray[np.float32], negative: NDArray[np.float32]) -> float:
    """Returns the share of pairs of a positive and a negative in which the positive scores higher, ties as a half."""
    ordered = np.sort(negative)
    below, up_to = (np.searchsorted(ordered, positive, side) for side in ("left", "right"))
    return float((below + up_to).sum() / 2 / len(positive) / len(negative))
