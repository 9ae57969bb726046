"""Captions that say the same but for one word."""

from tests.hand_graphs import content, graph, words
from transforms.compatibility import Compatibility
from transforms.contrasts import contrasts
from transforms.phrases import Fact


def found(asked, said, compatibility: Compatibility | None = None) -> dict[str, str]:
    heads = frozenset(item.head for item in said.objects)
    pairs = contrasts(content(asked), content(said), compatibility or words(), heads)
    return {" ".join(c) if isinstance(c, Fact) else c.head: reason for c, reason in pairs}


def test_contrasts_finds_a_replaced_head() -> None:
    said = graph("man", "ball", facts=[(0, "kick", 1)])
    asked = graph("woman", "ball", facts=[(0, "kick", 1)])
    assert found(asked, said) == {"woman": "replaced_head", "woman kick ball": "replaced_head"}


def test_contrasts_leaves_a_synonym_alone() -> None:
    said = graph("couch", "cat", facts=[(1, "sit on", 0)])
    asked = graph("sofa", "cat", facts=[(1, "sit on", 0)])
    assert found(asked, said, words(("head", "couch", "sofa", "same"))) == {}
    assert found(asked, said) != {}


def test_contrasts_leaves_captions_that_differ_in_more_alone() -> None:
    said = graph("man", "ball", "park", facts=[(0, "kick", 1), (0, "in", 2)])
    asked = graph("woman", "horse", "ball", facts=[(0, "ride", 1)])
    assert found(asked, said) == {}


def test_contrasts_finds_a_replaced_attribute() -> None:
    said = graph("black truck", "road", facts=[(0, "on", 1)])
    asked = graph("white truck", "road", facts=[(0, "on", 1)])
    assert found(asked, said) == {"truck": "replaced_attribute"}


def test_contrasts_leaves_an_attribute_of_another_dimension_alone() -> None:
    said = graph("black truck", "road", facts=[(0, "on", 1)])
    asked = graph("big truck", "road", facts=[(0, "on", 1)])
    assert found(asked, said) == {}


def test_contrasts_finds_swapped_attributes() -> None:
    said, asked = graph("modern chair", "blue dress", "room"), graph("blue chair", "modern dress", "room")
    assert found(asked, said) == {"chair": "replaced_attribute", "dress": "replaced_attribute"}


def test_contrasts_finds_a_replaced_relation() -> None:
    said = graph("man", "book", facts=[(0, "read", 1)])
    asked = graph("man", "book", facts=[(0, "tear", 1)])
    assert found(asked, said) == {"man tear book": "replaced_relation"}


def test_contrasts_leaves_a_vague_relation_alone() -> None:
    said = graph("phone", "book", facts=[(0, "on top of", 1)])
    asked = graph("phone", "book", facts=[(0, "next to", 1)])
    assert found(asked, said) == {}


def test_contrasts_finds_exchanged_things() -> None:
    said = graph("man", "bat", "woman", facts=[(0, "hold", 1)])
    asked = graph("man", "bat", "woman", facts=[(2, "hold", 1)])
    assert found(asked, said) == {"woman hold bat": "replaced_head"}


def test_contrasts_finds_swapped_roles() -> None:
    said = graph("boy", "dog", facts=[(0, "chase", 1)])
    asked = graph("boy", "dog", facts=[(1, "chase", 0)])
    assert found(asked, said) == {"dog chase boy": "replaced_relation"}


def test_contrasts_finds_a_replaced_count() -> None:
    said = graph("2 dog", "road", facts=[(0, "on", 1)])
    asked = graph("3 dog", "road", facts=[(0, "on", 1)])
    assert found(asked, said) == {"dog": "replaced_count"}


def test_contrasts_of_a_caption_with_itself_are_none() -> None:
    item = graph("2 red dog", "road", facts=[(0, "on", 1)])
    assert found(item, item) == {}


def test_contrasts_leaves_added_detail_alone() -> None:
    said = graph("dog", "road", facts=[(0, "on", 1)])
    assert found(graph("red dog", "road", facts=[(0, "on", 1)]), said) == {}
    assert found(graph("dog", "road", "hat", facts=[(0, "on", 1), (0, "with", 2)]), said) == {}
