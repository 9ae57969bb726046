"""Regions and scene graphs of the whole corpus become relations between the regions, a Parquet file a shard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.utils.shared import Shared

from schemas.records import ImageGraphs
from schemas.relation_shard import write_relation_shard
from schemas.sidecar import FileEntry, Sidecar, StageCount, digest
from transforms.corpus_sample import BottomSample
from transforms.knowledge_tables import read_knowledge
from transforms.predict_relations import predict_relations
from transforms.progress import count
from transforms.publish import Product, ShardContent, Target, publish_shard
from transforms.relation_evidence import ObjectNames, gather_evidence
from transforms.relation_prior import RelationPrior, learn_prior
from transforms.seen_regions import SeenRegions, seen_regions
from transforms.storage import publish_text, read_text
from transforms.write_graphs import shard_images

STAGE = "PredictRelations"
PRODUCT = Product("relations", ".parquet", STAGE, "related")
PRIOR = "relation_prior.json"
LEARN = 16_384  # training images that teach, at most; about 1 KB each

Gathered = tuple[str, bytes]  # (image id, its evidence)


@dataclass
class LearnRelations(beam.PTransform):
    """Publishes the relation prior: (Sidecar of features, Sidecar of graphs, FileEntry of the corpus) -> FileEntry."""

    target: Target
    objects: tuple[str, ...]  # the detector's object names

    def expand(self, inputs: tuple[beam.PCollection, beam.PCollection, beam.PCollection]) -> beam.PCollection:
        features, graphs, corpus = inputs
        gather = _Gather(self.target, self.objects)
        return (
            {
                "features": features | "FeaturesByShard" >> beam.WithKeys(_shard),
                "graphs": graphs | "GraphsByShard" >> beam.WithKeys(_shard),
            }
            | "SameShard" >> beam.CoGroupByKey()  # (shard, {product: [Sidecar]})
            | "Gather" >> beam.ParDo(gather, beam.pvalue.AsSingleton(corpus))  # (image id, evidence)
            | "Learn" >> beam.CombineGlobally(RelationStatistics(self.objects))  # RelationPrior
            | "Publish" >> beam.Map(partial(_publish_prior, self.target.out))  # FileEntry
        )


def _shard(sidecar: Sidecar) -> int:
    return sidecar.shard


def gather_shard(
    images: Iterable[ImageGraphs], regions: Iterable[SeenRegions], names: ObjectNames
) -> Iterator[Gathered]:
    """Yields (image id, evidence) for each training image of a shard; both inputs are in row order."""
    for image, seen in zip(images, regions, strict=True):
        if image.split == "train" and len(seen.boxes):
            yield image.image_id, gather_evidence(image, seen, names).to_bytes()


class _Gather(beam.DoFn):
    def __init__(self, target: Target, objects: Sequence[str]) -> None:
        self._out, self._target, self._objects, self._shared = target.out, target, objects, Shared()

    def process(
        self, element: tuple[int, Mapping[str, Iterable[Sidecar]]], corpus: FileEntry
    ) -> Iterator[tuple[str, bytes]]:
        (features,), (graphs,) = element[1]["features"], element[1]["graphs"]
        load = partial(_load_names, self._out, corpus.name, self._objects)
        names = self._shared.acquire(load, tag=corpus.sha256)
        yield from gather_shard(shard_images(self._target, graphs), seen_regions(self._out, features), names)


def _load_names(out: str, corpus: str, objects: Sequence[str]) -> ObjectNames:
    knowledge = read_knowledge(read_text(FileSystems.join(out, corpus)))
    return ObjectNames(objects, knowledge.compatibility)


class RelationStatistics(beam.CombineFn):
    """(image id, evidence) -> RelationPrior. An accumulator holds at most twice `LEARN` images."""

    def __init__(self, objects: Sequence[str]) -> None:
        self._objects = objects

    def create_accumulator(self) -> BottomSample:
        return BottomSample(LEARN)

    def add_input(self, accumulator: BottomSample, gathered: Gathered) -> BottomSample:
        image_id, evidence = gathered
        accumulator.add_content(image_id, partial(bytes, evidence))
        return accumulator

    def merge_accumulators(self, accumulators: Iterable[BottomSample]) -> BottomSample:
        merged = self.create_accumulator()
        for accumulator in accumulators:
            merged.merge(accumulator)
        return merged

    def extract_output(self, accumulator: BottomSample) -> RelationPrior:
        return learn_prior([evidence for _, _, evidence in accumulator.entries()], self._objects)


def _publish_prior(out: str, prior: RelationPrior) -> FileEntry:
    return publish_text(prior.to_json(), out, PRIOR)


@dataclass
class PredictRelations(beam.PTransform):
    """Writes the relations of each shard: (Sidecar of features, FileEntry of the prior) -> Sidecar."""

    target: Target

    def expand(self, inputs: tuple[beam.PCollection, beam.PCollection]) -> beam.PCollection:
        features, prior = inputs
        return features | "Predict" >> beam.ParDo(_Predict(self.target), beam.pvalue.AsSingleton(prior))


class _Predict(beam.DoFn):
    def __init__(self, target: Target) -> None:
        self._target, self._shared = target, Shared()

    def process(self, features: Sidecar, prior: FileEntry) -> Iterator[Sidecar]:
        def build(path: Path) -> ShardContent:
            load = partial(_load_prior, self._target.out, prior.name)
            learned: Any = self._shared.acquire(load, tag=prior.sha256)
            return build_relations(path, seen_regions(self._target.out, features), learned)

        inputs = digest([features.files[0].sha256, prior.sha256])
        yield publish_shard(self._target, PRODUCT, features.shard, inputs, build)


def build_relations(path: Path, regions: Iterable[SeenRegions], prior: RelationPrior) -> ShardContent:
    """Writes the relations of one shard to a local file and returns its counts; no image is refused."""
    images = []
    for seen in regions:
        images.append(predict_relations(seen, prior))
        count(PRODUCT.counter)
    write_relation_shard(path, images)
    return ShardContent(len(images), {STAGE: StageCount(len(images), len(images), 0)}, [])


def _load_prior(out: str, name: str) -> RelationPrior:
    return RelationPrior.from_json(read_text(FileSystems.join(out, name)))
