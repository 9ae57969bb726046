"""Dumps of region features as the tools of the field write them, from the same small photos."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import lmdb
import msgpack
import msgpack_numpy
import numpy as np
from numpy.typing import NDArray

OBJECTS, ATTRIBUTES = 20, 9


@dataclass(frozen=True, eq=False)
class Seen:
    """What a detector saw in one photo."""

    image_id: str
    height: int
    width: int
    features: NDArray[np.float32]  # (R, D)
    boxes: NDArray[np.float32]  # (R, 4) xyxy pixels
    object_ids: NDArray[np.int64]  # (R,)
    object_scores: NDArray[np.float32]
    attribute_ids: NDArray[np.int64]
    attribute_scores: NDArray[np.float32]


def seen(image_id: str, *, regions: int = 6, size: int = 16, height: int = 60, width: int = 80) -> Seen:
    """Returns random regions that depend on the id alone; features and scores are exact in float16."""
    rng = np.random.default_rng([*image_id.encode()])
    corners = np.sort(rng.random((2, regions, 2)), axis=0)  # (low and high, R, x and y)
    low, high = corners * [width, height]
    return Seen(
        image_id,
        height,
        width,
        rng.normal(size=(regions, size)).astype(np.float16).astype(np.float32),
        np.concatenate([low, high], axis=1).astype(np.float32),
        rng.integers(0, OBJECTS, regions),
        rng.random(regions).astype(np.float16).astype(np.float32),
        rng.integers(0, ATTRIBUTES, regions),
        rng.random(regions).astype(np.float16).astype(np.float32),
    )


def write_vocabulary(folder: Path) -> Path:
    """Writes the names as Visual Genome's vocabularies come: synonyms behind commas, no line end at the last."""
    folder.mkdir()
    (folder / "objects_vocab.txt").write_text("\n".join(f"thing{i},synonym{i}" for i in range(OBJECTS)))
    (folder / "attributes_vocab.txt").write_text("\n".join(f"kind{i}" for i in range(ATTRIBUTES)))
    return folder


def tsv_fields(photo: Seen) -> dict[str, Any]:
    """Returns every column that a TSV may have of a photo."""

    def encode(values: Any, dtype: str) -> str:
        return base64.b64encode(np.asarray(values, dtype).tobytes()).decode()

    return {
        **{"image_id": photo.image_id, "image_w": photo.width, "image_h": photo.height},
        **{"img_id": photo.image_id, "img_w": photo.width, "img_h": photo.height},
        "num_boxes": len(photo.features),
        "boxes": encode(photo.boxes, "<f4"),
        "features": encode(photo.features, "<f4"),
        "objects_id": encode(photo.object_ids, "<i8"),
        "objects_conf": encode(photo.object_scores, "<f4"),
        "attrs_id": encode(photo.attribute_ids, "<i8"),
        "attrs_conf": encode(photo.attribute_scores, "<f4"),
    }


def write_tsv(path: Path, photos: Sequence[Seen], columns: Sequence[str], *, header: bool = False) -> Path:
    """Writes with Python's csv module, as bottom-up-attention does: lines end with CR LF."""
    with path.open("w", newline="") as file:
        table = csv.DictWriter(file, columns, delimiter="\t", extrasaction="ignore")
        if header:
            table.writeheader()
        table.writerows(tsv_fields(photo) for photo in photos)
    return path


def write_npz(folder: Path, photos: Sequence[Seen], *, turned: bool = False, info: bool = True) -> Path:
    """Writes a file a photo as bottom-up-attention.pytorch does: classes in a pickled dict."""
    folder.mkdir()
    for photo in photos:
        more = {
            "image_id": photo.image_id,
            "objects_id": photo.object_ids,
            "objects_conf": photo.object_scores,
            "attrs_id": photo.attribute_ids,
            "attrs_conf": photo.attribute_scores,
        }
        arrays: dict[str, Any] = {
            "x": photo.features.T if turned else photo.features,
            "bbox": photo.boxes,
            "num_bbox": len(photo.features),
            "image_h": photo.height,
            "image_w": photo.width,
        } | ({"info": more} if info else {})
        np.savez_compressed(folder / f"{photo.image_id}.jpg.npz", **arrays)
    return folder


def write_precomp(
    folder: Path, split: str, photos: Sequence[Seen], *, rows: int = 1, ids: int = 1, boxes: str = ""
) -> Path:
    """Writes each row and each id 1 or 5 times; boxes "" (none), "boxes" or "ims_bbx" (GSMN's, with pickled sizes)."""
    folder.mkdir(exist_ok=True)
    repeated = [photo for photo in photos for _ in range(rows)]
    path = folder / f"{split}_ims.npy"
    np.save(path, np.stack([photo.features for photo in repeated]))
    (folder / f"{split}_ids.txt").write_text("".join(f"{photo.image_id}\n" * ids for photo in photos))
    if boxes:
        np.save(folder / f"{split}_{boxes}.npy", np.stack([photo.boxes for photo in repeated]))
    if boxes == "boxes":
        np.save(folder / f"{split}_img_sizes.npy", np.array([(photo.width, photo.height) for photo in repeated]))
    if boxes == "ims_bbx":
        sizes = [{"image_w": photo.width, "image_h": photo.height} for photo in repeated]
        np.save(folder / f"{split}_ims_size.npy", np.array(sizes, dtype=object), allow_pickle=True)
    return path


def write_lmdb(folder: Path, photos: Sequence[Seen], *, compressed: bool = False) -> Path:
    """Writes as UNITER's convert_imgdir.py does, with its own libraries: float16, fractions, background first."""
    environment = lmdb.open(str(folder), map_size=1 << 26)
    with environment.begin(write=True) as transaction:
        for photo in photos:
            unit = photo.boxes / np.array([photo.width, photo.height] * 2, np.float32)
            sides = unit[:, 2:] - unit[:, :2]
            soft = np.zeros((len(photo.features), 1 + OBJECTS), np.float16)
            soft[:, 0] = 0.9  # the background's place, which is no class
            soft[np.arange(len(soft)), 1 + photo.object_ids] = photo.object_scores
            arrays = {
                "norm_bb": np.concatenate([unit, sides], axis=1).astype(np.float16),
                "features": photo.features.astype(np.float16),
                "conf": photo.object_scores.astype(np.float16),
                "soft_labels": soft,
            }
            if compressed:
                file = io.BytesIO()
                np.savez_compressed(file, **arrays)
                value = file.getvalue()
            else:
                value = msgpack.dumps(arrays, use_bin_type=True, default=msgpack_numpy.encode)
            transaction.put(f"{photo.image_id}.npz".encode(), value)
        names = [f"{photo.image_id}.npz" for photo in photos]
        transaction.put(b"__keys__", json.dumps(names).encode())
    environment.close()
    return folder


def write_h5(path: Path, photos: Sequence[Seen]) -> Path:
    with h5py.File(path, "w") as file:
        file["features"] = np.stack([photo.features for photo in photos])
        file["boxes"] = np.stack([photo.boxes for photo in photos])
        file["image_size"] = np.array([(photo.height, photo.width) for photo in photos])
        file["object_ids"] = np.stack([photo.object_ids for photo in photos])
        file["object_scores"] = np.stack([photo.object_scores for photo in photos])
        file["image_id"] = [photo.image_id for photo in photos]
    return path
