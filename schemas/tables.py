"""How Arrow tables of one row an image become Parquet files: explicit types, checksums, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.checksums import table_crcs
from schemas.records import Span

T = TypeVar("T")
SPAN = pa.struct([("start", pa.int32()), ("end", pa.int32())])
# What a damaged Parquet file ends in depends on the byte that is damaged: Arrow has a dozen kinds, and values that the
# writer never wrote (an absent text, a list that ends before it begins) upset whoever reads them.
FAULTS = (OSError, pa.ArrowException, LookupError, ValueError, TypeError, AttributeError, OverflowError)
ROW_GROUP = 256  # images: small enough to be read alone, large enough to keep the footer small


def struct(fields: Sequence[pa.Field], *columns: Any) -> pa.StructArray:
    """Returns a struct array from one column (list or Arrow array) a field."""
    arrays = [c if isinstance(c, pa.Array) else pa.array(c, f.type) for f, c in zip(fields, columns, strict=True)]
    return pa.StructArray.from_arrays(arrays, fields=list(fields))


def spans(values: Iterable[Span]) -> pa.StructArray:
    """Returns half-open spans as structs of (start, end)."""
    pairs = np.array(list(values), np.int32).reshape(-1, 2)
    return struct(list(SPAN), np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1]))


def lists(lengths: Iterable[int], values: pa.Array) -> pa.ListArray:
    """Returns a list array whose i-th list takes the next lengths[i] values."""
    offsets = np.fromiter(accumulate(lengths, initial=0), np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def split_lists(array: pa.Array, read: Callable[[pa.Array], list[T]]) -> list[tuple[T, ...]]:
    """Returns each list of the array as a tuple of what read makes of the flat values."""
    values, offsets = read(array.values), array.offsets.to_pylist()
    return [tuple(values[a:b]) for a, b in pairwise(offsets)]


def read_spans(array: pa.StructArray) -> list[Span]:
    return list(zip(array.field("start").to_pylist(), array.field("end").to_pylist(), strict=True))


def write_table(path: Path, table: pa.Table, plain: Sequence[str]) -> None:
    """Writes the table and a crc32c column; the named leaf columns are not dictionary-encoded.

    Uncompressed on purpose: dictionaries take most of what a codec would, and a damaged byte then harms the rows
    that it belongs to and not a whole page, so that `verify` can name them.
    """
    table = table.append_column(pa.field("crc32c", pa.uint32(), nullable=False), pa.array(table_crcs(table)))
    with pq.ParquetWriter(
        path,
        table.schema,
        compression="NONE",
        use_dictionary=[name for name in leaf_names(table.schema) if name not in plain],
        write_page_checksum=True,
        write_statistics=False,  # rows lie in hash order, so the range of a page says nothing
        version="2.6",
    ) as writer:
        writer.write_table(table, row_group_size=ROW_GROUP)


def read_rows(path: str | Path, rows: Sequence[int]) -> pa.Table:
    """Returns some rows of a shard, in the order given; only their row groups are read, one in memory at a time.

    Raises IndexError where the shard has no such row.
    """
    wanted = np.asarray(rows, np.int64)
    parts, places, first = [], [], 0
    with pq.ParquetFile(path) as file:
        if len(wanted) and not 0 <= wanted.min() <= wanted.max() < file.metadata.num_rows:
            raise IndexError(f"{path}: rows {wanted.min()} to {wanted.max()} of {file.metadata.num_rows}")
        for group in range(file.num_row_groups):
            end = first + file.metadata.row_group(group).num_rows
            (inside,) = np.nonzero((wanted >= first) & (wanted < end))
            if len(inside):
                parts.append(file.read_row_group(group).take(pa.array(wanted[inside] - first)))
                places.append(inside)
            first = end
        if not parts:
            return file.schema_arrow.empty_table()
    return pa.concat_tables(parts).take(pa.array(np.argsort(np.concatenate(places)))).combine_chunks()


def leaf_names(schema: pa.Schema) -> list[str]:
    """Returns Parquet's dotted names of the leaf columns: "captions.list.element.text"."""

    def below(name: str, kind: pa.DataType) -> list[str]:
        if pa.types.is_struct(kind):
            return [leaf for field in kind for leaf in below(f"{name}.{field.name}", field.type)]
        if pa.types.is_list(kind):
            return below(f"{name}.list.element", kind.value_type)
        return [name]

    return [leaf for field in schema for leaf in below(field.name, field.type)]
