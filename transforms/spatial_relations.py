"""How the regions of a photo lie to one another: the eleven classes of Yao et al. 2018 (GCN-LSTM, section 3.2), and
finer places that the relation prior counts by.

Legend: R regions. Boxes are xyxy pixels of the photo.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NONE, INSIDE, COVER, OVERLAP = 0, 1, 2, 3
FIRST_SECTOR = 4  # eight sectors of 45 degrees: 4 to 11
NEAR = 0.75  # gap between two boxes, in sides of a square as large as the smaller one, below which they are near
DIRECTIONS, FEET, SHARES = 3 + 8 + 3 * 9, 3, 4
PLACES = DIRECTIONS * FEET * SHARES  # of pair_places


def spatial_relations(boxes: NDArray[np.float32], image_size: tuple[int, int]) -> NDArray[np.uint8]:
    """Returns (R, R) classes; row i, column j says how region i lies to region j.

    0 none (also i = j), 1 i is inside j, 2 i covers j, 3 they overlap with an IoU of at least 0.5. Otherwise, where
    their centres are nearer than half the photo's diagonal, the direction from i's centre to j's: class 4 from just
    below due right to 45 degrees, and so on clockwise (y points down) to class 11, which ends with due right itself.
    Equal boxes overlap; equal centres have no direction.

    Args:
        boxes: (R, 4), not empty ones.
        image_size: (height, width) of the photo.
    """
    b = boxes.astype(np.float64)  # in which sums and differences of float32 pixels are exact
    vectors = _vectors(b)
    distances = (vectors**2).sum(-1)
    near = (distances > 0) & (distances < image_size[0] ** 2 + image_size[1] ** 2)
    classes = np.select([*_nested(b), near], [INSIDE, COVER, OVERLAP, FIRST_SECTOR + _sectors(vectors)], NONE)
    np.fill_diagonal(classes, NONE)
    return classes.astype(np.uint8)


def pair_places(boxes: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Returns (R, R) places; row i, column j says how region i lies to region j, whatever the size of the photo.

    A place is direction + DIRECTIONS * (feet + FEET * share). The *direction*: 0 i is inside j, 1 i covers j, 2 they
    overlap with an IoU of at least 0.5 (also i = j). Otherwise the way from i's centre to j's is looked at on either
    axis: it is level where it is shorter than half the longer of the two sides. Level on both axes: 3 + sector (0 to 7,
    as above). Else 11 + 9 step + 3 column + row, where column and row are 1 for level, 0 for i being left of or above
    j, 2 for the reverse, and the step is 0 for boxes that share pixels or an edge, 1 for near ones and 2 for those
    further apart. The *feet*, as the lower of two things that stand on the ground is the nearer one: 0 where the lower
    edges differ by less than a quarter of the smaller height, 1 where i's is the lower one, 2 for the reverse. The
    *share* of the smaller box that both cover: 0 nothing, 1 up to a tenth, 2 up to a half, 3 more.

    Args:
        boxes: (R, 4), not empty ones.
    """
    b = boxes.astype(np.float64)
    feet = np.subtract.outer(b[:, 3], b[:, 3])  # (R, R), positive where i's is the lower one
    heights, areas, shared = b[:, 3] - b[:, 1], _areas(b), _shared(b)
    level = 4 * np.abs(feet) < np.minimum.outer(heights, heights)
    smaller = np.minimum.outer(areas, areas)
    share = np.select([shared == 0, 10 * shared <= smaller, 2 * shared <= smaller], [0, 1, 2], 3)
    places: NDArray[np.intp] = _directions(b, areas) + DIRECTIONS * (
        np.select([level, feet > 0], [0, 1], 2) + FEET * share
    )
    return places.astype(np.uint16)


def _directions(b: NDArray[np.float64], areas: NDArray[np.float64]) -> NDArray[np.intp]:
    """Returns the directions (R, R) of boxes (R, 4)."""
    low, high = b[:, :2], b[:, 2:]  # (R, 2) each, x and y
    sides, vectors = high - low, _vectors(b)
    level = np.abs(vectors) < np.maximum(sides[:, None], sides[None])  # (R, R, 2)
    columns, rows = np.moveaxis(np.select([level, vectors > 0], [1, 0], 2), -1, 0)  # (R, R) each
    gaps = (np.maximum(low[:, None], low[None]) - np.minimum(high[:, None], high[None])).clip(min=0)
    gap = (gaps**2).sum(-1)  # squares: no root has to be rounded
    limit = NEAR**2 * np.minimum.outer(areas, areas)
    steps = np.select([gap == 0, gap < limit], [0, 1], 2)
    conditions = [*_nested(b), level.all(-1)]
    directions: NDArray[np.intp] = np.select(
        conditions, [0, 1, 2, 3 + _sectors(vectors)], 11 + 9 * steps + 3 * columns + rows
    )
    return directions


def _nested(b: NDArray[np.float64]) -> list[NDArray[np.bool_]]:
    """Returns which of boxes (R, 4) are inside, cover and overlap which, (R, R) each; the first that holds counts."""
    low, high = b[:, :2], b[:, 2:]  # (R, 2) each, x and y
    within = np.all(low[:, None] >= low[None], axis=-1) & np.all(high[:, None] <= high[None], axis=-1)  # (R, R) i in j
    shared, areas = _shared(b), _areas(b)
    return [within & ~within.T, within.T & ~within, 2 * shared >= areas[:, None] + areas[None] - shared]


def _areas(b: NDArray[np.float64]) -> NDArray[np.float64]:
    areas: NDArray[np.float64] = (b[:, 2:] - b[:, :2]).prod(-1)  # (R,)
    return areas


def _shared(b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the area (R, R) that boxes (R, 4) have in common."""
    low, high = b[:, :2], b[:, 2:]
    sides = (np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])).clip(min=0)  # (R, R, 2)
    shared: NDArray[np.float64] = sides.prod(-1)
    return shared


def _vectors(b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the way from each centre to each, (R, R, 2), twice as long so that nothing is rounded."""
    centres = b[:, :2] + b[:, 2:]
    vectors: NDArray[np.float64] = centres[None] - centres[:, None]
    return vectors


def _sectors(vectors: NDArray[np.float64]) -> NDArray[np.intp]:
    """Returns which of (0, 45], (45, 90], ... (315, 360] degrees vectors (..., 2) point to, as 0 to 7.

    Comparisons instead of an arctangent: on the borders that one differs between machines.
    """
    x, y = vectors[..., 0], vectors[..., 1]
    quadrants = [(x >= 0) & (y > 0), (x < 0) & (y >= 0), (x <= 0) & (y < 0), (x > 0) & (y <= 0)]
    steep = [y > x, -x > y, -y > -x, x > -y]  # the second half of its quadrant
    halves = [2 * quadrant + half for quadrant, half in enumerate(steep)]
    sectors: NDArray[np.intp] = np.select(quadrants, halves, 0)
    return sectors
