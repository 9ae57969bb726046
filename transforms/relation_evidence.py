"""What the captions of a photo say about its regions: triples of their scene graphs, aligned to detections by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.records import ImageGraphs, SceneGraph
from transforms.compatibility import Compatibility
from transforms.phrases import LACKING
from transforms.seen_regions import SeenRegions

CONFIDENT = 0.3  # score of a detection that is taken to be what it is called
REGIONS = 24  # detections of a photo that are looked at, the best ones
WHOLE = 12  # weight of a triple that fits one pair of regions; what fits k pairs counts WHOLE / k for each
AMBIGUOUS = 4  # pairs that a triple may fit at most


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A photo's confident regions, and what its captions say of pairs of them."""

    object_ids: NDArray[np.int32]  # (R,)
    boxes: NDArray[np.float32]  # (R, 4)
    said: tuple[tuple[int, int, str, int], ...]  # (subject region, object region, predicate, weight), sorted

    def to_bytes(self) -> bytes:
        """Returns compact JSON, which holds float32 exactly."""
        content = [self.object_ids.tolist(), self.boxes.tolist(), self.said]
        return json.dumps(content, separators=(",", ":"), ensure_ascii=True).encode()

    @staticmethod
    def from_bytes(data: bytes) -> Evidence:
        ids, boxes, said = json.loads(data)
        rows = tuple((i, j, predicate, weight) for i, j, predicate, weight in said)
        return Evidence(np.array(ids, np.int32), np.array(boxes, np.float32).reshape(-1, 4), rows)


class ObjectNames:
    """The detector's object names, by the words that captions use for them."""

    def __init__(self, names: Sequence[str], compatibility: Compatibility) -> None:
        self._compatibility = compatibility
        self._by_word: dict[str, set[int]] = {}
        for object_id, name in enumerate(names):
            for synonym in name.lower().split(","):
                self._by_word.setdefault(synonym.strip(), set()).add(object_id)

    def of(self, head: str) -> Iterator[set[int]]:
        """Yields the object ids that a head noun may mean, the closest first: those of that name, those whose name
        makes the head true ("puppy" for "dog"), and both for the last word alone ("baseball player")."""
        while head:
            yield self._by_word.get(head, set())
            words = self._compatibility.true_by("head", head)
            yield set().union(*(self._by_word.get(word, set()) for word in words))
            head = head.partition(" ")[2]


def gather_evidence(graphs: ImageGraphs, regions: SeenRegions, names: ObjectNames) -> Evidence:
    """Returns what the captions of a photo say of its regions.

    A triple belongs to every pair of regions that its nouns may mean, the less the more such pairs there are; one that
    fits more than `AMBIGUOUS` pairs, or none, says nothing. What several captions say counts once.
    """
    kept = np.flatnonzero((regions.object_scores >= CONFIDENT) & (regions.object_ids >= 0))[:REGIONS]
    ids = regions.object_ids[kept]
    weights: dict[tuple[int, int, str], int] = {}
    for graph in graphs.graphs:
        for i, j, predicate, weight in _aligned(graph, ids.tolist(), names):
            weights[i, j, predicate] = max(weight, weights.get((i, j, predicate), 0))
    said = tuple((i, j, predicate, weight) for (i, j, predicate), weight in sorted(weights.items()))
    return Evidence(ids, regions.boxes[kept], said)


def _aligned(graph: SceneGraph, ids: list[int], names: ObjectNames) -> Iterator[tuple[int, int, str, int]]:
    for relation in graph.relations:
        if relation.negated or relation.predicate in LACKING:
            continue
        subjects = _regions_of(graph.objects[relation.subject].head, ids, names)
        objects = _regions_of(graph.objects[relation.object].head, ids, names)
        pairs = [(i, j) for i in subjects for j in objects if i != j]
        if 0 < len(pairs) <= AMBIGUOUS:
            yield from ((i, j, relation.predicate, WHOLE // len(pairs)) for i, j in pairs)


def _regions_of(head: str, ids: list[int], names: ObjectNames) -> list[int]:
    """Returns the regions that a head noun may mean: those of the closest meaning that any region has."""
    for meant in names.of(head):
        if found := [region for region, object_id in enumerate(ids) if object_id in meant]:
            return found
    return []
