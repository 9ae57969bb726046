"""Dictionary forms by part of speech."""

from __future__ import annotations

import pytest

from transforms.lemmas import is_noun, is_only_noun, noun_lemma, participle, verb_lemma


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


def test_is_noun_knows_what_else_a_word_can_be() -> None:
    assert [w for w in ("fork", "tie", "swam") if is_noun(w)] == ["fork", "tie"]
    assert [w for w in ("skateboard", "fast", "outside") if is_only_noun(w)] == ["skateboard"]
