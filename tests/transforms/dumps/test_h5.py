"""HDF5 dumps: any file with our names, and this project's own shards."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from schemas.feature_shard import FeatureDtype, FeatureLayout, FeatureRow, create_feature_shard
from schemas.records import Regions
from tests.dump_files import seen, write_h5
from tests.synthetic import regions
from transforms.dumps.h5 import open_h5
from transforms.dumps.rows import DumpError, RowError

PHOTOS = [seen(f"folder/photo{n}") for n in range(4)]


def test_open_h5_reads_what_was_written(tmp_path: Path) -> None:
    dump = open_h5(write_h5(tmp_path / "any.h5", PHOTOS))
    for photo in PHOTOS:
        row = dump.find([photo.image_id])
        assert row is not None
        found = dump.read(row)
        np.testing.assert_array_equal(found.features, photo.features)
        np.testing.assert_array_equal(found.boxes, photo.boxes)
        np.testing.assert_array_equal(found.object_ids, photo.object_ids)
        assert found.image_size == (photo.height, photo.width)


def write_shards(folder: Path, dtype: FeatureDtype) -> dict[str, Regions]:
    rng = np.random.default_rng(0)
    made = {f"a{i}": regions(rng, 3 + i % 3) for i in range(7)}
    for shard, ids in enumerate([["a0", "a1", "failed", "a2"], ["a3", "a4", "a5", "a6"]]):
        path = folder / f"features-{shard:05}-of-00002.h5"
        with create_feature_shard(path, FeatureLayout(6, 16, 2, dtype), ids) as writer:
            for row, image_id in enumerate(ids):
                if image_id in made:
                    count = len(made[image_id].features)
                    writer.write(row, FeatureRow(made[image_id], np.zeros((count, count), np.uint8)))
    return made


@pytest.mark.parametrize("dtype", ["float32", "float16", "uint8"])
def test_open_h5_reads_our_own_shards(tmp_path: Path, dtype: FeatureDtype) -> None:
    made = write_shards(tmp_path, dtype)
    dump = open_h5(tmp_path)
    assert (dump.index.size, dump.attributes) == (8, 2)
    for image_id, expected in made.items():
        row = dump.find([image_id])
        assert row is not None
        found = dump.read(row)
        tolerance = {"float32": 0, "float16": 2e-3, "uint8": 2e-2}[dtype]
        np.testing.assert_allclose(found.features, expected.features, atol=tolerance)
        np.testing.assert_array_equal(found.boxes, expected.boxes)
        np.testing.assert_array_equal(found.object_scores, expected.object_scores)
        np.testing.assert_array_equal(found.attribute_ids, expected.attribute_ids)


def test_read_tells_an_image_that_failed_before(tmp_path: Path) -> None:
    write_shards(tmp_path, "float32")
    dump = open_h5(tmp_path)
    with pytest.raises(RowError) as caught:
        dump.read(2)
    assert caught.value.reason == "no_regions"


@pytest.mark.parametrize("missing", ["features", "image_id"])
def test_open_h5_names_the_data_set_that_is_missing(tmp_path: Path, missing: str) -> None:
    path = write_h5(tmp_path / "any.h5", PHOTOS)
    with h5py.File(path, "a") as file:
        del file[missing]
    with pytest.raises(DumpError, match=missing):
        open_h5(path)


def test_open_h5_refuses_data_sets_of_different_lengths(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "any.h5", PHOTOS)
    with h5py.File(path, "a") as file:
        del file["boxes"]
        file["boxes"] = np.zeros((3, 6, 4))
    with pytest.raises(DumpError, match="'boxes': 3"):
        open_h5(path)


def test_open_h5_refuses_what_is_no_hdf5(tmp_path: Path) -> None:
    (tmp_path / "any.h5").write_bytes(b"no")
    with pytest.raises(DumpError, match="not a readable HDF5 file"):
        open_h5(tmp_path / "any.h5")


def test_open_h5_survives_any_flipped_bit(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "a.h5", PHOTOS)
    whole, rng, outcomes = path.read_bytes(), np.random.default_rng(0), set()
    for number in range(60):
        data = bytearray(whole)
        data[int(rng.integers(2048))] ^= 1 << int(rng.integers(8))  # where the file says what it holds
        damaged = tmp_path / f"{number}.h5"
        damaged.write_bytes(bytes(data))
        try:
            open_h5(damaged).read(0)
            outcomes.add("read")
        except (DumpError, RowError) as error:
            outcomes.add(type(error).__name__)
    assert "DumpError" in outcomes
