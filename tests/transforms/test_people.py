"""Words for people."""

import pytest

from transforms.people import living, person, persons_like, worn


def test_persons_like_goes_by_sex_age_and_role() -> None:
    assert "person" in persons_like("woman")
    assert "man" not in persons_like("woman")
    assert "man" not in persons_like("child")
    assert "man" in persons_like("boy")  # a boy to one is a young man to another
    assert "snowboarder" not in persons_like("skier")
    assert persons_like("table") == frozenset()


@pytest.mark.parametrize(("head", "is_worn"), [("shirt", True), ("baseball cap", True), ("car", False)])
def test_worn_goes_by_the_last_word(head: str, is_worn: bool) -> None:
    assert worn(head) is is_worn


def test_person_names_people_and_living_also_animals() -> None:
    assert person("skier")
    assert not person("dog")
    assert living("dog")
    assert not living("car")
