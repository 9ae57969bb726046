from __future__ import annotations

import torch
from torch.nn.functional import cosine_similarity, normalize

from multigrain.late_interaction import attended_cosine, masked_softmax, mean_by_caption


def _sets() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    members = normalize(torch.randn(3, 5, 8), dim=2)
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 0, 1, 0, 0], [0, 1, 0, 0, 0]], dtype=torch.bool)
    return members, mask, normalize(torch.randn(4, 8), dim=1)


def test_attended_cosine_equals_loops_that_make_the_attended_vector() -> None:
    members, mask, queries = _sets()
    got = attended_cosine(members, mask, queries, temperature=4.0)
    for n in range(3):
        there = members[n][mask[n]]
        for p in range(4):
            weight = torch.softmax(4.0 * there @ queries[p], dim=0)
            attended = (weight[:, None] * there).sum(0)
            torch.testing.assert_close(got[n, p], cosine_similarity(queries[p], attended, dim=0), atol=1e-5, rtol=1e-5)


def test_mean_by_caption_is_zero_for_a_caption_without_phrases() -> None:
    scores = torch.tensor([[1.0, 3.0, 5.0]])
    got = mean_by_caption(scores, torch.tensor([1.0, 3.0, 2.0]), torch.tensor([0, 0, 2]), 3)
    torch.testing.assert_close(got, torch.tensor([[2.5, 0.0, 5.0]]))


def test_masked_softmax_of_nothing_is_zero() -> None:
    weight = masked_softmax(torch.rand(2, 3), torch.tensor([[True, True, False], [False, False, False]]), dim=1)
    torch.testing.assert_close(weight.sum(1), torch.tensor([1.0, 0.0]))
    assert weight[0, 2] == 0
