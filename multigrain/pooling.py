"""A set of vectors becomes one vector.

Legend: B sets, S members at most, D size of a member.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor, nn

Pooling = Literal["gpo", "mean"]


class MeanPool(nn.Module):
    """The mean of a set's members."""

    def forward(self, members: Tensor, mask: Tensor) -> Tensor:
        """Returns (B, D) from members (B, S, D) and mask (B, S), true where there is a member."""
        return masked_mean(members, mask)


class GeneralisedPool(nn.Module):
    """GPO (Chen et al. 2021, VSE-infinity): each dimension's values, sorted, in a weighted sum.

    The weight of the k-th largest of n values is learned as a function of k and n: a bidirectional GRU runs over sine
    and cosine encodings of the positions 1 .. n, a linear layer makes a number of each state, softmax over n. Mean
    and maximum are special cases.
    """

    def __init__(self, position_size: int = 32, hidden: int = 32) -> None:
        super().__init__()
        self.position_size = position_size
        self.gru = nn.GRU(position_size, hidden, batch_first=True, bidirectional=True)
        self.score = nn.Linear(hidden, 1, bias=False)

    def forward(self, members: Tensor, mask: Tensor) -> Tensor:
        """Returns (B, D) from members (B, S, D) and mask (B, S), true where there is a member."""
        sizes, which = torch.unique(mask.sum(1), return_inverse=True)  # the weights depend on the size alone
        weight = self.weights(sizes, members.shape[1])[which]  # (B, S)
        descending = members.masked_fill(~mask[:, :, None], -1e4).sort(dim=1, descending=True).values
        return torch.einsum("bs,bsd->bd", weight.to(members.dtype), descending)

    def weights(self, sizes: Tensor, longest: int) -> Tensor:
        """Returns (sizes, longest): row i sums to one over the first sizes[i] places and is zero behind them."""
        place = torch.arange(longest, device=sizes.device)
        inside = place < sizes[:, None]
        encoding = _positions(longest, self.position_size, self.score.weight)[None].expand(len(sizes), -1, -1)
        packed = nn.utils.rnn.pack_padded_sequence(encoding, sizes.cpu(), batch_first=True, enforce_sorted=False)
        states, _ = nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=longest)
        forward, backward = states.chunk(2, dim=2)
        logits = self.score((forward + backward) / 2).squeeze(2).float().masked_fill(~inside, -1e4)
        return torch.softmax(logits / 0.1, dim=1).masked_fill(~inside, 0)  # 0.1 is the temperature of the public code


def make_pool(kind: Pooling) -> MeanPool | GeneralisedPool:
    """Returns a pooling module of its own parameters."""
    return GeneralisedPool() if kind == "gpo" else MeanPool()


def masked_mean(members: Tensor, mask: Tensor) -> Tensor:
    """Returns the mean over the members (B, S, D) where mask (B, S) is true, zero where it nowhere is: (B, D)."""
    weight = mask.to(members.dtype)
    return torch.einsum("bs,bsd->bd", weight, members) / weight.sum(1, keepdim=True).clamp_min(1)


def _positions(count: int, size: int, like: Tensor) -> Tensor:
    """Returns sine and cosine encodings (count, size) of the positions 0 .. count - 1 (Vaswani et al. 2017)."""
    rate = torch.exp(torch.arange(0, size, 2, device=like.device) * (-math.log(10000.0) / size))
    angle = torch.arange(count, device=like.device)[:, None] * rate
    return torch.stack([angle.sin(), angle.cos()], dim=2).view(count, size).to(like.dtype)
