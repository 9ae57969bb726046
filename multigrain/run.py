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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from multigrain.checkpoint import load_checkpoint
from multigrain.config import TrainConfig, read_config
from multigrain.data import DataSet
from multigrain.encoders import Sizes
from multigrain.models import RetrievalModel, build_model
from multigrain.tokens import Tokenizer, load_tokenizer

CONFIG, SIZES, LOG, LAST, BEST = "config.yaml", "sizes.json", "log.jsonl", "last.safetensors", "best.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A trained model with what it needs to read a data set."""

    config: TrainConfig
    model: RetrievalModel[Any, Any]  # in evaluation mode
    tokenizer: Tokenizer
    predicates: tuple[str, ...]
    device: torch.device

    def open_data(self, folder: str | Path | None = None) -> DataSet:
        """Returns a data set as this model reads it, by default the one that it was trained on."""
        return DataSet(
            folder or self.config.data,
            self.tokenizer,
            max_relations=self.config.max_relations,
            predicates=self.predicates,
        )


def save_run(
    folder: Path, config: TrainConfig, tokenizer: Tokenizer, sizes: Sizes, predicates: tuple[str, ...]
) -> None:
    """Writes all of a run but its checkpoints."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(config.to_yaml(), "utf-8")
    tokenizer.save(folder)
    (folder / SIZES).write_text(json.dumps({**asdict(sizes), "predicate_names": predicates}, ensure_ascii=False))


def load_run(folder: str | Path, *, device: str = "auto", weights: str = BEST) -> Run:
    """Returns the trained model of a run. Raises FileNotFoundError where it has no such weights."""
    folder = Path(folder)
    if not (folder / weights).is_file():
        raise FileNotFoundError(f"{folder} has no {weights}: not a finished run of `python -m multigrain train`")
    config = read_config(str(folder / CONFIG))
    sizes = json.loads((folder / SIZES).read_text("utf-8"))
    predicates = tuple(sizes.pop("predicate_names"))
    where = pick_device(device)
    model = build_model(config.model, Sizes(**sizes)).to(where).eval()
    load_checkpoint(folder / weights, model)
    return Run(config, model, load_tokenizer(folder), predicates, where)


def pick_device(name: str) -> torch.device:
    """Returns the device of a name; "auto" is a GPU where there is one."""
    return torch.device(("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name)
