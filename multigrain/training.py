"""Training: a loop that gives the same losses for the same seed, also when it was killed and resumed in between.

What is random comes from a generator that is seeded anew at each step from (seed, step, rank), and the order of the
data from (seed, epoch): a step depends on the weights, the optimizer's state and its number, and a checkpoint holds
those three.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from torch import distributed as dist
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from multigrain.batch import Batch
from multigrain.checkpoint import load_checkpoint, save_checkpoint
from multigrain.config import ConfigError, TrainConfig, flat, read_config
from multigrain.data import DataSet
from multigrain.encoders import Sizes, bert_folder
from multigrain.loader import Loader
from multigrain.losses import Pairs
from multigrain.models import RetrievalModel, build_model
from multigrain.phrase_mask import PhraseLabeller
from multigrain.ranking import ranks, recalls
from multigrain.run import BEST, CONFIG, LAST, LOG, pick_device, reading_run, save_run
from multigrain.scoring import score_split
from multigrain.shards import DataSetError, Shards
from multigrain.tokens import BertTokenizer, Tokenizer, WordTokenizer
from multigrain.training_log import TrainingLog


@dataclass(slots=True)
class Progress:
    """Where training stands; what a checkpoint says besides tensors."""

    step: int = 0  # steps done
    best: float = -1.0  # rSum of val
    since_best: int = 0  # validations
    finished: bool = False


class Trainer:
    """One process of a training run: alone, or one of the processes that torchrun started."""

    def __init__(self, config: TrainConfig) -> None:
        """Opens the data, builds the model, and resumes where the folder `out` holds a checkpoint.

        Raises ConfigError where the options do not fit the data, or the folder holds a run with other options.
        """
        self.config, self.out = config, Path(config.out)
        self.rank, self.world = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
        self.device = pick_device(config.device)
        refuse_other_run(config)
        tokenizer = make_tokenizer(config)
        self.data = DataSet(config.data, tokenizer, max_relations=config.max_relations)
        if not len(self.data.photo_rows("val")):
            raise ConfigError(f"data: {config.data} has no val photos with regions, which tell the best weights")
        self.sizes = Sizes(self.data.feature_size, len(self.data.predicates), tokenizer.size, tokenizer.mask_id)
        torch.manual_seed(config.seed)
        try:
            self.model: RetrievalModel[Any, Any] = build_model(config.model, self.sizes).to(self.device)
            self.loader = Loader(
                self.data,
                batch_size=config.batch_size,
                seed=config.seed,
                rank=self.rank,
                world_size=self.world,
                device=self.device,
            )
        except ValueError as error:
            raise ConfigError(str(error)) from error
        self.labeller = make_labeller(self.data) if config.phrase_labels and self.model.wants_labels else None
        self.optimizer = make_optimizer(self.model, config)
        self.progress = Progress()
        if (self.out / LAST).is_file():
            self._resume()
        self.steps = len(self.loader) * config.epochs

    def _resume(self) -> None:
        try:
            state = load_checkpoint(self.out / LAST, self.model, self.optimizer)
            self.loader.load_state_dict(state["loader"])
        except (ValueError, SafetensorError) as error:
            raise ConfigError(f"{self.out} holds a run that cannot go on here: {error}") from error
        self.progress = Progress(**state["progress"])
        self._judge()  # the patience may be another one now

    def _judge(self) -> None:
        """Decides whether val has not become better for too long."""
        self.progress.finished = 0 < self.config.patience <= self.progress.since_best

    def train(self) -> Progress:
        """Trains to the end, and returns where it ended."""
        config, progress = self.config, self.progress
        model: nn.Module = self.model
        if self.world > 1:
            model = DistributedDataParallel(self.model)
        if self.rank == 0:
            save_run(self.out, config, self.data.tokenizer, self.sizes, self.data.predicates)
        with TrainingLog(self.out / LOG, progress.step, tensorboard=config.tensorboard, write=self.rank == 0) as log:
            bar = tqdm(
                total=self.steps, initial=progress.step, unit="step", disable=self.rank > 0 or not sys.stderr.isatty()
            )
            while self.loader.epoch < config.epochs and not progress.finished:
                started = time.perf_counter()
                for batch in self.loader:
                    rate = self._rate()
                    terms, norm = self.step(model, batch)
                    progress.step += 1
                    log.step(progress.step, self.loader.epoch, terms, norm, rate, started)
                    started = time.perf_counter()
                    bar.update()
                    bar.set_postfix(loss=f"{sum(terms.values()):.3f}", best=f"{progress.best:.1f}")
                    if progress.step % config.checkpoint_steps == 0:
                        self._save()
                if self.loader.epoch % config.validate_every == 0 or self.loader.epoch == config.epochs:
                    self._validate(log)
                self._save()
            bar.close()
        return progress

    def step(self, model: nn.Module, batch: Batch) -> tuple[dict[str, float], float]:
        """Takes one step. Returns the terms of the loss and the norm of the gradient.

        Raises FloatingPointError where the loss is no number.
        """
        config = self.config
        torch.manual_seed(_mix(config.seed, self.progress.step, self.rank))
        for group in self.optimizer.param_groups:
            group["lr"] = group["share"] * self._rate()
        self.model.train()
        with self._autocast():
            losses: dict[str, Tensor] = model(batch.photos, batch.captions, self.pairs(batch))
            loss = torch.stack([value.float() for value in losses.values()]).sum()
        terms = {name: float(value.detach()) for name, value in losses.items()}
        if not math.isfinite(sum(terms.values())):
            raise FloatingPointError(f"step {self.progress.step}: the loss is {sum(terms.values())} ({terms})")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), config.clip or math.inf)
        self.optimizer.step()
        return terms, float(norm)

    def pairs(self, batch: Batch) -> Pairs:
        """Returns what is known of all pairs of a batch's photos and captions."""
        matches = batch.photos.index[:, None] == batch.captions.image
        hardest = self.loader.epoch >= self.config.all_negatives_epochs
        if self.labeller is None:
            return Pairs(matches, ~matches, hardest)
        mask = self.labeller(batch.photos.index.cpu().numpy(), batch.captions.index.cpu().numpy())
        label, confidence = (torch.from_numpy(a).to(self.device) for a in (mask.label, mask.confidence))
        # A caption that says nothing false of a photo is no negative of it, as far as the labels know.
        spared = ~(label < 0).any(2) & (label > 0).any(2) if self.config.spare_true_captions else matches
        return Pairs(matches, ~(matches | spared), hardest, label, confidence)

    def _rate(self) -> float:
        return learning_rate(self.config, self.progress.step, len(self.loader))

    @contextmanager
    def _autocast(self) -> Iterator[None]:
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.config.amp == "bf16"):
            yield

    def _validate(self, log: TrainingLog) -> None:
        """Scores the val split on the first process, and tells the others how it went."""
        progress = self.progress
        verdict = torch.zeros(3, dtype=torch.float64)
        if self.rank == 0:
            started = time.perf_counter()
            self.model.eval()
            found = score_split(self.model, self.data, "val", self.device)
            recall = recalls(*ranks(found.scores, found.caption_photo))
            better = recall["rsum"] > progress.best
            progress.since_best = 0 if better else progress.since_best + 1
            progress.best = max(progress.best, recall["rsum"])
            log.validation(progress.step, self.loader.epoch, recall, time.perf_counter() - started)
            said = f"rSum of val {recall['rsum']:.1f}, best {progress.best:.1f}"
            tqdm.write(f"epoch {self.loader.epoch} of {self.config.epochs}: {said}", file=sys.stderr)  # bar or not
            if better:
                save_checkpoint(self.out / BEST, self.model, {"progress": asdict(progress), "val": recall})
            verdict = torch.tensor([progress.best, progress.since_best, 0.0], dtype=torch.float64)
        if self.world > 1:
            verdict = verdict.to(self.device)
            dist.broadcast(verdict, 0)
        progress.best, progress.since_best = float(verdict[0]), int(verdict[1])
        self._judge()

    def _save(self) -> None:
        if self.rank == 0:
            state = {"progress": asdict(self.progress), "loader": self.loader.state_dict()}
            save_checkpoint(self.out / LAST, self.model, state, self.optimizer)
        if self.world > 1:
            dist.barrier()


