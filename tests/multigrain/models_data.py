"""Photos and captions as tensors, for tests of models: every count varies, also the empty ones."""

from __future__ import annotations

import torch

from multigrain.batch import NO_PHRASE, OBJECT, TRIPLE, Captions, Photos
from multigrain.encoders import Sizes

SIZES = Sizes(features=12, predicates=3, tokens=30, mask_token=4)


def photos(count: int, *, regions: int = 6, seed: int = 0, relations: int = 5) -> Photos:
    """Photo i has between 1 and `regions` regions; photo 0 has no relations."""
    draw = torch.Generator().manual_seed(seed)
    num_boxes = torch.randint(2, regions + 1, (count,), generator=draw)
    corner = torch.rand(count, regions, 2, generator=draw) * 50
    pairs = torch.randint(0, 2, (count, relations, 2), generator=draw)  # among the first two regions
    score = torch.rand(count, relations, generator=draw).sort(1, descending=True).values
    score[0], pairs[0] = 0.0, -1
    predicate = torch.randint(0, SIZES.predicates, (count, relations), generator=draw)
    predicate[0] = -1
    return Photos(
        index=torch.arange(count),
        features=torch.randn(count, regions, SIZES.features, generator=draw),
        feature_range=None,
        num_boxes=num_boxes,
        boxes=torch.cat([corner, corner + 1 + torch.rand(count, regions, 2, generator=draw) * 40], dim=2),
        image_size=torch.full((count, 2), 100.0),
        object_ids=torch.zeros(count, regions, dtype=torch.long),
        spatial=torch.randint(0, 12, (count, regions, regions), generator=draw).to(torch.uint8),
        relation_pairs=pairs,
        relation_predicate=predicate,
        relation_score=score,
    )


def captions(count: int, *, length: int = 9, seed: int = 1) -> Captions:
    """Caption i belongs to photo i // 2. 0 has no phrase, 1 no triple, the others two objects and a triple."""
    draw = torch.Generator().manual_seed(seed)
    lengths = torch.randint(6, length + 1, (count,), generator=draw)
    mask = torch.arange(length) < lengths[:, None]
    tokens = torch.randint(5, SIZES.tokens, (count, length), generator=draw) * mask
    kind = torch.tensor([OBJECT, OBJECT, TRIPLE]).repeat(count, 1)
    spans = torch.tensor([[1, 3], [4, 5], [1, 5]]).repeat(count, 1, 1)
    ends = torch.tensor([[-1, -1], [-1, -1], [0, 1]]).repeat(count, 1, 1)
    predicate = torch.tensor([[0, 0], [0, 0], [3, 4]]).repeat(count, 1, 1)
    heads = torch.tensor([[[0, 0], [0, 0]], [[0, 0], [0, 0]], [[2, 3], [4, 5]]]).repeat(count, 1, 1, 1)
    index = torch.arange(count * 3).view(count, 3)
    for row, first in ((0, 0), (1, 2)):
        if row < count:
            kind[row, first:], spans[row, first:], ends[row, first:] = NO_PHRASE, 0, -1
            predicate[row, first:], heads[row, first:], index[row, first:] = 0, 0, -1
    return Captions(
        index=torch.arange(count),
        image=torch.arange(count) // 2,
        tokens=tokens,
        token_mask=mask,
        phrase_index=index,
        phrase_kind=kind,
        phrase_tokens=spans,
        phrase_ends=ends,
        phrase_predicate=predicate,
        phrase_heads=heads,
    )
