"""Measures a detector on fresh scenes: `python -m demo.evaluate_detector demo/weights --scenes 500 --seed 1000`.

Prints JSON. Average precision is pycocotools'; recall and attribute accuracy are of the regions that the pipeline
keeps by default (score 0.2, non-maximum suppression within a class). An attribute counts as right where the best ranked
colour, size or pattern of a rightly found thing is its own.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from demo.generate import make_scene
from demo.lexicon import ATTRIBUTES, COLOURS, KINDS, PATTERNS, SIZES
from demo.world import Scene
from schemas.records import Regions

_FAMILIES = {"colour": COLOURS, "size": SIZES, "pattern": PATTERNS}
_LOWEST_SCORE = 0.05  # average precision looks at the whole curve
_KEPT_SCORE = 0.2


def overlaps(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the intersection over union of boxes (N, 4) and (M, 4), (N, M)."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    inter = np.prod(np.clip(high - low, 0, None), axis=2)
    area_a, area_b = (np.prod(x[:, 2:] - x[:, :2], axis=1) for x in (a, b))
    union: NDArray[np.float32] = area_a[:, None] + area_b[None, :] - inter
    return np.asarray(inter / union)


def _xywh(box: Sequence[float]) -> list[float]:
    return [float(box[0]), float(box[1]), float(box[2] - box[0]), float(box[3] - box[1])]


def average_precision(found: Sequence[tuple[Scene, Regions]]) -> dict[str, float]:
    """Returns {"AP", "AP50"} over all kinds, by pycocotools."""
    from pycocotools.coco import COCO  # type: ignore[import-untyped]
    from pycocotools.cocoeval import COCOeval  # type: ignore[import-untyped]

    truths: list[dict[str, Any]] = []
    guesses: list[dict[str, Any]] = []
    for number, (scene, regions) in enumerate(found):
        for thing in scene.things:
            box = _xywh(thing.box)
            truths.append(
                {
                    "id": len(truths) + 1,
                    "image_id": number,
                    "category_id": KINDS.index(thing.kind),
                    "bbox": box,
                    "area": box[2] * box[3],
                    "iscrowd": 0,
                }
            )
        for region, kind, score in zip(regions.boxes, regions.object_ids, regions.object_scores, strict=True):
            guess = {"image_id": number, "category_id": int(kind), "bbox": _xywh(region), "score": float(score)}
            guesses.append(guess)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints its progress
        truth = COCO()
        truth.dataset = {
            "images": [{"id": number} for number in range(len(found))],
            "categories": [{"id": i, "name": name} for i, name in enumerate(KINDS)],
            "annotations": truths,
        }
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(guesses), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return {"AP": float(evaluation.stats[0]), "AP50": float(evaluation.stats[1])}


def _best(ranked: NDArray[np.int32], family: tuple[str, ...]) -> str | None:
    return next((ATTRIBUTES[i] for i in ranked if ATTRIBUTES[i] in family), None)


def hits(scene: Scene, regions: Regions) -> list[dict[str, bool]]:
    """Returns for each thing whether a kept region covers it (IoU 0.5), also names it, and has its attributes right."""
    kept = regions.object_scores >= _KEPT_SCORE
    boxes, kinds, ranked = regions.boxes[kept], regions.object_ids[kept], regions.attribute_ids[kept]
    results = []
    for thing in scene.things:
        iou = overlaps(np.array([thing.box], dtype=np.float32), boxes)[0]
        named = np.where(kinds == KINDS.index(thing.kind), iou, 0)
        result = {"box": bool((iou >= 0.5).any()), "kind": bool((named >= 0.5).any())}
        if result["kind"]:
            best = ranked[int(named.argmax())]
            for name, family in _FAMILIES.items():
                result[name] = _best(best, family) in thing.attributes
        results.append(result)
    return results


def _shares(results: Sequence[dict[str, bool]]) -> dict[str, float]:
    share: dict[str, float] = {}
    for key, name in {"box": "recall_of_boxes", "kind": "recall_of_boxes_and_kinds"}.items():
        share[name] = float(np.mean([r[key] for r in results]))
    for family in _FAMILIES:
        share[f"{family}_accuracy"] = float(np.mean([r[family] for r in results if family in r]))
    share["attribute_accuracy"] = float(np.mean([share[f"{family}_accuracy"] for family in _FAMILIES]))
    return share


def evaluate(weights: Path, *, scenes: int, seed: int, device: str) -> dict[str, Any]:
    """Returns the figures of the detector in `weights` on `scenes` scenes of a seed that it was not trained on."""
    from transforms.detector import load_detector
    from transforms.region_selection import SelectionOptions

    detector = load_detector(weights, device=device)
    selection = SelectionOptions(min_boxes=0, max_boxes=100, score_threshold=_LOWEST_SCORE)
    found: list[tuple[Scene, Regions]] = []
    for index in range(scenes):
        scene, encoded, _, _ = make_scene(seed, index)
        with Image.open(io.BytesIO(encoded)) as image:
            found.append((scene, detector.detect(np.asarray(image.convert("RGB")), selection)))
    results = [result for scene, regions in found for result in hits(scene, regions)]
    figures = average_precision(found) | _shares(results)
    kept = sum(int((regions.object_scores >= _KEPT_SCORE).sum()) for _, regions in found)
    return {
        "scenes": scenes,
        "seed": seed,
        "things": len(results),
        "regions_kept": kept,
        **{name: round(value, 4) for name, value in figures.items()},
        "sha256": detector.sha256,
        "device": f"{device}, {platform.machine()}",
    }


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m demo.evaluate_detector", description="Measure a demo detector.")
    parser.add_argument("weights", type=Path, help="the detector's folder")
    parser.add_argument("--scenes", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1000, help="not the one it was trained on")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    args = parser.parse_args(argv)
    print(json.dumps(evaluate(args.weights, scenes=args.scenes, seed=args.seed, device=args.device), indent=1))


if __name__ == "__main__":
    main()
