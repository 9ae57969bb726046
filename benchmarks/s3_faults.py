"""Does a job end well, with the same bytes, whose S3 server goes away in the middle of it, and what if it stays away?

    python -m benchmarks.s3_faults [--scenes 60] [--away 20] [--only undisturbed frozen restarted gone]

Makes a demo world, runs it from and to local folders, and then with captions, photos and shards on a server that is
compatible with S3 (`benchmarks.s3_server`), a process of its own. Once the first shards are done and others are being
made, the server is frozen for some seconds (SIGSTOP: it takes connections and does not answer), ended and started with
its buckets after as many (connections are refused), or ended for good. Then the run must fail with a message, and the
same command finish it once the server is there. Compares the sha256 of every file.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3

from benchmarks.determinism import digests
from cluster.processes import Child, free_ports

WAYS = ("undisturbed", "frozen", "restarted", "gone")
BUCKET = "bucket"
SIDECARS = 3  # of these must be there before the server goes


class Server:
    """The server's process, at one address for good."""

    def __init__(self, folder: Path) -> None:
        self._log, self._buckets = folder / "server.log", folder / "buckets"
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "benchmarks.s3_server", str(self.port), str(self._buckets)]
        self.process = Child("S3 server", command, self._log, {}, cwd=Path.cwd())
        self.process.wait_for_port(self.port, 60)

    def stop(self) -> None:
        self.process.stop(60)  # it writes its buckets

    def go_away(self, way: str, seconds: float) -> None:
        """Returns when the server is there again; at once where it does not come back."""
        if way == "frozen":
            os.kill(self.process.pid, signal.SIGSTOP)
            time.sleep(seconds)
            os.kill(self.process.pid, signal.SIGCONT)
            return
        self.stop()
        if not self._buckets.exists():
            raise RuntimeError(f"the server has not kept its buckets{self.process.last_lines()}")
        if way == "restarted":
            time.sleep(seconds)
            self.start()


def names(client: Any, prefix: str) -> list[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{prefix}/")
    return [item["Key"].removeprefix(f"{prefix}/") for page in pages for item in page.get("Contents", [])]


def stored_digests(client: Any, prefix: str) -> dict[str, str]:
    """Returns the sha256 of every file of a data set but run.json, which names paths."""
    found = {}
    for name in names(client, prefix):
        if name != "run.json":
            body = client.get_object(Bucket=BUCKET, Key=f"{prefix}/{name}")["Body"].read()
            found[name] = hashlib.sha256(body).hexdigest()
    return found


def disturb(process: subprocess.Popen[str], server: Server, client: Any, way: str, seconds: float) -> str:
    """Sends the server away once shards are done and others are not; returns how many were."""
    while process.poll() is None:
        done = [name for name in names(client, way) if "-of-" in name and name.endswith(".json")]
        if len(done) >= SIDECARS:
            server.go_away(way, seconds)
            return f"{way} with {len(done)} shard files done; "
        time.sleep(0.1)
    return "ended before anything could be disturbed; "


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=60)
    parser.add_argument("--away", type=float, default=20, help="seconds that the server is away")
    parser.add_argument("--only", nargs="+", choices=WAYS, default=WAYS)
    args = parser.parse_args()
    os.environ |= {f"AWS_{name}": "x" for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")}
    os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
    good = True
    with tempfile.TemporaryDirectory(prefix="multigrain-s3-") as name:
        folder = Path(name)
        world, direct = folder / "world", folder / "direct"
        generate = [sys.executable, "-m", "demo.generate", str(world), "--scenes", str(args.scenes)]
        subprocess.run(generate, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run = [sys.executable, "-m", "pipeline", "run"]
        here = [str(world / "captions.json"), "--images", str(world / "images"), "--out", str(direct)]
        subprocess.run([*run, *here], check=True, capture_output=True)
        expected = digests(direct)
        server = Server(folder)
        try:
            client = boto3.client("s3", endpoint_url=server.url)
            client.create_bucket(Bucket=BUCKET)
            for path in world.rglob("*.*"):
                client.upload_file(str(path), BUCKET, str(path.relative_to(folder)))
            there = [f"s3://{BUCKET}/world/captions.json", "--images", f"s3://{BUCKET}/world/images"]
            for way in args.only:
                command = [*run, *there, "--out", f"s3://{BUCKET}/{way}", f"--s3_endpoint_url={server.url}"]
                start, said = time.monotonic(), ""
                process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                if way != "undisturbed":
                    said = disturb(process, server, client, way, args.away)
                _, errors = process.communicate()
                said += f"exit code {process.returncode}, {time.monotonic() - start:.0f} s"
                if process.returncode:
                    lines = errors.strip().splitlines()
                    print(f"  {way}: {len(lines)} lines of errors\n    " + "\n    ".join(lines[-6:]))
                if way == "gone":
                    good &= process.returncode == 1
                    server.start()
                    again = subprocess.run(command, capture_output=True, check=False)
                    said += f", then exit code {again.returncode}"
                found = stored_digests(client, way)
                differing = sorted(k for k in {*expected, *found} if expected.get(k) != found.get(k))
                good &= not differing
                said += f"; DIFFERS in {differing[:5]}" if differing else f"; all {len(found)} files the same"
                print(f"{way}: {said}", flush=True)
        finally:
            server.stop()
    print("all the same" if good else "NOT good")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
