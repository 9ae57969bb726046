from __future__ import annotations

import numpy as np
import pytest

from multigrain.ranking import (
    auc,
    balanced_accuracy,
    best_threshold,
    fold_recalls,
    middle_ranks,
    ranks,
    recalls,
)


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


@pytest.mark.parametrize("photos", [1, 254, 255, 256, 700])
def test_ranks_equal_counting_one_pair_at_a_time(photos: int) -> None:
    rng = np.random.default_rng(photos)
    owner = np.concatenate([rng.permutation(photos), rng.integers(0, photos, 50)])
    scores = rng.integers(0, 40, (photos, len(owner))).astype(np.float32)  # many ties
    i2t, t2i = ranks(scores, owner)
    for n in rng.integers(0, photos, 20).tolist():
        best = scores[n, owner == n].max()
        assert i2t[n] == sum(s >= best for s, o in zip(scores[n], owner, strict=True) if o != n)
    for m in rng.integers(0, len(owner), 20).tolist():
        assert t2i[m] == sum(scores[n, m] >= scores[owner[m], m] for n in range(photos) if n != owner[m])


def test_ranks_refuse_a_photo_without_captions() -> None:
    with pytest.raises(ValueError, match="3 photos, but captions of 2"):
        ranks(np.zeros((3, 3), np.float32), np.array([0, 0, 2]))


def test_middle_ranks_count_from_one() -> None:
    found = middle_ranks(np.array([0, 0, 6]), np.array([1, 2]))
    assert found == {"i2t_median": 1, "i2t_mean": 3, "t2i_median": 2.5, "t2i_mean": 2.5}


@pytest.mark.parametrize("shuffled", [False, True])
def test_fold_recalls_are_those_of_the_parts(shuffled: bool) -> None:
    rng = np.random.default_rng(0)
    owner = np.arange(90) // 2
    owner = rng.permutation(owner) if shuffled else owner
    scores = rng.normal(size=(45, 90)).astype(np.float32)
    parts = []
    for first in (0, 20):  # the last five photos are in no fold
        held = (owner >= first) & (owner < first + 20)
        parts.append(recalls(*ranks(scores[first : first + 20][:, held], owner[held] - first)))
    found = fold_recalls(scores, owner, photos=20)
    assert found == {name: pytest.approx((parts[0][name] + parts[1][name]) / 2) for name in parts[0]}


def test_fold_recalls_need_two_folds() -> None:
    assert fold_recalls(np.zeros((39, 39), np.float32), np.arange(39), photos=20) is None


def test_best_threshold_is_as_good_as_any() -> None:
    rng = np.random.default_rng(0)
    positive, negative = rng.normal(1, 1, 40).astype(np.float32), rng.normal(0, 1, 60).astype(np.float32)
    best = balanced_accuracy(positive, negative, best_threshold(positive, negative))
    assert best == max(balanced_accuracy(positive, negative, cut) for cut in np.concatenate([positive, negative]))


def test_balanced_accuracy_of_a_constant_is_a_half() -> None:
    same = np.zeros(5, np.float32)
    assert balanced_accuracy(same, same[:3], best_threshold(same, same[:3])) == 0.5
