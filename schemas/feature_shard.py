"""The HDF5 layout of region features: contiguous, page-aligned, byte-identical when written again.

Legend: n images of the shard, R boxes kept an image at most, D feature size, A attributes kept a box.
Rows that have fewer than R boxes, and images that failed (num_boxes 0), are padded with zeros (ids with -1).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import h5py
import numpy as np
from numpy.typing import NDArray

from schemas.checksums import row_crc
from schemas.records import Regions
from schemas.sharding import FORMAT_VERSION

FeatureDtype = Literal["float16", "float32", "uint8"]
# What a value of "relations" means: how the first region lies to the second (Yao et al. 2018). Directions are sectors
# of 45 degrees from the first's centre to the second's, clockwise from due right.
SPATIAL_RELATIONS = ("none", "inside", "cover", "overlap", *(f"direction_{k}" for k in range(8)))
# What a damaged HDF5 file ends in depends on the byte that is damaged, and h5py has no kind of its own for it.
H5_FAULTS = (OSError, ValueError, TypeError, LookupError, RuntimeError, AttributeError, OverflowError)
PAGE = 4096  # bytes; the alignment that lets a loader map a data set


@dataclass(frozen=True, slots=True)
class FeatureLayout:
    """The sizes that every shard of a data set shares."""

    max_boxes: int  # R
    feature_size: int  # D
    attributes: int  # A
    dtype: FeatureDtype = "float16"

    def datasets(self, id_bytes: int) -> dict[str, tuple[tuple[int, ...], str]]:
        """Returns the shape of a row and the dtype of each data set, in file order."""
        r, a = self.max_boxes, self.attributes
        quantised = {"feature_range": ((r, 2), "<f4")} if self.dtype == "uint8" else {}
        return {
            "features": ((r, self.feature_size), np.dtype(self.dtype).newbyteorder("<").str),
            **quantised,  # feature = minimum + step * uint8; (minimum, step) of each region
            "num_boxes": ((), "<i4"),
            "boxes": ((r, 4), "<f4"),  # xyxy pixels
            "object_ids": ((r,), "<i4"),
            "object_scores": ((r,), "<f4"),
            "attribute_ids": ((r, a), "<i4"),
            "attribute_scores": ((r, a), "<f4"),
            "image_size": ((2,), "<i4"),  # (height, width) pixels; (0, 0) where the image could not be read
            "relations": ((r, r), "|u1"),  # spatial class of (subject, object); 0 none
            "image_id": ((), f"|S{id_bytes}"),  # UTF-8
        }


@dataclass(frozen=True, slots=True, eq=False)
class FeatureRow:
    regions: Regions
    relations: NDArray[np.uint8]  # (R', R') spatial class between the kept regions


class FeatureShardWriter:
    """Writes the rows of one shard in any order; rows that were not written are failed images."""

    def __init__(
        self, file: h5py.File, layout: FeatureLayout, image_ids: Sequence[str], check: Callable[[], None]
    ) -> None:
        """Takes an empty file; `check` raises OSError where what was written so far did not reach the disk."""
        self._check = check
        self.layout, self._ids = layout, [i.encode() for i in image_ids]
        self._specs = layout.datasets(max([1, *map(len, self._ids)]))
        self._sets: dict[str, Any] = {}
        file.attrs["multigrain_format"] = FORMAT_VERSION
        for name, (shape, dtype) in {**self._specs, "crc32c": ((), "<u4")}.items():
            self._sets[name] = _contiguous(file, name, (len(image_ids), *shape), dtype)
        self._missing = set(range(len(image_ids)))

    def write(self, row: int, content: FeatureRow) -> None:
        """Writes one image. Raises ValueError where the regions do not fit the layout or are not finite."""
        regions, layout = content.regions, self.layout
        count, size = regions.features.shape
        if count > layout.max_boxes or size != layout.feature_size:
            raise ValueError(f"{count} regions of {size} do not fit {layout.max_boxes} of {layout.feature_size}")
        if not np.isfinite(regions.features).all():
            raise ValueError("features are not finite")
        self._write(row, self._row(row, content))

    def copy(self, row: int, other: h5py.File, other_row: int) -> None:
        """Copies a row of another file of the same layout unchanged."""
        self._write(row, {name: other[name][other_row] for name in self._specs} | {"image_id": self._ids[row]})

    def fill_missing(self) -> None:
        """Writes the rows of failed images: no boxes, zeros."""
        for row in sorted(self._missing):
            self._write(row, self._row(row, None))

    def _row(self, row: int, content: FeatureRow | None) -> dict[str, Any]:
        values: dict[str, Any] = {
            name: np.zeros(shape, dtype) if not name.endswith("_ids") else np.full(shape, -1, dtype)
            for name, (shape, dtype) in self._specs.items()
        }
        values["image_id"] = self._ids[row]
        if content is None:
            return values
        regions, n = content.regions, len(content.regions.features)
        if self.layout.dtype == "uint8":
            values["features"][:n], values["feature_range"][:n] = quantise(regions.features)
        else:
            values["features"][:n] = to_dtype(regions.features, self.layout.dtype)
        values["num_boxes"] = np.int32(n)
        values["boxes"][:n], values["object_ids"][:n] = regions.boxes, regions.object_ids
        values["object_scores"][:n] = regions.object_scores
        kept = min(self.layout.attributes, regions.attribute_ids.shape[1])
        values["attribute_ids"][:n, :kept] = regions.attribute_ids[:, :kept]
        values["attribute_scores"][:n, :kept] = regions.attribute_scores[:, :kept]
        values["image_size"][:] = regions.image_size
        values["relations"][:n, :n] = content.relations
        return values

    def _write(self, row: int, values: dict[str, Any]) -> None:
        parts = []
        for name, (_, dtype) in self._specs.items():
            value = np.asarray(values[name], dtype)
            self._sets[name][row] = value
            parts.append(value.tobytes())
        self._sets["crc32c"][row] = row_crc(parts)
        self._missing.discard(row)
        self._check()


def to_dtype(features: NDArray[np.float32], dtype: str) -> NDArray[Any]:
    """Returns the features as dtype; values past float16's range are clamped to its largest finite value."""
    info = np.finfo(np.dtype(dtype))
    return np.clip(features, info.min, info.max).astype(dtype)


