"""Relations of a photo's regions: order, bounds, what cannot be related."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tests.transforms.test_relation_prior import ABOVE, OBJECTS, PRIOR, photo
from transforms.predict_relations import predict_relations
from transforms.relation_prior import learn_prior
from transforms.seen_regions import SeenRegions


def seen(boxes: list[list[float]], ids: list[int], scores: list[float] | None = None) -> SeenRegions:
    chances = np.array(scores or [1.0] * len(ids), np.float32)
    return SeenRegions("im", np.array(boxes, np.float32).reshape(-1, 4), np.array(ids, np.int32), chances, (400, 400))


def test_predict_relations_names_the_likeliest_pair_first() -> None:
    found = predict_relations(seen([*ABOVE, [300, 300, 310, 310]], [0, 1, 2]), PRIOR)
    assert found.image_id == "im"
    assert (found.relations[0].subject, found.relations[0].predicate, found.relations[0].object) == (0, "ride", 1)
    assert 0 < found.relations[0].score <= 1
    assert 0 < found.relations[0].related <= 1


def test_predict_relations_relates_every_ordered_pair_once() -> None:
    relations = predict_relations(seen([*ABOVE, [300, 300, 310, 310]], [0, 1, 2]), PRIOR).relations
    assert sorted((r.subject, r.object) for r in relations) == [(i, j) for i in range(3) for j in range(3) if i != j]


def test_predict_relations_keeps_the_best_pairs() -> None:
    regions = seen([[10 * i, 0, 10 * i + 12, 30] for i in range(7)], [0, 1, 2, 0, 1, 2, 0])
    everything = predict_relations(regions, PRIOR).relations
    assert predict_relations(regions, PRIOR, pairs=5).relations == everything[:5]
    assert len(everything) == 42


def test_predict_relations_trusts_confident_regions_more() -> None:
    boxes = [*ABOVE, *[[x0 + 500, y0, x1 + 500, y1] for x0, y0, x1, y1 in ABOVE]]
    relations = predict_relations(seen(boxes, [0, 1, 0, 1], [0.9, 0.2, 0.8, 0.7]), PRIOR).relations
    assert (relations[0].subject, relations[0].object) == (2, 3)


def test_predict_relations_puts_equal_pairs_in_the_order_of_their_regions() -> None:
    regions = seen([[0, 0, 10, 10], [100, 0, 110, 10], [200, 0, 210, 10]], [0, 0, 0])
    orders = [(r.related * r.score, (r.subject, r.object)) for r in predict_relations(regions, PRIOR).relations]
    assert all(a > b or (a == b and p < q) for (a, p), (b, q) in pairwise(orders))


def test_predict_relations_relates_nameless_regions_by_place() -> None:
    assert predict_relations(seen(ABOVE, [-1, -1]), PRIOR).relations[0].predicate == "ride"


def test_predict_relations_of_regions_that_lie_nowhere_is_empty() -> None:
    assert predict_relations(seen([[0, 0, 0, 0]] * 2, [0, 1]), PRIOR).relations == ()


def test_predict_relations_without_regions_or_knowledge_is_empty() -> None:
    assert predict_relations(seen([], []), PRIOR).relations == ()
    ignorant = learn_prior([photo([0, 1], ABOVE)], OBJECTS)
    assert predict_relations(seen(ABOVE, [0, 1]), ignorant).relations == ()
