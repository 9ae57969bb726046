from __future__ import annotations

import torch

from multigrain.encoders import EncoderConfig
from multigrain.losses import Pairs
from multigrain.models import build_model
from multigrain.models.vse import VseConfig
from tests.multigrain.models_data import SIZES, captions, photos


def test_vse_scores_are_cosines_and_the_loss_reaches_every_weight() -> None:
    torch.manual_seed(0)
    config = VseConfig(encoder=EncoderConfig(dim=16, word_size=8, region_boxes=False))
    model, batch, texts = build_model(config, SIZES), photos(4), captions(8)
    scores = model.scores(model.encode_images(batch), model.encode_captions(texts))
    assert scores.shape == (4, 8)
    assert scores.abs().max() <= 1 + 1e-6
    matches = batch.index[:, None] == texts.image
    losses = model(batch, texts, Pairs(matches, ~matches))
    sum(losses.values()).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == []
