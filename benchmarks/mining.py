"""What does mining cost, once captions are graphs? Time and memory for all and for a fifth, and the bytes it gives.

    python -m benchmarks.mining graphs CAPTIONS FOLDER [--shards 32]    parses captions into shards of graphs, once
    python -m benchmarks.mining cost FOLDER [--workers 2]               mines every fifth shard, then all of them
    python -m benchmarks.mining same FOLDER [--part 5]                  one process, two, shuffled: the same bytes?
    python -m benchmarks.mining pool FOLDER                             what hard candidates lose in smaller pools

CAPTIONS is a JSONL(.gz) file of {"filename", "split", "sentences"}. What is timed is a fresh process with its workers:
learning (corpus.json, candidates.tsv), the labels of every shard, and the rules. Memory is the largest sum, ten times a
second, of the proportional set sizes of the process and its workers: what they share counts once.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import apache_beam as beam
import numpy as np

from benchmarks.phrase_labels import graphs_of, read_jsonl
from pipeline.direct import local_pipeline
from pipeline.runner_options import RunnerOptions
from schemas.graph_shard import read_graph_shard, write_graph_shard
from schemas.sharding import row_key, shard_of, shard_stem
from schemas.sidecar import FileEntry, Sidecar, StageCount
from transforms.candidates import CandidatePool
from transforms.corpus_sample import encode_captions, hash64
from transforms.phrases import read_caption
from transforms.publish import Target
from transforms.write_labels import CountCorpus, MinePhraseLabels
from transforms.write_phrase_rules import CompilePhraseRules

CANDIDATES = 5


def write_graphs(captions: Path, folder: Path, shards: int) -> None:
    folder.mkdir(parents=True)
    rows = [(r["filename"].rsplit(".", 1)[0], r.get("split", "train"), r["sentences"]) for r in read_jsonl(captions)]
    rows.sort(key=lambda row: row_key("", row[0]))
    for shard in range(shards):
        images = list(graphs_of([row for row in rows if shard_of(row_key("", row[0]), shards) == shard]))
        path = folder / (shard_stem("graphs", shard, shards) + ".parquet")
        write_graph_shard(path, images)
        entry = FileEntry(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        counts = {"ParseCaptions": StageCount(len(images), len(images), 0)}
        sidecar = Sidecar("graphs", shard, shards, len(images), "", "", (entry,), counts)
        (folder / sidecar.name).write_text(sidecar.to_json())


def sidecars_of(folder: Path) -> list[Sidecar]:
    return [Sidecar.from_json(path.read_text()) for path in sorted(folder.glob("graphs-*.json"))]


def mine(out: Path, workers: int, seed: int | None) -> None:
    """Mines the graphs that lie in `out`; a seed shuffles them first."""
    graphs = sidecars_of(out)
    if seed is not None:
        random.Random(seed).shuffle(graphs)
    target = Target(str(out), graphs[0].n_shards, "")
    with local_pipeline(RunnerOptions(), workers) as p:
        sidecars = p | beam.Create(graphs)  # Sidecar
        corpus, pool = sidecars | CountCorpus(target)  # FileEntry of tables, of candidates
        (sidecars, corpus, pool) | MinePhraseLabels(target, CANDIDATES)
        (sidecars, corpus) | CompilePhraseRules(target)


def measure(folder: Path, workers: int, part: int = 1, seed: int | None = None) -> tuple[float, float, dict[str, str]]:
    """Returns seconds, MiB and the digests of what mining every part-th shard writes."""
    with tempfile.TemporaryDirectory(prefix="multigrain-mining-", dir=folder) as name:
        out, captions = Path(name), 0
        for sidecar in sidecars_of(folder)[::part]:
            for file in (sidecar.name, sidecar.files[0].name):
                os.link(folder / file, out / file)
            captions += sidecar.rows
        arguments = [sys.executable, "-m", "benchmarks.mining", "mine", name, "--workers", str(workers)]
        start, peak = time.monotonic(), 0.0
        process = subprocess.Popen(arguments + ([] if seed is None else ["--seed", str(seed)]))
        while process.poll() is None:
            peak = max(peak, sum(map(proportional, family(process.pid))))
            time.sleep(0.1)
        seconds = time.monotonic() - start
        if process.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed")
        made = (path for path in sorted(out.iterdir()) if not path.name.startswith("graphs-"))
        found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in made}
        print(f"{captions} images, {workers} workers: {seconds:.1f} s, peak {peak:.0f} MiB", flush=True)
        return seconds, peak, found


def compare_pools(folder: Path) -> None:
    """Prints what the five hardest candidates of an image share with it, by the size of the pool that they are from."""
    paths = (folder / sidecar.files[0].name for sidecar in sidecars_of(folder))
    images = [image for path in paths for image in read_graph_shard(path) if image.split == "train"]
    images.sort(key=lambda image: hash64("sample", image.image_id))
    pool = CandidatePool((image.image_id, encode_captions(image)) for image in images)
    sizes = [size for size in (1_024, 4_096, 8_192, 16_384) if size < len(images)] + [len(images)]
    shared = dict.fromkeys(sizes, 0.0)
    for number in random.Random(0).sample(range(len(images)), 300):
        image = images[number]
        own = [read_caption(c.caption_id, g) for c, g in zip(image.captions, image.graphs, strict=True)]
        score = pool.overlap(own)
        best = np.zeros(len(images))
        np.maximum.at(best, pool.image, score)
        best[number] = 0
        for size in sizes:
            shared[size] += float(np.sort(best[:size])[-5:].sum())
    for size in sizes:
        print(f"pool of {size} images: {100 * shared[size] / shared[sizes[-1]]:.0f}% of the overlap")


def family(pid: int) -> list[int]:
    """Returns a process and all below it."""
    found = [pid]
    for parent in found:
        try:
            tasks = Path(f"/proc/{parent}/task").iterdir()
            found += [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except OSError:
            continue  # it ended meanwhile
    return found


def proportional(pid: int) -> float:
    """Returns the proportional set size of a process in MiB, 0 where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("graphs")
    command.add_argument("captions", type=Path)
    command.add_argument("folder", type=Path)
    command.add_argument("--shards", type=int, default=32)
    for name in ("cost", "same", "pool", "mine"):
        command = commands.add_parser(name)
        command.add_argument("folder", type=Path)
        command.add_argument("--workers", type=int, default=2)
        command.add_argument("--part", type=int, default=5)
        command.add_argument("--seed", type=int)
    args = parser.parse_args(arguments)
    if args.command == "graphs":
        write_graphs(args.captions, args.folder, args.shards)
    elif args.command == "mine":
        mine(args.folder, args.workers, args.seed)
    elif args.command == "pool":
        compare_pools(args.folder)
    elif args.command == "cost":
        fifth, _, _ = measure(args.folder, args.workers, args.part)
        whole, _, _ = measure(args.folder, args.workers)
        print(f"all of them take {whole / fifth:.2f} times as long as 1 of {args.part} shards")
    else:
        ways = [(1, None), (args.workers, None), (args.workers, 1)]
        results = [measure(args.folder, workers, args.part, seed)[2] for workers, seed in ways]
        print(f"{len(results[0])} files: " + ("the same" if results.count(results[0]) == len(results) else "DIFFERENT"))


if __name__ == "__main__":
    main()
