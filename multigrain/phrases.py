"""From tokens to phrases: spans of a caption become nodes.

Legend: M captions, T tokens, K phrases a caption, P phrases of all captions, D size of a vector.
"""

from __future__ import annotations

import torch
from torch import Tensor

from multigrain.batch import TRIPLE, Captions


def span_mask(spans: Tensor, length: int) -> Tensor:
    """Returns (..., T): true for the tokens inside each half-open span of (..., 2)."""
    place = torch.arange(length, device=spans.device)
    return (place >= spans[..., :1]) & (place < spans[..., 1:])


def phrase_words(captions: Captions) -> Tensor:
    """Returns the tokens that say each phrase: (M, K, T).

    Of an object all of its span; of a triple its predicate and the heads of its ends, as its label is about these and
    not about the attributes between them. A triple of which none of these is known has its whole span.
    """
    length = captions.tokens.shape[1]
    heads = span_mask(captions.phrase_heads, length).any(2)
    core = (heads | span_mask(captions.phrase_predicate, length)) & (captions.phrase_kind == TRIPLE)[:, :, None]
    return torch.where(core.any(2, keepdim=True), core, span_mask(captions.phrase_tokens, length))


def span_means(tokens: Tensor, mask: Tensor, spans: Tensor) -> tuple[Tensor, Tensor]:
    """Returns the mean of each span's tokens (M, K, D) and which spans have any token (M, K).

    tokens (M, T, D), mask (M, T), spans (M, K, 2). A span without tokens has a mean of zero.
    """
    return word_means(tokens, mask, span_mask(spans, tokens.shape[1]))


def word_means(tokens: Tensor, mask: Tensor, words: Tensor) -> tuple[Tensor, Tensor]:
    """Returns the mean of each phrase's tokens (M, K, D) and which phrases have any (M, K); words (M, K, T)."""
    inside = (words & mask[:, None]).to(tokens.dtype)
    count = inside.sum(2)
    return inside @ tokens / count.clamp_min(1)[:, :, None], count > 0


def gather_nodes(nodes: Tensor, index: Tensor) -> Tensor:
    """Returns nodes[b, index[b, i]] as (B, I, D); an index of -1 gives zeros."""
    found = nodes.gather(1, index.clamp_min(0)[:, :, None].expand(-1, -1, nodes.shape[2]))
    return found * (index >= 0)[:, :, None].to(nodes.dtype)
