"""The folder that a detector is kept in."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from transforms.detector_folder import DetectorError, changed_settings, folder_weights, read_folder, write_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(
        tmp_path / "detector",
        {"VERSION": 2, "INPUT": {"MIN_SIZE_TEST": 64}},
        object_names=["dog", "café"],
        attribute_names=["red"],
        tensors={"weight": torch.ones(2), "steps": torch.tensor(3)},
        dtype=torch.float16,
    )
    return tmp_path / "detector"


def test_read_folder_returns_what_was_written(folder: Path) -> None:
    files = read_folder(folder)
    assert (files.object_names, files.attribute_names) == (("dog", "café"), ("red",))
    assert folder_weights(folder).name == "model.safetensors"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("config.yaml", "!!python/object/apply:os.getcwd []", "not readable as plain YAML"),
        ("config.yaml", "_BASE_: ../other.yaml", "_BASE_ names another file"),
        ("config.yaml", "- a list", "holds list"),
        ("config.yaml", "a: [", "not readable as plain YAML"),
        ("names.json", "{", "not readable as JSON"),
        ("names.json", "[]", "holds list"),
        ("names.json", '{"objects": ["a"]}', '"attributes" must be a list of names'),
        ("names.json", '{"objects": ["a", 3], "attributes": []}', '"objects" must be a list of names'),
    ],
)
def test_read_folder_names_the_bad_file(folder: Path, name: str, text: str, words: str) -> None:
    (folder / name).write_text(text)
    with pytest.raises(DetectorError, match=words) as caught:
        read_folder(folder)
    assert str(folder / name) in str(caught.value)


@pytest.mark.parametrize("name", ["config.yaml", "names.json", "model.safetensors"])
def test_read_folder_names_the_missing_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(DetectorError, match=name):
        folder_weights(folder) if name.startswith("model") else read_folder(folder)


def test_read_folder_refuses_two_sets_of_weights(folder: Path) -> None:
    (folder / "model.pth").touch()
    with pytest.raises(DetectorError, match="2 found"):
        folder_weights(folder)


def test_changed_settings_returns_differences_only() -> None:
    defaults = {"A": 1, "B": {"C": (1, 2), "D": "x"}, "E": {"F": 0}}
    assert changed_settings({"A": 1, "B": {"C": (3, 4), "D": "x"}, "E": {"F": 0}}, defaults) == {"B": {"C": [3, 4]}}
