"""Does the same input give the same bytes, however the run went? In one process, with workers, shuffled, killed.

    python -m benchmarks.determinism [--scenes 60] [--kills 20] [--workers 2]

Makes a demo world, runs the pipeline on it in each way with the detector of the demo, and compares the sha256 of every
shard file. A killed run gets SIGKILL at a random moment of its expected time, in turn the whole process group, the main
process alone, and a worker alone (the main process where there is none), and is run again until it has ended well.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from cluster.processes import children_of

PATIENCE = 120.0  # seconds that a run whose worker was killed may take to end
Victim = Literal["group", "main", "worker"]
VICTIMS: tuple[Victim, ...] = get_args(Victim)


@dataclass(frozen=True)
class Kill:
    victim: Victim
    seconds: float  # that the run then took to end


def digests(out: Path) -> dict[str, str]:
    """Returns the sha256 of every file of a data set but run.json and report.html, which name paths."""
    files = (path for path in sorted(out.iterdir()) if path.name not in ("run.json", "report.html"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def command(world: Path, out: Path, *more: str) -> list[str]:
    run = [sys.executable, "-m", "pipeline", "run", str(world / "captions.json"), "--images", str(world / "images")]
    return [*run, "--out", str(out), *more]


def finish(arguments: list[str]) -> float:
    """Returns the seconds that a run took. Raises CalledProcessError where it failed."""
    start = time.monotonic()
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - start


def kill_once(arguments: list[str], moment: float, victim: Victim, rng: random.Random) -> Kill | None:
    """Starts a run and kills it, or one of its workers, after `moment` seconds; returns None where it ended well.

    Raises CalledProcessError where it failed by itself, RuntimeError where one whose worker was killed does not end.
    """
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    with suppress(subprocess.TimeoutExpired):
        if code := process.wait(moment):
            raise subprocess.CalledProcessError(code, arguments)
        return None
    workers = children_of(process.pid, "pipeline.worker") if victim == "worker" else []
    start = time.monotonic()
    if workers:
        os.kill(rng.choice(workers), signal.SIGKILL)
    else:
        (os.killpg if victim == "group" else os.kill)(process.pid, signal.SIGKILL)
    try:
        code = process.wait(PATIENCE)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)
        raise RuntimeError(f"a worker was killed after {moment:.1f} s, and the run waits for it") from error
    kill = Kill("worker" if workers else "main" if victim == "worker" else victim, time.monotonic() - start)
    return kill if code else None  # a worker may be killed when all is done


def shuffled(world: Path, folder: Path, seed: int) -> Path:
    """Returns a world whose caption file lists the same photos in another order."""
    folder.mkdir()
    annotations = json.loads((world / "captions.json").read_text())
    random.Random(seed).shuffle(annotations["images"])
    (folder / "captions.json").write_text(json.dumps(annotations))
    (folder / "images").symlink_to(world / "images")
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=60)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="multigrain-determinism-") as name:
        folder, workers = Path(name), ("--workers", str(args.workers))
        world = folder / "world"
        generate = [sys.executable, "-m", "demo.generate", str(world), "--scenes", str(args.scenes)]
        subprocess.run(generate, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        alone = finish(command(world, folder / "alone"))
        expected = digests(folder / "alone")
        print(f"one process: {alone:.0f} s, {len(expected)} files")
        results = {}
        seconds = finish(command(world, folder / "workers", *workers))
        results[f"{args.workers} workers"] = digests(folder / "workers")
        finish(command(shuffled(world, folder / "shuffled", args.seed), folder / "from_shuffled"))
        results["input shuffled"] = digests(folder / "from_shuffled")

        rng, jobs = random.Random(args.seed), 0
        kills: list[Kill] = []
        while len(kills) < args.kills:
            # Odd jobs run in one process, even ones with workers; each is killed until it gets through or all are done.
            way, expected_seconds = ((), alone) if jobs % 2 else (workers, seconds)
            out = folder / f"killed{jobs}"
            while len(kills) < args.kills:
                moment, victim = rng.uniform(0, expected_seconds), VICTIMS[len(kills) % len(VICTIMS)]
                kill = kill_once(command(world, out, *way), moment, victim, rng)
                if kill is None:
                    break
                kills.append(kill)
                done = len(list(out.glob("*-of-*.json"))) if out.exists() else 0
                print(f"  kill {len(kills)}, {kill.victim} of job {jobs}: {done} shard files were done", flush=True)
            else:  # the last kill of all
                finish(command(world, out, *way))
            results[f"job {jobs}, killed"] = digests(out)
            jobs += 1
        same = True
        for name, found in results.items():
            differing = sorted(k for k in {*expected, *found} if expected.get(k) != found.get(k))
            same &= not differing
            print(f"{name}: " + (f"DIFFERS in {differing[:5]}" if differing else "every file the same"))
        counts = ", ".join(f"{sum(kill.victim == victim for kill in kills)} {victim}" for victim in VICTIMS)
        print(f"{len(kills)} kills ({counts}), {jobs} jobs: " + ("all the same" if same else "NOT the same"))
        if longest := max((kill.seconds for kill in kills if kill.victim == "worker"), default=0.0):
            print(f"a run whose worker was killed ended within {longest:.1f} s")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
