"""Captions as text are parsed, judged and given back with character spans."""

import pytest

from tests.hand_graphs import words
from transforms.absence import Absence
from transforms.judge import Knowledge
from transforms.judge_captions import Question, answer_questions, label_captions, read_question
from transforms.scene_graphs import default_parser

KNOWLEDGE = Knowledge(words(), Absence({}, {}))


def test_label_captions_labels_phrases_with_character_spans() -> None:
    (found,) = label_captions(["A man rides a brown horse."], ["A man rides a white horse."], knowledge=KNOWLEDGE)
    by_text = {phrase["text"]: phrase for phrase in found["phrases"]}
    assert by_text["man"]["label"] == "positive"
    assert by_text["white horse"]["label"] == "negative"
    assert by_text["white horse"]["reason"] == "colour_conflict"
    start, end = by_text["white horse"]["span"]
    assert found["text"][start:end] == "white horse"


def test_label_captions_without_positives_knows_nothing() -> None:
    (found,) = label_captions([], ["A man rides a horse."], knowledge=KNOWLEDGE)
    assert {phrase["label"] for phrase in found["phrases"]} == {"unknown"}


def test_label_captions_goes_by_the_tables_that_ship() -> None:
    (found,) = label_captions(["A bicycle leans on a wall.", "A bike by a wall."], ["A bike and an elephant."])
    assert [phrase["label"] for phrase in found["phrases"]] == ["positive", "negative"]


@pytest.mark.parametrize(
    "record",
    [
        [],
        {"positives": [], "captions": []},
        {"id": 1, "positives": "a dog", "captions": []},
        {"id": 1, "positives": [], "captions": [7]},
    ],
)
def test_read_question_says_what_is_wrong(record: object) -> None:
    with pytest.raises(ValueError, match=r"record"):
        read_question(record)


def test_answer_questions_keeps_ids_and_captions_apart() -> None:
    questions = [Question("x7", ["a dog"], ["a dog", ""]), Question(8, [], []), Question(9, ["a cat"], ["a dog"])]
    answers = list(answer_questions(questions, default_parser(), KNOWLEDGE))
    assert [answer["id"] for answer in answers] == ["x7", 8, 9]
    assert [[caption["text"] for caption in answer["captions"]] for answer in answers] == [["a dog", ""], [], ["a dog"]]
    assert answers[0]["captions"][0]["phrases"][0]["label"] == "positive"
    assert answers[2]["captions"][0]["phrases"][0]["label"] == "negative"
