"""Hostile data sets: damaged shards, manifests that were sealed by somebody else, damaged files of the pipeline."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any

from benchmarks.hostile_mutations import mutated_bytes, mutated_value
from benchmarks.hostile_outcome import Outcome, ReaderFactory, Trial
from multigrain import DataSetError, Shards
from multigrain.data import DataSet as LoaderDataSet
from multigrain.tokens import WordTokenizer
from report.data_set import DataSet, ReportError
from report.show import show
from schemas.manifest import MANIFEST, RUN, SUCCESS, RunRecord, success_text
from schemas.sidecar import Sidecar
from schemas.verify import verify
from tests.report.folders import Folder, MadeImage, write_data_set
from transforms.corpus import Corpus, corpus_statistics
from transforms.parse_cache import CachedParser, ParseCacheError
from transforms.tokens import TokenTable

SENTENCES = ("a dog", "two cats sit", "a red ball on the grass")


def _seed(folder: Path) -> Path:
    return write_data_set(folder, Folder([MadeImage(f"image {i}") for i in range(6)]))


class DamagedShards:
    """A file of a data set is damaged: every reader gives what is right, or says which file is not."""

    promised = (DataSetError, ReportError)

    def __init__(self, scratch: Path) -> None:
        self._seed = _seed(scratch / "seed")
        self._names = sorted(p.name for p in self._seed.iterdir())

    def make(self, rng: random.Random, folder: Path) -> Trial:
        out = shutil.copytree(self._seed, folder / "out")
        hurt = out / rng.choice([name for name in self._names if name.endswith((".h5", ".parquet", ".json", ".jsonl"))])
        hurt.write_bytes(mutated_bytes(rng, hurt.read_bytes()))
        return lambda: read_everything(out)


class SealedManifests:
    """A manifest that says what is not so, with the seal that belongs to it: as somebody would who means harm."""

    promised = (DataSetError, ReportError)

    def __init__(self, scratch: Path) -> None:
        self._seed = _seed(scratch / "seed")

    def make(self, rng: random.Random, folder: Path) -> Trial:
        out = shutil.copytree(self._seed, folder / "out")
        manifest = mutated_value(rng, json.loads((out / MANIFEST).read_text()), rng.randint(1, 3))
        text = json.dumps(manifest)
        (out / MANIFEST).write_text(text)
        (out / SUCCESS).write_text(success_text(text))
        if rng.random() < 0.3:
            (out / RUN).write_text(json.dumps(mutated_value(rng, json.loads((out / RUN).read_text()))))
        return lambda: read_everything(out)


def read_everything(out: Path) -> Outcome:
    """Reads a data set in every way there is; what one reader refuses, the next one may take."""
    refused = ""
    list(verify(out))
    try:
        tokenizer = WordTokenizer.learn(["two tall men ride a horse"], min_count=1)
        data = LoaderDataSet(out, tokenizer, cache=out.parent / "cache", check=True)
        data.pairs(data.caption_rows("train"))
    except DataSetError as error:
        refused = str(error)
    try:
        list(Shards(out))
    except DataSetError as error:
        refused = str(error)
    try:
        looked = DataSet(out)
        for _, _, row in looked:
            show(looked, row.image.image_id)
    except ReportError as error:
        refused = str(error)
    return Outcome(refused=refused)


class PipelineFiles:
    """The small files that a run reads again: sidecars, run.json, corpus.json."""

    promised = (ValueError,)

    def __init__(self, scratch: Path) -> None:
        seed = _seed(scratch / "seed")
        images = [image for k in range(2) for image in DataSet(seed).graphs(k, range(len(DataSet(seed).image_ids(k))))]
        corpus = corpus_statistics(images)
        sidecar = next(seed.glob("graphs-*-of-*.json")).read_text()
        self._files = {
            "corpus": corpus.to_json(),
            "candidates": corpus.candidates().decode(),
            "sidecar": sidecar,
            "run": (seed / RUN).read_text(),
        }

    def make(self, rng: random.Random, folder: Path) -> Trial:
        kind = rng.choice(sorted(self._files))
        text = self._files[kind]
        if rng.random() < 0.6 and kind != "candidates":
            text = json.dumps(mutated_value(rng, json.loads(text), 2))
        else:
            text = mutated_bytes(rng, text.encode()).decode("utf-8", "replace")

        def trial() -> Outcome:
            if kind == "corpus":
                Corpus.from_text(text, b"").to_json()
            elif kind == "candidates":
                _ = Corpus.from_text(self._files["corpus"], text.encode()).pools["train"]
            elif kind == "sidecar":
                Sidecar.from_json(text).to_json()
            else:
                RunRecord.from_json(text).to_json()
            return Outcome()

        return trial


class Nouns:
    """A sentence parser that calls every word a noun."""

    fingerprint = "nouns"

    def tables(self, sentences: Any) -> list[TokenTable]:
        return [self._table(sentence) for sentence in sentences]

    def _table(self, sentence: str) -> TokenTable:
        words = sentence.split()
        starts = [sum(map(len, words[:i])) + i for i in range(len(words))]
        spans = tuple((start, start + len(word)) for start, word in zip(starts, words, strict=True))
        return TokenTable(words, ["NN"] * len(words), ["ROOT"] * len(words), list(range(len(words))), spans)


class ParseCaches:
    """A cache of parses that is damaged, or holds what no parser wrote."""

    promised = (ParseCacheError,)

    def __init__(self, scratch: Path) -> None:
        self._seed = scratch / "parses.sqlite"
        cached = CachedParser(Nouns(), self._seed)
        cached.tables(SENTENCES)
        cached.close()

    def make(self, rng: random.Random, folder: Path) -> Trial:
        path = folder / "parses.sqlite"
        shutil.copy(self._seed, path)
        if rng.random() < 0.5:
            with sqlite3.connect(path) as file:
                keys = [key for (key,) in file.execute("SELECT key FROM parses")]
                tables = [["NN"] * 2, ["ROOT"] * 2, [0, 1], [[0, 1], [2, 5]]]
                changed = json.dumps(mutated_value(rng, tables, 2))
                file.execute("UPDATE parses SET parse = ? WHERE key = ?", (changed, rng.choice(keys)))
            file.close()
        else:
            path.write_bytes(mutated_bytes(rng, path.read_bytes()))

        def trial() -> Outcome:
            cached = CachedParser(Nouns(), path)
            tables = cached.tables(SENTENCES)
            cached.close()
            for sentence, table in zip(SENTENCES, tables, strict=True):
                n = len(table.words)
                wrong = [h for h in table.heads if not 0 <= h < n]
                if wrong or any(not 0 <= a < b <= len(sentence) for a, b in table.spans):
                    return Outcome(crash=f"a table that no sentence has: {table!r:.150}")
            return Outcome()

        return trial


SHARD_READERS: dict[str, ReaderFactory] = {
    "damaged shards": DamagedShards,
    "sealed manifests": SealedManifests,
    "pipeline files": PipelineFiles,
    "parse caches": ParseCaches,
}
