"""Dictionary forms by part of speech."""

from __future__ import annotations

import pytest

from transforms.lemmas import noun_lemma, participle, verb_lemma


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("dogs", "dog"),
        ("children", "child"),
        ("people", "people"),
        ("glasses", "glasses"),
        ("bus", "bus"),
        ("grass", "grass"),
        ("veggies", "veggie"),
        ("zzblorts", "zzblort"),
        ("toyota", "toyota"),
    ],
)
def test_noun_lemma_is_singular(word: str, lemma: str) -> None:
    assert noun_lemma(word) == lemma


@pytest.mark.parametrize(
    ("word", "lemma"), [("riding", "ride"), ("sits", "sit"), ("lying", "lie"), ("worn", "wear"), ("hosed", "hose")]
)
def test_verb_lemma_knows_that_it_is_a_verb(word: str, lemma: str) -> None:
    assert verb_lemma(word) == lemma


@pytest.mark.parametrize(("word", "form"), [("stops", "stopping"), ("fight", "fighting"), ("sitting", "sitting")])
def test_participle_ends_in_ing(word: str, form: str) -> None:
    assert participle(word) == form
