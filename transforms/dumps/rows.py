"""What a dump of region features says of one image, and the names that dumps give to it.

Legend: R regions, D feature size, A attributes kept a region.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEATURES = ("features", "x", "feat")
PIXEL_BOXES = ("boxes", "bbox")
UNIT_BOXES = "norm_bb"  # UNITER's: fractions of the photo's width and height
COUNTS = ("num_boxes", "num_bbox")
HEIGHTS, WIDTHS = ("image_h", "img_h"), ("image_w", "img_w")
OBJECT_IDS, OBJECT_SCORES = ("objects_id", "object_ids"), ("objects_conf", "object_scores", "conf")
CLASS_SCORES = "soft_labels"  # UNITER's: (R, 1 + classes), background first
ATTRIBUTE_IDS, ATTRIBUTE_SCORES = ("attrs_id", "attribute_ids"), ("attrs_conf", "attribute_scores")


class DumpError(ValueError):
    """A dump that is wrong as a whole; the message names the file, what was found and what was expected."""


class RowError(Exception):
    """A row that cannot be used: `reason` is a code of docs/precomputed_regions.md, `detail` names row and values."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, eq=False)
class DumpRow:
    """One image as the dump has it, in the dump's order; None where the dump does not say."""

    features: NDArray[np.float32]  # (R, D)
    boxes: NDArray[np.float32] | None = None  # (R, 4) xyxy
    unit_boxes: bool = False  # boxes are fractions of the photo's size, not pixels
    image_size: tuple[int, int] | None = None  # (height, width) of the photo that the detector saw
    object_ids: NDArray[np.int32] | None = None  # (R,)
    object_scores: NDArray[np.float32] | None = None  # (R,)
    attribute_ids: NDArray[np.int32] | None = None  # (R, A)
    attribute_scores: NDArray[np.float32] | None = None  # (R, A)


def row_of_arrays(arrays: Mapping[str, Any], place: str, feature_size: int | None) -> DumpRow:
    """Returns the row that named arrays make, under any of the names above.

    Args:
        arrays: features (R, D) or (D, R), boxes (R, 4 or more columns, of which the first four count), and the rest.
            More rows than the count says are padding.
        place: how messages call the row.
        feature_size: D of the dump; None where this row is the first one looked at.

    Raises:
        RowError: missing_field, wrong_dtype, wrong_size.
    """
    pixels, units = _first(arrays, PIXEL_BOXES), arrays.get(UNIT_BOXES)
    boxes = units if pixels is None else pixels
    count = _whole(_first(arrays, COUNTS), place, "number of boxes")
    if count is None and boxes is not None:
        count = len(_numbers(boxes, place, "boxes"))
    features = _features(arrays, place, count, feature_size)
    n = len(features)
    ids = _column(_first(arrays, OBJECT_IDS), place, "object ids", n, np.int32)
    scores = _column(_first(arrays, OBJECT_SCORES), place, "object scores", n, np.float32)
    if (soft := arrays.get(CLASS_SCORES)) is not None:
        soft = _numbers(soft, place, CLASS_SCORES)[:n]
        if soft.ndim != 2 or len(soft) != n or soft.shape[1] < 2:
            raise RowError("wrong_size", f"{place}: {CLASS_SCORES} is {soft.shape}, ({n}, 1 + classes) expected")
        ids = soft[:, 1:].argmax(axis=1).astype(np.int32) if ids is None else ids
        scores = soft[:, 1:].max(axis=1).astype(np.float32) if scores is None else scores
    return DumpRow(
        features,
        None if boxes is None else _boxes(boxes, place, n),
        pixels is None,
        _size(arrays, place),
        ids,
        scores,
        _table(_first(arrays, ATTRIBUTE_IDS), place, "attribute ids", n, np.int32),
        _table(_first(arrays, ATTRIBUTE_SCORES), place, "attribute scores", n, np.float32),
    )


