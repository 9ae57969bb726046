"""How much faster are two workers than one, and what is it that only one of them does?

    python -m benchmarks.workers CAPTIONS... [--images PHOTOS] [further options of run] [--workers 1 2]

Runs the pipeline with each number of workers into a folder of its own and prints the seconds, and at which of them each
product was complete: between graphs and corpus.json, and up to phrase_rules.json, one worker learns while the others
wait. From the seconds that are neither parsing, nor regions, nor mining follows what more workers could bring at best
(Amdahl). Compares the sha256 of every file. Nothing else should run on the machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.determinism import digests

SHARED = ("graphs", "features", "labels", "relations")  # what all workers make


def milestones(out: Path, start: float, end: float) -> dict[str, float]:
    """Returns the seconds after which each product of a run was complete, in order; the last is the run's end."""
    found = {name: [path.stat().st_mtime for path in out.glob(f"{name}-*-of-*.json")] for name in SHARED}
    found |= {
        name: [(out / name).stat().st_mtime]
        for name in ("run.json", "corpus.json", "phrase_rules.json", "manifest.json")
    }
    last = {name: max(times) - start for name, times in found.items() if times} | {"end": end - start}
    return dict(sorted(last.items(), key=lambda item: item[1]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    args, run = parser.parse_known_args()
    print(f"{len(os.sched_getaffinity(0))} cores; {' '.join(run)}", flush=True)
    times: list[float] = []
    results = []
    with tempfile.TemporaryDirectory(prefix="multigrain-workers-") as name:
        for workers in args.workers:
            out = Path(name, str(workers))
            command = [sys.executable, "-m", "pipeline", "run", *run, "--out", str(out), "--workers", str(workers)]
            start = time.time()
            subprocess.run(command, check=True, capture_output=True)
            end = time.time()
            times.append(end - start)
            results.append(digests(out))
            steps = milestones(out, start, end)
            before, alone = 0.0, 0.0
            said = []
            for step, second in steps.items():
                said.append(f"{step} {second - before:.1f}")
                alone += 0.0 if step in SHARED else second - before
                before = second
            print(f"{workers} workers: {times[-1]:.1f} s; until the last of each: " + ", ".join(said), flush=True)
            print(f"  {alone:.1f} s of them one worker, or none, had work")
            if workers != args.workers[0]:
                print(f"  {times[0] / times[-1]:.2f} times as fast as {args.workers[0]}", flush=True)
    same = results.count(results[0]) == len(results)
    print(f"{len(results[0])} files: " + ("the same" if same else "DIFFERENT"))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
