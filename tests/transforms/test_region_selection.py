"""Region selection against a slow loop that says the same in plain words."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.region_selection import SelectionOptions, clip_boxes, select_regions

SIZE = (60, 80)


def iou(a: list[float], b: list[float]) -> float:
    shared = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def slowly(boxes: torch.Tensor, scores: torch.Tensor, options: SelectionOptions) -> list[tuple[int, int]]:
    """Returns the (proposal, class) of each region, best first, by the definition."""
    clipped = clip_boxes(boxes, SIZE).expand(-1, scores.shape[1], -1).tolist()
    survivors: dict[int, tuple[float, int]] = {}  # proposal -> best score, class
    for object_id in range(scores.shape[1]):
        kept: list[list[float]] = []
        for proposal in sorted(range(len(boxes)), key=lambda p: (-float(scores[p, object_id]), p)):
            box = clipped[proposal][object_id]
            if box[2] <= box[0] or box[3] <= box[1] or any(iou(box, k) > options.nms_threshold for k in kept):
                continue
            kept.append(box)
            score = float(scores[proposal, object_id])
            if proposal not in survivors or score > survivors[proposal][0]:
                survivors[proposal] = score, object_id
    ranked = sorted(survivors, key=lambda p: (-survivors[p][0], p))
    above = sum(survivors[p][0] >= options.score_threshold for p in ranked)
    number = min(max(above, options.min_boxes), options.max_boxes)
    return [(p, survivors[p][1]) for p in ranked[:number]]


@st.composite
def detections(draw: st.DrawFn) -> tuple[torch.Tensor, torch.Tensor]:
    """Draws boxes on a coarse grid with few distinct scores, so that ties and equal boxes are common."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    proposals, classes, shared = draw(st.integers(0, 25)), draw(st.integers(1, 4)), draw(st.booleans())
    corners = random.integers(-2, 16, (proposals, 1 if shared else classes, 2)) * 8
    sides = random.integers(0, 6, corners.shape) * 8
    boxes = torch.tensor(np.concatenate([corners, corners + sides], -1), dtype=torch.float32)
    levels = draw(st.sampled_from([3, 50]))
    scores = torch.tensor(random.integers(0, levels, (proposals, classes)) / levels, dtype=torch.float32)
    return boxes, scores


@settings(max_examples=150, deadline=None)
@given(
    detections(),
    st.tuples(st.integers(0, 12), st.integers(1, 12)),
    # float32 holds these exactly, so a score or an overlap that equals one is on the same side for everybody
    st.sampled_from([0.0, 0.25, 0.75]),
    st.sampled_from([0.0, 0.3125, 0.5, 1.0]),
)
def test_select_regions_agrees_with_the_definition(
    found: tuple[torch.Tensor, torch.Tensor], numbers: tuple[int, int], threshold: float, nms_threshold: float
) -> None:
    boxes, scores = found
    options = SelectionOptions(min(numbers), max(numbers), threshold, nms_threshold)
    regions = select_regions(boxes, scores, SIZE, options)
    expected = slowly(boxes, scores, options)
    assert regions.object_ids.tolist() == [object_id for _, object_id in expected]
    assert regions.scores.tolist() == [float(scores[p, k]) for p, k in expected]
    clipped = clip_boxes(boxes, SIZE).expand(-1, scores.shape[1], -1)
    assert regions.boxes.tolist() == [clipped[p, k].tolist() for p, k in expected]


def apart(number: int) -> torch.Tensor:
    left = torch.arange(number, dtype=torch.float32) * 2
    return torch.stack([left, left * 0, left + 1, left * 0 + 5], dim=1)[:, None]  # (P, 1, 4)


def test_select_regions_fills_up_to_the_minimum() -> None:
    scores = torch.tensor([[0.9], [1e-30], [0.1], [0.0]])
    options = SelectionOptions(min_boxes=4, max_boxes=10)
    assert (
        select_regions(apart(4), scores, SIZE, options).scores.tolist()
        == scores[:, 0].sort(descending=True)[0].tolist()
    )


def test_select_regions_stops_at_the_maximum() -> None:
    scores = torch.linspace(0.3, 0.9, 30)[:, None]
    regions = select_regions(apart(30), scores, SIZE, SelectionOptions(min_boxes=2, max_boxes=5))
    assert regions.scores.tolist() == scores[:, 0].flip(0)[:5].tolist()


def test_select_regions_of_no_proposals_is_empty() -> None:
    regions = select_regions(torch.zeros(0, 3, 4), torch.zeros(0, 3), SIZE, SelectionOptions())
    assert regions.boxes.shape == (0, 4)


def test_clip_boxes_moves_corners_inside() -> None:
    clipped = clip_boxes(torch.tensor([[-5.0, -1, 100, 100], [3, 4, 5, 6]]), SIZE)
    assert clipped.tolist() == [[0, 0, 80, 60], [3, 4, 5, 6]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"min_boxes": 20, "max_boxes": 10}, "min_boxes=20, max_boxes=10"),
        ({"min_boxes": -1}, "min_boxes=-1, max_boxes=100"),
        ({"min_boxes": 0, "max_boxes": 0}, "min_boxes=0, max_boxes=0"),
        ({"score_threshold": 1.5}, r"score_threshold=1.5, nms_threshold=0.3"),
        ({"nms_threshold": float("nan")}, "nms_threshold=nan"),
    ],
)
def test_selection_options_refuses_what_cannot_be(arguments: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SelectionOptions(**arguments)  # type: ignore[arg-type]
