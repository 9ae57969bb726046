"""What the labels are mined with: a bounded summary of a corpus, the same bytes whatever the order of the captions.

It holds what the training captions teach about words, and per split a pool of captions from which the candidates for
other images are drawn; the pools are a file of their own, since only mining reads them. Only training captions teach,
and a pool serves its own split alone: no caption of the validation or test split has a say in any label but those of
its own image and, as a candidate, of its split.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

import apache_beam as beam

from schemas.records import ImageGraphs, Split
from transforms.absence import learn_absence
from transforms.candidates import CandidatePool
from transforms.compatibility import learn_compatibility, read_contexts
from transforms.corpus_sample import BottomSample, decode_captions
from transforms.judge import Knowledge
from transforms.knowledge_tables import TABLES, knowledge_of, read_record, tables, write_tables
from transforms.phrases import read_caption
from transforms.replacements import Replacements
from transforms.slots import PLACE_KINDS, SlotCounts, Slots, read_slots
from transforms.wordnet import read_wordnet
from transforms.wordnet_rows import add_wordnet

LEARN = 32_768  # training images that teach about words, at most
POOL = 8_192  # images a split whose captions are candidates, at most
SPLITS: tuple[Split, ...] = get_args(Split)

PoolRows = tuple[tuple[str, bytes], ...]  # (image id, its captions as compact JSON), by hash of the image id


@dataclass(frozen=True)
class Corpus:
    """What a corpus teaches about words, and the pools of candidate captions."""

    knowledge: Knowledge
    slots: Slots
    rows: dict[Split, PoolRows]

    @cached_property
    def pools(self) -> dict[Split, CandidatePool]:
        """The pools by split, indexed on first use."""
        return {split: CandidatePool(self.rows[split]) for split in SPLITS}

    @cached_property
    def replacements(self) -> Replacements:
        """What may stand in another's place, indexed on first use."""
        return Replacements(self.slots, self.knowledge.absence)

    def to_json(self) -> str:
        """Returns what was learned as canonical JSON: equal tables give equal text; a row a line, to read and edit."""
        slots = ((kind, self.slots.rows(kind)) for kind in PLACE_KINDS)
        return write_tables([*tables(self.knowledge), *slots])

    def candidates(self) -> bytes:
        """Returns the pools: a line an image, its split, its id and its captions, the last two as JSON."""
        lines = ((s, json.dumps(i), rows) for s in SPLITS for i, rows in self.rows[s])
        return b"".join(b"%b\t%b\t%b\n" % (split.encode(), i.encode(), rows) for split, i, rows in lines)

    @classmethod
    def from_text(cls, text: str, candidates: bytes) -> Corpus:
        """Returns the corpus that the two wrote; ValueError names what is not of this format."""
        record = read_record(text, (*TABLES, *PLACE_KINDS))
        rows: dict[Split, list[tuple[str, bytes]]] = {split: [] for split in SPLITS}
        for line in candidates.splitlines():
            split, _, rest = line.partition(b"\t")
            image_id, _, captions = rest.partition(b"\t")
            if split.decode(errors="replace") not in rows:
                raise ValueError(f"candidates: {line[:80]!r}; a split, an image id and captions expected")
            rows[split.decode()].append((str(json.loads(image_id)), captions))  # type: ignore[index]
        pools = {split: tuple(rows[split]) for split in SPLITS}
        return cls(knowledge_of(record), read_slots(record), pools)


Samples = dict[Split, BottomSample]


@contextmanager
def _without_collector() -> Iterator[None]:
    """Spares millions of small tuples, which form no cycles, from being walked through again and again.

    Learning is what one process does while the others wait, and it takes half as long.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class CorpusStatistics(beam.CombineFn):
    """ImageGraphs -> Corpus. An accumulator holds at most twice `LEARN` or `POOL` images a split."""

    def __init__(self, wordnet: str | None = None) -> None:
        self._wordnet = wordnet  # folder of its nouns

    def create_accumulator(self) -> Samples:
        return {split: BottomSample(max(LEARN, POOL) if split == "train" else POOL) for split in SPLITS}

    def add_input(self, accumulator: Samples, image: ImageGraphs) -> Samples:
        accumulator[image.split].add(image)
        return accumulator

    def merge_accumulators(self, accumulators: Iterable[Samples]) -> Samples:
        merged = self.create_accumulator()
        for accumulator in accumulators:
            for split in SPLITS:
                merged[split].merge(accumulator[split])
        return merged

    @_without_collector()
    def extract_output(self, accumulator: Samples) -> Corpus:
        train = accumulator["train"].entries()[:LEARN]
        counts = SlotCounts()
        images = (
            [read_caption(caption_id, graph) for caption_id, graph in decode_captions(json.loads(captions))]
            for _, _, captions in train
        )
        contexts = read_contexts(counts.counted(images))
        compatibility = learn_compatibility(contexts)
        if self._wordnet is not None:
            compatibility = add_wordnet(compatibility, _heads(accumulator), read_wordnet(self._wordnet))
        pools = {
            split: tuple((image_id, rows) for _, image_id, rows in accumulator[split].entries()[:POOL])
            for split in SPLITS
        }
        knowledge = Knowledge(compatibility, learn_absence(contexts, compatibility))
        return Corpus(knowledge, counts.slots(), pools)


def _heads(samples: Samples) -> set[str]:
    """Returns the heads that the kept images of any split name: WordNet says the same of them whoever names them."""
    captions = (json.loads(rows) for split in SPLITS for _, _, rows in samples[split].entries())
    return {item.head.lower() for rows in captions for _, graph in decode_captions(rows) for item in graph.objects}


def corpus_statistics(images: Iterable[ImageGraphs], wordnet: str | None = None) -> Corpus:
    """Returns the corpus of the images, in one process: what `CorpusStatistics` gives on any runner."""
    combine = CorpusStatistics(wordnet)
    samples = combine.create_accumulator()
    for image in images:
        samples = combine.add_input(samples, image)
    return combine.extract_output(samples)
