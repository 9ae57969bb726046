"""Regions as bottom-up-attention's TSV: the ten columns of airsplay/lxmert, or the six without classes."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from transforms.dumps.rows import DumpRow
from transforms.dumps.tsv import LONG, SHORT


def tsv_line(image_id: str, row: DumpRow, *, classes: bool) -> bytes:
    """Returns the line of an image, with its end: what `open_tsv` reads as the same row, byte by byte.

    Args:
        image_id: without tabs and line ends, as all ids are.
        row: with image size and boxes; with object and attribute ids and scores where there are classes. Of several
            attributes the best one is written.
        classes: ten columns instead of six.
    """
    height, width = row.image_size or (1, 1)
    n = len(row.features)
    fields = {
        "num_boxes": str(n).encode(),
        "boxes": _encode(np.zeros((n, 4)) if row.boxes is None else row.boxes, "<f4"),
        "features": _encode(row.features, "<f4"),
    }
    for id_name, h_name, w_name in (("image_id", "image_h", "image_w"), ("img_id", "img_h", "img_w")):
        fields |= {id_name: image_id.encode(), h_name: str(height).encode(), w_name: str(width).encode()}
    if classes:
        if row.object_ids is None or row.attribute_ids is None or row.attribute_scores is None:
            raise ValueError(f"{image_id}: no classes to write")
        fields |= {
            "objects_id": _encode(row.object_ids, "<i8"),
            "objects_conf": _encode(row.object_scores, "<f4"),
            "attrs_id": _encode(row.attribute_ids[:, 0], "<i8"),
            "attrs_conf": _encode(row.attribute_scores[:, 0], "<f4"),
        }
    return b"\t".join(fields[name] for name in (LONG if classes else SHORT)) + b"\n"


def _encode(values: Any, dtype: str) -> bytes:
    return base64.b64encode(np.ascontiguousarray(values, dtype).tobytes())
