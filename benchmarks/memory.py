"""Does peak memory grow with the number of shards? The same run at once and at four times the input.

    python -m benchmarks.memory [--scenes 150]                     a demo world with photos
    python -m benchmarks.memory --captions FILE --entries 7750     captions only: the first entries of a JSONL(.gz) file

Shards keep their size, so four times the input is four times the shards. One process; the peak is the largest resident
set that the operating system saw (getrusage of the finished child).
"""

from __future__ import annotations

import argparse
import gzip
import os
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path


def peak_mebibytes(arguments: list[str]) -> float:
    """Returns the peak resident memory of a command in MiB. Raises RuntimeError where it fails."""
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{errors.decode()[-2000:]}")
    return usage.ru_maxrss / 1024


def with_photos(folder: Path, scenes: int) -> list[str]:
    world = folder / f"world{scenes}"
    generate = [sys.executable, "-m", "demo.generate", str(world), "--scenes", str(scenes)]
    subprocess.run(generate, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return [str(world / "captions.json"), "--images", str(world / "images")]


def captions_only(folder: Path, captions: Path, entries: int) -> list[str]:
    path = folder / f"captions{entries}.jsonl"
    with gzip.open(captions, "rt") if captions.suffix == ".gz" else captions.open() as source:
        path.write_text("".join(islice(source, entries)))
    return [str(path)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=150)
    parser.add_argument("--captions", type=Path)
    parser.add_argument("--entries", type=int, default=7750)
    parser.add_argument("--shards", type=int, default=4)
    args = parser.parse_args()
    peaks = []
    with tempfile.TemporaryDirectory(prefix="multigrain-memory-") as name:
        folder = Path(name)
        for times in (1, 4):
            if args.captions:
                data = captions_only(folder, args.captions, args.entries * times)
            else:
                data = with_photos(folder, args.scenes * times)
            out, shards = folder / f"out{times}", args.shards * times
            run = [sys.executable, "-m", "pipeline", "run", *data, "--out", str(out), "--shards", str(shards)]
            peaks.append(peak_mebibytes(run))
            print(f"{times}x input, {shards} shards: peak {peaks[-1]:.0f} MiB", flush=True)
    print(f"ratio {peaks[1] / peaks[0]:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
