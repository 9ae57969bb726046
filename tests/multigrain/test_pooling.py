from __future__ import annotations

import torch

from multigrain.pooling import GeneralisedPool, MeanPool


def _members() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    mask = torch.tensor([[1, 1, 1, 1], [1, 0, 1, 0], [0, 0, 1, 0]], dtype=torch.bool)
    return torch.randn(3, 4, 6), mask


def test_generalised_pool_weighs_the_sorted_values_of_the_members_that_are_there() -> None:
    members, mask = _members()
    pool = GeneralisedPool()
    got = pool(members, mask)
    for b in range(3):
        there = members[b][mask[b]].sort(dim=0, descending=True).values
        weight = pool.weights(torch.tensor([len(there)]), len(there))[0]
        torch.testing.assert_close(got[b], (weight[:, None] * there).sum(0))


def test_generalised_pool_weights_sum_to_one_inside_each_size() -> None:
    weight = GeneralisedPool().weights(torch.tensor([1, 3, 5]), 5)
    torch.testing.assert_close(weight.sum(1), torch.ones(3))
    assert not weight[0, 1:].any()
    assert not weight[1, 3:].any()


def test_generalised_pool_takes_no_heed_of_the_order_of_members() -> None:
    members, mask = _members()
    pool, turned = GeneralisedPool(), torch.tensor([2, 0, 3, 1])
    torch.testing.assert_close(pool(members[:, turned], mask[:, turned]), pool(members, mask))


def test_mean_pool_ignores_what_is_not_there() -> None:
    members, mask = _members()
    torch.testing.assert_close(MeanPool()(members, mask)[1], members[1, [0, 2]].mean(0))
