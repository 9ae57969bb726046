"""How good and how fast are text scene graphs? Quality on files of gold graphs, speed next to peers in one run.

    python -m benchmarks.text_scene_graphs quality GOLD [GOLD ...]      # FACTUAL .csv, hand-judged cases .jsonl
    python -m benchmarks.text_scene_graphs speed CAPTIONS [--captions N] [--peer N]
    python -m benchmarks.text_scene_graphs workers CAPTIONS [--captions N] [--workers N]
    python -m benchmarks.text_scene_graphs memory CAPTIONS [--captions N]

GOLD and CAPTIONS are files of your own; CAPTIONS is text, a caption a line, or JSON lines with "sentences", .gz or not.
How quality is scored: benchmarks/graph_quality.py. The peer is sng_parser (pip install scenegraphparser). Speeds are
ratios of processor time, of one run on one core, the candidates taking turns.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is loaded

import argparse
import gzip
import json
import platform
import resource
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time

from threadpoolctl import threadpool_info

from benchmarks.graph_quality import quality
from transforms.scene_graphs import CaptionParser, load_parser

TURN = 1024  # captions of one turn of a candidate


# --- speed -----------------------------------------------------------------------------------------------------------


def read_captions(path: Path, number: int) -> list[str]:
    """Returns the first captions of a text or JSON lines file."""

    def captions() -> Iterator[str]:
        with gzip.open(path, "rt", encoding="utf8") if path.suffix == ".gz" else path.open(encoding="utf8") as lines:
            for line in lines:
                yield from json.loads(line)["sentences"] if line.startswith("{") else [line.strip()]

    return list(islice(captions(), number))


def take_turns(candidates: dict[str, Callable[[list[str]], None]], turns: list[list[str]]) -> dict[str, float]:
    """Returns the processor seconds of each candidate; they take turns, so that all meet the same machine."""
    seconds = dict.fromkeys(candidates, 0.0)
    for i, captions in enumerate(turns):
        names = list(candidates)[:: 1 if i % 2 else -1]
        for name in names:
            start = process_time()
            candidates[name](captions)
            seconds[name] += process_time() - start
    return seconds


def speed(path: Path, number: int, peer: int) -> None:
    """Prints our speed against bare nlp.pipe, against the Parquet stage, and against sng_parser."""
    import spacy
    from thinc.api import NumpyOps, set_current_ops

    from transforms.spacy_parser import model_folder

    captions = read_captions(path, number)
    peer_graphs = load_peer() if peer else None
    set_current_ops(NumpyOps(use_blis=False))  # the multiplication that ours uses
    bare = spacy.load(model_folder("en_core_web_sm").name, exclude=["ner", "lemmatizer", "attribute_ruler", "senter"])

    def bare_pipe(texts: list[str]) -> None:
        for _ in bare.pipe(texts):
            pass

    with tempfile.TemporaryDirectory() as folder:
        stage = parquet_stage(Path(folder))
        parser = load_parser()  # last, as a worker loads it

        def graphs(texts: list[str]) -> None:
            for _ in parser.parse(texts):
                pass

        candidates = {
            "bare nlp.pipe": bare_pipe,
            "parse and graph": graphs,
            "to Parquet": partial(stage, parser=parser),
        }
        turns = [captions[i : i + TURN] for i in range(0, len(captions), TURN)]
        take_turns(candidates, turns[:2])  # warm
        seconds = take_turns(candidates, turns)
    for name, taken in seconds.items():
        rate, ratio = len(captions) / taken, taken / seconds["bare nlp.pipe"]
        print(f"{name:16} {rate:7.0f} captions/s, {ratio:.3f} times bare nlp.pipe")
    if peer_graphs is not None:
        turns = [captions[i : i + 100] for i in range(0, min(peer, len(captions)), 100)]
        seconds = take_turns({"sng_parser": peer_graphs, "ours": graphs}, turns)
        rate, ratio = sum(map(len, turns)) / seconds["sng_parser"], seconds["sng_parser"] / seconds["ours"]
        print(f"{'sng_parser':16} {rate:7.0f} captions/s; ours is {ratio:.1f} times faster")


def parquet_stage(folder: Path) -> Callable[..., None]:
    """Returns the work of the Beam stage ParseCaptions: a shard of captions to a Parquet file."""
    from schemas.records import Caption, ImageRecord
    from transforms.shard_records import Shard
    from transforms.write_graphs import build_graphs

    def write(texts: list[str], parser: CaptionParser) -> None:
        images = [texts[i : i + 5] for i in range(0, len(texts), 5)]
        records = tuple(
            ImageRecord(str(i), "", "train", tuple(Caption(f"{i}#{k}", t) for k, t in enumerate(own)))
            for i, own in enumerate(images)
        )
        build_graphs(folder / "graphs.parquet", Shard(0, records, (), ()), parser)

    return write


def load_peer() -> Callable[[list[str]], None]:
    """Returns sng_parser as its users run it: spaCy's own matrix multiplication, a caption at a time."""
    import sng_parser

    from transforms.spacy_parser import model_folder

    peer = sng_parser.Parser("spacy", model=model_folder("en_core_web_sm").name)

    def peer_graphs(texts: list[str]) -> None:
        for text in texts:
            peer.parse(text)

    peer_graphs(["a man rides a horse"])
    return peer_graphs


