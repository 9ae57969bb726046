"""Progress on the terminal: one bar a long stage, with rate and time left."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from transforms.progress import VARIABLE, totals

BARS = (("images_done", "images", "regions", "image"), ("captions_done", "captions", "graphs", "caption"),
        ("labelled", "images", "labels", "image"), ("related", "images", "relations", "image"))  # fmt: skip
OF_IMAGES = ("images_done", "related")
INTERVAL = 0.5  # seconds


@contextmanager
def progress_bars(n_shards: int, with_images: bool) -> Iterator[None]:
    """Shows the counters of all local worker processes until the block ends; plain lines where there is no terminal."""
    with tempfile.TemporaryDirectory(prefix="multigrain-progress-") as folder:
        os.environ[VARIABLE] = folder
        stop = threading.Event()
        follower = threading.Thread(target=_follow, args=(Path(folder), n_shards, with_images, stop), daemon=True)
        follower.start()
        try:
            yield
        finally:
            stop.set()
            follower.join()
            del os.environ[VARIABLE]


def _follow(folder: Path, n_shards: int, with_images: bool, stop: threading.Event) -> None:
    interval = 0.1 if sys.stderr.isatty() else 10.0
    bars = {
        done: tqdm(desc=f"{name:9}", unit=unit, mininterval=interval, dynamic_ncols=True, file=sys.stderr)
        for done, _, name, unit in BARS
        if with_images or done not in OF_IMAGES
    }
    while True:
        finished = stop.wait(INTERVAL)
        counters = totals(folder)
        for done, total, _, _ in BARS:
            if done not in bars:
                continue
            # Sizes are known shard by shard; hashing spreads images evenly, so the rest is extrapolated.
            seen = counters["shards"]
            bars[done].total = round(counters[total] * n_shards / seen) if seen else None
            if bars[done].n == 0:
                bars[done].unpause()  # a stage's rate counts from its own beginning
            bars[done].update(counters[done] - bars[done].n)
        if finished:
            break
    for bar in bars.values():
        bar.close()
