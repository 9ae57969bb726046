"""Seconds a training step takes, by model: forward, backward, labels of phrases, optimizer.

    python -m benchmarks.training demo SHARDS [key=value ...]

The models take turns, one step each, and the median of their steps is shown, with the ratio to VSE-infinity's.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import tempfile
import time
from pathlib import Path

import torch

from benchmarks.retrieval import ROWS
from multigrain.config import read_config
from multigrain.training import Trainer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("presets", help="which presets: demo is demo_vse, demo_ssamt, ...")
    parser.add_argument("data", help="folder of the shards")
    parser.add_argument("options", nargs="*", metavar="key=value")
    parser.add_argument("--steps", type=int, default=15)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="multigrain-training-") as folder:
        trainers = {}
        for row, (model, options) in ROWS.items():
            given = [f"data={args.data}", f"out={Path(folder) / row}", *args.options, *options]
            trainers[row] = Trainer(read_config(f"{args.presets}_{model}", given))
        batches = {row: iter(trainer.loader) for row, trainer in trainers.items()}
        seconds: dict[str, list[float]] = {row: [] for row in trainers}
        for step in range(args.steps + 2):
            for row, trainer in trainers.items():
                batch = next(batches[row])
                started = time.perf_counter()
                trainer.step(trainer.model, batch)
                if step > 1:  # the first ones allocate
                    seconds[row].append(time.perf_counter() - started)
        config = trainers["vse"].config
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {platform.processor() or platform.machine()}")
    print(f"batches of {config.batch_size}, {config.model.encoder.dim} dimensions, {args.data}")
    base = statistics.median(seconds["vse"])
    print("| model | parameters | seconds a step | times VSE-infinity |\n|---|---|---|---|")
    for row, found in seconds.items():
        size = sum(p.numel() for p in trainers[row].model.parameters()) / 1e6
        median = statistics.median(found)
        print(f"| {row} | {size:.2f} M | {median:.3f} | {median / base:.1f} |")


if __name__ == "__main__":
    main()
