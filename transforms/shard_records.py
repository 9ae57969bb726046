"""Annotations become shards of image records: the only shuffle of the pipeline, of ids, URIs and captions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import apache_beam as beam

from schemas.records import Annotation, DeadLetter, ImageRecord, Split
from schemas.sharding import row_key, shard_of
from schemas.sidecar import StageCount, digest
from transforms.annotations import group_annotations, read_annotations
from transforms.progress import count

STAGE = "ReadAnnotations"


@dataclass(frozen=True, slots=True)
class Shard:
    """The unit of work: everything that is known of a shard's images before they are looked at."""

    index: int
    records: tuple[ImageRecord, ...]  # in row order
    rejected: tuple[DeadLetter, ...]  # annotations that were refused
    entered: int  # annotations and refused entries that were read

    @property
    def captions(self) -> int:
        return sum(len(record.captions) for record in self.records)

    @property
    def read_count(self) -> StageCount:
        return StageCount(self.entered, self.captions, len(self.rejected))

    def image_digest(self) -> str:
        """Returns a digest of what region extraction reads."""
        return digest([[record.image_id, record.uri] for record in self.records])

    def record_digest(self) -> str:
        """Returns a digest of the records and the refused entries."""
        records = [[r.image_id, r.uri, r.split, [[c.caption_id, c.text] for c in r.captions]] for r in self.records]
        return digest([records, sorted([x.stage, x.record_id, x.reason, x.detail] for x in self.rejected)])


def assign_shard(item: Annotation | DeadLetter, *, salt: str, n_shards: int) -> int:
    """Returns the shard of an annotation by its image id, of a refused entry by its place in the file."""
    key = item.image_id if isinstance(item, Annotation) else item.record_id
    return shard_of(row_key(salt, key), n_shards)


def build_shard(index: int, items: Iterable[Annotation | DeadLetter | None], *, salt: str) -> Shard:
    """Returns the shard of all its items, in any order; None only makes sure that an empty shard exists."""
    annotations: list[Annotation] = []
    rejected: list[DeadLetter] = []
    for item in items:
        if isinstance(item, Annotation):
            annotations.append(item)
        elif item is not None:
            rejected.append(item)
    entered = len(annotations) + len(rejected)
    records, refused = group_annotations(annotations)
    records.sort(key=lambda record: (row_key(salt, record.image_id), record.image_id))
    return Shard(index, tuple(records), tuple(rejected + refused), entered)


@dataclass
class ReadAnnotations(beam.PTransform):
    """Reads annotation files: path -> (shard, Annotation | DeadLetter)."""

    format: str
    split: Split | None
    salt: str
    n_shards: int

    def expand(self, paths: beam.PCollection) -> beam.PCollection:
        return paths | "Read" >> beam.ParDo(_Read(self.format, self.split, self.salt, self.n_shards))


class _Read(beam.DoFn):
    def __init__(self, format: str, split: Split | None, salt: str, n_shards: int) -> None:
        self._format, self._split, self._salt, self._n_shards = format, split, salt, n_shards

    def process(self, path: str) -> Iterator[tuple[int, Annotation | DeadLetter]]:
        for item in read_annotations(path, format=self._format, split=self._split):
            count("annotations")
            yield assign_shard(item, salt=self._salt, n_shards=self._n_shards), item


@dataclass
class GroupShards(beam.PTransform):
    """Groups by shard: (shard, Annotation | DeadLetter) -> Shard, every shard once, empty ones too."""

    salt: str
    n_shards: int

    def expand(self, items: beam.PCollection) -> beam.PCollection:
        every = items.pipeline | "EveryShard" >> beam.Create([(k, None) for k in range(self.n_shards)])
        return (
            (items, every)
            | beam.Flatten()
            | beam.GroupByKey()  # (shard, [Annotation | DeadLetter | None])
            | "Build" >> beam.MapTuple(_counted_shard, salt=self.salt)
        )


def _counted_shard(index: int, items: Iterable[Annotation | DeadLetter | None], *, salt: str) -> Shard:
    shard = build_shard(index, items, salt=salt)
    count("shards")
    count("images", len(shard.records))
    count("captions", shard.captions)
    return shard
