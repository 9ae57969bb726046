"""From tokens to phrases: spans of a caption become nodes.

Legend: M captions, T tokens, K phrases a caption, P phrases of all captions, D size of a vector.
"""

from __future__ import annotations

import torch
from torch import Tensor


def span_mask(spans: Tensor, length: int) -> Tensor:
    """Returns (..., T): true for the tokens inside each half-open span of (..., 2)."""
    place = torch.arange(length, device=spans.device)
    return (place >= spans[..., :1]) & (place < spans[..., 1:])


def span_means(tokens: Tensor, mask: Tensor, spans: Tensor) -> tuple[Tensor, Tensor]:
    """Returns the mean of each span's tokens (M, K, D) and which spans have any token (M, K).

    tokens (M, T, D), mask (M, T), spans (M, K, 2). A span without tokens has a mean of zero.
    """
    inside = (span_mask(spans, tokens.shape[1]) & mask[:, None]).to(tokens.dtype)  # (M, K, T)
    count = inside.sum(2)
    return inside @ tokens / count.clamp_min(1)[:, :, None], count > 0


def triple_means(tokens, mask, captions):
    t = tokens.shape[1]
    inside = span_mask(captions.phrase_predicate, t) | span_mask(captions.phrase_heads, t).any(2)
    inside = (inside & mask[:, None]).to(tokens.dtype)
    return inside @ tokens / inside.sum(2).clamp_min(1)[:, :, None]


def gather_nodes(nodes: Tensor, index: Tensor) -> Tensor:
    """Returns nodes[b, index[b, i]] as (B, I, D); an index of -1 gives zeros."""
    found = nodes.gather(1, index.clamp_min(0)[:, :, None].expand(-1, -1, nodes.shape[2]))
    return found * (index >= 0)[:, :, None].to(nodes.dtype)
