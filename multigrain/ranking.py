"""Recalls of a score matrix. Legend: N photos, M captions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

KS = (1, 5, 10)


def recall_both_ways(scores: NDArray[np.float32], caption_photo: NDArray[np.int64]) -> dict[str, float]:
    """Returns R@1, R@5, R@10 in percent from photo to caption and back, and their sum, of scores (N, M).

    caption_photo (M,) says which photo each caption was written for. Ties count against the model. Raises ValueError
    on NaN.
    """
    if np.isnan(scores).any():
        raise ValueError("scores hold NaN")
    own = scores[caption_photo, np.arange(scores.shape[1])]  # (M,)
    t2i = (scores >= own).sum(0) - 1
    best = np.full(len(scores), -np.inf, scores.dtype)
    np.maximum.at(best, caption_photo, own)  # the best of a photo's captions
    mine = np.arange(len(scores))[:, None] == caption_photo
    i2t = ((scores >= best[:, None]) & ~mine).sum(1)[np.isfinite(best)]
    found = {f"i2t_r{k}": float((i2t < k).mean() * 100) for k in KS} | {
        f"t2i_r{k}": float((t2i < k).mean() * 100) for k in KS
    }
    return found | {"rsum": sum(found.values())}
