from pathlib import Path

import numpy as np
import pytest

from multigrain.feature_rows import FeatureRows
from multigrain.shards import DataSetError, Shards
from schemas.feature_shard import FeatureLayout
from tests.small_data import Written, write_data_set


def read(rows: FeatureRows, shards: list[int], places: list[int]) -> np.ndarray:
    out = np.full((len(shards), *rows.shape), 9, rows.dtype)
    rows.read(np.array(shards, np.int32), np.array(places, np.int32), out)
    return out


def flip(folder: Path, shard: int, at: int) -> Path:
    """Changes one bit of a feature shard at a place counted from the start of its features."""
    path = folder / f"features-{shard:05}-of-00003.h5"
    offset = Shards(folder).features(shard)["features"].offset
    content = bytearray(path.read_bytes())
    content[offset + at] ^= 1
    path.write_bytes(content)
    return path


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return write_data_set(tmp_path)


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("reading", ["auto", "map", "read"])
def test_read_fills_the_buffer_with_the_rows(tmp_path: Path, written: Written, reading: str, check: bool) -> None:
    rows = FeatureRows(Shards(tmp_path), reading=reading, check=check)  # type: ignore[arg-type]
    found = read(rows, [2, 0, 2], [4, 1, 0])
    for features, index in zip(found, (8, 1, 4), strict=True):
        truth = written.regions[index]
        assert truth is not None
        expected = np.zeros((4, 16), np.float16)
        expected[: len(truth.boxes)] = truth.features
        np.testing.assert_array_equal(features, expected)


@pytest.mark.parametrize("reading", ["map", "read"])
def test_read_names_file_and_row_of_a_damaged_one(tmp_path: Path, written: Written, reading: str) -> None:
    path = flip(tmp_path, 2, at=3 * 4 * 16 * 2 + 5)
    rows = FeatureRows(Shards(tmp_path), reading=reading, check=True)  # type: ignore[arg-type]
    read(rows, [2, 2], [2, 4])
    with pytest.raises(DataSetError, match=rf"{path.name}: row 3: image 'im7'"):
        read(rows, [2], [3])


def test_read_checks_the_quantised_too(tmp_path: Path) -> None:
    write_data_set(tmp_path, dtype="uint8")
    read(FeatureRows(Shards(tmp_path), check=True), [0, 2], [0, 0])
    flip(tmp_path, 0, at=3)
    with pytest.raises(DataSetError, match="row 0"):
        read(FeatureRows(Shards(tmp_path), check=True), [0], [0])


def test_read_without_check_takes_what_is_there(tmp_path: Path, written: Written) -> None:
    flip(tmp_path, 0, at=1)
    assert read(FeatureRows(Shards(tmp_path)), [0], [0]).shape == (1, 4, 16)


def test_read_sees_a_file_that_was_cut_off_meanwhile(tmp_path: Path, written: Written) -> None:
    rows = FeatureRows(Shards(tmp_path), reading="read")
    path = tmp_path / "features-00002-of-00003.h5"
    with path.open("r+b") as file:
        file.truncate(Shards(tmp_path).features(2)["features"].offset + 100)
    with pytest.raises(DataSetError, match=path.name):
        read(rows, [2], [4])


def test_feature_rows_refuse_shards_of_another_shape(tmp_path: Path, written: Written) -> None:
    other = tmp_path / "other"
    write_data_set(other, layout=FeatureLayout(4, 8, 2))
    shards = Shards(tmp_path)
    name = "features-00002-of-00003.h5"
    (tmp_path / name).write_bytes((other / name).read_bytes())
    shards._files["features", 2]["bytes"] = (other / name).stat().st_size
    with pytest.raises(DataSetError, match=rf"{name}: features \(4, 8\)"):
        FeatureRows(shards)
