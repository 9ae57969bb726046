from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import cosine_similarity

from multigrain.encoders import EncoderConfig
from multigrain.losses import Pairs
from multigrain.models.ssamt import (
    ENDS_OBJECT,
    NO_CLASS,
    OWN_TOKENS,
    PHOTO,
    SELF,
    SENTENCE,
    SHARED_TRIPLE,
    SUBJECT,
    TOKENS,
    Ssamt,
    SsamtConfig,
    photo_edges,
    text_edges,
)
from multigrain.phrases import phrase_words
from tests.multigrain.models_data import SIZES, captions, photos

SMALL = SsamtConfig(encoder=EncoderConfig(dim=16, word_size=8), layers=1, heads=2)


def _model(config: SsamtConfig = SMALL) -> Ssamt:
    torch.manual_seed(0)
    model = Ssamt(config, SIZES)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)  # no layer stays the identity
    return model.eval()


def test_text_edges_follow_the_structure_of_the_caption() -> None:
    batch = captions(3)
    t = batch.tokens.shape[1]
    words = phrase_words(batch)
    types = text_edges(batch, words, batch.token_mask, batch.phrase_kind >= 0)[2]  # two objects and a triple of both
    assert (types[1, :t][batch.token_mask[2]] == TOKENS).all()
    assert types[t, :t].tolist() == [OWN_TOKENS * (1 <= i < 3) for i in range(t)]
    assert types[t + 2, :t].tolist() == [OWN_TOKENS * (2 <= i < 5) for i in range(t)]
    assert types[t : t + 3, t : t + 3].tolist() == [
        [SELF, SHARED_TRIPLE, SUBJECT],
        [SHARED_TRIPLE, SELF, ENDS_OBJECT],
        [SUBJECT, ENDS_OBJECT, SELF],
    ]
    assert (types[-1][batch.token_mask[2].nonzero()[:, 0]] == SENTENCE).all()


def test_text_edges_lead_to_nothing_that_is_not_there() -> None:
    batch = captions(3)
    types = text_edges(batch, phrase_words(batch), batch.token_mask, batch.phrase_kind >= 0)
    t = batch.tokens.shape[1]
    assert not types[:, :, :t].transpose(1, 2)[~batch.token_mask].any()
    assert not types[0, :, t:-1].any()  # a caption without phrases


def test_photo_edges_type_every_pair_and_the_photo_node() -> None:
    spatial = torch.tensor([[[0, 3], [2, 0]]], dtype=torch.uint8)
    types = photo_edges(spatial, torch.tensor([[True, False]]))
    assert types[0].tolist() == [[NO_CLASS, 0, PHOTO], [2, 0, PHOTO], [PHOTO, 0, PHOTO]]


def test_weights_and_thresholds_of_phrases_depend_on_directions_alone() -> None:
    model = _model()
    with torch.no_grad():
        codes = model.encode_captions(captions(5))
        torch.testing.assert_close(codes.said, model.local(codes.phrases))


def test_scores_equal_loops_over_phrases() -> None:
    model, batch, texts = _model(), photos(3), captions(6)
    images, codes = model.encode_images(batch), model.encode_captions(texts)
    got = model.scores(images, codes)
    for n in range(3):
        regions = images.regions[n][images.mask[n]]
        for m in range(6):
            total = 0.0
            for p in (codes.caption == m).nonzero()[:, 0].tolist():
                asking = [codes.phrases[p]]
                for e in (codes.triples == p).nonzero()[:, 0].tolist():  # and its heads, where it is a triple
                    asking += [codes.heads[e], codes.heads[len(codes.triples) + e]]
                s = []
                for one in asking:
                    attention = torch.softmax(SMALL.temperature * regions @ one, dim=0)
                    s.append(float(cosine_similarity(one, (attention[:, None] * regions).sum(0), dim=0).detach()))
                weight, threshold = codes.said[p].tolist()
                total += weight * (min(s) - threshold)
            expected = float((images.whole[n] @ codes.whole[m]).detach()) + total
            assert float(got[n, m].detach()) == pytest.approx(expected, abs=1e-4)