# --- workers ---------------------------------------------------------------------------------------------------------


def parse_all(captions: list[str]) -> int:
    """Returns the number of objects in the captions' graphs: the work of one worker."""
    return sum(len(graph.objects) for graph in load_parser().parse(captions))


def workers(path: Path, number: int, count: int) -> None:
    """Prints how much faster several workers are than one, loading included."""
    captions = read_captions(path, number)
    seconds: dict[int, float] = {}
    for n in (1, count):
        parts = [captions[i::n] for i in range(n)]
        start = perf_counter()
        with ProcessPoolExecutor(n, mp_context=get_context("spawn")) as pool:
            objects = sum(pool.map(parse_all, parts))
        seconds[n] = perf_counter() - start
        print(f"{n} workers: {len(captions) / seconds[n]:.0f} captions/s, {objects} objects")
    print(f"{count} workers are {seconds[1] / seconds[count]:.2f} times as fast as one")


# --- memory ----------------------------------------------------------------------------------------------------------

OPENINGS = ("", "here ", "look , ", "today ", "outside , ", "in a photo , ")  # what makes a caption another one


def memory(path: Path, number: int) -> None:
    """Prints the most memory that parsing has taken after every 50,000 distinct captions."""
    captions = list(dict.fromkeys(read_captions(path, number)))
    distinct = islice((opening + caption for opening in OPENINGS for caption in captions), number)
    for count, _ in enumerate(load_parser().parse(distinct), 1):
        if count % 50_000 == 0:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(f"{count:7,} captions: {peak / 1024:.0f} MB", flush=True)


def main() -> None:
    """Runs the part that the command line names."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parts = options.add_subparsers(dest="part", required=True)
    gold = parts.add_parser("quality", help="quality on files of gold graphs")
    gold.add_argument("paths", type=Path, nargs="+")
    fast = parts.add_parser("speed", help="speed next to bare spaCy and sng_parser")
    fast.add_argument("path", type=Path)
    fast.add_argument("--captions", type=int, default=20_000)
    fast.add_argument("--peer", type=int, default=1_000, help="captions that sng_parser is timed on, 0 for none")
    many = parts.add_parser("workers", help="several workers against one")
    many.add_argument("path", type=Path)
    many.add_argument("--captions", type=int, default=155_070)
    many.add_argument("--workers", type=int, default=2)
    long = parts.add_parser("memory", help="the most memory taken while captions go by")
    long.add_argument("path", type=Path)
    long.add_argument("--captions", type=int, default=600_000)
    o = options.parse_args()
    blas = ", ".join(f"{b['internal_api']} {b['version']} for {b.get('architecture')}" for b in threadpool_info())
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy's BLAS: {blas}")
    if o.part == "quality":
        quality(o.paths)
    elif o.part == "speed":
        speed(o.path, o.captions, o.peer)
    elif o.part == "workers":
        workers(o.path, o.captions, o.workers)
    else:
        memory(o.path, o.captions)


if __name__ == "__main__":
    main()
