"""The labelling rule, for the words of the whole corpus, published beside the shards: one file a data set."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems

from schemas.graph_columns import Words, graph_words, read_graph_columns
from schemas.phrase_rules import PHRASE_RULES
from schemas.sidecar import FileEntry, Sidecar
from transforms.knowledge_tables import read_knowledge
from transforms.phrase_rules import phrase_rules
from transforms.publish import Target
from transforms.storage import fetch_file, publish_text, read_text


@dataclass
class CompilePhraseRules(beam.PTransform):
    """Publishes what labels are decided by: (Sidecar of graphs, FileEntry of tables) -> FileEntry."""

    target: Target

    def expand(self, inputs: tuple[beam.PCollection, beam.PCollection]) -> beam.PCollection:
        graphs, corpus = inputs
        return (
            graphs
            | "ReadWords" >> beam.Map(partial(shard_words, self.target))  # Words
            | "AllWords" >> beam.CombineGlobally(all_words)  # Words
            | "Compile" >> beam.ParDo(_Compile(self.target.out), beam.pvalue.AsSingleton(corpus))  # FileEntry
        )


def shard_words(target: Target, sidecar: Sidecar) -> Words:
    """Returns the words of a finished graph shard."""
    with tempfile.TemporaryDirectory(prefix="multigrain-") as spool:
        local = Path(spool, sidecar.files[0].name)
        fetch_file(target.out, sidecar.files[0], local)
        return graph_words(read_graph_columns(local))


def all_words(shards: Iterable[Words]) -> Words:
    """Returns the words of all the shards: as many as the language has, however many captions there are."""
    found = [set[str]() for _ in Words._fields]
    for words in shards:
        for known, new in zip(found, words, strict=True):
            known |= new
    return Words(*map(frozenset, found))


class _Compile(beam.DoFn):
    def __init__(self, out: str) -> None:
        self._out = out

    def process(self, words: Words, corpus: FileEntry) -> Iterator[FileEntry]:
        knowledge = read_knowledge(read_text(FileSystems.join(self._out, corpus.name)))
        yield publish_text(phrase_rules(words, knowledge).to_json(), self._out, PHRASE_RULES)
