"""Region features that somebody else extracted become shards: looked up by image id, checked, laid onto the photo.

Legend: R regions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import apache_beam as beam
import numpy as np
from numpy.typing import NDArray

from schemas.feature_shard import FeatureLayout
from schemas.records import DeadLetter, ImageRecord, Regions
from schemas.sidecar import Sidecar
from transforms.dumps.dump import Dump
from transforms.dumps.rows import DumpRow, RowError
from transforms.images import ImageError, read_image, upright_size
from transforms.publish import Target
from transforms.region_selection import SelectionOptions
from transforms.shard_records import Shard
from transforms.write_features import publish_features

STAGE = "ImportRegions"
UNKNOWN_SIZE = (1, 1)  # of a photo that nobody knows the size of: boxes, where there are any, are fractions of it
RESCALED, CLIPPED, THINNED = "boxes_rescaled", "boxes_clipped", "regions_left_out"

PhotoSize = Callable[[str], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Names:
    """How many classes the vocabularies have; None where there is no vocabulary."""

    objects: int | None
    attributes: int | None


def import_regions(
    record: ImageRecord,
    dumps: Sequence[Dump],
    photo_size: PhotoSize | None,
    selection: SelectionOptions,
    names: Names,
    notes: Counter[str],
) -> Regions | DeadLetter:
    """Returns what the dumps have of an image, in their order, or why that cannot be used.

    Args:
        record: looked up by its id and by its photo's file name.
        dumps: of one feature size; an image may be in one of them only.
        photo_size: returns (height, width) of the upright photo of a URI; None trusts the dump's size.
        selection: as for a detector: the best max_boxes regions, of these those below the threshold only up to
            min_boxes. A dump without scores gives its first max_boxes.
        names: an id past the vocabulary is refused.
        notes: counts the images whose boxes or regions did not stay as they were.
    """
    try:
        row = _find(record, dumps)
        size = photo_size(record.uri) if photo_size else None
        _check(row, record.image_id, names)
        boxes, image_size, mended = place_boxes(row, size)
    except (RowError, ImageError) as error:
        return DeadLetter(STAGE, record.image_id, error.reason, error.detail)
    n = len(row.features)
    kept = keep_regions(row.object_scores, n, selection)
    notes.update([*mended, *([THINNED] if len(kept) < n else [])])
    none = np.empty((n, 0), np.float32)
    return Regions(
        row.features[kept],
        boxes[kept],
        (np.full(n, -1, np.int32) if row.object_ids is None else row.object_ids)[kept],
        (np.zeros(n, np.float32) if row.object_scores is None else row.object_scores)[kept],
        (none.astype(np.int32) if row.attribute_ids is None else row.attribute_ids)[kept],
        _attribute_scores(row)[kept],
        image_size,
    )


def place_boxes(
    row: DumpRow, photo: tuple[int, int] | None
) -> tuple[NDArray[np.float32], tuple[int, int], tuple[str, ...]]:
    """Returns boxes (R, 4) in pixels of the photo and inside it, its (height, width), and what was done to the boxes.

    Without a photo the dump's size counts; where that is not known either, the photo is taken as 1 x 1. A row without
    boxes gets empty ones. Raises RowError: unknown_size, turned_photo.
    """
    size = photo or row.image_size
    if row.boxes is None:
        return np.zeros((len(row.features), 4), np.float32), size or UNKNOWN_SIZE, ()
    if size is None and not row.unit_boxes:
        raise RowError("unknown_size", "boxes are pixels, but of a photo whose size the dump does not say")
    height, width = size or UNKNOWN_SIZE
    boxes, mended = row.boxes, []
    seen = (1, 1) if row.unit_boxes else row.image_size or (height, width)
    if seen != (height, width):
        if seen == (width, height):
            detail = f"the photo is {width} x {height}, the dump's lies on its side; or its columns are exchanged"
            raise RowError("turned_photo", detail)
        scale = np.array([width / seen[1], height / seen[0]] * 2)
        boxes = (boxes * scale).astype(np.float32)
        if not row.unit_boxes:
            mended.append(RESCALED)
    inside = np.clip(boxes, 0, np.array([width, height] * 2, np.float32))
    if (inside != boxes).any():
        mended.append(CLIPPED)
    return inside, (height, width), tuple(mended)


def keep_regions(scores: NDArray[np.float32] | None, n: int, selection: SelectionOptions) -> NDArray[np.intp]:
    """Returns which of n regions are kept, ascending; of equal scores the earlier one."""
    if scores is None:
        return np.arange(min(n, selection.max_boxes))
    best = np.argsort(-scores, kind="stable")
    above = int((scores >= selection.score_threshold).sum())
    kept: NDArray[np.intp] = np.sort(best[: min(max(above, selection.min_boxes), selection.max_boxes)])
    return kept


def _find(record: ImageRecord, dumps: Sequence[Dump]) -> DumpRow:
    names = (record.image_id, record.uri)
    found = [(dump, row) for dump in dumps if (row := dump.find(names)) is not None]
    if not found:
        detail = f"no row of the dump goes by {' or '.join(repr(name) for name in dict.fromkeys(names) if name)}"
        raise RowError("missing_regions", detail)
    if len(found) > 1:
        raise RowError("ambiguous_regions", f"{len(found)} dumps have {record.image_id!r}")
    dump, row = found[0]
    return dump.read(row)


def _check(row: DumpRow, image_id: str, names: Names) -> None:
    """Raises RowError: no_regions, non_finite_features, bad_boxes, bad_scores, unknown_class."""
    if not len(row.features):
        raise RowError("no_regions", f"{image_id}: the dump has no region")
    if not np.isfinite(row.features).all():
        region = int(np.flatnonzero(~np.isfinite(row.features).all(axis=1))[0])
        raise RowError("non_finite_features", f"{image_id}: features of region {region} hold NaN or infinity")
    if row.boxes is not None:
        right = np.isfinite(row.boxes).all(axis=1) & (row.boxes[:, 2:] >= row.boxes[:, :2]).all(axis=1)
        if not right.all():
            region = int(np.flatnonzero(~right)[0])
            raise RowError("bad_boxes", f"{image_id}: box {region} is {row.boxes[region].tolist()}, not x1 y1 x2 y2")
    for what, scores in (("object", row.object_scores), ("attribute", row.attribute_scores)):
        if scores is not None and not ((scores >= 0) & (scores <= 1)).all():  # NaN is neither
            raise RowError("bad_scores", f"{image_id}: {what} scores reach from {scores.min()} to {scores.max()}")
    for what, ids, size in (
        ("object", row.object_ids, names.objects),
        ("attribute", row.attribute_ids, names.attributes),
    ):
        if ids is not None and ids.size and (ids.min() < -1 or (size is not None and ids.max() >= size)):
            known = "" if size is None else f", the vocabulary has {size}"
            raise RowError("unknown_class", f"{image_id}: {what} ids reach from {ids.min()} to {ids.max()}{known}")


def _attribute_scores(row: DumpRow) -> NDArray[np.float32]:
    if row.attribute_ids is None:
        return np.empty((len(row.features), 0), np.float32)
    if row.attribute_scores is None or row.attribute_scores.shape != row.attribute_ids.shape:
        return np.zeros(row.attribute_ids.shape, np.float32)
    return row.attribute_scores


def read_size(folder: str, uri: str) -> tuple[int, int]:
    """Returns (height, width) of a photo of the image folder. Raises ImageError."""
    return upright_size(read_image(folder, uri), name=uri)


@dataclass
class ImportRegions(beam.PTransform):
    """Writes the region features of each shard from dumps: Shard -> Sidecar."""

    target: Target
    dumps: tuple[Dump, ...]
    images: str | None  # the image folder; None trusts the sizes of the dumps
    selection: SelectionOptions
    layout: FeatureLayout
    names: Names

    def expand(self, shards: beam.PCollection) -> beam.PCollection:
        return shards | "Import" >> beam.ParDo(_Import(self))


class _Import(beam.DoFn):
    def __init__(self, options: ImportRegions) -> None:
        self._target, self._dumps, self._selection = options.target, options.dumps, options.selection
        self._layout, self._names = options.layout, options.names
        self._photo_size = None if options.images is None else partial(read_size, options.images)

    def process(self, shard: Shard) -> Iterator[Sidecar]:
        notes: Counter[str] = Counter()

        def find(records: Sequence[ImageRecord]) -> Iterable[tuple[str, Regions | DeadLetter]]:
            for record in records:
                yield (
                    record.image_id,
                    import_regions(record, self._dumps, self._photo_size, self._selection, self._names, notes),
                )

        yield publish_features(self._target, STAGE, shard, self._layout, find, notes)
