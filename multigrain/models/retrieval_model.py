"""What the rest of the package asks of a model.

Legend: N photos, M captions, K phrases a caption.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

from multigrain.batch import Captions, Photos
from multigrain.losses import Pairs

ImageCode = TypeVar("ImageCode")  # photos encoded: a model's own dataclass of tensors
TextCode = TypeVar("TextCode")  # captions encoded


class RetrievalModel(nn.Module, ABC, Generic[ImageCode, TextCode]):
    """Photos and captions are encoded once each; scores of pairs come from the codes, a block of pairs at a time."""

    @property
    def wants_labels(self) -> bool:
        """Returns whether a loss of the model needs to know which phrases are true of which photo."""
        return False

    @abstractmethod
    def encode_images(self, photos: Photos) -> ImageCode:
        """Returns the photos encoded."""

    @abstractmethod
    def encode_captions(self, captions: Captions) -> TextCode:
        """Returns the captions encoded."""

    @abstractmethod
    def scores(self, images: ImageCode, captions: TextCode) -> Tensor:
        """Returns how well each photo and caption fit: (N, M), higher is better."""

    @abstractmethod
    def losses(self, images: ImageCode, captions: TextCode, pairs: Pairs) -> dict[str, Tensor]:
        """Returns the terms of the loss, weighted: their sum is minimised."""

    def forward(self, photos: Photos, captions: Captions, pairs: Pairs) -> dict[str, Tensor]:
        """Returns the terms of the loss of a batch; the one call of training, so that DDP sees it."""
        images, texts = self.encode_images(photos), self.encode_captions(captions)
        with torch.autocast(photos.features.device.type, enabled=False):  # scores need more digits than bfloat16 has
            return self.losses(images, texts, pairs)


class PhraseScores(ABC, Generic[ImageCode, TextCode]):
    """A model that can say which phrase of a caption does not fit a photo, and where in the photo each phrase is."""

    @abstractmethod
    def phrase_scores(self, images: ImageCode, captions: TextCode) -> Tensor:
        """Returns the score of each phrase with each photo: (N, M, K), in [-1, 1]; -1 where there is no phrase."""

    @abstractmethod
    def phrase_regions(self, images: ImageCode, captions: TextCode) -> Tensor:
        """Returns how much each phrase attends to each region: (N, M, K, R)."""
