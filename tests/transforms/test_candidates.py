"""Candidates: hard ones first by what is shared, random ones by hash; never the image itself."""

from collections.abc import Iterable

from tests.hand_graphs import graph
from transforms.candidates import CandidatePool
from transforms.phrases import CaptionContent, read_caption


def caption(
    image_id: str, number: int, *things: str, facts: Iterable[tuple[int, str, int]] = ()
) -> tuple[str, CaptionContent]:
    return image_id, read_caption(f"{image_id}#{number}", graph(*things, facts=facts))


POOL = [
    caption("a", 0, "man", "red kite", facts=[(0, "fly", 1)]),
    caption("a", 1, "man", "kite"),
    caption("b", 0, "man", "blue kite", facts=[(0, "fly", 1)]),
    caption("c", 0, "man", "dog"),
    caption("d", 0, "cat", "sofa"),
    *(caption(f"m{i}", 0, "man") for i in range(20)),
]


def ids(found: Iterable[tuple[str, CaptionContent]]) -> list[str]:
    return [image_id for image_id, _ in found]


def test_hard_puts_what_shares_most_first() -> None:
    own = [POOL[0][1]]
    found = ids(CandidatePool(POOL).hard("z", own))
    assert found[:2] == ["a", "b"]
    assert "d" not in found


def test_hard_weighs_rare_words_more() -> None:
    own = [read_caption("z#0", graph("man", "dog"))]
    assert ids(CandidatePool(POOL).hard("z", own))[0] == "c"


def test_hard_never_gives_the_image_itself_nor_an_image_twice() -> None:
    own = [POOL[0][1], POOL[1][1]]
    found = ids(CandidatePool(POOL).hard("a", own))
    assert "a" not in found
    assert len(found) == len(set(found))


def test_random_gives_every_other_image_once() -> None:
    found = ids(CandidatePool(POOL).random("a"))
    assert sorted(found) == sorted({image_id for image_id, _ in POOL} - {"a"})


def test_random_differs_between_images() -> None:
    pool = CandidatePool(POOL)
    assert len({tuple(ids(pool.random(image_id))[:3]) for image_id in "stuvwxyz"}) > 4


def test_candidates_do_not_depend_on_the_order_of_the_pool() -> None:
    one, other = CandidatePool(POOL), CandidatePool(POOL[::-1])
    assert list(one.random("z")) == list(other.random("z"))
    own = [POOL[0][1]]
    assert list(one.hard("z", own)) == list(other.hard("z", own))


def test_an_empty_pool_gives_none() -> None:
    pool = CandidatePool([])
    assert ids(pool.hard("z", [POOL[0][1]])) == []
    assert ids(pool.random("z")) == []
