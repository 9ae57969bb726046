"""A data set as models see it: any rows of it, as tensors.

Legend: N images, C captions, M labelled candidates of the data set; B rows asked for, R regions, D feature size,
E relations kept an image, K phrases, T tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from multigrain.batch import Batch, Captions, HardPhrases, Labels, Photos
from multigrain.caption_table import compile_captions
from multigrain.feature_rows import FeatureRows, Reading
from multigrain.flat_cache import Arrays, cache_folder, cached_arrays
from multigrain.hard_table import compile_hard_phrases
from multigrain.label_codes import UNKNOWN
from multigrain.photo_table import SPLITS, compile_photos
from multigrain.shards import DataSetError, Shards
from multigrain.tokens import Tokenizer
from schemas.manifest import SUCCESS
from schemas.records import Split

_AS_COMPILED = (
    "num_boxes",
    "boxes",
    "image_size",
    "object_ids",
    "spatial",
    "relation_pairs",
    "relation_score",
    "relation_predicate",
)
COMPILED = 6  # raise it when what is compiled changes its meaning
Rows = NDArray[np.int64]
T = TypeVar("T")


class Buffer(NamedTuple):
    """Room for features as they are stored, used again and again: new memory would cost more than the copy."""

    features: torch.Tensor  # (B, R, D)
    array: NDArray[Any]  # the same memory


Fill = Callable[[Buffer], T]  # gives a batch whose features lie in the buffer


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
        self.tokenizer = tokenizer
        self.fingerprint = (self.shards.folder / SUCCESS).read_text().strip()
        self._rows = FeatureRows(self.shards, reading=reading, check=check)
        folder = (cache or cache_folder()) / self.fingerprint
        photos = cached_arrays(
            folder / f"photos-{COMPILED}-{max_relations}",
            lambda: compile_photos(self.shards, self.max_boxes, max_relations),
        )
        of_tokens = sha256(f"{tokenizer.fingerprint} {COMPILED}".encode()).hexdigest()
        self._captions = cached_arrays(
            folder / f"captions-{of_tokens}", lambda: compile_captions(self.shards, tokenizer)
        )
        self._photos: NDArray[np.void] = photos["photos"]
        self._splits, self._usable = self._photos["split"].copy(), self._photos["num_boxes"] > 0
        self._hard = cached_arrays(folder / f"hard-{of_tokens}", lambda: compile_hard_phrases(self.shards, tokenizer))
        names = tuple(bytes(name).decode() for name in photos["predicates"])
        self.predicates: tuple[str, ...] = names if predicates is None else tuple(predicates)
        known = {name: number for number, name in enumerate(self.predicates)}
        # By number as compiled; the last is the padding's. None where the numbers stay what they are.
        ids = np.array([*(known.get(name, -1) for name in names), -1])
        self._predicate_ids = None if self.predicates == names else ids

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
        return np.flatnonzero((self._splits == SPLITS.index(split)) & self._usable)

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
        return int(((self._splits == SPLITS.index(split)) & ~self._usable).sum())

    def caption_images(self, captions: Rows) -> Rows:
        """Returns the row of the photo that each caption was written for."""
        return np.asarray(self._captions["caption_image"])[captions]

    def find(self, image_id: str) -> tuple[int, Split]:
        """Returns row and split of a photo. Raises KeyError where there is none of that id with regions."""
        for split in SPLITS:
            ids, _ = self.names(split)
            if image_id in ids:
                return int(self.photo_rows(split)[ids.index(image_id)]), split
        raise KeyError(image_id)

    def first_caption(self, caption: int) -> int:
        """Returns the first caption of the photo that a caption was written for."""
        images = self._captions["caption_image"]
        return int(np.searchsorted(images, images[caption]))

    def names(self, split: Split) -> tuple[list[str], list[str]]:
        """Returns the image ids of photo_rows and the caption ids of caption_rows."""
        graphs = [self.shards.table("graphs", k, "image_id", "captions") for k in range(self.shards.n_shards)]
        photos = [name for table in graphs for name in table["image_id"].to_pylist()]
        captions = [name for table in graphs for name in table["captions"].flatten().field("caption_id").to_pylist()]
        return [photos[i] for i in self.photo_rows(split)], [captions[i] for i in self.caption_rows(split)]

    def buffer(self, rows: int) -> Buffer:
        """Returns room for the features of some photos, in memory that a GPU copies from directly if there is one."""
        shape = (rows, *self._rows.shape)
        features = torch.empty(shape, dtype=self.feature_dtype, pin_memory=torch.cuda.is_available())
        return Buffer(features, features.numpy())

    def photos(self, rows: Rows) -> Photos:
        """Returns photos, in the given order."""
        return self.prepare_photos(rows)(self.buffer(len(rows)))

    def prepare_photos(self, rows: Rows) -> Fill[Photos]:
        """Looks up all that is known of photos but their features, which are read when there is a buffer for them."""
        found = np.take(self._photos, rows, mode="clip")  # no row is outside; the default looks first
        if self._predicate_ids is not None:
            found["relation_predicate"] = self._predicate_ids[found["relation_predicate"]]
        quantised = self._rows.dtype == np.uint8
        ranges = torch.from_numpy(found["feature_range"]) if quantised else None
        fields = {name: torch.from_numpy(found[name]) for name in _AS_COMPILED}

        def fill(buffer: Buffer) -> Photos:
            self._rows.read(found["shard"], found["row"], buffer.array[: len(rows)])
            features = buffer.features[: len(rows)]
            return Photos(index=torch.from_numpy(rows), features=features, feature_range=ranges, **fields)

        return fill

    def captions(self, rows: Rows) -> Captions:
        """Returns captions, in the given order, padded to the longest of them."""
        return captions_of(self._captions, rows)

    def hard_phrases(self, rows: Rows) -> HardPhrases:
        """Returns the false phrases that were made from captions, each read in its own sentence; there may be none."""
        place, held = _ragged(*_lists(self._hard["hard_offsets"], rows))
        found = place[held]
        return HardPhrases(
            captions_of(self._hard, found),
            torch.from_numpy(np.nonzero(held)[0]),
            torch.from_numpy(self._hard["confidence"][found]),
        )

    def pairs(self, rows: Rows) -> Batch:
        """Returns captions, each with the photo that it was written for."""
        return self.prepare_pairs(rows)(self.buffer(len(rows)))

    def prepare_pairs(self, rows: Rows) -> Fill[Batch]:
        """Looks up captions, each with its photo, as `prepare_photos` does."""
        photos, captions = self.prepare_photos(self.caption_images(rows)), self.captions(rows)
        return lambda buffer: Batch(photos(buffer), captions)

    def candidates(self, rows: Rows) -> Batch:
        """Returns photos, each with a caption of another one and what is known of its phrases."""
        return self.prepare_candidates(rows)(self.buffer(len(rows)))

    def prepare_candidates(self, rows: Rows) -> Fill[Batch]:
        """Looks up candidates, as `prepare_photos` does."""
        table = self._captions
        place, held = _ragged(*_lists(table["label_offsets"], rows))
        labels = Labels(
            label=torch.from_numpy(np.where(held, table["labels"][place], np.int64(UNKNOWN))),
            confidence=torch.from_numpy(np.where(held, table["confidence"][place], np.float32(0))),
        )
        photos = self.prepare_photos(table["candidate_image"][rows])
        captions = self.captions(table["candidate_caption"][rows])
        return lambda buffer: Batch(photos(buffer), captions, labels)


def captions_of(table: Arrays, rows: Rows) -> Captions:
    """Returns captions of a table of multigrain.caption_table, padded to the longest of them."""
    # No row or place is outside; the default mode looks first.
    first_token, tokens, first_phrase, phrases = np.take(table["places"], rows, axis=0, mode="clip").T
    place, mask = _ragged(first_token, tokens)
    phrase, _ = _ragged(first_phrase, phrases)
    columns = np.take(table["phrases"], phrase, axis=0, mode="clip")
    return Captions(
        index=torch.from_numpy(rows),
        image=torch.from_numpy(table["caption_image"][rows]),
        tokens=torch.from_numpy(np.take(table["tokens"], place, mode="clip")),
        token_mask=torch.from_numpy(mask),
        phrase_index=torch.from_numpy(phrase - 1),
        phrase_kind=torch.from_numpy(columns[..., 0]),
        phrase_tokens=torch.from_numpy(columns[..., 1:3]),
        phrase_ends=torch.from_numpy(columns[..., 3:5]),
        phrase_predicate=torch.from_numpy(columns[..., 5:7]),
        phrase_heads=torch.from_numpy(columns[..., 7:].reshape(*phrase.shape, 2, 2)),
    )


def _lists(offsets: NDArray[np.int64], rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns where some lists begin and how long they are."""
    first = offsets[rows]
    return first, offsets[rows + 1] - first


def _ragged(first: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Returns the places of the elements of some lists, a row a list, and which of them are there: (B, longest)."""
    columns = np.arange(counts.max(initial=0))
    held = columns < counts[:, None]
    return (first[:, None] + columns) * held, held
