"""Bottom-up-attention's TSV: a line an image, arrays as base64. One scan finds the lines, then each is read alone.

Without a line of column names the number of columns tells them: six as in peteanderson80/bottom-up-attention, ten as in
airsplay/lxmert (which puts the height before the width). Floats are float32, ids int64 (or int32).
"""

from __future__ import annotations

import base64
import binascii
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transforms.dumps.dump import Dump, make_dump
from transforms.dumps.index import index_rows
from transforms.dumps.rows import DumpError, DumpRow, RowError, row_of_arrays

SHORT = ("image_id", "image_w", "image_h", "num_boxes", "boxes", "features")
LONG = (
    *("img_id", "img_h", "img_w", "objects_id", "objects_conf", "attrs_id", "attrs_conf"),
    *("num_boxes", "boxes", "features"),
)
_IDS = ("image_id", "img_id")
_MAX_LINE = 1 << 28  # bytes; a longer line is no row, and would have to be held in memory whole
_FLOATS = {"boxes", "features", "objects_conf", "attrs_conf"}
_WHOLE = {"image_w", "image_h", "img_w", "img_h", "num_boxes"}
_CODES = {"objects_id", "attrs_id"}


@dataclass(frozen=True, slots=True, eq=False)
class TsvReader:
    path: Path
    columns: tuple[str, ...]
    starts: NDArray[np.int64]  # byte of the first character of each row
    numbers: NDArray[np.int64]  # its line, from 1

    def read(self, row: int, feature_size: int | None) -> DumpRow:
        with self.path.open("rb") as file:
            file.seek(int(self.starts[row]))
            line = file.readline(_MAX_LINE)
        return parse_line(line, self.columns, f"{self.path.name}:{self.numbers[row]}", feature_size)


def open_tsv(path: Path) -> Dump:
    """Returns the dump of a TSV file, scanned once. Raises DumpError where its columns are not those above."""
    columns: list[tuple[str, ...]] = []
    starts, numbers = array("q"), array("q")

    def names() -> Iterator[tuple[str]]:
        for number, start, line in _lines(path):
            if not columns:
                named = _columns(line, f"{path}:{number}")
                columns.append(named or (SHORT if line.count(b"\t") + 1 == len(SHORT) else LONG))
                if named:
                    continue
            place = _id_column(columns[0])
            fields = line.split(b"\t", place + 1)
            starts.append(start)
            numbers.append(number)
            # A line that is cut before its id has none; it keeps its place, and no image asks for it.
            yield (fields[place].decode(errors="replace").strip() if len(fields) > place else "",)

    try:
        index = index_rows(names())
    except OSError as error:
        raise DumpError(f"{path}: {error.strerror}") from error
    if not columns:
        raise DumpError(f"{path}: empty file")
    reader = TsvReader(path, columns[0], np.frombuffer(starts, np.int64), np.frombuffer(numbers, np.int64))
    return make_dump("tsv", str(path), (path,), index, reader)


def parse_line(line: bytes, columns: tuple[str, ...], place: str, feature_size: int | None) -> DumpRow:
    """Returns the row of a line. Raises RowError: missing_columns, bad_base64, wrong_dtype, wrong_size."""
    fields = line.rstrip(b"\r\n").split(b"\t")
    if len(fields) != len(columns):
        raise RowError("missing_columns", f"{place}: {len(fields)} columns, {len(columns)} expected")
    text = dict(zip(columns, fields, strict=True))
    arrays: dict[str, Any] = {name: _number(text[name], f"{place}: {name}") for name in columns if name in _WHOLE}
    count = arrays["num_boxes"]
    for name in columns:
        if name in _FLOATS | _CODES:
            arrays[name] = _decode(text[name], name, count, f"{place}: {name}")
    return row_of_arrays(arrays, place, feature_size)


def _decode(text: bytes, name: str, count: int, place: str) -> NDArray[Any]:
    """Returns (R, ...) of a column; a size that fits another dtype is told as such."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise RowError("bad_base64", f"{place}: {len(text)} characters: {error}") from error
    if name in _CODES and len(data) == 4 * count:
        return np.frombuffer(data, "<i4")
    items = {"boxes": 4, "features": 0}.get(name, 1) * count  # 0: of any length
    dtype = "<i8" if name in _CODES else "<f4"
    size = np.dtype(dtype).itemsize
    if items and len(data) != items * size:
        if len(data) == 2 * items * size or 2 * len(data) == items * size:
            raise RowError("wrong_dtype", f"{place}: {len(data) // items} bytes a number, {dtype} expected")
        raise RowError("wrong_size", f"{place}: {len(data)} bytes, {count} boxes take {items * size}")
    if not count or len(data) % (count * size) or not data:
        raise RowError("wrong_size", f"{place}: {len(data)} bytes do not divide into {count} rows of {dtype}")
    values = np.frombuffer(data, dtype)
    return values.reshape(count, -1) if name in ("boxes", "features") else values


def _number(text: bytes, place: str) -> int:
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        raise RowError("wrong_dtype", f"{place}: {text[:40]!r}, a number expected") from None


def _lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Yields (number from 1, first byte, line) of each line that is not blank."""
    with path.open("rb") as file:
        start, number = 0, 0
        while line := file.readline(_MAX_LINE + 1):
            number += 1
            if len(line) > _MAX_LINE:
                raise DumpError(f"{path}:{number}: a line of more than {_MAX_LINE} bytes")
            if line.strip():
                yield number, start, line
            start += len(line)


def _columns(first: bytes, place: str) -> tuple[str, ...] | None:
    """Returns the columns that the first line names, None where it is a row of six or ten."""
    fields = first.rstrip(b"\r\n").split(b"\t")
    names = tuple(field.decode(errors="replace").strip() for field in fields[:50])
    if "features" not in names:
        if len(fields) not in (len(SHORT), len(LONG)):
            both = f"{len(SHORT)} ({' '.join(SHORT)}) or {len(LONG)} ({' '.join(LONG)})"
            raise DumpError(f"{place}: {len(fields)} columns; {both} expected, or a first line that names them")
        return None
    missing = [name for name in ("num_boxes", "boxes") if name not in names]
    if missing or not set(_IDS) & set(names) or len(set(names)) != len(names):
        raise DumpError(f"{place}: the columns {names}; each once, {', '.join(_IDS)} and num_boxes, boxes expected")
    return names


def _id_column(columns: tuple[str, ...]) -> int:
    return next(place for place, name in enumerate(columns) if name in _IDS)
