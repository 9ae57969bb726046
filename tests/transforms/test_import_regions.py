"""Rows of dumps become regions of a photo, or a dead letter that says why not."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from schemas.records import DeadLetter, ImageRecord, Regions
from tests.dump_files import Seen, seen, write_h5, write_precomp, write_tsv
from transforms.dumps.dump import Dump
from transforms.dumps.rows import DumpRow, RowError
from transforms.dumps.tsv import LONG, SHORT, open_tsv
from transforms.images import ImageError, decode_image, upright_size
from transforms.import_regions import Names, import_regions, keep_regions, place_boxes
from transforms.region_selection import SelectionOptions

ALL, NO_NAMES = SelectionOptions(0, 100, 0.0), Names(None, None)


def dump_of(folder: Path, *photos: Seen, columns: tuple[str, ...] = LONG) -> Dump:
    return open_tsv(write_tsv(folder / f"{photos[0].image_id}.tsv", photos, columns))


def record(image_id: str, uri: str = "") -> ImageRecord:
    return ImageRecord(image_id, uri, "train", ())


def take(dump: Dump, image_id: str, names: Names = NO_NAMES, selection: SelectionOptions = ALL) -> Regions | DeadLetter:
    return import_regions(record(image_id), [dump], None, selection, names, Counter())


def test_import_regions_returns_the_row_as_it_is(tmp_path: Path) -> None:
    photo = seen("a")
    found = take(dump_of(tmp_path, photo), "a", Names(20, 9))
    assert isinstance(found, Regions)
    np.testing.assert_array_equal(found.features, photo.features)
    np.testing.assert_array_equal(found.boxes, photo.boxes)
    np.testing.assert_array_equal(found.object_ids, photo.object_ids)
    np.testing.assert_array_equal(found.attribute_ids[:, 0], photo.attribute_ids)
    assert found.image_size == (photo.height, photo.width)


def test_import_regions_fills_in_what_the_dump_does_not_say(tmp_path: Path) -> None:
    from transforms.dumps.precomp import open_precomp

    found = take(open_precomp(write_precomp(tmp_path, "dev", [seen("a")])), "a")
    assert isinstance(found, Regions)
    assert (found.object_ids == -1).all()
    assert not found.object_scores.any()
    assert not found.boxes.any()
    assert found.attribute_ids.shape == found.attribute_scores.shape == (6, 0)
    assert found.image_size == (1, 1)


def test_import_regions_finds_a_photo_by_its_file_name(tmp_path: Path) -> None:
    dump = dump_of(tmp_path, seen("COCO_val2014_000000000042"))
    item = record("sentence-7", "val2014/COCO_val2014_000000000042.jpg")
    assert isinstance(import_regions(item, [dump], None, ALL, NO_NAMES, Counter()), Regions)


def test_import_regions_looks_into_every_dump(tmp_path: Path) -> None:
    dumps = [dump_of(tmp_path, seen("a")), dump_of(tmp_path, seen("b"))]
    found = import_regions(record("b"), dumps, None, ALL, NO_NAMES, Counter())
    assert isinstance(found, Regions)
    np.testing.assert_array_equal(found.features, seen("b").features)


def changed(photo: Seen, field: str, region: int, value: float) -> Seen:
    values = getattr(photo, field).copy()
    values[region] = value
    return replace(photo, **{field: values})


@pytest.mark.parametrize(
    ("photo", "reason", "detail"),
    [
        (changed(seen("a"), "features", 2, np.nan), "non_finite_features", "a: features of region 2"),
        (changed(seen("a"), "features", 3, np.inf), "non_finite_features", "a: features of region 3"),
        (changed(seen("a"), "boxes", 1, np.nan), "bad_boxes", "box 1"),
        (replace(seen("a"), boxes=seen("a").boxes[:, ::-1]), "bad_boxes", "not x1 y1 x2 y2"),
        (changed(seen("a"), "object_scores", 0, 1.5), "bad_scores", "object scores"),
        (changed(seen("a"), "attribute_scores", 0, np.nan), "bad_scores", "attribute scores"),
        (changed(seen("a"), "object_ids", 0, 20), "unknown_class", "the vocabulary has 20"),
        (changed(seen("a"), "attribute_ids", 0, 400), "unknown_class", "to 400, the vocabulary has 9"),
        (changed(seen("a"), "object_ids", 0, -2), "unknown_class", "from -2"),
        (seen("b"), "missing_regions", "no row of the dump goes by 'a'"),
    ],
)
def test_import_regions_says_why_a_row_is_refused(tmp_path: Path, photo: Seen, reason: str, detail: str) -> None:
    letter = take(dump_of(tmp_path, seen("first"), photo), "a", Names(20, 9))
    assert isinstance(letter, DeadLetter)
    assert (letter.stage, letter.record_id, letter.reason) == ("ImportRegions", "a", reason)
    assert detail in letter.detail


def test_import_regions_refuses_an_image_that_two_dumps_have(tmp_path: Path) -> None:
    dumps = [dump_of(tmp_path, seen("a")), dump_of(tmp_path, seen("b"), seen("a"))]
    letter = import_regions(record("a"), dumps, None, ALL, NO_NAMES, Counter())
    assert isinstance(letter, DeadLetter)
    assert letter.reason == "ambiguous_regions"


def test_import_regions_refuses_pixels_of_an_unknown_photo(tmp_path: Path) -> None:
    import h5py

    from transforms.dumps.h5 import open_h5

    path = write_h5(tmp_path / "any.h5", [seen("a")])
    with h5py.File(path, "a") as file:
        del file["image_size"]
    letter = take(open_h5(path), "a")
    assert isinstance(letter, DeadLetter)
    assert letter.reason == "unknown_size"
    found = import_regions(record("a"), [open_h5(path)], lambda uri: (60, 80), ALL, NO_NAMES, Counter())
    assert isinstance(found, Regions)
    np.testing.assert_array_equal(found.boxes, seen("a").boxes)


def test_import_regions_hands_on_what_is_wrong_with_the_photo(tmp_path: Path) -> None:
    def size(uri: str) -> tuple[int, int]:
        raise ImageError("missing_image", f"{uri}: no such file")

    letter = import_regions(record("a", "a.jpg"), [dump_of(tmp_path, seen("a"))], size, ALL, NO_NAMES, Counter())
    assert letter == DeadLetter("ImportRegions", "a", "missing_image", "a.jpg: no such file")


@pytest.mark.parametrize(
    ("scale", "note"), [((1, 1), {}), ((2, 3), {"boxes_rescaled": 1}), ((0.5, 0.5), {"boxes_rescaled": 1})]
)
def test_import_regions_lays_boxes_onto_a_photo_of_another_size(
    tmp_path: Path, scale: tuple[float, float], note: dict[str, int]
) -> None:
    photo, notes = seen("a"), Counter[str]()
    size = int(photo.height * scale[0]), int(photo.width * scale[1])
    found = import_regions(record("a"), [dump_of(tmp_path, photo)], lambda uri: size, ALL, NO_NAMES, notes)
    assert isinstance(found, Regions)
    expected = photo.boxes * np.array([scale[1], scale[0]] * 2)
    np.testing.assert_allclose(found.boxes, expected, rtol=1e-6)
    assert found.image_size == size
    assert notes == note


def test_import_regions_counts_images_whose_regions_it_leaves_out(tmp_path: Path) -> None:
    notes = Counter[str]()
    dump = dump_of(tmp_path, seen("a"), seen("b", regions=3))
    for image_id in ("a", "b"):
        import_regions(record(image_id), [dump], None, SelectionOptions(4, 4), NO_NAMES, notes)
    assert notes == {"regions_left_out": 1}


def row(boxes: object, size: tuple[int, int] | None, *, unit: bool = False) -> DumpRow:
    values = np.array(boxes, np.float32)
    return DumpRow(np.zeros((len(values), 2), np.float32), values, unit, size)


def test_place_boxes_cuts_off_what_reaches_outside() -> None:
    boxes, size, mended = place_boxes(row([[-5, 0, 90, 61], [1, 2, 3, 4]], (60, 80)), None)
    assert boxes.tolist() == [[0, 0, 80, 60], [1, 2, 3, 4]]
    assert (size, mended) == ((60, 80), ("boxes_clipped",))


def test_place_boxes_spreads_fractions_over_the_photo() -> None:
    given = row([[0, 0.5, 0.25, 1]], None, unit=True)
    assert place_boxes(given, (60, 80))[0].tolist() == [[0, 30, 20, 60]]
    boxes, size, mended = place_boxes(given, None)
    assert (boxes.tolist(), size, mended) == ([[0, 0.5, 0.25, 1]], (1, 1), ())


def test_place_boxes_refuses_a_photo_that_lies_on_its_side() -> None:
    with pytest.raises(RowError) as caught:
        place_boxes(row([[0, 0, 1, 1]], (60, 80)), (80, 60))
    assert caught.value.reason == "turned_photo"


def test_keep_regions_takes_the_best_in_the_order_of_the_dump() -> None:
    scores = np.array([0.1, 0.9, 0.3, 0.3, 0.8], np.float32)
    assert keep_regions(scores, 5, SelectionOptions(3, 3)).tolist() == [1, 2, 4]
    assert keep_regions(scores, 5, SelectionOptions(1, 9, 0.2)).tolist() == [1, 2, 3, 4]
    assert keep_regions(scores, 5, SelectionOptions(9, 9)).tolist() == [0, 1, 2, 3, 4]


def test_keep_regions_takes_the_first_where_there_are_no_scores() -> None:
    assert keep_regions(None, 5, SelectionOptions(3, 3)).tolist() == [0, 1, 2]
    assert keep_regions(None, 2, SelectionOptions(3, 3)).tolist() == [0, 1]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright_size_is_that_of_the_decoded_photo(orientation: int) -> None:
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    Image.new("RGB", (30, 20)).save(file, "JPEG", exif=exif)
    assert upright_size(file.getvalue()) == decode_image(file.getvalue()).shape[:2]


@pytest.mark.parametrize(("data", "reason"), [(b"", "empty_file"), (b"hello, world", "not_an_image")])
def test_upright_size_refuses_what_is_no_photo(data: bytes, reason: str) -> None:
    with pytest.raises(ImageError) as caught:
        upright_size(data)
    assert caught.value.reason == reason


def test_docs_explain_every_reason() -> None:
    root = Path(__file__).parents[2]
    sources = [*(root / "transforms" / "dumps").glob("*.py"), root / "transforms" / "import_regions.py"]
    reasons = {reason for path in sources for reason in re.findall(r'RowError\("(\w+)"', path.read_text())}
    assert len(reasons) > 10
    page = (root / "docs" / "precomputed_regions.md").read_text()
    assert not [reason for reason in sorted(reasons) if f"`{reason}`" not in page]


def test_import_regions_of_six_columns_has_no_classes(tmp_path: Path) -> None:
    found = take(dump_of(tmp_path, seen("a"), columns=SHORT), "a")
    assert isinstance(found, Regions)
    assert (found.object_ids == -1).all()
    np.testing.assert_array_equal(found.boxes, seen("a").boxes)