def test_scores_of_a_caption_do_not_depend_on_what_it_is_batched_with() -> None:
    model, texts = _model(), captions(6)
    images = model.encode_images(photos(3))
    together = model.scores(images, model.encode_captions(texts))
    alone = captions(6, length=9)
    for m in range(6):
        one = replace(alone, **{f: getattr(alone, f)[m : m + 1] for f in alone.__dataclass_fields__})
        torch.testing.assert_close(
            model.scores(images, model.encode_captions(one))[:, 0], together[:, m], atol=1e-5, rtol=1e-5
        )


def test_phrase_scores_stand_where_the_phrases_are() -> None:
    model = _model()
    images, codes = model.encode_images(photos(3)), model.encode_captions(captions(6))
    scores = model.phrase_scores(images, codes)
    assert scores.shape == (3, 6, 3)
    assert (scores[:, 0] == -1).all()  # no phrases
    assert (scores[:, 1, 2] == -1).all()  # no triple
    weight, threshold = codes.said[-13:-1].view(4, 3, 2).unbind(2)
    local = (weight * (scores[:, 2:] - threshold)).sum(2)
    whole = images.whole @ codes.whole.t()
    torch.testing.assert_close((model.scores(images, codes) - whole)[:, 2:], local, atol=1e-5, rtol=1e-5)


def test_phrase_regions_sum_to_one_over_the_regions_that_are_there() -> None:
    model, batch = _model(), photos(3)
    weight = model.phrase_regions(model.encode_images(batch), model.encode_captions(captions(6)))
    torch.testing.assert_close(weight[:, 2].sum(2), torch.ones(3, 3))
    assert not weight[:, 2].transpose(1, 2)[~batch.region_mask].any()
    assert not weight[:, 0].any()


def test_heads_of_triples_are_those_of_their_ends() -> None:
    model, texts = _model(), captions(6)
    codes = model.encode_captions(texts)
    e = len(codes.triples)
    spans = texts.phrase_heads.clone()
    spans[4, 2, 1] = torch.tensor([5, 6])  # another word for the object's head of one triple
    other = model.encode_captions(replace(texts, phrase_heads=spans)).heads
    changed = (other - codes.heads).abs().amax(1) > 1e-4
    assert changed[e + 2]  # captions 2 to 5 have the triples 0 to 3
    left = model.encode_captions(replace(texts, phrase_heads=torch.zeros_like(spans)))
    torch.testing.assert_close(left.heads, left.phrases[left.triples].repeat(2, 1))


def test_phrase_regions_of_a_triple_are_those_of_its_weakest_part() -> None:
    model, batch, texts = _model(), photos(3), captions(6)
    images, codes = model.encode_images(batch), model.encode_captions(texts)
    scores, regions = model.phrase_scores(images, codes), model.phrase_regions(images, codes)
    e = len(codes.triples)
    for n in range(3):
        members = images.regions[n][images.mask[n]]
        for t in range(e):
            found = []
            for one in (codes.phrases[codes.triples[t]], codes.heads[t], codes.heads[e + t]):
                attention = torch.softmax(SMALL.temperature * members @ one, dim=0)
                found.append((float(cosine_similarity(one, attention @ members, dim=0).detach()), attention))
            least, attention = min(found, key=lambda pair: pair[0])
            assert float(scores[n, t + 2, 2].detach()) == pytest.approx(least, abs=1e-4)
            torch.testing.assert_close(regions[n, t + 2, 2][images.mask[n]], attention, atol=1e-4, rtol=1e-4)


def test_losses_with_labels_reach_every_weight_and_warn_of_false_phrases() -> None:
    model, batch, texts = _model().train(), photos(4), captions(8)
    matches = batch.index[:, None] == texts.image
    label = torch.where(matches, 1, -1)[:, :, None].expand(-1, -1, 3)
    pairs = Pairs(matches, ~matches, label=label, confidence=torch.ones(4, 8, 3))
    losses = model(batch, texts, pairs)
    assert set(losses) == {"global", "local", "phrase"}
    sum(losses.values()).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == []
    assert set(model(batch, texts, Pairs(matches, ~matches))) == {"global", "local"}
