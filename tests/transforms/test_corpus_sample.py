"""The bounded sample: the same whatever the order, the bundles and the merges."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hand_graphs import graph, image
from transforms.corpus_sample import BottomSample, decode_captions, encode_captions, hash64

IMAGES = [image(str(i), [graph(f"dog{i}"), graph("cat")]) for i in range(60)]


def sample(images, size: int = 7) -> BottomSample:
    found = BottomSample(size)
    for item in images:
        found.add(item)
    return found


@given(st.permutations(range(60)), st.lists(st.integers(1, 59), max_size=6, unique=True), st.randoms())
def test_sample_does_not_depend_on_order_bundles_or_merges(order, cuts, random) -> None:
    bounds = [0, *sorted(cuts), 60]
    parts = [sample(IMAGES[i] for i in order[a:b]) for a, b in pairwise(bounds)]
    while len(parts) > 1:
        left = parts.pop(random.randrange(len(parts)))
        parts[random.randrange(len(parts))].merge(left)
    assert parts[0].entries() == sample(IMAGES).entries()


def test_sample_keeps_the_smallest_hashes() -> None:
    wanted = sorted(IMAGES, key=lambda item: hash64("sample", item.image_id))[:7]
    assert [entry[1] for entry in sample(IMAGES).entries()] == [item.image_id for item in wanted]


def test_sample_keeps_all_where_there_are_few() -> None:
    assert len(sample(IMAGES, 100).entries()) == 60


def test_sample_holds_at_most_twice_its_size() -> None:
    found = BottomSample(5)
    for item in IMAGES:
        found.add(item)
        assert len(found._entries) <= 10


def test_sample_refuses_to_hold_nothing() -> None:
    with pytest.raises(ValueError, match="size=0"):
        BottomSample(0)


def test_decode_captions_gives_back_all_but_token_offsets() -> None:
    item = image("7", [graph("2 red dog !wet", "no cat", facts=[(0, "near", 1)], denied=[0]), graph()])
    decoded = decode_captions(json.loads(encode_captions(item)))
    assert [caption_id for caption_id, _ in decoded] == ["7#0", "7#1"]
    for (_, found), wanted in zip(decoded, item.graphs, strict=True):
        assert (found.objects, found.relations) == (wanted.objects, wanted.relations)


def test_hash64_keeps_parts_apart() -> None:
    assert len({hash64("ab", "c"), hash64("a", "bc"), hash64("abc"), hash64("abc", "")}) == 4
