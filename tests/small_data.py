"""A small complete data set, written without a pipeline: captions of one pattern whose graphs are known."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from schemas.feature_shard import FeatureDtype, FeatureLayout, FeatureRow, create_feature_shard
from schemas.graph_columns import graph_words, read_graph_columns
from schemas.graph_shard import write_graph_shard
from schemas.label_shard import write_label_shard
from schemas.manifest import RunRecord, manifest_json, success_text
from schemas.phrase_rules import PHRASE_RULES
from schemas.records import (
    Attribute,
    Caption,
    HardPhrase,
    ImageGraphs,
    ImageLabels,
    ImageRelations,
    LabelledCaption,
    PhraseLabel,
    RegionRelation,
    Regions,
    SceneGraph,
    Split,
    TextObject,
    TextRelation,
)
from schemas.relation_shard import write_relation_shard
from schemas.sidecar import FileEntry, Sidecar, StageCount
from tests.hand_graphs import words
from tests.synthetic import LABELS, regions
from transforms.absence import Absence
from transforms.judge import Knowledge
from transforms.phrase_rules import phrase_rules
from transforms.phrases import phrases
from transforms.write_phrase_rules import all_words

LAYOUT = FeatureLayout(4, 16, 2)
COLOURS, NOUNS, VERBS = ("red", "blue", "green"), ("man", "horse", "dog", "ball"), ("rides", "holds", "sees")


@dataclass
class Written:
    """What was written, in the order of the rows."""

    graphs: list[ImageGraphs]
    labels: list[ImageLabels]
    relations: list[ImageRelations]
    regions: list[Regions | None]  # None: the image failed


def caption(rng: random.Random, caption_id: str) -> tuple[Caption, SceneGraph]:
    """Returns "A red man rides a blue horse ." and its graph: two objects and a triple."""
    said = ["A", rng.choice(COLOURS), rng.choice(NOUNS), rng.choice(VERBS), "a", rng.choice(COLOURS)]
    said += [rng.choice(NOUNS), "."]
    starts = [sum(len(word) + 1 for word in said[:i]) for i in range(len(said))]
    tokens = tuple((start, start + len(word)) for start, word in zip(starts, said, strict=True))
    objects = (
        TextObject(0, said[2], (Attribute(said[1], False, (1, 2)),), None, (2, 3)),
        TextObject(1, said[6], (Attribute(said[5], False, (5, 6)),), None, (6, 7)),
    )
    relations = (TextRelation(0, said[3], 1, False, (3, 4)),)
    return Caption(caption_id, " ".join(said)), SceneGraph(tokens, objects, relations)


def image(rng: random.Random, number: int, split: Split, captions: int) -> ImageGraphs:
    """Returns an image with captions, the last of which has no graph."""
    pairs = [caption(rng, f"im{number}#{i}") for i in range(captions)]
    graphs = [graph for _, graph in pairs]
    graphs[-1] = SceneGraph(graphs[-1].tokens, (), (), "not_english")
    return ImageGraphs(f"im{number}", f"im{number}.jpg", split, tuple(c for c, _ in pairs), tuple(graphs))


def label(rng: random.Random, one: ImageGraphs, images: list[ImageGraphs]) -> ImageLabels:
    """Returns the image's own phrases, and two captions of others with labels drawn at random."""
    own = [phrase for c, g in zip(one.captions, one.graphs, strict=True) for phrase in phrases(c.caption_id, g)]
    candidates = []
    for other in rng.sample([i for i in images if i is not one and len(i.captions) > 1], 2):
        place = rng.randrange(len(other.captions) - 1)
        caption_id = other.captions[place].caption_id
        found = phrases(caption_id, other.graphs[place])
        labelled = tuple(PhraseLabel(p, rng.choice(LABELS), "contained", rng.choice([0.25, 1.0])) for p in found)
        candidates.append(LabelledCaption(caption_id, other.image_id, labelled))
    found_graphs = [(c, g) for c, g in zip(one.captions, one.graphs, strict=True) if g.objects]
    return ImageLabels(one.image_id, tuple(own), tuple(candidates), tuple(falsify(c) for c, _ in found_graphs[::-1]))


def falsify(true: Caption) -> HardPhrase:
    """Returns the caption's first object in a colour that it does not have, in the caption changed there."""
    words = true.text.split()
    words[1] = next(colour for colour in COLOURS if colour != words[1])
    text, start = " ".join(words[1:3]), len(words[0]) + 1
    span = (start, start + len(text))
    return HardPhrase("attribute", "object", text, true.caption_id, " ".join(words), span, "replaced_attribute", 0.5)


