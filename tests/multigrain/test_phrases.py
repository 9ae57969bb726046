from __future__ import annotations

from dataclasses import replace

import torch

from multigrain.phrases import gather_nodes, phrase_words, span_means
from tests.multigrain.models_data import captions


def test_span_means_averages_the_tokens_that_are_left() -> None:
    tokens = torch.arange(8.0).view(1, 4, 2)
    mask = torch.tensor([[True, False, True, True]])
    means, spoken = span_means(tokens, mask, torch.tensor([[[0, 3], [1, 2], [3, 4]]]))
    torch.testing.assert_close(means[0], torch.tensor([[2.0, 3.0], [0.0, 0.0], [6.0, 7.0]]))
    assert spoken.tolist() == [[True, False, True]]


def test_gather_nodes_gives_zeros_for_no_node() -> None:
    nodes = torch.arange(6.0).view(1, 3, 2)
    torch.testing.assert_close(gather_nodes(nodes, torch.tensor([[2, -1]]))[0], torch.tensor([[4.0, 5.0], [0.0, 0.0]]))


def test_phrase_words_of_a_triple_are_predicate_and_heads_where_they_are_known() -> None:
    known = captions(3)
    assert phrase_words(known)[2].int().argmax(1).tolist() == [1, 4, 2]
    assert phrase_words(known)[2].sum(1).tolist() == [2, 1, 3]
    unknown = replace(
        known,
        phrase_heads=torch.zeros_like(known.phrase_heads),
        phrase_predicate=torch.zeros_like(known.phrase_predicate),
    )
    assert phrase_words(unknown)[2].sum(1).tolist() == [2, 1, 4]
