"""UNITER's LMDB, written by UNITER's own libraries."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import lmdb
import msgpack
import msgpack_numpy
import numpy as np
import pytest

from tests.dump_files import seen, write_lmdb
from transforms.dumps.lmdb import open_lmdb, parse_message
from transforms.dumps.rows import DumpError, RowError

PHOTOS = [seen(f"coco_val2014_{n:012}", regions=3 + n) for n in range(1, 4)]


@pytest.mark.parametrize("compressed", [False, True])
def test_open_lmdb_reads_what_was_written(tmp_path: Path, compressed: bool) -> None:
    dump = open_lmdb(write_lmdb(tmp_path / "all", PHOTOS, compressed=compressed))
    assert (dump.index.size, dump.feature_size, dump.unit_boxes, dump.classes) == (3, 16, True, True)
    for number, photo in enumerate(PHOTOS):
        row = dump.find([str(number + 1)])  # the COCO number is enough
        assert row is not None
        found = dump.read(row)
        np.testing.assert_array_equal(found.features, photo.features)
        np.testing.assert_array_equal(found.object_ids, photo.object_ids)
        np.testing.assert_array_equal(found.object_scores, photo.object_scores)
        unit = (photo.boxes / np.array([photo.width, photo.height] * 2, np.float32)).astype(np.float16)
        np.testing.assert_array_equal(found.boxes, unit.astype(np.float32))
        assert found.unit_boxes
        assert found.image_size is None


def test_open_lmdb_reads_seven_numbers_a_box(tmp_path: Path) -> None:
    """The seventh is the area, which UNITER's loader adds."""
    photo = PHOTOS[0]
    arrays = {"features": photo.features, "norm_bb": np.full((4, 7), 0.5, np.float16)}
    environment = lmdb.open(str(tmp_path / "db"), map_size=1 << 20)
    with environment.begin(write=True) as transaction:
        transaction.put(b"a.npz", msgpack.dumps(arrays, default=msgpack_numpy.encode))
    environment.close()
    boxes = open_lmdb(tmp_path / "db").read(0).boxes
    assert boxes is not None
    assert boxes.shape == (4, 4)


def message(**fields: Any) -> bytes:
    packed: bytes = msgpack.dumps({"features": fields}, use_bin_type=True)
    return packed


def test_parse_message_unpickles_nothing() -> None:
    """msgpack_numpy would unpickle the data of an array that says that its kind is O."""
    data = msgpack.dumps(
        {b"features": {b"nd": True, b"type": "|O", b"kind": b"O", b"shape": [1], b"data": b"cposix\nsystem\n."}}
    )
    with pytest.raises(RowError) as caught:
        parse_message(data, "a.npz")
    assert caught.value.reason == "damaged_array"
    assert "numbers expected" in caught.value.detail


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x81\xa1",
        msgpack.dumps([1, 2]),
        message(nd=True, type="<f2", kind="", shape=[2, 2], data=b"1234"),
        message(nd=True, type="<f9", kind="", shape=[2], data=b"1234"),
        message(nd=True, type="<f2", kind="", shape=[2]),
        message(nd=True, type="<f2", kind="", shape=[-1, -2], data=b"1234"),
    ],
)
def test_parse_message_tells_damage(data: bytes) -> None:
    with pytest.raises(RowError) as caught:
        parse_message(data, "a.npz")
    assert caught.value.reason == "damaged_array"
    assert caught.value.detail.startswith("a.npz: ")


def test_open_lmdb_refuses_a_folder_without_a_database(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match=r"no data\.mdb"):
        open_lmdb(tmp_path)


def test_open_lmdb_refuses_a_database_without_images(tmp_path: Path) -> None:
    write_lmdb(tmp_path / "db", [])
    with pytest.raises(DumpError, match="no image"):
        open_lmdb(tmp_path / "db")


def test_open_lmdb_refuses_what_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "data.mdb").write_bytes(b"nothing of the kind" * 1000)
    with pytest.raises(DumpError, match=str(tmp_path)):
        open_lmdb(tmp_path)


@pytest.mark.parametrize("kept", [0.5, 0.99])
def test_open_lmdb_refuses_a_database_that_is_cut(tmp_path: Path, kept: float) -> None:
    """It is mapped: to read past the end of the file would kill the process."""
    data = write_lmdb(tmp_path / "db", [seen(f"p{n}", regions=20, size=64) for n in range(20)]) / "data.mdb"
    data.write_bytes(data.read_bytes()[: int(kept * data.stat().st_size)])
    with pytest.raises(DumpError, match="the file is cut"):
        open_lmdb(tmp_path / "db")


def test_open_lmdb_reads_what_old_versions_of_numpy_compressed(tmp_path: Path) -> None:
    """UNITER passes allow_pickle=True to savez_compressed, which wrote it as one more array."""
    photo, file = PHOTOS[0], io.BytesIO()
    arrays = {"features": photo.features, "norm_bb": np.full((4, 6), 0.5, np.float16)}
    np.savez_compressed(file, **(arrays | {"allow_pickle": np.array(True)}))
    environment = lmdb.open(str(tmp_path / "db"), map_size=1 << 20)
    with environment.begin(write=True) as transaction:
        transaction.put(b"a.npz", file.getvalue())
    environment.close()
    np.testing.assert_array_equal(open_lmdb(tmp_path / "db").read(0).features, photo.features)
