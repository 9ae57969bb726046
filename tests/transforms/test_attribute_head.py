"""The attribute head and its loss."""

from __future__ import annotations

import math

import torch

from transforms.attribute_head import LOSS_WEIGHT, AttributeHead, attribute_loss


def test_attribute_head_looks_at_feature_and_class() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        head = AttributeHead(feature_size=8, num_classes=3, num_attributes=5)
        features = torch.randn(2, 8)
    logits = head(features[[0, 0, 1]], torch.tensor([0, 2, 0]))
    assert logits.shape == (3, 5)
    assert not torch.equal(logits[0], logits[1])
    assert not torch.equal(logits[0], logits[2])


def test_attribute_head_knows_the_background() -> None:
    head = AttributeHead(feature_size=8, num_classes=3, num_attributes=5)
    assert head(torch.zeros(1, 8), torch.tensor([3])).shape == (1, 5)


def test_attribute_loss_is_the_cross_entropy_of_described_regions() -> None:
    logits = torch.tensor([[0.3, -1.2], [2.0, 0.1], [9.0, 9.0]])
    truth = torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])  # the third was not annotated
    terms = [math.log1p(math.exp(-x)) for x in (0.3, 1.2, 2.0, 0.1)]
    torch.testing.assert_close(attribute_loss(logits, truth), torch.tensor(LOSS_WEIGHT * sum(terms) / 2))


def test_attribute_loss_of_nothing_is_zero_and_has_a_gradient() -> None:
    logits = torch.zeros(0, 4, requires_grad=True)
    loss = attribute_loss(logits, torch.zeros(0, 4))
    loss.backward()
    assert float(loss.detach()) == 0
