"""Complete data sets of captions with labels and phrase rules, and the oracle: every pair judged in a loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from multigrain.label_codes import LABELS
from multigrain.phrase_mask import PhraseLabeller
from schemas.graph_columns import graph_words, read_graph_columns
from schemas.graph_shard import write_graph_shard
from schemas.label_shard import write_label_shard
from schemas.manifest import RunRecord, manifest_json, success_text
from schemas.phrase_rules import PHRASE_RULES
from schemas.records import ImageGraphs
from schemas.sidecar import FileEntry, Sidecar, StageCount
from transforms.corpus import Corpus
from transforms.evidence import Evidence
from transforms.judge import Judge, Knowledge
from transforms.phrase_labels import mine_image
from transforms.phrase_rules import phrase_rules
from transforms.phrases import CaptionContent, read_caption
from transforms.write_phrase_rules import all_words


def write_labelled(folder: Path, shards: Sequence[Sequence[ImageGraphs]], corpus: Corpus) -> None:
    """Writes a data set of captions only: graphs, labels with candidates from the corpus' pools, and the rules."""
    folder.mkdir(exist_ok=True)
    sidecars, words = [], []
    for shard, images in enumerate(shards):
        names = {p: f"{p}-{shard:05}-of-{len(shards):05}.parquet" for p in ("graphs", "labels")}
        write_graph_shard(folder / names["graphs"], images)
        write_label_shard(folder / names["labels"], [mine_image(image, corpus, 3) for image in images])
        words.append(graph_words(read_graph_columns(folder / names["graphs"])))
        for product, name in names.items():
            counts = {"Stage": StageCount(len(images), len(images), 0)}
            entry = _entry(folder / name)
            sidecars.append(Sidecar(product, shard, len(shards), len(images), "f", "i", (entry,), counts))
    (folder / PHRASE_RULES).write_text(phrase_rules(all_words(words), corpus.knowledge).to_json())
    manifest = manifest_json(RunRecord({}, {}), sidecars, [_entry(folder / PHRASE_RULES)], {"vocabularies": {}})
    (folder / "manifest.json").write_text(manifest)
    (folder / "_SUCCESS").write_text(success_text(manifest))


def _entry(path: Path) -> FileEntry:
    content = path.read_bytes()
    return FileEntry(path.name, len(content), sha256(content).hexdigest())


def disagreements(labeller: PhraseLabeller, images: Sequence[ImageGraphs], knowledge: Knowledge) -> Iterator[str]:
    """Yields every phrase of every caption that the labeller labels otherwise for some image than the judge does."""
    own = [[read_caption(c.caption_id, g) for c, g in zip(i.captions, i.graphs, strict=True)] for i in images]
    captions = [caption for image in own for caption in image]
    mask = labeller(np.arange(len(images)), np.arange(len(captions)))
    for row, image in enumerate(own):
        judge = Judge(Evidence(image), knowledge)
        for column, caption in enumerate(captions):
            yield from _differences(judge, caption, labeller, *(part[row, column] for part in mask))


def _differences(
    judge: Judge,
    caption: CaptionContent,
    labeller: PhraseLabeller,
    label: np.ndarray,
    confidence: np.ndarray,
    reason: np.ndarray,
) -> Iterator[str]:
    count = len(caption.contents)
    for place, verdict in enumerate(judge.label_caption(caption)):
        found = (label[place], labeller.reasons[reason[place]], confidence[place])
        if found != (LABELS[verdict.label], verdict.reason, np.float32(verdict.confidence)):
            yield f"{caption.contents[place]} of {caption.caption_id}: {found}, judged {verdict}"
    if label[count:].any() or confidence[count:].any() or (reason[count:] != len(labeller.reasons)).any():
        yield f"padding of {caption.caption_id} is not empty"