def quantise(features: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Returns (R, D) uint8 and (R, 2) float32 (minimum, step) with feature = minimum + step * uint8."""
    low = features.min(axis=1, initial=np.inf, where=np.isfinite(features))
    step = (features.max(axis=1, initial=-np.inf) - low) / 255
    scaled = (features - low[:, None]) / np.where(step > 0, step, 1)[:, None]
    return np.rint(scaled).clip(0, 255).astype(np.uint8), np.stack([low, step], axis=1).astype(np.float32)


def dequantise(values: NDArray[np.uint8], ranges: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns (..., R, D) float32 from uint8 values and their (..., R, 2) (minimum, step)."""
    return ranges[..., :1] + ranges[..., 1:] * values.astype(np.float32)


@contextmanager
def create_feature_shard(path: Path, layout: FeatureLayout, image_ids: Sequence[str]) -> Iterator[FeatureShardWriter]:
    """Yields a writer of a new shard file whose row i is image_ids[i]. Raises OSError where it cannot be written."""
    with path.open("w+b", buffering=0) as raw:
        place = _Place(raw)
        with h5py.File(place, "w", libver="latest", alignment_threshold=PAGE, alignment_interval=PAGE) as file:
            writer = FeatureShardWriter(file, layout, image_ids, place.check)
            yield writer
            writer.fill_missing()
        place.check()


class _Place:
    """A file whose failures HDF5 does not see: a disk that is full would end it, and the process, by a signal."""

    def __init__(self, raw: io.FileIO) -> None:
        self._raw = raw
        self._error: OSError | None = None
        self.seek, self.tell, self.read, self.readinto = raw.seek, raw.tell, raw.read, raw.readinto

    def check(self) -> None:
        """Raises the OSError that a write ended in, if one did."""
        if self._error is not None:
            raise self._error

    def write(self, data: Any) -> int:
        rest = memoryview(data)
        with self._noting():
            while self._error is None and rest:
                rest = rest[self._raw.write(rest) :]
        return len(data)

    def truncate(self, size: int) -> int:
        with self._noting():
            self._raw.truncate(size)
        return size

    def flush(self) -> None:
        """Does nothing: nothing is held back."""

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._error = self._error or error


def own_datasets(file: h5py.File, names: Collection[str] | None = None) -> dict[str, h5py.Dataset]:
    """Returns the data sets of a file by name, only those of the given names that are there.

    Raises ValueError where one would be read from another file: a link, external storage, a virtual data set.
    """
    found = {}
    for name in file:
        if names is not None and name not in names:
            continue
        link = file.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise ValueError(f"{name} is a {type(link).__name__} to what lies elsewhere")
        dataset = file[name]
        if not isinstance(dataset, h5py.Dataset):
            raise ValueError(f"{name} is no data set")
        if dataset.external or dataset.is_virtual:
            raise ValueError(f"{name} keeps its values in another file")
        found[name] = dataset
    return found


def feature_problem(sets: Mapping[str, tuple[tuple[int, ...], np.dtype[Any]]], rows: int) -> str:
    """Returns what keeps data sets, given as (shape, dtype), from being a shard of so many rows; "" where nothing."""
    features, ids = sets.get("features"), sets.get("image_id")
    attributes = sets.get("attribute_ids", ((0, 0, 0), None))[0]
    if features is None or ids is None or len(features[0]) != 3 or len(attributes) != 3 or ids[1].kind != "S":
        return "no features (n, R, D), attribute_ids (n, R, A) or image_id among the data sets"
    layout = FeatureLayout(features[0][1], features[0][2], attributes[2], _dtype_name(features[1]))
    wanted = {**layout.datasets(ids[1].itemsize), "crc32c": ((), "<u4")}
    for name, (shape, dtype) in wanted.items():
        if name not in sets or sets[name][0] != (rows, *shape) or sets[name][1] != np.dtype(dtype):
            return f"{name} is {sets.get(name)}, {(rows, *shape)} of {dtype} expected"
    return ""


def _dtype_name(dtype: np.dtype[Any]) -> FeatureDtype:
    return next((name for name in get_args(FeatureDtype) if np.dtype(name) == dtype), "float16")


def stored_crc(file: h5py.File, row: int) -> tuple[int, int]:
    """Returns the stored CRC-32C of a row and the one of the bytes that are there."""
    names = [name for name in FeatureLayout(1, 1, 1, "uint8").datasets(1) if name in file]
    parts = [np.asarray(file[name][row], file[name].dtype).tobytes() for name in names]
    return int(file["crc32c"][row]), row_crc(parts)


def _contiguous(file: h5py.File, name: str, shape: tuple[int, ...], dtype: str) -> Any:
    """Creates a contiguous data set, allocated at once so that its offset is fixed, without time stamps."""
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_layout(h5py.h5d.CONTIGUOUS)
    plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    plist.set_fill_time(h5py.h5d.FILL_TIME_NEVER)  # every row is written, failed images included
    plist.set_obj_track_times(False)
    space = h5py.h5s.create_simple(shape)
    return h5py.Dataset(h5py.h5d.create(file.id, name.encode(), h5py.h5t.py_create(np.dtype(dtype)), space, plist))
