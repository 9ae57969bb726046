from __future__ import annotations

import json
import time
from pathlib import Path

from multigrain.training_log import TrainingLog


def _write(path: Path, done: int, steps: range, tensorboard: bool = False) -> None:
    with TrainingLog(path, done, tensorboard=tensorboard, write=True) as log:
        for step in steps:
            log.step(step, 0, {"a": step, "b": 1.0}, 0.5, 0.1, time.perf_counter())


def test_training_log_takes_back_what_lies_behind_the_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    _write(path, 0, range(1, 6))
    with path.open("a") as file:
        file.write('{"kind": "train", "st')  # killed in the middle of a line
    _write(path, 3, range(4, 8))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4, 5, 6, 7]
    assert lines[3]["loss"] == 5.0


def test_training_log_writes_nothing_on_other_ranks(tmp_path: Path) -> None:
    with TrainingLog(tmp_path / "log.jsonl", 0, tensorboard=True, write=False) as log:
        log.validation(1, 0, {"rsum": 1.0}, 0.1)
    assert list(tmp_path.iterdir()) == []


def test_training_log_writes_for_tensorboard(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    _write(tmp_path / "log.jsonl", 0, range(1, 4), tensorboard=True)
    events = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [event.value for event in events.Scalars("train/loss")] == [2.0, 3.0, 4.0]
