"""The attribute head of bottom-up attention (Anderson et al. 2018): what an object looks like, given what it is.

Legend: R regions, D feature size, K object classes, M attributes.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

EMBEDDING_SIZE = 256
HIDDEN_SIZE = 512
LOSS_WEIGHT = 0.5


class AttributeHead(nn.Module):
    """Scores every attribute of a region from its feature and its class.

    Attributes are judged one by one (sigmoid), because an object is both red and wooden; or, where they are exclusive,
    against each other (softmax), as in the public Visual Genome checkpoints, whose last output is "no attribute".
    """

    def __init__(self, feature_size: int, num_classes: int, num_attributes: int, *, exclusive: bool = False) -> None:
        super().__init__()
        self.num_attributes, self.exclusive = num_attributes, exclusive
        self.cls_embed = nn.Embedding(num_classes + 1, EMBEDDING_SIZE)  # the last class is the background
        self.attr_linear1 = nn.Linear(feature_size + EMBEDDING_SIZE, HIDDEN_SIZE)
        self.attr_linear2 = nn.Linear(HIDDEN_SIZE, num_attributes + exclusive)
        # Small random outputs around a low prior: the loss starts near the share of attributes that are true.
        nn.init.normal_(self.cls_embed.weight, std=0.01)
        nn.init.normal_(self.attr_linear2.weight, std=0.01)
        nn.init.constant_(self.attr_linear2.bias, -2.0)

    def forward(self, features: Tensor, classes: Tensor) -> Tensor:
        """Returns attribute logits (R, M) of region features (R, D) and classes (R,)."""
        known = torch.cat([features, self.cls_embed(classes)], dim=1)  # (R, D + E)
        logits: Tensor = self.attr_linear2(functional.relu(self.attr_linear1(known)))
        return logits[:, : self.num_attributes]

    def probabilities(self, features: Tensor, classes: Tensor) -> Tensor:
        """Returns how likely each attribute is (R, M); where they are exclusive, given that there is one."""
        logits: Tensor = self(features, classes)
        return logits.softmax(dim=1) if self.exclusive else logits.sigmoid()


def attribute_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """Returns the binary cross-entropy, summed over attributes and averaged over the regions that have any.

    A region without one attribute (R, M) true was not annotated, rather than being without qualities.
    """
    described = truth.sum(dim=1) > 0
    loss = functional.binary_cross_entropy_with_logits(logits[described], truth[described], reduction="sum")
    return LOSS_WEIGHT * loss / max(int(described.sum()), 1)
