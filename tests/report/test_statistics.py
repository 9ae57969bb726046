from pathlib import Path

import pytest

from report.data_set import DataSet
from report.statistics import Statistics, collect
from report.words import Naming
from tests.report.folders import Folder, MadeImage, Texts, write_data_set


def collected(tmp_path: Path, *images: MadeImage) -> Statistics:
    data = DataSet(write_data_set(tmp_path / "out", Folder(images)))
    return collect(data, data.objects, Naming(data.objects))


def test_collect_counts_what_is_there(tmp_path: Path) -> None:
    total = collected(tmp_path, MadeImage("a"), MadeImage("b", Texts(head="woman")), MadeImage("c", failed=True))
    assert (total.images, total.captions) == (3, 3)
    assert total.boxes == {3: 2, 0: 1}
    assert total.scores == {18: 2, 16: 2, 4: 2}
    assert total.seen == {"man": 2, "horse": 2, "dog": 2}
    assert total.heads == {"man": 2, "woman": 1, "horse": 3}
    assert total.predicates == {"ride": 3}
    assert total.words == {6: 3}
    assert total.labels[("negative", "absent_head")] == 3


def test_rare_words_are_those_of_one_image(tmp_path: Path) -> None:
    total = collected(tmp_path, MadeImage("a"), MadeImage("b", Texts(head="anvil")), MadeImage("c"))
    assert {place.image_id: total.rare_words(place) for place in total.places} == {"a": [], "b": ["anvil"], "c": []}


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (Texts(note="not_english"), "caption 1: not english"),
        (Texts(caption="word " * 61), "caption 1 has 61 words"),
        (Texts(head="boat", object="sea"), "no caption names anything that the detector is sure of"),
        (Texts(head="boat", object="dog"), "no caption names anything that the detector is sure of"),  # not sure of it
    ],
)
def test_odd_says_what_is_strange(tmp_path: Path, texts: Texts, reason: str) -> None:
    total = collected(tmp_path, MadeImage("a", texts))
    assert total.odd(total.places[0]) == [reason]


def test_odd_is_empty_for_what_fits(tmp_path: Path) -> None:
    total = collected(tmp_path, MadeImage("a"), MadeImage("b"))
    assert [total.odd(place) for place in total.places] == [[], []]


def test_odd_names_a_caption_that_many_images_have(tmp_path: Path) -> None:
    total = collected(tmp_path, *(MadeImage(f"image {i}") for i in range(3)))
    assert total.odd(total.places[0]) == ["3 images have the caption 'two tall men ride a horse.'"]
