"""A finished data set, opened to be looked at: rows by their place, regions without their features.

Legend: R boxes of an image, A attributes kept a box.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from schemas.feature_shard import H5_FAULTS, feature_problem, own_datasets
from schemas.graph_shard import read_graph_table
from schemas.label_shard import read_label_table
from schemas.manifest import DEAD_LETTERS, RUN, RunRecord
from schemas.read_manifest import ManifestError, read_manifest
from schemas.records import Caption, DeadLetter, ImageGraphs, ImageLabels, RegionRelation, SceneGraph
from schemas.relation_shard import read_relation_table
from schemas.sharding import row_key, shard_of, shard_stem
from schemas.tables import FAULTS, read_rows

T = TypeVar("T")
LETTER = ("stage", "record_id", "reason", "detail")
BLOCK = 256  # images read at once


class ReportError(ValueError):
    """A folder that cannot be reported on; the message names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """What the detector saw in one image; empty where the image failed or the run had no images."""

    boxes: NDArray[np.float32]  # (R, 4) xyxy pixels
    object_ids: NDArray[np.int32]  # (R,) index into the object names; -1 for none
    object_scores: NDArray[np.float32]  # (R,)
    attribute_ids: NDArray[np.int32]  # (R, A) best first
    attribute_scores: NDArray[np.float32]  # (R, A)
    image_size: tuple[int, int]  # (height, width); (0, 0) where the image could not be read