def make_labeller(data: DataSet) -> PhraseLabeller:
    """Returns what labels the phrases of a batch. Raises ConfigError where the data set cannot tell."""
    try:
        return PhraseLabeller(data.shards)
    except DataSetError as error:
        raise ConfigError(f"{error}; phrase_labels=false trains without labels of phrases") from error


def learning_rate(config: TrainConfig, step: int, steps_per_epoch: int) -> float:
    """Returns the learning rate of a step (from 0): a linear rise, then a fall in one step or along a cosine."""
    rate = config.learning_rate * min(1.0, (step + 1) / max(config.warm_up_steps, 1))
    if config.decay == "step":
        return rate * (0.1 if step >= config.decay_epoch * steps_per_epoch else 1.0)
    return rate * 0.5 * (1 + math.cos(math.pi * step / (steps_per_epoch * config.epochs)))


def make_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.AdamW:
    """Returns AdamW; a BERT's weights get their share of the learning rate."""
    bert = [p for name, p in model.named_parameters() if ".bert." in name and p.requires_grad]
    rest = [p for name, p in model.named_parameters() if ".bert." not in name and p.requires_grad]
    groups = [{"params": rest, "share": 1.0}, {"params": bert, "share": config.bert_rate}]
    return torch.optim.AdamW(
        [group for group in groups if group["params"]], lr=config.learning_rate, weight_decay=config.weight_decay
    )


