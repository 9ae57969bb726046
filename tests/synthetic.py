"""Small random records for tests: every field varies, every optional is sometimes absent."""

from __future__ import annotations

import random

import numpy as np

from schemas.records import (
    Attribute,
    Caption,
    ImageGraphs,
    ImageLabels,
    Label,
    LabelledCaption,
    Phrase,
    PhraseLabel,
    Regions,
    SceneGraph,
    Split,
    TextObject,
    TextRelation,
)

SPLITS: tuple[Split, ...] = ("train", "val", "test")
LABELS: tuple[Label, ...] = ("positive", "negative", "unknown")


def scene_graph(rng: random.Random) -> SceneGraph:
    n = rng.randrange(1, 8)
    tokens = tuple((3 * i, 3 * i + 2) for i in range(n))
    objects = tuple(
        TextObject(
            i,
            rng.choice(["man", "bicycle helmet", "Straße"]),
            tuple(
                Attribute(rng.choice(["red", "wooden"]), rng.random() < 0.2, (0, 1)) for _ in range(rng.randrange(3))
            ),
            rng.choice([None, "2", "several"]),
            (i, i + 1),
        )
        for i in range(rng.randrange(0, n + 1))
    )
    relations = tuple(
        TextRelation(rng.randrange(len(objects)), "sit on", rng.randrange(len(objects)), rng.random() < 0.2, (0, n))
        for _ in range(rng.randrange(3) if objects else 0)
    )
    return SceneGraph(tokens, objects, relations, rng.choice(["", "", "not_english"]))


def image_graphs(rng: random.Random, number: int) -> ImageGraphs:
    captions = tuple(
        Caption(f"im{number}#{i}", rng.choice(["a man", "zwei Räder 🚲"])) for i in range(rng.randrange(6))
    )
    graphs = tuple(scene_graph(rng) for _ in captions)
    return ImageGraphs(f"im{number}", f"folder/im{number}.jpg", rng.choice(SPLITS), captions, graphs)


def phrase(rng: random.Random, caption_id: str) -> Phrase:
    if rng.random() < 0.5:
        return Phrase("object", rng.choice(["red ball", "man"]), caption_id, (rng.randrange(4),), -1, (0, 2))
    return Phrase("relation", "man ride horse", caption_id, (0, 1), rng.randrange(3), (1, 4))


def image_labels(rng: random.Random, number: int) -> ImageLabels:
    def labelled(other: int) -> LabelledCaption:
        caption_id = f"im{other}#0"
        labels = tuple(
            PhraseLabel(phrase(rng, caption_id), rng.choice(LABELS), "contained", rng.choice([0.25, 1.0]))
            for _ in range(rng.randrange(4))
        )
        return LabelledCaption(caption_id, f"im{other}", labels)

    own = tuple(phrase(rng, f"im{number}#1") for _ in range(rng.randrange(4)))
    return ImageLabels(f"im{number}", own, tuple(labelled(rng.randrange(99)) for _ in range(rng.randrange(3))))


def regions(rng: np.random.Generator, count: int, feature_size: int = 16, attributes: int = 2) -> Regions:
    return Regions(
        rng.normal(size=(count, feature_size)).astype(np.float32),
        np.sort(rng.random((count, 4)).astype(np.float32) * 100, axis=1),
        rng.integers(0, 20, count, dtype=np.int32),
        np.sort(rng.random(count).astype(np.float32))[::-1].copy(),
        rng.integers(0, 9, (count, attributes), dtype=np.int32),
        rng.random((count, attributes)).astype(np.float32),
        (100, 101),
    )
