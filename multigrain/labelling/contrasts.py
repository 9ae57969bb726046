"""Captions that say the same as a caption of the image but for one word: the rule of contrasts for a whole batch.

Hardly any pair of captions is so close. Counting what they share finds those that can be, all at once; these few are
then held against each other by the rule itself.

Legend: C captions with L phrases are asked for, O captions are those of the B images.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from multigrain.labelling.relations import Ids, Mask, Owners
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
        own, own_content = self._table.phrases.of(said.caption)
        captions, own_captions = phrases.count, len(said.caption)
        distinct, place = np.unique(content, return_inverse=True)
        asked = _counts(phrases.owner, content, captions, distinct)
        claimed = _counts(own, own_content, own_captions, distinct)
        size, own_size = (np.bincount(o, minlength=n) for o, n in ((phrases.owner, captions), (own, own_captions)))
        new = size - (claimed > 0) @ asked.T
        old = own_size[:, None] - claimed @ (asked > 0).T
        keep = (new > 0) & (old > 0) & (old <= new + 1)
        keep &= phrases.any((claimed == 0)[:, place] & unknown.T[said.captions.owner])
        thing, own_thing = content < len(self._table.head), own_content < len(self._table.head)
        heads, own_heads = self._table.head[content[thing]], self._table.head[own_content[own_thing]]
        new_heads, _ = _differing(phrases.owner[thing], heads, captions, own[own_thing], own_heads, own_captions)
        heads, own_heads = self._plain[heads], self._plain[own_heads]
        new_ends, old_ends = _differing(phrases.owner[thing], heads, captions, own[own_thing], own_heads, own_captions)
        exchanged = (new_heads > 0) & (new_ends == 0) & (old_ends == 0)
        result: Mask = keep & ((new_heads == 1) | ((new_heads == 0) & (new < size)) | exchanged)
        return result

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


def _counts(owner: Ids, values: Ids, owners: int, wanted: Ids) -> NDArray[np.float32]:
    """Returns (owners, wanted): how often each owner has each of the wanted values, which ascend."""
    place = np.minimum(np.searchsorted(wanted, values), max(len(wanted) - 1, 0))
    there = wanted[place] == values if len(wanted) else np.zeros(len(values), np.bool_)
    found = np.bincount(owner[there] * len(wanted) + place[there], minlength=owners * len(wanted))
    return found.astype(np.float32).reshape(owners, len(wanted))


def _differing(
    owner: Ids, heads: Ids, captions: int, own: Ids, own_heads: Ids, own_captions: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Returns (O, C) twice: how many heads only the asked caption names, and how many only the image's own."""
    distinct = np.unique(np.concatenate([heads, own_heads]))
    named = np.minimum(_counts(owner, heads, captions, distinct), 1)
    own_named = np.minimum(_counts(own, own_heads, own_captions, distinct), 1)
    both = own_named @ named.T
    return named.sum(1) - both, own_named.sum(1)[:, None] - both
