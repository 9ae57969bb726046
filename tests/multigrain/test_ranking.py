from __future__ import annotations

import numpy as np
import pytest

from multigrain.ranking import recall_both_ways


def test_recall_both_ways_equals_sorting_each_row() -> None:
    rng = np.random.default_rng(0)
    owner = np.array([0, 0, 1, 2, 2, 2, 4, 3] * 6) + np.repeat(np.arange(6) * 5, 8)
    scores = rng.normal(size=(30, 48)).astype(np.float32)
    scores[owner, np.arange(48)] += 1.5
    got = recall_both_ways(scores, owner)
    for k in (1, 5, 10):
        to_text = [bool(set(np.argsort(-scores[n])[:k]) & set(np.flatnonzero(owner == n))) for n in range(30)]
        to_photo = [owner[m] in np.argsort(-scores[:, m])[:k] for m in range(48)]
        assert got[f"i2t_r{k}"] == pytest.approx(np.mean(to_text) * 100)
        assert got[f"t2i_r{k}"] == pytest.approx(np.mean(to_photo) * 100)
    assert got["rsum"] == pytest.approx(sum(v for name, v in got.items() if name != "rsum"))


def test_recall_both_ways_does_not_take_a_constant_score_for_perfect() -> None:
    assert recall_both_ways(np.zeros((30, 60), np.float32), np.arange(60) // 2)["rsum"] == 0


def test_recall_both_ways_refuses_nan() -> None:
    with pytest.raises(ValueError, match="NaN"):
        recall_both_ways(np.full((2, 2), np.nan, np.float32), np.array([0, 1]))
