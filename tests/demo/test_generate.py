from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from demo.generate import generate, make_scene, split_of


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    generate(folder, scenes=6, seed=3, processes=1)
    return folder


def test_generate_writes_same_bytes_with_any_number_of_processes(small: Path, tmp_path: Path) -> None:
    generate(tmp_path, scenes=6, seed=3, processes=2)
    assert _digests(tmp_path) == _digests(small)


def test_generate_makes_same_scene_for_any_total(small: Path, tmp_path: Path) -> None:
    generate(tmp_path, scenes=2, seed=3, processes=1)
    few, many = ((f / "truth.jsonl").read_text().splitlines() for f in (tmp_path, small))
    assert few == many[:2]
    name = json.loads(few[1])["filename"]
    assert (tmp_path / "images" / name).read_bytes() == (small / "images" / name).read_bytes()


def test_generate_writes_karpathy_captions(small: Path) -> None:
    images = json.loads((small / "captions.json").read_text())["images"]
    assert [image["imgid"] for image in images] == list(range(6))
    for image in images:
        assert (small / "images" / image["filename"]).is_file()
        assert [s["sentid"] for s in image["sentences"]] == image["sentids"]
        assert len({s["raw"] for s in image["sentences"]}) == 5
        assert all(s["tokens"] == s["raw"].lower().replace(",", "").rstrip(".").split() for s in image["sentences"])


@pytest.mark.parametrize(("scenes", "processes"), [(0, 1), (1, 0)])
def test_generate_refuses_impossible_numbers(tmp_path: Path, scenes: int, processes: int) -> None:
    with pytest.raises(ValueError, match=f"{scenes} and {processes}"):
        generate(tmp_path, scenes=scenes, seed=0, processes=processes)


def test_make_scene_differs_between_seeds() -> None:
    assert make_scene(0, 0)[1] != make_scene(1, 0)[1]


def test_split_of_gives_about_eighty_ten_ten() -> None:
    splits = [split_of(0, i) for i in range(2000)]
    assert 0.77 < splits.count("train") / 2000 < 0.83
    assert 0.08 < splits.count("val") / 2000 < 0.12
    assert set(splits) == {"train", "val", "test"}


def test_generate_takes_the_last_scenes_as_test_split(tmp_path: Path) -> None:
    generate(tmp_path, scenes=12, seed=3, processes=1, test_scenes=5)
    splits = [image["split"] for image in json.loads((tmp_path / "captions.json").read_text())["images"]]
    assert splits[7:] == ["test"] * 5
    assert set(splits[:7]) <= {"train", "val"}


def test_generate_refuses_more_test_scenes_than_scenes(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="9 test scenes of 5"):
        generate(tmp_path, scenes=5, seed=3, processes=1, test_scenes=9)
