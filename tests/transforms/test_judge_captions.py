"""Captions as text are parsed, judged and given back with character spans."""

import pytest

from tests.hand_graphs import words
from transforms.absence import Absence
from transforms.judge import Knowledge
from transforms.judge_captions import judge_captions, judge_record
from transforms.scene_graphs import default_parser

KNOWLEDGE = Knowledge(words(), Absence({}, {}))


def test_judge_captions_labels_phrases_with_character_spans() -> None:
    (found,) = judge_captions(
        ["A man rides a brown horse."], ["A man rides a white horse."], default_parser(), KNOWLEDGE
    )
    by_text = {phrase["text"]: phrase for phrase in found["phrases"]}
    assert by_text["man"]["label"] == "positive"
    assert by_text["white horse"]["label"] == "negative"
    assert by_text["white horse"]["reason"] == "colour_conflict"
    start, end = by_text["white horse"]["span"]
    assert found["caption"][start:end] == "white horse"


def test_judge_captions_without_positives_knows_nothing() -> None:
    (found,) = judge_captions([], ["A man rides a horse."], default_parser(), KNOWLEDGE)
    assert {phrase["label"] for phrase in found["phrases"]} == {"unknown"}


@pytest.mark.parametrize(
    "record", [[], {"positives": [], "captions": []}, {"id": 1, "positives": "a dog", "captions": []}]
)
def test_judge_record_says_what_is_wrong(record: object) -> None:
    with pytest.raises(ValueError, match=r"record"):
        judge_record(record, default_parser(), KNOWLEDGE)


def test_judge_record_keeps_the_id() -> None:
    found = judge_record({"id": "x7", "positives": ["a dog"], "captions": ["a dog", ""]}, default_parser(), KNOWLEDGE)
    assert found["id"] == "x7"
    assert [caption["caption"] for caption in found["captions"]] == ["a dog", ""]
