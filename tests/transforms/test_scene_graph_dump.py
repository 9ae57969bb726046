"""Scene-Graph-Benchmark's predictions: read, checked, rescaled, placed on our regions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from schemas.records import RegionRelation
from transforms.annotation_files import AnnotationFileError
from transforms.scene_graph_dump import (
    INFO,
    PREDICTION,
    BadPredictionError,
    DumpedGraph,
    frame_size,
    place_relations,
    read_scene_graphs,
)
from transforms.seen_regions import SeenRegions

PREDICATES = ["__background__", "riding", "near"]
GOOD: dict[str, Any] = {
    "bbox": [[0.0, 0.0, 100.0, 200.0], [50.0, 100.0, 300.0, 400.0]],
    "bbox_labels": [4, 7],
    "bbox_scores": [0.9, 0.8],
    "rel_pairs": [[0, 1], [1, 0]],
    "rel_labels": [1, 2],
    "rel_scores": [0.6, 0.1],
    "rel_all_scores": [[0.2, 0.6, 0.2], [0.8, 0.1, 0.1]],
}


def write_dump(folder: Path, *predictions: Any) -> str:
    files = [f"/data/photos/{i}.jpg" for i in range(len(predictions))]
    info = {"idx_to_files": files, "ind_to_classes": ["a"], "ind_to_predicates": PREDICATES}
    (folder / INFO).write_text(json.dumps(info))
    (folder / PREDICTION).write_text(json.dumps({str(i): value for i, value in enumerate(predictions)}))
    return str(folder)


def seen(boxes: list[list[float]], size: tuple[int, int], scores: list[float] | None = None) -> SeenRegions:
    n = len(boxes)
    confidence = np.array(scores or [0.9] * n, np.float32)
    return SeenRegions("im", np.array(boxes, np.float32).reshape(-1, 4), np.zeros(n, np.int32), confidence, size)


def graph(*relations: RegionRelation, boxes: list[list[float]] = GOOD["bbox"]) -> DumpedGraph:
    return DumpedGraph(np.array(boxes, np.float32), relations)


def test_read_scene_graphs_returns_boxes_and_relations(tmp_path: Path) -> None:
    ((name, found),) = read_scene_graphs(write_dump(tmp_path, GOOD))
    assert name == "0.jpg"
    assert isinstance(found, DumpedGraph)
    assert found.boxes.tolist() == GOOD["bbox"]
    first, second = found.relations
    assert (first.subject, first.predicate, first.object) == (0, "riding", 1)
    assert (first.score, first.related) == (pytest.approx(0.75), pytest.approx(0.8))
    assert (second.predicate, second.score, second.related) == ("near", pytest.approx(0.5), pytest.approx(0.2))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rel_pairs": [[0, 1]]}, "1, 2, 2, 2"),
        ({"rel_pairs": [[0, 2], [1, 0]]}, r"pair \[0, 2\] of 2 boxes"),
        ({"rel_labels": [3, 1]}, "predicate 3 of 3"),
        ({"rel_labels": [0, 1]}, "predicate 0"),
        ({"rel_scores": [float("nan"), 0.1]}, "score nan"),
        ({"bbox": [[0, 0, float("nan"), 1], [0, 0, 1, 1]]}, "not finite"),
        ({"bbox": [[0, 0, 1]]}, "reshape"),
        ({"rel_scores": None}, "NoneType"),
    ],
)
def test_read_scene_graphs_says_what_is_wrong_with_a_photo(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    (_, bad), (_, good) = read_scene_graphs(write_dump(tmp_path, GOOD | change, GOOD))
    assert isinstance(good, DumpedGraph)
    assert isinstance(bad, BadPredictionError)
    with pytest.raises(BadPredictionError, match=rf"'0' \(0\.jpg\).*{words}"):
        raise bad


@pytest.mark.parametrize("missing", ["bbox", "rel_pairs", "rel_all_scores"])
def test_read_scene_graphs_names_a_missing_part(tmp_path: Path, missing: str) -> None:
    part = {key: value for key, value in GOOD.items() if key != missing}
    ((_, bad),) = read_scene_graphs(write_dump(tmp_path, part))
    assert isinstance(bad, BadPredictionError)
    assert missing in str(bad)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (PREDICTION, '{"0": {"bbox": [', "end of the file"),
        (PREDICTION, "[]", "'{' expected"),
        (PREDICTION, '{"9": {}}', "'9' is no index of the 1 files"),
        (INFO, '{"idx_to_files": 3, "ind_to_predicates": []}', "'idx_to_files' must be a list of names"),
    ],
)
def test_read_scene_graphs_names_a_bad_file(tmp_path: Path, name: str, text: str, words: str) -> None:
    write_dump(tmp_path, GOOD)
    (tmp_path / name).write_text(text)
    with pytest.raises(AnnotationFileError, match=words) as caught:
        list(read_scene_graphs(str(tmp_path)))
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("photo", "frame"),
    [((480, 640), (600, 800)), ((640, 480), (800, 600)), ((500, 500), (600, 600)), ((200, 640), (312, 998)),
     ((427, 640), (600, 899)), ((640, 200), (998, 312))],
)  # fmt: skip
def test_frame_size_is_that_of_the_resized_photo(photo: tuple[int, int], frame: tuple[int, int]) -> None:
    assert frame_size(photo) == frame


def test_place_relations_rescales_boxes_to_the_photo() -> None:
    ride = RegionRelation(0, "riding", 1, 0.75, 0.8)
    ours = seen([[40, 80, 240, 320], [0, 0, 80, 160]], (480, 640))  # the frame is 600 x 800
    assert place_relations(graph(ride), ours, pairs=9).relations == (RegionRelation(1, "riding", 0, 0.75, 0.8),)


def test_place_relations_leaves_out_what_relates_other_boxes() -> None:
    ride = RegionRelation(0, "riding", 1, 0.75, 0.8)
    assert place_relations(graph(ride), seen([[0, 0, 80, 160]], (480, 640)), pairs=9).relations == ()
    assert place_relations(graph(ride), seen([], (480, 640)), pairs=9).relations == ()


def test_place_relations_keeps_the_best_of_a_pair_and_the_best_pairs() -> None:
    boxes = [[0, 0, 100, 100], [2, 0, 100, 100], [300, 0, 400, 100], [600, 0, 700, 100]]
    relations = [
        RegionRelation(0, "near", 2, 0.3, 0.5),
        RegionRelation(1, "riding", 2, 0.9, 0.5),  # of the same region as box 0
        RegionRelation(2, "near", 3, 0.8, 0.1),
        RegionRelation(3, "near", 2, 0.8, 0.9),
        RegionRelation(0, "near", 1, 1.0, 1.0),  # a region to itself
    ]
    ours = seen([boxes[0], boxes[2], boxes[3]], (600, 800))
    found = place_relations(graph(*relations, boxes=boxes), ours, pairs=2).relations
    assert [(r.subject, r.predicate, r.object) for r in found] == [(2, "near", 1), (0, "riding", 1)]
