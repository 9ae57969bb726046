"""Which words name objects."""

from __future__ import annotations

import pytest

from tests.parsed_captions import facts, things


@pytest.mark.parametrize(
    ("caption", "objects"),
    [
        ("A teddy bear on a bed", ["teddy bear", "bed"]),
        ("Two dogs and a cat", ["2 dog", "cat"]),
        ("A man next to another man", ["man", "man"]),
        ("A skier wearing red", ["skier", "red"]),
        ("Children play while others watch them", ["child", "other"]),
        ("A lamp on top of the table", ["lamp", "table"]),
        ("2 boys on 1 bench", ["2 boy", "1 bench"]),
    ],
)
def test_name_objects_names_what_heads_a_phrase(caption: str, objects: list[str]) -> None:
    assert [o.partition(" (")[0] for o in things(caption)] == objects


@pytest.mark.parametrize(
    ("caption", "objects"),
    [
        ("A group of people", ["group of people"]),
        ("A flock of white birds", ["flock of bird (white)"]),
        ("A lot of boats", ["a lot of boat"]),
        ("A pair of shoes", ["pair of shoe"]),
        ("A body of water", ["water"]),
        ("A slice of pizza", ["pizza (slice)"]),
        ("Two small pieces of cake", ["2 cake (small, piece)"]),
        ("Some of the boats are red", ["some boat (red)"]),
        ("No chairs in a room", ["no chair", "room"]),
    ],
)
def test_redirect_measure_names_what_is_measured(caption: str, objects: list[str]) -> None:
    assert things(caption) == objects


def test_redirect_measure_relates_what_is_measured() -> None:
    assert facts("A group of people in a boat") == ["people in boat"]


def test_describe_behind_reads_an_adjective_after_its_noun() -> None:
    assert "dog (asleep)" in things("A dog asleep on the floor")
