"""Features and graphs of shards become relations, on a real runner."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import apache_beam as beam
import numpy as np
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from schemas.feature_shard import FeatureLayout, FeatureRow, create_feature_shard
from schemas.graph_shard import write_graph_shard
from schemas.records import Caption, ImageGraphs, ImageRelations, Regions, SceneGraph, Split, TextObject, TextRelation
from schemas.relation_shard import read_relation_shard
from schemas.sidecar import Sidecar, StageCount
from transforms.corpus import corpus_statistics
from transforms.predict_relations import predict_relations
from transforms.publish import Target
from transforms.relation_evidence import ObjectNames
from transforms.relation_prior import RelationPrior, learn_prior
from transforms.seen_regions import seen_regions
from transforms.storage import publish_file, publish_text
from transforms.write_relations import PRIOR, LearnRelations, PredictRelations, gather_shard

OBJECTS = ("man", "horse", "dog")
SHARDS = 3
Sides = tuple[list[Sidecar], list[Sidecar]]


def graph(subject: str, predicate: str, object_: str) -> SceneGraph:
    things = tuple(TextObject(i, head, (), None, (0, 1)) for i, head in enumerate((subject, object_)))
    return SceneGraph(((0, 1),), things, (TextRelation(0, predicate, 1, False, (0, 1)),))


def world(shard: int) -> Iterator[tuple[ImageGraphs, Regions | None]]:
    """Yields images of a man above a horse or far from a dog; the test split says what is not so."""
    for i in range(12):
        split: Split = "test" if i % 4 == 3 else "train"
        near = i % 2 == 0
        said = graph("man", "ride", "horse") if near else graph("man", "watch", "dog")
        said = graph("horse", "bite", "man") if split == "test" else said
        name = f"im{shard}-{i}"
        image = ImageGraphs(name, f"{name}.jpg", split, (Caption(f"{name}#0", "…"),), (said,))
        boxes = [[10, 10, 20, 30], [5, 25, 30, 45]] if near else [[10, 10, 20, 30], [80, 10, 95, 30]]
        ids = np.array([0, 1 if near else 2], np.int32)
        scores, none = np.array([0.9, 0.8], np.float32), np.zeros((2, 0))
        regions = Regions(
            np.ones((2, 4), np.float32), np.array(boxes, np.float32), ids, scores,
            none.astype(np.int32), none.astype(np.float32), (60, 100),
        )  # fmt: skip
        yield image, None if i == 5 else regions


@pytest.fixture
def target(tmp_path: Path) -> Target:
    (tmp_path / "out").mkdir()
    return Target(str(tmp_path / "out"), SHARDS, "fingerprint")


@pytest.fixture
def sides(target: Target, tmp_path: Path) -> Sides:
    features, graphs = [], []
    for shard in range(SHARDS):
        content = list(world(shard))
        local = tmp_path / "local"
        with create_feature_shard(local, FeatureLayout(4, 4, 0), [image.image_id for image, _ in content]) as writer:
            for row, (_, regions) in enumerate(content):
                if regions is not None:
                    writer.write(row, FeatureRow(regions, np.zeros((2, 2), np.uint8)))
        features.append(sidecar(target, "features", ".h5", shard, local))
        write_graph_shard(local, [image for image, _ in content])
        graphs.append(sidecar(target, "graphs", ".parquet", shard, local))
    return features, graphs


def sidecar(target: Target, product: str, extension: str, shard: int, local: Path) -> Sidecar:
    entry = publish_file(local, target.out, f"{product}-{shard:05}-of-{SHARDS:05}{extension}")
    return Sidecar(product, shard, SHARDS, 12, "fingerprint", "", (entry,), {"Stage": StageCount(12, 12, 0)})


def run(target: Target, sides: Sides, seed: int = 0) -> None:
    features, graphs = ([*side] for side in sides)
    random.Random(seed).shuffle(features)
    corpus = publish_text(corpus_statistics([]).to_json(), target.out, "corpus.json")
    with beam.Pipeline(runner=FnApiRunner()) as p:
        found = p | "Features" >> beam.Create(features)
        said, words = p | "Graphs" >> beam.Create(graphs), p | "Corpus" >> beam.Create([corpus])
        prior = (found, said, words) | "LearnRelations" >> LearnRelations(target, OBJECTS)
        _ = (found, prior) | "PredictRelations" >> PredictRelations(target)


def relations(out: str) -> list[ImageRelations]:
    return [image for path in sorted(Path(out).glob("relations-*.parquet")) for image in read_relation_shard(path)]


def test_predict_relations_equals_plain_functions_in_a_loop(target: Target, sides: Sides) -> None:
    run(target, sides)
    seen = [list(seen_regions(target.out, features)) for features in sides[0]]
    names = ObjectNames(OBJECTS, corpus_statistics([]).knowledge.compatibility)
    images = [[image for image, _ in world(shard)] for shard in range(SHARDS)]
    gathered = [data for a, b in zip(images, seen, strict=True) for _, data in gather_shard(a, b, names)]
    prior = learn_prior(gathered, OBJECTS)
    assert Path(target.out, PRIOR).read_text() == prior.to_json()
    again = RelationPrior.from_json(prior.to_json())
    written = relations(target.out)
    expected = [predict_relations(regions, again) for shard in seen for regions in shard]
    assert [image.image_id for image in written] == [image.image_id for image in expected]
    for ours, theirs in zip(written, expected, strict=True):
        assert [(r.subject, r.predicate, r.object) for r in ours.relations] == [
            (r.subject, r.predicate, r.object) for r in theirs.relations
        ]
        np.testing.assert_allclose([r.score for r in ours.relations], [r.score for r in theirs.relations], rtol=1e-6)


def test_learn_relations_takes_nothing_from_the_test_split(target: Target, sides: Sides) -> None:
    run(target, sides)
    prior = RelationPrior.from_json(Path(target.out, PRIOR).read_text())
    assert prior.predicates == ("ride", "watch")


def test_predict_relations_finds_what_training_captions_say_in_the_test_split(target: Target, sides: Sides) -> None:
    run(target, sides)
    tops = {image.image_id: image.relations[0] for image in relations(target.out) if image.relations}
    assert all(tops[f"im{k}-0"].predicate == "ride" for k in range(SHARDS))
    assert all(tops[f"im{k}-3"].predicate == "watch" for k in range(SHARDS))


def test_predict_relations_keeps_the_row_of_a_failed_image(target: Target, sides: Sides) -> None:
    run(target, sides)
    written = {image.image_id: image.relations for image in relations(target.out)}
    assert len(written) == 12 * SHARDS
    assert written["im1-5"] == ()


def test_predict_relations_writes_the_same_bytes_in_any_order(target: Target, sides: Sides, tmp_path: Path) -> None:
    run(target, sides)
    before = {path.name: path.read_bytes() for path in Path(target.out).iterdir()}
    for path in Path(target.out).glob("relation*"):
        path.unlink()
    run(target, sides, seed=1)
    assert {path.name: path.read_bytes() for path in Path(target.out).iterdir()} == before


def test_predict_relations_skips_finished_shards(target: Target, sides: Sides) -> None:
    run(target, sides)
    path = next(Path(target.out).glob("relations-00001-*.parquet"))
    before = path.stat().st_ino
    run(target, sides)
    assert path.stat().st_ino == before
