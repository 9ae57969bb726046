"""How long does it take to label every caption of a batch for every image of it, beside judging pair by pair?

    python -m benchmarks.phrase_mask FOLDER [--batch 128] [--batches 20] [--judged 4]

FOLDER is a complete data set. A batch is random images with one caption each. Both are timed in this process, by turns;
the judge labels the captions for a few of the images, and what it takes is scaled to all of them. Their labels
are compared.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median

import numpy as np

from multigrain import Shards
from multigrain.phrase_mask import PhraseLabeller
from transforms.evidence import Evidence
from transforms.judge import Judge
from transforms.knowledge_tables import read_knowledge
from transforms.phrases import read_caption


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--judged", type=int, default=4, help="images of a batch that are judged in a loop")
    args = parser.parse_args()
    start = time.perf_counter()
    labeller = PhraseLabeller(args.folder)
    print(f"{len(labeller.captions) - 1} images opened in {time.perf_counter() - start:.1f} s")
    knowledge = read_knowledge((args.folder / "corpus.json").read_text())
    own = [
        [read_caption(c.caption_id, g) for c, g in zip(image.graphs.captions, image.graphs.graphs, strict=True)]
        for image in Shards(args.folder)
    ]
    captioned = np.flatnonzero(np.diff(labeller.captions))
    rng, bulk, loop, phrases, differing = np.random.default_rng(0), [], [], 0, 0
    for _ in range(args.batches):
        images = rng.choice(captioned, args.batch, replace=False)
        place = [int(rng.integers(len(own[image]))) for image in images]
        start = time.perf_counter()
        mask = labeller(images, labeller.captions[images] + place)
        bulk.append(time.perf_counter() - start)
        start = time.perf_counter()
        captions = [own[image][k] for image, k in zip(images, place, strict=True)]
        judges = [Judge(Evidence(own[image]), knowledge) for image in images[: args.judged]]
        verdicts = [[judge.label_caption(caption) for caption in captions] for judge in judges]
        loop.append((time.perf_counter() - start) * args.batch / args.judged)
        for row, of_image in enumerate(verdicts):
            for column, of_caption in enumerate(of_image):
                found = [labeller.reasons[i] for i in mask.reason[row, column, : len(of_caption)]]
                phrases += len(found)
                differing += sum(a != b.reason for a, b in zip(found, of_caption, strict=True))
    sizes = f"{args.batch} x {args.batch}"
    print(f"batch of {sizes}: {1000 * median(bulk):.1f} ms in bulk, {median(loop):.2f} s judged in a loop")
    print(f"{median(loop) / median(bulk):.0f} times as fast; {differing} of {phrases} labels differ")


if __name__ == "__main__":
    main()
