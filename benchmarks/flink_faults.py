"""Does a real Flink cluster give the bytes of a local run, also where parts of it are killed on the way?

    python -m benchmarks.flink_faults [--scenes 120] [--captions FILE.jsonl.gz --images 4000]
        [--only plain worker ...] [--folder FOLDER]

Makes a demo world (with --captions: takes the first images of a caption file, without photos), runs it on this machine
and then, each time with a cluster of its own, on Flink with two workers: undisturbed, and with one process killed by
SIGKILL as soon as the first shards are done and others are being written: a TaskManager, the worker pool, a worker, the
JobManager. After the last the run must fail with a message, and the same command finish it. Compares the sha256 of
every file, and prints processes and folders that are left. With --folder everything stays there, and another call with
the same data takes the local run that it finds.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from benchmarks.determinism import digests
from cluster.flink import MARK
from cluster.parts import FOLDER
from cluster.processes import find_below

VICTIMS = {  # what the command line of the process to be killed holds
    "TaskManager": "TaskManagerRunner",
    "worker pool": "pipeline.worker_pool",
    "worker": "pipeline.worker\0",
    "JobManager": "StandaloneSessionClusterEntrypoint",
}
SIDECARS = 3  # of these must be there before anything is killed


def kill_when_writing(process: subprocess.Popen[str], out: Path, victim: str) -> str:
    """Kills a part of the run's cluster once shards are being written; returns the state of the folder then."""
    while process.poll() is None:
        names = [path.name for path in out.iterdir()] if out.exists() else []
        done = [name for name in names if "-of-" in name and name.endswith(".json")]
        target = find_below(process.pid, VICTIMS[victim])
        if len(done) >= SIDECARS and any(name.startswith(".tmp-") for name in names) and target is not None:
            os.kill(target, signal.SIGKILL)
            return f"killed with {len(done)} shard files done"
        time.sleep(0.02)
    return "ended before anything could be killed"


def left_behind() -> list[str]:
    """Returns the processes and folders of clusters of this checkout."""
    found = [str(path) for path in FOLDER.glob("run-*")]
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"{MARK}={FOLDER}".encode() in environ.read_bytes():
                found.append(f"process {environ.parent.name}")
        except OSError:
            continue
    return found


def world(args: argparse.Namespace, folder: Path) -> list[str]:
    """Returns the arguments that name what is processed."""
    if args.captions is None:
        generate = [sys.executable, "-m", "demo.generate", str(folder / "world"), "--scenes", str(args.scenes)]
        subprocess.run(generate, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return [str(folder / "world" / "captions.json"), "--images", str(folder / "world" / "images")]
    with gzip.open(args.captions, "rt", encoding="utf-8") as source, (folder / "captions.jsonl").open("w") as sink:
        sink.writelines(line for line, _ in zip(source, range(args.images), strict=False))
    return [str(folder / "captions.jsonl")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=120)
    parser.add_argument("--captions", type=Path)
    parser.add_argument("--images", type=int, default=4000)
    parser.add_argument("--limit", type=int, default=500, help="seconds of a job")
    parser.add_argument("--only", nargs="+", choices=["plain", *VICTIMS], default=["plain", *VICTIMS])
    parser.add_argument("--folder", type=Path, help="where all is kept; else it is removed at the end")
    args = parser.parse_args()
    with nullcontext(args.folder) if args.folder else tempfile.TemporaryDirectory(prefix="multigrain-flink-") as name:
        folder = Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        run = [sys.executable, "-m", "pipeline", "run", *world(args, folder)]
        start = time.monotonic()
        subprocess.run([*run, "--out", str(folder / "direct")], check=True, capture_output=True)
        expected = digests(folder / "direct")
        print(f"direct: {time.monotonic() - start:.0f} s, {len(expected)} files", flush=True)
        good = True
        for case in args.only:
            out = folder / case.replace(" ", "-")
            shutil.rmtree(out, ignore_errors=True)
            command = [*run, "--out", str(out), "--runner", "flink", "--workers", "2", "--time-limit", str(args.limit)]
            start, said = time.monotonic(), ""
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            if case != "plain":
                said = kill_when_writing(process, out, case) + ", "
            _, errors = process.communicate()
            said += f"exit code {process.returncode}, {time.monotonic() - start:.0f} s"
            if process.returncode:
                print(f"  {case}: " + "\n    ".join(errors.strip().splitlines()[-6:]))
            if case == "JobManager":
                good &= process.returncode == 1
                again = subprocess.run(command, capture_output=True, text=True, check=False)
                said += f", then exit code {again.returncode}"
            found = digests(out)
            differing = sorted(k for k in {*expected, *found} if expected.get(k) != found.get(k))
            said += f"; DIFFERS in {differing[:5]}" if differing else "; every file the same"
            if left := left_behind():
                said += f"; left behind: {left}"
            good &= not differing and not left
            print(f"{case}: {said}", flush=True)
        print("all the same" if good else "NOT good")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
