"""CRC-32C of rows, so that a damaged byte can be traced to the image it belongs to."""

from __future__ import annotations

from typing import Any

import google_crc32c
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def row_crc(parts: list[bytes]) -> int:
    """Returns the CRC-32C of the concatenated parts of one row."""
    crc = 0
    for part in parts:
        crc = google_crc32c.extend(crc, part)
    return crc


def table_crcs(table: pa.Table) -> NDArray[np.uint32]:
    """Returns the CRC-32C of each row of an Arrow table, over its values and not their encoding: (rows,) uint32.

    Depth first in the order of the schema: a list gives its length (int32) and then its values, a struct its fields, a
    string field the validity (uint8), then the lengths (int32), then the UTF-8 of all its values in the row, a boolean
    uint8, a number its little-endian bytes. Only strings may be null.
    """
    crcs = [0] * table.num_rows
    starts = np.arange(table.num_rows, dtype=np.int64)
    for column in table.columns:
        _extend(crcs, column.combine_chunks(), starts, starts + 1)
    return np.array(crcs, np.uint32)


def _extend(crcs: list[int], array: Any, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
    """Extends crcs[i] by the values [starts[i], ends[i]) of the array, depth first."""
    if isinstance(array, pa.ChunkedArray):  # combine_chunks of a column without rows
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if pa.types.is_struct(kind):
        for child in array.flatten():
            _extend(crcs, child, starts, ends)
    elif pa.types.is_list(kind):
        offsets = array.offsets.to_numpy().astype(np.int64)
        _extend_bytes(crcs, np.diff(offsets).astype(np.int32), starts, ends)
        _extend(crcs, array.values, offsets[starts], offsets[ends])
    elif pa.types.is_string(kind):
        # Always, not only where there are nulls: a row's checksum must not depend on its neighbours.
        _extend_bytes(crcs, array.is_valid().to_numpy(zero_copy_only=False).astype(np.uint8), starts, ends)
        array = array.fill_null("")
        offsets = np.frombuffer(array.buffers()[1], np.int32, len(array) + 1, array.offset * 4).astype(np.int64)
        _extend_bytes(crcs, np.diff(offsets).astype(np.int32), starts, ends)
        data = array.buffers()[2]
        _extend_bytes(
            crcs, np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8), offsets[starts], offsets[ends]
        )
    elif pa.types.is_boolean(kind):
        _extend_bytes(crcs, array.to_numpy(zero_copy_only=False).astype(np.uint8), starts, ends)
    else:
        _extend_bytes(crcs, array.to_numpy(), starts, ends)


def _extend_bytes(crcs: list[int], values: NDArray[Any], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
    data, size = np.ascontiguousarray(values).tobytes(), values.itemsize
    for i, (start, end) in enumerate(zip((starts * size).tolist(), (ends * size).tolist(), strict=True)):
        if end > start:
            crcs[i] = google_crc32c.extend(crcs[i], data[start:end])
