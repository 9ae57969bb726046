"""Finished data sets written by hand: every text of them is the test's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np

from schemas.feature_shard import FeatureLayout, FeatureRow, create_feature_shard
from schemas.graph_shard import write_graph_shard
from schemas.label_shard import write_label_shard
from schemas.manifest import RUN, RunRecord
from schemas.records import (
    Attribute,
    Caption,
    DeadLetter,
    HardPhrase,
    ImageGraphs,
    ImageLabels,
    ImageRelations,
    LabelledCaption,
    Phrase,
    PhraseLabel,
    RegionRelation,
    Regions,
    SceneGraph,
    TextObject,
    TextRelation,
)
from schemas.relation_shard import write_relation_shard
from schemas.sharding import row_key, shard_of, shard_stem
from schemas.sidecar import FileEntry, Sidecar, StageCount, rejected_name
from transforms.publish import dead_letter_lines
from transforms.write_manifest import commit

OBJECTS = ("man", "horse,pony", "dog", "red ball")
ATTRIBUTES = ("brown", "wooden")
SIZE = (60, 80)  # (height, width)


@dataclass(frozen=True)
class Texts:
    """The words of a made image, wherever a stranger's words can stand."""

    head: str = "man"
    attribute: str = "tall"
    quantity: str = "2"
    predicate: str = "ride"
    object: str = "horse"
    caption: str = "Two tall men ride a horse."
    note: str = ""


@dataclass(frozen=True)
class MadeImage:
    image_id: str
    texts: Texts = Texts()
    uri: str = "photo.png"
    failed: bool = False
    candidate_of: str = ""  # the image whose caption is its candidate, "" for its own


@dataclass
class Folder:
    """What a data set is written from."""

    images: Sequence[MadeImage]
    photos: str | None = None
    objects: Sequence[str] = OBJECTS
    pairs: Sequence[Sequence[object]] = ()  # rows of corpus.json's heads
    letters: list[DeadLetter] = field(default_factory=list)
    options: dict[str, object] = field(default_factory=dict)


def graph(texts: Texts) -> SceneGraph:
    """Returns "<quantity> <attribute> <head> <predicate> <object>", whatever the caption says."""
    end = len(texts.caption)
    spans = tuple((min(4 * i, end), min(4 * i + 3, end)) for i in range(3))
    return SceneGraph(
        spans,
        (
            TextObject(0, texts.head, (Attribute(texts.attribute, False, (0, 1)),), texts.quantity, (0, 1)),
            TextObject(1, texts.object, (), None, (2, 3)),
        ),
        (TextRelation(0, texts.predicate, 1, False, (1, 2)),),
        texts.note,
    )


def phrases(image: MadeImage) -> tuple[Phrase, ...]:
    caption_id, t = f"{image.image_id}#0", image.texts
    return (
        Phrase("object", f"{t.quantity} {t.attribute} {t.head}", caption_id, (0,), -1, (0, 1)),
        Phrase("object", t.object, caption_id, (1,), -1, (2, 3)),
        Phrase("relation", f"{t.head} {t.predicate} {t.object}", caption_id, (0, 1), 0, (0, 3)),
    )


def labels(image: MadeImage, other: MadeImage) -> ImageLabels:
    judged = zip(
        phrases(other), ("positive", "negative", "unknown"), ("contained", "absent_head", "other"), strict=True
    )
    found = tuple(PhraseLabel(phrase, label, reason, 0.5) for phrase, label, reason in judged)  # type: ignore[arg-type]
    candidate = LabelledCaption(f"{other.image_id}#0", other.image_id, found)
    made = f"{image.texts.attribute} cow"
    hard = HardPhrase("object", "object", made, f"{image.image_id}#0", f"A {made}.", (2, 2 + len(made)), "denied", 0.9)
    return ImageLabels(image.image_id, phrases(image), (candidate,), (hard,))


def regions() -> Regions:
    """Returns a man on a horse, and a dog that the detector is not sure of."""
    boxes = np.array([[10, 5, 40, 50], [5, 20, 70, 58], [60, 40, 79, 59]], np.float32)
    return Regions(
        np.ones((3, 4), np.float32),
        boxes,
        np.array([0, 1, 2], np.int32),
        np.array([0.9375, 0.8125, 0.21875], np.float32),
        np.array([[0], [1], [0]], np.int32),
        np.array([[0.9], [0.1], [0.2]], np.float32),
        SIZE,
    )


def write_data_set(out: Path, content: Folder, n_shards: int = 2) -> Path:
    """Writes a complete data set and returns its folder."""
    out.mkdir(parents=True)
    by_id = {image.image_id: image for image in content.images}
    ordered = sorted(content.images, key=lambda image: (row_key("", image.image_id), image.image_id))
    sidecars = []
    for shard in range(n_shards):
        images = [image for image in ordered if shard_of(row_key("", image.image_id), n_shards) == shard]
        paths = {p: out / f"{shard_stem(p, shard, n_shards)}" for p in ("features", "graphs", "labels", "relations")}
        graphs = [
            ImageGraphs(i.image_id, i.uri, "train", (Caption(f"{i.image_id}#0", i.texts.caption),), (graph(i.texts),))
            for i in images
        ]
        write_graph_shard(paths["graphs"].with_suffix(".parquet"), graphs)
        others = [by_id[image.candidate_of or image.image_id] for image in images]
        write_label_shard(paths["labels"].with_suffix(".parquet"), list(map(labels, images, others)))
        related = [ImageRelations(i.image_id, (RegionRelation(0, i.texts.predicate, 1, 0.5, 0.5),)) for i in images]
        write_relation_shard(paths["relations"].with_suffix(".parquet"), related)
        ids = [image.image_id for image in images]
        with create_feature_shard(paths["features"].with_suffix(".h5"), FeatureLayout(4, 4, 1), ids) as writer:
            for row, image in enumerate(images):
                if not image.failed:
                    writer.write(row, FeatureRow(regions(), np.zeros((3, 3), np.uint8)))
        rejected = [letter for letter in content.letters if letter.record_id in ids]
        for product, path in paths.items():
            name = path.name + (".h5" if product == "features" else ".parquet")
            entries = [entry(out, name)]
            refused = len(rejected) if product == "features" else 0
            if refused:
                letters = rejected_name(product, shard, n_shards)
                (out / letters).write_text(dead_letter_lines(rejected))
                entries.append(entry(out, letters))
            counts = {product.title(): StageCount(len(images), len(images) - refused, refused)}
            sidecars.append(Sidecar(product, shard, n_shards, len(images), "", "", tuple(entries), counts))
            (out / sidecars[-1].name).write_text(sidecars[-1].to_json())
    (out / "corpus.json").write_text(json.dumps({"head": content.pairs}))
    run = RunRecord({"salt": ""}, {"images": content.photos, **content.options})
    (out / RUN).write_text(run.to_json())
    vocabularies = {"vocabularies": {"objects": list(content.objects), "attributes": list(ATTRIBUTES)}}
    products = ("features", "graphs", "labels", "relations")
    commit(str(out), run, sidecars, [entry(out, "corpus.json")], products, vocabularies)
    return out


def entry(out: Path, name: str) -> FileEntry:
    data = (out / name).read_bytes()
    return FileEntry(name, len(data), sha256(data).hexdigest())
