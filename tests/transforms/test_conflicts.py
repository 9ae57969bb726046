import pytest

from transforms.conflicts import (
    FAMILIES,
    SYMMETRIC,
    attribute_conflict,
    inverse_predicates,
    predicates_alike,
    predicates_exclude,
)


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        ("red", "blue", "colour_conflict"),
        ("black", "white", "colour_conflict"),
        ("big", "tiny", "size_conflict"),
        ("wooden", "metal", "material_conflict"),
        ("striped", "plaid", "pattern_conflict"),
        ("sitting", "standing", "state_conflict"),
        ("open", "closed", "state_conflict"),
        ("tan", "brown", None),
        ("red", "wooden", None),
        ("red", "big", None),
        ("red", "red", None),
        ("fluffy", "red", None),
    ],
)
def test_attribute_conflict(left: str, right: str, reason: str | None) -> None:
    assert attribute_conflict(left, right) == reason


def test_attribute_conflict_is_symmetric_and_never_with_itself() -> None:
    words = sorted({word for _, family in FAMILIES for group in family for word in group})
    for left in words:
        assert attribute_conflict(left, left) is None
        for right in words:
            assert (attribute_conflict(left, right) is None) == (attribute_conflict(right, left) is None), (left, right)


def test_inverse_predicates_go_both_ways() -> None:
    assert "right of" in inverse_predicates("left of")
    assert "left of" in inverse_predicates("right of")


def test_inverse_predicates_are_not_symmetric_ones() -> None:
    assert not any(inverse_predicates(predicate) for predicate in SYMMETRIC)


@pytest.mark.parametrize(
    ("left", "right", "living", "excluded"),
    [
        ("sit on", "stand on", True, True),
        ("sit on", "stand on", False, False),
        ("behind", "in front of", False, True),
        ("stand behind", "stand in front of", True, True),
        ("throw", "catch", True, True),
        ("in", "wear", True, False),
        ("on", "on top of", False, False),
        ("near", "behind", False, False),
        ("hold", "hold", True, False),
    ],
)
def test_predicates_exclude(left: str, right: str, living: bool, excluded: bool) -> None:
    assert predicates_exclude(left, right, living=living) is excluded


@pytest.mark.parametrize(
    ("left", "right", "alike"), [("sit on", "on", True), ("sit on", "sit under", False), ("eat", "hold", False)]
)
def test_predicates_alike(left: str, right: str, alike: bool) -> None:
    assert predicates_alike(left, right) is alike
