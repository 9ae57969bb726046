from pathlib import Path

import h5py
import numpy as np
import pytest

from schemas.feature_shard import FeatureLayout, FeatureRow, create_feature_shard, dequantise, quantise, stored_crc
from tests.synthetic import regions

LAYOUT = FeatureLayout(max_boxes=6, feature_size=16, attributes=2)
IDS = ["a", "bb", "grün"]


def write(path: Path, layout: FeatureLayout = LAYOUT, rows: tuple[int, ...] = (0, 2)) -> list[FeatureRow]:
    rng = np.random.default_rng(0)
    content = [FeatureRow(regions(rng, n), np.ones((n, n), np.uint8)) for n in (6, 0, 3)]
    with create_feature_shard(path, layout, IDS) as writer:
        for row in rows:
            writer.write(row, content[row])
    return content


def test_create_feature_shard_round_trips_rows(tmp_path: Path) -> None:
    content = write(tmp_path / "f.h5")
    with h5py.File(tmp_path / "f.h5") as file:
        assert [i.decode() for i in file["image_id"][:]] == IDS
        assert file["num_boxes"][:].tolist() == [6, 0, 3]
        for row in (0, 2):
            expected, n = content[row].regions, file["num_boxes"][row]
            np.testing.assert_array_equal(file["features"][row, :n], expected.features.astype(np.float16))
            np.testing.assert_array_equal(file["boxes"][row, :n], expected.boxes)
            np.testing.assert_array_equal(file["attribute_ids"][row, :n], expected.attribute_ids)
            np.testing.assert_array_equal(file["relations"][row, :n, :n], 1)
            assert tuple(file["image_size"][row]) == expected.image_size


def test_create_feature_shard_pads_failed_images(tmp_path: Path) -> None:
    write(tmp_path / "f.h5")
    with h5py.File(tmp_path / "f.h5") as file:
        assert not file["features"][1].any()
        assert (file["object_ids"][1] == -1).all()
        assert tuple(file["image_size"][1]) == (0, 0)


def test_create_feature_shard_writes_the_same_bytes_in_any_row_order(tmp_path: Path) -> None:
    write(tmp_path / "a.h5", rows=(0, 2))
    write(tmp_path / "b.h5", rows=(2, 0))
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_create_feature_shard_is_contiguous_and_page_aligned(tmp_path: Path) -> None:
    layout = FeatureLayout(36, 256, 2)
    with create_feature_shard(tmp_path / "f.h5", layout, IDS):
        pass
    with h5py.File(tmp_path / "f.h5") as file:
        assert file["features"].chunks is None
        assert file["features"].id.get_offset() % 4096 == 0


def test_copy_keeps_the_row(tmp_path: Path) -> None:
    write(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5") as before, create_feature_shard(tmp_path / "b.h5", LAYOUT, IDS) as writer:
        for row in range(3):
            writer.copy(row, before, row)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8"])
def test_stored_crc_matches_every_row(tmp_path: Path, dtype: str) -> None:
    write(tmp_path / "f.h5", FeatureLayout(6, 16, 2, dtype))
    with h5py.File(tmp_path / "f.h5") as file:
        for row in range(3):
            stored, actual = stored_crc(file, row)
            assert stored == actual


def test_stored_crc_sees_a_changed_value(tmp_path: Path) -> None:
    write(tmp_path / "f.h5")
    with h5py.File(tmp_path / "f.h5", "r+") as file:
        file["boxes"][2, 0, 0] += 1
        stored, actual = stored_crc(file, 2)
    assert stored != actual


def test_quantise_is_within_half_a_step(tmp_path: Path) -> None:
    features = np.random.default_rng(0).normal(size=(5, 64)).astype(np.float32) * 9
    features[3] = 2.5  # no range at all
    values, ranges = quantise(features)
    assert np.abs(dequantise(values, ranges) - features).max() <= ranges[:, 1].max() / 2 + 1e-5
    np.testing.assert_array_equal(dequantise(values, ranges)[3], features[3])


def test_write_refuses_regions_of_another_size(tmp_path: Path) -> None:
    with create_feature_shard(tmp_path / "f.h5", LAYOUT, IDS) as writer:
        wrong = regions(np.random.default_rng(0), 7)
        with pytest.raises(ValueError, match="7 regions of 16 do not fit 6 of 16"):
            writer.write(0, FeatureRow(wrong, np.zeros((7, 7), np.uint8)))


def test_write_refuses_features_that_are_not_finite(tmp_path: Path) -> None:
    wrong = regions(np.random.default_rng(0), 2)
    wrong.features[1, 3] = np.nan
    with (
        create_feature_shard(tmp_path / "f.h5", LAYOUT, IDS) as writer,
        pytest.raises(ValueError, match="not finite"),
    ):
        writer.write(0, FeatureRow(wrong, np.zeros((2, 2), np.uint8)))


def test_write_clamps_to_the_range_of_float16(tmp_path: Path) -> None:
    large = regions(np.random.default_rng(0), 1)
    large.features[0, 0] = 1e6
    with create_feature_shard(tmp_path / "f.h5", LAYOUT, IDS) as writer:
        writer.write(0, FeatureRow(large, np.zeros((1, 1), np.uint8)))
    with h5py.File(tmp_path / "f.h5") as file:
        assert file["features"][0, 0, 0] == 65504
