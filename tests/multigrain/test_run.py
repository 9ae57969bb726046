"""Of a run, a data set or a device that cannot be used, commands give a message that names it, and exit code 2."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from multigrain.__main__ import main
from multigrain.config import ConfigError, read_config
from multigrain.run import BEST, CONFIG, SIZES, RunError, load_run, pick_device
from multigrain.shards import DataSetError
from multigrain.tokens import WORDS_FILE
from multigrain.training import Trainer
from schemas.feature_shard import FeatureLayout
from tests.small_data import write_data_set

SMALL = ["model.encoder.dim=16", "model.encoder.word_size=8", "batch_size=8", "epochs=1", "min_word_count=1"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of VSE of one epoch, beside the data set that it was trained on."""
    folder = tmp_path_factory.mktemp("run")
    write_data_set(folder / "data", (20,), splits=("train", "train", "val"))
    options = [f"data={folder / 'data'}", f"out={folder / 'run'}", "model=vse", *SMALL, "tensorboard=false"]
    Trainer(read_config(None, [*options, "device=cpu"])).train()
    return folder / "run"


@pytest.fixture
def copied(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained, tmp_path / "copied"))


def cut(path: Path) -> None:
    """Leaves the first half of a file, as a copy that broke off does."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("name", [BEST, SIZES, WORDS_FILE])
def test_load_run_names_the_file_that_is_damaged(copied: Path, name: str) -> None:
    cut(copied / name)
    with pytest.raises(RunError, match=f"{name} is damaged"):
        load_run(copied, device="cpu")


def test_load_run_names_the_file_whose_weights_are_of_another_model(copied: Path) -> None:
    path = copied / CONFIG
    path.write_text(path.read_text().replace("dim: 16", "dim: 8"))
    with pytest.raises(RunError, match=BEST):
        load_run(copied, device="cpu")


def test_load_run_names_the_file_of_options_of_another_version(copied: Path) -> None:
    (copied / CONFIG).write_text((copied / CONFIG).read_text() + "old_key: 1\n")
    with pytest.raises(RunError, match=r"copied/config\.yaml .*: old_key: no such key"):
        load_run(copied, device="cpu")


@pytest.mark.parametrize("content", ["[]", "{}", json.dumps({"predicate_names": [], "colours": 3})])
def test_load_run_names_sizes_of_another_version(copied: Path, content: str) -> None:
    (copied / SIZES).write_text(content)
    with pytest.raises(RunError, match=r"sizes\.json is damaged or of another version"):
        load_run(copied, device="cpu")


def test_open_data_refuses_features_of_another_size(trained: Path, tmp_path: Path) -> None:
    write_data_set(tmp_path / "other", layout=FeatureLayout(4, 8, 2))
    with pytest.raises(DataSetError, match="other has features of 8 numbers, the model takes 16"):
        load_run(trained, device="cpu").open_data(tmp_path / "other")


@pytest.mark.parametrize("name", ["foo", "", "cuda:99"])
def test_pick_device_refuses_what_is_not_there(name: str) -> None:
    with pytest.raises(ConfigError, match=f"^device={name} cannot be used: .") as raised:
        pick_device(name)
    assert "\n" not in str(raised.value)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_pick_device_refuses_a_gpu_where_there_is_none() -> None:
    assert pick_device("auto") == torch.device("cpu")
    with pytest.raises(ConfigError, match=r"^device=cuda cannot be used: "):
        pick_device("cuda")


@pytest.mark.parametrize("command", [["evaluate"], ["search", "a man"]])
def test_main_says_what_cannot_be_used(copied: Path, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    name, *words = command
    assert main([name, str(copied), *words, "--device", "foo"]) == 2
    assert "device=foo" in capsys.readouterr().err
    assert main([name, str(copied), *words]) == 2  # its data set has no test photos
    assert "data has no test photos" in capsys.readouterr().err
    cut(copied / BEST)
    assert main([name, str(copied), *words]) == 2
    assert str(copied / BEST) in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["evaluate", "--json"], ["search", "a man", "--html"], ["search", "a man", "--png"]]
)
def test_main_refuses_a_file_that_cannot_be_written_before_any_work(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for path, reason in ((tmp_path, "is a folder"), (tmp_path / "nowhere" / "file", "there is no folder")):
        with pytest.raises(SystemExit, match="2"):
            main([command[0], str(tmp_path / "no run"), *command[1:], str(path)])
        said = capsys.readouterr().err
        assert f"argument {command[-1]}: {str(path)!r}" in said
        assert reason in said
