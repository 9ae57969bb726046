"""Which row belongs to an image, under the names that photos go by."""

from __future__ import annotations

import pickle
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dumps.index import RowIndex, index_rows, loose_name
from transforms.dumps.rows import RowError


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("COCO_train2014_000000132417", "132417"),
        ("coco_train2014_000000132417.npz", "132417"),
        ("train2014/COCO_train2014_000000132417.jpg", "132417"),
        ("000000132417.jpg.npz", "132417"),
        ("132417", "132417"),
        ("flickr30k_000001007129816.npz", "1007129816"),
        ("flickr30k-images/1007129816.jpg", "1007129816"),
        ("photo_1.png", "photo_1"),
        ("other_1.png", "other_1"),
        ("v1.5/a", "a"),
        ("0", "0"),
        ("", ""),
    ],
)
def test_loose_name_is_what_the_names_of_one_photo_share(name: str, expected: str) -> None:
    assert loose_name(name) == expected


def index_of(names: Iterable[str]) -> RowIndex:
    return index_rows((name,) for name in names)


@given(st.lists(st.text(min_size=1), unique=True))
def test_find_returns_the_row_of_every_name_as_it_is_spelt(names: list[str]) -> None:
    index = index_of(names)
    assert [index.find([name]) for name in names] == list(range(len(names)))


def test_find_prefers_the_exact_name() -> None:
    index = index_of(["a.jpg", "a"])
    assert index.find(["a"]) == 1
    assert index.find(["a.jpg"]) == 0


def test_find_returns_none_for_an_unknown_name() -> None:
    assert index_of(["a", "b"]).find(["c", ""]) is None
    assert index_of([]).find(["c"]) is None


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (["a", "b", "a"], ["a"]),
        (["train/x.jpg", "val/x.jpg"], ["x"]),
        (["7", "COCO_val2014_000000000007"], ["000000000007"]),
        (["1", "2"], ["1", "2"]),
    ],
)
def test_find_refuses_to_guess(rows: list[str], names: list[str]) -> None:
    with pytest.raises(RowError) as caught:
        index_of(rows).find(names)
    assert caught.value.reason == "ambiguous_regions"


def test_digest_tells_names_and_their_order() -> None:
    assert index_of(["a", "b"]).digest() == index_of(["a", "b"]).digest()
    assert len({index_of(names).digest() for names in (["a", "b"], ["b", "a"], ["a"], [])}) == 4


def test_index_rows_takes_few_bytes_a_row_whatever_the_names() -> None:
    index = index_of(f"{'long' * 50}{n}" for n in range(10_000))
    assert len(pickle.dumps(index)) < 33 * 10_000


def test_find_knows_every_name_of_a_row() -> None:
    index = index_rows([("0", "1000092795.jpg"), ("1", "COCO_val2014_000000000001.jpg")])
    assert index.find(["1000092795"]) == index.find(["0"]) == 0
    assert index.find(["000000000001.jpg"]) == index.find(["1"]) == 1  # two names, loosely the same, of one row
