"""What the rules of a data set know of words, for the rule of contrasts, which asks by word and not by id."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from multigrain.labelling.words import PhraseWords

PAIRS = 1 << 16  # answers that are kept


class RuleWords:
    """`rules.contrasts.Words`, answered from the relations between word ids."""

    def __init__(self, words: PhraseWords) -> None:
        self._rules = rules = words.rules
        self._words = words
        self._heads, self._attributes, self._predicates = (
            {word: i for i, word in enumerate(vocabulary)}
            for vocabulary in (rules.heads, rules.attributes, rules.predicates)
        )
        self.alike = lru_cache(PAIRS)(self._alike)
        self.near = lru_cache(PAIRS)(self._near)

    def _alike(self, head: str, other: str) -> bool:
        return self._words.heads_alike(self._heads[head], self._heads[other])

    def _near(self, sort: Literal["head", "attribute", "predicate"], word: str) -> frozenset[str]:
        ids, relation, vocabulary = {
            "head": (self._heads, self._words.head_near, self._rules.heads),
            "attribute": (self._attributes, self._words.attribute_near, self._rules.attributes),
            "predicate": (self._predicates, self._words.predicate_near, self._rules.predicates),
        }[sort]
        return frozenset(vocabulary[i] for i in relation.of(ids[word]))

    def vague(self, head: str) -> bool:
        return bool(self._rules.vague[self._heads[head]])

    def last_word(self, head: str) -> str:
        return head[self._rules.modifier[self._heads[head]] :]

    def attribute_conflict(self, left: str, right: str) -> str | None:
        conflicts = self._words.attribute_conflict
        reason = conflicts.value(self._attributes[left], self._attributes[right])
        return None if reason is None else self._rules.reasons[reason]

    def family_of(self, attribute: str) -> str | None:
        family = self._rules.attribute_family[self._attributes[attribute]]
        return None if family < 0 else self._rules.reasons[family]

    def symmetric(self, predicate: str) -> bool:
        return bool(self._rules.symmetric[self._predicates[predicate]])

    def predicates_alike(self, left: str, right: str) -> bool:
        rules, i, j = self._rules, self._predicates[left], self._predicates[right]
        if rules.excludes_living[rules.predicate_kind[i], rules.predicate_kind[j]]:
            return False
        one_verb, one_place = rules.verb[i] == rules.verb[j], rules.place[i] == rules.place[j]
        if rules.place[i] and rules.place[j]:
            return bool(one_place or one_verb or not (rules.verb[i] and rules.verb[j]))
        return bool(one_verb)
