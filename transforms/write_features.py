"""Photos become region features, an HDF5 file a shard."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import apache_beam as beam
import h5py
import numpy as np
from apache_beam.utils.shared import Shared
from numpy.typing import NDArray

from schemas.feature_shard import FeatureLayout, FeatureRow, create_feature_shard
from schemas.records import DeadLetter, ImageRecord, Regions
from schemas.sidecar import Sidecar, StageCount
from transforms.detector_choice import DetectorChoice
from transforms.images import decode_image, read_image
from transforms.progress import count
from transforms.publish import Product, ShardContent, Target, publish_shard, read_sidecar
from transforms.region_batches import extract_regions_batched
from transforms.region_selection import SelectionOptions
from transforms.regions import STAGE, extract_regions_many
from transforms.shard_records import Shard
from transforms.spatial_relations import spatial_relations
from transforms.storage import fetch_file, spool

PRODUCT = "features"
Find = Callable[[Sequence[ImageRecord]], Iterable[tuple[str, Regions | DeadLetter]]]


@dataclass(frozen=True, slots=True)
class GoodRows:
    """Rows of an earlier file of the same shard that need not be extracted again."""

    file: h5py.File
    rows: dict[str, int]  # image id -> row
    notes: Mapping[str, int]

    def __contains__(self, image_id: str) -> bool:
        return image_id in self.rows


def build_features(
    path: Path,
    records: Sequence[ImageRecord],
    layout: FeatureLayout,
    stage: str,
    find: Find,
    notes: Counter[str],
    good: GoodRows | None = None,
) -> ShardContent:
    """Writes the features of one shard to a local file and returns its counts; a failed image keeps an empty row.

    `find` yields (image_id, Regions | DeadLetter) for each image that it is given, and counts what it notes of them.
    """
    row_of = {record.image_id: row for row, record in enumerate(records)}
    rejected: list[DeadLetter] = []
    with create_feature_shard(path, layout, list(row_of)) as writer:
        if good is not None:
            notes.update(good.notes)
            for image_id in row_of.keys() & good.rows.keys():
                writer.copy(row_of[image_id], good.file, good.rows[image_id])
                count("images_done")
        for image_id, regions in find([r for r in records if good is None or r.image_id not in good]):
            count("images_done")
            if isinstance(regions, DeadLetter):
                rejected.append(regions)
                continue
            writer.write(row_of[image_id], FeatureRow(regions, _relations(regions)))
    n = len(records)
    return ShardContent(n, {stage: StageCount(n, n - len(rejected), len(rejected))}, rejected, notes)


def _relations(regions: Regions) -> NDArray[np.uint8]:
    """Returns the (R, R) spatial classes; none between boxes of a dump that does not say where they lie."""
    if not regions.boxes.any():
        return np.zeros((len(regions.boxes), len(regions.boxes)), np.uint8)
    return spatial_relations(regions.boxes, regions.image_size)


def publish_features(
    target: Target, stage: str, shard: Shard, layout: FeatureLayout, find: Find, notes: Counter[str]
) -> Sidecar:
    """Returns the sidecar of a shard's features; a retry finds only what has a dead letter. See build_features."""

    def build(path: Path) -> ShardContent:
        with _good_rows(target, shard) as good:
            return build_features(path, shard.records, layout, stage, find, notes, good)

    product = Product(PRODUCT, ".h5", stage, "images_done")
    return publish_shard(target, product, shard.index, shard.image_digest(), build)


@dataclass
class ExtractRegions(beam.PTransform):
    """Writes the region features of each shard: Shard -> Sidecar."""

    target: Target
    images: str  # the image folder
    detector: DetectorChoice
    batch: int  # photos that the detector takes at once
    selection: SelectionOptions
    layout: FeatureLayout
    threads: int

    def expand(self, shards: beam.PCollection) -> beam.PCollection:
        return shards | "Extract" >> beam.ParDo(_Extract(self))


class _Extract(beam.DoFn):
    def __init__(self, options: ExtractRegions) -> None:
        self._target, self._layout, self._selection = options.target, options.layout, options.selection
        self._threads, self._batch = options.threads, options.batch
        from transforms.detector_handler import DetectorHandler  # imports torch

        self._handler = DetectorHandler(options.detector, options.selection)
        self._load = partial(load_photo, options.images)
        self._shared = Shared()

    def process(self, shard: Shard) -> Iterator[Sidecar]:
        yield publish_features(self._target, STAGE, shard, self._layout, self._find, Counter())

    def _find(self, records: Sequence[ImageRecord]) -> Iterable[tuple[str, Regions | DeadLetter]]:
        if not records:  # then no detector is loaded
            return ()
        detector: Any = self._shared.acquire(self._handler.load_model, tag=self._handler.choice)
        photos = [(record.image_id, record.uri) for record in records]
        if self._batch == 1:
            return extract_regions_many(photos, self._load, detector, self._selection, threads=self._threads)
        return extract_regions_batched(
            photos, self._load, detector, self._selection, batch=self._batch, threads=self._threads
        )


def load_photo(folder: str, uri: str) -> NDArray[np.uint8]:
    """Returns the upright RGB photo (H, W, 3). Raises ImageError."""
    return decode_image(read_image(folder, uri), name=uri)


@contextmanager
def _good_rows(target: Target, shard: Shard) -> Iterator[GoodRows | None]:
    """Yields the rows that a retry keeps: those of the finished shard that have no dead letter."""
    sidecar = read_sidecar(target, PRODUCT, shard.index) if target.retry else None
    if sidecar is None or (sidecar.fingerprint, sidecar.inputs) != (target.fingerprint, shard.image_digest()):
        yield None
        return
    entries = {Path(entry.name).suffix: entry for entry in sidecar.files}
    with spool(target.out) as folder:
        features, letters = folder / "before.h5", folder / "before.jsonl"
        try:
            fetch_file(target.out, entries[".h5"], features)
            fetch_file(target.out, entries[".jsonl"], letters)
        except (OSError, KeyError):  # lost or damaged: nothing of it is kept
            yield None
            return
        failed = {json.loads(line)["record_id"] for line in letters.read_text("utf-8").splitlines()}
        with h5py.File(features) as file:
            rows = {r.image_id: row for row, r in enumerate(shard.records) if r.image_id not in failed}
            yield GoodRows(file, rows, sidecar.notes)
