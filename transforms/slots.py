"""What stands in the places of a phrase: who rides a horse, what colours a car has, what a man does to a ball.

Counted over the training captions, once an image, so that a word that is put in another's place is one that is said
there. The tables are bounded: what fewer than `MINIMUM` images say is left out, and a place keeps its `FILLERS`
commonest words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from schemas.claims import Fact, Thing
from transforms.phrases import CaptionContent

MINIMUM = 3  # images that must say a phrase
FILLERS = 12  # words kept of a place

Place = tuple[str, str]
PlaceKind = Literal["subjects", "objects", "predicates", "attributes"]
# (predicate, object), (subject, predicate), (subject, object) and (head, "")
PLACE_KINDS: tuple[PlaceKind, ...] = ("subjects", "objects", "predicates", "attributes")


@dataclass(frozen=True)
class Slots:
    """The commonest words of each place, the commonest first."""

    fillers: Mapping[PlaceKind, Mapping[Place, tuple[str, ...]]]

    def of(self, kind: PlaceKind, *place: str) -> tuple[str, ...]:
        """Returns the words that stand in a place, none where it was seldom seen."""
        left, right = (*place, "")[:2]
        return self.fillers[kind].get((left, right), ())

    def rows(self, kind: PlaceKind) -> Iterator[Any]:
        """Yields (left, right, words) of each place, in alphabetical order."""
        return ([*place, list(words)] for place, words in sorted(self.fillers[kind].items()))


def read_slots(record: Mapping[str, Any]) -> Slots:
    """Returns the slots of the rows by kind. Raises ValueError where a row is not as it should be."""
    for kind in PLACE_KINDS:
        for row in record[kind] if isinstance(record[kind], list) else [record[kind]]:
            if not (isinstance(row, list) and [type(part) for part in row] == [str, str, list]):
                raise ValueError(f"corpus: {kind}: {row!r:.120}; two words and a list of words expected")
            if not all(isinstance(word, str) for word in row[2]):
                raise ValueError(f"corpus: {kind}: {row!r:.120}; a word that is no text")
    return Slots({kind: {(a, b): tuple(words) for a, b, words in record[kind]} for kind in PLACE_KINDS})


class SlotCounts:
    """Counts, in how many images a word stands in a place."""

    def __init__(self) -> None:
        self._facts: Counter[Fact] = Counter()
        self._attributes: Counter[tuple[str, str]] = Counter()

    def counted(self, images: Iterable[Sequence[CaptionContent]]) -> Iterator[Sequence[CaptionContent]]:
        """Yields the images as they come, and counts them."""
        for captions in images:
            contents = {content for caption in captions for content in caption.contents}
            self._facts.update(content for content in contents if isinstance(content, Fact))
            things = (content for content in contents if isinstance(content, Thing))
            self._attributes.update({(thing.head, value) for thing in things for value in thing.attributes})
            yield captions

    def slots(self) -> Slots:
        """Returns what was counted, as far as it is kept; the order of the images does not matter."""
        found: dict[PlaceKind, defaultdict[Place, Counter[str]]] = {kind: defaultdict(Counter) for kind in PLACE_KINDS}
        for fact, count in self._facts.items():
            if count >= MINIMUM:
                found["subjects"][fact.predicate, fact.object][fact.subject] += count
                found["objects"][fact.subject, fact.predicate][fact.object] += count
                found["predicates"][fact.subject, fact.object][fact.predicate] += count
        for (head, value), count in self._attributes.items():
            if count >= MINIMUM:
                found["attributes"][head, ""][value] += count
        return Slots(
            {
                kind: {place: _commonest(words) for place, words in sorted(places.items()) if len(words) > 1}
                for kind, places in found.items()
            }
        )


def _commonest(words: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-words[word], word))[:FILLERS])
