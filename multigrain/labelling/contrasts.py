"""Captions that say the same as a caption of the image but for one word: the rule of contrasts for a whole batch.

Hardly any pair of captions is so close. Counting what they share finds those that can be, all at once; these few are
then held against each other by the rule itself.

Legend: C captions with L phrases are asked for, O captions are those of the B images.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

from multigrain.labelling.relations import Ids, Mask, Owners, spread
from multigrain.labelling.rule_words import RuleWords
from multigrain.labelling.said import Said
from multigrain.labelling.table import PhraseTable
from multigrain.labelling.words import PhraseWords
from rules.contrasts import Contrast, contrasts
from schemas.claims import Content, Fact, Thing


class Contrasts:
    """Finds the phrases that contrast with captions of images."""

    def __init__(self, table: PhraseTable, words: PhraseWords) -> None:
        self._table, self._rules, self._words = table, words.rules, RuleWords(words)
        rules = words.rules
        # Heads as their last words, where these say what the thing is.
        ends = [head[start:] for head, start in zip(rules.heads, rules.modifier.tolist(), strict=True)]
        _, self._plain = np.unique(np.array(ends, np.str_), return_inverse=True)

    def find(self, phrases: Owners, content: Ids, unknown: Mask, said: Said) -> Iterator[tuple[int, int, Contrast]]:
        """Yields (phrase, image, reason) of the phrases (L,) that contrast with a caption of the image.

        `unknown` (L, B) are the phrases that are in question. The first caption of an image that contrasts decides.
        """
        read = cache(self._read)
        first = np.searchsorted(phrases.owner, np.arange(phrases.count + 1))
        found: dict[tuple[int, int], Contrast] = {}
        for own, caption in zip(*np.nonzero(self._close(phrases, content, unknown, said)), strict=True):
            image = int(said.captions.owner[own])
            rows = range(first[caption], first[caption + 1])
            asked = [read(int(content[row])) for row in rows]
            claimed = [read(int(c)) for c in self._table.phrases.one(said.caption[own])]
            heads = frozenset(self._rules.heads[h] for h in said.head[said.mentions.owner == image])
            reasons: dict[Content, Contrast] = {}
            for new, reason in contrasts(asked, claimed, self._words, heads):
                reasons.setdefault(new, reason)
            for row, new in zip(rows, asked, strict=True):
                if new in reasons and unknown[row, image]:
                    found.setdefault((row, image), reasons[new])
        yield from ((row, image, reason) for (row, image), reason in found.items())

    def _close(self, phrases: Owners, content: Ids, unknown: Mask, said: Said) -> Mask:
        """Returns (O, C): which pairs of captions differ in so little that one may exclude what is new in the other."""
        things, shape = len(self._table.head), (len(said.caption), phrases.count)
        asked = _Said(phrases.owner, content)
        own = _Said(*self._table.phrases.of(said.caption))
        size, own_size = asked.sizes(shape[1]), own.sizes(shape[0])[:, None]
        new, old = size - _common(own.distinct(), asked, shape), own_size - _common(own, asked.distinct(), shape)
        keep = (new > 0) & (old > 0) & (old <= new + 1)
        asked, own = asked.where(content < things), own.where(own.value < things)
        shared = _common(own.distinct(), asked, shape)
        asked, own = asked.mapped(self._table.head), own.mapped(self._table.head)
        named = _common(own.distinct(), asked, shape)  # things of the asked caption with a head that both name
        new_heads = asked.distinct().sizes(shape[1]) - _common(own.distinct(), asked.distinct(), shape)
        # Where one head is new, all things that are new must have it, but for exchanged modifiers.
        renamed = (new_heads == 1) & (named == shared)
        asked, own = asked.mapped(self._plain).distinct(), own.mapped(self._plain).distinct()
        ends = _common(own, asked, shape)
        exchanged = (new_heads > 0) & (ends == asked.sizes(shape[1])) & (ends == own.sizes(shape[0])[:, None])
        keep &= renamed | ((new_heads == 0) & (new < size)) | exchanged
        # Only what is in question matters.
        rows, columns = np.nonzero(keep)
        keep[rows, columns] = phrases.any(unknown.T)[said.captions.owner[rows], columns]
        return keep

    def _read(self, content: int) -> Content:
        """Returns what a phrase claims, in words."""
        table, rules, things = self._table, self._rules, len(self._table.head)
        if content >= things:
            subject, predicate, object_ = table.facts[content - things].tolist()
            return Fact(rules.heads[subject], rules.predicates[predicate], rules.heads[object_])
        values, lacking = (
            frozenset(rules.attributes[a] for a in table.sets.one(int(sets[content])))
            for sets in (table.attributes, table.lacking)
        )
        return Thing(
            rules.heads[table.head[content]], values, lacking, rules.quantities[table.quantity[content]] or None
        )


class _Said(NamedTuple):
    """What captions say: (caption, value) pairs, in the order of the captions."""

    caption: Ids
    value: Ids

    def distinct(self) -> _Said:
        size = int(self.value.max(initial=0)) + 1
        keys = np.unique(self.caption * size + self.value)
        return _Said(keys // size, keys % size)

    def where(self, kept: Mask) -> _Said:
        return _Said(self.caption[kept], self.value[kept])

    def mapped(self, values: Ids) -> _Said:
        return _Said(self.caption, values[self.value])

    def sizes(self, captions: int) -> Ids:
        return np.bincount(self.caption, minlength=captions)


def _common(own: _Said, asked: _Said, shape: tuple[int, int]) -> Ids:
    """Returns (O, C): how many pairs of equal values an own and an asked caption have."""
    order = np.argsort(asked.value, kind="stable")
    ordered = asked.value[order]
    first = np.searchsorted(ordered, own.value)
    which, place = spread(first, np.searchsorted(ordered, own.value, side="right") - first)
    keys = own.caption[which] * shape[1] + asked.caption[order[place]]
    return np.bincount(keys, minlength=shape[0] * shape[1]).reshape(shape)
