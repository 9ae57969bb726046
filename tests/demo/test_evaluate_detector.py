from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import demo
from demo.evaluate_detector import average_precision, evaluate, hits, overlaps
from demo.lexicon import ATTRIBUTES, KINDS
from demo.world import Box, Scene, Thing
from schemas.records import Regions

WEIGHTS = Path(demo.__file__).parent / "weights"


def _thing(kind: str, colour: str, box: Box) -> Thing:
    return Thing(kind, colour, "large", "plain", "", 1, box, box, round(box[3]))


SCENE = Scene(
    0, (100, 100), "park", (_thing("ball", "red", (10, 10, 30, 30)), _thing("cup", "blue", (50, 50, 90, 80))), ()
)


def _regions(*found: tuple[str, Box, float, tuple[str, ...]]) -> Regions:
    ranked = [[ATTRIBUTES.index(a) for a in attributes] for _, _, _, attributes in found]
    return Regions(
        features=np.zeros((len(found), 1), np.float32),
        boxes=np.array([box for _, box, _, _ in found], np.float32).reshape(-1, 4),
        object_ids=np.array([KINDS.index(kind) for kind, _, _, _ in found], np.int32),
        object_scores=np.array([score for _, _, score, _ in found], np.float32),
        attribute_ids=np.array(ranked, np.int32).reshape(len(found), -1),
        attribute_scores=np.ones((len(found), 3), np.float32),
        image_size=(100, 100),
    )


BALL = ("ball", (10.0, 10.0, 30.0, 30.0), 0.9, ("red", "large", "plain"))
CUP = ("cup", (50.0, 50.0, 90.0, 80.0), 0.8, ("blue", "large", "plain"))


def test_overlaps_gives_intersection_over_union() -> None:
    a = np.array([[0, 0, 10, 10]], np.float32)
    b = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]], np.float32)
    assert overlaps(a, b)[0] == pytest.approx([1, 1 / 3, 0])


def test_average_precision_of_perfect_regions_is_one() -> None:
    assert average_precision([(SCENE, _regions(BALL, CUP))]) == pytest.approx({"AP": 1, "AP50": 1})


def test_average_precision_halves_where_one_of_two_kinds_is_missed() -> None:
    assert average_precision([(SCENE, _regions(BALL))]) == pytest.approx({"AP": 0.5, "AP50": 0.5})


def test_hits_counts_boxes_without_their_kind_apart() -> None:
    wrong = ("vase", *CUP[1:])
    assert hits(SCENE, _regions(BALL, wrong))[1] == {"box": True, "kind": False}


def test_hits_leaves_out_regions_below_the_threshold() -> None:
    faint = (CUP[0], CUP[1], 0.19, CUP[3])
    assert hits(SCENE, _regions(BALL, faint))[1] == {"box": False, "kind": False}


def test_hits_judges_best_ranked_attribute_of_each_family() -> None:
    odd = (BALL[0], BALL[1], BALL[2], ("large", "blue", "plain"))
    assert hits(SCENE, _regions(odd, CUP))[0] == {
        "box": True,
        "kind": True,
        "colour": False,
        "size": True,
        "pattern": True,
    }


def test_evaluate_finds_what_the_committed_weights_should() -> None:
    pytest.importorskip("detectron2")
    figures = evaluate(WEIGHTS, scenes=8, seed=77, device="cpu")
    assert figures["recall_of_boxes"] >= 0.9
    assert figures["attribute_accuracy"] >= 0.85
