from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel

from multigrain.encoders import EncoderConfig, RegionEncoder, TextEncoder, box_geometry, disturb_tokens, drop_members
from tests.multigrain.models_data import SIZES, captions, photos

SMALL = EncoderConfig(dim=16, word_size=8)


def test_box_geometry_gives_fractions_of_the_photo() -> None:
    boxes = torch.tensor([[[10.0, 20.0, 50.0, 60.0]]])
    got = box_geometry(boxes, torch.tensor([[200.0, 100.0]]))  # height, width
    torch.testing.assert_close(got[0, 0], torch.tensor([0.1, 0.1, 0.5, 0.3, 0.4, 0.2, 0.08]))


def test_region_encoder_does_not_let_padding_reach_other_regions() -> None:
    encoder, batch = RegionEncoder(SMALL, SIZES).eval(), photos(3)
    there = batch.region_mask
    other = replace(batch, features=torch.where(there[:, :, None], batch.features, 7.0))
    torch.testing.assert_close(encoder(batch)[0][there], encoder(other)[0][there])


def test_drop_members_leaves_no_set_empty() -> None:
    mask = torch.tensor([[True, True, False], [True, False, False]])
    dropped = drop_members(mask, 1.0)
    assert dropped.tolist() == [[True, False, False], [True, False, False]]


def test_text_encoder_of_a_gru_equals_each_caption_alone() -> None:
    torch.manual_seed(0)
    encoder, batch = TextEncoder(SMALL, SIZES).eval(), captions(4)
    got, mask = encoder(batch)
    for i, length in enumerate(batch.token_mask.sum(1).tolist()):
        states, _ = encoder.gru(encoder.words(batch.tokens[i : i + 1, :length]))
        torch.testing.assert_close(got[i, :length], states[0].view(length, 2, 16).mean(1), atol=1e-5, rtol=1e-5)
    assert torch.equal(mask, batch.token_mask)


def test_text_encoder_reads_what_is_left_of_a_disturbed_caption_as_one_sequence() -> None:
    torch.manual_seed(0)
    encoder = TextEncoder(replace(SMALL, token_dropout=0.0), SIZES).eval()
    batch = captions(1)
    mask = batch.token_mask.clone()
    mask[0, 2] = False  # left out in the middle
    got, _ = encoder(replace(batch, token_mask=mask))
    left = batch.tokens[0][mask[0]][None]
    states, _ = encoder.gru(encoder.words(left))
    torch.testing.assert_close(got[0][mask[0]], states[0].view(-1, 2, 16).mean(1), atol=1e-5, rtol=1e-5)


def test_disturb_tokens_keeps_the_ends_and_disturbs_about_what_was_asked() -> None:
    torch.manual_seed(0)
    tokens, mask = torch.full((200, 52), 9), torch.ones(200, 52, dtype=torch.bool)
    mask[:, 50:] = False
    altered, left = disturb_tokens(tokens, mask, 0.2, vocabulary=30, mask_token=4)
    assert (altered[:, 0] == 9).all()
    assert (altered[:, 49] == 9).all()
    assert not left[:, 50:].any()
    inner = 200 * 48
    assert 0.085 < (altered[:, 1:49] == 4).sum() / inner < 0.12
    assert 0.065 < 1 - left[:, 1:49].sum() / inner < 0.095


def test_disturb_tokens_with_probability_zero_changes_nothing() -> None:
    batch = captions(3)
    tokens, mask = disturb_tokens(batch.tokens, batch.token_mask, 0.0, vocabulary=30, mask_token=4)
    assert torch.equal(tokens, batch.tokens)
    assert torch.equal(mask, batch.token_mask)


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a BERT of one layer."""
    folder = tmp_path_factory.mktemp("bert")
    torch.manual_seed(0)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    BertModel(BertConfig(vocab_size=SIZES.tokens, **sizes)).save_pretrained(folder)
    return folder


def test_text_encoder_of_a_bert_does_not_see_padding(bert: Path) -> None:
    encoder, batch = TextEncoder(replace(SMALL, text="bert", bert=str(bert)), SIZES).eval(), captions(3)
    got, mask = encoder(batch)
    assert got.shape == (3, 9, 16)
    other, _ = encoder(replace(batch, tokens=torch.where(mask, batch.tokens, 7)))
    torch.testing.assert_close(got[mask], other[mask])


@pytest.mark.parametrize("frozen", [True, False])
def test_text_encoder_trains_all_of_a_bert_or_only_what_is_behind_it(bert: Path, frozen: bool) -> None:
    config = replace(SMALL, text="bert", bert=str(bert), freeze_bert=frozen)
    encoder = TextEncoder(config, SIZES).train()
    assert encoder.bert.training is not frozen
    encoder(captions(3))[0].square().sum().backward()
    untouched = {name for name, p in encoder.named_parameters() if p.requires_grad and p.grad is None}
    assert untouched == set()
    assert all(p.requires_grad is not frozen for p in encoder.bert.parameters())
