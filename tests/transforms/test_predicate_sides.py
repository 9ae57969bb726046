"""What predicates say from the other side, in a mirror, and of one another."""

from __future__ import annotations

import pytest

from transforms.predicate_sides import converse, implies, mirrored


@pytest.mark.parametrize(
    ("predicate", "back"),
    [
        ("near", "near"),
        ("stand near", "near"),  # the tree does not stand because the man does
        ("close to", "close to"),
        ("in front of", "behind"),
        ("under", "above"),
        ("to the left of", "to the right of"),
        ("right of", "left of"),
        ("ride", None),
        ("sit on", None),
        ("on", None),
        ("leave", None),
        ("turn left", None),
        ("stand behind", None),
    ],
)
def test_converse_knows_what_place_alone_tells(predicate: str, back: str | None) -> None:
    assert converse(predicate) == back


@pytest.mark.parametrize(
    ("predicate", "image"),
    [("on the left of", "on the right of"), ("right of", "left of"), ("bright", "bright"), ("near", "near")],
)
def test_mirrored_exchanges_left_and_right(predicate: str, image: str) -> None:
    assert mirrored(predicate) == image
    assert mirrored(image) == predicate


@pytest.mark.parametrize(
    ("predicate", "other", "expected"),
    [
        ("stand near", "near", True),
        ("to the left of", "left of", True),
        ("sit on top of", "on top of", True),
        ("near", "near", True),
        ("near", "stand near", False),
        ("next to", "to", False),
        ("in front of", "of", False),
        ("look at", "at", False),
        ("carry on", "carry", False),
    ],
)
def test_implies_knows_the_place_behind_a_verb(predicate: str, other: str, expected: bool) -> None:
    assert implies(predicate, other) is expected
