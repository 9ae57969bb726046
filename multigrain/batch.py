"""What a model is given: photos, captions, and pairs of them, as tensors.

Legend: B rows, R regions, D feature size, E relations kept an image, T tokens, K phrases. Ids are int64, what is said
of phrases int32, masks bool, boxes and scores float32; what is said of regions is in smaller integers until `to`.
Token spans are half-open ranges of columns of `tokens`, so in the model's own tokens (words or word pieces, the start
token included). Padding: spatial class and spans 0, ids and kinds -1, tokens the pad id.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

OBJECT, TRIPLE, NO_PHRASE = 0, 1, -1  # values of Captions.phrase_kind
Side = TypeVar("Side", "Photos", "Captions", "Labels")


@dataclass(frozen=True, slots=True, eq=False)
class Photos:
    """B photos. Every photo has at least one region; those that have none are in no batch.

    The features that a loader gives lie in a buffer that is used again when the next batch is asked for; the rest may
    step from photo to photo in strides. `to` makes contiguous copies.
    """

    index: Tensor  # (B,) row of the data set
    features: Tensor  # (B, R, D) float16, float32 or uint8, as stored; after `to`, the type that was asked for
    feature_range: Tensor | None  # (B, R, 2) (minimum, step) where the features are uint8
    num_boxes: Tensor  # (B,) regions of the photo; what follows them in R is padding
    boxes: Tensor  # (B, R, 4) xyxy pixels
    image_size: Tensor  # (B, 2) height, width in pixels
    object_ids: Tensor  # (B, R) index into the manifest's vocabularies.objects, -1 where there are no classes
    spatial: Tensor  # (B, R, R) uint8; how region i lies to region j, index into SPATIAL_RELATIONS
    relation_pairs: Tensor  # (B, E, 2) regions (subject, object), best first
    relation_predicate: Tensor  # (B, E) index into DataSet.predicates
    relation_score: Tensor  # (B, E) probability that they are in this relation, score * related as stored; 0 in padding

    @property
    def region_mask(self) -> Tensor:
        """Returns (B, R), true where there is a region."""
        return torch.arange(self.features.shape[1], device=self.num_boxes.device) < self.num_boxes[:, None]

    def to(self, device: torch.device | str, dtype: torch.dtype = torch.float32) -> Photos:
        """Returns the photos on a device, integers but `spatial` as int64, features as `dtype`.

        Quantised features are restored there.
        """
        moved = _moved(replace(self, features=self.features[:, :, :0]), device)
        features = self.features.to(device, non_blocking=True)
        features = features.to(dtype, copy=features is self.features)
        if moved.feature_range is not None:
            features = moved.feature_range[..., :1].to(dtype) + moved.feature_range[..., 1:].to(dtype) * features
        return replace(
            moved,
            features=features,
            feature_range=None,
            num_boxes=moved.num_boxes.long(),
            object_ids=moved.object_ids.long(),
            relation_pairs=moved.relation_pairs.long(),
            relation_predicate=moved.relation_predicate.long(),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Captions:
    """B captions with their phrases, in the order of schemas.label_shard: a caption's objects, then its triples.

    A phrase none of whose words is among the caption's tokens (it was cut off) keeps its place with kind -1.
    """

    index: Tensor  # (B,) running number of the caption over the data set
    image: Tensor  # (B,) row of the photo that it was written for: equal values are siblings, never negatives
    tokens: Tensor  # (B, T)
    token_mask: Tensor  # (B, T) true where there is a token
    phrase_index: Tensor  # (B, K) running number of the phrase over the data set
    phrase_kind: Tensor  # (B, K) OBJECT, TRIPLE or NO_PHRASE
    phrase_tokens: Tensor  # (B, K, 2) token span that covers the phrase
    phrase_ends: Tensor  # (B, K, 2) of a triple: which of the K are its subject and its object; -1 elsewhere
    phrase_predicate: Tensor  # (B, K, 2) of a triple: token span of its predicate; (0, 0) where it has no word
    phrase_heads: Tensor  # (B, K, 2, 2) of a triple: spans of its subject's head and its object's; (0, 0): no word

    def to(self, device: torch.device | str) -> Captions:
        """Returns the captions on a device."""
        return _moved(self, device)


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """What is known of the phrases of B captions with respect to B photos, row by row."""

    label: Tensor  # (B, K) +1 true, -1 false, 0 unknown (multigrain.label_codes), which is also the padding
    confidence: Tensor  # (B, K) in (0, 1]; 0 in padding

    def to(self, device: torch.device | str) -> Labels:
        """Returns the labels on a device."""
        return _moved(self, device)


@dataclass(frozen=True, slots=True, eq=False)
class HardPhrases:
    """H phrases that are false of a photo, each in its sentence: one of the photo's captions, changed there."""

    sentences: Captions  # H of them, each with that one phrase: K = 1; `index` counts the hard phrases of the data set
    caption: Tensor  # (H,) which of the captions that were asked for it was made from
    confidence: Tensor  # (H,) in (0, 1]

    def to(self, device: torch.device | str) -> HardPhrases:
        """Returns the phrases on a device."""
        return HardPhrases(self.sentences.to(device), self.caption.to(device), self.confidence.to(device))


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """B pairs: row i of the captions goes with row i of the photos.

    Without labels the caption is the photo's own, and all of its phrases are true of it. With labels it is a
    candidate: a caption of another photo, phrase by phrase true, false or unknown.
    """

    photos: Photos
    captions: Captions
    labels: Labels | None = None

    def __len__(self) -> int:
        return len(self.captions.index)

    def to(self, device: torch.device | str, dtype: torch.dtype = torch.float32) -> Batch:
        """Returns the batch on a device, with features of the type `dtype`."""
        labels = None if self.labels is None else self.labels.to(device)
        return Batch(self.photos.to(device, dtype), self.captions.to(device), labels)


def _moved(side: Side, device: torch.device | str) -> Side:
    def copied(tensor: Tensor) -> Tensor:
        return tensor.to(device, non_blocking=True, copy=True, memory_format=torch.contiguous_format)

    tensors = ((f.name, getattr(side, f.name)) for f in fields(side))
    moved: dict[str, Any] = {name: None if tensor is None else copied(tensor) for name, tensor in tensors}
    return replace(side, **moved)
