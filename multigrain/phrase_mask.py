"""Labels of the phrases of any captions with respect to any images of a data set, all pairs in one call.

Legend: B images, C captions, P phrases of a caption at most, L phrases of all the captions.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from multigrain.label_codes import LABELS, NEGATIVE, POSITIVE, UNKNOWN
from multigrain.labelling.contrasts import Contrasts
from multigrain.labelling.facts import label_facts
from multigrain.labelling.named import Named, find_named
from multigrain.labelling.relations import Ids, Mask, Owners
from multigrain.labelling.said import Said, gather_said
from multigrain.labelling.table import read_phrase_table
from multigrain.labelling.things import label_things
from multigrain.labelling.words import PhraseWords
from multigrain.shards import DataSetError, Shards
from schemas.phrase_rules import PHRASE_RULES, PhraseRules


class PhraseMask(NamedTuple):
    label: NDArray[np.int8]  # (B, C, P) +1 true, -1 false, 0 unknown or padding (multigrain.label_codes)
    confidence: NDArray[np.float32]  # (B, C, P) in [0, 1], 0 at padding
    reason: NDArray[np.uint8]  # (B, C, P) index into PhraseLabeller.reasons; its length at padding


class PhraseLabeller:
    """Labels captions of a data set for images of the data set, as `transforms.judge` does, from stored ids."""

    def __init__(self, shards: Shards | str | Path) -> None:
        """Reads the phrases of all captions. Raises DataSetError where it has no phrase rules."""
        shards = shards if isinstance(shards, Shards) else Shards(shards)
        try:
            rules = PhraseRules.from_json(shards.artifact(PHRASE_RULES))
            self._table = read_phrase_table(shards, rules)
        except ValueError as error:
            raise DataSetError(f"{shards.folder}: {error}") from error
        self._words = PhraseWords(rules)
        self._contrasts = Contrasts(self._table, self._words)
        self.reasons = rules.reasons
        self._labels = np.array([LABELS[label] for label in rules.labels], np.int8)

    @property
    def captions(self) -> Ids:
        """(N + 1,) image i of the data set has the captions with the numbers [captions[i], captions[i + 1])."""
        return self._table.captions

    def __call__(self, images: ArrayLike, captions: ArrayLike) -> PhraseMask:
        """Returns the labels of captions (C,), by number, for images (B,), by row.

        A caption's phrases come in the order of `ImageLabels.positives` of its own image.
        """
        rows, row = np.unique(np.asarray(images, np.int64), return_inverse=True)
        numbers, number = np.unique(np.asarray(captions, np.int64), return_inverse=True)
        owner, content = self._table.phrases.of(numbers)
        phrases = Owners(owner, len(numbers))
        said = gather_said(rows, self._table, self._words)
        reason, confidence = self._label(phrases, content, said)
        width = int(np.bincount(owner, minlength=1).max(initial=0)) if len(owner) else 0
        place = np.full((len(numbers), width), len(owner), np.int64)
        place[owner, np.arange(len(owner)) - np.searchsorted(owner, owner)] = np.arange(len(owner))
        # The last column stands for padding.
        label = np.append(self._labels, np.int8(UNKNOWN))
        reason = np.pad(reason, ((0, 0), (0, 1)), constant_values=len(self.reasons))
        confidence = np.pad(confidence, ((0, 0), (0, 1)))
        at = np.ix_(row, place[number].ravel())
        shape = (len(row), len(number), width)
        reason = reason[at].reshape(shape)
        return PhraseMask(label[reason], confidence[at].reshape(shape), reason)

    def _label(self, phrases: Owners, content: Ids, said: Said) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        """Returns the reasons and confidences (B, L) of the captions' phrases."""
        table, words = self._table, self._words
        distinct, place = np.unique(content, return_inverse=True)
        things = distinct[distinct < len(table.head)]
        facts = distinct[len(things) :] - len(table.head)
        heads = np.unique(np.concatenate([table.head[things], table.facts[facts, 0], table.facts[facts, 2]]))
        named = find_named(heads, said, words)
        verdicts = [
            label_things(things, named, said, table, words),
            label_facts(facts, named, said, table, words),
        ]
        reason = np.concatenate([v.reason for v in verdicts])[place]  # (L, B)
        confidence = np.concatenate([v.confidence for v in verdicts])[place]
        ends = np.stack([table.head[things]] * 2, 1) if len(things) else np.zeros((0, 2), np.int64)
        ends = np.searchsorted(heads, np.concatenate([ends, table.facts[facts][:, [0, 2]]]))[place]
        unknown = self._labels[reason] == UNKNOWN
        self._elsewhere(phrases, content, ends, unknown, named, reason, confidence)
        for phrase, image, name in self._contrasts.find(phrases, content, unknown, said):
            reason[phrase, image] = words.code[name]
            confidence[phrase, image] = words.rules.numbers["CONFLICT"]
        return reason.T, confidence.T

    def _elsewhere(
        self,
        phrases: Owners,
        content: Ids,
        ends: Ids,
        unknown: Mask,
        named: Named,
        reason: NDArray[np.uint8],
        confidence: NDArray[np.float32],
    ) -> None:
        """Takes silence for absence in captions that tell of another scene: nothing said, most of it strange."""
        thing = content < len(self._table.head)
        things = Owners(phrases.owner[thing], phrases.count)
        label = self._labels[reason[thing]]
        strange = (label == NEGATIVE) | named.strange[ends[thing, 0]]
        count = np.bincount(things.owner, minlength=phrases.count)
        # The thing in question is itself silent, so it counts for nothing.
        most = 2 * (things.sum(strange.T.astype(np.int64)) - 1) > count - 1  # (B, C)
        elsewhere = (most & ~things.any((label == POSITIVE).T))[:, phrases.owner].T  # (L, B)
        left = unknown & elsewhere
        for end in (0, 1):
            absent = left & named.absent_elsewhere[ends[:, end]]
            np.copyto(reason, self._words.code["absent_head"], where=absent, casting="unsafe")
            share = 1.0 - self._words.rules.left_out[named.head[ends[:, end]]][:, None]
            np.copyto(confidence, share, where=absent, casting="same_kind")
            left &= ~absent
