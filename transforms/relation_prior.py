"""How things of two names that lie in a certain way relate to each other: a prior learned from a corpus.

A *cell* is (subject's object id, object's object id, place), each -1 for any; the cells of all six kinds of `KINDS` are
counted, and a cell that has seen little is filled up from the more general ones. Places are those of
`spatial_relations.pair_places`. What a caption says counts from both sides ("left of", "right of") and in a mirror.
The frequency baseline of Zellers et al. 2018 (Neural Motifs, section 3) counts (subject, object) in annotated scene
graphs; here captions are counted, and the place tells apart what names do not.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.predicate_sides import converse, implies, mirrored
from transforms.relation_evidence import WHOLE, Evidence
from transforms.spatial_relations import PLACES, pair_places

FORMAT = 2
ANY = -1
Cell = tuple[int, int, int]  # (subject, object, place)
# Which of subject, object and place a kind of cell names.
KINDS = ((1, 1, 1), (1, 1, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0))
PREDICATES = 512  # as many are learned, the most frequent ones
LEAST = 2  # mentions of a predicate that is learned
# A cell with that many mentions counts as much as what it is filled up from: few for a place, as geometry is shared by
# all names and well covered; more for names; most for a whole cell, which rests on single captions.
PLACE, NAMES, WHOLE_CELL = 3.0, 10.0, 16.0
REMEMBERED, NAMED = 1 << 16, 1 << 12  # guesses, and pairs of names, that a prior keeps in memory
CHANCES = 50.0  # the same for how often a pair is related, in pairs of regions


class Guess(NamedTuple):
    predicate: str
    likely: float  # probability that a caption says the predicate, or one that implies it, where it relates the pair
    related: float  # probability that the captions of a photo relate the pair at all


class Counts(NamedTuple):
    """What was seen of one cell."""

    chances: int  # pairs of regions
    mentions: int  # of those, pairs that a caption relates, in parts of WHOLE
    predicates: dict[int, int]  # mentions by index of the predicate, in parts of WHOLE


@dataclass(frozen=True)
class RelationPrior:
    objects: tuple[str, ...]  # names by object id
    predicates: tuple[str, ...]  # most frequent first
    cells: Mapping[Cell, Counts]

    def guess(self, subject: int, object_: int, place: int) -> Guess | None:
        """Returns the likeliest predicate of a pair, None where the corpus taught nothing; ids may be ANY.

        Predicates that imply another ("stand near", "near") speak for it together; of those that speak for the
        likeliest the one is named that is said most.
        """
        return self._guesses((subject, object_, place)) if self.predicates else None

    @cached_property
    def _guesses(self) -> Callable[[Cell], Guess]:
        return lru_cache(REMEMBERED)(self._guess)

    def _guess(self, cell: Cell) -> Guess:
        likely = self._likely(cell)
        claims, said = self._implied
        claimed = np.bincount(claims, likely[said], len(likely))
        speakers = said[claims == claimed.argmax()]
        best = int(speakers[likely[speakers].argmax()])
        return Guess(self.predicates[best], min(1.0, float(claimed[best])), self._related(cell))

    @cached_property
    def _implied(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """All (i, j) of which who says predicate j says i too, as two arrays."""
        both = [[implies(said, claim) for said in self.predicates] for claim in self.predicates]
        claims, said = np.array(both).nonzero()
        return claims, said

    def _likely(self, cell: Cell) -> NDArray[np.float64]:
        """Returns the probability of every predicate (P,) where a caption relates the pair.

        As far as names and place were not seen together, the place decides, and what the names make more or less
        likely than usual counts by its fourth root: names and place partly say the same thing.
        """
        subject, object_, place = cell
        return self._filled(cell, _normalised(self._there(place) * self._by_names(subject, object_)), WHOLE_CELL)

    @cached_property
    def _anyhow(self) -> NDArray[np.float64]:
        return _normalised(self._vector((ANY, ANY, ANY)))

    @cached_property
    def _there(self) -> Callable[[int], NDArray[np.float64]]:
        return cache(lambda place: self._filled((ANY, ANY, place), self._anyhow, PLACE))

    @cached_property
    def _by_names(self) -> Callable[[int, int], NDArray[np.float64]]:
        """The fourth root of how much likelier than usual names make each predicate (P,); square roots are the same on
        every machine, where other powers may be rounded differently."""

        @cache
        def one(subject: int, object_: int) -> NDArray[np.float64]:
            return self._filled((subject, object_, ANY), self._anyhow, NAMES)

        def both(subject: int, object_: int) -> NDArray[np.float64]:
            general = _normalised(one(subject, ANY) * one(ANY, object_) / self._anyhow)
            named = self._filled((subject, object_, ANY), general, NAMES)
            return np.sqrt(np.sqrt(named / self._anyhow))

        return lru_cache(NAMED)(both)

    def _filled(self, cell: Cell, general: NDArray[np.float64], strength: float) -> NDArray[np.float64]:
        seen = self._vector(cell)
        filled: NDArray[np.float64] = (seen + strength * general) / (seen.sum() + strength)
        return filled

    def _vector(self, cell: Cell) -> NDArray[np.float64]:
        vector = np.zeros(len(self.predicates))
        if cell in self.cells:
            predicates = self.cells[cell].predicates
            vector[list(predicates)] = [weight / WHOLE for weight in predicates.values()]
        return vector

    def _related(self, cell: Cell) -> float:
        """Returns the probability that a caption relates the pair, by the same way of filling up."""
        subject, object_, place = cell
        anyhow = self._rate((ANY, ANY, ANY), 0.0)
        one, other, there = (
            self._rate(part, anyhow) for part in ((subject, ANY, ANY), (ANY, object_, ANY), (ANY, ANY, place))
        )
        named = self._rate((subject, object_, ANY), min(1.0, one * other / anyhow))
        return self._rate(cell, min(1.0, named * there / anyhow))

    def _rate(self, cell: Cell, general: float) -> float:
        counts = self.cells.get(cell)
        if counts is None:
            return general
        strength = 0.0 if cell == (ANY, ANY, ANY) else CHANCES
        return (counts.mentions / WHOLE + strength * general) / (counts.chances + strength)

    def to_json(self) -> str:
        """Returns the canonical JSON, a cell a line: equal priors give equal text."""
        rows = (
            [*cell, counts.chances, counts.mentions, sorted(counts.predicates.items())]
            for cell, counts in sorted(self.cells.items())
        )
        head = f'{{"format":{FORMAT},\n"objects":{_line(self.objects)},\n"predicates":{_line(self.predicates)},\n'
        return head + '"cells":[\n' + ",\n".join(map(_line, rows)) + "\n]}\n"

    @classmethod
    def from_json(cls, text: str) -> RelationPrior:
        """Returns the prior that `to_json` wrote; ValueError where the text is none of this format."""
        record = json.loads(text)
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            found = record.get("format") if isinstance(record, dict) else type(record).__name__
            raise ValueError(f"relation prior of format {found!r} where {FORMAT} is expected")
        cells = {
            (subject, object_, place): Counts(chances, mentions, dict(predicates))
            for subject, object_, place, chances, mentions, predicates in record["cells"]
        }
        return cls(tuple(record["objects"]), tuple(record["predicates"]), cells)


def learn_prior(photos: Sequence[bytes], objects: Sequence[str]) -> RelationPrior:
    """Returns the prior of photos, each the bytes of its Evidence; `objects` are the detector's object names.

    Exact whatever the order of the photos: only whole numbers are added up.
    """
    totals: Counter[str] = Counter()
    for photo in photos:
        for _, _, predicate, weight in Evidence.from_bytes(photo).said:
            totals[predicate] += weight
    frequent = sorted((-weight, predicate) for predicate, weight in totals.items() if weight >= LEAST * WHOLE)
    predicates = [predicate for _, predicate in frequent[:PREDICATES]]
    mentions, said = _count_said(_views(photos), {p: k for k, p in enumerate(predicates)})
    # That a name or a place is seen and never related is knowledge too; of whole cells there are too many for that.
    singles = [(k, ANY, ANY) for k in range(len(objects))] + [(ANY, k, ANY) for k in range(len(objects))]
    wanted = sorted({*said, *singles, *((ANY, ANY, place) for place in range(PLACES))})
    chances = _count_chances(_views(photos), wanted, len(objects))
    cells = {cell: Counts(n, mentions[cell], dict(said.get(cell, {}))) for cell, n in chances.items() if n}
    return RelationPrior(tuple(objects), tuple(predicates), cells)


class _View(NamedTuple):
    """A photo or its mirror image."""

    object_ids: NDArray[np.int32]  # (R,)
    places: NDArray[np.uint16]  # (R, R)
    said: Mapping[tuple[int, int, str], int]  # weights, with what each relation is from the other side


def _views(photos: Iterable[bytes]) -> Iterator[_View]:
    """Yields each photo and its mirror image, one at a time."""
    for data in photos:
        photo = Evidence.from_bytes(data)
        said: dict[tuple[int, int, str], int] = {}
        for i, j, predicate, weight in photo.said:
            said[i, j, predicate] = max(weight, said.get((i, j, predicate), 0))
            if back := converse(predicate):
                said[j, i, back] = max(weight, said.get((j, i, back), 0))
        yield _View(photo.object_ids, pair_places(photo.boxes), said)
        mirror = photo.boxes[:, [2, 1, 0, 3]] * np.array([-1, 1, -1, 1], np.float32)
        turned = {(i, j, mirrored(predicate)): weight for (i, j, predicate), weight in said.items()}
        yield _View(photo.object_ids, pair_places(mirror), turned)


def _count_said(
    views: Iterable[_View], predicates: Mapping[str, int]
) -> tuple[Counter[Cell], dict[Cell, Counter[int]]]:
    """Returns how often each cell was related, and by which predicates."""
    mentions: Counter[Cell] = Counter()
    said: dict[Cell, Counter[int]] = {}
    for ids, places, triples in views:
        related: dict[tuple[int, int], int] = {}
        for (i, j, predicate), weight in triples.items():
            if predicate not in predicates:
                continue
            related[i, j] = max(weight, related.get((i, j), 0))
            for cell in _cells(int(ids[i]), int(ids[j]), int(places[i, j])):
                said.setdefault(cell, Counter())[predicates[predicate]] += weight
        for (i, j), weight in related.items():
            for cell in _cells(int(ids[i]), int(ids[j]), int(places[i, j])):
                mentions[cell] += weight
    return mentions, said


def _cells(subject: int, object_: int, place: int) -> Iterator[Cell]:
    for s, o, p in KINDS:
        yield subject if s else ANY, object_ if o else ANY, place if p else ANY


def _count_chances(views: Iterable[_View], cells: Sequence[Cell], objects: int) -> dict[Cell, int]:
    """Returns the number of ordered pairs of regions in each of the cells."""
    codes = np.sort(_code(np.array(cells, np.int64).reshape(-1, 3), objects))
    counts = np.zeros(len(codes), np.int64)
    for ids, places, _ in views:
        i, j = (~np.eye(len(ids), dtype=bool)).nonzero()
        pairs = np.stack([ids[i], ids[j], places[i, j]], axis=1)
        for kind in KINDS:
            found = _code(np.where(np.array(kind, bool), pairs, ANY), objects)
            at = np.searchsorted(codes, found)
            at = at[codes[at.clip(max=len(codes) - 1)] == found] if len(codes) else at[:0]
            counts += np.bincount(at, minlength=len(codes))
    by_code = dict(zip(codes.tolist(), counts.tolist(), strict=True))
    return {cell: by_code[int(_code(np.array([cell]), objects)[0])] for cell in cells}


def _code(cells: NDArray[np.int64], objects: int) -> NDArray[np.int64]:
    """Returns a number for each cell (..., 3)."""
    s, o, p = (cells[..., k].astype(np.int64) + 1 for k in range(3))
    code: NDArray[np.int64] = (s * (objects + 1) + o) * (PLACES + 1) + p
    return code


def _normalised(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    normalised: NDArray[np.float64] = weights / weights.sum()
    return normalised


def _line(row: Any) -> str:
    return json.dumps(row, separators=(",", ":"), ensure_ascii=True)
