"""VSE-infinity (Chen et al. 2021): the strong plain baseline, with nothing of ours.

Regions and tokens are pooled by GPO, each side into one unit vector; the score is their cosine, the loss the triplet
loss with the hardest negative.

Legend: N photos, M captions, D size of an embedding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from torch import Tensor

from multigrain.batch import Captions, Photos
from multigrain.encoders import EncoderConfig, RegionEncoder, Sizes, TextEncoder
from multigrain.late_interaction import unit_vectors
from multigrain.losses import Pairs, triplet
from multigrain.models.retrieval_model import RetrievalModel
from multigrain.pooling import Pooling, make_pool
from multigrain.ranges import Amount


@dataclass(frozen=True, slots=True)
class VseConfig:
    name: Literal["vse"] = "vse"
    encoder: EncoderConfig = field(default_factory=lambda: EncoderConfig(region_boxes=False))
    pooling: Pooling = "gpo"
    margin: Amount = 0.2


class Vse(RetrievalModel[Tensor, Tensor]):
    """Both codes are unit vectors: (N, D) and (M, D)."""

    def __init__(self, config: VseConfig, sizes: Sizes) -> None:
        super().__init__()
        self.config = config
        self.regions, self.text = RegionEncoder(config.encoder, sizes), TextEncoder(config.encoder, sizes)
        self.pool_regions, self.pool_tokens = make_pool(config.pooling), make_pool(config.pooling)

    def encode_images(self, photos: Photos) -> Tensor:
        return unit_vectors(self.pool_regions(*self.regions(photos)))

    def encode_captions(self, captions: Captions) -> Tensor:
        return unit_vectors(self.pool_tokens(*self.text(captions)))

    def scores(self, images: Tensor, captions: Tensor) -> Tensor:
        return images @ captions.t()

    def losses(self, images: Tensor, captions: Tensor, pairs: Pairs) -> dict[str, Tensor]:
        scores = self.scores(images, captions)
        return {"triplet": triplet(scores, pairs, margin=self.config.margin)}
