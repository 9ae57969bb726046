from __future__ import annotations

import torch

from multigrain.evidence import START_WEIGHT, CaptionScore

SCORES = torch.tensor([[1.0, 3.0, 5.0]])
CAPTION = torch.tensor([0, 0, 2])


def _said() -> torch.Tensor:
    return torch.tensor([[1.0, 0.5], [3.0, 1.0], [2.0, 2.0]])  # weight, threshold


def test_combine_of_mean_is_weighted_and_knows_no_threshold() -> None:
    got = CaptionScore("mean", 4, threshold=0.3).combine(SCORES, _said(), CAPTION, 3)
    torch.testing.assert_close(got, torch.tensor([[2.5, 0.0, 5.0]]))


def test_combine_of_evidence_adds_what_is_above_the_threshold() -> None:
    got = CaptionScore("evidence", 4, threshold=0.3).combine(SCORES, _said(), CAPTION, 3)
    torch.testing.assert_close(got, torch.tensor([[0.5 * 1 + 2 * 3, 0.0, 3 * 2.0]]))


def test_evidence_of_two_true_phrases_is_more_than_of_one_but_a_false_one_takes_off() -> None:
    score = CaptionScore("evidence", 4, threshold=0.3)
    caption = torch.tensor([0, 1, 1, 2, 2])  # "a ball"; "a ball on a box"; "a ball on a chair" that is not there
    with torch.no_grad():
        said = score(torch.randn(5, 4))
        one, two, false = score.combine(torch.tensor([[0.8, 0.8, 0.8, 0.8, 0.0]]), said, caption, 3)[0].tolist()
    assert two > one > false


def test_phrases_count_alike_at_first() -> None:
    said = CaptionScore("evidence", 4, threshold=0.3)(torch.randn(5, 4))
    torch.testing.assert_close(said, torch.tensor([[START_WEIGHT, 0.3]]).expand(5, 2))
    torch.testing.assert_close(CaptionScore("mean", 4, threshold=0.3)(torch.randn(5, 4))[:, 0], torch.ones(5))
