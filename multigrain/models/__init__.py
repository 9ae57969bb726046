"""The four models: VSE-infinity as the baseline, and reconstructions of SSAMT, CMSEI and ReSG."""

from __future__ import annotations

from typing import Any

from multigrain.encoders import Sizes
from multigrain.models.cmsei import Cmsei, CmseiConfig
from multigrain.models.resg import Resg, ResgConfig
from multigrain.models.retrieval_model import PhraseScores, RetrievalModel
from multigrain.models.ssamt import Ssamt, SsamtConfig
from multigrain.models.vse import Vse, VseConfig

ModelConfig = VseConfig | SsamtConfig | CmseiConfig | ResgConfig

__all__ = ["ModelConfig", "PhraseScores", "RetrievalModel", "build_model"]


def build_model(config: ModelConfig, sizes: Sizes) -> RetrievalModel[Any, Any]:
    """Returns the model of a configuration, with fresh weights from torch's generator."""
    match config:
        case VseConfig():
            return Vse(config, sizes)
        case SsamtConfig():
            return Ssamt(config, sizes)
        case CmseiConfig():
            return Cmsei(config, sizes)
        case ResgConfig():
            return Resg(config, sizes)
