"""Fragments that the sentence parser misreads, as they are read after the repairs."""

from __future__ import annotations

import pytest

from tests.parsed_captions import facts, things
from transforms.grammar_repairs import repair
from transforms.tokens import TokenTable


def table(*tokens: str) -> TokenTable:
    """Returns a token table of "word/TAG/label/head" lines, heads counted from 0."""
    words, tags, labels, heads = zip(*(token.split("/") for token in tokens), strict=True)
    spans = tuple((2 * i, 2 * i + 1) for i in range(len(words)))
    return TokenTable(list(words), list(tags), list(labels), [int(h) for h in heads], spans)


@pytest.mark.parametrize(
    ("caption", "relations"),
    [
        ("batter swinging bat", ["batter swing bat"]),
        ("zebra standing in grass", ["zebra stand in grass"]),
        ("the plate has pancakes", ["plate have pancake"]),
        ("flowers strapped to bench", ["flower strap to bench"]),
        ("train parked next to train platform", ["train park next to train platform"]),
        ("a skateboarder sails over white steps", ["skateboarder sail over step"]),
        ("the road the vehicles drive on", ["vehicle drive on road"]),
        ("wall person is leaning against", ["person lean against wall"]),
        ("dome on top of fire hydrant", ["dome on top of fire hydrant"]),
        ("men riding on back of elephants", ["man ride on back of elephant"]),
        ("a man wearing a hat and a woman wearing a scarf", ["man wear hat", "woman wear scarf"]),
        ("one fork and one knife is under the plate", ["fork under plate", "knife under plate"]),
        ("FOUR SHEEP STANDING ON A HILL", ["sheep stand on hill"]),
        ("The man's bicycle leans against a wall", ["bicycle lean against wall", "man have bicycle"]),
        ("train moves under powerlines", ["train move under powerline"]),
        ("man flying kites", ["man fly kite"]),
        ("boy is swinging bat", ["boy swing bat"]),
        ("girl holding tennis racquet", ["girl hold tennis racquet"]),
        ("a truck hauling covered boats", ["truck haul boat"]),
        ("a taxi following a black car", ["taxi follow car"]),
        ("man looking at woman holding cellphone", ["man look at woman", "woman hold cellphone"]),
        ("person is using a knife and fork", ["person use fork", "person use knife"]),
        ("a man in a suit and tie talks on a phone", ["man in suit", "man in tie", "man talk on phone"]),
        ("orange cones line the street", ["cone line street"]),
        ("snow covered trees", ["snow cover tree"]),
        ("the sidewalk beside the fire hydrant", ["sidewalk beside fire hydrant"]),
        ("a garbage can on the floor", ["garbage can on floor"]),
        ("pizza sitting on cutting board", ["pizza sit on cutting board"]),
        ("two parking meters next to each other", ["parking meter next to parking meter"]),
        ("wall with geometric shapes painted on it", ["shape paint on wall", "wall with shape"]),
        ("a cow licking it's hind leg", ["cow have hind leg", "cow lick hind leg"]),
    ],
)
def test_repair_makes_clauses_of_fragments(caption: str, relations: list[str]) -> None:
    assert facts(caption) == relations


@pytest.mark.parametrize(
    ("caption", "objects"),
    [
        ("clear blue sky overhead", ["sky (clear, blue, overhead)"]),
        ("telephone pole with wires stretched", ["telephone pole", "wire (stretched)"]),
        ("tennis shoes", ["tennis shoe"]),
    ],
)
def test_repair_finds_the_noun_that_a_fragment_is_about(caption: str, objects: list[str]) -> None:
    assert things(caption) == objects


def test_repair_coordination_keeps_both_nouns() -> None:
    assert things("young boy wearing a beanie and red coat") == ["boy (young)", "beanie", "coat (red)"]


def test_repair_participle_gives_the_noun_its_clause() -> None:
    t = table("boy/NN/compound/2", "holding/NN/compound/2", "pizza/NN/ROOT/2")
    repair(t)
    assert (t.tags, t.labels, t.heads) == (["NN", "VBG", "NN"], ["ROOT", "acl", "dobj"], [0, 0, 1])


def test_repair_compound_joins_a_noun_taken_for_the_verb() -> None:
    t = table("top/NN/nsubj/3", "of/IN/prep/0", "fire/NN/pobj/1", "hydrant/JJ/ROOT/3")
    repair(t)
    assert (t.labels, t.heads) == (["ROOT", "prep", "compound", "pobj"], [0, 0, 3, 1])


def test_repair_leaves_a_sound_parse_alone() -> None:
    tokens = ("a/DT/det/1", "man/NN/nsubj/2", "rides/VBZ/ROOT/2", "a/DT/det/4", "horse/NN/dobj/2", "././punct/2")
    t = table(*tokens)
    repair(t)
    assert t == table(*tokens)
