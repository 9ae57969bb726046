"""Rows of region features, copied from the shards into a buffer: from mapped files, or by reads where memory is short.

Legend: N images, B rows asked for, R regions, D feature size.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from multigrain.shards import DataSetError, Shards
from schemas.checksums import row_crc
from schemas.feature_shard import FeatureLayout

Reading = Literal["auto", "map", "read"]
CRC_ORDER = tuple(FeatureLayout(1, 1, 1, "uint8").datasets(1))


class FeatureRows:
    """The features of a data set. Threads may read at the same time. Fastest where rows of a shard stand together.

    "map" copies from the page cache through the mapped file: the fastest where the features stay in memory. "read" asks
    the system for a row at a time (preadv), which a disk answers in one go where a mapped row takes a fault a page.
    "auto" maps what fits into the memory that is available now.
    """

    def __init__(self, shards: Shards, *, reading: Reading = "auto", check: bool = False) -> None:
        """Opens the shards; with `check`, the first time that a row is read its CRC-32C is compared.

        Raises DataSetError where a file is missing, cut off, or of another shape than the first.
        """
        paths = [shards.path("features", k) for k in range(shards.n_shards)]
        self._paths: Sequence[Path] = paths
        self._maps = [shards.features(k) for k in range(shards.n_shards)]
        maps = [m["features"] for m in self._maps]
        self._offsets = [getattr(array, "offset", 0) for array in maps]  # an empty shard is not mapped
        self._features = [np.asarray(array) for array in maps]  # indexing a np.memmap costs a microsecond more
        self.shape: tuple[int, int] = maps[0].shape[1:]  # (R, D)
        self.dtype: np.dtype[Any] = maps[0].dtype
        for path, array in zip(paths, maps, strict=True):
            if (array.shape[1:], array.dtype) != (self.shape, self.dtype):
                raise DataSetError(
                    f"{path}: features {array.shape[1:]} {array.dtype}, {self.shape} {self.dtype} expected"
                )
        size = sum(array.nbytes for array in maps)
        self.reading = reading if reading != "auto" else ("map" if size < _available_memory() else "read")
        self._files = [path.open("rb", buffering=0) for path in paths] if self.reading == "read" else []
        self._checked = [np.zeros(len(m), bool) for m in maps] if check else None

    def read(self, shards: NDArray[np.int32], rows: NDArray[np.int32], out: NDArray[Any]) -> None:
        """Fills out (B, R, D) with the rows. Raises DataSetError naming file and row where one is damaged."""
        # Runs of rows of one shard are taken at once: each call gives up Python's lock and has to get it again.
        starts = np.flatnonzero(shards[1:] != shards[:-1]) + 1
        for first, last in pairwise([0, *starts.tolist(), len(shards)] if len(shards) else []):
            shard, part = int(shards[first]), rows[first:last]
            if self._files:
                for target, row in zip(out[first:last], part.tolist(), strict=True):
                    self._read_row(shard, self._offsets[shard] + row * target.nbytes, target)
            else:  # "clip" goes into the buffer directly; no row is outside
                np.take(self._features[shard], part, axis=0, out=out[first:last], mode="clip")
        if self._checked is not None:
            for target, shard, row in zip(out, shards.tolist(), rows.tolist(), strict=True):
                if not self._checked[shard][row]:
                    self._check(shard, row, target)
                    self._checked[shard][row] = True

    def _read_row(self, shard: int, offset: int, target: NDArray[Any]) -> None:
        if os.preadv(self._files[shard].fileno(), [target.data.cast("B")], offset) != target.nbytes:
            raise DataSetError(f"{self._paths[shard]} was cut off while it was read")

    def _check(self, shard: int, row: int, features: NDArray[Any]) -> None:
        arrays = self._maps[shard]
        others = (arrays[name][row] for name in CRC_ORDER[1:] if name in arrays)
        crc, stored = row_crc([features.tobytes(), *(o.tobytes() for o in others)]), int(arrays["crc32c"][row])
        if crc != stored:
            image_id = bytes(arrays["image_id"][row]).decode(errors="replace")
            raise DataSetError(
                f"{self._paths[shard]}: row {row}: image {image_id!r}: crc32c {crc:08x}, {stored:08x} expected"
            )


def _available_memory() -> int:
    """Returns the bytes that can be had without pushing anything out."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
