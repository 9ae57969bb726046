"""MILVLG's folder of .npz files."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.dump_files import seen, write_npz
from tests.transforms.dumps.test_tsv import assert_same
from transforms.dumps.npz import open_npz
from transforms.dumps.rows import DumpError, RowError

PHOTOS = [seen(f"photo{n}", regions=5 + n) for n in range(3)]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("info", [False, True])
def test_open_npz_reads_what_was_written(tmp_path: Path, turned: bool, info: bool) -> None:
    dump = open_npz(write_npz(tmp_path / "npz", PHOTOS, turned=turned, info=info))
    assert (dump.feature_size, dump.attributes, dump.classes) == (16, int(info), info)
    for photo in PHOTOS:
        row = dump.find([photo.image_id])
        assert row is not None
        assert_same(dump.read(row), photo, classes=info)


def test_open_npz_finds_files_in_subfolders(tmp_path: Path) -> None:
    write_npz(tmp_path / "train2014", PHOTOS[:2])
    write_npz(tmp_path / "val2014", PHOTOS[2:])
    dump = open_npz(tmp_path)
    assert [dump.find([photo.image_id]) for photo in PHOTOS] == [0, 1, 2]


def test_read_cuts_padding_past_the_number_of_boxes(tmp_path: Path) -> None:
    photo = PHOTOS[0]
    features, boxes = np.zeros((9, 16), np.float32), np.zeros((9, 4), np.float32)
    features[:5], boxes[:5] = photo.features, photo.boxes
    np.savez(tmp_path / "a.npz", features=features, bbox=boxes, num_bbox=5, image_h=60, image_w=80)
    assert_same(open_npz(tmp_path).read(0), photo, classes=False)


class Attack:
    """Pickles as a command."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("touch attacked",)


def test_read_runs_nothing_that_a_pickle_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_npz(tmp_path / "npz", PHOTOS)
    path = tmp_path / "npz" / "photo1.jpg.npz"
    with np.load(path, allow_pickle=True) as old:
        arrays = dict(old)
    np.savez(path, **(arrays | {"info": np.array({"objects_id": Attack()}, dtype=object)}))
    with pytest.raises(RowError) as caught:
        open_npz(tmp_path / "npz").read(1)
    assert caught.value.reason == "damaged_array"
    assert "system" in caught.value.detail
    assert not (tmp_path / "attacked").exists()
    with np.load(path, allow_pickle=True) as unsafe:
        unsafe["info"]
    assert (tmp_path / "attacked").exists()  # so the file does attack those who let it


@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        ({"x": None}, "missing_field", "none of features, x, feat"),
        ({"x": np.arange(96).reshape(6, 16)}, "wrong_dtype", "int64, floats expected"),
        ({"x": np.zeros((6, 8), np.float32)}, "wrong_size", "8 numbers, the dump's have 16"),
        ({"x": np.zeros(16, np.float32)}, "wrong_size", "(16,), (regions, size) expected"),
        ({"num_bbox": 7}, "wrong_size", "7 boxes, but features are (6, 16)"),
        ({"num_bbox": 2.5}, "wrong_dtype", "one whole number expected"),
        ({"bbox": np.zeros((6, 3), np.float32)}, "wrong_size", "boxes are (6, 3), (6, 4) expected"),
        ({"bbox": np.array(["a"] * 6)}, "wrong_dtype", "boxes are <U1, numbers expected"),
        ({"info": {"objects_id": np.zeros(4, np.int64)}}, "wrong_size", "object ids are (4,), (6,) expected"),
        ({"info": {"objects_id": np.zeros(6)}}, "wrong_dtype", "object ids are float64, whole numbers expected"),
    ],
)
def test_read_names_file_field_and_values_of_damage(
    tmp_path: Path, changes: dict[str, Any], reason: str, detail: str
) -> None:
    folder = write_npz(tmp_path / "npz", PHOTOS)
    with np.load(folder / "photo1.jpg.npz", allow_pickle=True) as old:
        arrays = {name: value for name, value in (dict(old) | changes).items() if value is not None}
    np.savez(folder / "photo1.jpg.npz", **arrays)
    with pytest.raises(RowError) as caught:
        open_npz(folder).read(1)
    assert caught.value.reason == reason
    assert caught.value.detail.startswith("photo1.jpg.npz: ")
    assert detail in caught.value.detail


@pytest.mark.parametrize("keep", [0, 30, 0.5, 0.95])
def test_read_tells_a_file_that_is_cut(tmp_path: Path, keep: float) -> None:
    path = write_npz(tmp_path / "npz", PHOTOS) / "photo1.jpg.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(keep if keep > 1 else keep * len(whole))])
    with pytest.raises(RowError) as caught:
        open_npz(tmp_path / "npz").read(1)
    assert caught.value.reason == "damaged_array"


def test_read_survives_any_flipped_bit(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "npz", PHOTOS) / "photo1.jpg.npz"
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    dump, outcomes = open_npz(tmp_path / "npz"), set()
    for _ in range(200):
        data = bytearray(whole)
        data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(bytes(data))
        try:
            dump.read(1)
            outcomes.add("read")
        except RowError as error:
            outcomes.add(error.reason)
    assert "damaged_array" in outcomes


def test_open_npz_refuses_a_folder_without_files(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match=r"no \.npz file"):
        open_npz(tmp_path)


def test_attack_pickles_as_a_command() -> None:
    assert b"system" in pickle.dumps(Attack())
