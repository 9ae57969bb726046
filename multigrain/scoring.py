"""All photos of a split against all its captions, a block of pairs at a time.

Legend: N photos, M captions of the split.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from multigrain.data import DataSet
from multigrain.loader import caption_batches, on_device, photo_batches
from multigrain.models import RetrievalModel
from multigrain.shards import DataSetError
from schemas.records import Split

BLOCK = 128  # photos, and captions, encoded and compared at once: what a pair needs is held for BLOCK x BLOCK pairs


@dataclass(frozen=True, slots=True, eq=False)
class SplitScores:
    """How well each photo and caption of a split fit."""

    scores: NDArray[np.float32]  # (N, M)
    photos: NDArray[np.int64]  # (N,) rows of the data set
    captions: NDArray[np.int64]  # (M,) running numbers of the data set
    caption_photo: NDArray[np.int64]  # (M,) which of the N photos a caption was written for


@torch.inference_mode()
def score_split(model: RetrievalModel[Any, Any], data: DataSet, split: Split, device: torch.device) -> SplitScores:
    """Returns the scores of all pairs of a split's photos and captions; the model must be in evaluation mode.

    Raises DataSetError where the split has no photos with regions.
    """
    images, captions = encode_photos(model, data, split, device), encode_captions(model, data, split, device)
    blocks = [torch.cat([model.scores(image, caption).float().cpu() for caption in captions], 1) for image in images]
    photos, rows = data.photo_rows(split), data.caption_rows(split)
    place = np.searchsorted(photos, data.caption_images(rows))
    return SplitScores(torch.cat(blocks).numpy(), photos, rows, place)


@torch.inference_mode()
def encode_photos(model: RetrievalModel[Any, Any], data: DataSet, split: Split, device: torch.device) -> list[Any]:
    """Returns a split's photos encoded, BLOCK at a time, in the order of data.photo_rows.

    Raises DataSetError where there are none.
    """
    if not len(data.photo_rows(split)):
        raise DataSetError(f"{data.shards.folder} has no {split} photos with regions")
    return [model.encode_images(photos) for photos in on_device(photo_batches(data, split, BLOCK), device)]


@torch.inference_mode()
def encode_captions(model: RetrievalModel[Any, Any], data: DataSet, split: Split, device: torch.device) -> list[Any]:
    """Returns a split's captions encoded, BLOCK at a time, in the order of data.caption_rows."""
    return [model.encode_captions(captions.to(device)) for captions in caption_batches(data, split, BLOCK)]
