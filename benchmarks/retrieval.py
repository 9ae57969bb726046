"""Trains models with several seeds on one data set, and compares them on its test split.

    python -m benchmarks.retrieval demo SHARDS OUT --seeds 0 1 2

A cell is a row and a seed; it is trained in OUT/<row>-<seed> and what it scored is kept there, so that the same
command goes on where it stopped, and only prints the table once all is done. `--cells 1` makes one cell and stops.
Each row is set against the first by a paired bootstrap: photos of the test split are drawn with replacement, the same
for all seeds of both rows, and the difference of the rSums, averaged over seeds, is taken 2,000 times; shown are its
mean and its 95% interval. With `--folds` SHARDS stands for several data sets, SHARDS-0, SHARDS-1, ..., which have the
same photos in other splits (benchmarks.folds makes them): each is trained with each seed, in OUT/<row>-<seed>-<fold>,
and photos are drawn from each.

Legend: N photos, M captions of the test split.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from multigrain.config import read_config
from multigrain.data import DataSet
from multigrain.evaluation import labelled_phrase_scores
from multigrain.models import PhraseScores
from multigrain.ranking import auc, ranks, recalls
from multigrain.run import Run, load_run
from multigrain.scoring import score_split
from multigrain.training import Trainer, refuse_other_run

SCORED = "test.npz"
ROWS = {  # row: the preset's model, and options
    "vse": ("vse", []),
    "ssamt": ("ssamt", []),
    # The hardest negatives make it collapse, so it has all of them in all epochs (docs/design.md).
    "ssamt-without-labels": ("ssamt", ["phrase_labels=false", "all_negatives_epochs=8"]),
    "cmsei": ("cmsei", []),
    "resg": ("resg", []),
}


@dataclass(frozen=True)
class Cell:
    """What a trained model scored on the test split."""

    i2t: NDArray[np.int64]  # (N,) captions of others before the best own one
    t2i: NDArray[np.int64]  # (M,) photos before the own one
    caption_photo: NDArray[np.int64]  # (M,)
    auc: float  # of phrases that are true of a photo against phrases that are not; NaN where a model does not say
    fold: str  # which data set it is of


def make_cell(folder: Path, preset: str, data: str, seed: int, options: Sequence[str], fold: str) -> Cell:
    """Returns what a row scored with a seed, trained first if it was not yet.

    Raises ConfigError where the folder holds a run with other options: a table is of one preset each.
    """
    path = folder / SCORED
    config = read_config(preset, [f"data={data}", f"out={folder}", f"seed={seed}", "tensorboard=false", *options])
    refuse_other_run(config)
    if not path.is_file():
        Trainer(config).train()
        run = load_run(folder)
        test = run.open_data()
        found = score_split(run.model, test, "test", run.device)
        i2t, t2i = ranks(found.scores, found.caption_photo)
        partial = path.with_suffix(".tmp.npz")
        np.savez(partial, i2t=i2t, t2i=t2i, caption_photo=found.caption_photo, auc=phrase_auc(run, test))
        partial.replace(path)
    with np.load(path) as stored:
        return Cell(stored["i2t"], stored["t2i"], stored["caption_photo"], float(stored["auc"]), fold)


def phrase_auc(run: Run, data: DataSet) -> float:
    """Returns how well phrases of the labelled candidates of the test split are told apart, in [0, 1]."""
    if not isinstance(run.model, PhraseScores):
        return float("nan")
    return auc(*labelled_phrase_scores(run, data, "test"))


def bootstrap(first: Sequence[Cell], second: Sequence[Cell], draws: int = 2000) -> tuple[float, float, float]:
    """Returns mean and 95% interval of rSum(second) - rSum(first), photos drawn with replacement, cells pooled.

    The cells of both rows are of the same folds and seeds.
    """
    rng = np.random.default_rng(0)
    of_photo = {}  # by fold: which captions are of each photo
    for cell in first:
        of_photo[cell.fold] = [np.flatnonzero(cell.caption_photo == n) for n in range(len(cell.i2t))]
    differences = []
    for _ in range(draws):
        drawn = {fold: rng.integers(len(photos), size=len(photos)) for fold, photos in of_photo.items()}
        captions = {fold: np.concatenate([of_photo[fold][n] for n in photos]) for fold, photos in drawn.items()}
        sums = [
            np.mean([recalls(cell.i2t[drawn[cell.fold]], cell.t2i[captions[cell.fold]])["rsum"] for cell in row])
            for row in (first, second)
        ]
        differences.append(sums[1] - sums[0])
    low, high = np.quantile(differences, [0.025, 0.975])
    return float(np.mean(differences)), float(low), float(high)


def table(rows: dict[str, list[Cell]]) -> Iterator[str]:
    """Yields the lines of a table in Markdown: mean and standard deviation over runs."""
    names = [f"{way} R@{k}" for way in ("i2t", "t2i") for k in (1, 5, 10)]
    yield "| model | runs | " + " | ".join(names) + " | rSum | phrase AUC | rSum against the first row, 95% interval |"
    yield "|---" * (len(names) + 5) + "|"
    first = next(iter(rows.values()))
    for name, cells in rows.items():
        found = [recalls(cell.i2t, cell.t2i) for cell in cells]
        values = [_spread([f[key] for f in found]) for key in found[0]]
        phrase = "-" if np.isnan(cells[0].auc) else _spread([100 * cell.auc for cell in cells])
        if cells is first:
            against = "-"
        else:
            shared = min(len(first), len(cells))
            against = "{:+.1f} ({:+.1f} to {:+.1f})".format(*bootstrap(first[:shared], cells[:shared]))
        yield f"| {name} | {len(cells)} | " + " | ".join([*values, phrase, against]) + " |"


def _spread(values: Sequence[float]) -> str:
    return f"{np.mean(values):.1f} ± {np.std(values, ddof=1):.1f}" if len(values) > 1 else f"{values[0]:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("presets", help="which presets: demo is demo_vse, demo_ssamt, ...")
    parser.add_argument("data", help="folder of the shards")
    parser.add_argument("out", type=Path, help="folder of the runs")
    parser.add_argument("options", nargs="*", metavar="key=value", help="for every row")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--folds", nargs="+", type=int, help="which data sets SHARDS-n (SHARDS itself)")
    parser.add_argument("--cells", type=int, help="make at most so many missing cells")
    args = parser.parse_args()
    made = 0
    rows: dict[str, list[Cell]] = {}
    folds = [""] if args.folds is None else [f"-{fold}" for fold in args.folds]
    for fold, seed, row in product(folds, args.seeds, args.rows):
        model, options = ROWS[row]
        folder = args.out / f"{row}-{seed}{fold}"
        missing = not (folder / SCORED).is_file()
        if missing and args.cells is not None and made >= args.cells:
            continue
        made += missing
        cell = make_cell(folder, f"{args.presets}_{model}", args.data + fold, seed, [*args.options, *options], fold)
        rows.setdefault(row, []).append(cell)
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads()}))
    print("\n".join(table(rows)))


if __name__ == "__main__":
    main()
