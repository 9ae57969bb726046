"""Roles and rooms that exclude one another."""

from transforms.rivals import rivals


def test_rivals_of_a_role_are_the_other_roles() -> None:
    assert {"snowboarder", "surfer"} <= rivals("skier")
    assert "skier" not in rivals("skier")


def test_rivals_spare_what_shares_a_group() -> None:
    assert "batter" not in rivals("baseball player")
    assert "skateboarder" not in rivals("skater")


def test_rivals_are_of_one_kind() -> None:
    assert "bathroom" in rivals("kitchen")
    assert "skier" not in rivals("kitchen")


def test_rivals_go_both_ways() -> None:
    assert all("skier" in rivals(other) for other in rivals("skier"))


def test_rivals_of_an_unlisted_word_are_none() -> None:
    assert rivals("man") == frozenset()
