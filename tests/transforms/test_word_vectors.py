"""Vectors of words, computed once."""

from __future__ import annotations

import numpy as np
import pytest
import spacy

import transforms.word_vectors
from transforms.spacy_parser import model_folder
from transforms.word_vectors import remember_words

SENTENCES = [
    "a man in a red shirt is riding a brown horse .",
    "two dogs don't run near the man's horse .",
    "a red horse is running in a red shirt",
    "an odd word : zzblort-9 !",
]


def load() -> spacy.language.Language:
    return spacy.load(model_folder("en_core_web_sm").name, exclude=["ner", "lemmatizer", "attribute_ruler", "senter"])


def vectors(nlp: spacy.language.Language, sentences: list[str]) -> list[np.ndarray]:
    return nlp.get_pipe("tok2vec").model.layers[0].predict([nlp.make_doc(s) for s in sentences])


def test_remember_words_changes_no_vector() -> None:
    own, remembering = load(), load()
    remember_words(remembering)
    for _ in range(2):  # computed, then remembered
        for a, b in zip(vectors(own, SENTENCES), vectors(remembering, SENTENCES), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=2e-6)


def test_remember_words_gives_a_word_one_vector_in_any_company() -> None:
    first, second = load(), load()
    remember_words(first)
    remember_words(second)
    together = vectors(first, SENTENCES)
    alone = [vectors(second, [sentence])[0] for sentence in reversed(SENTENCES)][::-1]
    for a, b in zip(together, alone, strict=True):
        np.testing.assert_array_equal(a, b)


def test_remember_words_forgets_before_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transforms.word_vectors, "MOST", 20)
    nlp, fresh = load(), load()
    remember_words(nlp)
    remember_words(fresh)
    many = [f"word{i} on a word{i + 1}" for i in range(30)]
    for sentence in many:
        vectors(nlp, [sentence])
    memory = nlp.get_pipe("tok2vec").model.layers[0].layers[1]._func
    assert len(memory._rows) == len(memory._table) <= 20
    for a, b in zip(vectors(nlp, many[-3:]), vectors(fresh, many[-3:]), strict=True):
        np.testing.assert_array_equal(a, b)


def test_remember_words_leaves_other_pipelines_alone() -> None:
    nlp = spacy.blank("en")
    remember_words(nlp)
    assert nlp.pipe_names == []
