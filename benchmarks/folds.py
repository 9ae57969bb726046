"""Splits the photos of a caption file anew, so that models are tested on more photos than one test split has.

    python -m benchmarks.folds CAPTIONS.jsonl OUT --folds 4 --size 120

writes OUT/fold-0.jsonl, ...: the same entries with other splits. The photos are put in one random order; fold k has
the k-th `size` of them for test, the next `size` for val and the rest to train with, so no photo is in two tests.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captions", type=Path, help="JSON lines with filename, split and sentences")
    parser.add_argument("out", type=Path, help="folder of the folds")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--size", type=int, default=120, help="photos of the test split, and of the val split")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    entries = [json.loads(line) for line in args.captions.read_text("utf-8").splitlines()]
    if (args.folds + 1) * args.size >= len(entries):
        parser.error(f"{len(entries)} photos are too few for {args.folds} folds of {args.size}")
    order = np.random.default_rng(args.seed).permutation(len(entries))
    args.out.mkdir(parents=True, exist_ok=True)
    for fold in range(args.folds):
        splits = np.full(len(entries), "train", object)
        for place, split in enumerate(("test", "val"), fold):
            splits[order[place * args.size : (place + 1) * args.size]] = split
        lines = (json.dumps({**entry, "split": split}) for entry, split in zip(entries, splits, strict=True))
        (args.out / f"fold-{fold}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
