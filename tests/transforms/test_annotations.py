"""Annotation files, good and hostile, through the whole reader; and captions to image records."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import Annotation, Caption, DeadLetter, ImageRecord
from tests.hostile import HostileFile, hostile_files
from transforms.annotations import AnnotationFileError, group_annotations, read_annotations

SHARED = Path(__file__).parents[3] / "shared" / "data"


def annotation(image_id: str = "1", text: str = "a dog", **fields: object) -> Annotation:
    defaults = {"uri": f"{image_id}.jpg", "split": "train", "caption_key": None, "position": None}
    return Annotation(image_id=image_id, text=text, **(defaults | fields))


@pytest.mark.parametrize("file", [file for file in hostile_files() if not file.error], ids=lambda file: file.name)
def test_read_annotations_refuses_bad_entries_and_keeps_the_rest(tmp_path: Path, file: HostileFile) -> None:
    path = tmp_path / file.name
    path.write_bytes(file.data)
    outcomes = list(read_annotations(str(path)))
    letters = [outcome for outcome in outcomes if isinstance(outcome, DeadLetter)]
    assert Counter(letter.reason for letter in letters) == file.reasons
    assert len(outcomes) - len(letters) == file.accepted
    assert len({letter.record_id for letter in letters}) == len(letters)
    for letter in letters:
        assert letter.stage == "ReadAnnotations"
        assert letter.record_id.startswith(f"{file.name}:")
        assert 0 < len(letter.detail.encode()) < 500  # encode: what a letter shows can be written anywhere


@pytest.mark.parametrize("file", [file for file in hostile_files() if file.error], ids=lambda file: file.name)
def test_read_annotations_says_what_is_wrong_with_a_file(tmp_path: Path, file: HostileFile) -> None:
    path = tmp_path / file.name
    path.write_bytes(file.data)
    with pytest.raises(AnnotationFileError, match=file.error) as caught:
        list(read_annotations(str(path)))
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value)) < len(str(path)) + 500


def test_read_annotations_says_that_a_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(AnnotationFileError, match=r"none\.json: no such file"):
        list(read_annotations(str(tmp_path / "none.json")))


def test_read_annotations_says_that_a_file_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(AnnotationFileError, match="Is a directory"):
        list(read_annotations(str(tmp_path)))


def test_read_annotations_places_a_bad_caption_exactly(tmp_path: Path) -> None:
    path = tmp_path / "dataset.json"
    path.write_text(json.dumps({"images": [{"filename": "a.jpg", "sentences": [{"raw": "a dog"}, {"raw": ""}]}]}))
    assert list(read_annotations(str(path)))[1] == DeadLetter(
        "ReadAnnotations", "dataset.json:images[0].sentences[1]", "empty_caption", "the caption is '' (str)"
    )


@pytest.mark.parametrize(
    ("name", "split", "expected"),
    [
        ("captions_val2017.csv", None, "val"),
        ("captions.csv", None, "train"),
        ("captions_val2017.csv", "test", "test"),
    ],
)
def test_read_annotations_takes_the_split_of_the_option_or_the_file_name(
    tmp_path: Path, name: str, split: str, expected: str
) -> None:
    (tmp_path / name).write_text("filename,caption\na.jpg,a dog\n")
    [only] = read_annotations(str(tmp_path / name), split=split)
    assert isinstance(only, Annotation)
    assert only.split == expected


def test_read_annotations_prefers_the_split_of_the_entry(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("filename,caption,split\na.jpg,a dog,val\n")
    [only] = read_annotations(str(tmp_path / "test.csv"), split="test")
    assert isinstance(only, Annotation)
    assert only.split == "val"


def test_read_annotations_does_not_guess_between_two_splits(tmp_path: Path) -> None:
    (tmp_path / "train_val.csv").write_text("filename,caption\na.jpg,a dog\n")
    with pytest.raises(AnnotationFileError, match="names two; pass the split"):
        list(read_annotations(str(tmp_path / "train_val.csv")))


def test_read_annotations_gunzips_by_content(tmp_path: Path) -> None:
    for name in ("captions.csv.gz", "captions.csv"):
        (tmp_path / name).write_bytes(gzip.compress(b"filename,caption\na.jpg,a dog\n"))
        assert len(list(read_annotations(str(tmp_path / name)))) == 1


def test_read_annotations_takes_an_explicit_format_over_the_extension(tmp_path: Path) -> None:
    (tmp_path / "captions.csv").write_text("a.jpg#0\ta dog\n")
    [only] = read_annotations(str(tmp_path / "captions.csv"), file_format="token")
    assert only == annotation("a", uri="a.jpg", caption_key="0")


def test_group_annotations_numbers_by_key_then_position_then_rank() -> None:
    group = [
        annotation(text="b", position=1),
        annotation(text="d"),
        annotation(text="c"),
        annotation(text="a", caption_key="7", position=0),
    ]
    records, letters = group_annotations(group)
    assert letters == []
    assert records == [
        ImageRecord(
            "1", "1.jpg", "train", (Caption("1#0", "c"), Caption("1#1", "b"), Caption("1#2", "d"), Caption("1#7", "a"))
        )
    ]


def test_group_annotations_refuses_exact_duplicates() -> None:
    records, letters = group_annotations([annotation(), annotation()])
    assert [c.caption_id for c in records[0].captions] == ["1#0"]
    assert [(x.stage, x.record_id, x.reason) for x in letters] == [("GroupAnnotations", "1#0", "duplicate_caption")]


def test_group_annotations_keeps_the_first_text_of_one_caption_id() -> None:
    group = [annotation(text="b", caption_key="0"), annotation(text="a", caption_key="0")]
    for order in (group, group[::-1]):
        records, letters = group_annotations(order)
        assert records[0].captions == (Caption("1#0", "a"),)
        assert [(x.reason, x.detail) for x in letters] == [("duplicate_caption", "'b' (str), after 'a' (str)")]


def test_group_annotations_keeps_equal_captions_of_different_positions() -> None:
    records, letters = group_annotations([annotation(position=0), annotation(position=1)])
    assert [c.caption_id for c in records[0].captions] == ["1#0", "1#1"]
    assert letters == []


@pytest.mark.parametrize("field", [{"uri": "other/1.jpg"}, {"split": "test"}])
def test_group_annotations_refuses_all_of_an_image_that_is_two(field: dict[str, str]) -> None:
    records, letters = group_annotations([annotation(text="a"), annotation(text="b", **field), annotation("2")])
    assert [record.image_id for record in records] == ["2"]
    assert [(x.record_id, x.reason) for x in letters] == [("1", "conflicting_image")] * 2


ANNOTATIONS = st.lists(
    st.builds(
        annotation,
        image_id=st.sampled_from("12"),
        text=st.sampled_from(["a", "b", "c"]),
        split=st.sampled_from(["train", "train", "train", "val"]),
        caption_key=st.sampled_from([None, None, "0", "x"]),
        position=st.sampled_from([None, 0, 1]),
    ),
    max_size=12,
)


@given(ANNOTATIONS, st.randoms(use_true_random=False))
def test_group_annotations_ignores_the_order_of_its_input(group: list[Annotation], chance: random.Random) -> None:
    shuffled = chance.sample(group, len(group))
    assert group_annotations(shuffled) == group_annotations(group)


@given(ANNOTATIONS)
def test_group_annotations_loses_no_caption_and_repeats_no_id(group: list[Annotation]) -> None:
    records, letters = group_annotations(group)
    captions = [caption for record in records for caption in record.captions]
    assert len(captions) + len(letters) == len(group)
    assert len({caption.caption_id for caption in captions}) == len(captions)
    assert [record.image_id for record in records] == sorted({record.image_id for record in records})


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder of real captions is not here")
@pytest.mark.parametrize(
    ("name", "images", "captions"),
    [("coco_val2017_captions.jsonl.gz", 5_000, 25_014), ("coco_photos/captions.jsonl", 128, None)],
)
def test_read_annotations_reads_real_captions(name: str, images: int, captions: int | None) -> None:
    outcomes = list(read_annotations(str(SHARED / name)))
    annotations = [outcome for outcome in outcomes if isinstance(outcome, Annotation)]
    records, letters = group_annotations(annotations)
    assert len(records) == images
    assert len(outcomes) == len(annotations) == sum(len(record.captions) for record in records)
    assert captions in (None, len(annotations))
    assert letters == []
