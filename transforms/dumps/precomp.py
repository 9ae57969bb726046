"""SCAN's precomputed features: one array {split}_ims.npy (N, R, D) and {split}_ids.txt, an id a line.

Some dumps have one row an image, others repeat each for its five captions; ids may come either way, so their number
tells. Boxes lie beside it under one of two names: {split}_boxes.npy with {split}_img_sizes.npy, (width, height) a row,
or GSMN's {split}_ims_bbx.npy with {split}_ims_size.npy, a pickled list of {"image_w", "image_h"}.

The ids of Flickr30K are running numbers; VSE-infinity's id_mapping.json, beside the arrays or one folder up, says which
files they mean.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from transforms.dumps.dump import Dump, make_dump
from transforms.dumps.index import index_rows
from transforms.dumps.npy import NpyRows, open_npy, parse_npy
from transforms.dumps.rows import DumpError, DumpRow, RowError, row_of_arrays

CAPTIONS_PER_IMAGE = 5
MAPPING = "id_mapping.json"


@dataclass(frozen=True, slots=True, eq=False)
class PrecompReader:
    features: NpyRows
    repeats: int  # rows an image: 1 or 5
    boxes: NpyRows | None
    sizes: np.ndarray[Any, Any] | None  # (images or rows, 2) width, height

    def read(self, row: int, feature_size: int | None) -> DumpRow:
        row *= self.repeats
        place = f"{self.features.path.name}[{row}]"
        arrays: dict[str, Any] = {"features": self.features.row(row)}
        if self.boxes is not None:
            arrays["boxes"] = self.boxes.row(row)
        if self.sizes is not None:
            arrays["image_w"], arrays["image_h"] = self.sizes[row]
        return row_of_arrays(arrays, place, feature_size)


def open_precomp(path: Path, ids: Path | None = None) -> Dump:
    """Returns the dump of {split}_ims.npy. Raises DumpError where features, ids and boxes do not belong together.

    Args:
        path: the features.
        ids: an id a line; by default {split}_ids.txt beside the features.
    """
    features = open_npy(path)
    if len(features.shape) != 3 or not features.shape[0] or np.dtype(features.dtype).kind != "f":
        raise DumpError(f"{path}: {features.dtype} of shape {features.shape}; floats (images, regions, size) expected")
    split = path.name.removesuffix(".npy").removesuffix("_ims")
    ids = ids or path.with_name(f"{split}_ids.txt")
    names, repeats = image_rows(read_ids(ids), features.shape[0], f"{path} and {ids.name}")
    if repeats > 1 and any((features.row(0) != features.row(k)).any() for k in range(1, repeats)):
        raise DumpError(f"{path}: {repeats} rows for each id of {ids.name}, but the first {repeats} rows are not equal")
    boxes, sizes, beside = _boxes_beside(path, split, features.shape)
    reader = PrecompReader(features, repeats, boxes, sizes)
    files = _file_names(path)
    index = index_rows((name, files[name]) if name in files else (name,) for name in names)
    return make_dump("precomp", str(path), (path, ids, *beside), index, reader)


def read_ids(path: Path) -> list[str]:
    """Returns the ids of a file, one a line. Raises DumpError where it cannot be read or has an empty line."""
    try:
        names = [line.strip() for line in path.read_text("utf-8").splitlines()]
    except OSError as error:
        raise DumpError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DumpError(f"{path}: not UTF-8: {error}") from error
    if "" in names or not names:
        raise DumpError(f"{path}:{names.index('') + 1 if names else 1}: empty line, an image id expected")
    return names


def image_rows(ids: Sequence[str], rows: int, place: str) -> tuple[Sequence[str], int]:
    """Returns (the id of each image, rows an image), whichever of both are repeated for the five captions.

    Raises DumpError where neither rule fits the numbers.
    """
    five = CAPTIONS_PER_IMAGE
    runs = len(ids) % five == 0 and all(ids[i] == ids[i - i % five] for i in range(len(ids)))
    once = ids[::five] if runs else ids  # a file of ids that repeats nothing has no runs of five
    if len(once) == rows:
        return once, 1
    if len(once) * five == rows:
        return once, five
    raise DumpError(
        f"{place}: {rows} rows and {len(ids)} ids; one or five rows an id, or five equal ids a row expected"
    )


def _file_names(path: Path) -> dict[str, str]:
    """Returns the file name of each id, empty where no id_mapping.json says so."""
    for mapping in (path.with_name(MAPPING), path.parent.parent / MAPPING):
        if not mapping.exists():
            continue
        try:
            names = json.loads(mapping.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise DumpError(f"{mapping}: {error}") from error
        if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
            raise DumpError(f"{mapping}: an object of ids and file names expected")
        return names
    return {}


def _boxes_beside(
    path: Path, split: str, shape: tuple[int, ...]
) -> tuple[NpyRows | None, np.ndarray[Any, Any] | None, tuple[Path, ...]]:
    for box_name, size_name in (("boxes", "img_sizes"), ("ims_bbx", "ims_size")):
        box_path, size_path = path.with_name(f"{split}_{box_name}.npy"), path.with_name(f"{split}_{size_name}.npy")
        if not box_path.exists():
            continue
        boxes = open_npy(box_path)
        if boxes.shape[:2] != shape[:2] or len(boxes.shape) != 3 or boxes.shape[2] < 4:
            raise DumpError(f"{box_path}: {boxes.shape}, features are {shape}; ({shape[0]}, {shape[1]}, 4) expected")
        if not size_path.exists():
            return boxes, None, (box_path,)
        sizes = _sizes(size_path)
        if sizes.shape != (shape[0], 2):
            raise DumpError(f"{size_path}: {sizes.shape}, ({shape[0]}, 2) expected")
        return boxes, sizes, (box_path, size_path)
    return None, None, ()


def _sizes(path: Path) -> np.ndarray[Any, Any]:
    """Returns (N, 2) width, height."""
    try:
        values = parse_npy(path.read_bytes(), path.name)
        if values.dtype.hasobject:
            values = np.array([(size["image_w"], size["image_h"]) for size in values.ravel()])
        return np.asarray(values, np.int64)
    except RowError as error:
        raise DumpError(f"{path}: {error.detail}") from error
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise DumpError(f"{path}: width and height a row expected: {type(error).__name__}: {error}") from error
