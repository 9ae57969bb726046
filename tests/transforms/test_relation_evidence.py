"""Triples of captions aligned to regions by name."""

from __future__ import annotations

import numpy as np
import pytest

from schemas.records import Caption, ImageGraphs, SceneGraph, TextObject, TextRelation
from transforms.corpus import corpus_statistics
from transforms.relation_evidence import AMBIGUOUS, REGIONS, WHOLE, Evidence, ObjectNames, gather_evidence
from transforms.seen_regions import SeenRegions

OBJECTS = ("man", "horse", "couch,sofa", "dog", "baseball bat")
NAMES = ObjectNames(OBJECTS, corpus_statistics([]).knowledge.compatibility)


def seen(*objects: str, scores: list[float] | None = None) -> SeenRegions:
    n = len(objects)
    boxes = np.array([[10.5 * i, 0, 10.5 * i + 9, 8] for i in range(n)], np.float32).reshape(-1, 4)
    ids = np.array([OBJECTS.index(name) if name in OBJECTS else -1 for name in objects], np.int32)
    return SeenRegions("im", boxes, ids, np.array(scores or [0.9] * n, np.float32), (10, 999))


def said(*triples: tuple[str, str, str], negated: bool = False) -> SceneGraph:
    heads = [head for subject, _, object_ in triples for head in (subject, object_)]
    objects = tuple(TextObject(i, head, (), None, (0, 1)) for i, head in enumerate(heads))
    relations = tuple(TextRelation(2 * k, p, 2 * k + 1, negated, (0, 1)) for k, (_, p, _) in enumerate(triples))
    return SceneGraph((), objects, relations)


def captions(*graphs: SceneGraph) -> ImageGraphs:
    return ImageGraphs("im", "im.jpg", "train", tuple(Caption(f"im#{i}", "") for i in range(len(graphs))), graphs)


def test_gather_evidence_finds_the_pair_that_a_triple_names() -> None:
    found = gather_evidence(captions(said(("man", "ride", "horse"))), seen("dog", "horse", "man"), NAMES)
    assert found.said == ((2, 1, "ride", WHOLE),)
    assert found.object_ids.tolist() == [3, 1, 0]


@pytest.mark.parametrize("head", ["couch", "sofa", "leather sofa", "red leather couch"])
def test_gather_evidence_knows_synonyms_of_a_name_and_head_nouns(head: str) -> None:
    found = gather_evidence(captions(said(("dog", "on", head))), seen("dog", "couch,sofa"), NAMES)
    assert found.said == ((0, 1, "on", WHOLE),)


def test_gather_evidence_prefers_the_whole_name_to_its_last_word() -> None:
    found = gather_evidence(captions(said(("man", "hold", "baseball bat"))), seen("man", "baseball bat"), NAMES)
    assert found.said == ((0, 1, "hold", WHOLE),)


def test_gather_evidence_takes_a_more_special_name_for_a_general_word() -> None:
    found = gather_evidence(captions(said(("person", "ride", "animal"))), seen("man", "horse"), NAMES)
    assert found.said == ((0, 1, "ride", WHOLE),)


def test_gather_evidence_shares_a_triple_among_the_pairs_that_it_fits() -> None:
    found = gather_evidence(captions(said(("man", "near", "dog"))), seen("man", "dog", "dog"), NAMES)
    assert found.said == ((0, 1, "near", WHOLE // 2), (0, 2, "near", WHOLE // 2))


def test_gather_evidence_leaves_out_what_fits_too_many_pairs() -> None:
    regions = seen("man", *["dog"] * (AMBIGUOUS + 1))
    assert gather_evidence(captions(said(("man", "near", "dog"))), regions, NAMES).said == ()


def test_gather_evidence_counts_what_several_captions_say_once() -> None:
    graph = said(("man", "ride", "horse"))
    assert gather_evidence(captions(graph, graph), seen("man", "horse"), NAMES).said == ((0, 1, "ride", WHOLE),)


@pytest.mark.parametrize("graph", [said(("man", "ride", "horse"), negated=True), said(("man", "without", "horse"))])
def test_gather_evidence_learns_nothing_from_what_is_denied(graph: SceneGraph) -> None:
    assert gather_evidence(captions(graph), seen("man", "horse"), NAMES).said == ()


def test_gather_evidence_does_not_relate_a_region_to_itself() -> None:
    assert gather_evidence(captions(said(("dog", "near", "dog"))), seen("dog", "man"), NAMES).said == ()


def test_gather_evidence_looks_at_confident_named_regions_only() -> None:
    regions = seen("man", "nameless", "horse", "dog", scores=[0.9, 0.8, 0.5, 0.1])
    found = gather_evidence(captions(said(("man", "ride", "horse"), ("man", "near", "dog"))), regions, NAMES)
    assert found.said == ((0, 1, "ride", WHOLE),)
    assert len(found.boxes) == 2


def test_gather_evidence_is_bounded() -> None:
    assert len(gather_evidence(captions(), seen(*["dog"] * 60), NAMES).boxes) == REGIONS


def test_evidence_survives_its_bytes() -> None:
    found = gather_evidence(captions(said(("man", "ride", "horse"))), seen("man", "horse"), NAMES)
    again = Evidence.from_bytes(found.to_bytes())
    assert again.said == found.said
    assert np.array_equal(again.boxes, found.boxes)
    assert np.array_equal(again.object_ids, found.object_ids)
