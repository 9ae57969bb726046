"""Captions that say the same as a caption of the image but for one word: `transforms.contrasts` for a whole batch.

Hardly any pair of captions is so close. Counting what they share finds those that can be, all at once; these are then
held against each other one by one.

Legend: C captions with L phrases are asked for, O captions are those of the B images.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from multigrain.labelling.relations import Ids, Mask, Owners
from multigrain.labelling.said import Said
from multigrain.labelling.table import PhraseTable
from multigrain.labelling.words import PhraseWords

SHARED = 2  # phrases that a minimal pair has in common


def find_contrasts(
    phrases: Owners, content: Ids, unknown: Mask, said: Said, table: PhraseTable, words: PhraseWords
) -> Iterator[tuple[int, int, int]]:
    """Yields (phrase, image, reason's code) of the phrases (L,) that contrast with a caption of the image.

    `unknown` (L, B) are the phrases that are in question. The first caption of an image that contrasts decides.
    """
    pair = _Pair(table, words)
    first = np.searchsorted(phrases.owner, np.arange(phrases.count + 1))
    done: set[tuple[int, int]] = set()
    for own, caption in zip(*np.nonzero(_may_contrast(phrases, content, unknown, said, table)), strict=True):
        image = int(said.captions.owner[own])
        rows = range(first[caption], first[caption + 1])
        heads = said.head[said.mentions.owner == image].tolist()
        contrasts = pair.contrasts(
            content[rows.start : rows.stop].tolist(), table.phrases.one(said.caption[own]), heads
        )
        for row in rows:
            reason = contrasts.get(int(content[row]))
            if reason is not None and unknown[row, image] and (row, image) not in done:
                done.add((row, image))
                yield row, image, words.code[reason]


def _may_contrast(phrases: Owners, content: Ids, unknown: Mask, said: Said, table: PhraseTable) -> Mask:
    """Returns (O, C): which pairs of captions differ in so little that one may exclude what is new in the other."""
    size, own_size = np.bincount(phrases.owner, minlength=phrases.count), np.diff(table.phrases.offsets)[said.caption]
    distinct, place = np.unique(content, return_inverse=True)
    own, own_content = table.phrases.of(said.caption)
    found = np.minimum(np.searchsorted(distinct, own_content), len(distinct) - 1)
    there = distinct[found] == own_content if len(distinct) else np.zeros(len(found), np.bool_)
    inside = np.zeros((len(own_size), len(distinct)), np.bool_)  # contents of the asked captions in the own ones
    inside[own[there], found[there]] = True
    asked = np.zeros((phrases.count, len(distinct)), np.bool_)
    asked[phrases.owner, place] = True
    new_phrase = ~inside[:, place]  # (O, L)
    new = phrases.sum(new_phrase.astype(np.int32))  # (O, C)
    shared = Owners(own[there], len(own_size)).sum(asked[:, found[there]].astype(np.int32)).T
    old = own_size[:, None] - shared
    keep = (new > 0) & (old > 0) & (old <= new + 1)
    keep &= phrases.any(new_phrase & unknown.T[said.captions.owner])
    thing, own_thing = content < len(table.head), own_content < len(table.head)
    heads, at = np.unique(table.head[content[thing]], return_inverse=True)
    named, own_named = (
        np.zeros((phrases.count, len(heads)), np.float32),
        np.zeros((len(own_size), len(heads)), np.float32),
    )
    named[phrases.owner[thing], at] = 1
    own_heads = table.head[own_content[own_thing]]
    found = np.minimum(np.searchsorted(heads, own_heads), max(len(heads) - 1, 0))
    there = heads[found] == own_heads if len(heads) else np.zeros(len(found), np.bool_)
    own_named[own[own_thing][there], found[there]] = 1
    new_heads = named.sum(1) - own_named @ named.T
    result: Mask = keep & ((new_heads == 1) | ((new_heads == 0) & (new < size)))
    return result


@dataclass(frozen=True)
class _Thing:
    head: int
    attributes: frozenset[int]
    description: tuple[int, int, int]  # sets of attributes and of denied ones, quantity
    quantity: int


_Fact = tuple[int, int, int]


class _Pair:
    """Holds two captions against each other."""

    def __init__(self, table: PhraseTable, words: PhraseWords) -> None:
        self._table, self._words = table, words

    def contrasts(self, asked: list[int], said: Ids, heads: list[int]) -> dict[int, str]:
        """Returns the contents of `asked` that `said` excludes by saying the same in other words, with the reason."""
        own = said.tolist()
        new, old = [c for c in asked if c not in own], [c for c in own if c not in asked]
        minimal = len(old) == len(new) and len(asked) - len(new) >= SHARED
        new_heads = self._heads(asked) - self._heads(own)
        if len(new_heads) == 1:
            (head,) = new_heads
            others = self._heads(old) - self._heads(asked)
            if not minimal:
                alike = [h for h in heads if self._alike(head, h)]
                others = {o for o in others if all(self._alike(o, h) for h in alike)}
            if any(self._only_renamed(new, head, other, own) for other in others):
                return dict.fromkeys(new, "replaced_head")
            return {}
        found = {c: reason for c in new if (reason := self._otherwise(c, old, minimal))}
        return found if minimal or len(found) == len(set(new)) else {}

    def _heads(self, contents: list[int]) -> set[int]:
        return {thing.head for thing in map(self._read, contents) if isinstance(thing, _Thing)}

    def _read(self, content: int) -> _Thing | _Fact:
        table, things = self._table, len(self._table.head)
        if content >= things:
            subject, predicate, object_ = table.facts[content - things].tolist()
            return subject, predicate, object_
        attributes, lacking, quantity = (int(x[content]) for x in (table.attributes, table.lacking, table.quantity))
        values = frozenset(table.sets.one(attributes).tolist())
        return _Thing(int(table.head[content]), values, (attributes, lacking, quantity), quantity)

    def _alike(self, asked: int, said: int) -> bool:
        return self._words.heads_alike(asked, said)

    def _only_renamed(self, new: list[int], head: int, other: int, own: list[int]) -> bool:
        """Whether all that is new is said of `other` in place of `head`."""
        if self._alike(head, other) or self._alike(other, head):
            return False
        said = list(map(self._read, own))
        facts = [fact for fact in said if not isinstance(fact, _Thing)]
        renamed, described = False, True
        for content in map(self._read, new):
            if isinstance(content, _Thing):
                if content.head != head:
                    return False
                described &= any(
                    isinstance(s, _Thing) and s.head == other and s.description == content.description for s in said
                )
            else:
                subject, predicate, object_ = content
                if (
                    other if subject == head else subject,
                    predicate,
                    other if object_ == head else object_,
                ) not in facts:
                    return False
                renamed = True
        # Without a relation to hold them together, the descriptions themselves must agree.
        return renamed or described

    def _otherwise(self, content: int, old: list[int], minimal: bool) -> str | None:
        """Returns how the image's caption puts the same heads otherwise, None if it does not."""
        asked, said = self._read(content), list(map(self._read, old))
        things = [s for s in said if isinstance(s, _Thing)]
        if not isinstance(asked, _Thing):
            facts = [s for s in said if not isinstance(s, _Thing)]
            return next((reason for fact in facts if (reason := self._fact_otherwise(asked, fact, minimal))), None)
        for thing in things:
            if thing.head != asked.head:
                continue
            gained, lost = asked.attributes - thing.attributes, thing.attributes - asked.attributes
            if gained and lost and all(self._may_exclude(value, other) for value in gained for other in lost):
                return "replaced_attribute"
            if not gained and asked.quantity and thing.quantity and asked.quantity != thing.quantity:
                return "replaced_count"
            elsewhere = frozenset[int]().union(*(other.attributes for other in things if other is not thing))
            if gained and gained <= elsewhere:
                return "replaced_attribute"
        return None

    def _fact_otherwise(self, asked: _Fact, fact: _Fact, minimal: bool) -> str | None:
        rules = self._words.rules
        (subject, predicate, object_), (other_subject, other, other_object) = asked, fact
        one_end = predicate == other and (subject != other_subject) != (object_ != other_object)
        if minimal and one_end and not (self._alike(subject, other_subject) and self._alike(object_, other_object)):
            return "replaced_head"
        if {subject, object_} != {other_subject, other_object}:
            return None
        swapped = predicate == other and not rules.symmetric[predicate]
        vague = rules.symmetric[predicate] or rules.symmetric[other]
        near = self._words.predicate_near.holds(other, predicate)
        return (
            "replaced_relation" if swapped or not (vague or near or self._predicates_alike(predicate, other)) else None
        )

    def _predicates_alike(self, left: int, right: int) -> bool:
        """Whether two predicates share their verb or their place and differ in nothing that excludes."""
        rules = self._words.rules
        if rules.excludes_living[rules.predicate_kind[left], rules.predicate_kind[right]]:
            return False
        one_verb, one_place = rules.verb[left] == rules.verb[right], rules.place[left] == rules.place[right]
        if rules.place[left] and rules.place[right]:
            return bool(one_place or one_verb or not (rules.verb[left] and rules.verb[right]))
        return bool(one_verb)

    def _may_exclude(self, value: int, other: int) -> bool:
        """Whether two attributes can stand for one another's denial: not if they mean the same or differ in kind."""
        words, family = self._words, self._words.rules.attribute_family
        if words.attribute_near.holds(other, value):
            return False
        return bool(family[value] < 0 or family[other] < 0 or words.attribute_conflict.holds(value, other))