def make_tokenizer(config: TrainConfig) -> Tokenizer:
    """Returns the BERT's word pieces, or the words of the training captions."""
    encoder = config.model.encoder
    if encoder.text == "bert":
        try:
            return BertTokenizer.of(bert_folder(encoder.bert), config.max_tokens)
        except (ImportError, OSError, ValueError) as error:  # the hub's own errors are of these, too
            raise ConfigError(f"model.encoder.bert: {encoder.bert!r}: {error}") from error
    try:
        shards = Shards(config.data)
    except DataSetError as error:
        raise ConfigError(f"data: {error}") from error
    return WordTokenizer.learn(train_texts(shards), config.min_word_count, config.max_tokens)


def train_texts(shards: Shards) -> Iterator[str]:
    """Yields the training captions."""
    for shard in range(shards.n_shards):
        columns = shards.table("graphs", shard, "split", "captions")
        captions = columns["captions"].filter(pc.equal(columns["split"], "train"))
        yield from pc.struct_field(captions.flatten(), "text").to_pylist()


def refuse_other_run(config: TrainConfig) -> None:
    """Raises ConfigError where the folder holds a run with other options, naming each."""
    path = Path(config.out) / CONFIG
    if not path.is_file():
        return
    with reading_run(path):
        before = read_config(str(path))
    there, here = (flat(asdict(c)) | {"data": str(Path(c.data).resolve())} for c in (before, config))
    free = {"out", "patience", "device", "tensorboard", "checkpoint_steps"}  # may change from one start to the next
    if config.decay == "step":
        free.add("epochs")  # of a cosine every step depends on it
    changed = [k for k in sorted(there.keys() | here.keys()) if there.get(k) != here.get(k) and k not in free]
    if changed:
        differences = "; ".join(f"{k} {there.get(k)!r} there, {here.get(k)!r} now" for k in changed)
        raise ConfigError(f"{config.out} holds a run with other options: {differences}")


def _mix(seed: int, step: int, rank: int) -> int:
    """Returns a seed of its own for each step and process."""
    digest = blake2b(f"{seed} {step} {rank}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
