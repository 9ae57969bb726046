"""How the regions of a photo lie to one another, in the eleven classes of Yao et al. 2018 (GCN-LSTM, section 3.2).

Legend: R regions. Boxes are xyxy pixels of the photo.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NONE, INSIDE, COVER, OVERLAP = 0, 1, 2, 3
FIRST_SECTOR = 4  # eight sectors of 45 degrees: 4 to 11


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
    low, high = b[:, :2], b[:, 2:]  # (R, 2) each, x and y
    within = (low[:, None] >= low[None]).all(-1) & (high[:, None] <= high[None]).all(-1)  # (R, R) i in j, or equal
    sides = (np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])).clip(min=0)  # (R, R, 2)
    shared, areas = sides.prod(-1), (high - low).prod(-1)
    overlap = 2 * shared >= areas[:, None] + areas[None] - shared
    centres = low + high  # twice the centre, so that nothing is rounded
    vectors = centres[None] - centres[:, None]  # (R, R, 2) from i to j, twice as long
    distances = (vectors**2).sum(-1)
    near = (distances > 0) & (distances < image_size[0] ** 2 + image_size[1] ** 2)
    conditions = [within & ~within.T, within.T & ~within, overlap, near]
    classes = np.select(conditions, [INSIDE, COVER, OVERLAP, FIRST_SECTOR + _sectors(vectors)], NONE)
    np.fill_diagonal(classes, NONE)
    return classes.astype(np.uint8)


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
