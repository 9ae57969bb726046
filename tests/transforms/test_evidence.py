"""What an image's captions say, indexed."""

import pytest

from tests.hand_graphs import content, graph
from transforms.evidence import Evidence, doing


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("ride", "riding"),
        ("sit", "sitting"),
        ("lie", "lying"),
        ("play", "playing"),
        ("see", "seeing"),
        ("open", "opening"),
        ("swim", "swimming"),
    ],
)
def test_doing_spells_the_ing_form(verb: str, form: str) -> None:
    assert doing(verb) == form


def test_evidence_knows_what_is_several() -> None:
    said = Evidence(map(content, [graph("2 dog"), graph("red cup", "blue cup"), graph("tall man"), graph("short man")]))
    assert said.several == {"dog", "cup", "man"}


def test_evidence_indexes_facts_by_every_slot() -> None:
    said = Evidence([content(graph("man", "horse", facts=[(0, "ride", 1)]))])
    assert said.predicates["man", "horse"] == {"ride"}
    assert said.subjects["ride", "horse"] == {"man"}
    assert said.objects["man", "ride"] == {"horse"}
    assert said.doings["man"] == {"riding"}


def test_evidence_keeps_what_is_denied() -> None:
    said = Evidence([content(graph("man", "no hat", facts=[(0, "look at", 0)], denied=[0]))])
    assert said.denied_heads == {"hat"}
    assert said.heads == {"man"}
    assert len(said.denied_facts) == 1


def test_evidence_takes_clothes_for_several_where_people_are() -> None:
    alone = graph("man", "red shirt", facts=[(0, "in", 1)])
    assert Evidence([content(alone)]).several == set()
    assert Evidence(map(content, [alone, graph("man", "woman")])).several == {"shirt"}
