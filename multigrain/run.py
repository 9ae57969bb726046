"""The folder of a training run, and a trained model out of it.

OUT/
  config.yaml               all options, as they were in force
  tokenizer.json            the word pieces; or vocabulary.json, the words
  sizes.json                what the data set decided: feature size, names of predicates
  log.jsonl                 a line a step with each loss, a line a validation with each recall
  last.safetensors          weights, optimizer and place in the data: what training resumes from
  best.safetensors          the weights with the best rSum of val
  tensorboard/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from multigrain.checkpoint import load_checkpoint
from multigrain.config import ConfigError, TrainConfig, read_config
from multigrain.data import DataSet
from multigrain.encoders import Sizes
from multigrain.models import RetrievalModel, build_model
from multigrain.shards import DataSetError
from multigrain.tokens import PIECES_FILE, WORDS_FILE, Tokenizer, load_tokenizer

CONFIG, SIZES, LOG, LAST, BEST = "config.yaml", "sizes.json", "log.jsonl", "last.safetensors", "best.safetensors"


class RunError(ConfigError):
    """A folder whose run cannot be read; the message names the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A trained model with what it needs to read a data set."""

    config: TrainConfig
    model: RetrievalModel[Any, Any]  # in evaluation mode
    tokenizer: Tokenizer
    feature_size: int
    predicates: tuple[str, ...]
    device: torch.device

    def open_data(self, folder: str | Path | None = None) -> DataSet:
        """Returns a data set as this model reads it, by default the one that it was trained on.

        Raises DataSetError where there is none, or its features are not of the size that the model takes.
        """
        data = DataSet(
            folder or self.config.data,
            self.tokenizer,
            max_relations=self.config.max_relations,
            predicates=self.predicates,
        )
        if data.feature_size != self.feature_size:
            raise DataSetError(
                f"{data.shards.folder} has features of {data.feature_size} numbers, the model takes {self.feature_size}"
            )
        return data


def save_run(
    folder: Path, config: TrainConfig, tokenizer: Tokenizer, sizes: Sizes, predicates: tuple[str, ...]
) -> None:
    """Writes all of a run but its checkpoints."""
    folder.mkdir(parents=True, exist_ok=True)
    # The data are found from any folder.
    (folder / CONFIG).write_text(replace(config, data=str(Path(config.data).absolute())).to_yaml(), "utf-8")
    tokenizer.save(folder)
    (folder / SIZES).write_text(json.dumps({**asdict(sizes), "predicate_names": predicates}, ensure_ascii=False))


def load_run(folder: str | Path, *, device: str = "auto", weights: str = BEST) -> Run:
    """Returns the trained model of a run.

    Raises FileNotFoundError where it has no such weights, RunError where a file is damaged or of another version, and
    ConfigError where the device cannot be used.
    """
    folder, where = Path(folder), pick_device(device)
    if not (folder / weights).is_file():
        raise FileNotFoundError(f"{folder} has no {weights}: not a finished run of `python -m multigrain train`")
    with reading_run(folder / CONFIG) as path:
        config = read_config(str(path))
    with reading_run(folder / SIZES) as path:
        content = json.loads(path.read_text("utf-8"))
        predicates = tuple(content.pop("predicate_names"))
        sizes = Sizes(**content)
    with reading_run(folder / (WORDS_FILE if (folder / WORDS_FILE).is_file() else PIECES_FILE)):
        tokenizer = load_tokenizer(folder)
    model = build_model(config.model, sizes).to(where).eval()
    with reading_run(folder / weights) as path:
        load_checkpoint(path, model)
    return Run(config, model, tokenizer, sizes.features, predicates, where)


@contextmanager
def reading_run(path: Path) -> Iterator[Path]:
    """Turns what a run's file that is damaged or of another version raises into a RunError that names it."""
    try:
        yield path
    except (ValueError, TypeError, AttributeError, LookupError, SafetensorError) as error:
        reason = str(error).removeprefix(f"{path}: ")
        raise RunError(f"{path} is damaged or of another version: {reason}") from error


def pick_device(name: str) -> torch.device:
    """Returns the device of a name; "auto" is a GPU where there is one.

    Raises ConfigError where there is no such device, or this machine or torch has none.
    """
    try:
        device = torch.device(("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # torch asserts that it was built for CUDA
        reason = str(error).partition("\n")[0]
        raise ConfigError(f"device={name} cannot be used: {reason}") from error
    return device
