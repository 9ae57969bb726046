"""Is every byte of a data set what it was? And if not: which file, and which rows of it?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.checksums import table_crcs
from schemas.feature_shard import H5_FAULTS, own_datasets, stored_crc
from schemas.manifest import MANIFEST, REPORT, RUN, SUCCESS, RunRecord
from schemas.read_manifest import ManifestError, read_manifest
from schemas.sharding import row_key, shard_of, shard_stem
from schemas.tables import FAULTS


@dataclass(frozen=True, slots=True)
class Problem:
    file: str
    row: int | None  # None where the damage belongs to no row or cannot be traced to one
    what: str

    def __str__(self) -> str:
        return f"{self.file}" + ("" if self.row is None else f": row {self.row}") + f": {self.what}"


def verify(out: Path) -> Iterator[Problem]:
    """Yields every problem of a complete data set: missing, damaged, foreign or disagreeing files."""
    try:
        manifest = read_manifest(out)
    except ManifestError as error:
        finished = (out / MANIFEST).is_file() and (out / SUCCESS).is_file()
        yield Problem(MANIFEST if finished else str(out), None, f"not a complete data set: {error}")
        return
    try:
        run = RunRecord.from_json((out / RUN).read_text("utf-8"))
    except (OSError, ValueError) as error:
        yield Problem(str(out), None, f"not a complete data set: {error}")
        return
    files = [*manifest["files"], *manifest["artifacts"]]
    shards, salt = manifest["n_shards"], manifest["identity"].get("salt", "")
    if run.identity != manifest["identity"]:
        yield Problem(RUN, None, f"does not match {MANIFEST}: {run.differences(RunRecord(manifest['identity'], {}))}")
    whole = set()
    for entry in files:
        problems = list(_check_file(out, entry))
        yield from problems
        if not problems:
            whole.add(entry["name"])
    known = {entry["name"] for entry in files} | {MANIFEST, SUCCESS, RUN, REPORT}
    for path in sorted(out.iterdir()):
        if path.name not in known:
            yield Problem(path.name, None, f"is not listed in {MANIFEST}")
    for shard in range(shards):
        yield from _check_rows(out, manifest["products"], shard, shards, salt, whole)


def _check_file(out: Path, entry: dict[str, Any]) -> Iterator[Problem]:
    path = out / entry["name"]
    if not path.is_file():
        yield Problem(entry["name"], None, "is missing")
        return
    if path.stat().st_size != entry["bytes"]:
        yield Problem(entry["name"], None, f"has {path.stat().st_size} bytes, {entry['bytes']} expected")
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() == entry["sha256"]:
            return
    locate = {".h5": _damaged_feature_rows, ".parquet": _damaged_table_rows}.get(path.suffix)
    found = list(locate(path)) if locate else []
    yield from found or [
        Problem(entry["name"], None, "sha256 differs; no row is harmed, so the damage is outside them")
    ]


def _damaged_feature_rows(path: Path) -> Iterator[Problem]:
    try:
        with h5py.File(path) as file:
            own_datasets(file)
            for row in range(len(file["crc32c"])):
                stored, actual = stored_crc(file, row)
                if stored != actual:
                    image_id = bytes(file["image_id"][row]).decode(errors="replace")
                    yield Problem(path.name, row, f"image {image_id!r}: crc32c {actual:08x}, {stored:08x} expected")
    except H5_FAULTS as error:
        yield Problem(path.name, None, f"the HDF5 structure is damaged: {error}")


def _damaged_table_rows(path: Path) -> Iterator[Problem]:
    try:
        with pq.ParquetFile(path) as file:
            first = 0
            for group in range(file.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                yield from _damaged_group_rows(path.name, file, group, first, rows)
                first += rows
    except FAULTS as error:
        yield Problem(path.name, None, f"the Parquet structure is damaged: {error}")


def _damaged_group_rows(name: str, file: pq.ParquetFile, group: int, first: int, rows: int) -> Iterator[Problem]:
    try:
        table = file.read_row_group(group)
        actual = table_crcs(table.drop(["crc32c"]))
        stored = table["crc32c"].to_numpy()
    except FAULTS as error:
        yield Problem(name, None, f"one of the rows {first} to {first + rows - 1} cannot be read: {error}")
        return
    ids = table["image_id"].cast(pa.binary())  # a damaged id may be no UTF-8
    for row in np.flatnonzero(actual != stored).tolist():
        image_id = ids[row].as_py().decode(errors="replace")
        yield Problem(name, first + row, f"image {image_id!r}: crc32c {actual[row]:08x}, {stored[row]:08x} expected")


def _check_rows(
    out: Path, products: list[str], shard: int, shards: int, salt: str, whole: set[str]
) -> Iterator[Problem]:
    """Yields the rows of undamaged files that are not where their image id belongs, or differ between products."""
    order: list[str] | None = None
    for product in sorted(products):
        name = shard_stem(product, shard, shards) + (".h5" if product == "features" else ".parquet")
        if name not in whole:
            continue
        try:
            ids = _image_ids(out / name)
        except (*FAULTS, RuntimeError) as error:
            yield Problem(name, None, f"its image ids cannot be read: {error}")
            continue
        keys = [(row_key(salt, image_id), image_id) for image_id in ids]
        for row, (key, image_id) in enumerate(keys):
            if shard_of(key, shards) != shard or (row and keys[row - 1] >= (key, image_id)):
                yield Problem(name, row, f"image {image_id!r} does not belong here")
        if order is not None and ids != order:
            yield Problem(name, None, "its rows are other images than those of the shard's other files")
        order = ids


def _image_ids(path: Path) -> list[str]:
    if path.suffix == ".h5":
        with h5py.File(path) as file:
            return [bytes(image_id).decode() for image_id in own_datasets(file)["image_id"][:]]
    ids: list[str] = pq.read_table(path, columns=["image_id"])["image_id"].to_pylist()
    return ids
