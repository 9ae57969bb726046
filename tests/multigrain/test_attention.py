from __future__ import annotations

import pytest
import torch
from torch.nn.functional import gelu

from multigrain.attention import RelationalAttention


def _layer(dim: int = 8, types: int = 3) -> RelationalAttention:
    torch.manual_seed(0)
    layer = RelationalAttention(dim, heads=2, edge_types=types, dropout=0.0)
    for parameter in layer.parameters():  # nothing stays at its zero start
        torch.nn.init.normal_(parameter, std=0.5)
    return layer.eval()


def test_relational_attention_equals_loops_over_edges() -> None:
    layer = _layer()
    asking, asked = torch.randn(2, 3, 8), torch.randn(2, 4, 8)
    types = torch.tensor([[[1, 0, 2, 3], [0, 3, 0, 0], [1, 1, 1, 1]], [[0, 0, 0, 0], [2, 2, 0, 1], [3, 0, 0, 1]]])
    got = layer(asking, asked, types)
    for b in range(2):
        x, y = layer.norm_asking(asking[b]), layer.norm_asked(asked[b])
        query, key, value = layer.query(x), layer.key(y), layer.value(y)
        for i in range(3):
            message = torch.zeros(8)
            edges = [j for j in range(4) if types[b, i, j]]
            for h in range(2):
                part = slice(4 * h, 4 * h + 4)
                if not edges:
                    continue
                logits = torch.stack([query[i, part] @ key[j, part] / 2 + layer.bias[types[b, i, j], h] for j in edges])
                for weight, j in zip(torch.softmax(logits, dim=0), edges, strict=True):
                    message[part] += weight * (value[j, part] + layer.typed_value[types[b, i, j], part])
            node = asking[b, i] + layer.scale[0] * layer.out(message)
            node = node + layer.scale[1] * layer.feed_out(gelu(layer.feed(layer.norm_feed(node))))
            torch.testing.assert_close(got[b, i], node, atol=1e-5, rtol=1e-5)


def test_relational_attention_starts_near_the_identity() -> None:
    torch.manual_seed(0)
    layer = RelationalAttention(8, heads=2, edge_types=1, dropout=0.0)
    nodes = torch.randn(1, 3, 8)
    change = layer(nodes, nodes, torch.ones(1, 3, 3, dtype=torch.long)) - nodes
    assert 0 < change.norm() < 0.1 * nodes.norm()


def test_relational_attention_refuses_heads_that_do_not_divide() -> None:
    with pytest.raises(ValueError, match="3 heads do not divide a size of 8"):
        RelationalAttention(8, heads=3, edge_types=1, dropout=0.0)
