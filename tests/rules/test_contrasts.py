"""Captions that say the same but for one word."""

from schemas.claims import Fact
from tests.hand_graphs import content, graph, words
from transforms.compatibility import Compatibility
from transforms.contrasts import contrasts


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


def test_contrasts_finds_one_thing_for_another_however_the_parse_hangs_them() -> None:
    said = graph("2 man", "wood", "rock", facts=[(0, "camp in", 1), (1, "near", 2)])
    asked = graph("2 man", "wood", "river", facts=[(0, "camp in", 1), (0, "near", 2)])
    assert found(asked, said) == {"river": "replaced_head", "man near river": "replaced_head"}


def test_contrasts_leaves_another_thing_in_another_place_alone() -> None:
    said = graph("man", "dog", "rock", facts=[(0, "walk", 1), (0, "near", 2)])
    asked = graph("man", "dog", "hat", facts=[(0, "walk", 1), (0, "wear", 2)])
    assert "hat" not in found(graph("man", "hat", facts=[(0, "wear", 1)]), said)
    assert found(asked, said) == {"hat": "replaced_head", "man wear hat": "replaced_head"}


def test_contrasts_leaves_words_that_only_point_alone() -> None:
    said = graph("man", "bottle", facts=[(0, "drink from", 1)])
    assert found(graph("man", "something", facts=[(0, "drink from", 1)]), said) == {}


def test_contrasts_finds_exchanged_counts() -> None:
    said = graph("2 woman", "turkey", facts=[(0, "take", 1)])
    asked = graph("woman", "2 turkey", facts=[(0, "take", 1)])
    assert found(asked, said) == {"turkey": "replaced_count"}


def test_contrasts_finds_exchanged_modifiers_of_compounds() -> None:
    said = graph("white horse", "circus_tent", facts=[(0, "stand in", 1)])
    asked = graph("circus_horse", "white tent", facts=[(0, "stand in", 1)])
    assert found(asked, said) == {"circus horse": "replaced_attribute", "tent": "replaced_attribute"}


def test_contrasts_takes_compounds_of_one_last_word_for_rivals() -> None:
    said = graph("man", "mountain_road", facts=[(0, "walk on", 1)])
    asked = graph("man", "beach_road", facts=[(0, "walk on", 1)])
    assert found(asked, said) == {"beach road": "replaced_head", "man walk on beach road": "replaced_head"}
