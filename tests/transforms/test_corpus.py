"""The corpus summary: canonical, order-free, learned from training captions alone."""

import gc
import json
import pickle
import random

import apache_beam as beam
import pytest
from apache_beam.testing.test_pipeline import TestPipeline
from apache_beam.testing.util import assert_that, equal_to

from schemas.records import ImageGraphs, Split
from tests.hand_graphs import graph, image
from transforms.corpus import Corpus, CorpusStatistics, corpus_statistics


def images(count: int = 40, split: Split = "train", start: int = 0) -> list[ImageGraphs]:
    kinds = [("couch", "sofa", "cat"), ("bike", "bicycle", "road"), ("dog", "dog", "ball")]
    made = []
    for i in range(start, start + count):
        one, other, third = kinds[i % 3]
        sits = [(0, "near", 1)]
        graphs = [graph(f"red {one}", third, facts=sits), graph(other), graph(f"2 {third}", one), graph(other, "sky")]
        made.append(image(f"{split}{i}", graphs, split))
    return made


def test_corpus_statistics_do_not_depend_on_the_order() -> None:
    items = [*images(), *images(9, "val"), *images(9, "test")]
    shuffled = random.Random(3).sample(items, len(items))
    assert corpus_statistics(shuffled).to_json() == corpus_statistics(items).to_json()
    assert corpus_statistics(shuffled).candidates() == corpus_statistics(items).candidates()


def test_corpus_statistics_leave_the_collector_as_it_was() -> None:
    corpus_statistics(images(3))
    assert gc.isenabled()
    gc.disable()
    try:
        corpus_statistics(images(3))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_corpus_statistics_do_not_depend_on_the_merges() -> None:
    items, combine = [*images(), *images(9, "val")], CorpusStatistics()
    parts = []
    for k in range(5):
        part = combine.create_accumulator()
        for item in items[k::5]:
            part = combine.add_input(part, item)
        parts.append(pickle.loads(pickle.dumps(part)))
    tree = combine.merge_accumulators([combine.merge_accumulators(parts[3:]), *parts[:3]])
    assert combine.extract_output(tree) == corpus_statistics(items)


def test_corpus_statistics_on_beam_equal_the_plain_function() -> None:
    items = [*images(12), *images(5, "test")]
    with TestPipeline() as p:
        found = p | beam.Create(items) | beam.CombineGlobally(CorpusStatistics()) | beam.Map(Corpus.to_json)
        assert_that(found, equal_to([corpus_statistics(items).to_json()]))


def test_corpus_from_text_reads_what_was_written() -> None:
    text = corpus_statistics([*images(), *images(9, "val")]).to_json()
    pool = corpus_statistics([*images(), *images(9, "val")]).candidates()
    again = Corpus.from_text(text, pool)
    assert (again.to_json(), again.candidates()) == (text, pool)
    assert again.knowledge.compatibility.true_by("head", "sofa") == {"couch"}


def test_corpus_learns_from_training_captions_only() -> None:
    corpus = corpus_statistics([*images(40, "val"), *images(40, "test")])
    assert corpus.knowledge.compatibility.rows["head"] == ()
    assert corpus.knowledge.absence.mentions == {}


def test_corpus_knowledge_does_not_change_with_the_test_split() -> None:
    assert corpus_statistics(images()).knowledge == corpus_statistics([*images(), *images(40, "test")]).knowledge


def test_corpus_of_nothing_has_empty_pools() -> None:
    corpus = corpus_statistics([])
    assert {split: rows for split, rows in corpus.rows.items() if rows} == {}
    assert Corpus.from_text(corpus.to_json(), corpus.candidates()) == corpus


@pytest.mark.parametrize("text", ['{"format": 99}', "[]", '{"format": 1}'])
def test_corpus_from_text_says_what_is_wrong(text: str) -> None:
    with pytest.raises(ValueError, match="corpus"):
        Corpus.from_text(text, b"")


def test_corpus_json_has_a_table_row_a_line() -> None:
    text = corpus_statistics(images()).to_json()
    assert any(line.startswith('["couch","sofa","same"') for line in text.splitlines())
    assert json.loads(text)["format"] == 1
