"""What clauses say."""

from __future__ import annotations

import pytest

from tests.parsed_captions import facts, things


@pytest.mark.parametrize(
    ("caption", "relations"),
    [
        ("A man rides a horse on the beach", ["man on beach", "man ride horse"]),
        ("A girl looks up at the sky", ["girl look up at sky"]),
        ("A bird flying out of the grass", ["bird fly out of grass"]),
        ("A woman holds a ball in her hand", ["ball in hand", "woman have hand", "woman hold ball"]),
        ("Behind a fox stands a box", ["box stand behind fox"]),
        ("In a vase is a flower", ["flower in vase"]),
    ],
)
def test_relate_adjuncts_fuses_the_first_preposition(caption: str, relations: list[str]) -> None:
    assert facts(caption) == relations


@pytest.mark.parametrize(
    ("caption", "relations"),
    [
        ("A carriage pulled by a horse", ["horse pull carriage"]),
        ("A field surrounded by trees and covered in snow", ["snow cover field", "tree surround field"]),
        ("A bus parked by a building", ["bus park by building"]),
        ("A bicycle is chained to a pole", ["bicycle chain to pole"]),
        ("A bird can be seen in a tree", ["bird in tree"]),
    ],
)
def test_is_agent_turns_passives_active(caption: str, relations: list[str]) -> None:
    assert facts(caption) == relations


@pytest.mark.parametrize(
    ("caption", "relations"),
    [
        ("The shirt the man is wearing is red", ["man wear shirt"]),
        ("The road the cars drive on", ["car drive on road"]),
        ("The road that the cars are on", ["car on road"]),
        ("The field in which the players are standing", ["player stand in field"]),
        ("A train that has two cars attached", ["train have car"]),
        ("On a snowy path a woman wears skis", ["woman on path", "woman wear ski"]),
    ],
)
def test_clause_objects_finds_shared_objects(caption: str, relations: list[str]) -> None:
    assert facts(caption) == relations


@pytest.mark.parametrize(
    ("caption", "objects"),
    [
        ("Dogs racing", ["dog (racing)"]),
        ("A parked car", ["car (parked)"]),
        ("The man smiles", ["man (smiling)"]),
        ("The bathroom is clean and ready to be used", ["bathroom (clean, ready)"]),
        ("The bag is white in color", ["bag (white)"]),
        ("The people are outside", ["people (outside)"]),
        ("The fence is metal", ["fence (metal)"]),
        ("A person bending over to pick up a ball", ["person", "ball"]),
    ],
)
def test_describe_subject_tells_intransitive_verbs_as_attributes(caption: str, objects: list[str]) -> None:
    assert things(caption) == objects


@pytest.mark.parametrize(
    ("caption", "relations"),
    [
        ("A man is not wearing a helmet", ["not man wear helmet"]),
        ("A man who never rides a bike", ["not man ride bike"]),
        ("Neither the man nor the woman is wearing a hat", ["not man wear hat", "not woman wear hat"]),
        ("There are no clouds in the sky", ["not cloud in sky"]),
        ("A dog isn't chasing the ball that a boy throws", ["boy throw ball", "not dog chase ball"]),
    ],
)
def test_is_negated_denies_the_relation(caption: str, relations: list[str]) -> None:
    assert facts(caption) == relations


def test_is_negated_denies_the_attribute() -> None:
    assert things("A cup that is not empty") == ["cup (not empty)"]


def test_relate_where_relates_the_place() -> None:
    assert facts("A bridge where a man is running") == ["man run at bridge"]
