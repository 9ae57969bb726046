"""SCAN's captions with ids beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.records import Annotation, DeadLetter
from transforms.annotation_files import AnnotationFileError
from transforms.annotations import group_annotations, read_annotations

LINES = [f"caption {k} of {image}" for image in ("7", "9") for k in range(5)]


def write(folder: Path, split: str, lines: list[str], ids: list[str]) -> str:
    (folder / f"{split}_ids.txt").write_text("".join(f"{i}\n" for i in ids))
    path = folder / f"{split}_caps.txt"
    path.write_text("".join(f"{line}\n" for line in lines))
    return str(path)


@pytest.mark.parametrize("ids", [["7", "9"], ["7"] * 5 + ["9"] * 5])
def test_read_annotations_joins_captions_and_ids_by_either_rule(tmp_path: Path, ids: list[str]) -> None:
    items = [a for a in read_annotations(write(tmp_path, "dev", LINES, ids)) if isinstance(a, Annotation)]
    records, letters = group_annotations(items)
    assert not letters
    assert [(r.image_id, r.split, [c.text for c in r.captions]) for r in records] == [
        ("7", "val", LINES[:5]),
        ("9", "val", LINES[5:]),
    ]
    assert records[0].captions[3].caption_id == "7#3"


def test_read_annotations_takes_testall_for_test(tmp_path: Path) -> None:
    items = list(read_annotations(write(tmp_path, "testall", LINES, ["7", "9"])))
    assert {item.split for item in items if isinstance(item, Annotation)} == {"test"}


def test_read_annotations_refuses_an_empty_caption_and_keeps_the_rest_in_step(tmp_path: Path) -> None:
    items = list(read_annotations(write(tmp_path, "train", [*LINES[:2], "", *LINES[3:]], ["7", "9"])))
    letters = [item for item in items if isinstance(item, DeadLetter)]
    assert [(x.record_id, x.reason) for x in letters] == [("train_caps.txt:3", "empty_caption")]
    assert [a.image_id for a in items if isinstance(a, Annotation)] == ["7"] * 4 + ["9"] * 5


def test_read_annotations_refuses_captions_that_do_not_fit_the_ids(tmp_path: Path) -> None:
    with pytest.raises(AnnotationFileError, match="9 captions and 2 ids"):
        list(read_annotations(write(tmp_path, "train", LINES[:9], ["7", "9"])))


def test_read_annotations_says_that_ids_are_missing(tmp_path: Path) -> None:
    (tmp_path / "train_caps.txt").write_text("a dog\n")
    with pytest.raises(AnnotationFileError, match=r"train_ids\.txt: no such file"):
        list(read_annotations(str(tmp_path / "train_caps.txt")))
