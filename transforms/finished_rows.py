"""The images of a complete data set with their regions, for whoever writes them in another format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.graph_shard import read_graph_shard
from schemas.read_manifest import ManifestError, read_manifest
from schemas.records import ImageGraphs
from schemas.sharding import shard_stem
from transforms.dumps.h5 import H5Reader
from transforms.dumps.rows import DumpRow, RowError


class UnfinishedError(ValueError):
    """A folder that is no complete data set with regions; the message names the file."""


@dataclass(frozen=True, slots=True)
class FinishedRows:
    """A data set, opened; a row group of captions and one image's regions are in memory at a time."""

    folder: Path
    n_shards: int
    images: int
    max_boxes: int
    feature_size: int
    attributes: int
    boxes: bool  # whether it says where the regions lie
    classes: bool  # whether it says what they are

    def __iter__(self) -> Iterator[tuple[ImageGraphs, DumpRow | None]]:
        """Yields every image in the order of the shards, None where its regions are missing."""
        for shard in range(self.n_shards):
            features = H5Reader((self._path("features", shard, ".h5"),), (0,))
            for row, image in enumerate(read_graph_shard(self._path("graphs", shard, ".parquet"))):
                try:
                    yield image, features.read(row, self.feature_size)
                except RowError as error:
                    if error.reason != "no_regions":
                        raise UnfinishedError(f"{self.folder}: {error.detail}; `verify` says more") from error
                    yield image, None

    def _path(self, product: str, shard: int, extension: str) -> Path:
        return self.folder / (shard_stem(product, shard, self.n_shards) + extension)


def open_finished(folder: Path) -> FinishedRows:
    """Returns the images of a data set. Raises UnfinishedError where it is not complete, or has no regions."""
    try:
        manifest = read_manifest(folder)
    except ManifestError as error:
        raise UnfinishedError(str(error)) from error
    if "features" not in manifest["products"]:
        raise UnfinishedError(f"{folder} has no region features: it was made of captions only")
    layout = manifest["features"]
    known = manifest.get("regions", {"boxes": True, "classes": True})  # a detector says both
    return FinishedRows(
        folder,
        manifest["n_shards"],
        manifest["rows"],
        layout["max_boxes"],
        layout["feature_size"],
        layout["attributes"],
        known["boxes"],
        known["classes"],
    )
