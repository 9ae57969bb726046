"""A graph as a line of JSON."""

from __future__ import annotations

from schemas.records import Attribute, SceneGraph, TextObject, TextRelation
from transforms.graph_json import graph_json

CAPTION = "Two red dogs not on a sofa"
SPANS = ((0, 3), (4, 7), (8, 12), (13, 16), (17, 19), (20, 21), (22, 26))
GRAPH = SceneGraph(
    SPANS,
    (
        TextObject(0, "dog", (Attribute("red", False, (1, 2)), Attribute("asleep", True, (3, 4))), "2", (2, 3)),
        TextObject(1, "sofa", (), None, (6, 7)),
    ),
    (TextRelation(0, "on", 1, True, (4, 5)),),
)


def test_graph_json_counts_spans_in_characters() -> None:
    line = graph_json(CAPTION, GRAPH)
    assert [CAPTION[a:b] for a, b in (o["span"] for o in line["objects"])] == ["dogs", "sofa"]
    assert line["relations"] == [{"subject": 0, "predicate": "on", "object": 1, "negated": True, "span": [17, 19]}]


def test_graph_json_leaves_denied_attributes_out() -> None:
    assert graph_json(CAPTION, GRAPH)["objects"][0]["attributes"] == ["red"]


def test_graph_json_says_why_there_is_no_graph() -> None:
    assert graph_json("", SceneGraph((), (), (), "empty")) == {
        "caption": "",
        "objects": [],
        "relations": [],
        "note": "empty",
    }