def _features(arrays: Mapping[str, Any], place: str, count: int | None, feature_size: int | None) -> Any:
    value = _first(arrays, FEATURES)
    if value is None:
        raise RowError("missing_field", f"{place}: none of {', '.join(FEATURES)} among {sorted(arrays)}")
    values = _numbers(value, place, "features")
    if values.dtype.kind != "f":
        raise RowError("wrong_dtype", f"{place}: features are {values.dtype}, floats expected")
    if values.ndim != 2:
        raise RowError("wrong_size", f"{place}: features are {values.shape}, (regions, size) expected")
    # Some extractors store (D, R). The dump's own D tells, else the number of boxes; a square is taken as (R, D).
    high, wide = values.shape
    if feature_size is not None:
        turned = high == feature_size != wide
    else:
        turned = count is not None and high != count and (wide == count or high < count < wide)
    values = values.T if turned else values
    if feature_size not in (None, values.shape[1]):
        raise RowError("wrong_size", f"{place}: features of {values.shape[1]} numbers, the dump's have {feature_size}")
    if count is not None and not 0 <= count <= len(values):
        raise RowError("wrong_size", f"{place}: {count} boxes, but features are {values.shape}")
    with np.errstate(over="ignore"):  # what is no float32 becomes infinite, and is refused as such
        return np.ascontiguousarray(values[:count], np.float32)


def _boxes(value: Any, place: str, n: int) -> NDArray[np.float32]:
    values = _numbers(value, place, "boxes")
    if values.ndim != 2 or len(values) < n or values.shape[1] < 4:
        raise RowError("wrong_size", f"{place}: boxes are {values.shape}, ({n}, 4) expected")
    return np.ascontiguousarray(values[:n, :4], np.float32)


def _column(value: Any, place: str, what: str, n: int, dtype: Any) -> Any:
    if value is None:
        return None
    values = _numbers(value, place, what)
    if values.ndim != 1 or len(values) < n:
        raise RowError("wrong_size", f"{place}: {what} are {values.shape}, ({n},) expected")
    return _cast(values[:n], place, what, dtype)


def _table(value: Any, place: str, what: str, n: int, dtype: Any) -> Any:
    """Returns (R, A); one attribute a region may come as (R,)."""
    if value is None:
        return None
    values = _numbers(value, place, what)
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2 or len(values) < n:
        raise RowError("wrong_size", f"{place}: {what} are {values.shape}, ({n}, attributes) expected")
    return _cast(values[:n], place, what, dtype)


def _cast(values: NDArray[Any], place: str, what: str, dtype: Any) -> NDArray[Any]:
    if np.dtype(dtype).kind == "i" and values.dtype.kind not in "iu":
        raise RowError("wrong_dtype", f"{place}: {what} are {values.dtype}, whole numbers expected")
    return np.ascontiguousarray(values, dtype)


def _size(arrays: Mapping[str, Any], place: str) -> tuple[int, int] | None:
    height = _whole(_first(arrays, HEIGHTS), place, "image height")
    width = _whole(_first(arrays, WIDTHS), place, "image width")
    if height is None or width is None:
        return None
    if not (0 < height < 2**31 and 0 < width < 2**31):
        raise RowError("wrong_size", f"{place}: the image is {width} x {height} pixels")
    return height, width


def _whole(value: Any, place: str, what: str) -> int | None:
    if value is None:
        return None
    values = _numbers(value, place, what)
    if values.size != 1 or values.dtype.kind not in "iuf" or not np.isfinite(values).all() or values.item() % 1:
        raise RowError("wrong_dtype", f"{place}: {what} is {values.tolist()!r:.80}, one whole number expected")
    return int(values.item())


def _numbers(value: Any, place: str, what: str) -> NDArray[Any]:
    values = np.asarray(value)
    if values.dtype.kind not in "fiu":
        raise RowError("wrong_dtype", f"{place}: {what} are {values.dtype}, numbers expected")
    return values


def _first(arrays: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((arrays[name] for name in names if arrays.get(name) is not None), None)
