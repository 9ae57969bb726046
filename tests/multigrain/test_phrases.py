from __future__ import annotations

import torch

from multigrain.phrases import gather_nodes, span_means


def test_span_means_averages_the_tokens_that_are_left() -> None:
    tokens = torch.arange(8.0).view(1, 4, 2)
    mask = torch.tensor([[True, False, True, True]])
    means, spoken = span_means(tokens, mask, torch.tensor([[[0, 3], [1, 2], [3, 4]]]))
    torch.testing.assert_close(means[0], torch.tensor([[2.0, 3.0], [0.0, 0.0], [6.0, 7.0]]))
    assert spoken.tolist() == [[True, False, True]]


def test_gather_nodes_gives_zeros_for_no_node() -> None:
    nodes = torch.arange(6.0).view(1, 3, 2)
    torch.testing.assert_close(gather_nodes(nodes, torch.tensor([[2, -1]]))[0], torch.tensor([[4.0, 5.0], [0.0, 0.0]]))
