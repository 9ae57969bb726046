"""The regions of finished feature shards, without their features: a hundredth of the file is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import h5py
import numpy as np
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems
from numpy.typing import NDArray

from schemas.sidecar import Sidecar


@dataclass(frozen=True, slots=True, eq=False)
class SeenRegions:
    """What is known of a photo's regions without their features, best first."""

    image_id: str
    boxes: NDArray[np.float32]  # (R, 4) xyxy pixels
    object_ids: NDArray[np.int32]  # (R,) index into the detector's object names; -1 where it has none
    object_scores: NDArray[np.float32]  # (R,) in [0, 1]
    image_size: tuple[int, int]  # (height, width) in pixels


def seen_regions(out: str, features: Sidecar) -> Iterator[SeenRegions]:
    """Yields the regions of each image of a finished feature shard, in row order; a failed image has none."""
    path = FileSystems.join(out, features.files[0].name)
    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as source, h5py.File(source) as file:
        names = ("image_id", "num_boxes", "boxes", "object_ids", "object_scores", "image_size")
        columns = (file[name][:] for name in names)
        for image_id, n, boxes, ids, scores, size in zip(*columns, strict=True):
            yield SeenRegions(bytes(image_id).decode(), boxes[:n], ids[:n], scores[:n], (int(size[0]), int(size[1])))
