"""Scene graphs of the whole corpus become phrase-level labels, a Parquet file a shard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.utils.shared import Shared

from schemas.label_shard import write_label_shard
from schemas.records import ImageGraphs
from schemas.sidecar import FileEntry, Sidecar, StageCount, digest
from transforms.corpus import Corpus, CorpusStatistics
from transforms.lemmas import load_dictionary
from transforms.phrase_labels import mine_image
from transforms.progress import count
from transforms.publish import Product, ShardContent, Target, publish_shard
from transforms.storage import DamagedFileError, publish_text, read_text
from transforms.write_graphs import shard_images

STAGE = "MinePhraseLabels"
PRODUCT = Product("labels", ".parquet", STAGE, "labelled")
CORPUS = "corpus.json"
CANDIDATES = "candidates.tsv"


@dataclass
class CountCorpus(beam.PTransform):
    """Publishes what the labels are mined with: Sidecar of graphs -> FileEntry of tables, FileEntry of candidates."""

    target: Target
    wordnet: str | None = None  # folder of its nouns, to add to what is learned

    def expand(self, graphs: beam.PCollection) -> tuple[beam.PCollection, beam.PCollection]:
        published = (
            graphs
            | "ReadGraphs" >> beam.FlatMap(partial(shard_images, self.target))  # ImageGraphs
            | "Count" >> beam.CombineGlobally(CorpusStatistics(self.wordnet))  # Corpus
            | "Publish" >> beam.Map(partial(_publish_corpus, self.target.out))  # (FileEntry, FileEntry)
        )
        return published | "Tables" >> beam.Keys(), published | "Candidates" >> beam.Values()


def _publish_corpus(out: str, corpus: Corpus) -> tuple[FileEntry, FileEntry]:
    candidates = corpus.candidates().decode("ascii")
    return publish_text(corpus.to_json(), out, CORPUS), publish_text(candidates, out, CANDIDATES)


@dataclass
class MinePhraseLabels(beam.PTransform):
    """Writes the labels of each shard: (Sidecar of graphs, FileEntry of tables, FileEntry of candidates) -> Sidecar."""

    target: Target
    candidates: int  # labelled captions an image

    def expand(self, inputs: tuple[beam.PCollection, beam.PCollection, beam.PCollection]) -> beam.PCollection:
        graphs, *files = inputs
        mine = _Mine(self.target, self.candidates)
        return graphs | "Mine" >> beam.ParDo(mine, *map(beam.pvalue.AsSingleton, files))


class _Mine(beam.DoFn):
    def __init__(self, target: Target, candidates: int) -> None:
        self._target, self._candidates, self._shared = target, candidates, Shared()

    def process(self, graphs: Sidecar, corpus: FileEntry, pool: FileEntry) -> Iterator[Sidecar]:
        def build(path: Path) -> ShardContent:
            load = partial(_load_corpus, self._target.out, corpus, pool)
            statistics: Corpus = self._shared.acquire(load, tag=corpus.sha256 + pool.sha256)
            images = shard_images(self._target, graphs)
            return build_labels(path, images, statistics, self._candidates)

        inputs = digest([graphs.files[0].sha256, corpus.sha256, pool.sha256, self._candidates])
        yield publish_shard(self._target, PRODUCT, graphs.shard, inputs, build)


def build_labels(path: Path, images: Iterable[ImageGraphs], corpus: Corpus, candidates: int) -> ShardContent:
    """Writes the labels of one shard to a local file and returns its counts; no image is refused."""
    labels = []
    for image in images:
        labels.append(mine_image(image, corpus, candidates))
        count(PRODUCT.counter)
    write_label_shard(path, labels)
    return ShardContent(len(labels), {STAGE: StageCount(len(labels), len(labels), 0)}, [])


def _load_corpus(out: str, tables: FileEntry, candidates: FileEntry) -> Corpus:
    """Returns the corpus that was published. Raises DamagedFileError where a file is another one by now."""
    load_dictionary()  # which hard phrases are inflected with
    texts = [_published(out, entry) for entry in (tables, candidates)]
    return Corpus.from_text(texts[0], texts[1].encode("ascii"))


def _published(out: str, entry: FileEntry) -> str:
    path = FileSystems.join(out, entry.name)
    text = read_text(path)
    if sha256(text.encode()).hexdigest() != entry.sha256:
        raise DamagedFileError(f"{path} was changed while labels were made of it; run again")
    return text
