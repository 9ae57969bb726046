from pathlib import Path

import numpy as np
import pytest

from multigrain.flat_cache import Arrays, cache_folder, cached_arrays


def arrays() -> Arrays:
    return {"a": np.arange(6).reshape(2, 3), "empty": np.empty((0, 2), np.int8)}


def test_cached_arrays_gives_what_was_computed(tmp_path: Path) -> None:
    found = cached_arrays(tmp_path / "deep" / "folder", arrays)
    assert set(found) == {"a", "empty"}
    np.testing.assert_array_equal(found["a"], arrays()["a"])
    assert found["empty"].shape == (0, 2)


def test_cached_arrays_computes_once(tmp_path: Path) -> None:
    calls: list[int] = []

    def compute() -> Arrays:
        calls.append(1)
        return arrays()

    for _ in range(3):
        cached_arrays(tmp_path / "folder", compute)
    assert len(calls) == 1


def test_cached_arrays_leaves_nothing_when_computing_fails(tmp_path: Path) -> None:
    def fail() -> Arrays:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cached_arrays(tmp_path / "folder", fail)
    assert list(tmp_path.iterdir()) == []


def test_cached_arrays_takes_what_another_was_first_to_write(tmp_path: Path) -> None:
    def slow() -> Arrays:
        cached_arrays(tmp_path / "folder", lambda: {"a": np.zeros(1)})
        return {"a": np.ones(1)}

    assert cached_arrays(tmp_path / "folder", slow)["a"].tolist() == [0]
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_cache_folder_is_where_the_user_wants_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "multigrain"
