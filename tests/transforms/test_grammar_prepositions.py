"""What prepositions relate."""

from __future__ import annotations

import pytest

from tests.parsed_captions import facts


@pytest.mark.parametrize(
    ("caption", "relation"),
    [
        ("A stove in a kitchen", "stove in kitchen"),
        ("A chair in front of the desk", "chair in front of desk"),
        ("A hat on top of a dresser", "hat on top of dresser"),
        ("A chair on the top of a hill", "chair on top of hill"),
        ("A bench at the side of the road", "bench at side of road"),
        ("A cup to the left of a plate", "cup to the left of plate"),
        ("A house close to the lake", "house close to lake"),
        ("A bird next to a statue", "bird next to statue"),
        ("A dog bigger than a cat", "dog bigger than cat"),
        ("Rocks underneath the bridge", "rock under bridge"),
        ("Gravel in between the rails", "gravel between rail"),
        ("People out in the water", "people in water"),
    ],
)
def test_phrases_reads_prepositions_of_several_words(caption: str, relation: str) -> None:
    assert facts(caption) == [relation]


@pytest.mark.parametrize(
    ("caption", "relation"),
    [
        ("The tail of a cat", "cat have tail"),
        ("A glass of wine", "wine in glass"),
        ("A plate of food", "food on plate"),
        ("A field of grass", "field have grass"),
        ("The man's hat", "man have hat"),
    ],
)
def test_relate_of_tells_who_has_what(caption: str, relation: str) -> None:
    assert facts(caption) == [relation]


def test_relate_place_tells_absence() -> None:
    assert facts("A table with no chairs") == ["table without chair"]


def test_whose_part_follows_the_pronoun() -> None:
    assert facts("some kids in a bedroom with a lot of beds in it") == [
        "bed in bedroom",
        "bedroom with bed",
        "kid in bedroom",
    ]


def test_holders_gives_a_place_to_the_whole_coordination() -> None:
    assert facts("A drink and a sandwich on a table") == ["drink on table", "sandwich on table"]
