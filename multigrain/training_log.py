"""What training writes down: a JSON object a line, and the same for TensorBoard.

A resumed run takes back the lines behind its checkpoint, so that every step stands there once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO


class TrainingLog:
    """Appends to log.jsonl and, if asked for, to the folder tensorboard beside it."""

    def __init__(self, path: Path, step: int, *, tensorboard: bool, write: bool) -> None:
        """`step`: steps that are done; what stands there of later ones is removed. `write`: false on other ranks."""
        self._file: TextIO | None = None
        self._board: Any = None
        if not write:
            return
        kept = [line for line in _lines(path) if json.loads(line)["step"] <= step]
        partial = path.with_name(f".tmp-{path.name}")
        partial.write_text("".join(line + "\n" for line in kept), "utf-8")
        partial.replace(path)
        self._file = path.open("a", encoding="utf-8")
        if tensorboard:
            from torch.utils.tensorboard import SummaryWriter  # two seconds to import

            self._board = SummaryWriter(str(path.parent / "tensorboard"), purge_step=step + 1)

    def __enter__(self) -> TrainingLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
        if self._board is not None:
            self._board.close()

    def step(self, step: int, epoch: int, terms: Mapping[str, float], norm: float, rate: float, started: float) -> None:
        """Writes the losses of a step that began at `started` (time.perf_counter)."""
        values = {"loss": sum(terms.values()), **terms, "gradient_norm": norm, "learning_rate": rate}
        self._write("train", step, epoch, values, time.perf_counter() - started)

    def validation(self, step: int, epoch: int, values: Mapping[str, float], seconds: float) -> None:
        """Writes how well the model did after an epoch."""
        self._write("val", step, epoch, values, seconds)

    def _write(self, kind: str, step: int, epoch: int, values: Mapping[str, float], seconds: float) -> None:
        if self._file is None:
            return
        line = {"kind": kind, "step": step, "epoch": epoch, **values, "seconds": round(seconds, 4)}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(f"{kind}/{name}", value, step)


def _lines(path: Path) -> list[str]:
    """Returns the whole lines of a file: a kill may have cut the last one."""
    if not path.is_file():
        return []
    text = path.read_text("utf-8")
    return text[: text.rfind("\n") + 1].splitlines()
