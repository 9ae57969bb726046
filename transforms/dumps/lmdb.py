"""UNITER's image LMDB: file name -> {features, norm_bb, conf, soft_labels}, as MessagePack or as a compressed .npz.

norm_bb is (R, 6): x1, y1, x2, y2, width, height as fractions of the photo; sizes of photos are not in it. Numbers are
float16. Which of both a value is, its first bytes tell. (ChenRocks/UNITER scripts/convert_imgdir.py)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

import lmdb
import msgpack
import numpy as np

from transforms.dumps.dump import Dump, make_dump
from transforms.dumps.index import index_rows
from transforms.dumps.npy import parse_npz
from transforms.dumps.rows import DumpError, DumpRow, RowError, row_of_arrays

_RESERVED = b"__"  # __keys__, __len__ and the like are no images
_ZIP = b"PK\x03\x04"
_NUMBERS = "fiub"


@dataclass(frozen=True, slots=True, eq=False)
class LmdbReader:
    folder: Path
    keys: tuple[bytes, ...]

    def read(self, row: int, feature_size: int | None) -> DumpRow:
        key = self.keys[row]
        place = key.decode(errors="replace")
        try:
            with _environment(self.folder).begin() as transaction:
                value = transaction.get(key)
        except lmdb.Error as error:
            raise RowError("damaged_array", f"{place}: {error}") from error
        if value is None:
            raise RowError("missing_file", f"{place}: no longer in {self.folder.name}")
        arrays = parse_npz(value, place) if value.startswith(_ZIP) else parse_message(value, place)
        return row_of_arrays(arrays, place, feature_size)


def open_lmdb(folder: Path) -> Dump:
    """Returns the dump of an LMDB folder. Raises DumpError where it is none, or holds no image."""
    data = folder / "data.mdb"
    if not data.is_file():
        raise DumpError(
            f"{folder}: no data.mdb in it; the folder of one LMDB expected (UNITER's are feat_th... or all)"
        )
    try:
        environment = _environment(folder)
        expected = (environment.info()["last_pgno"] + 1) * environment.stat()["psize"]
        if data.stat().st_size < expected:  # LMDB maps the file: to look past its end would kill the process
            raise DumpError(f"{data}: {data.stat().st_size} bytes of {expected}; the file is cut")
        with environment.begin() as transaction:
            keys = tuple(key for key in transaction.cursor().iternext(values=False) if not key.startswith(_RESERVED))
    except lmdb.Error as error:
        raise DumpError(f"{folder}: {error}") from error
    if not keys:
        raise DumpError(f"{folder}: no image in it")
    index = index_rows((key.decode(errors="replace").removesuffix(".npz"),) for key in keys)
    return make_dump("lmdb", str(folder), (data,), index, LmdbReader(folder, keys))


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


@cache
def _environment(folder: Path) -> Any:
    """Returns the open database; a process may open each only once."""
    return lmdb.open(str(folder), readonly=True, create=False, lock=False, readahead=False, max_readers=1)
