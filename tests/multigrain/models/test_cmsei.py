from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch.nn.functional import cosine_similarity, normalize

from multigrain.encoders import EncoderConfig
from multigrain.losses import Pairs, triplet
from multigrain.models.cmsei import Cmsei, CmseiConfig, hardest, refined_score, semantic_edges, spatial_edges
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
    grams = (members @ members.transpose(1, 2), refining @ refining.transpose(1, 2))
    got = refined_score(members[None], mask[None], grams[0][None], others, others_mask, refining, grams[1], query, 4.0)
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


def test_losses_of_all_candidates_give_the_loss_of_all_pairs_and_one_of_wholes() -> None:
    batch, texts = photos(3), captions(6)
    matches = batch.index[:, None] == texts.image
    pairs = Pairs(matches, ~matches, softness=0.1)
    found = []
    for candidates in (0, 6):
        model = _model(replace(SMALL, candidates=candidates))
        losses = model(batch, texts, pairs)
        losses["triplet"].backward()
        found.append([losses["triplet"].detach(), *(p.grad for p in model.parameters())])
    for all_pairs, listed in zip(*found, strict=True):
        torch.testing.assert_close(listed, all_pairs, atol=1e-5, rtol=1e-3)
    wholes = model.encode_images(batch).whole @ model.encode_captions(texts).whole.t()
    torch.testing.assert_close(losses["global"], triplet(wholes, pairs, margin=SMALL.margin))


def test_losses_while_all_negatives_count_alike_are_of_wholes_alone() -> None:
    batch, texts = photos(3), captions(6)
    matches = batch.index[:, None] == texts.image
    model = _model(replace(SMALL, candidates=2))
    assert list(model(batch, texts, Pairs(matches, ~matches, softness=math.inf))) == ["global"]


def test_hardest_takes_the_best_scored_negatives_of_each_side() -> None:
    scores = torch.tensor([[9.0, 3.0, 1.0], [2.0, 9.0, 4.0]])
    negative = torch.tensor([[False, True, True], [True, False, True]])
    # of photo 0 caption 1, of photo 1 caption 2; of captions 0, 1, 2 photos 1, 0, 1
    assert hardest(scores, negative, 1).tolist() == [[False, True, False], [True, False, True]]
    assert hardest(scores, negative, 3).tolist() == negative.tolist()
