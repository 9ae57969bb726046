"""What pronouns stand for."""

from __future__ import annotations

import pytest

from tests.parsed_captions import facts


@pytest.mark.parametrize(
    ("caption", "relation"),
    [
        ("A dog with a ball in its mouth", "dog have mouth"),
        ("A child sleds down a hill as others watch him", "other watch child"),
        ("A plate that has a pizza sitting on it", "pizza sit on plate"),
        ("The teddy bear has a tie around its neck", "teddy bear have neck"),
        ("A woman and a man with his dog", "man have dog"),
        ("A puppy is near a balloon while it stares at a vase", "puppy stare at vase"),
        ("A man. He is riding a horse.", "man ride horse"),
    ],
)
def test_antecedent_agrees_with_the_pronoun(caption: str, relation: str) -> None:
    assert relation in facts(caption)


def test_co_arguments_are_not_meant() -> None:
    assert "picture on bear" in facts("A boy sits under a bear with Einstein 's picture on it .")


def test_partners_relates_each_to_the_other() -> None:
    assert facts("A man and a dog looking at each other") == ["dog look at man", "man look at dog"]


def test_partners_relates_a_plural_to_itself() -> None:
    assert facts("Two dogs chasing each other") == ["dog chase dog"]
