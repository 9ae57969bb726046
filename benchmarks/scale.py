"""What would a corpus of millions cost, and where would it break first? Measured a photo and caption, then multiplied.

    python -m benchmarks.scale CAPTIONS.jsonl.gz DATASET [--captions 50000] [--gpu-rate 10]

Measures, in CPU seconds of one core, reading, encoding for the shuffle, parsing and label mining on the first captions
of a caption file (mining on a thousand of their images, whose candidates come from a pool of them all, as in a run),
the bytes of the text products in a finished data set with photos, and those of a feature file of 36 regions of 2048
numbers. Then simulates, for COCO, Conceptual Captions and LAION-400M: how evenly a hash fills the shards, the bytes of
the shuffle, what meets at the keys that everything goes to (corpus, manifest), and the number of files; and multiplies
cores, GPUs, hours and storage. The rate of a GPU is not measured but an argument.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from apache_beam.coders import FastPrimitivesCoder

from schemas.feature_shard import FeatureLayout, create_feature_shard
from schemas.records import Annotation, ImageGraphs
from schemas.sharding import MAX_SHARDS
from transforms.annotations import group_annotations, read_annotations
from transforms.corpus import LEARN, CorpusStatistics
from transforms.corpus_sample import encode_captions
from transforms.phrase_labels import mine_image
from transforms.scene_graphs import DEFAULT, load_parser

GIB = 2**30
MINED = 1_000  # images whose labels are mined


@dataclass(frozen=True)
class Corpus:
    name: str
    images: int
    captions: float  # an image
    shards: int
    workers: int


CORPORA = (
    Corpus("COCO 2014", 123_287, 5.0, 256, 8),
    Corpus("Conceptual Captions 3M", 3_318_333, 1.0, 6_400, 64),
    Corpus("LAION-400M", 400_000_000, 1.0, MAX_SHARDS, 1_000),
)


def seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def measure_text(path: str, wanted: int) -> dict[str, float]:
    """Returns CPU seconds and bytes a caption (c) or image (i) of every step on captions alone."""
    read, annotations = seconds(lambda: list(islice(read_annotations(path), wanted)))
    annotations = [a for a in annotations if isinstance(a, Annotation)]
    coder = FastPrimitivesCoder()
    encode, encoded = seconds(lambda: [coder.encode((12_345, a)) for a in annotations])
    decode, _ = seconds(lambda: [coder.decode(e) for e in encoded])
    records, _ = group_annotations(annotations)
    parser = load_parser(DEFAULT)
    list(parser.parse(["The first caption is slow, since models are loaded."]))
    texts = [c.text for r in records for c in r.captions]
    parse, graphs = seconds(lambda: list(parser.parse(texts)))
    rest = iter(graphs)
    images = [
        ImageGraphs(r.image_id, r.uri, r.split, r.captions, tuple(next(rest) for _ in r.captions)) for r in records
    ]
    combine = CorpusStatistics()
    samples = combine.create_accumulator()
    count, _ = seconds(lambda: [combine.add_input(samples, image) for image in images])
    learn, corpus = seconds(lambda: combine.extract_output(samples))
    mine_image(images[0], corpus, 5)  # builds the pools
    some = images[:: -(-len(images) // MINED)]
    mine, _ = seconds(lambda: [mine_image(image, corpus, 5) for image in some])
    n, m = len(texts), len(images)
    return {
        "read s/c": read / n,
        "shuffle s/c": (encode + decode) / n,
        "shuffle bytes/c": sum(map(len, encoded)) / n,
        "parse s/c": parse / n,
        "count s/i": count / m,
        "learn s": learn,
        "mine s/i": mine / len(some),
        "sample bytes/c": sum(len(encode_captions(image)) for image in images) / n,
    }


def measure_bytes(folder: Path) -> dict[str, float]:
    """Returns the bytes a photo of each product of a data set, and a file of its sidecars and in its manifest."""
    manifest = json.loads((folder / "manifest.json").read_text())
    sizes: Counter[str] = Counter()
    for entry in manifest["files"]:
        sizes[entry["name"].split("-")[0] if "-of-" in entry["name"] else entry["name"]] += entry["bytes"]
    rows = manifest["rows"]
    sizes["features"] = round(feature_bytes() * rows)
    sidecars = list(folder.glob("*-of-*.json"))
    return {
        **{name: size / rows for name, size in sorted(sizes.items())},
        "sidecar": sum(path.stat().st_size for path in sidecars) / len(sidecars),
        "manifest per shard file": (folder / "manifest.json").stat().st_size / len(manifest["files"]),
    }


def feature_bytes(images: int = 500) -> float:
    """Returns the bytes a photo of a feature file of 36 regions of 2048 float16 numbers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "features.h5")
        with create_feature_shard(path, FeatureLayout(36, 2048, 1, "float16"), [str(i) for i in range(images)]):
            pass
        return path.stat().st_size / images


