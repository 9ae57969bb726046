from __future__ import annotations

import pytest
import torch

from multigrain.encoders import EncoderConfig
from multigrain.losses import Pairs
from multigrain.models import ModelConfig, build_model
from multigrain.models.cmsei import CmseiConfig
from multigrain.models.resg import ResgConfig
from multigrain.models.ssamt import SsamtConfig
from multigrain.models.vse import VseConfig
from tests.multigrain.models_data import SIZES, captions, photos

ENCODER = EncoderConfig(dim=16, word_size=8)
CONFIGS = [
    VseConfig(encoder=ENCODER),
    SsamtConfig(encoder=ENCODER, heads=2),
    CmseiConfig(encoder=ENCODER, heads=2),
    ResgConfig(encoder=ENCODER, heads=2),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_losses_in_bfloat16_are_float32_and_near(config: ModelConfig) -> None:
    torch.manual_seed(0)
    model = build_model(config, SIZES).eval()
    batch, texts = photos(4), captions(8)
    matches = batch.index[:, None] == texts.image
    pairs = Pairs(matches, ~matches, label=torch.where(matches, 1, -1)[:, :, None].expand(-1, -1, 3))
    exact = model(batch, texts, pairs)
    with torch.autocast("cpu", torch.bfloat16):
        rounded = model(batch, texts, pairs)
    for name, loss in rounded.items():
        assert loss.dtype == torch.float32
        assert float(loss.detach()) == pytest.approx(float(exact[name].detach()), rel=0.1, abs=0.02)
