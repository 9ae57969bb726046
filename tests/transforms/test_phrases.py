"""Phrases of a caption: objects, triples, and what is denied."""

from schemas.claims import Fact
from tests.hand_graphs import content, graph
from transforms.phrases import phrases


def texts(item) -> list[str]:
    return [phrase.text for phrase in phrases("7#0", item)]


def test_phrases_lists_objects_then_triples() -> None:
    found = phrases("7#0", graph("2 red ball", "box", facts=[(0, "in", 1)]))
    assert [(p.kind, p.text, p.objects, p.relation) for p in found] == [
        ("object", "2 red ball", (0,), -1),
        ("object", "box", (1,), -1),
        ("relation", "ball in box", (0, 1), 0),
    ]


def test_phrases_spans_cover_attributes_and_both_ends() -> None:
    found = phrases("7#0", graph("red ball", "big box", facts=[(0, "in", 1)]))
    assert [p.span for p in found] == [(0, 2), (2, 4), (1, 5)]


def test_phrases_text_does_not_depend_on_the_order_of_attributes() -> None:
    assert texts(graph("small red ball")) == texts(graph("red small ball"))


def test_phrases_omits_an_object_that_is_not_there() -> None:
    assert texts(graph("table", "no chair", facts=[(0, "with", 1)])) == ["table"]


def test_phrases_omits_what_something_is_without() -> None:
    item = graph("man", "hat", facts=[(0, "without", 1)])
    assert texts(item) == ["man"]
    assert [thing.head for thing in content(item).denied] == ["hat"]


def test_phrases_keeps_both_ends_of_a_denied_relation() -> None:
    item = graph("man", "dog", facts=[(0, "look at", 1)], denied=[0])
    assert texts(item) == ["man", "dog"]
    assert content(item).denied == (Fact("man", "look at", "dog"),)


def test_phrases_says_a_denied_attribute_as_denied() -> None:
    assert texts(graph("cup !empty")) == ["not empty cup"]


def test_phrases_of_an_empty_graph_are_none() -> None:
    assert texts(graph()) == []
