"""Regions and captions as SCAN, VSE-infinity and their kin read them: arrays and lists by split.

{split}_ims.npy (N, R, D), {split}_caps.txt with five captions an image, {split}_ids.txt; {split}_boxes.npy (N, R, 4)
and {split}_img_sizes.npy (N, 2) of width and height. N images of the split, R regions, D feature size.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from schemas.records import Split
from transforms.dumps.precomp import CAPTIONS_PER_IMAGE
from transforms.dumps.rows import DumpRow

SPLIT_NAMES: dict[Split, str] = {"train": "train", "val": "dev", "test": "test"}
DEV_IMAGES = 1000  # of which SCAN and VSE-infinity read five captions each, whatever is there
PADDED, REPEATED, LEFT_OUT = "padded", "repeated", "left_out"


class NpyAppender:
    """A .npy file that grows row by row; its header is written again when the number of rows is known."""

    def __init__(self, path: Path, shape: tuple[int, ...], dtype: str) -> None:
        self._file = path.open("wb")
        self._shape, self._dtype, self._rows = shape, dtype, 0
        self._write_header()
        self._start = self._file.tell()

    def append(self, row: NDArray[Any]) -> None:
        """Writes one row. Raises ValueError where it has another shape."""
        if row.shape != self._shape:
            raise ValueError(f"a row of {row.shape}, {self._shape} expected")
        self._file.write(np.ascontiguousarray(row, self._dtype).tobytes())
        self._rows += 1

    def close(self) -> None:
        self._file.seek(0)
        self._write_header()
        grown = self._file.tell() != self._start  # NumPy leaves room for any number of rows
        self._file.close()
        if grown:
            raise ValueError(f"{self._file.name}: the header grew")

    def _write_header(self) -> None:
        header = {"descr": self._dtype, "fortran_order": False, "shape": (self._rows, *self._shape)}
        np.lib.format.write_array_header_1_0(self._file, header)


class PrecompWriter:
    """Writes the files of each split that has an image into a folder, a row at a time."""

    def __init__(self, folder: Path, max_boxes: int, feature_size: int, *, boxes: bool) -> None:
        self._folder, self._boxes = folder, boxes
        self._r, self._d = max_boxes, feature_size
        self._open: dict[Split, tuple[dict[str, NpyAppender], IO[str], IO[str]]] = {}
        self._stack = ExitStack()
        self.notes: Counter[str] = Counter()
        self.images: Counter[Split] = Counter()

    def write(self, image_id: str, split: Split, captions: Sequence[str], row: DumpRow) -> None:
        """Appends one image. Regions past the row's are zeros; captions past its own are its own again."""
        arrays, caps, ids = self._files(split)
        n = len(row.features)
        self.notes.update({PADDED: int(n < self._r), REPEATED: int(len(captions) < CAPTIONS_PER_IMAGE)})
        arrays["ims"].append(_padded(row.features, self._r))
        if self._boxes and row.boxes is not None:
            height, width = row.image_size or (1, 1)
            arrays["boxes"].append(_padded(row.boxes, self._r))
            arrays["img_sizes"].append(np.array([width, height]))
        for k in range(CAPTIONS_PER_IMAGE):
            caps.write(" ".join(captions[k % len(captions)].split()) + "\n")  # a caption is one line
        ids.write(image_id + "\n")
        self.images[split] += 1

    def close(self) -> list[str]:
        """Finishes all files and returns their names."""
        self._stack.close()
        return sorted(os.listdir(self._folder))

    def _files(self, split: Split) -> tuple[dict[str, NpyAppender], IO[str], IO[str]]:
        if split not in self._open:
            name = SPLIT_NAMES[split]
            shapes: dict[str, tuple[tuple[int, ...], str]] = {"ims": ((self._r, self._d), "<f4")}
            if self._boxes:
                shapes |= {"boxes": ((self._r, 4), "<f4"), "img_sizes": ((2,), "<i4")}
            arrays = {what: NpyAppender(self._folder / f"{name}_{what}.npy", *spec) for what, spec in shapes.items()}
            for array in arrays.values():
                self._stack.callback(array.close)
            caps = self._stack.enter_context((self._folder / f"{name}_caps.txt").open("w", encoding="utf-8"))
            ids = self._stack.enter_context((self._folder / f"{name}_ids.txt").open("w", encoding="utf-8"))
            self._open[split] = arrays, caps, ids
        return self._open[split]


def _padded(values: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    padded = np.zeros((rows, values.shape[1]), np.float32)
    padded[: len(values)] = values
    return padded
