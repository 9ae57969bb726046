"""The rules that all formats share, on good entries; tests/hostile.py has the bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.records import Annotation
from transforms.annotation_entries import (
    ANNOTATION_REASONS,
    FIELDS,
    SPLITS,
    EntryError,
    identifier,
    read_entry,
    shown,
    split_of_file,
)
from transforms.images import IMAGE_REASONS


def only(entry: object) -> Annotation:
    [(_, outcome)] = read_entry(entry, "train")
    assert isinstance(outcome, Annotation)
    return outcome


@pytest.mark.parametrize("field", ["filename", "file_name", "image", "path"])
def test_read_entry_finds_the_image_in_each_field(field: str) -> None:
    assert only({field: "a.jpg", "caption": "a dog"}).uri == "a.jpg"


@pytest.mark.parametrize("field", ["caption", "text", "sentence"])
def test_read_entry_finds_the_caption_in_each_field(field: str) -> None:
    assert only({"image": "a.jpg", field: "a dog"}).text == "a dog"


@pytest.mark.parametrize("field", ["captions", "sentences", "caption"])
def test_read_entry_numbers_the_captions_of_a_list(field: str) -> None:
    outcomes = list(read_entry({"image": "a.jpg", field: ["a dog", "a cat"]}, "train"))
    assert outcomes == [
        (f".{field}[0]", Annotation("a", "a.jpg", "train", None, 0, "a dog")),
        (f".{field}[1]", Annotation("a", "a.jpg", "train", None, 1, "a cat")),
    ]


def test_read_entry_reads_karpathys_sentences() -> None:
    entry = {
        "filepath": "val2014",
        "filename": "COCO_9.jpg",
        "cocoid": 9,
        "imgid": 0,
        "split": "restval",
        "sentences": [{"raw": " A dog. ", "tokens": ["a", "dog"], "sentid": 77}],
    }
    assert only(entry) == Annotation("9", "val2014/COCO_9.jpg", "train", "77", 0, "A dog.")


def test_read_entry_names_an_image_by_its_folder_and_name_without_an_id() -> None:
    assert only({"path": "x//y/./a.b.jpg", "text": "a dog"}) == Annotation(
        "x/y/a.b", "x/y/a.b.jpg", "train", None, None, "a dog"
    )


def test_read_entry_takes_empty_ids_and_splits_as_absent() -> None:
    entry = {"path": "a.jpg", "text": "a dog", "image_id": "", "caption_id": " ", "split": ""}
    assert only(entry) == Annotation("a", "a.jpg", "train", None, None, "a dog")


def test_read_entry_prefers_the_first_listed_field_that_holds_a_value() -> None:
    assert only({"path": "p.jpg", "filename": None, "image": "i.jpg", "text": "t"}).uri == "i.jpg"


def test_read_entry_counts_each_caption_of_a_refused_image() -> None:
    outcomes = list(read_entry({"filename": "../a.jpg", "captions": ["a dog", "a cat"]}, "train"))
    assert [place for place, _ in outcomes] == [".captions[0]", ".captions[1]"]
    assert all(isinstance(outcome, EntryError) for _, outcome in outcomes)


def test_read_entry_names_field_and_value() -> None:
    [(_, error)] = read_entry({"filename": "a.jpg", "caption": "a dog", "split": "exam"}, "train")
    assert isinstance(error, EntryError)
    known = "train, restval, val, valid, validation, dev, test, testall"
    assert error.detail == f"split is 'exam' (str); one of {known} expected"


@pytest.mark.parametrize(
    ("value", "expected"), [(139, "139"), ("0139", "0139"), (" a ", "a"), (None, None), ("", None)]
)
def test_identifier_keeps_ids_as_they_are_spelt(value: object, expected: str | None) -> None:
    assert identifier(value, "id") == expected


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("dataset.json", "train"),
        ("captions_train2017.json", "train"),
        ("captions_val2017.json", "val"),
        ("flickr30k-TEST.csv.gz", "test"),
        ("validation.parquet", "val"),
        ("restval.json", "train"),
        ("contest_latest_values.csv", "train"),
        ("train_restval.csv", "train"),
        ("train_test.csv", None),
    ],
)
def test_split_of_file_reads_whole_words(name: str, split: str | None) -> None:
    assert split_of_file(name) == split


def test_shown_is_short_and_printable() -> None:
    nested: object = "\ud800" * 10_000
    for _ in range(9):
        nested = [nested] * 9
    assert len(shown(nested)) < 200
    assert shown("\0\ud800").isprintable()


@pytest.mark.parametrize("word", [*ANNOTATION_REASONS, *FIELDS, *SPLITS, *IMAGE_REASONS])
def test_input_formats_are_documented(word: str) -> None:
    assert f"`{word}`" in (Path(__file__).parents[2] / "docs" / "input_formats.md").read_text()
