"""Attention over a graph whose edges have types.

Legend: B graphs, Q nodes that ask, S nodes that are asked, D size of a node, H heads, Y edge types. Edge type 0 means
no edge.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

NO_EDGE = 0
START_SCALE = 0.1  # of what a layer adds


class RelationalAttention(nn.Module):
    """One layer of attention along typed edges, with a residual and a feed-forward part, both normalised first.

        e_ij = q_i . k_j / sqrt(D / H) + bias[type_ij]       over the edges of i only
        a_ij = softmax_j e_ij
        x_i <- x_i + scale W sum_j a_ij (v_j + value[type_ij]),    x_i <- x_i + scale FFN(x_i)

    A transformer layer where all edges have one type; the relational graph attention of the three papers where they
    do not. A node without an edge is only changed by the feed-forward part. Sources: Vaswani et al. 2017; Shaw et al.
    2018 (types in logits and values).
    """

    def __init__(self, dim: int, *, heads: int, edge_types: int, dropout: float) -> None:
        """`edge_types` counts the types besides "no edge": types are 0 .. edge_types."""
        super().__init__()
        if dim % heads:
            raise ValueError(f"{heads} heads do not divide a size of {dim}")
        self.heads, self.edge_types = heads, edge_types
        self.norm_asking, self.norm_asked, self.norm_feed = nn.LayerNorm(dim), nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.query, self.key, self.value = nn.Linear(dim, dim), nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.bias = nn.Parameter(torch.zeros(edge_types + 1, heads))
        self.typed_value = nn.Parameter(torch.zeros(edge_types + 1, dim))
        self.out = nn.Linear(dim, dim)
        self.feed, self.feed_out = nn.Linear(dim, 2 * dim), nn.Linear(2 * dim, dim)
        self.dropout = nn.Dropout(dropout)
        # Starts near the identity and leaves it slowly (LayerScale, Touvron et al. 2021): else depth spoils the start.
        self.scale = nn.Parameter(torch.full((2, dim), START_SCALE))

    def forward(self, asking: Tensor, asked: Tensor, types: Tensor) -> Tensor:
        """Returns the asking nodes (B, Q, D) after one layer; asked (B, S, D), types (B, Q, S) int64."""
        b, q, d = asking.shape
        split = (b, -1, self.heads, d // self.heads)
        x, y = self.norm_asking(asking), self.norm_asked(asked)
        query = self.query(x).view(split).transpose(1, 2)  # (B, H, Q, D/H)
        key, value = (part(y).view(split).transpose(1, 2) for part in (self.key, self.value))  # (B, H, S, D/H)
        logits = query @ key.transpose(2, 3) * (d // self.heads) ** -0.5 + self.bias[types].permute(0, 3, 1, 2)
        logits = logits.masked_fill((types == NO_EDGE)[:, None], -1e4)  # finite: also in a row without an edge
        weight = torch.softmax(logits.float(), dim=3).to(value.dtype)
        weight = self.dropout(weight.masked_fill((types == NO_EDGE)[:, None], 0))  # (B, H, Q, S)
        # How much weight each type gets, so that values of types cost (B, H, Q, Y) and not (B, Q, S, D).
        by_type = weight.new_zeros(b, self.heads, q, self.edge_types + 1)
        by_type = by_type.scatter_add(3, types[:, None].expand(weight.shape), weight)
        typed = self.typed_value.view(-1, self.heads, d // self.heads).transpose(0, 1).to(weight.dtype)  # (H, Y, D/H)
        message = (weight @ value + by_type @ typed).transpose(1, 2).reshape(b, q, d)
        asking = asking + self.scale[0] * self.dropout(self.out(message))
        fed = self.feed_out(self.dropout(functional.gelu(self.feed(self.norm_feed(asking)))))
        changed: Tensor = asking + self.scale[1] * self.dropout(fed)
        return changed
