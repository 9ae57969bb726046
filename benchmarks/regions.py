"""How fast are regions made, and how right are they and their relations?

    python -m benchmarks.regions speed --images PHOTOS [--photos 96] [--detector DIR|zoo:CONFIG] [--weights FILE]
                                     [--short-side 800]
    python -m benchmarks.regions demo [--scenes 300] [--fresh 100]

`speed` sets the pipeline's stage (decode, detect, write a shard) against a bare detectron2 loop (the same decoder,
resize, `model.inference`, on all cores at once) over the same photos; the two take turns, a block of photos each, so
that what else the machine does slows both down. Without --detector it is the zoo's R50-FPN with seeded weights, at
--short-side pixels (the smaller, the heavier weighs what is around the network).

`demo` runs the pipeline on a demo world and looks at fresh scenes: recall of true boxes, and the top predicate of every
pair of detected things in some true relation, against the truth of the demo world.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from detectron2.data.transforms import ResizeShortestEdge
from numpy.typing import NDArray
from PIL import Image

from demo.evaluate_detector import overlaps
from demo.generate import make_scene
from demo.lexicon import KINDS, POSTURES, PREDICATES
from demo.world import Scene, relations
from schemas.feature_shard import FeatureLayout
from schemas.records import ImageRecord, Regions
from transforms.detector import RegionDetector, load_detector
from transforms.detectron import build_model, zoo_settings
from transforms.predict_relations import predict_relations
from transforms.region_selection import SelectionOptions
from transforms.regions import STAGE, extract_regions_many
from transforms.relation_prior import RelationPrior
from transforms.seen_regions import SeenRegions
from transforms.write_features import build_features, load_photo

SELECTION = SelectionOptions(36, 36)
FPN = "COCO-Detection/faster_rcnn_R_50_FPN_1x"


class Stopwatch:
    """Adds up the seconds that calls take, over all threads."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def running(self, what: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        with self._lock:
            self.seconds[what] += time.perf_counter() - start

    def timed(self, what: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self.running(what):
                return call(*args, **kwargs)

        return wrapped


class TimedDetector:
    def __init__(self, detector: RegionDetector, watch: Stopwatch) -> None:
        self.detect = watch.timed("detect", detector.detect)


def seeded_fpn(short_side: int) -> RegionDetector:
    """Returns the zoo's R50-FPN with seeded weights, whose scores are spread about as a trained one's are."""
    cfg, names = zoo_settings(FPN)
    cfg.INPUT.MIN_SIZE_TEST, cfg.INPUT.MAX_SIZE_TEST = short_side, short_side * 5 // 3
    cfg.MODEL.DEVICE = "cpu"
    torch.manual_seed(0)
    model = build_model(cfg, 0).eval().requires_grad_(False)
    for name, tensor in model.named_buffers():  # untrained, these would let activations grow from block to block
        if name.endswith("conv3.norm.weight"):
            tensor.fill_(0.3)
    scores = model.roi_heads.box_predictor.cls_score
    torch.nn.init.normal_(scores.weight, std=0.003)
    scores.bias[-1] = 4.0  # mostly background
    return RegionDetector(model, cfg, names, (), sha256="")


def bare_loop(detector: RegionDetector, folder: str, names: Sequence[str]) -> None:
    """detectron2's own way with a photo (its DefaultPredictor), without anything kept."""
    cfg = detector.cfg
    resize = ResizeShortestEdge([cfg.INPUT.MIN_SIZE_TEST] * 2, cfg.INPUT.MAX_SIZE_TEST)
    for name in names:
        image = load_photo(folder, name)
        height, width = image.shape[:2]
        pixels = resize.get_transform(image).apply_image(image[:, :, ::-1] if cfg.INPUT.FORMAT == "BGR" else image)
        tensor = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1), dtype=np.float32))
        with torch.inference_mode():
            detector.model([{"image": tensor, "height": height, "width": width}])


def stage(detector: RegionDetector, folder: str, names: Sequence[str], threads: int, watch: Stopwatch) -> None:
    """What ExtractRegions does with a shard of these photos."""
    records = [ImageRecord(name, name, "train", ()) for name in names]
    layout = FeatureLayout(SELECTION.max_boxes, detector.feature_size, 0)
    load: Callable[[str], NDArray[np.uint8]] = watch.timed("decode", partial(load_photo, folder))
    timed = TimedDetector(detector, watch)

    def find(wanted: Sequence[ImageRecord]) -> Iterator[Any]:
        photos = ((record.image_id, record.uri) for record in wanted)
        found = extract_regions_many(photos, load, timed, SELECTION, threads=threads)
        while True:
            with watch.running("wait"):
                item = next(found, None)
            if item is None:
                return
            yield item

    with tempfile.TemporaryDirectory() as out:
        build_features(Path(out, "shard.h5"), records, layout, STAGE, find, Counter())


def speed(args: argparse.Namespace) -> None:
    detector = load_detector(args.detector, weights=args.weights) if args.detector else seeded_fpn(args.short_side)
    names = sorted(path.name for path in Path(args.images).iterdir())[: args.photos]
    threads, watch, bare, ours = len(os.sched_getaffinity(0)), Stopwatch(), 0.0, 0.0
    bare_loop(detector, args.images, names[:1])  # once without the clock: first calls allocate
    for start in range(0, len(names), args.block):
        block = names[start : start + args.block]
        for first in ("bare", "stage") if start // args.block % 2 else ("stage", "bare"):
            begin = time.perf_counter()
            if first == "bare":
                bare_loop(detector, args.images, block)
                bare += time.perf_counter() - begin
            else:
                stage(detector, args.images, block, threads, watch)
                ours += time.perf_counter() - begin
        print(f"{start + len(block)} photos: bare {bare:.1f} s, stage {ours:.1f} s", file=sys.stderr, flush=True)
    n = len(names)
    print(f"{platform.machine()}, {threads} cores, torch {torch.__version__}, {args.detector or FPN + ' (seeded)'}")
    print(f"bare loop {n / bare:.3f} images/s, stage {n / ours:.3f} images/s on {threads} threads")
    print(f"stage / bare loop: {ours / bare:.3f}")
    busy = watch.seconds["decode"] + watch.seconds["detect"]
    write = ours - watch.seconds["wait"]
    shares = ", ".join(f"{what} {watch.seconds[what] / busy:.1%}" for what in ("decode", "detect"))
    print(f"of the threads' time: {shares}")
    print(f"of the stage's time: write {write / ours:.1%}")


