"""SCAN's arrays, under both row rules and both names of boxes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from tests.dump_files import seen, write_precomp
from tests.transforms.dumps.test_tsv import assert_same
from transforms.dumps.open_dump import open_dump
from transforms.dumps.precomp import image_rows, open_precomp
from transforms.dumps.rows import DumpError

PHOTOS = [seen(str(100 + n)) for n in range(6)]


@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize("ids", [1, 5])
@pytest.mark.parametrize("boxes", ["boxes", "ims_bbx"])
def test_open_precomp_reads_what_was_written(tmp_path: Path, rows: int, ids: int, boxes: str) -> None:
    dump = open_precomp(write_precomp(tmp_path, "dev", PHOTOS, rows=rows, ids=ids, boxes=boxes))
    assert (dump.index.size, dump.feature_size, dump.boxes, dump.classes) == (6, 16, True, False)
    for photo in PHOTOS:
        row = dump.find([photo.image_id])
        assert row is not None
        assert_same(dump.read(row), photo, classes=False)


def test_open_precomp_needs_no_boxes(tmp_path: Path) -> None:
    dump = open_precomp(write_precomp(tmp_path, "dev", PHOTOS))
    assert not dump.boxes
    row = dump.read(3)
    np.testing.assert_array_equal(row.features, PHOTOS[3].features)
    assert row.boxes is None
    assert row.image_size is None


def test_open_dump_takes_ids_from_another_file(tmp_path: Path) -> None:
    path = write_precomp(tmp_path, "dev", PHOTOS)
    (tmp_path / "dev_ids.txt").rename(tmp_path / "names.txt")
    with pytest.raises(DumpError, match=r"dev_ids\.txt: No such file"):
        open_dump(f"precomp:{path}")
    assert open_dump(f"precomp:{path},{tmp_path / 'names.txt'}").find(["103"]) == 3


@pytest.mark.parametrize("folder", ["precomp", "."])
def test_open_precomp_knows_the_files_behind_the_ids(tmp_path: Path, folder: str) -> None:
    path = write_precomp(tmp_path / "precomp", "dev", PHOTOS)
    mapping = tmp_path / folder / "id_mapping.json"
    mapping.write_text(json.dumps({"103": "flickr/1000092795.jpg", "7": "of another split"}))
    dump = open_precomp(path)
    assert dump.find(["1000092795"]) == dump.find(["103"]) == 3
    mapping.write_text("[1, 2]")
    with pytest.raises(DumpError, match="ids and file names expected"):
        open_precomp(path)


@pytest.mark.parametrize("dtype", ["<f2", "<f8", ">f4"])
def test_open_precomp_reads_other_floats(tmp_path: Path, dtype: str) -> None:
    path = write_precomp(tmp_path, "dev", PHOTOS)
    np.save(path, np.load(path).astype(dtype))
    np.testing.assert_array_equal(open_precomp(path).read(2).features, PHOTOS[2].features)


def test_image_rows_takes_ids_that_repeat_nothing_for_one_a_row() -> None:
    assert image_rows(list("abcdefghij"), 10, "x") == (list("abcdefghij"), 1)


def test_open_precomp_refuses_rows_that_are_not_repeated(tmp_path: Path) -> None:
    """As many rows as captions, but of other images: five to an id would join what does not belong together."""
    path = write_precomp(tmp_path, "dev", [seen(str(n)) for n in range(10)])
    (tmp_path / "dev_ids.txt").write_text("1\n2\n")
    with pytest.raises(DumpError, match="the first 5 rows are not equal"):
        open_precomp(path)


def spoil(path: Path, what: str) -> None:
    whole = path.read_bytes()
    beside = path.with_name("dev_ids.txt")
    if what == "cut":
        path.write_bytes(whole[:-5])
    elif what == "integers":
        np.save(path, np.load(path).astype(np.int32))
    elif what == "columns":
        np.save(path, np.asfortranarray(np.load(path)))
    elif what == "flat":
        np.save(path, np.load(path)[:, 0])
    elif what == "text":
        path.write_text("not an array")
    elif what == "pickle":
        np.save(path, np.array([{}], dtype=object), allow_pickle=True)
    elif what == "ids":
        beside.write_text("1\n2\n3\n")
    elif what == "gap":
        beside.write_text("1\n\n3\n4\n5\n6\n")
    elif what == "boxes":
        np.save(path.with_name("dev_boxes.npy"), np.zeros((6, 5, 4), np.float32))
    elif what == "sizes":
        np.save(path.with_name("dev_img_sizes.npy"), np.zeros((5, 2)))


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("cut", "dev_ims.npy: 2427 bytes, float32 of shape (6, 6, 16) takes 2432"),
        ("integers", "<i4 of shape (6, 6, 16); floats"),
        ("columns", "in columns; numbers in rows expected"),
        ("flat", "<f4 of shape (6, 16); floats (images, regions, size) expected"),
        ("text", "not a .npy file"),
        ("pickle", "object of shape (1,)"),
        ("ids", "6 rows and 3 ids"),
        ("gap", "dev_ids.txt:2: empty line"),
        ("boxes", "dev_boxes.npy: (6, 5, 4), features are (6, 6, 16)"),
        ("sizes", "dev_img_sizes.npy: (5, 2), (6, 2) expected"),
    ],
)
def test_open_precomp_refuses_files_that_do_not_belong_together(tmp_path: Path, what: str, message: str) -> None:
    path = write_precomp(tmp_path, "dev", PHOTOS, boxes="boxes")
    spoil(path, what)
    with pytest.raises(DumpError, match=re.escape(message)):
        open_precomp(path)


@pytest.mark.parametrize("character", ["\0", "[", "("])
def test_open_precomp_refuses_an_array_with_a_damaged_header(tmp_path: Path, character: str) -> None:
    path = write_precomp(tmp_path, "dev", PHOTOS)
    path.write_bytes(path.read_bytes().replace(b"descr", f"des{character}r".encode(), 1))
    with pytest.raises(DumpError, match=r"dev_ims\.npy: not a \.npy file"):
        open_precomp(path)
