"""Captions become scene graphs, a Parquet file a shard."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.utils.shared import Shared

from schemas.graph_shard import read_graph_shard, write_graph_shard
from schemas.records import DeadLetter, ImageGraphs, SceneGraph
from schemas.sidecar import Sidecar, StageCount
from transforms.progress import count
from transforms.publish import Product, ShardContent, Target, publish_shard
from transforms.scene_graphs import CaptionParser, load_parser
from transforms.shard_records import Shard
from transforms.storage import fetch_file

STAGE = "ParseCaptions"
PRODUCT = Product("graphs", ".parquet", STAGE, "captions_done")
# A runner may give two shards to threads of one process, and a parser keeps caches that threads would tear.
_ALONE = threading.Lock()


def parse_shard(shard: Shard, parser: CaptionParser) -> tuple[list[ImageGraphs], list[DeadLetter]]:
    """Returns a shard's images with their captions parsed, and a dead letter for each caption that has no graph.

    A refused caption keeps its place, with an empty graph whose note is the reason.
    """
    captions = [caption for record in shard.records for caption in record.captions]
    graphs = parser.parse(caption.text for caption in captions)
    images: list[ImageGraphs] = []
    rejected: list[DeadLetter] = []
    for record in shard.records:
        own: list[SceneGraph] = []
        for caption in record.captions:
            graph = next(graphs)
            own.append(graph)
            if graph.note and not graph.tokens:
                rejected.append(DeadLetter(STAGE, caption.caption_id, graph.note, f"caption {caption.text[:200]!r}"))
            count(PRODUCT.counter)
        images.append(ImageGraphs(record.image_id, record.uri, record.split, record.captions, tuple(own)))
    return images, rejected


def build_graphs(path: Path, shard: Shard, parser: CaptionParser) -> ShardContent:
    """Writes the graphs of one shard to a local file and returns its counts."""
    images, rejected = parse_shard(shard, parser)
    write_graph_shard(path, images)
    counts = shard.counts() | {STAGE: StageCount(shard.captions, shard.captions - len(rejected), len(rejected))}
    return ShardContent(len(images), counts, [*shard.rejected, *rejected])


@dataclass
class ParseCaptions(beam.PTransform):
    """Writes the scene graphs of each shard: Shard -> Sidecar."""

    target: Target
    parser: str  # "spacy:<model>" or "stanza:<folder>"

    def expand(self, shards: beam.PCollection) -> beam.PCollection:
        return shards | "Parse" >> beam.ParDo(_Parse(self.target, self.parser))


class _Parse(beam.DoFn):
    def __init__(self, target: Target, parser: str) -> None:
        self._target, self._spec, self._shared = target, parser, Shared()

    def process(self, shard: Shard) -> Iterator[Sidecar]:
        load: Callable[[], Any] = partial(load_parser, self._spec)

        def build(path: Path) -> ShardContent:
            with _ALONE:
                return build_graphs(path, shard, self._shared.acquire(load, tag=self._spec))

        yield publish_shard(self._target, PRODUCT, shard.index, shard.record_digest(), build)


def shard_images(target: Target, sidecar: Sidecar) -> Iterable[ImageGraphs]:
    """Yields the images of a finished graph shard, streamed from its file."""
    with tempfile.TemporaryDirectory(prefix="multigrain-") as spool:
        local = Path(spool, sidecar.files[0].name)
        fetch_file(target.out, sidecar.files[0], local)
        yield from read_graph_shard(local)