def relate(rng: random.Random, one: ImageGraphs, boxes: int) -> ImageRelations:
    pairs = [(i, j) for i in range(boxes) for j in range(boxes) if i != j]
    pairs = rng.sample(pairs, min(len(pairs), 30))
    found = sorted(
        (RegionRelation(i, rng.choice(VERBS), j, rng.random(), 0.5) for i, j in pairs), key=lambda r: -r.score
    )
    return ImageRelations(one.image_id, tuple(found))


def write_data_set(
    folder: Path,
    sizes: tuple[int, ...] = (4, 0, 5),  # images of each shard
    *,
    layout: FeatureLayout = LAYOUT,
    dtype: FeatureDtype = "float16",
    split: Split | None = None,  # of all images
    splits: Sequence[Split] = ("train", "train", "test"),  # else of one image after the other, over and over
    captions: int = 3,  # of the first image; the others have one more or less
    seed: int = 0,
    foreign: str = "",  # a product whose files are of images of other names
    rules: bool = False,  # whether it says how phrases are labelled
) -> Written:
    """Writes a data set and returns what is in it. The last image of the first shard failed: it has no boxes."""
    folder.mkdir(exist_ok=True)
    rng, random_regions = random.Random(seed), np.random.default_rng(seed)
    layout = FeatureLayout(layout.max_boxes, layout.feature_size, layout.attributes, dtype)
    count = sum(sizes)
    images = [image(rng, n, split or splits[n % len(splits)], captions + n % 3 - (n > 0)) for n in range(count)]
    found: list[Regions | None] = [
        regions(random_regions, 1 + n % layout.max_boxes, layout.feature_size, layout.attributes) for n in range(count)
    ]
    found[sizes[0] - 1] = None
    written = Written(
        images,
        [label(rng, one, images) for one in images],
        [relate(rng, one, 0 if r is None else len(r.boxes)) for one, r in zip(images, found, strict=True)],
        found,
    )
    sidecars: list[Sidecar] = []
    first = 0
    for shard, size in enumerate(sizes):
        sidecars += _write_shard(folder, written, slice(first, first + size), (shard, len(sizes)), layout, foreign)
        first += size
    description: dict[str, Any] = {"vocabularies": {"objects": [*NOUNS]}}
    manifest = manifest_json(RunRecord({}, {}), sidecars, [_write_rules(folder)] if rules else [], description)
    (folder / "manifest.json").write_text(manifest)
    (folder / "_SUCCESS").write_text(success_text(manifest))
    return written


def _write_rules(folder: Path) -> FileEntry:
    """Writes the rules of a corpus that taught nothing: what labels say rests on the hand-written tables."""
    spoken = all_words(graph_words(read_graph_columns(path)) for path in folder.glob("graphs-*.parquet"))
    content = phrase_rules(spoken, Knowledge(words(), Absence({}, {}))).to_json().encode()
    (folder / PHRASE_RULES).write_bytes(content)
    return FileEntry(PHRASE_RULES, len(content), sha256(content).hexdigest())


def _write_shard(
    folder: Path, written: Written, rows: slice, shard: tuple[int, int], layout: FeatureLayout, foreign: str
) -> list[Sidecar]:
    names = {
        product: f"{product}-{shard[0]:05}-of-{shard[1]:05}" + (".h5" if product == "features" else ".parquet")
        for product in ("features", "graphs", "labels", "relations")
    }
    images = written.graphs[rows]
    feature_ids = [("other " if foreign == "features" else "") + i.image_id for i in images]
    with create_feature_shard(folder / names["features"], layout, feature_ids) as writer:
        for row, one in enumerate(written.regions[rows]):
            if one is not None:
                n = len(one.boxes)
                writer.write(row, FeatureRow(one, np.arange(n * n, dtype=np.uint8).reshape(n, n) % 12))
    write_graph_shard(folder / names["graphs"], images)
    labels = [replace(i, image_id="other") if foreign == "labels" else i for i in written.labels[rows]]
    write_label_shard(folder / names["labels"], labels)
    relations = [replace(i, image_id="other") if foreign == "relations" else i for i in written.relations[rows]]
    write_relation_shard(folder / names["relations"], relations)
    sidecars = []
    for product, name in names.items():
        content = (folder / name).read_bytes()
        entry = FileEntry(name, len(content), sha256(content).hexdigest())
        counts = {"Stage": StageCount(len(images), len(images), 0)}
        sidecars.append(Sidecar(product, *shard, len(images), "f", "i", (entry,), counts))
    return sidecars
