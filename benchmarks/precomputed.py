"""What does it cost to import a dump of region features? A SCAN precomp dump, made here, becomes shards and goes out.

    python -m benchmarks.precomputed [--images 20000] [--folder DIR]

The dump (36 regions of 2048 float32 numbers an image, 295 KB) is written to a temporary folder and removed at the end;
its export, shards (float16) and the bare loop's file take twice as much again. Each image has one caption, as features
are the question. The peak is the largest resident set that the operating system saw (getrusage of the finished child).
The bare loop reads the same array and writes the same numbers into one HDF5 file.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np

from benchmarks.memory import peak_mebibytes

REGIONS, SIZE = 36, 2048
NEEDED = 3.1  # disk, as a multiple of the dump: itself, its export; shards and the bare loop's file in half the size
WORDS = (
    ("a man", "two women", "the boy", "a brown dog", "three people", "an old lady"),
    ("holds", "looks at", "stands behind", "walks past", "sits next to"),
    ("a red bus", "the wooden table", "a small cup", "some flowers", "a white horse", "two bicycles"),
    ("in the park", "on a street", "near the water", "in front of a house", "under a tree"),
)


def write_dump(folder: Path, images: int) -> Path:
    """Returns the array of a dump that was never in memory whole, with boxes, sizes, ids and captions beside it."""
    path = folder / "train_ims.npy"
    rng = np.random.default_rng(0)
    with path.open("wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (images, REGIONS, SIZE)}
        np.lib.format.write_array_header_1_0(file, header)
        noise = rng.random((REGIONS, SIZE), dtype=np.float32)
        for _ in range(images):
            # Rows differ everywhere and cost no time to make: what is measured is not the random generator.
            file.write((noise + rng.random(dtype=np.float32)).tobytes())
    corners = np.sort(rng.random((images, 2, REGIONS, 2), dtype=np.float32), axis=1) * np.float32(500)
    np.save(folder / "train_boxes.npy", np.concatenate([corners[:, 0], corners[:, 1]], axis=-1))
    np.save(folder / "train_img_sizes.npy", np.full((images, 2), 500))
    (folder / "train_ids.txt").write_text("".join(f"{number}\n" for number in range(images)))
    words = random.Random(0)
    captions = (" ".join(map(words.choice, WORDS)) for _ in range(images))
    (folder / "train_caps.txt").write_text("".join(f"{caption}\n" for caption in captions))
    return path


def bare_loop(source: Path, target: Path) -> float:
    """Returns the seconds that a plain loop takes to write the features as float16."""
    start = time.perf_counter()
    features = np.load(source, mmap_mode="r")
    with h5py.File(target, "w") as file:
        written = file.create_dataset("features", features.shape, np.float16)
        for row in range(len(features)):
            written[row] = features[row]
    return time.perf_counter() - start


def timed_peak(arguments: list[str]) -> tuple[float, float]:
    """Returns the seconds and the peak memory in MiB of a command."""
    start = time.perf_counter()
    peak = peak_mebibytes([sys.executable, "-m", "pipeline", *arguments])
    return time.perf_counter() - start, peak


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--shards", type=int, default=16)
    parser.add_argument("--folder", help="for the temporary folder (the system's)")
    args = parser.parse_args()
    size = args.images * REGIONS * SIZE * 4
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}")
    with tempfile.TemporaryDirectory(prefix="multigrain-precomputed-", dir=args.folder) as name:
        folder = Path(name)
        free = shutil.disk_usage(folder).free
        if free < NEEDED * size:
            print(f"{folder}: {free / 1e9:.1f} GB free, {NEEDED * size / 1e9:.1f} GB needed", file=sys.stderr)
            return 1
        dump = write_dump(folder, args.images)
        print(f"{args.images:,} images, {dump.stat().st_size / 1e9:.2f} GB of features", flush=True)
        annotations, out = str(folder / "train_caps.txt"), str(folder / "out")
        shards = ["--shards", str(args.shards), "--candidates", "1"]
        text, text_peak = timed_peak(["run", annotations, "--out", str(folder / "text"), *shards])
        print(f"captions only:  {text:7.1f} s, peak {text_peak:5.0f} MiB", flush=True)
        both, both_peak = timed_peak(["run", annotations, "--regions", f"precomp:{dump}", "--out", out, *shards])
        print(f"with features:  {both:7.1f} s, peak {both_peak:5.0f} MiB", flush=True)
        back, back_peak = timed_peak(["export", out, f"precomp:{folder / 'export'}"])
        print(f"export:         {back:7.1f} s, peak {back_peak:5.0f} MiB, {args.images / back:,.0f} images/s")
        # Last: a child's peak counts what its parent had in memory when it started, and this maps the whole dump.
        bare = bare_loop(dump, folder / "bare.h5")
        print(f"bare loop:      {bare:7.1f} s, {args.images / bare:,.0f} images/s")
        added = both - text
        print(
            f"features add {added:.1f} s ({args.images / added:,.0f} images/s), {added / bare:.2f} times the bare loop"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
