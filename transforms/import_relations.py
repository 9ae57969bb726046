"""Scene graphs that somebody else detected become relations between our regions, a Parquet file a shard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

import apache_beam as beam

from schemas.records import DeadLetter, ImageRelations
from schemas.relation_shard import write_relation_shard
from schemas.sidecar import Sidecar, StageCount, digest
from transforms.predict_relations import PAIRS
from transforms.progress import count
from transforms.publish import Product, ShardContent, Target, publish_shard
from transforms.scene_graph_dump import BadPredictionError, DumpedGraph, place_relations, read_scene_graphs
from transforms.seen_regions import SeenRegions, seen_regions
from transforms.write_graphs import shard_images

STAGE = "ImportRelations"
PRODUCT = Product("relations", ".parquet", STAGE, "related")

Dumped = DumpedGraph | BadPredictionError
Placed = tuple[str, Dumped | None]  # (image id, its graph if there is one)


@dataclass
class ImportRelations(beam.PTransform):
    """Writes the relations of each shard: (Sidecar of features, Sidecar of graphs) -> Sidecar."""

    target: Target
    folder: str  # see transforms.scene_graph_dump

    def expand(self, inputs: tuple[beam.PCollection, beam.PCollection]) -> beam.PCollection:
        features, graphs = inputs
        wanted = graphs | "NameImages" >> beam.FlatMap(partial(_names, self.target))  # (name, (shard, image id))
        dumped = (
            features.pipeline
            | "Folder" >> beam.Create([self.folder])
            | "ReadSceneGraphs" >> beam.FlatMap(read_scene_graphs)  # (name, DumpedGraph | BadPredictionError)
        )
        placed = (
            {"wanted": wanted, "dumped": dumped}
            | "SameName" >> beam.CoGroupByKey()
            | "Assign" >> beam.FlatMap(_assign)  # (shard, (image id, DumpedGraph | BadPredictionError | None))
        )
        return (
            {"features": features | "ByShard" >> beam.WithKeys(_shard), "placed": placed}
            | "SameShard" >> beam.CoGroupByKey()
            | "Import" >> beam.ParDo(_Import(self.target))  # Sidecar
        )


def _shard(sidecar: Sidecar) -> int:
    return sidecar.shard


def _names(target: Target, graphs: Sidecar) -> Iterator[tuple[str, tuple[int, str]]]:
    for image in shard_images(target, graphs):
        yield PurePath(image.uri).name, (graphs.shard, image.image_id)


def _assign(group: tuple[str, Mapping[str, Iterable[object]]]) -> Iterator[tuple[int, Placed]]:
    """Yields each image of one file name with its graph; a name that is not unique is nobody's."""
    name, both = group
    wanted: list[tuple[int, str]] = list(both["wanted"])  # type: ignore[arg-type]
    dumped: list[Dumped] = list(both["dumped"])  # type: ignore[arg-type]
    found = dumped[0] if dumped else None
    if dumped and len(wanted) * len(dumped) > 1:
        found = BadPredictionError(f"{len(wanted)} images and {len(dumped)} predictions are of files named {name!r}")
    for shard, image_id in wanted:
        yield shard, (image_id, found)


class _Import(beam.DoFn):
    def __init__(self, target: Target) -> None:
        self._target = target

    def process(self, element: tuple[int, Mapping[str, Iterable[object]]]) -> Iterator[Sidecar]:
        (features,) = element[1]["features"]
        assert isinstance(features, Sidecar)
        placed: dict[str, Dumped | None] = dict(element[1]["placed"])  # type: ignore[arg-type]

        def build(path: Path) -> ShardContent:
            return build_imported(path, seen_regions(self._target.out, features), placed)

        inputs = digest([features.files[0].sha256])
        yield publish_shard(self._target, PRODUCT, features.shard, inputs, build)


def build_imported(path: Path, regions: Iterable[SeenRegions], dumped: Mapping[str, Dumped | None]) -> ShardContent:
    """Writes the relations of one shard to a local file and returns its counts; an image without a usable graph keeps
    an empty row and has a dead letter."""
    images: list[ImageRelations] = []
    rejected: list[DeadLetter] = []
    for seen in regions:
        graph = dumped.get(seen.image_id)
        if isinstance(graph, DumpedGraph):
            images.append(place_relations(graph, seen, pairs=PAIRS))
        else:
            images.append(ImageRelations(seen.image_id, ()))
            reason = "missing_prediction" if graph is None else "bad_prediction"
            detail = "no scene graph of a file of that name" if graph is None else str(graph)
            rejected.append(DeadLetter(STAGE, seen.image_id, reason, detail))
        count(PRODUCT.counter)
    write_relation_shard(path, images)
    n = len(images)
    return ShardContent(n, {STAGE: StageCount(n, n - len(rejected), len(rejected))}, rejected)
