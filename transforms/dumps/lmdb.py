"""UNITER's image LMDB: file name -> {features, norm_bb, conf, soft_labels}, as MessagePack or as a compressed .npz.

norm_bb is (R, 6): x1, y1, x2, y2, width, height as fractions of the photo; sizes of photos are not in it. Numbers are
float16. Which of both a value is, its first bytes tell. (ChenRocks/UNITER scripts/convert_imgdir.py)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import msgpack
import numpy as np

from transforms.dumps.dump import Dump, make_dump
from transforms.dumps.index import index_rows
from transforms.dumps.lmdb_pages import LmdbError, read_values
from transforms.dumps.npy import parse_npz
from transforms.dumps.rows import DumpError, DumpRow, RowError, row_of_arrays

DATA = "data.mdb"
_RESERVED = b"__"  # __keys__, __len__ and the like are no images
_ZIP = b"PK\x03\x04"
_NUMBERS = "fiub"


@dataclass(frozen=True, slots=True, eq=False)
class LmdbReader:
    folder: Path
    keys: tuple[bytes, ...]
    starts: tuple[int, ...]  # where each value lies in the file
    sizes: tuple[int, ...]  # bytes

    def read(self, row: int, feature_size: int | None) -> DumpRow:
        key = self.keys[row]
        place = key.decode(errors="replace")
        with (self.folder / DATA).open("rb") as file:
            file.seek(self.starts[row])
            value = file.read(self.sizes[row])
        arrays = parse_npz(value, place) if value.startswith(_ZIP) else parse_message(value, place)
        return row_of_arrays(arrays, place, feature_size)


def open_lmdb(folder: Path) -> Dump:
    """Returns the dump of an LMDB folder. Raises DumpError where it is none, or holds no image."""
    data = folder / DATA
    if not data.is_file():
        raise DumpError(
            f"{folder}: no data.mdb in it; the folder of one LMDB expected (UNITER's are feat_th... or all)"
        )
    try:
        values = [value for value in read_values(data) if not value.key.startswith(_RESERVED)]
    except (LmdbError, OSError) as error:
        raise DumpError(f"{data}: {error}") from error
    keys = tuple(value.key for value in values)
    if not keys:
        raise DumpError(f"{folder}: no image in it")
    reader = LmdbReader(folder, keys, tuple(v.start for v in values), tuple(v.size for v in values))
    index = index_rows((key.decode(errors="replace").removesuffix(".npz"),) for key in keys)
    return make_dump("lmdb", str(folder), (data,), index, reader)


def parse_message(data: bytes, place: str) -> dict[str, Any]:
    """Returns the arrays of a MessagePack value in msgpack_numpy's encoding. Raises RowError: damaged_array.

    Decoded here, as msgpack_numpy unpickles whatever says that it is an array of objects.
    """
    try:
        value = msgpack.unpackb(data, object_hook=_array, raw=False, strict_map_key=False)
    except (ValueError, TypeError, KeyError, msgpack.UnpackException) as error:
        raise RowError("damaged_array", f"{place}: {type(error).__name__}: {error}") from error
    if not isinstance(value, dict):
        raise RowError("damaged_array", f"{place}: {type(value).__name__}, arrays by name expected")
    return {str(name): array for name, array in value.items()}


def _array(fields: Mapping[Any, Any]) -> Any:
    """Returns the array or number that msgpack_numpy wrote; its keys are bytes or text, as its version had it."""
    named = {key.decode() if isinstance(key, bytes) else key: value for key, value in fields.items()}
    if "nd" not in named:
        return fields
    dtype = np.dtype(named["type"])
    if dtype.kind not in _NUMBERS:
        raise ValueError(f"an array of {dtype}, numbers expected")
    shape = tuple(named["shape"]) if named["nd"] else ()
    if len(named["data"]) != prod(shape) * dtype.itemsize:
        raise ValueError(f"{len(named['data'])} bytes, {dtype} of shape {shape} takes {prod(shape) * dtype.itemsize}")
    return np.frombuffer(named["data"], dtype).reshape(shape)
