from __future__ import annotations

import numpy as np
import pytest

from multigrain.ranking import auc, ranks, recalls


def test_recalls_equal_sorting_each_row() -> None:
    rng = np.random.default_rng(0)
    owner = np.array([0, 0, 1, 2, 2, 2, 4, 3] * 6) + np.repeat(np.arange(6) * 5, 8)
    scores = rng.normal(size=(30, 48)).astype(np.float32)
    scores[owner, np.arange(48)] += 1.5
    got = recalls(*ranks(scores, owner))
    for k in (1, 5, 10):
        to_text = [bool(set(np.argsort(-scores[n])[:k]) & set(np.flatnonzero(owner == n))) for n in range(30)]
        to_photo = [owner[m] in np.argsort(-scores[:, m])[:k] for m in range(48)]
        assert got[f"i2t_r{k}"] == pytest.approx(np.mean(to_text) * 100)
        assert got[f"t2i_r{k}"] == pytest.approx(np.mean(to_photo) * 100)
    assert got["rsum"] == pytest.approx(sum(v for name, v in got.items() if name != "rsum"))


def test_ranks_do_not_take_a_constant_score_for_perfect() -> None:
    assert recalls(*ranks(np.zeros((30, 60), np.float32), np.arange(60) // 2))["rsum"] == 0


def test_ranks_refuse_nan() -> None:
    with pytest.raises(ValueError, match="NaN"):
        ranks(np.full((2, 2), np.nan, np.float32), np.array([0, 1]))


def test_auc_equals_counting_pairs() -> None:
    rng = np.random.default_rng(0)
    positive, negative = (rng.integers(0, 9, n).astype(np.float32) for n in (13, 17))
    pairs = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    assert auc(positive, negative) == pytest.approx(np.mean(pairs))
