"""Every loss against plain loops over the formula in its docstring."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from multigrain.losses import (
    Pairs,
    centre_hinge,
    mismatched_phrases,
    multi_scale,
    positive_negative_margin,
    triplet,
)

MARGIN = 0.2


def _batch(seed: int = 0, n: int = 7, m: int = 9) -> tuple[Tensor, Tensor]:
    """Scores (n, m), and matches with a photo that occurs twice and photos with several captions."""
    torch.manual_seed(seed)
    photo = torch.tensor([0, 1, 2, 2, 3, 4, 5])[:n]
    caption = torch.tensor([0, 0, 1, 2, 3, 4, 5, 5, 9])[:m]
    return torch.rand(n, m) * 2 - 1, photo[:, None] == caption


def _triplet_by_loops(scores: Tensor, matches: Tensor, hardest: bool = True) -> float:
    i2t, t2i = [], []
    for n in range(len(scores)):
        for m in range(scores.shape[1]):
            if not matches[n, m]:
                continue
            s = float(scores[n, m])
            row = [float(scores[n, k]) for k in range(scores.shape[1]) if not matches[n, k]]
            column = [float(scores[k, m]) for k in range(len(scores)) if not matches[k, m]]
            for others, out in ((row, i2t), (column, t2i)):
                costs = [max(0.0, MARGIN - s + other) for other in others]
                out.append(max(costs) if hardest else sum(costs) / len(costs))
    return sum(i2t) / len(i2t) + sum(t2i) / len(t2i)


@pytest.mark.parametrize("hardest", [True, False])
def test_triplet_equals_loops_over_pairs(hardest: bool) -> None:
    scores, matches = _batch()
    expected = _triplet_by_loops(scores, matches, hardest)
    assert float(triplet(scores, Pairs(matches, ~matches, hardest), margin=MARGIN)) == pytest.approx(expected, rel=1e-5)


def test_triplet_takes_no_sibling_for_a_negative() -> None:
    scores = torch.tensor([[0.5, 0.9], [0.5, 0.9]])  # a sibling scores higher than the pair's own caption
    matches = torch.ones(2, 2, dtype=torch.bool)
    assert float(triplet(scores, Pairs(matches, ~matches), margin=MARGIN)) == 0


def test_triplet_spares_what_is_not_named_a_negative() -> None:
    scores = torch.tensor([[0.5, 0.9, 0.4], [0.0, 0.5, 0.0]])
    matches = torch.tensor([[True, False, False], [False, True, False]])
    negative = ~matches
    negative[0, 1] = False  # caption 1 is true of photo 0 too
    assert float(triplet(scores, Pairs(matches, negative), margin=MARGIN)) == pytest.approx(0.05)


def test_triplet_without_matching_pair_is_zero_and_differentiable() -> None:
    scores = torch.rand(2, 3, requires_grad=True)
    nothing = torch.zeros(2, 3, dtype=torch.bool)
    triplet(scores, Pairs(nothing, ~nothing), margin=MARGIN).backward()
    assert scores.grad is not None
    assert not scores.grad.any()


def test_multi_scale_weighs_the_local_triplet() -> None:
    scores, matches = _batch()
    local, _ = _batch(seed=1)
    losses = multi_scale(scores, local, Pairs(matches, ~matches), local_weight=0.5, margin=MARGIN)
    assert float(losses["global"]) == pytest.approx(_triplet_by_loops(scores, matches), rel=1e-5)
    assert float(losses["local"]) == pytest.approx(_triplet_by_loops(local, matches) / 2, rel=1e-5)


def _labels(shape: tuple[int, ...]) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(3)
    return torch.rand(shape) * 2 - 1, torch.randint(-1, 2, shape), torch.rand(shape)


def _weighted(costs: list[tuple[float, float]]) -> float:
    return sum(c * w for c, w in costs) / sum(w for _, w in costs)


def test_mismatched_phrases_equals_loops_over_phrases() -> None:
    scores, label, confidence = _labels((3, 4, 5))
    positive, negative = [], []
    for s, y, c in zip(scores.flatten().tolist(), label.flatten().tolist(), confidence.flatten().tolist(), strict=True):
        z = 8.0 * (s - 0.3)
        if y > 0:
            positive.append((math.log(1 + math.exp(-z)), c))
        if y < 0:
            negative.append((math.log(1 + math.exp(z)), c))
    got = mismatched_phrases(scores, label, confidence, boundary=0.3, temperature=8.0)
    assert float(got) == pytest.approx(_weighted(positive) + _weighted(negative), rel=1e-5)


def test_mismatched_phrases_gives_unknown_phrases_no_gradient() -> None:
    scores = torch.zeros(6, requires_grad=True)
    label = torch.tensor([1, 0, -1, 0, 1, -1])
    loss = mismatched_phrases(scores, label, torch.ones(6), boundary=0.3, temperature=1.0)
    loss.backward()
    assert scores.grad is not None
    assert torch.equal(scores.grad.sign().int(), -label.int())


def test_mismatched_phrases_without_labels_is_zero() -> None:
    nothing = torch.zeros(4)
    loss = mismatched_phrases(torch.rand(4), nothing, nothing, boundary=0.3, temperature=8.0)
    assert float(loss) == 0


def test_centre_hinge_equals_loops_over_embeddings() -> None:
    torch.manual_seed(0)
    near, far = 0.1, 0.9
    image = torch.nn.functional.normalize(torch.randn(7, 6), dim=1)
    image[3] = image[2]  # the photo that occurs twice
    caption = torch.nn.functional.normalize(torch.randn(9, 6), dim=1)
    _, matches = _batch()
    centres = []
    for n in range(7):
        members = [image[n]] + [caption[m] for m in range(9) if matches[n, m]]
        centre = torch.stack(members).mean(0)
        centres.append(centre / centre.norm())
    costs: dict[str, list[float]] = {"image": [], "caption": []}
    pulls: dict[str, list[float]] = {"image": [], "caption": []}
    for side, embeddings in (("image", image), ("caption", caption)):
        for f in range(len(embeddings)):
            if side == "image":
                own = [n for n in range(7) if n == f or {n, f} == {2, 3}]
            else:
                own = [n for n in range(7) if matches[n, f]]
            if not own:
                continue
            distances = [1 - float(embeddings[f] @ c) for c in centres]
            pulls[side].append(max(0.0, sum(distances[n] for n in own) / len(own) - near))
            costs[side].append(max(0.0, far - min(d for n, d in enumerate(distances) if n not in own)))
    expected = sum(sum(v) / len(v) for table in (pulls, costs) for v in table.values())
    assert float(centre_hinge(image, caption, matches, near=near, far=far)) == pytest.approx(expected, rel=1e-5)


def test_centre_hinge_of_one_photo_has_no_push() -> None:
    image = torch.tensor([[1.0, 0.0]])
    assert float(centre_hinge(image, image.clone(), torch.ones(1, 1, dtype=torch.bool), near=0.1, far=2.0)) == 0


def test_positive_negative_margin_equals_loops_over_nodes() -> None:
    scores, label, confidence = _labels((4, 6))
    positive, negative = [], []
    for s, y, c in zip(scores.flatten().tolist(), label.flatten().tolist(), confidence.flatten().tolist(), strict=True):
        if y > 0:
            positive.append((max(0.0, 0.3 + 0.2 - s), c))
        if y < 0:
            negative.append((max(0.0, s - (0.3 - 0.2)), c))
    got = positive_negative_margin(scores, label, confidence, boundary=0.3, margin=0.2)
    assert float(got) == pytest.approx(_weighted(positive) + _weighted(negative), rel=1e-5)
