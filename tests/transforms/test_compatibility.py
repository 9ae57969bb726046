"""What is learned of word pairs from small made-up corpora."""

from tests.hand_graphs import content, graph, words
from transforms.compatibility import Compatibility, learn_compatibility, read_contexts


def learned(*images: list[str]) -> Compatibility:
    return learn_compatibility(
        read_contexts([[content(graph(*c.split(","))) for c in captions] for captions in images])
    )


def relation(table: Compatibility, left: str, right: str) -> str | None:
    rows = [row for row in table.rows["head"] if (row.left, row.right) == (left, right)]
    return rows[0].relation if rows else None


COUCH = [["couch,cat", "sofa,cat", "sofa", "couch,cat"], ["sofa,dog", "couch,dog", "couch", "sofa"]] * 20
OTHER = [["man,ball", "man,ball", "man,ball", "ball"], ["tree,lake", "tree,lake", "tree", "lake"]] * 60


def test_learn_compatibility_finds_a_synonym() -> None:
    table = learned(*COUCH, *OTHER)
    assert relation(table, "couch", "sofa") == "same"
    assert table.true_by("head", "sofa") == {"couch"}


def test_learn_compatibility_does_not_take_company_for_a_synonym() -> None:
    table = learned(*COUCH, *OTHER)
    assert relation(table, "ball", "man") is None
    assert relation(table, "lake", "tree") is None


def test_learn_compatibility_finds_what_goes_together() -> None:
    table = learned(*COUCH, *OTHER)
    assert "ball" in table.associated("man")
    assert "tree" not in table.associated("man")


def test_learn_compatibility_finds_direction() -> None:
    # A boulder is always also called a rock, most rocks are never called boulders.
    boulders = [["boulder", "rock", "rock", "rock"], ["boulder", "boulder", "rock", "rock"]] * 20
    table = learned(*boulders, *[["rock", "rock", "rock", "rock"]] * 100, *OTHER * 6)
    assert relation(table, "boulder", "rock") == "implies"
    assert table.true_by("head", "rock") == {"boulder"}
    assert "rock" not in table.true_by("head", "boulder")
    assert "rock" in table.near("head", "boulder")


def test_learn_compatibility_concludes_nothing_from_few_images() -> None:
    table = learned(*COUCH[:4], *OTHER)
    assert relation(table, "couch", "sofa") in (None, "maybe")


def test_learn_compatibility_never_takes_kinds_for_the_same() -> None:
    images = [["dog,grass", "car,grass", "dog", "car"]] * 40 + OTHER
    assert relation(learned(*images), "car", "dog") != "same"


def test_learn_compatibility_does_not_depend_on_the_order_of_images() -> None:
    images = [*COUCH, *OTHER]
    assert learned(*images) == learned(*reversed(images))


def test_learn_compatibility_of_nothing_is_empty() -> None:
    assert learned().rows == {"head": (), "attribute": (), "predicate": ()}


def test_alike_holds_for_compounds_of_one_last_word() -> None:
    table = words()
    assert table.alike("desk", "computer desk")
    assert table.alike("kitchen table", "dining table")
    assert table.alike("lap top", "laptop")
    assert not table.alike("desk", "computer")


def test_alike_knows_people_by_sex_and_age() -> None:
    table = words()
    assert table.alike("man", "person")
    assert table.alike("boy", "man")
    assert not table.alike("man", "woman")
    assert not table.alike("child", "man")
