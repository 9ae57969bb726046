"""Headlines completed before parsing, and what is no English caption at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.fragments import complete, refusal, strip_completion
from transforms.tokens import TokenTable


@pytest.mark.parametrize(
    ("text", "sentence", "before"),
    [
        ("white stove in a kitchen", "a white stove in a kitchen .", 2),
        ("Two dogs run.", "two dogs run.", 0),
        ("In the park", "in the park .", 0),
        ("2 dogs run!", "2 dogs run!", 0),
        ("x" * 51, "x" * 51 + " .", 0),
    ],
)
def test_complete_adds_what_headlines_leave_out(text: str, sentence: str, before: int) -> None:
    assert complete(text) == (sentence, before)


@given(st.text(min_size=1).filter(lambda t: bool(t.strip())))
def test_complete_keeps_every_character_in_its_place(text: str) -> None:
    sentence, before = complete(text)
    kept = sentence[before : before + len(text)]
    assert len(kept) == len(text)
    assert kept in (text, text.lower())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \t\n", "empty"),
        ("x" * 5001, "too_long"),
        ("12 !! 3", "no_words"),
        ("…", "no_words"),
        ("一只狗在草地上奔跑", "not_english"),
        ("Человек едет на лошади", "not_english"),
        ("Un homme est assis sur une chaise avec un chien", "not_english"),
        ("Ein Mann mit einem Hund auf der Wiese", "not_english"),
        ("Una mujer con un perro en el parque", "not_english"),
        ("A man in the café with a piñata", ""),
        ("dog", ""),
        ("A waiter serves a salade niçoise at the El Toro", ""),
    ],
)
def test_refusal_says_why(text: str, reason: str) -> None:
    assert refusal(text) == reason


def test_strip_completion_takes_the_added_tokens_out() -> None:
    # "a stove in kitchen ." where "stove in kitchen" was the caption
    spans = ((0, 1), (2, 7), (8, 10), (11, 18), (19, 20))
    words, tags = ["a", "stove", "in", "kitchen", "."], ["DT", "NN", "IN", "NN", "."]
    table = TokenTable(words, tags, ["det", "ROOT", "prep", "pobj", "punct"], [1, 1, 1, 2, 1], spans)
    assert strip_completion(table, 2, len("stove in kitchen")) == TokenTable(
        ["stove", "in", "kitchen"], ["NN", "IN", "NN"], ["ROOT", "prep", "pobj"], [0, 0, 1], ((0, 5), (6, 8), (9, 16))
    )


def test_strip_completion_makes_a_root_of_what_hung_on_an_added_token() -> None:
    table = TokenTable(["a", "dog"], ["DT", "NN"], ["ROOT", "dep"], [0, 0], ((0, 1), (2, 5)))
    assert strip_completion(table, 2, 3).heads == [0]
