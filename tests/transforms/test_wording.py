"""Plurals, verb forms and articles."""

import pytest

from transforms.wording import article, grammatical_number, inflected, plural, verb_form


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("apple", "an"),
        ("horse", "a"),
        ("hour", "an"),
        ("uniform", "a"),
        ("unusual", "an"),
        ("one", "a"),
        ("umbrella", "an"),
    ],
)
def test_article_goes_by_the_ear(word: str, said: str) -> None:
    assert article(word) == said


@pytest.mark.parametrize(
    ("word", "head", "number"),
    [
        ("men", "man", "many"),
        ("Dogs", "dog", "many"),
        ("dog", "dog", "one"),
        ("sheep", "sheep", None),
        ("lights", "traffic light", "many"),
        ("people", "people", "many"),
    ],
)
def test_grammatical_number_is_told_by_the_form(word: str, head: str, number: str | None) -> None:
    assert grammatical_number(word, head) == number


def test_plural_changes_the_last_word() -> None:
    assert plural("traffic light") == "traffic lights"
    assert plural("child") == "children"
    assert plural("glasses") == "glasses"


@pytest.mark.parametrize(("word", "form"), [("rides", "VBZ"), ("riding", "VBG"), ("ride", "VBP"), ("ridden", None)])
def test_verb_form_is_told_by_the_spelling(word: str, form: str | None) -> None:
    assert verb_form(word) == form


def test_inflected_gives_the_form() -> None:
    assert inflected("sit", "VBG") == "sitting"
    assert inflected("carry", "VBZ") == "carries"
