import json
from pathlib import Path

import numpy as np
import pytest

from multigrain.shards import DataSetError

pytest.importorskip("eccv_caption", reason="the extra [eval] is not installed")

from eccv_caption import Metrics

from multigrain.coco_extended import coco_extended


@pytest.fixture
def metrics(tmp_path: Path) -> Metrics:
    """The package with truths of three photos: the second caption of photo 10 is also true of photo 20."""
    i2t = {10: [100, 101], 20: [200, 201, 101], 30: [300, 301]}
    t2i = {100: [10], 101: [10, 20], 200: [20], 201: [20], 300: [30], 301: [30]}
    for name, truth in (("i2t", i2t), ("t2i", t2i)):
        (tmp_path / name).write_text(json.dumps(truth))
    metrics = Metrics()
    metrics.set_cxc_gts(tmp_path / "i2t", tmp_path / "t2i")
    metrics.set_eccv_gts(tmp_path / "i2t", tmp_path / "t2i")
    return metrics


def test_coco_extended_counts_the_added_pairs(metrics: Metrics) -> None:
    captions = [301, 300, 201, 200, 101, 100]
    own = {10: (100, 101), 20: (200, 201), 30: (300, 301)}
    scores = np.array([[c in own[p] for c in captions] for p in own], np.float32)
    scores[1] = [0.1, 0.2, 0.3, 0.3, 0.9, 0.2]  # photo 20 takes the other photo's caption for its best
    found = coco_extended(scores, list(own), captions, metrics)
    assert found["cxc_r1_i2t"] == found["eccv_r1_i2t"] == 100
    assert found["eccv_rprecision_i2t"] == 100
    assert found["cxc_r1_t2i"] == 100


def test_coco_extended_falls_with_what_is_missed(metrics: Metrics) -> None:
    captions = [100, 101, 200, 201, 300, 301]
    scores = np.zeros((3, 6), np.float32)
    scores[:, 0] = 1  # everything finds caption 100
    found = coco_extended(scores, [10, 20, 30], captions, metrics)
    assert found["cxc_r1_i2t"] == pytest.approx(100 / 3)


def test_coco_extended_names_what_is_missing() -> None:
    with pytest.raises(DataSetError, match=r"5000 photos .* as 42"):
        coco_extended(np.zeros((1, 1), np.float32), [1], [2])
