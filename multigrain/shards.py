"""A data set of shards, read in place: features are mapped, not loaded.

Legend: R boxes kept an image at most, D feature size.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from schemas.feature_shard import H5_FAULTS, dequantise, feature_problem, own_datasets
from schemas.graph_shard import read_graph_shard
from schemas.label_shard import read_label_shard
from schemas.manifest import MANIFEST
from schemas.read_manifest import ManifestError, read_manifest
from schemas.records import ImageGraphs, ImageLabels
from schemas.tables import FAULTS

# features (B, D), boxes (B, 4), object ids (B,), object scores (B,)
RegionArrays = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int32], NDArray[np.float32]]
NO_REGIONS: RegionArrays = (
    np.empty((0, 0), np.float32),
    np.empty((0, 4), np.float32),
    np.empty(0, np.int32),
    np.empty(0, np.float32),
)


class DataSetError(ValueError):
    """A folder that is no complete data set of this format; the message names the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """One row of the data set, without its padding: B boxes. A data set without images has B = 0 and D = 0."""

    image_id: str
    features: NDArray[np.float32]  # (B, D)
    boxes: NDArray[np.float32]  # (B, 4) xyxy pixels
    object_ids: NDArray[np.int32]  # (B,) index into the manifest's vocabularies.objects
    object_scores: NDArray[np.float32]  # (B,)
    graphs: ImageGraphs
    labels: ImageLabels


