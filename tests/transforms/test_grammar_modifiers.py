"""What the words before a noun say."""

from __future__ import annotations

import pytest

from tests.parsed_captions import facts, things


@pytest.mark.parametrize(
    ("caption", "thing"),
    [
        ("A black and white cat", "cat (black, white)"),
        ("A dark green tree", "tree (dark green)"),
        ("A light blue sky", "sky (light blue)"),
        ("A partly cloudy sky", "sky (partly cloudy)"),
        ("A very tall man", "man (tall)"),
        ("A red striped ball", "ball (red, striped)"),
        ("A small tan dog", "dog (small, tan)"),
        ("The other man", "man"),
    ],
)
def test_read_adjective_keeps_what_shades_it(caption: str, thing: str) -> None:
    assert things(caption) == [thing]


@pytest.mark.parametrize(
    ("caption", "thing"),
    [
        ("A light-colored dog", "dog (light-colored)"),
        ("A multi colored umbrella", "umbrella (multi-colored)"),
        ("A gray colored table", "table (gray)"),
        ("A man in a t-shirt", "t-shirt"),
    ],
)
def test_read_modifier_joins_hyphens(caption: str, thing: str) -> None:
    assert things(caption)[-1] == thing


@pytest.mark.parametrize(
    ("caption", "thing"),
    [
        ("A brick wall", "wall (brick)"),
        ("A wood table", "table (wooden)"),
        ("A baby elephant", "elephant (baby)"),
        ("A chain link fence", "fence (chain link)"),
        ("A double decker bus", "bus (double decker)"),
        ("A red and white obedience training fence", "fence (red, white, obedience training)"),
    ],
)
def test_read_noun_modifier_tells_materials_and_kinds_as_attributes(caption: str, thing: str) -> None:
    assert things(caption) == [thing]


@pytest.mark.parametrize(
    ("caption", "thing"),
    [
        ("A tennis racket", "tennis racket"),
        ("A wooden park bench", "park bench (wooden)"),
        ("A blue fire hydrant", "fire hydrant (blue)"),
        ("Ski poles in the snow", "ski pole"),
        ("A surf board", "surfboard"),
        ("The left hand of a man", "left hand"),
    ],
)
def test_fuse_keeps_compound_nouns(caption: str, thing: str) -> None:
    assert things(caption)[0] == thing


@pytest.mark.parametrize(
    ("caption", "relation"),
    [
        ("A tree branch", "tree have branch"),
        ("The bear paw", "bear have paw"),
        ("A bus door", "bus have door"),
    ],
)
def test_is_whole_gives_the_part_to_the_whole(caption: str, relation: str) -> None:
    assert facts(caption) == [relation]


def test_read_adjective_gives_a_red_haired_man_hair() -> None:
    assert things("A red haired man") == ["man", "hair (red)"]
    assert facts("A red haired man") == ["man have hair"]


def test_read_adjective_covers_a_snow_covered_mountain() -> None:
    assert facts("A snow covered mountain") == ["snow cover mountain"]
