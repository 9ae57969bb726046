"""COCO's test photos judged by what else is true of them: CxC and ECCV Caption, through the package eccv-caption.

COCO counts one photo as right for each caption; both add pairs that people judged to match as well (Parekh et al.
2021, Chun et al. 2022). Ids are COCO's own, so the data set must have been made of COCO's own caption files.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from eccv_caption import Metrics  # type: ignore[import-untyped]
from numpy.typing import NDArray

from multigrain.shards import DataSetError

DEPTH = 50  # hits that are looked at: no photo or caption has more matches


def coco_extended(
    scores: NDArray[np.float32], image_ids: Sequence[int], caption_ids: Sequence[int], metrics: Metrics | None = None
) -> dict[str, float]:
    """Returns recalls by CxC, and R@1, R-precision and mAP@R by ECCV Caption, both ways, in percent.

    scores (N, M). `metrics` holds other truths than those that the package ships. Raises DataSetError where a photo or
    caption that they judge is not there: they are of COCO's 5,000 test photos (Karpathy's split) with their captions.
    """
    metrics = metrics or Metrics()
    truths = (metrics.cxc_gts, metrics.eccv_gts)
    for name, ids, way in (("photos", image_ids, "i2t"), ("captions", caption_ids, "t2i")):
        missing = {key for truth in truths for key in truth[way]}.difference(ids)
        if missing:
            raise DataSetError(f"{len(missing)} {name} that CxC or ECCV Caption judges are missing, as {min(missing)}")
    found = {"i2t": _hits(scores, image_ids, caption_ids), "t2i": _hits(scores.T, caption_ids, image_ids)}
    values = {f"cxc_r{k}": metrics.cxc_recalls(found, "all", K=k) for k in (1, 5, 10)}
    values |= metrics.eccv_metrics(found, "all")
    return {f"{name}_{way}": float(value) * 100 for name, ways in values.items() for way, value in ways.items()}


def _hits(scores: NDArray[np.float32], queries: Sequence[int], items: Sequence[int]) -> dict[int, list[int]]:
    """Returns the ids of the best items of each query, best first."""
    names, depth = np.asarray(items), min(DEPTH, len(items))
    best = (np.argpartition(-row, depth - 1)[:depth] for row in scores)
    return {q: names[b[np.argsort(-row[b])]].tolist() for q, row, b in zip(queries, scores, best, strict=True)}
