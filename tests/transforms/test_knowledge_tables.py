"""Tables of words in JSON, and those that ship."""

import json

import pytest

from tests.hand_graphs import words
from transforms.absence import Absence
from transforms.judge import Knowledge
from transforms.knowledge_tables import SHIPPED, read_knowledge, shipped_knowledge, tables, write_tables

KNOWLEDGE = Knowledge(
    words(("head", "couch", "sofa", "same"), associations=[("cat", "couch")]), Absence({"cat": 30}, {"cat": 1})
)


def test_read_knowledge_returns_what_was_written() -> None:
    assert read_knowledge(write_tables(tables(KNOWLEDGE), learned_from="a test")) == KNOWLEDGE


def test_write_tables_has_a_row_a_line() -> None:
    text = write_tables(tables(KNOWLEDGE))
    assert '["couch","sofa","same",99,1.0,1.0,0.0,9.0]' in text.splitlines()


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": 99}', '{"format": 1, "head": []}'])
def test_read_knowledge_refuses_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="corpus"):
        read_knowledge(text)


def test_shipped_knowledge_says_what_it_was_learned_from_and_holds_no_captions() -> None:
    record = json.loads(SHIPPED.read_text())
    assert "Flickr30K" in record["learned_from"]
    assert not {"train", "val", "test"} & record.keys()
    assert SHIPPED.stat().st_size < 1_500_000


def test_shipped_knowledge_knows_synonyms_and_no_colours_of_one_kind() -> None:
    compatibility = shipped_knowledge().compatibility
    assert "sofa" in compatibility.true_by("head", "couch")
    colours = {"red", "blue", "green", "black", "white", "yellow", "brown"}
    assert all(colours.isdisjoint(compatibility.true_by("attribute", colour)) for colour in colours)
