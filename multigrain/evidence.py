"""How the scores of a caption's phrases make one score of the caption.

A mean says which share of a caption is true of a photo, so "a ball" fits whatever shows a ball better than a full
description that has one doubtful phrase: photo-to-text retrieval then returns what says least. Evidence adds up
instead: each phrase speaks for the photo by how far it scores above its own threshold, and against it by how far
below, as log-likelihood ratios do. Weight and threshold of a phrase are read off its vector, so that common things
count less than rare ones.

Legend: N photos, M captions, P phrases of all captions, D size of a vector.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor, nn

from multigrain.late_interaction import mean_by_caption

PhraseSum = Literal["mean", "evidence"]
START_WEIGHT = 0.25  # of a phrase in a sum: a caption has about four


class CaptionScore(nn.Module):
    """mean: sum_k w_k s_k / sum_k w_k;   evidence: sum_k w_k (s_k - b_k);   log w_k and b_k linear in the phrase."""

    def __init__(self, kind: PhraseSum, dim: int, *, threshold: float) -> None:
        """`threshold` is what all b_k are at first."""
        super().__init__()
        self.kind = kind
        self.weight = nn.Linear(dim, 1)
        nn.init.zeros_(self.weight.weight)  # all phrases count the same at first
        nn.init.constant_(self.weight.bias, 0.0 if kind == "mean" else math.log(START_WEIGHT))
        if kind == "evidence":
            self.threshold = nn.Linear(dim, 1)
            nn.init.zeros_(self.threshold.weight)
            nn.init.constant_(self.threshold.bias, threshold)

    def forward(self, phrases: Tensor) -> Tensor:
        """Returns (P, 2), what the phrases (P, D) say of themselves: weight, positive, and threshold."""
        weight = self.weight(phrases).float().clamp(-5, 5).exp()
        return torch.cat([weight, self.threshold(phrases).float() if self.kind == "evidence" else weight * 0], dim=1)

    def combine(self, scores: Tensor, said: Tensor, caption: Tensor, captions: int) -> Tensor:
        """Returns (N, M) from the scores of phrases (N, P), what they say (P, 2) and whose they are (P,)."""
        weight, threshold = said.unbind(1)
        if self.kind == "mean":
            return mean_by_caption(scores, weight, caption, captions)
        return scores.new_zeros(len(scores), captions).index_add(1, caption, (scores - threshold) * weight)
