"""The relations written out by word id are those that the judge asks for."""

from itertools import product

import numpy as np
import pytest

from schemas.graph_columns import Words
from schemas.phrase_rules import PhraseRules
from tests.hand_graphs import words
from transforms.absence import Absence
from transforms.conflicts import attribute_conflict, predicates_exclude
from transforms.judge import Knowledge
from transforms.phrase_rules import phrase_rules
from transforms.quantities import quantity_entails
from transforms.write_phrase_rules import all_words

TABLE = words(("head", "couch", "sofa", "same"), ("predicate", "ride", "sit on", "implies"))
KNOWLEDGE = Knowledge(TABLE, Absence({"dog": 500}, {"dog": 9}))
HEADS = ("man", "boy", "couch", "sofa", "dog", "tennis player", "player", "air plane", "airplane", "desk lamp", "lamp")
PREDICATES = (
    *("ride", "sit on", "stand on", "on", "under", "left of", "right of", "sit", "kick", "catch", "look at", "in"),
    *("stand in front of", "behind", "next to", "lead", "sit under"),
)
VALUES = ("red", "dark red", "blue", "navy", "tall", "short", "sitting", "kind")
QUANTITIES = ("2", "two", "3", "several", "group of", "many", "pair of", "some")
WORDS = Words(*map(frozenset, (HEADS, VALUES, QUANTITIES, PREDICATES)))
RULES = phrase_rules(WORDS, KNOWLEDGE)


def pairs(rows: np.ndarray, vocabulary: tuple[str, ...]) -> set[tuple[str, str]]:
    return {(vocabulary[asked], vocabulary[said]) for asked, said in rows}


def test_phrase_rules_tell_which_head_makes_which_true() -> None:
    found = pairs(RULES.head_true_by, RULES.heads)
    assert {("couch", "sofa"), ("sofa", "couch"), ("man", "man"), ("player", "tennis player")} <= found
    assert {("boy", "man"), ("man", "boy"), ("tennis player", "player"), ("dog", "man")}.isdisjoint(found)


@pytest.mark.parametrize(("asked", "said"), product(HEADS, repeat=2))
def test_phrase_rules_tell_which_heads_are_alike(asked: str, said: str) -> None:
    i, j = RULES.heads.index(asked), RULES.heads.index(said)
    near = [i, j] in RULES.head_near.tolist()
    same = RULES.last_word[i] == RULES.last_word[j] or RULES.unspaced[i] == RULES.unspaced[j]
    assert (near or same) == TABLE.alike(asked, said)


@pytest.mark.parametrize("living", [False, True])
def test_phrase_rules_tell_which_predicates_exclude_each_other(living: bool) -> None:
    table = RULES.excludes_living if living else RULES.excludes
    kinds = dict(zip(RULES.predicates, RULES.predicate_kind, strict=True))
    for left, right in product(PREDICATES, repeat=2):
        assert table[kinds[left], kinds[right]] == predicates_exclude(left, right, living=living), (left, right)


def test_phrase_rules_tell_why_attributes_exclude_each_other() -> None:
    found = {(i, j): RULES.reasons[reason] for i, j, reason in RULES.attribute_conflict.tolist()}
    for (i, left), (j, right) in product(enumerate(RULES.attributes), repeat=2):
        assert found.get((i, j)) == attribute_conflict(left, right)


def test_phrase_rules_tell_which_count_entails_which() -> None:
    for (i, said), (j, asked) in product(enumerate(RULES.quantities), repeat=2):
        kinds = RULES.quantity_kind[i], RULES.quantity_kind[j]
        assert RULES.kind_entails[kinds] == quantity_entails(said or None, asked or None), (said, asked)


def test_phrase_rules_know_what_a_deed_is_called() -> None:
    deeds = dict(zip(RULES.predicates, RULES.doing, strict=True))
    assert RULES.attributes[deeds["ride"]] == "riding"
    assert RULES.attributes[deeds["sit on"]] == "sitting"


def test_phrase_rules_know_how_often_a_thing_is_left_out() -> None:
    shares = dict(zip(RULES.heads, RULES.left_out, strict=True))
    assert shares["dog"] == 10 / 502
    assert shares["lamp"] == 1


def test_phrase_rules_json_reads_back_equal() -> None:
    text = RULES.to_json()
    assert PhraseRules.from_json(text).to_json() == text
    empty = phrase_rules(all_words([]), KNOWLEDGE).to_json()
    assert PhraseRules.from_json(empty).to_json() == empty


@pytest.mark.parametrize("text", ["[]", '{"format":99}', '{"format":1,"heads":[]}'])
def test_phrase_rules_json_of_another_format_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="phrase rules"):
        PhraseRules.from_json(text)


def test_all_words_do_not_depend_on_the_order_of_the_shards() -> None:
    other = Words(frozenset({"cat"}), frozenset(), frozenset({"4"}), frozenset({"on"}))
    assert all_words([WORDS, other]) == all_words([other, all_words([WORDS])])
