"""The losses of the four models, each a function of scores that are there already.

Legend: N photos, M captions, K phrases a caption, D size of an embedding. `matches[n, m]` says that caption m was
written for photo n. A batch may hold a photo more than once and several captions of one photo: what matches is never
a negative.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """What is known of N photos and M captions with respect to one another."""

    matches: Tensor  # (N, M) bool: the caption was written for the photo
    negative: Tensor  # (N, M) bool: the caption may be taken for wrong; never where it matches
    hardest: bool = True  # of a triplet loss's negatives the hardest alone counts, else all alike
    label: Tensor | None = None  # (N, M, K) int8: +1 phrase true of the photo, -1 false, 0 unknown; None without labels
    confidence: Tensor | None = None  # (N, M, K) in [0, 1]


def triplet(scores: Tensor, pairs: Pairs, *, margin: float) -> Tensor:
    """Returns the triplet loss over the matching pairs of (N, M) scores, both ways, as a scalar.

    For a matching pair (n, m): the mean of [margin - s(n, m) + s(n, m')]+ over the captions m' that are negatives of n,
    plus that of [margin - s(n, m) + s(n', m)]+ over the photos n' that m is a negative of (Faghri et al. 2018, VSE++,
    eq. 5 divided by their number); or the hardest of them in place of the mean (eq. 6). In the beginning the hardest
    negative would make all embeddings collapse; where captions fit many photos it may be none.
    Averaged over the matching pairs; 0 where there are none.
    """
    n, m = pairs.matches.nonzero(as_tuple=True)
    if len(n) == 0:
        return scores.sum() * 0.0
    positive = scores[n, m][:, None]  # (P, 1)
    total = scores.new_zeros(())
    for other, wrong in ((scores[n], pairs.negative[n]), (scores.t()[m], pairs.negative.t()[m])):  # (P, M), (P, N)
        cost = (margin - positive + other).clamp_min(0) * wrong
        if pairs.hardest:
            total = total + cost.amax(1).mean()
        else:
            total = total + (cost.sum(1) / wrong.sum(1).clamp_min(1)).mean()
    return total


def multi_scale(
    global_scores: Tensor, local_scores: Tensor, pairs: Pairs, *, local_weight: float, margin: float
) -> dict[str, Tensor]:
    """Returns the triplet losses of (N, M) scores of wholes and of parts: triplet(global) + local_weight
    triplet(local).

    SSAMT (arXiv 2109.05523) states matching losses from global and local perspectives; that each is a triplet loss of
    its own is our reading.
    """
    return {
        "global": triplet(global_scores, pairs, margin=margin),
        "local": local_weight * triplet(local_scores, pairs, margin=margin),
    }


def mismatched_phrases(
    scores: Tensor, label: Tensor, confidence: Tensor, *, boundary: float, temperature: float
) -> Tensor:
    """Returns the penalty on phrases that score high where they are false, and low where they are true, as a scalar.

    All three tensors have one shape; label +1, -1 or 0 (unknown: no loss), confidence in [0, 1], by which the means are
    weighted:

        mean over negatives log(1 + e^z)  +  mean over positives log(1 + e^-z),     z = temperature (s - boundary)

    SSAMT (arXiv 2109.05523) states that mismatched phrases are penalised; the formula is ours. Positives and negatives
    have a mean each because there are many times more negatives.
    """
    logit = temperature * (scores - boundary)
    return _weighted_mean(functional.softplus(logit), confidence * (label < 0)) + _weighted_mean(
        functional.softplus(-logit), confidence * (label > 0)
    )


def centre_hinge(image: Tensor, caption: Tensor, matches: Tensor, *, near: float, far: float) -> Tensor:
    """Returns the centre hinge loss of unit vectors: image (N, D), caption (M, D), as a scalar.

    The centre c of photo n is the mean of its embedding and of its captions' in the batch. Every embedding f of photo
    n or of its captions is drawn to within `near` of c, and kept `far` away from the nearest centre of another photo:

        [d(f, c) - near]+  +  [far - d(f, nearest other c)]+,     d(x, y) = 1 - cos(x, y)

    ReSG (IEEE T-Cyb 54(2), 2024) names a centre hinge loss; the formula is ours, after the centre loss of Wen et al.
    (2016). Without another photo in the batch the second term is left out.
    """
    weight = matches.to(image.dtype)  # (N, M)
    centre = functional.normalize((image + weight @ caption) / (1 + weight.sum(1, keepdim=True)), dim=1)  # (N, D)
    siblings = (weight @ weight.t() > 0) | torch.eye(len(image), dtype=torch.bool, device=image.device)  # (N, N)
    total = image.new_zeros(())
    for embedding, own in ((image, siblings), (caption, matches.t())):  # own (F, N): centres of the same photo
        known = own.any(1)  # a caption may have come without its photo
        distance = (1 - embedding @ centre.t())[known]  # (F, N)
        own = own[known]
        if len(own) == 0:
            continue
        to_own = distance.masked_fill(~own, 0).sum(1) / own.sum(1)
        total = total + (to_own - near).clamp_min(0).mean()
        to_other = distance.masked_fill(own, torch.inf).amin(1)
        total = total + (far - to_other).clamp_min(0).mean()
    return total


def positive_negative_margin(
    scores: Tensor, label: Tensor, confidence: Tensor, *, boundary: float, margin: float
) -> Tensor:
    """Returns how far positives and negatives are from their own side of a boundary, as a scalar; shapes as they come.

        mean over positives [boundary + margin - s]+  +  mean over negatives [s - (boundary - margin)]+

    ReSG (IEEE T-Cyb 54(2), 2024) names a positive-negative margin loss; the formula is ours, after the margin based
    loss of Wu et al. (2017). label +1, -1 or 0 (no loss); means weighted by confidence.
    """
    cost_positive = (boundary + margin - scores).clamp_min(0)
    cost_negative = (scores - (boundary - margin)).clamp_min(0)
    return _weighted_mean(cost_positive, confidence * (label > 0)) + _weighted_mean(
        cost_negative, confidence * (label < 0)
    )


def _weighted_mean(values: Tensor, weight: Tensor) -> Tensor:
    """Returns the weighted mean, 0 where all weights are 0."""
    total = weight.sum()
    return (values * weight).sum() / torch.where(total > 0, total, torch.ones_like(total))
