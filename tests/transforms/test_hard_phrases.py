"""False phrases made from an image's own captions, with the sentences in which they stand."""

from collections.abc import Mapping

import pytest

from schemas.records import Caption, HardPhrase
from tests.hand_graphs import words
from transforms.absence import Absence
from transforms.evidence import Evidence
from transforms.hard_phrases import PER_CAPTION, hard_phrases
from transforms.judge import Judge, Knowledge
from transforms.phrases import read_caption
from transforms.replacements import Replacements
from transforms.scene_graphs import parse
from transforms.slots import PLACE_KINDS, Slots

ABSENCE = Absence(dict.fromkeys(("elephant", "zebra", "woman", "kitten"), 998), {})


def made(texts: list[str], **fillers: Mapping[tuple[str, str], tuple[str, ...]]) -> list[HardPhrase]:
    """Returns the hard phrases of an image with these captions, where the corpus says what `fillers` has."""
    slots = Slots({kind: fillers.get(kind, {}) for kind in PLACE_KINDS})
    captions = [Caption(f"i#{i}", text) for i, text in enumerate(texts)]
    graphs = parse(texts)
    contents = [read_caption(c.caption_id, g) for c, g in zip(captions, graphs, strict=True)]
    judge = Judge(Evidence(contents), Knowledge(words(), ABSENCE))
    return list(hard_phrases(captions, graphs, contents, judge, Replacements(slots, Absence({}, {}))))


def shown(found: list[HardPhrase]) -> list[tuple[str, str, str]]:
    return [(h.replaced, h.text, f"{h.sentence} [{h.sentence[slice(*h.characters)]}]") for h in found]


@pytest.mark.parametrize(
    ("text", "fillers", "expected"),
    [
        (
            "A man rides a horse.",
            {"objects": {("man", "ride"): ("elephant", "horse")}},
            ("object", "elephant", "A man rides an elephant. [elephant]"),
        ),
        (
            "Two horses stand in a field.",
            {"subjects": {("stand in", "field"): ("horse", "zebra")}},
            ("object", "2 zebra", "Two zebras stand in a field. [zebras]"),
        ),
        (
            "A man sits on a red bench.",
            {"attributes": {("bench", ""): ("orange", "red", "green")}},
            ("attribute", "green bench", "A man sits on a green bench. [green bench]"),
        ),
        (
            "A girl is sitting on a horse.",
            {"predicates": {("girl", "horse"): ("sit on", "stand on", "have")}},
            ("predicate", "girl stand on horse", "A girl is standing on a horse. [girl is standing on a horse]"),
        ),
        (
            "An old man chases a black dog.",
            {},
            ("roles", "dog chase man", "A black dog chases an old man. [black dog chases an old man]"),
        ),
    ],
)
def test_hard_phrases_replaces_in_the_sentence(text: str, fillers: dict, expected: tuple[str, str, str]) -> None:
    assert expected in shown(made([text], **fillers))


def test_hard_phrases_replaces_a_count() -> None:
    (found,) = made(["Three dogs sleep."])
    assert found.replaced == "quantity"
    assert found.text != "3 sleeping dog"
    count, thing = found.sentence[slice(*found.characters)].split()
    assert count in ("Two", "Four", "Five", "Six")
    assert thing == "dogs"


def test_hard_phrases_are_false_by_every_caption_of_the_image() -> None:
    fillers = {"objects": {("man", "ride"): ("elephant", "zebra", "horse")}}
    found = made(["A man rides a horse.", "An elephant stands by."], **fillers)
    assert "elephant" not in {h.text for h in found}


@pytest.mark.parametrize(
    ("text", "fillers"),
    [
        ("A man takes off his hat.", {"subjects": {("take off", "hat"): ("man", "woman")}}),  # her hat
        ("A man and a man ride.", {"subjects": {("ride", "horse"): ("elephant", "man")}}),  # which of the two?
        ("The man looks at the dog.", {}),  # the dog may look back
        ("A cup stands near a box.", {}),  # and the box near the cup
    ],
)
def test_hard_phrases_makes_no_broken_or_doubtful_ones(text: str, fillers: dict) -> None:
    assert made([text], **fillers) == []


def test_hard_phrases_are_few_and_of_different_kinds() -> None:
    fillers = {
        "objects": {("man", "ride"): ("elephant", "zebra", "horse")},
        "attributes": {
            ("horse", ""): ("brown", "white", "black"),
            ("elephant", ""): ("white",),
            ("zebra", ""): ("white",),
        },
        "predicates": {("man", "horse"): ("ride", "push")},
    }
    texts = ["A man rides a white horse."] * 3
    found = made(texts, **fillers)
    assert len(found) == PER_CAPTION * len(texts)
    assert len({(h.caption_id, h.replaced) for h in found}) == len(found)
    assert {h.replaced for h in found} >= {"object", "attribute", "roles"}
    assert found == made(texts, **fillers)