NO_BOXES = Boxes(
    np.empty((0, 4), np.float32),
    np.empty(0, np.int32),
    np.empty(0, np.float32),
    np.empty((0, 0), np.int32),
    np.empty((0, 0), np.float32),
    (0, 0),
)
COLUMNS = ("num_boxes", "boxes", "object_ids", "object_scores", "attribute_ids", "attribute_scores", "image_size")


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Everything that the data set says of one image but its features."""

    image: ImageGraphs
    labels: ImageLabels
    seen: Boxes
    relations: tuple[RegionRelation, ...]


def read_letters(folder: Path) -> list[DeadLetter]:
    """Returns all dead letters of a data set. Raises OSError, ValueError where a line is none."""
    letters = []
    for line in (folder / DEAD_LETTERS).read_text("utf-8").splitlines():
        fields = json.loads(line)
        if not isinstance(fields, dict) or {type(fields.get(name)) for name in LETTER} != {str}:
            raise ValueError(f"no dead letter: {line:.80}")
        letters.append(DeadLetter(*(fields[name] for name in LETTER)))
    return letters


class DataSet:
    """A complete output folder."""

    def __init__(self, folder: Path) -> None:
        """Opens the folder. Raises ReportError where it is not complete, or another format's."""
        self.folder = folder
        try:
            self.manifest: dict[str, Any] = read_manifest(folder)
            self.run = RunRecord.from_json((folder / RUN).read_text("utf-8"))
            self.letters = read_letters(folder)
        except ManifestError as error:
            raise ReportError(str(error)) from error
        except (OSError, ValueError) as error:
            raise ReportError(f"{folder}: {RUN} or {DEAD_LETTERS} cannot be read: {error}") from error
        self.n_shards: int = self.manifest["n_shards"]
        vocabularies = self.manifest["vocabularies"]
        self.objects: Sequence[str] = vocabularies.get("objects") or ()
        self.attributes: Sequence[str] = vocabularies.get("attributes") or ()
        self._rows = {f["shard"]: f["rows"] for f in self.manifest["files"] if f["product"] == "graphs"}

    def path(self, product: str, shard: int) -> Path:
        return self.folder / (
            shard_stem(product, shard, self.n_shards) + (".h5" if product == "features" else ".parquet")
        )

    def shard_of(self, image_id: str) -> int:
        return shard_of(row_key(self.manifest["identity"].get("salt", ""), image_id), self.n_shards)

    def image_ids(self, shard: int) -> list[str]:
        """Returns the ids of a shard in row order. Raises ReportError where the file is damaged."""
        path = self.path("graphs", shard)
        try:
            ids: list[str] = pq.read_table(path, columns=["image_id"])["image_id"].to_pylist()
            return ids
        except FAULTS as error:
            raise ReportError(f"{path}: cannot be read ({error}); `verify` says more") from error

    def graphs(self, shard: int, rows: Sequence[int]) -> list[ImageGraphs]:
        """Returns some images of a shard with their captions. Raises ReportError where the file is damaged."""
        images = self._records("graphs", shard, rows, read_graph_table)
        for image in images:
            if not all(map(_is_whole, image.captions, image.graphs)):
                raise ReportError(f"{self.path('graphs', shard)}: {image.image_id!r}: a graph leads out of its caption")
        return images

    def read(self, shard: int, rows: Sequence[int]) -> list[Row]:
        """Returns some rows of a shard. Raises ReportError, naming the file, where one is damaged."""
        images = self.graphs(shard, rows)
        labels = self._records("labels", shard, rows, read_label_table)
        seen = [NO_BOXES] * len(rows)
        relations: list[tuple[RegionRelation, ...]] = [()] * len(rows)
        if "features" in self.manifest["products"]:
            seen = self._boxes(shard, rows)
        if "relations" in self.manifest["products"]:
            relations = [r.relations for r in self._records("relations", shard, rows, read_relation_table)]
        return [Row(*row) for row in zip(images, labels, seen, relations, strict=True)]

    def __iter__(self) -> Iterator[tuple[int, int, Row]]:
        """Yields (shard, row, content) of every image, a block in memory at a time."""
        for shard in range(self.n_shards):
            for start in range(0, self._rows[shard], BLOCK):
                rows = self._block(shard, start)
                for row, content in zip(rows, self.read(shard, rows), strict=True):
                    yield shard, row, content

    def _block(self, shard: int, start: int) -> range:
        return range(start, min(start + BLOCK, self._rows[shard]))

    def _records(self, product: str, shard: int, rows: Sequence[int], read: Callable[[pa.Table], list[T]]) -> list[T]:
        path = self.path(product, shard)
        try:
            table = read_rows(path, rows)
            table.validate(full=True)
            return read(table)
        except FAULTS as error:
            raise ReportError(f"{path}: cannot be read ({error}); `verify` says more") from error

    def _boxes(self, shard: int, rows: Sequence[int]) -> list[Boxes]:
        path, found = self.path("features", shard), []
        try:
            with h5py.File(path) as file:
                low, high = min(rows), max(rows) + 1  # one read of neighbours costs less than a read a row
                sets = own_datasets(file)
                if problem := feature_problem({k: (d.shape, d.dtype) for k, d in sets.items()}, self._rows[shard]):
                    raise ValueError(problem)
                columns = [sets[name][low:high] for name in COLUMNS]
            for row in rows:
                n, boxes, ids, scores, attributes, attribute_scores, size = (c[row - low] for c in columns)
                found.append(
                    Boxes(
                        boxes[:n],
                        ids[:n],
                        scores[:n],
                        attributes[:n],
                        attribute_scores[:n],
                        (int(size[0]), int(size[1])),
                    )
                )
        except H5_FAULTS as error:
            raise ReportError(f"{path}: cannot be read ({error}); `verify` says more") from error
        return found


def _is_whole(caption: Caption, graph: SceneGraph) -> bool:
    """Returns whether every number of a graph leads to an object, a token or a character that is there."""
    n, objects = len(graph.tokens), len(graph.objects)
    return (
        all(0 <= start <= end <= len(caption.text) for start, end in graph.tokens)
        and all(0 <= one.span[0] < one.span[1] <= n for one in graph.objects)
        and all(0 <= r.subject < objects and 0 <= r.object < objects for r in graph.relations)
    )