def predicates_of(scene: Scene) -> dict[tuple[int, int], set[str]]:
    """Returns the canonical predicates of each pair of things in some relation."""
    found: dict[tuple[int, int], set[str]] = {}
    for i, predicate, j in relations(scene):
        found.setdefault((i, j), set()).add(predicate)
    return found


def canonical(said: str) -> str:
    """Returns the demo world's own word for a predicate; what a posture adds ("stand near") is left out."""
    posture, _, place = said.partition(" ")
    # "lay" is what "lying" is often lemmatised to
    return PREDICATES.get(said) or (PREDICATES.get(place, said) if posture in {*POSTURES, "lay"} else said)


def found_things(scene: Scene, regions: Regions) -> dict[int, int]:
    """Returns the best region of each thing that was found: same kind, IoU at least 0.5."""
    ious = overlaps(np.array([thing.box for thing in scene.things], np.float32), regions.boxes)
    kinds = np.array([KINDS.index(thing.kind) for thing in scene.things])
    ious = np.where(kinds[:, None] == regions.object_ids[None], ious, 0)
    return {thing: int(row.argmax()) for thing, row in enumerate(ious) if row.max() >= 0.5}


def demo(args: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="multigrain-regions-") as name:
        world, out = Path(name, "world"), Path(name, "out")
        make = [sys.executable, "-m", "demo.generate", str(world), "--scenes", str(args.scenes)]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        run = [sys.executable, "-m", "pipeline", "run", str(world / "captions.json"), "--images", str(world / "images")]
        subprocess.run([*run, "--out", str(out), "--detector", args.detector], check=True, stdout=subprocess.DEVNULL)
        prior = RelationPrior.from_json((out / "relation_prior.json").read_text())
    detector = load_detector(args.detector)
    covered: list[bool] = []
    guesses: list[tuple[str, set[str], bool]] = []  # (top predicate, true ones, whether the pair is among the written)
    for index in range(args.fresh):
        scene, encoded, _, _ = make_scene(args.seed, index)
        with Image.open(io.BytesIO(encoded)) as image:
            regions = detector.detect(np.asarray(image.convert("RGB")), SELECTION)
        boxes = np.array([thing.box for thing in scene.things], np.float32)
        covered += (overlaps(boxes, regions.boxes) >= 0.5).any(axis=1).tolist()
        seen = SeenRegions(str(index), regions.boxes, regions.object_ids, regions.object_scores, regions.image_size)
        everything = predict_relations(seen, prior, pairs=10**6).relations
        written = {(r.subject, r.object) for r in predict_relations(seen, prior).relations}
        tops = {(r.subject, r.object): r.predicate for r in everything}
        at = found_things(scene, regions)
        for (i, j), true in predicates_of(scene).items():
            if i in at and j in at:
                guesses.append((tops[at[i], at[j]], true, (at[i], at[j]) in written))
    report_relations(covered, guesses, prior)


def report_relations(
    covered: Sequence[bool], guesses: Sequence[tuple[str, set[str], bool]], prior: RelationPrior
) -> None:
    right = [canonical(said) in true for said, true, _ in guesses]
    held = Counter(predicate for _, true, _ in guesses for predicate in true)
    often, constant = canonical(prior.predicates[0]), held.most_common(1)[0]
    kept = [ok for ok, (_, _, written) in zip(right, guesses, strict=True) if written]
    print(f"recall of {len(covered)} true boxes at IoU 0.5, 36 regions a scene: {np.mean(covered):.4f}")
    print(f"pairs of found things in some true relation: {len(guesses)}")
    print(f"top predicate true: {np.mean(right):.4f}; of the {len(kept)} pairs that are written: {np.mean(kept):.4f}")
    print(f"always what captions say most ({often!r}): {held[often] / len(guesses):.4f}")
    print(f"always what is true most, in hindsight ({constant[0]!r}): {constant[1] / len(guesses):.4f}")
    places = {"near", "left of", "right of"}
    special = [(said, true - places) for said, true, _ in guesses if true - places]
    hits = [canonical(said) in true for said, true in special]
    best = Counter(predicate for _, true in special for predicate in true).most_common(1)[0]
    print(
        f"of the {len(special)} pairs in more than a relation of place, such a one named: {np.mean(hits):.4f}; "
        f"always {best[0]!r}: {best[1] / len(special):.4f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    first = commands.add_parser("speed")
    first.add_argument("--images", required=True)
    first.add_argument("--photos", type=int, default=96)
    first.add_argument("--block", type=int, default=8)
    first.add_argument("--short-side", type=int, default=800)
    first.add_argument("--detector")
    first.add_argument("--weights")
    first.set_defaults(command=speed)
    second = commands.add_parser("demo")
    second.add_argument("--scenes", type=int, default=300)
    second.add_argument("--fresh", type=int, default=100)
    second.add_argument("--seed", type=int, default=1000)
    second.add_argument("--detector", default="demo/weights")
    second.set_defaults(command=demo)
    args = parser.parse_args()
    args.command(args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
