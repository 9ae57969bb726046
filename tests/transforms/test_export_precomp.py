"""SCAN's files: plain NumPy and plain text read them back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from schemas.records import Split
from tests.dump_files import Seen, seen
from transforms.dumps.precomp import open_precomp
from transforms.dumps.rows import DumpRow
from transforms.export_precomp import NpyAppender, PrecompWriter

PHOTOS = [seen(str(n), regions=3 + n) for n in range(3)]
SPLITS: tuple[Split, ...] = ("train", "val", "train")


def row_of(photo: Seen) -> DumpRow:
    return DumpRow(photo.features, photo.boxes, image_size=(photo.height, photo.width))


def write(folder: Path, captions: list[str]) -> PrecompWriter:
    writer = PrecompWriter(folder, 5, 16, boxes=True)
    for photo, split in zip(PHOTOS, SPLITS, strict=True):
        writer.write(photo.image_id, split, captions, row_of(photo))
    writer.close()
    return writer


def test_precomp_writer_writes_arrays_by_split(tmp_path: Path) -> None:
    write(tmp_path, ["a b"] * 5)
    features, boxes = np.load(tmp_path / "train_ims.npy"), np.load(tmp_path / "train_boxes.npy")
    assert (features.shape, features.dtype, boxes.shape) == ((2, 5, 16), np.float32, (2, 5, 4))
    for place, photo in enumerate((PHOTOS[0], PHOTOS[2])):
        n = len(photo.features)
        np.testing.assert_array_equal(features[place, :n], photo.features)
        np.testing.assert_array_equal(boxes[place, :n], photo.boxes)
        assert not features[place, n:].any()
    assert np.load(tmp_path / "train_img_sizes.npy").tolist() == [[80, 60], [80, 60]]
    assert (tmp_path / "dev_ids.txt").read_text() == "1\n"
    assert not list(tmp_path.glob("test_*"))


def test_precomp_writer_writes_five_captions_an_image_a_line_each(tmp_path: Path) -> None:
    writer = write(tmp_path, ["one", "two\nlines", "three"])
    assert (tmp_path / "dev_caps.txt").read_text().splitlines() == ["one", "two lines", "three", "one", "two lines"]
    assert (writer.notes["repeated"], writer.notes["padded"]) == (3, 2)


def test_precomp_writer_leaves_out_captions_past_the_fifth(tmp_path: Path) -> None:
    write(tmp_path, list("abcdefg"))
    assert (tmp_path / "dev_caps.txt").read_text().split() == list("abcde")


def test_open_precomp_reads_what_precomp_writer_wrote(tmp_path: Path) -> None:
    write(tmp_path, ["a"] * 5)
    dump = open_precomp(tmp_path / "train_ims.npy")
    found = dump.find(["2"])
    assert found is not None
    row = dump.read(found)
    np.testing.assert_array_equal(row.features, PHOTOS[2].features)
    np.testing.assert_array_equal(row.boxes, PHOTOS[2].boxes)
    assert row.image_size == (60, 80)


@pytest.mark.parametrize("rows", [0, 1, 12_345])
def test_npy_appender_writes_what_numpy_reads(tmp_path: Path, rows: int) -> None:
    appender = NpyAppender(tmp_path / "a.npy", (2, 3), "<i4")
    for number in range(rows):
        appender.append(np.full((2, 3), number))
    appender.close()
    values = np.load(tmp_path / "a.npy")
    assert values.shape == (rows, 2, 3)
    assert (values == np.arange(rows)[:, None, None]).all()


def test_npy_appender_refuses_a_row_of_another_shape(tmp_path: Path) -> None:
    appender = NpyAppender(tmp_path / "a.npy", (2, 3), "<i4")
    with pytest.raises(ValueError, match=r"\(3, 2\), \(2, 3\) expected"):
        appender.append(np.zeros((3, 2)))
    appender.close()
