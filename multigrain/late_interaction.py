"""Scores of all pairs of photos and captions as matrix products, after each side was encoded once.

Legend: N photos, M captions, R regions, T tokens, K phrases a caption, P phrases of all M captions, D size of a
vector. All vectors are units. Nothing of size N x M x D is ever made: an attended vector r = sum_i a_i v_i is only
needed in products, and

    x . r = sum_i a_i (x . v_i),        r . r = sum_i a_i (G a)_i,        G_ij = v_i . v_j

so cosines of attended vectors come from the similarities (N, R, P) and from the Gram matrices (N, R, R).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

_TINY = 1e-6  # added below a square root


def unit_vectors(vectors: Tensor) -> Tensor:
    """Returns float32 vectors (..., D) of length one: scores differ by less than bfloat16 can tell."""
    return normalize(vectors.float(), dim=-1)


def similarities(members: Tensor, queries: Tensor) -> Tensor:
    """Returns x_nr . q_p as (N, R, P), from members (N, R, D) and queries (P, D)."""
    n, r, d = members.shape
    return (members.reshape(n * r, d) @ queries.t()).view(n, r, -1)


def attended_cosine(members: Tensor, mask: Tensor, queries: Tensor, *, temperature: float) -> Tensor:
    """Returns the cosine of each query with what it attends to in each set of members: (N, P).

    a = softmax_r(temperature * q_p . v_nr) over the members of mask (N, R), score = cos(q_p, sum_r a_r v_nr): stacked
    cross attention (Lee et al. 2018) seen from the query. members (N, R, D) and queries (P, D) are unit vectors.
    """
    similarity = similarities(members, queries)  # (N, R, P)
    weight = masked_softmax(similarity * temperature, mask[:, :, None], dim=1)
    gram = members @ members.transpose(1, 2)  # (N, R, R)
    along = (weight * similarity).sum(1)
    squared = (weight * (gram @ weight)).sum(1)
    return along * (squared + _TINY).rsqrt()


def mean_by_caption(scores: Tensor, weight: Tensor, caption: Tensor, captions: int) -> Tensor:
    """Returns the weighted mean of the scores (N, P) of each caption's phrases: (N, M), 0 where a caption has none.

    weight (P,) positive; caption (P,) says whose phrase it is, in 0 .. captions - 1.
    """
    total = weight.new_zeros(captions).index_add(0, caption, weight)
    summed = scores.new_zeros(len(scores), captions).index_add(1, caption, (scores * weight).to(scores.dtype))
    return summed / torch.where(total > 0, total, torch.ones_like(total))


def masked_softmax(logits: Tensor, mask: Tensor, dim: int) -> Tensor:
    """Returns the softmax over the places where mask (broadcast) is true, zero elsewhere, also where it nowhere is."""
    weight = torch.softmax(logits.float().masked_fill(~mask, -1e4), dim=dim)
    return weight.masked_fill(~mask, 0).to(logits.dtype)
