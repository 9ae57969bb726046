"""HDF5 with a row an image: this project's own feature shards (docs/shard_format.md), or any file with their names.

`features` (n, R, D) and `image_id` (n,) must be there; `num_boxes`, `boxes`, `image_size` (height, width), `object_ids`
with `object_scores`, `attribute_ids` with `attribute_scores`, and `feature_range` (of uint8 features) may be.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import prod
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from schemas.feature_shard import H5_FAULTS, dequantise, own_datasets
from transforms.dumps.dump import Dump, make_dump
from transforms.dumps.index import index_rows
from transforms.dumps.rows import DumpError, DumpRow, RowError, row_of_arrays

_MAX_ROWS, _MAX_BYTES = 1 << 24, 1 << 30  # of a file; of one row: headers of a few bytes can announce any number
_TAKEN = ("num_boxes", "boxes", "object_ids", "object_scores", "attribute_ids", "attribute_scores")
_KNOWN = (*_TAKEN, "image_size", "feature_range", "features", "image_id")


@dataclass(frozen=True, slots=True, eq=False)
class H5Reader:
    files: tuple[Path, ...]
    starts: tuple[int, ...]  # the first row of each file

    def read(self, row: int, feature_size: int | None) -> DumpRow:
        number = bisect_right(self.starts, row) - 1
        path, local = self.files[number], row - self.starts[number]
        place = f"{path.name}[{local}]"
        file = _open(path, path.stat().st_mtime_ns)
        try:
            arrays: dict[str, Any] = {name: file[name][local] for name in _TAKEN if name in file}
            features = file["features"][local]
            if "feature_range" in file:
                features = dequantise(features, file["feature_range"][local])
            if "image_size" in file:
                arrays["image_h"], arrays["image_w"] = file["image_size"][local]
        except H5_FAULTS as error:
            raise RowError("damaged_array", f"{place}: {error}") from error
        if "num_boxes" in arrays and not arrays["num_boxes"]:
            raise RowError("no_regions", f"{place}: num_boxes is 0: the image failed where the file was made")
        if (arrays.get("object_ids", np.zeros(1)) < 0).all():
            arrays.pop("object_ids")  # made of a dump that names no classes
        if arrays.get("attribute_ids", np.zeros(1)).size == 0:
            arrays.pop("attribute_ids"), arrays.pop("attribute_scores", None)
        return row_of_arrays({**arrays, "features": features}, place, feature_size)


def open_h5(path: Path) -> Dump:
    """Returns the dump of a file, or of a folder's feature shards. Raises DumpError where a data set is missing."""
    files = tuple(sorted(path.glob("features-*.h5"))) if path.is_dir() else (path,)
    if not files:
        raise DumpError(f"{path}: no features-*.h5 in it")
    counts: list[int] = []

    def names() -> Iterator[tuple[str]]:
        for file in files:
            ids = _ids(file)
            counts.append(len(ids))
            yield from zip(ids, strict=True)

    index = index_rows(names())
    starts = tuple(accumulate(counts[:-1], initial=0))
    return make_dump("h5", str(path), files, index, H5Reader(files, starts))


def _ids(path: Path) -> list[str]:
    try:
        with h5py.File(path) as file:
            sets = own_datasets(file, _KNOWN)
            missing = [name for name in ("features", "image_id") if name not in sets]
            if missing:
                raise DumpError(f"{path}: no data set {missing[0]!r} among {sorted(map(str, file))[:20]}")
            shape, rows = sets["features"].shape, len(sets["image_id"])
            lengths = {name: len(sets[name]) for name in _KNOWN if name in sets}
            wrong = {name: length for name, length in lengths.items() if length != rows}
            if len(shape) != 3 or shape[0] != rows or wrong:
                raise DumpError(f"{path}: features are {shape}, image_id has {rows} rows, {wrong or '(rows, R, D)'}")
            if rows > _MAX_ROWS or any(prod(s.shape[1:]) * s.dtype.itemsize > _MAX_BYTES for s in sets.values()):
                raise DumpError(f"{path}: {rows} rows, features of {shape}: more than anybody's photos have")
            return [_text(value) for value in sets["image_id"][:]]
    except DumpError:
        raise
    except H5_FAULTS as error:
        raise DumpError(f"{path}: not a readable HDF5 file: {error}") from error


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


@lru_cache(64)
def _open(path: Path, modified: int) -> Any:
    """Returns the open file; another file of the same name, of another time, is opened anew."""
    return h5py.File(path)
