"""Spatial classes against a slow loop with an arctangent."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from transforms.spatial_relations import DIRECTIONS, FEET, PLACES, pair_places, spatial_relations


def slowly(a: list[float], b: list[float], size: tuple[int, int]) -> int:
    """Returns how box a lies to box b, as the paper says it."""
    if a == b:
        return 3
    if a[0] >= b[0] and a[1] >= b[1] and a[2] <= b[2] and a[3] <= b[3]:
        return 1
    if slowly_inside(b, a):
        return 2
    shared = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    if shared / union >= 0.5:
        return 3
    x, y = (b[0] + b[2] - a[0] - a[2]) / 2, (b[1] + b[3] - a[1] - a[3]) / 2
    if (x == 0 and y == 0) or math.hypot(x, y) / math.hypot(*size) >= 0.5:
        return 0
    degrees = math.degrees(math.atan2(y, x)) % 360 or 360
    return math.ceil(round(degrees / 45, 9)) + 3


def slowly_inside(a: list[float], b: list[float]) -> bool:
    return slowly_contains(b, a) and a != b


def slowly_contains(outer: list[float], inner: list[float]) -> bool:
    return all(o <= i for o, i in zip(outer[:2], inner[:2], strict=True)) and all(
        o >= i for o, i in zip(outer[2:], inner[2:], strict=True)
    )


def boxes_of(random: np.random.Generator, number: int, grid: float) -> NDArray[np.float32]:
    corners = random.integers(0, int(60 / grid), (number, 2))
    sides = random.integers(1, int(40 / grid), (number, 2))
    return (np.concatenate([corners, corners + sides], 1) * grid).astype(np.float32)


@given(st.integers(0, 2**32 - 1), st.integers(0, 12), st.sampled_from([10.0, 1.0, 0.37]))
def test_spatial_relations_agrees_with_the_definition(seed: int, number: int, grid: float) -> None:
    boxes = boxes_of(np.random.default_rng(seed), number, grid)
    classes = spatial_relations(boxes, (90, 110))
    assert classes.dtype == np.uint8
    assert classes.shape == (number, number)
    rows = boxes.astype(float).tolist()
    expected = [[0 if i == j else slowly(a, b, (90, 110)) for j, b in enumerate(rows)] for i, a in enumerate(rows)]
    assert classes.tolist() == expected


@pytest.mark.parametrize(
    ("direction", "sector"),
    [
        ((10, 1), 4),
        ((10, 10), 4),
        ((1, 10), 5),
        ((0, 10), 5),
        ((-1, 10), 6),
        ((-10, 1), 7),
        ((-10, 0), 7),
        ((-10, -1), 8),
        ((-1, -10), 9),
        ((0, -10), 9),
        ((1, -10), 10),
        ((10, -1), 11),
        ((10, 0), 11),
    ],
)
def test_spatial_relations_names_the_sector(direction: tuple[int, int], sector: int) -> None:
    a = np.array([50, 50, 52, 52])
    boxes = np.array([a, a + np.array(direction * 2)], np.float32)
    assert spatial_relations(boxes, (100, 100))[0, 1] == sector


def test_spatial_relations_are_opposite_seen_from_the_other_side() -> None:
    classes = spatial_relations(boxes_of(np.random.default_rng(0), 40, 1.0), (90, 110)).astype(int)
    inside, sector = classes == 1, classes >= 4
    assert np.array_equal(inside, (classes == 2).T)
    assert np.array_equal(classes == 3, (classes == 3).T)
    assert np.array_equal((classes[sector] - 4 + 4) % 8 + 4, classes.T[sector])


def test_spatial_relations_ends_at_half_the_diagonal() -> None:
    boxes = np.array([[0, 0, 2, 2], [30, 40, 32, 42]], np.float32)  # 50 apart
    assert spatial_relations(boxes, (60, 80))[0, 1] == 0
    assert spatial_relations(boxes, (61, 80))[0, 1] == 5


@pytest.mark.parametrize(("gap", "step"), [(0, 0), (1, 1), (7, 1), (8, 2), (90, 2)])
def test_pair_places_tells_distances_by_the_smaller_box(gap: int, step: int) -> None:
    boxes = np.array([[0, 0, 10, 10], [10 + gap, 0, 50 + gap, 40]], np.float32)  # a quarter as high as the other
    places = pair_places(boxes) % DIRECTIONS
    assert places[0, 1] == 11 + 9 * step + 3 * 0 + 1
    assert places[1, 0] == 11 + 9 * step + 3 * 2 + 1


@pytest.mark.parametrize(
    ("box", "place"),
    [
        ([40, 40, 60, 60], 0),
        ([0, 0, 200, 200], 1),
        ([35, 30, 105, 100], 2),
        ([50, 60, 120, 130], 3 + 5),  # below right, so the way to the other leads up left
        ([40, 110, 80, 150], 11 + 9 * 1 + 3 * 1 + 2),
        ([300, 300, 320, 320], 11 + 9 * 2 + 3 * 2 + 2),
    ],
)
def test_pair_places_of_a_box_to_a_large_one(box: list[int], place: int) -> None:
    assert pair_places(np.array([box, [30, 30, 100, 100]], np.float32))[0, 1] % DIRECTIONS == place


@pytest.mark.parametrize(("bottom", "feet"), [(40, 0), (44, 0), (45, 1), (90, 1), (36, 0), (35, 2), (30, 2)])
def test_pair_places_tells_whose_feet_are_lower(bottom: int, feet: int) -> None:
    boxes = np.array([[100, bottom - 20, 130, bottom], [0, 0, 30, 40]], np.float32)
    places = pair_places(boxes) // DIRECTIONS
    assert places[0, 1] % FEET == feet
    assert places[1, 0] % FEET == {0: 0, 1: 2, 2: 1}[feet]


@pytest.mark.parametrize(("left", "share"), [(30, 0), (20, 0), (19, 1), (18, 1), (17, 2), (10, 2), (9, 3), (0, 3)])
def test_pair_places_tells_the_share_of_the_smaller_box(left: int, share: int) -> None:
    boxes = np.array([[0, 0, 20, 20], [left, 0, left + 20, 100]], np.float32)
    assert (pair_places(boxes)[[0, 1], [1, 0]] // DIRECTIONS // FEET == share).all()


@given(st.lists(st.tuples(*[st.integers(0, 50)] * 2, *[st.integers(1, 50)] * 2), min_size=2, max_size=5))
def test_pair_places_do_not_change_with_the_scale(corners: list[tuple[int, int, int, int]]) -> None:
    boxes = np.array([[x, y, x + w, y + h] for x, y, w, h in corners], np.float32)
    places = pair_places(boxes)
    assert places.max() < PLACES
    assert np.array_equal(pair_places(boxes * 4 + 64), places)
