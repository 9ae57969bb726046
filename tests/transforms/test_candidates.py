"""Candidates: hard ones first by what is shared, random ones by hash; never the image itself."""

from collections.abc import Iterable

from schemas.records import SceneGraph
from tests.hand_graphs import graph, image
from transforms.candidates import CandidatePool
from transforms.corpus_sample import encode_captions
from transforms.phrases import CaptionContent, read_caption


def captions(image_id: str, *graphs: SceneGraph) -> tuple[str, bytes]:
    return image_id, encode_captions(image(image_id, graphs))


RED, PLAIN = graph("man", "red kite", facts=[(0, "fly", 1)]), graph("man", "kite")
OWN = [read_caption("a#0", RED), read_caption("a#1", PLAIN)]
POOL = [
    captions("a", RED, PLAIN),
    captions("b", graph("man", "blue kite", facts=[(0, "fly", 1)])),
    captions("c", graph("man", "dog")),
    captions("d", graph("cat", "sofa")),
    *(captions(f"m{i}", graph("man")) for i in range(20)),
]


def ids(found: Iterable[tuple[str, CaptionContent]]) -> list[str]:
    return [image_id for image_id, _ in found]


def test_hard_puts_what_shares_most_first() -> None:
    own = OWN[:1]
    found = ids(CandidatePool(POOL).hard("z", own))
    assert found[:2] == ["a", "b"]
    assert "d" not in found


def test_hard_weighs_rare_words_more() -> None:
    own = [read_caption("z#0", graph("man", "dog"))]
    assert ids(CandidatePool(POOL).hard("z", own))[0] == "c"


def test_hard_never_gives_the_image_itself_nor_an_image_twice() -> None:
    found = ids(CandidatePool(POOL).hard("a", OWN))
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
    own = OWN[:1]
    assert list(one.hard("z", own)) == list(other.hard("z", own))


def test_an_empty_pool_gives_none() -> None:
    pool = CandidatePool([])
    assert ids(pool.hard("z", OWN)) == []
    assert ids(pool.random("z")) == []