class Shards:
    """The images of a complete data set, in the order of its shards."""

    def __init__(self, folder: str | Path) -> None:
        """Opens a data set. Raises DataSetError where it is unfinished or its manifest was changed."""
        self.folder = Path(folder)
        try:
            self.manifest: dict[str, Any] = read_manifest(self.folder)
        except ManifestError as error:
            raise DataSetError(str(error)) from error
        self._files = {
            (f["product"], f["shard"]): f for f in self.manifest["files"] if f["name"].endswith((".h5", ".parquet"))
        }
        rows = [self._files["graphs", k]["rows"] for k in range(self.manifest["n_shards"])]
        self._starts: list[int] = list(accumulate(rows, initial=0))
        self._tables = lru_cache(2)(self._read_tables)

    def __len__(self) -> int:
        return self._starts[-1]

    def __getitem__(self, index: int) -> Image:
        """Returns one image. Raises IndexError past the end."""
        if not 0 <= index < len(self):
            raise IndexError(f"image {index} of {len(self)}")
        shard = bisect_right(self._starts, index) - 1
        row = index - self._starts[shard]
        graphs, labels = self._tables(shard)
        regions = self._regions(shard, row) if "features" in self.manifest["products"] else NO_REGIONS
        return Image(graphs[row].image_id, *regions, graphs[row], labels[row])

    def __iter__(self) -> Iterator[Image]:
        return map(self.__getitem__, range(len(self)))

    @property
    def n_shards(self) -> int:
        return int(self.manifest["n_shards"])

    def path(self, product: str, shard: int) -> Path:
        """Returns a file of the data set. Raises DataSetError where it is not there in full size."""
        entry = self._files.get((product, shard))
        if entry is None:
            raise DataSetError(f"{self.folder} has no {product} of shard {shard}")
        path: Path = self.folder / entry["name"]
        size = path.stat().st_size if path.is_file() else None
        if size != entry["bytes"]:
            raise DataSetError(f"{path} {'is missing' if size is None else f'has {size} bytes'}, not {entry['bytes']}")
        return path

    def table(self, product: str, shard: int, *columns: str) -> dict[str, pa.Array]:
        """Returns columns of a Parquet file, one array each, row i being the shard's image i.

        Raises DataSetError where the file is not the one that the manifest lists.
        """
        path = self.path(product, shard)
        content = path.read_bytes()
        if sha256(content).hexdigest() != self._files[product, shard]["sha256"]:
            raise DataSetError(f"{path} is damaged or another file than {MANIFEST} lists: its sha256 differs")
        try:
            table = pq.read_table(pa.BufferReader(content), columns=list(columns))
            table.validate(full=True)
            return {c: pa.concat_arrays(table[c].chunks or [pa.array([], table.schema.field(c).type)]) for c in columns}
        except FAULTS as error:
            raise DataSetError(f"{path}: not a table of {', '.join(columns)}: {error}") from error

    def artifact(self, name: str) -> str:
        """Returns the text of a file that belongs to the data set as a whole. Raises DataSetError as `table` does."""
        entry = next((entry for entry in self.manifest["artifacts"] if entry["name"] == name), None)
        if entry is None:
            raise DataSetError(f"{self.folder} has no {name}: run the pipeline that writes it")
        path = self.folder / name
        content = path.read_bytes() if path.is_file() else b""
        if sha256(content).hexdigest() != entry["sha256"]:
            raise DataSetError(f"{path} is missing, damaged or another file than {MANIFEST} lists")
        return content.decode()

    def _regions(self, shard: int, row: int) -> RegionArrays:
        arrays = self._maps[shard]
        n = int(arrays["num_boxes"][row])
        features = arrays["features"][row, :n]
        if "feature_range" in arrays:
            features = dequantise(features, arrays["feature_range"][row, :n])
        boxes, ids, scores = (np.array(arrays[name][row, :n]) for name in ("boxes", "object_ids", "object_scores"))
        return features.astype(np.float32), boxes, ids, scores

    def features(self, shard: int) -> dict[str, NDArray[Any]]:
        """Returns the data sets of a feature shard by name, mapped. Raises DataSetError where the file is damaged."""
        return self._checked_features(self.path("features", shard), shard)

    def _checked_features(self, path: Path, shard: int) -> dict[str, NDArray[Any]]:
        arrays = map_features(path)
        rows = self._starts[shard + 1] - self._starts[shard]
        if problem := feature_problem({name: (a.shape, a.dtype) for name, a in arrays.items()}, rows):
            raise DataSetError(f"{path}: {problem}; `verify` says more")
        return arrays

    @cached_property
    def _maps(self) -> list[dict[str, NDArray[Any]]]:
        names = (self._files["features", k]["name"] for k in range(self.n_shards))
        return [self._checked_features(self.folder / name, k) for k, name in enumerate(names)]

    def _read_tables(self, shard: int) -> tuple[list[ImageGraphs], list[ImageLabels]]:
        graphs, labels = (self.folder / self._files[product, shard]["name"] for product in ("graphs", "labels"))
        rows = self._starts[shard + 1] - self._starts[shard]
        try:
            tables = list(read_graph_shard(graphs)), list(read_label_shard(labels))
        except FAULTS as error:
            raise DataSetError(f"{graphs} or {labels.name} is damaged ({error}); `verify` says more") from error
        if [len(table) for table in tables] != [rows, rows]:
            raise DataSetError(f"{graphs} or {labels.name} has not the {rows} rows that {MANIFEST} lists")
        return tables


def list_offsets(array: pa.ListArray) -> NDArray[np.int64]:
    """Returns where each list begins in array.flatten(), and where the last one ends."""
    offsets: NDArray[np.int32] = array.offsets.to_numpy()
    return offsets.astype(np.int64) - int(offsets[0])


def map_features(path: Path) -> dict[str, NDArray[Any]]:
    """Returns the data sets of a feature shard by name, mapped read-only: nothing is read before it is used.

    Raises DataSetError where the structure is damaged, or a data set is not contiguous or reaches past the end.
    """
    arrays: dict[str, NDArray[Any]] = {}
    size = path.stat().st_size
    try:
        with h5py.File(path) as file:
            own = own_datasets(file)
            places = {name: (d.id.get_offset(), d.nbytes, d.dtype, d.shape) for name, d in own.items()}
    except H5_FAULTS as error:
        raise DataSetError(f"{path}: the HDF5 structure is damaged: {error}") from error
    for name, (offset, nbytes, dtype, shape) in places.items():
        if not nbytes:
            arrays[name] = np.empty(shape, dtype)
        elif offset is None or offset + nbytes > size:
            raise DataSetError(f"{path}: {name} is not contiguous, or cut off")
        else:
            arrays[name] = np.memmap(path, dtype, "r", offset, shape)
    return arrays
