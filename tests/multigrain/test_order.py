import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multigrain.order import permutation, rank_slice


@given(st.integers(0, 2000), st.integers(-(2**63), 2**64), st.integers(0, 10**6))
def test_permutation_has_every_number_once(count: int, seed: int, epoch: int) -> None:
    assert sorted(permutation(count, seed, epoch).tolist()) == list(range(count))


def test_permutation_is_the_same_for_ever() -> None:
    # Written down once: whoever resumes a run with a later release must find its order.
    assert permutation(10, seed=1, epoch=2).tolist() == [1, 3, 7, 9, 2, 8, 6, 4, 5, 0]


def test_permutation_sorts_by_split_mix() -> None:
    def mixed(value: int) -> int:  # SplitMix64's finaliser in whole numbers
        value = (value + 0x9E3779B97F4A7C15) % 2**64
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
        return value ^ value >> 31

    key = mixed((mixed(2**64 - 5) + 3) % 2**64)
    assert permutation(500, -5, 3).tolist() == sorted(range(500), key=lambda i: mixed((i + key) % 2**64))


@pytest.mark.parametrize(("seed", "epoch"), [(0, 1), (1, 0), (2**40, 0)])
def test_permutation_differs_with_seed_and_epoch(seed: int, epoch: int) -> None:
    same = permutation(5000, 0, 0) == permutation(5000, seed, epoch)
    assert same.mean() < 0.005


def test_permutation_does_not_favour_a_place() -> None:
    places = np.stack([np.argsort(permutation(10, 7, epoch)) for epoch in range(4000)])
    for sample in range(10):
        counts = np.bincount(places[:, sample], minlength=10)
        assert ((counts - 400) ** 2 / 400).sum() < 30  # chi squared of 9 degrees: beyond 27.9 once in a thousand


@given(st.integers(0, 300), st.integers(1, 9))
def test_rank_slices_are_the_batch(size: int, world: int) -> None:
    parts = [rank_slice(np.arange(size), rank, world) for rank in range(world)]
    assert np.concatenate(parts).tolist() == list(range(size))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
