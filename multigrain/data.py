"""A data set as models see it: any rows of it, as tensors.

Legend: N images, C captions, M labelled candidates of the data set; B rows asked for, R regions, D feature size,
E relations kept an image, K phrases, T tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from multigrain.batch import NO_PHRASE, UNKNOWN, Batch, Captions, Labels, Photos
from multigrain.caption_table import compile_captions
from multigrain.feature_rows import FeatureRows, Reading
from multigrain.flat_cache import cache_folder, cached_arrays
from multigrain.photo_table import SPLITS, compile_photos
from multigrain.shards import DataSetError, Shards
from multigrain.tokens import Tokenizer
from schemas.manifest import SUCCESS
from schemas.records import Split

COMPILED = 1  # raise it when what is compiled changes its meaning
Rows = NDArray[np.int64]


class DataSet:
    """Photos, captions and labels of a complete data set. Threads may use it at the same time.

    What it says of photos and captions is compiled once, for each manifest and tokenizer, into a cache that is mapped.
    """

    def __init__(
        self,
        folder: str | Path,
        tokenizer: Tokenizer,
        *,
        max_relations: int = 25,  # E; the best of each image
        predicates: Sequence[str] | None = None,  # what the ids of relations mean, by default the data set's own
        reading: Reading = "auto",
        check: bool = False,  # compare each row's CRC-32C when it is first read
        cache: Path | None = None,
    ) -> None:
        """Opens a data set. Raises DataSetError where it is unfinished, mixed, damaged, or has no regions."""
        self.shards = Shards(folder)
        if "features" not in self.shards.manifest["products"]:
            raise DataSetError(f"{folder} was made without images: there are no regions to learn from")
        self.tokenizer, self._max_relations = tokenizer, max_relations
        self.fingerprint = (self.shards.folder / SUCCESS).read_text().strip()
        self._rows = FeatureRows(self.shards, reading=reading, check=check)
        folder = (cache or cache_folder()) / self.fingerprint
        self._photos = cached_arrays(folder / f"photos-{COMPILED}", lambda: compile_photos(self.shards))
        of_tokens = sha256(f"{tokenizer.fingerprint} {COMPILED}".encode()).hexdigest()
        self._captions = cached_arrays(
            folder / f"captions-{of_tokens}", lambda: compile_captions(self.shards, tokenizer)
        )
        names = tuple(bytes(name).decode() for name in self._photos["predicates"])
        self.predicates: tuple[str, ...] = names if predicates is None else tuple(predicates)
        known = {name: number for number, name in enumerate(self.predicates)}
        self._predicate_ids = np.array([known.get(name, -1) for name in names] or [-1], np.int64)
        self._usable = np.asarray(self._photos["num_boxes"]) > 0

    @property
    def max_boxes(self) -> int:
        return self._rows.shape[0]

    @property
    def feature_size(self) -> int:
        return self._rows.shape[1]

    @property
    def feature_dtype(self) -> torch.dtype:
        """Returns the type in which features are stored and Photos.features come."""
        return torch.from_numpy(np.empty(0, self._rows.dtype)).dtype

    def photo_rows(self, split: Split) -> Rows:
        """Returns the photos of a split that have regions."""
        return np.flatnonzero((self._photos["split"] == SPLITS.index(split)) & self._usable)

    def caption_rows(self, split: Split) -> Rows:
        """Returns the captions of those photos."""
        return self._of(self._captions["caption_image"], split)

    def candidate_rows(self, split: Split) -> Rows:
        """Returns the labelled candidates of those photos."""
        return self._of(self._captions["candidate_image"], split)

    def _of(self, images: NDArray[Any], split: Split) -> Rows:
        chosen = np.zeros(len(self._usable), bool)
        chosen[self.photo_rows(split)] = True
        return np.flatnonzero(chosen[images])

    def without_regions(self, split: Split) -> int:
        """Returns how many photos of a split are left out everywhere, because they have no regions."""
        return int(((self._photos["split"] == SPLITS.index(split)) & ~self._usable).sum())

    def caption_images(self, captions: Rows) -> Rows:
        """Returns the row of the photo that each caption was written for."""
        return np.asarray(self._captions["caption_image"])[captions]

    def buffer(self, rows: int) -> torch.Tensor:
        """Returns room for the features of some photos, in memory that a GPU copies from directly if there is one."""
        return torch.empty((rows, *self._rows.shape), dtype=self.feature_dtype, pin_memory=torch.cuda.is_available())

    def photos(self, rows: Rows, buffer: torch.Tensor | None = None) -> Photos:
        """Returns photos, in the given order. Their features lie in the buffer if one is given."""
        table = self._photos
        features = (self.buffer(len(rows)) if buffer is None else buffer)[: len(rows)]
        shards, places = table["shard"][rows], table["row"][rows]
        self._rows.read(shards, places, features.numpy())
        ranges = self._rows.ranges(shards, places)
        place, held = _ragged(table["relation_offsets"], rows, self._max_relations)
        triples = _padded(table["relations"], place, held, -1)
        predicate = np.where(held, self._predicate_ids[triples[..., 2]], -1)
        return Photos(
            index=torch.from_numpy(rows),
            features=features,
            feature_range=None if ranges is None else torch.from_numpy(ranges),
            num_boxes=_tensor(table["num_boxes"][rows], np.int64),
            boxes=_tensor(table["boxes"][rows], np.float32),
            image_size=_tensor(table["image_size"][rows], np.float32),
            object_ids=_tensor(table["object_ids"][rows], np.int64),
            spatial=torch.from_numpy(table["spatial"][rows]),
            relation_pairs=_tensor(triples[..., :2], np.int64),
            relation_predicate=torch.from_numpy(predicate),
            relation_score=_tensor(_padded(table["relation_scores"], place, held, 0), np.float32),
        )

    def captions(self, rows: Rows) -> Captions:
        """Returns captions, in the given order, padded to the longest of them."""
        table = self._captions
        place, mask = _ragged(table["token_offsets"], rows)
        phrase, held = _ragged(table["phrase_offsets"], rows)
        columns = _padded(table["phrases"], phrase, held, 0).astype(np.int64)
        columns[~held] = (NO_PHRASE, 0, 0, -1, -1, 0, 0)
        return Captions(
            index=torch.from_numpy(rows),
            image=torch.from_numpy(self.caption_images(rows)),
            tokens=_tensor(_padded(table["tokens"], place, mask, self.tokenizer.pad_id), np.int64),
            token_mask=torch.from_numpy(mask),
            phrase_index=torch.from_numpy(np.where(held, phrase, -1)),
            phrase_kind=torch.from_numpy(columns[..., 0]),
            phrase_tokens=torch.from_numpy(columns[..., 1:3]),
            phrase_ends=torch.from_numpy(columns[..., 3:5]),
            phrase_predicate=torch.from_numpy(columns[..., 5:7]),
        )

    def pairs(self, rows: Rows, buffer: torch.Tensor | None = None) -> Batch:
        """Returns captions, each with the photo that it was written for."""
        return Batch(self.photos(self.caption_images(rows), buffer), self.captions(rows))

    def candidates(self, rows: Rows, buffer: torch.Tensor | None = None) -> Batch:
        """Returns photos, each with a caption of another one and what is known of its phrases."""
        table = self._captions
        place, held = _ragged(table["label_offsets"], rows)
        labels = Labels(
            label=_tensor(_padded(table["labels"], place, held, UNKNOWN), np.int64),
            confidence=torch.from_numpy(_padded(table["confidence"], place, held, 0)),
        )
        photos = self.photos(table["candidate_image"][rows], buffer)
        return Batch(photos, self.captions(table["candidate_caption"][rows]), labels)


def _ragged(
    offsets: NDArray[np.int64], rows: Rows, longest: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Returns the places of the elements of some lists, a row a list, and which of them are there: (B, longest)."""
    first = offsets[rows]
    counts = offsets[rows + 1] - first
    columns = np.arange(counts.max(initial=0) if longest is None else longest)
    held = columns < counts[:, None]
    return (first[:, None] + columns) * held, held


def _padded(values: NDArray[Any], place: NDArray[np.int64], held: NDArray[np.bool_], padding: float) -> NDArray[Any]:
    """Returns values[place], and the padding where nothing is held."""
    if not len(values):
        return np.full((*place.shape, *values.shape[1:]), padding, values.dtype)
    found = values[place]
    found[~held] = padding
    return found


def _tensor(values: NDArray[Any], dtype: Any) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype))
