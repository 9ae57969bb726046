"""Which of a detector's proposals become regions, as in bottom-up attention (Anderson et al. 2018).

Legend: P proposals of one image, K object classes, R regions. Boxes are xyxy pixels of the photo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class SelectionOptions:
    """How many regions an image gets; min_boxes = max_boxes fixes the number. The defaults are the paper's."""

    min_boxes: int = 10  # the best ones below the threshold fill up to this many
    max_boxes: int = 100
    score_threshold: float = 0.2  # of the best class
    nms_threshold: float = 0.3  # IoU above which the weaker of two boxes of one class goes

    def __post_init__(self) -> None:
        if not 0 <= self.min_boxes <= self.max_boxes or self.max_boxes < 1:
            raise ValueError(
                f"0 <= min_boxes <= max_boxes and 1 <= max_boxes must hold: "
                f"min_boxes={self.min_boxes}, max_boxes={self.max_boxes}"
            )
        if not (0 <= self.score_threshold <= 1 and 0 <= self.nms_threshold <= 1):
            raise ValueError(
                f"score_threshold and nms_threshold lie in [0, 1]: "
                f"score_threshold={self.score_threshold}, nms_threshold={self.nms_threshold}"
            )


class Selection(NamedTuple):
    """The chosen regions, best first; of equal scores the earlier proposal first."""

    boxes: Tensor  # (R, 4) float32, inside the photo
    object_ids: Tensor  # (R,) int64
    scores: Tensor  # (R,) float32


def clip_boxes(boxes: Tensor, image_size: tuple[int, int]) -> Tensor:
    """Returns boxes (..., 4) moved inside a photo of (height, width)."""
    import torch

    height, width = image_size
    x, y = boxes[..., 0::2].clamp(0, width), boxes[..., 1::2].clamp(0, height)  # (..., 2) each
    return torch.stack([x[..., 0], y[..., 0], x[..., 1], y[..., 1]], dim=-1)


def select_regions(boxes: Tensor, scores: Tensor, image_size: tuple[int, int], options: SelectionOptions) -> Selection:
    """Returns the regions of one image: non-maximum suppression within each class, then one region a proposal.

    A proposal stands for the class it scores highest among those in which it survived; empty boxes are no regions.
    Every region above the threshold is kept up to max_boxes; the best of the others fill up to min_boxes, as far as
    there are any.

    Args:
        boxes: (P, K, 4), or (P, 1, 4) where all classes share a box; float32.
        scores: (P, K) in [0, 1], background left out.
        image_size: (height, width) of the photo.
        options: numbers and thresholds.
    """
    boxes = clip_boxes(boxes, image_size).expand(-1, scores.shape[1], -1)  # (P, K, 4)
    solid = (boxes[..., 2] > boxes[..., 0]) & (boxes[..., 3] > boxes[..., 1])  # (P, K)
    # What survives above a score depends on nothing below it, so the long tail of low scores is looked at only where
    # the number of regions asks for it.
    floor = options.score_threshold
    while True:
        proposals, classes = (solid & (scores >= floor)).nonzero(as_tuple=True)  # (C,) candidates, row by row
        candidates = _survivors(boxes[proposals, classes], scores[proposals, classes], classes, options.nms_threshold)
        best = _first_of_each(proposals[candidates])  # (R,)
        if len(best) >= options.min_boxes or floor == 0:
            break
        floor = floor / 8 if floor > 1e-6 else 0.0
    chosen = candidates[best]
    above = int((scores[proposals[chosen], classes[chosen]] >= options.score_threshold).sum())
    chosen = chosen[: min(max(above, options.min_boxes), options.max_boxes)]
    rows, columns = proposals[chosen], classes[chosen]
    return Selection(boxes[rows, columns], columns, scores[rows, columns])


def _survivors(boxes: Tensor, scores: Tensor, classes: Tensor, threshold: float) -> Tensor:
    """Returns the indices, best score first, of the candidates (C, ...) that no better one of their class covers."""
    import torch
    from torchvision.ops import nms

    alive = torch.zeros(len(scores), dtype=torch.bool, device=scores.device)
    for object_id in classes.bincount().nonzero():
        members = (classes == object_id).nonzero()[:, 0]
        alive[members[nms(boxes[members], scores[members], threshold)]] = True
    order = scores.argsort(descending=True, stable=True)
    return order[alive[order]]


def _first_of_each(proposals: Tensor) -> Tensor:
    """Returns the positions of every proposal's first appearance, in order."""
    import torch

    positions = torch.arange(len(proposals), device=proposals.device)
    first = torch.full((int(proposals.max()) + 1 if len(proposals) else 0,), len(proposals), device=proposals.device)
    first.scatter_reduce_(0, proposals, positions, "amin")
    return first[first < len(proposals)].sort().values
