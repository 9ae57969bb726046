"""Training is repeatable: the same seed, a kill in the middle, another number of processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from multigrain.__main__ import main
from multigrain.config import ConfigError, read_config
from multigrain.ranking import ranks, recalls
from multigrain.run import load_run
from multigrain.scoring import score_split
from multigrain.training import Trainer, learning_rate
from tests.small_data import write_data_set

ROOT = Path(__file__).parents[2]
SMALL = [
    "model=vse",
    "model.encoder.dim=16",
    "model.encoder.word_size=8",
    "batch_size=8",
    "epochs=2",
    "checkpoint_steps=3",
    "min_word_count=1",
    "tensorboard=false",
    "device=cpu",
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training") / "data"
    write_data_set(folder, (20, 0, 17), captions=3, splits=("train", "train", "val"), rules=True)
    return folder


def options(data: Path, out: Path, *more: str) -> list[str]:
    return [f"data={data}", f"out={out}", *SMALL, *more]


def losses(out: Path) -> list[dict[str, Any]]:
    """Returns the lines of a log without their seconds."""
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if k != "seconds"} for line in lines]


def train(data: Path, out: Path, *more: str) -> list[dict[str, Any]]:
    Trainer(read_config(None, options(data, out, *more))).train()
    return losses(out)


class KilledError(Exception):
    pass


@pytest.mark.parametrize("model", ["vse", "ssamt", "cmsei", "resg"])
def test_train_gives_same_losses_again_and_after_a_break_in_mid_epoch(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    whole = train(data, tmp_path / "whole", f"model={model}")
    trainer = Trainer(read_config(None, options(data, tmp_path / "broken", f"model={model}")))
    step = trainer.step

    def break_at_five(*args: Any) -> Any:
        if trainer.progress.step == 5:  # the last checkpoint was at 3, in the middle of an epoch
            raise KilledError
        return step(*args)

    monkeypatch.setattr(trainer, "step", break_at_five)
    with pytest.raises(KilledError):
        trainer.train()
    assert len(trainer.loader) > 5
    assert train(data, tmp_path / "broken", f"model={model}") == whole
    trained = [line for line in whole if line["kind"] == "train"]
    assert [line["step"] for line in trained] == list(range(1, 2 * len(trainer.loader) + 1))
    assert all(np.isfinite(line["loss"]) for line in trained)


@pytest.mark.parametrize("model", ["vse", "ssamt", "cmsei", "resg"])
def test_train_in_bfloat16_gives_about_the_losses_of_float32(data: Path, tmp_path: Path, model: str) -> None:
    more = (f"model={model}", "epochs=1", "all_negatives_epochs=0")
    half, full = train(data, tmp_path / "half", *more, "amp=bf16"), train(data, tmp_path / "full", *more)
    assert half[0]["loss"] == pytest.approx(full[0]["loss"], abs=0.05)
    assert half != full


def test_trainer_spares_captions_that_are_true_of_a_photo(data: Path, tmp_path: Path) -> None:
    trainer = Trainer(read_config(None, options(data, tmp_path / "run", "model=ssamt", "batch_size=32")))
    batch = next(iter(trainer.loader))
    pairs = trainer.pairs(batch)
    assert pairs.label is not None
    assert not (pairs.negative & pairs.matches).any()
    spared = ~pairs.negative & ~pairs.matches
    assert (pairs.label[spared] >= 0).all()
    assert (pairs.label[spared] > 0).any(1).all()
    assert spared.any()


def test_train_killed_by_a_signal_gives_the_same_losses(data: Path, tmp_path: Path) -> None:
    whole = start(data, tmp_path / "whole")
    assert whole.wait(timeout=300) == 0
    killed, log = start(data, tmp_path / "killed"), tmp_path / "killed" / "log.jsonl"
    while killed.poll() is None and not (log.is_file() and log.read_text().count("\n") >= 5):
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert start(data, tmp_path / "killed").wait(timeout=300) == 0
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")


def test_train_interrupted_says_how_to_go_on(data: Path, tmp_path: Path) -> None:
    stopped = start(data, tmp_path / "run", "epochs=1000", "validate_every=1")
    assert stopped.stderr is not None
    assert stopped.stderr.readline().startswith(b"epoch 1 of 1000: rSum of val ")
    stopped.send_signal(signal.SIGINT)
    assert stopped.stderr.read().splitlines()[-1] == b"interrupted; run the same command again to go on"
    assert stopped.wait() == 1


def start(data: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    """Starts a training process with one thread: how many add up a sum changes its last bits."""
    command = [sys.executable, "-m", "multigrain", "train", *options(data, out, *more)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)


def test_train_with_another_seed_gives_other_losses(data: Path, tmp_path: Path) -> None:
    assert train(data, tmp_path / "a", "epochs=1") != train(data, tmp_path / "b", "epochs=1", "seed=1")


def test_train_by_two_processes_takes_the_steps_of_one(data: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "multigrain"]
    done = subprocess.run(
        [*command, "train", *options(data, tmp_path / "two", "model=ssamt")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    one = train(data, tmp_path / "one", "model=ssamt")
    two = losses(tmp_path / "two")
    assert [(line["kind"], line["step"], line["epoch"]) for line in two] == [
        (line["kind"], line["step"], line["epoch"]) for line in one
    ]


def test_train_stops_when_val_gets_no_better(data: Path, tmp_path: Path) -> None:
    lines = train(data, tmp_path / "run", "epochs=50", "patience=1", "learning_rate=0.0")
    assert [line["epoch"] for line in lines if line["kind"] == "val"] == [1, 2]
    again = train(data, tmp_path / "run", "epochs=50", "patience=1", "learning_rate=0.0")  # it is done
    assert again == lines


def test_train_that_stopped_early_goes_on_with_more_patience(data: Path, tmp_path: Path) -> None:
    options = ("epochs=5", "learning_rate=0.0")
    train(data, tmp_path / "run", *options, "patience=1")
    for patience, epochs in ((2, [1, 2, 3]), (0, [1, 2, 3, 4, 5])):
        lines = train(data, tmp_path / "run", *options, f"patience={patience}")
        assert [line["epoch"] for line in lines if line["kind"] == "val"] == epochs


def test_train_logs_the_learning_rate_of_the_step(data: Path, tmp_path: Path) -> None:
    lines = train(data, tmp_path / "run", "epochs=1", "warm_up_steps=4", "learning_rate=1.0", "validate_every=9")
    assert [line["learning_rate"] for line in lines if line["kind"] == "train"][:5] == [0.25, 0.5, 0.75, 1.0, 1.0]


def test_load_run_scores_as_the_best_validation_did(data: Path, tmp_path: Path) -> None:
    lines = train(data, tmp_path / "run", "model=resg")
    run = load_run(tmp_path / "run", device="cpu")
    found = score_split(run.model, run.open_data(), "val", run.device)
    assert recalls(*ranks(found.scores, found.caption_photo))["rsum"] == max(
        line["rsum"] for line in lines if line["kind"] == "val"
    )


def test_load_run_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"has no best\.safetensors"):
        load_run(tmp_path)


def test_trainer_refuses_a_folder_of_other_options(data: Path, tmp_path: Path) -> None:
    train(data, tmp_path / "run", "epochs=1")
    with pytest.raises(ConfigError, match=r"clip 2\.0 there, 3\.0 now"):
        Trainer(read_config(None, options(data, tmp_path / "run", "clip=3.0")))


def test_trainer_names_the_file_of_a_run_of_another_version(data: Path, tmp_path: Path) -> None:
    train(data, tmp_path / "run", "epochs=1")
    with (tmp_path / "run" / "config.yaml").open("a") as file:
        file.write("old_key: 1\n")
    with pytest.raises(ConfigError, match=r"config\.yaml is damaged or of another version: old_key: no such key"):
        Trainer(read_config(None, options(data, tmp_path / "run", "epochs=1")))


def test_trainer_refuses_labels_that_the_data_set_cannot_give(tmp_path: Path) -> None:
    write_data_set(tmp_path / "plain", (20,), splits=("train", "val"))
    with pytest.raises(ConfigError, match="phrase_labels=false trains without"):
        Trainer(read_config(None, options(tmp_path / "plain", tmp_path / "run", "model=ssamt")))


def test_trainer_goes_on_in_a_folder_that_was_moved(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(data, tmp_path / "run", "epochs=1")
    (tmp_path / "run").rename(tmp_path / "moved")
    monkeypatch.chdir(data.parent)
    trainer = Trainer(read_config(None, options(Path(data.name), tmp_path / "moved", "epochs=1")))
    assert trainer.progress.step == len(trainer.loader)
    trainer.train()
    monkeypatch.chdir(tmp_path)
    assert load_run("moved", device="cpu").open_data().fingerprint == trainer.data.fingerprint


def test_trainer_refuses_to_go_on_with_data_that_was_made_anew(tmp_path: Path) -> None:
    for images in (20, 21):
        shutil.rmtree(tmp_path / "data", ignore_errors=True)
        write_data_set(tmp_path / "data", (images, 9), splits=("train", "val"))
        config = read_config(None, options(tmp_path / "data", tmp_path / "run", "epochs=1"))
        if images == 20:
            Trainer(config).train()
    with pytest.raises(ConfigError, match="run holds a run that cannot go on here: the state is of data"):
        Trainer(config)


def test_trainer_refuses_a_damaged_checkpoint(data: Path, tmp_path: Path) -> None:
    train(data, tmp_path / "run", "epochs=1")
    with (tmp_path / "run" / "last.safetensors").open("r+b") as file:
        file.truncate(1000)
    with pytest.raises(ConfigError, match="run holds a run that cannot go on here"):
        Trainer(read_config(None, options(data, tmp_path / "run", "epochs=1")))


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("batch_size=512", "train has 60 captions of photos with regions, a batch 512"),
        ("model.encoder.text=bert model.encoder.bert=/no/such/folder", "model.encoder.bert: '/no/such/folder'"),
    ],
)
def test_trainer_names_options_that_do_not_fit(data: Path, tmp_path: Path, option: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Trainer(read_config(None, options(data, tmp_path / "run", *option.split())))


def test_trainer_refuses_data_without_val_photos(tmp_path: Path) -> None:
    write_data_set(tmp_path / "data", (20,), split="train")
    with pytest.raises(ConfigError, match="data has no val photos with regions"):
        Trainer(read_config(None, options(tmp_path / "data", tmp_path / "run")))


def test_main_refuses_an_unknown_key_before_any_work(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *options(data, tmp_path / "run", "model.layer=1")]) == 2
    assert "model.layer: no such key" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_main_names_a_data_set_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", *options(tmp_path / "nowhere", tmp_path / "run")]) == 2
    assert "nowhere is not a complete data set" in capsys.readouterr().err


def test_step_refuses_a_loss_that_is_no_number(data: Path, tmp_path: Path) -> None:
    trainer = Trainer(read_config(None, options(data, tmp_path / "run")))
    with torch.no_grad():
        next(trainer.model.parameters()).fill_(torch.nan)
    with pytest.raises(FloatingPointError, match="step 0: the loss is nan"):
        trainer.train()


def test_learning_rate_rises_and_falls_as_told() -> None:
    step = read_config(None, ["data=d", "out=o", "warm_up_steps=4", "decay_epoch=2", "epochs=3", "learning_rate=1.0"])
    assert [learning_rate(step, s, 10) for s in (0, 1, 3, 19)] == [0.25, 0.5, 1.0, 1.0]
    assert learning_rate(step, 20, 10) == pytest.approx(0.1)
    cosine = read_config(None, ["data=d", "out=o", "decay=cosine", "epochs=2", "learning_rate=1.0"])
    assert [round(learning_rate(cosine, s, 10), 6) for s in (0, 10, 20)] == [1.0, 0.5, 0.0]
