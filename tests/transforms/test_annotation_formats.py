"""The formats: what each writes, it reads back; detection by extension and content."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.records import Annotation, Caption, DeadLetter, ImageRecord
from tests.hostile import parquet_bytes
from transforms.annotation_formats import Format, detect_format, read_entries
from transforms.annotations import group_annotations, read_annotations


@dataclass(frozen=True)
class Photo:
    name: str  # without extension
    split: str
    texts: tuple[str, ...]


def as_karpathy(photos: list[Photo]) -> bytes:
    images = [
        {
            "filename": photo.name + ".jpg",
            "split": photo.split,
            "sentences": [{"raw": text, "tokens": text.split(), "sentid": i} for i, text in enumerate(photo.texts)],
        }
        for photo in photos
    ]
    return json.dumps({"images": images, "dataset": "mine"}).encode()


def as_coco(photos: list[Photo]) -> bytes:
    images = [{"id": photo.name, "file_name": photo.name + ".jpg", "height": 9} for photo in photos]
    captions = [
        {"id": i, "image_id": photo.name, "caption": text} for photo in photos for i, text in enumerate(photo.texts)
    ]
    return json.dumps({"info": {}, "annotations": captions, "licenses": [], "images": images}, indent=1).encode()


def as_token(photos: list[Photo]) -> bytes:
    lines = [f"{photo.name}.jpg#{i}\t{text}\n" for photo in photos for i, text in enumerate(photo.texts)]
    return "".join(lines).encode()


def as_csv(photos: list[Photo], delimiter: str = ",") -> bytes:
    buffer = io.StringIO()
    table = csv.writer(buffer, delimiter=delimiter)
    table.writerow(["filename", "split", "caption_id", "caption"])
    for photo in photos:
        table.writerows([photo.name + ".jpg", photo.split, i, text] for i, text in enumerate(photo.texts))
    return buffer.getvalue().encode()


def as_tsv(photos: list[Photo]) -> bytes:
    return as_csv(photos, "\t")


def as_jsonl(photos: list[Photo]) -> bytes:
    rows = [{"filename": p.name + ".jpg", "split": p.split, "sentences": p.texts} for p in photos]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def as_parquet(photos: list[Photo]) -> bytes:
    return parquet_bytes(
        {
            "image": [photo.name + ".jpg" for photo in photos],
            "split": [photo.split for photo in photos],
            "captions": [list(photo.texts) for photo in photos],
        }
    )


WRITERS: dict[Format, Callable[[list[Photo]], bytes]] = {
    "karpathy": as_karpathy,
    "coco": as_coco,
    "token": as_token,
    "csv": as_csv,
    "tsv": as_tsv,
    "jsonl": as_jsonl,
    "parquet": as_parquet,
}
WITHOUT_SPLIT = ("coco", "token")
LETTERS = st.characters(exclude_categories=("C", "Z"))
TEXTS = st.text(LETTERS | st.sampled_from(" \"',\t"), min_size=1).map(str.strip).filter(bool)
# Lines end a caption where a format has one line for each.
TEXTS_OF_LINES = TEXTS.filter(lambda text: len(text.splitlines()) == 1)
NAMES = st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=9)


def photos_of(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[Photo]]:
    photo = st.builds(
        Photo, NAMES, st.sampled_from(["train", "val", "test"]), st.lists(texts, min_size=1, max_size=4).map(tuple)
    )
    return st.lists(photo, min_size=1, max_size=5, unique_by=lambda photo: photo.name)


def records_of(path: Path) -> list[ImageRecord]:
    outcomes = list(read_annotations(str(path)))
    assert not [outcome for outcome in outcomes if isinstance(outcome, DeadLetter)]
    records, letters = group_annotations(outcome for outcome in outcomes if isinstance(outcome, Annotation))
    assert not letters
    return records


def expected_records(photos: list[Photo], file_format: Format) -> list[ImageRecord]:
    return [
        ImageRecord(
            photo.name,
            photo.name + ".jpg",
            "train" if file_format in WITHOUT_SPLIT else photo.split,
            tuple(Caption(f"{photo.name}#{i}", text) for i, text in enumerate(photo.texts)),
        )
        for photo in sorted(photos, key=lambda photo: photo.name)
    ]


def test_every_format_has_a_round_trip() -> None:
    assert {*WRITERS, "precomp"} == set(get_args(Format))  # precomp is two files: test_precomp_captions.py


@pytest.mark.parametrize("file_format", WRITERS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_read_annotations_reads_back_what_was_written(tmp_path: Path, file_format: Format, data: st.DataObject) -> None:
    photos = data.draw(photos_of(TEXTS_OF_LINES if file_format == "token" else TEXTS))
    extension = {"karpathy": "json", "coco": "json"}.get(file_format, file_format)
    path = tmp_path / f"captions.{extension}"
    path.write_bytes(WRITERS[file_format](photos))
    assert records_of(path) == expected_records(photos, file_format)


@pytest.mark.parametrize("file_format", WRITERS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(photos=photos_of(TEXTS_OF_LINES), chance=st.randoms(use_true_random=False))
def test_read_annotations_of_shuffled_entries_gives_the_same_records(
    tmp_path: Path, file_format: Format, photos: list[Photo], chance: random.Random
) -> None:
    path = tmp_path / "captions"
    path.write_bytes(WRITERS[file_format](photos))
    expected = records_of(path)
    path.write_bytes(WRITERS[file_format](chance.sample(photos, len(photos))))
    assert records_of(path) == expected


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(photos=photos_of(TEXTS), chance=st.randoms(use_true_random=False))
def test_read_annotations_of_shuffled_rows_without_ids_gives_the_same_records(
    tmp_path: Path, photos: list[Photo], chance: random.Random
) -> None:
    rows = [{"path": photo.name + ".png", "text": text} for photo in photos for text in dict.fromkeys(photo.texts)]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    expected = records_of(path)
    path.write_text("".join(json.dumps(row) + "\n" for row in chance.sample(rows, len(rows))))
    assert records_of(path) == expected
    assert sum(len(record.captions) for record in expected) == len(rows)


PHOTOS = [Photo("a", "train", ("a dog", "a cat")), Photo("b", "val", ("a cow",))]


@pytest.mark.parametrize("file_format", WRITERS)
@pytest.mark.parametrize("name", ["file", "file.txt", "file.bin"])
def test_detect_format_goes_by_content_where_the_extension_is_unknown(
    tmp_path: Path, file_format: Format, name: str
) -> None:
    (tmp_path / name).write_bytes(WRITERS[file_format](PHOTOS))
    assert detect_format(str(tmp_path / name)) == file_format


@pytest.mark.parametrize("name", ["a.CSV", "a.tsv.gz", "a.NDJSON", "results.token", "a.parquet"])
def test_detect_format_goes_by_a_known_extension_without_opening_the_file(name: str) -> None:
    expected = {
        "a.CSV": "csv",
        "a.tsv.gz": "tsv",
        "a.NDJSON": "jsonl",
        "results.token": "token",
        "a.parquet": "parquet",
    }
    assert detect_format(f"/nowhere/{name}") == expected[name]


def test_detect_format_finds_lines_in_a_json_file(tmp_path: Path) -> None:
    (tmp_path / "captions.json").write_bytes(as_jsonl(PHOTOS))
    assert detect_format(str(tmp_path / "captions.json")) == "jsonl"


def test_detect_format_sees_through_gzip_and_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "captions.json.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + as_coco(PHOTOS)))
    assert detect_format(str(tmp_path / "captions.json.gz")) == "coco"


@pytest.mark.parametrize("file_format", ["csv", "jsonl", "karpathy", "coco", "token"])
def test_read_annotations_skips_a_byte_order_mark(tmp_path: Path, file_format: Format) -> None:
    (tmp_path / "captions").write_bytes(b"\xef\xbb\xbf" + WRITERS[file_format](PHOTOS))
    assert [record.image_id for record in records_of(tmp_path / "captions")] == ["a", "b"]


def test_read_entries_numbers_csv_rows_by_their_first_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('filename,caption\n\na.jpg,"two\nlines"\nb.jpg,one\n')
    assert list(read_entries(str(tmp_path / "a.csv"), "csv")) == [
        ("3", {"filename": "a.jpg", "caption": "two\nlines"}),
        ("5", {"filename": "b.jpg", "caption": "one"}),
    ]


def test_read_entries_takes_only_the_known_columns_of_parquet(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(parquet_bytes({"path": ["a"], "pixels": [b"x"], "text": ["t"]}))
    assert list(read_entries(str(tmp_path / "a.parquet"), "parquet")) == [("1", {"path": "a", "text": "t"})]


def test_read_entries_counts_coco_images_without_captions(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(as_coco([*PHOTOS, Photo("c", "train", ())]))
    outcomes = list(read_annotations(str(tmp_path / "a.json")))
    [letter] = [outcome for outcome in outcomes if isinstance(outcome, DeadLetter)]
    assert (letter.record_id, letter.reason) == ("a.json:images[2]", "no_captions")
    assert len(outcomes) == 4
