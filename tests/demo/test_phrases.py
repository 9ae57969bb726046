"""Phrases against a scene written by hand, so that truth does not rest on what the generator says."""

from __future__ import annotations

import pytest

from demo.phrases import Mention, Phrase, from_json, is_true
from demo.world import Box, Scene, Thing


def _thing(kind: str, colour: str, box: Box, *, pose: str = "", facing: int = 1, size: str = "large") -> Thing:
    return Thing(kind, colour, size, "plain", pose, facing, box, box, round(box[3]))


MAN, CUP, DOG, CAT, BALL, OTHER_BALL = range(6)
SCENE = Scene(
    index=0,
    size=(224, 320),
    setting="park",
    things=(
        _thing("man", "red", (10, 60, 50, 180), pose="hold"),
        Thing("cup", "blue", "small", "striped", "", 1, (50, 90, 65, 110), (50, 90, 65, 110), 180),
        _thing("dog", "brown", (90, 140, 150, 180), pose="run"),
        _thing("cat", "black", (160, 145, 210, 181), pose="run", size="small"),
        _thing("ball", "green", (230, 100, 250, 120)),
        _thing("ball", "green", (270, 170, 300, 200)),
    ),
    links=((MAN, "hold", CUP),),
)


def _object(head: str, *attributes: str, quantity: str | None = None, without: tuple[str, ...] = ()) -> Phrase:
    return Phrase(Mention(head, attributes, without, quantity))


def _triple(subject: str, predicate: str, target: str, *, negated: bool = False) -> Phrase:
    return Phrase(Mention(subject), predicate, Mention(target), negated)


@pytest.mark.parametrize(
    "phrase",
    [
        _object("dog"),
        _object("puppy", "brown"),
        _object("animal", "running"),
        _object("person", "tall"),
        _object("mug", "little", "striped", "blue"),
        _object("ball", "green", quantity="two"),
        _object("ball", quantity="2"),
        _object("ball", quantity="pair"),
        _object("horse", quantity="no"),
        _object("cat", without=("brown",)),
        _object("shirt", "red"),
        _object("grass"),
    ],
    ids=lambda phrase: phrase.text,
)
def test_is_true_accepts_objects_that_are_there(phrase: Phrase) -> None:
    assert is_true(phrase, SCENE)


@pytest.mark.parametrize(
    "phrase",
    [
        _object("fox"),
        _object("dog", "black"),
        _object("cat", "large"),
        _object("dog", "sitting"),
        _object("ball", "green", quantity="three"),
        _object("ball", quantity="one"),
        _object("ball", quantity="several"),
        _object("dog", quantity="no"),
        _object("cat", without=("black",)),
        _object("shirt", "blue"),
        _object("dress"),
        _object("room"),
    ],
    ids=lambda phrase: phrase.text,
)
def test_is_true_refuses_objects_that_are_not(phrase: Phrase) -> None:
    assert not is_true(phrase, SCENE)


@pytest.mark.parametrize(
    "phrase",
    [
        _triple("man", "hold", "cup"),
        _triple("guy", "carry", "mug"),
        _triple("man", "with", "cup"),
        _triple("dog", "chase", "cat"),
        _triple("puppy", "run after", "kitty"),
        _triple("dog", "look at", "cat"),
        _triple("dog", "to the left of", "cat"),
        _triple("dog", "run to the left of", "cat"),
        _triple("cat", "right of", "dog"),
        _triple("dog", "next to", "cat"),
        _triple("man", "in", "shirt"),
        _triple("dog", "in", "park"),
        _triple("man", "wear", "hat", negated=True),
        _triple("cat", "chase", "dog", negated=True),
    ],
    ids=lambda phrase: phrase.text,
)
def test_is_true_accepts_relations_that_hold(phrase: Phrase) -> None:
    assert is_true(phrase, SCENE)


@pytest.mark.parametrize(
    "phrase",
    [
        _triple("cat", "chase", "dog"),
        _triple("cat", "look at", "dog"),
        _triple("man", "wear", "cup"),
        _triple("cup", "hold", "man"),
        _triple("dog", "stand to the left of", "cat"),
        _triple("cat", "to the left of", "dog"),
        _triple("man", "hold", "cup", negated=True),
        _triple("dog", "in", "room"),
        _triple("horse", "near", "cat"),
        _triple("ball", "hold", "ball"),
    ],
    ids=lambda phrase: phrase.text,
)
def test_is_true_refuses_relations_that_do_not_hold(phrase: Phrase) -> None:
    assert not is_true(phrase, SCENE)


@pytest.mark.parametrize(
    ("phrase", "word"),
    [
        (_object("zebra"), "zebra"),
        (_object("dog", "sad"), "sad"),
        (_object("dog", quantity="dozens"), "dozens"),
        (_triple("dog", "bite", "cat"), "bite"),
    ],
)
def test_is_true_names_words_of_another_world(phrase: Phrase, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        is_true(phrase, SCENE)


@pytest.mark.parametrize("phrase", [_object("cat", "black", quantity="two"), _triple("dog", "chase", "cat")])
def test_from_json_reads_what_to_json_wrote(phrase: Phrase) -> None:
    assert from_json(phrase.to_json()) == phrase
