"""How many of a photo's things are found, and how right are the relations predicted between them?

    python -m benchmarks.relations [--scenes 300] [--fresh 100] [--seed 1000]

The pipeline runs on a demo world; then fresh scenes, of another seed, are looked at: recall of true boxes, and the top
predicate of every ordered pair of found things in some true relation, against the closed-world truth of the demo. A
posture beside a preposition ("stand near") is not judged. Three guesses to compare with: the one predicate that
captions say most; the one that is true of most pairs, known in hindsight; and for each pair of names what captions say
most of it, wherever the things lie (the frequency baseline of Neural Motifs, smoothed).
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from demo.evaluate_detector import overlaps
from demo.generate import make_scene
from demo.lexicon import KINDS, POSTURES, PREDICATES
from demo.world import Scene, relations
from schemas.records import Regions
from transforms.detector import load_detector
from transforms.predict_relations import predict_relations
from transforms.region_selection import SelectionOptions
from transforms.relation_prior import ANY, RelationPrior
from transforms.seen_regions import SeenRegions

SELECTION = SelectionOptions(36, 36)
PLACES = {"near", "left of", "right of"}  # hold of nearly every pair in some relation


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
    pairs: list[Pair] = []
    for index in range(args.fresh):
        scene, encoded, _, _ = make_scene(args.seed, index)
        with Image.open(io.BytesIO(encoded)) as image:
            regions = detector.detect(np.asarray(image.convert("RGB")), SELECTION)
        boxes = np.array([thing.box for thing in scene.things], np.float32)
        covered += (overlaps(boxes, regions.boxes) >= 0.5).any(axis=1).tolist()
        pairs += judged_pairs(scene, regions, prior)
    report(covered, pairs, prior)


class Pair(NamedTuple):
    """An ordered pair of found things that are in some true relation."""

    top: str  # predicted, in the demo world's words
    by_name: str  # said most of things of these names
    true: set[str]
    written: bool  # whether it is among the pairs that a run writes


def judged_pairs(scene: Scene, regions: Regions, prior: RelationPrior) -> list[Pair]:
    seen = SeenRegions("", regions.boxes, regions.object_ids, regions.object_scores, regions.image_size)
    tops = {(r.subject, r.object): r.predicate for r in predict_relations(seen, prior, pairs=10**6).relations}
    written = {(r.subject, r.object) for r in predict_relations(seen, prior).relations}
    at, found = found_things(scene, regions), []
    for (i, j), true in predicates_of(scene).items():
        if i in at and j in at:
            s, o = at[i], at[j]
            by_name = prior.guess(int(regions.object_ids[s]), int(regions.object_ids[o]), ANY)
            said = prior.predicates[0] if by_name is None else by_name.predicate
            found.append(Pair(canonical(tops[s, o]), canonical(said), true, (s, o) in written))
    return found


def report(covered: Sequence[bool], pairs: Sequence[Pair], prior: RelationPrior) -> None:
    held = Counter(predicate for pair in pairs for predicate in pair.true)
    often, (constant, held_by_most) = canonical(prior.predicates[0]), held.most_common(1)[0]
    right = share(pair.top in pair.true for pair in pairs)
    kept = [pair for pair in pairs if pair.written]
    print(f"recall of {len(covered)} true boxes at IoU 0.5, 36 regions a scene: {np.mean(covered):.4f}")
    print(f"pairs of found things in some true relation: {len(pairs)}")
    print(f"top predicate true: {right:.4f}")
    print(f"  of the {len(kept)} pairs that are written: {share(pair.top in pair.true for pair in kept):.4f}")
    print(f"always what captions say most ({often!r}): {held[often] / len(pairs):.4f}")
    print(f"always what is true of most, in hindsight ({constant!r}): {held_by_most / len(pairs):.4f}")
    print(f"what captions say most of such names: {share(pair.by_name in pair.true for pair in pairs):.4f}")
    named = [pair for pair in pairs if pair.top not in PLACES]
    print(f"more than a place named, of {len(named)} pairs; true: {share(p.top in p.true for p in named):.4f}")
    special = [pair for pair in pairs if pair.true - PLACES]
    best, of_best = Counter(predicate for pair in special for predicate in pair.true - PLACES).most_common(1)[0]
    named_so = share(pair.top in pair.true - PLACES for pair in special)
    print(f"more than a place true, of {len(special)} pairs; such a one named: {named_so:.4f}")
    print(f"  always {best!r}: {of_best / len(special):.4f}")


def share(hits: Iterable[bool]) -> float:
    return float(np.mean(list(hits)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--fresh", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1000, help="of the fresh scenes; the world's is another")
    parser.add_argument("--detector", default="demo/weights")
    demo(parser.parse_args())
    return 0


if __name__ == "__main__":
    sys.exit(main())
