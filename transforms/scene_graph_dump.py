"""Scene graphs of photos that Scene-Graph-Benchmark detected (its SGDet on custom images), placed on our regions.

A folder holds custom_data_info.json ("idx_to_files", "ind_to_predicates") and custom_prediction.json: by index of the
file "bbox" (N, 4) xyxy, "rel_pairs" (T, 2) of them, "rel_labels" (T,), "rel_scores" (T,) and "rel_all_scores"
(T, predicates), best relation first. Boxes are pixels of the *frame*: the photo as that project resizes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.records import ImageRelations, RegionRelation
from transforms.annotation_files import AnnotationFileError
from transforms.json_stream import read_members
from transforms.seen_regions import SeenRegions

INFO, PREDICTION = "custom_data_info.json", "custom_prediction.json"
SHORT_SIDE, LONG_SIDE = 600, 1000  # INPUT.MIN_SIZE_TEST and MAX_SIZE_TEST of its published configs
SAME = 0.5  # IoU from which one of its boxes is one of our regions
KEPT = 512  # relations of a photo that are looked at, the best ones


class BadPredictionError(ValueError):
    """The prediction for one photo is not what it should be."""


@dataclass(frozen=True, slots=True, eq=False)
class DumpedGraph:
    """One photo's boxes and relations, as they were detected."""

    boxes: NDArray[np.float32]  # (N, 4) xyxy pixels of the frame
    relations: tuple[RegionRelation, ...]  # between boxes, best first


def read_scene_graphs(folder: str) -> Iterator[tuple[str, DumpedGraph | BadPredictionError]]:
    """Yields (file name without folders, its graph or what is wrong with it) of each predicted photo.

    Raises AnnotationFileError where a file as a whole is none.
    """
    files, predicates = _read_info(f"{folder}/{INFO}")
    for key, value in read_members(f"{folder}/{PREDICTION}"):
        if not key.isdecimal() or int(key) >= len(files):
            raise AnnotationFileError(f"{folder}/{PREDICTION}: {key!r} is no index of the {len(files)} files in {INFO}")
        name = PurePath(files[int(key)]).name
        try:
            yield name, _read_graph(value, predicates)
        except (BadPredictionError, KeyError, TypeError, ValueError, IndexError) as error:
            yield name, BadPredictionError(f"{PREDICTION}: {key!r} ({name}): {type(error).__name__}: {error}")


def _read_info(path: str) -> tuple[list[str], list[str]]:
    info = dict(read_members(path))
    lists = []
    for key in ("idx_to_files", "ind_to_predicates"):
        names = info.get(key)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise AnnotationFileError(f"{path}: {key!r} must be a list of names")
        lists.append(names)
    return lists[0], lists[1]


def _read_graph(value: Any, predicates: list[str]) -> DumpedGraph:
    if not isinstance(value, Mapping):
        raise BadPredictionError(f"holds {type(value).__name__}")
    boxes = np.asarray(value["bbox"], np.float32).reshape(-1, 4)
    columns = [value[name] for name in ("rel_pairs", "rel_labels", "rel_scores", "rel_all_scores")]
    if len({len(column) for column in columns}) > 1:
        raise BadPredictionError(f"relations of {[len(column) for column in columns]} pairs, labels and scores")
    relations = []
    for (i, j), label, score, every in zip(*(column[:KEPT] for column in columns), strict=True):
        if not (0 <= i < len(boxes) and 0 <= j < len(boxes) and i != j):
            raise BadPredictionError(f"pair {[i, j]} of {len(boxes)} boxes")
        if not 0 < label < len(predicates):
            raise BadPredictionError(f"predicate {label} of {len(predicates)}")
        related = 1 - float(every[0])  # the first is "no relation"
        if not (math.isfinite(score) and 0 <= score <= 1 and 0 <= related <= 1):
            raise BadPredictionError(f"score {score} of pair {[i, j]}")
        relations.append(
            RegionRelation(i, predicates[label], j, min(1.0, score / related) if related else 0.0, related)
        )
    if not np.isfinite(boxes).all():
        raise BadPredictionError("boxes are not finite")
    return DumpedGraph(boxes, tuple(relations))


def frame_size(image_size: tuple[int, int]) -> tuple[int, int]:
    """Returns the (height, width) to which Scene-Graph-Benchmark resizes a photo of (height, width)."""
    low, high = sorted(image_size)
    short = SHORT_SIDE
    if high / low * short > LONG_SIDE:
        short = round(LONG_SIDE * low / high)
    height, width = image_size
    return (int(short * height / width), short) if width < height else (short, int(short * width / height))


def place_relations(graph: DumpedGraph, regions: SeenRegions, *, pairs: int) -> ImageRelations:
    """Returns the graph's relations between our regions: each of its boxes is the region that it overlaps most, if by
    an IoU of at least `SAME`; what relates other boxes is left out. Of one pair of regions the best relation counts.

    Args:
        graph: of the same photo.
        regions: ours.
        pairs: how many are kept, the best ones by what the predictor said and our object scores.
    """
    if not len(regions.boxes) or not len(graph.boxes):
        return ImageRelations(regions.image_id, ())
    height, width = regions.image_size
    frame = frame_size(regions.image_size)
    ratio = np.array([width / frame[1], height / frame[0]] * 2)
    overlaps = _overlaps(graph.boxes * ratio, regions.boxes.astype(np.float64))
    best, same = overlaps.argmax(1).tolist(), (overlaps.max(1) >= SAME).tolist()
    scores = regions.object_scores.astype(np.float64)
    found: dict[tuple[int, int], tuple[float, int, int, RegionRelation]] = {}
    for relation in graph.relations:
        if same[relation.subject] and same[relation.object]:
            i, j = best[relation.subject], best[relation.object]
            rank = -float(scores[i] * scores[j]) * relation.score * relation.related
            if i != j and ((i, j) not in found or rank < found[i, j][0]):
                ours = RegionRelation(i, relation.predicate, j, relation.score, relation.related)
                found[i, j] = (rank, i, j, ours)
    ranked = sorted(found.values(), key=lambda item: item[:3])[:pairs]
    return ImageRelations(regions.image_id, tuple(ours for *_, ours in ranked))


def _overlaps(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the intersection over union of boxes (N, 4) and (R, 4), (N, R); empty boxes overlap nothing."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = (high - low).clip(min=0).prod(-1)
    areas = [(boxes[:, 2:] - boxes[:, :2]).clip(min=0).prod(-1) for boxes in (a, b)]
    union = areas[0][:, None] + areas[1][None] - shared
    ious: NDArray[np.float64] = shared / np.where(union > 0, union, 1)
    return ious
