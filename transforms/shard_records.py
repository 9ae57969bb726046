"""Annotations become shards of image records: the only shuffle of the pipeline, of ids, URIs and captions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import apache_beam as beam

from schemas.records import Annotation, DeadLetter, ImageRecord, Split
from schemas.sharding import row_key, shard_of
from schemas.sidecar import StageCount, digest
from transforms.annotation_formats import Format
from transforms.annotations import GROUP_STAGE, READ_STAGE, group_annotations, read_annotations
from transforms.progress import count


@dataclass(frozen=True, slots=True)
class Shard:
    """The unit of work: everything that is known of a shard's images before they are looked at."""

    index: int
    records: tuple[ImageRecord, ...]  # in row order
    unread: tuple[DeadLetter, ...]  # entries that could not be read
    ungrouped: tuple[DeadLetter, ...]  # captions that contradict others of their image

    @property
    def captions(self) -> int:
        return sum(len(record.captions) for record in self.records)

    @property
    def rejected(self) -> tuple[DeadLetter, ...]:
        return self.unread + self.ungrouped

    def counts(self) -> dict[str, StageCount]:
        """Returns the counts of the stages before the shard, in captions."""
        read = self.captions + len(self.ungrouped)
        return {
            READ_STAGE: StageCount(read + len(self.unread), read, len(self.unread)),
            GROUP_STAGE: StageCount(read, self.captions, len(self.ungrouped)),
        }

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
    unread: list[DeadLetter] = []
    for item in items:
        if isinstance(item, Annotation):
            annotations.append(item)
        elif item is not None:
            unread.append(item)
    records, ungrouped = group_annotations(annotations)
    records.sort(key=lambda record: (row_key(salt, record.image_id), record.image_id))
    return Shard(index, tuple(records), tuple(unread), tuple(ungrouped))


@dataclass
class ReadAnnotations(beam.PTransform):
    """Reads annotation files: path -> (shard, Annotation | DeadLetter)."""

    file_format: Format | None
    split: Split | None
    salt: str
    n_shards: int

    def expand(self, paths: beam.PCollection) -> beam.PCollection:
        return paths | "Read" >> beam.ParDo(_Read(self.file_format, self.split, self.salt, self.n_shards))


class _Read(beam.DoFn):
    def __init__(self, file_format: Format | None, split: Split | None, salt: str, n_shards: int) -> None:
        self._format, self._split, self._salt, self._n_shards = file_format, split, salt, n_shards

    def process(self, path: str) -> Iterator[tuple[int, Annotation | DeadLetter]]:
        for item in read_annotations(path, file_format=self._format, split=self._split):
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
            | "Build" >> beam.Map(_counted_shard, self.salt)  # Shard
        )


def _counted_shard(group: tuple[int, Iterable[Annotation | DeadLetter | None]], salt: str) -> Shard:
    shard = build_shard(*group, salt=salt)
    count("shards")
    count("images", len(shard.records))
    count("captions", shard.captions)
    return shard
