from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from multigrain.batch import TRIPLE
from multigrain.encoders import EncoderConfig
from multigrain.losses import Pairs
from multigrain.models.resg import Resg, ResgConfig, union_boxes
from tests.multigrain.models_data import SIZES, captions, photos

SMALL = ResgConfig(encoder=EncoderConfig(dim=16, word_size=8), rounds=1, heads=2, kept_relations=4)


def _model(config: ResgConfig = SMALL) -> Resg:
    torch.manual_seed(0)
    model = Resg(config, SIZES)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model.eval()


@pytest.mark.parametrize("relations", ["predicted", "proposed"])
def test_scores_equal_loops_over_nodes(relations: str) -> None:
    model, batch, texts = _model(replace(SMALL, relations=relations)), photos(3), captions(6)
    images, codes = model.encode_images(batch), model.encode_captions(texts)
    got = model.scores(images, codes)
    for n in range(3):
        objects = images.objects[n][images.objects_mask[n]]
        relations_ = images.relations[n][images.relations_mask[n]]
        for m in range(6):
            expected = images.whole[n] @ codes.whole[m]
            for p in (codes.caption == m).nonzero()[:, 0].tolist():
                members = relations_ if bool(codes.triple[p]) and len(relations_) else objects
                weight, threshold = codes.said[p]
                expected = expected + weight * ((members @ codes.nodes[p]).max() - threshold)
            torch.testing.assert_close(got[n, m], expected, atol=1e-4, rtol=1e-4)


def test_encode_images_takes_no_more_relations_than_are_kept() -> None:
    model = _model(replace(SMALL, kept_relations=2))
    assert model.encode_images(photos(3)).relations.shape[1] == 2


def test_encode_images_of_a_photo_without_relations_has_none() -> None:
    images = _model().encode_images(photos(3))
    assert not images.relations_mask[0].any()
    assert images.relations_mask[1].any()


def test_proposed_relations_are_pairs_of_regions_that_are_there() -> None:
    batch = photos(3)
    model = _model(replace(SMALL, relations="proposed"))
    objects, mask = model.regions(batch)
    pairs, _, _, there = model._relations(batch, objects, mask)
    assert (pairs[there][:, 0] != pairs[there][:, 1]).all()
    inside = mask[:, :, None].expand(-1, -1, 4).gather(1, pairs[..., :1].transpose(1, 2).expand(-1, 1, 4))
    assert inside[:, 0][there].all()


def test_resg_refuses_a_data_set_without_relations() -> None:
    with pytest.raises(ValueError, match=r"model\.relations to proposed"):
        Resg(SMALL, replace(SIZES, predicates=0))


def test_union_boxes_holds_both_ends() -> None:
    boxes = torch.tensor([[[0.0, 5.0, 10.0, 10.0], [3.0, 0.0, 20.0, 8.0]]])
    assert union_boxes(boxes, torch.tensor([[[0, 1]]])).tolist() == [[[0.0, 0.0, 20.0, 10.0]]]


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize("relations", ["predicted", "proposed"])
def test_losses_reach_every_weight(labelled: bool, relations: str) -> None:
    model, batch, texts = _model(replace(SMALL, relations=relations)).train(), photos(4), captions(8)
    matches = batch.index[:, None] == texts.image
    label = torch.where(matches, 1, -1)[:, :, None].expand(-1, -1, 3)
    pairs = (
        Pairs(matches, ~matches, label=label, confidence=torch.ones(4, 8, 3)) if labelled else Pairs(matches, ~matches)
    )
    losses = model(batch, texts, pairs)
    assert set(losses) == {"graph", "global", "centre", "node"}
    sum(losses.values()).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == []


def test_losses_without_those_of_wholes_reach_every_weight() -> None:
    model, batch, texts = _model(replace(SMALL, global_weight=0.0, centre_weight=0.0)).train(), photos(4), captions(8)
    matches = batch.index[:, None] == texts.image
    sum(model(batch, texts, Pairs(matches, ~matches)).values()).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == []


def test_phrase_scores_and_regions_stand_where_the_phrases_are() -> None:
    model, batch = _model(), photos(3)
    images, codes = model.encode_images(batch), model.encode_captions(captions(6))
    scores, regions = model.phrase_scores(images, codes), model.phrase_regions(images, codes)
    assert (scores[:, 0] == -1).all()
    assert (scores[:, 2] > -1).all()
    torch.testing.assert_close(regions[:, 2].sum(2), torch.ones(3, 3))


@pytest.mark.parametrize("relations", ["predicted", "proposed"])
def test_phrase_regions_of_a_triple_are_the_ends_of_the_relation_that_it_is_scored_by(relations: str) -> None:
    model, batch, texts = _model(replace(SMALL, relations=relations)), photos(6), captions(12)
    images, codes = model.encode_images(batch), model.encode_captions(texts)
    scores, regions = model.phrase_scores(images, codes), model.phrase_regions(images, codes)
    triples = (codes.present & (texts.phrase_kind == TRIPLE)).nonzero()
    nodes = codes.nodes[codes.triple]
    for n in images.relations_mask.any(1).nonzero()[:, 0].tolist():
        there = images.relations_mask[n]
        for node, (m, k) in zip(nodes, triples.tolist(), strict=True):
            cosine, best = (images.relations[n][there] @ node).max(0)
            torch.testing.assert_close(scores[n, m, k], cosine)
            expected = torch.zeros(batch.features.shape[1])
            for end in images.pairs[n][there][best].tolist():
                expected[end] += 0.5
            torch.testing.assert_close(regions[n, m, k], expected)


def test_phrase_regions_of_a_photo_without_relations_are_led_by_the_region_of_the_score() -> None:
    model = _model()
    images, codes = model.encode_images(photos(1)), model.encode_captions(captions(6))
    regions = model.phrase_regions(images, codes)[0][codes.present]
    best = (codes.nodes[: len(regions)] @ images.objects[0][images.objects_mask[0]].t()).argmax(1)
    assert regions.argmax(1).tolist() == best.tolist()
