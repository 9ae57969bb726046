from __future__ import annotations

from dataclasses import replace

import torch
from torch.nn.functional import cosine_similarity, normalize

from multigrain.encoders import EncoderConfig
from multigrain.losses import Pairs
from multigrain.models.cmsei import Cmsei, CmseiConfig, refined_score, semantic_edges, spatial_edges
from tests.multigrain.models_data import SIZES, captions, photos

SMALL = CmseiConfig(encoder=EncoderConfig(dim=16, word_size=8), heads=2)


def _model(config: CmseiConfig = SMALL) -> Cmsei:
    torch.manual_seed(0)
    return Cmsei(config, SIZES).eval()


def test_refined_score_equals_loops_that_make_the_refined_vectors() -> None:
    torch.manual_seed(0)
    members, others = normalize(torch.randn(3, 5, 8), dim=2), normalize(torch.randn(2, 4, 8), dim=2)
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 0, 1, 1, 0], [0, 1, 0, 0, 0]], dtype=torch.bool)
    others_mask = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]], dtype=torch.bool)
    refining, query = torch.randn(2, 4, 8), normalize(torch.randn(2, 8), dim=1)
    gram = members @ members.transpose(1, 2)
    got = refined_score(members, mask, gram, others, others_mask, refining, query, 4.0)
    for a in range(3):
        v = members[a][mask[a]]
        for b in range(2):
            u, w = others[b][others_mask[b]], refining[b][others_mask[b]]
            refined = normalize(v + torch.softmax(4.0 * v @ u.t(), dim=1) @ w, dim=1)
            asked = torch.softmax(4.0 * refined @ query[b], dim=0) @ refined
            torch.testing.assert_close(got[a, b], cosine_similarity(query[b], asked, dim=0), atol=1e-5, rtol=1e-5)


def test_semantic_edges_take_confident_predicates_both_ways() -> None:
    batch = photos(2)
    pairs = torch.tensor([[[-1, -1]] * 3, [[0, 1], [1, 0], [1, 1]]])
    score = torch.tensor([[0.0, 0.0, 0.0], [0.9, 0.2, 0.1]])
    batch = replace(
        batch, relation_pairs=pairs, relation_score=score, relation_predicate=torch.tensor([[-1] * 3, [2, 0, 1]])
    )
    types = semantic_edges(batch, batch.region_mask, SIZES.predicates, tau=0.5)
    assert types[1, 0, 1] == 1 + 2
    assert types[1, 1, 0] == 1 + 3 + 2  # back
    assert types[1, 0, 0] == 2 * 3 + 1  # itself
    assert types[0].count_nonzero() == batch.num_boxes[0]  # no predicate: each region only itself
    confident = semantic_edges(batch, batch.region_mask, SIZES.predicates, tau=0.15)
    assert confident[1, 1, 0] == 1 + 0  # a predicate of its own goes before the way back


def test_spatial_edges_keep_classes_and_add_itself() -> None:
    types = spatial_edges(torch.tensor([[[0, 3], [0, 0]]], dtype=torch.uint8), torch.tensor([[True, True]]))
    assert types[0].tolist() == [[12, 3], [0, 12]]


def test_scores_are_the_same_whatever_the_block() -> None:
    batch, texts = photos(3), captions(7)
    model = _model()
    whole = model.scores(model.encode_images(batch), model.encode_captions(texts))
    parts = _model(replace(SMALL, block=2))
    torch.testing.assert_close(parts.scores(parts.encode_images(batch), parts.encode_captions(texts)), whole)


def test_losses_in_blocks_give_the_gradients_of_the_whole() -> None:
    batch, texts = photos(3), captions(6)
    matches = batch.index[:, None] == texts.image
    pairs = Pairs(matches, ~matches)
    gradients = []
    for block in (32, 2):
        model = _model(replace(SMALL, block=block))  # eval: no dropout
        sum(model(batch, texts, pairs).values()).backward()
        missing = [name for name, p in model.named_parameters() if p.grad is None]
        assert missing == []
        gradients.append([p.grad for p in model.parameters()])
    for whole, parts in zip(*gradients, strict=True):
        torch.testing.assert_close(whole, parts, atol=1e-6, rtol=1e-4)
