"""A dump of region features, opened: found by image id, read a row at a time, known by a cheap identity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from transforms.dumps.index import RowIndex
from transforms.dumps.rows import DumpError, DumpRow, RowError
from transforms.dumps.sample import sample_digest

_TRIED = 16  # rows looked at for one that can be read


class Reader(Protocol):
    """Reads rows by number; small enough to be sent to workers, and opens its files there."""

    def read(self, row: int, feature_size: int | None) -> DumpRow:
        """Returns a row. Raises RowError where it is damaged, OSError where the dump cannot be read."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Dump:
    format: str
    files: tuple[Path, ...]  # what the identity is taken of
    index: RowIndex
    reader: Reader
    feature_size: int
    attributes: int  # a region
    boxes: bool  # whether it says where the regions lie
    unit_boxes: bool
    classes: bool  # whether it says what they are

    def find(self, names: Iterable[str]) -> int | None:
        return self.index.find(names)

    def read(self, row: int) -> DumpRow:
        return self.reader.read(row, self.feature_size)

    def identity(self) -> dict[str, Any]:
        """Returns what tells this dump from another: nothing in it depends on where the dump lies."""
        size = sum(path.stat().st_size for path in self.files)
        return {
            "format": self.format,
            "bytes": size,
            "rows": self.index.size,
            "index": self.index.digest(),
            "sample": sample_digest(self.files),
        }


def make_dump(name: str, place: str, files: tuple[Path, ...], index: RowIndex, reader: Reader) -> Dump:
    """Returns the dump, having looked at its first readable row. Raises DumpError where there is none."""
    problem = "no rows"
    for row in range(min(index.size, _TRIED)):
        try:
            first = reader.read(row, None)
        except RowError as error:
            problem = error.detail if problem == "no rows" else problem
            continue
        attributes = 0 if first.attribute_ids is None else first.attribute_ids.shape[1]
        return Dump(
            name,
            files,
            index,
            reader,
            first.features.shape[1],
            attributes,
            first.boxes is not None,
            first.unit_boxes,
            first.object_ids is not None,
        )
    raise DumpError(f"{place}: no row can be read; the first problem: {problem}")
