"""Bottom-up-attention's TSV: what is written comes in, what is damaged is told."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

from tests.dump_files import Seen, seen, tsv_fields, write_tsv
from transforms.dumps.rows import DumpError, DumpRow, RowError
from transforms.dumps.tsv import LONG, SHORT, open_tsv

PHOTOS = [seen(f"COCO_val2014_{n:012}", regions=3 + n) for n in range(4)]


def assert_same(row: DumpRow, photo: Seen, *, classes: bool) -> None:
    np.testing.assert_array_equal(row.features, photo.features)
    np.testing.assert_array_equal(row.boxes, photo.boxes)
    assert row.image_size == (photo.height, photo.width)
    assert not row.unit_boxes
    if not classes:
        assert row.object_ids is None
        assert row.attribute_ids is None
        return
    assert row.attribute_ids is not None
    assert row.attribute_scores is not None
    np.testing.assert_array_equal(row.object_ids, photo.object_ids)
    np.testing.assert_array_equal(row.object_scores, photo.object_scores)
    np.testing.assert_array_equal(row.attribute_ids[:, 0], photo.attribute_ids)
    np.testing.assert_array_equal(row.attribute_scores[:, 0], photo.attribute_scores)


@pytest.mark.parametrize("columns", [SHORT, LONG])
@pytest.mark.parametrize("header", [False, True])
def test_open_tsv_reads_what_was_written(tmp_path: Path, columns: tuple[str, ...], header: bool) -> None:
    dump = open_tsv(write_tsv(tmp_path / "a.tsv", PHOTOS, columns, header=header))
    assert (dump.index.size, dump.feature_size, dump.attributes) == (4, 16, int(columns == LONG))
    for photo in reversed(PHOTOS):
        row = dump.find([photo.image_id])
        assert row is not None
        assert_same(dump.read(row), photo, classes=columns == LONG)


def test_open_tsv_reads_columns_in_the_order_of_the_header(tmp_path: Path) -> None:
    columns = ("features", "boxes", "num_boxes", "image_h", "image_w", "image_id")
    dump = open_tsv(write_tsv(tmp_path / "a.tsv", PHOTOS, columns, header=True))
    assert_same(dump.read(2), PHOTOS[2], classes=False)


def test_open_tsv_reads_four_byte_ids(tmp_path: Path) -> None:
    fields = tsv_fields(PHOTOS[0])
    fields["objects_id"] = base64.b64encode(PHOTOS[0].object_ids.astype("<i4").tobytes()).decode()
    (tmp_path / "a.tsv").write_text("\t".join(str(fields[name]) for name in LONG) + "\n")
    np.testing.assert_array_equal(open_tsv(tmp_path / "a.tsv").read(0).object_ids, PHOTOS[0].object_ids)


def damaged(folder: Path, **changes: str) -> Path:
    """Returns a dump of three photos, of which the second has other fields."""
    lines = []
    for number, photo in enumerate(PHOTOS[:3]):
        fields = tsv_fields(photo) | (changes if number == 1 else {})
        lines.append("\t".join(str(fields[name]) for name in LONG) + "\n")
    path = folder / "a.tsv"
    path.write_text("".join(lines))
    return path


FOUR = tsv_fields(PHOTOS[1])


def encoded(values: object, dtype: str) -> str:
    return base64.b64encode(np.asarray(values, dtype).tobytes()).decode()


@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        ({"features": FOUR["features"][:-3]}, "bad_base64", "features"),
        ({"features": FOUR["features"][:-4]}, "wrong_size", "do not divide into 4 rows"),
        ({"features": FOUR["features"][:40] + "*" + FOUR["features"][41:]}, "bad_base64", "features"),
        ({"features": ""}, "wrong_size", "features: 0 bytes"),
        ({"features": encoded(PHOTOS[1].features[:, :8], "<f4")}, "wrong_size", "8 numbers, the dump's have 16"),
        ({"boxes": FOUR["boxes"][:-16]}, "wrong_size", "boxes: 54 bytes, 4 boxes take 64"),
        ({"boxes": encoded(PHOTOS[1].boxes, "<f8")}, "wrong_dtype", "boxes: 8 bytes a number, <f4 expected"),
        ({"objects_conf": encoded(PHOTOS[1].object_scores, "<f8")}, "wrong_dtype", "objects_conf"),
        ({"num_boxes": "5"}, "wrong_size", "5 boxes take 40"),
        ({"num_boxes": "four"}, "wrong_dtype", "num_boxes: b'four', a number expected"),
        ({"num_boxes": "0"}, "wrong_size", "into 0 rows"),
        ({"img_h": "0"}, "wrong_size", "80 x 0 pixels"),
        ({"img_w": "nan"}, "wrong_dtype", "img_w"),
        ({"img_h": "60\t7"}, "missing_columns", "11 columns, 10 expected"),
    ],
)
def test_read_names_the_line_the_column_and_the_values_of_damage(
    tmp_path: Path, changes: dict[str, str], reason: str, detail: str
) -> None:
    dump = open_tsv(damaged(tmp_path, **changes))
    with pytest.raises(RowError) as caught:
        dump.read(1)
    assert caught.value.reason == reason
    assert "a.tsv:2" in caught.value.detail
    assert detail in caught.value.detail
    assert_same(dump.read(2), PHOTOS[2], classes=True)


def test_read_tells_a_line_that_is_cut(tmp_path: Path) -> None:
    path = write_tsv(tmp_path / "a.tsv", PHOTOS, LONG)
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b"\t")])
    dump = open_tsv(path)
    with pytest.raises(RowError, match="9 columns, 10 expected"):
        dump.read(3)


def test_find_refuses_an_image_that_two_lines_have(tmp_path: Path) -> None:
    dump = open_tsv(write_tsv(tmp_path / "a.tsv", [*PHOTOS, PHOTOS[1]], LONG))
    with pytest.raises(RowError) as caught:
        dump.find([PHOTOS[1].image_id])
    assert caught.value.reason == "ambiguous_regions"
    assert dump.find([PHOTOS[2].image_id]) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty file"),
        (b"a\tb\tc\n", r"a\.tsv:1: 3 columns; 6 \(image_id"),
        (b"image_id\tfeatures\n", "num_boxes, boxes expected"),
        (b"\t".join([b"x"] * 6) + b"\n", "no row can be read; the first problem"),
    ],
)
def test_open_tsv_refuses_what_is_no_dump(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.tsv").write_bytes(content)
    with pytest.raises(DumpError, match=message):
        open_tsv(tmp_path / "a.tsv")