def simulate(corpus: Corpus, text: dict[str, float], size: dict[str, float], gpu_rate: float) -> None:
    """Prints what a corpus would take."""
    captions = corpus.images * corpus.captions
    rng = np.random.default_rng(0)
    filled = rng.multinomial(corpus.images, np.full(corpus.shards, 1 / corpus.shards))
    print(f"\n{corpus.name}: {corpus.images:,} photos, {captions:,.0f} captions, {corpus.shards:,} shards")
    print(f"  photos a shard: least {filled.min():,}, mean {filled.mean():,.0f}, most {filled.max():,}")
    group = filled.max() * corpus.captions * text["shuffle bytes/c"]
    print(f"  shuffle: {captions * text['shuffle bytes/c'] / GIB:,.2f} GiB, the largest group {group / 2**20:,.1f} MiB")
    # Each bundle sends what it has counted to one key: at most LEARN photos each, a bundle a shard at worst.
    kept = np.minimum(filled, LEARN).sum() * corpus.captions * text["sample bytes/c"]
    best = min(corpus.images, corpus.workers * LEARN) * corpus.captions * text["sample bytes/c"]
    print(f"  to the one key of CountCorpus: {best / GIB:,.2f} GiB (a bundle a worker) to {kept / GIB:,.2f} (a shard)")
    products = 4
    sidecars = corpus.shards * products * size["sidecar"]
    print(f"  to the one key of WriteManifest: {sidecars / 2**20:,.1f} MiB of sidecars, "
          f"manifest of {corpus.shards * products * size['manifest per shard file'] / 2**20:,.1f} MiB")  # fmt: skip
    print(f"  files: {corpus.shards * products * 2:,}")
    stored = {name: size[name] * corpus.images / GIB for name in ("features", "graphs", "labels", "relations")}
    ratio = corpus.captions / 5  # text products of the measured data set have five captions a photo
    for name in ("graphs", "labels"):
        stored[name] *= ratio
    print("  stored: " + ", ".join(f"{name} {gib:,.1f} GiB" for name, gib in stored.items())
          + f"; together {sum(stored.values()) / 1024:,.2f} TiB")  # fmt: skip
    text_hours = (
        captions * (text["read s/c"] + text["shuffle s/c"] + text["parse s/c"])
        + corpus.images * (text["count s/i"] + text["mine s/i"])
    ) / 3600
    serial = captions * text["read s/c"] / 3600
    print(f"  text: {text_hours:,.1f} core hours, {text_hours / corpus.workers:,.2f} hours on {corpus.workers} cores; "
          f"reading one file alone {serial:,.2f} hours")  # fmt: skip
    gpu_hours = corpus.images / gpu_rate / 3600
    print(f"  regions at {gpu_rate:g} photos/s a GPU (assumed): {gpu_hours:,.0f} GPU hours")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--captions", type=int, default=50_000)
    parser.add_argument("--gpu-rate", type=float, default=10.0, help="photos a second of a GPU, assumed")
    args = parser.parse_args()
    text, size = measure_text(args.file, args.captions), measure_bytes(args.dataset)
    print("CPU seconds and bytes, a caption (c) or image (i):")
    for name, value in text.items():
        print(f"  {name:18}{value:12.6f}" if "bytes" not in name else f"  {name:18}{value:12.0f}")
    print("bytes a photo (a file for the last two):")
    for name, value in size.items():
        print(f"  {name:26}{value:12,.0f}")
    for corpus in CORPORA:
        simulate(corpus, text, size, args.gpu_rate)
    return 0


if __name__ == "__main__":
    sys.exit(main())
