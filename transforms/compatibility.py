"""Which words name the same thing: learned from sibling captions, kept as a table that people can read and edit.

Three tables are learned from `exchanges`: heads (context: the image), attributes with quantities (context: a head of
the image) and predicates (context: a pair of heads of the image). Each row says how two words relate:

- `same`: either can be said for the other ("couch", "sofa"): both exchange rates are high;
- `implies` / `implied`: the left word is said where the right one holds ("boulder" implies "rock"), or the reverse;
- `maybe`: they may name the same thing ("coat", "jacket"); never evidence for, always a bar to evidence against;

Nothing is concluded from fewer than `MINIMUM` images; what is concluded from few is only ever `maybe`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from schemas.claims import Fact, Thing
from transforms.exchanges import Context, Exchanges, Pair, count_exchanges
from transforms.hypernyms import SPECIFIC, generals, kinds_of
from transforms.people import COLLECTIVES, persons_like
from transforms.phrases import CaptionContent
from transforms.rivals import rivals

MINIMUM = 5  # images that must use a word before anything is learned of it
SAME_RATE = 0.5  # both exchange rates of `same`
IMPLIES_RATE = 0.75  # the exchange rate from left to right of `implies`
SURE_RATE = 0.2  # what both rates, or the rate of `implies`, must exceed by two standard deviations
MAYBE_RATE = 0.2  # the larger exchange rate of `maybe`
MAYBE_BACK = 0.02  # the smaller one: a word that hardly ever stands for the other only keeps it company
MAYBE_IMAGES = 3
APART = 0.15  # togetherness below which two words avoid each other in one caption
MAYBE_APART = 0.35
BEYOND_CHANCE = 1.5  # exchanges over those expected
ASSOCIATED = 2.0  # exchanges over those expected of heads that go together
ASSOCIATED_IMAGES = 3
OFTEN = 30  # images from which two words may be less than chance would have it and still be `maybe`

Relation = Literal["same", "implies", "implied", "maybe"]
Sort = Literal["head", "attribute", "predicate"]
SORTS: tuple[Sort, ...] = ("head", "attribute", "predicate")


class Row(NamedTuple):
    """What is known of a pair of words, left before right in the alphabet."""

    left: str
    right: str
    relation: Relation
    images: int  # that use both
    left_to_right: float  # exchange rate
    right_to_left: float
    together: float  # how often both stand in one caption, relative to chance
    beyond_chance: float  # exchanges over those expected


@dataclass(frozen=True)
class Compatibility:
    """The three tables, with the look-ups that labelling needs."""

    rows: dict[Sort, tuple[Row, ...]]
    associations: tuple[Association, ...]

    @cached_property
    def _associated(self) -> dict[str, frozenset[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for row in self.associations:
            found[row.left].add(row.right)
            found[row.right].add(row.left)
        return {head: frozenset(heads) for head, heads in found.items()}

    def associated(self, head: str) -> frozenset[str]:
        """Returns the heads in whose company `head` is expected: "saddle" where there is a "horse"."""
        return self._associated.get(head, frozenset())

    @cached_property
    def _true_by(self) -> dict[Sort, dict[str, frozenset[str]]]:
        found: dict[Sort, defaultdict[str, set[str]]] = {sort: defaultdict(set) for sort in SORTS}
        for sort in SORTS:
            for row in self.rows[sort]:
                if row.relation in ("same", "implies"):
                    found[sort][row.right].add(row.left)
                if row.relation in ("same", "implied"):
                    found[sort][row.left].add(row.right)
        return {sort: {word: frozenset(words) for word, words in found[sort].items()} for sort in SORTS}

    @cached_property
    def _near(self) -> dict[Sort, dict[str, frozenset[str]]]:
        found: dict[Sort, defaultdict[str, set[str]]] = {sort: defaultdict(set) for sort in SORTS}
        for sort in SORTS:
            for row in self.rows[sort]:
                found[sort][row.left].add(row.right)
                found[sort][row.right].add(row.left)
        return {sort: {word: frozenset(words) for word, words in found[sort].items()} for sort in SORTS}

    def true_by(self, sort: Sort, word: str) -> frozenset[str]:
        """Returns the other words whose being said makes `word` true."""
        learned = self._true_by[sort].get(word, frozenset())
        return learned | SPECIFIC.get(word, frozenset()) if sort == "head" else learned

    def near(self, sort: Sort, word: str) -> frozenset[str]:
        """Returns the other words that are listed as perhaps naming what `word` names; see `alike`."""
        learned = self._near[sort].get(word, frozenset())
        if sort != "head":
            return learned
        listed = SPECIFIC.get(word, frozenset()) | generals(word) | persons_like(word)
        return (learned - rivals(word)) | listed

    def alike(self, head: str, other: str) -> bool:
        """Whether two heads may name the same thing; compounds of one last word may ("desk", "computer desk")."""
        if head == other or other in self.near("head", head) or head in generals(other):
            return True
        if other in rivals(head):
            return False
        return head.rsplit(" ", 1)[-1] == other.rsplit(" ", 1)[-1] or head.replace(" ", "") == other.replace(" ", "")


class Association(NamedTuple):
    """Two heads that captions of one image name far more often than chance, though not for the same thing."""

    left: str
    right: str
    images: int
    beyond_chance: float


class Contexts(NamedTuple):
    """What sibling captions describe in common, for each table, in the order of the images."""

    heads: list[Context]  # one an image
    attributes: list[Context]
    predicates: list[Context]


def read_contexts(images: Iterable[Sequence[CaptionContent]]) -> Contexts:
    """Returns the contexts of all the images, reading each image once."""
    contexts = Contexts([], [], [])
    for captions in images:
        heads = [frozenset(c.head for c in caption.contents if isinstance(c, Thing)) for caption in captions]
        contexts.heads.append(("", heads))
        contexts.attributes.extend(_attribute_contexts(captions))
        contexts.predicates.extend(_predicate_contexts(captions))
    return contexts


def learn_compatibility(contexts: Contexts) -> Compatibility:
    """Returns what sibling captions teach; the order of the images does not matter."""
    heads = count_exchanges(contexts.heads, MINIMUM)
    return Compatibility(
        {
            "head": tuple(_rows(heads)),
            "attribute": tuple(_rows(count_exchanges(contexts.attributes, MINIMUM))),
            "predicate": tuple(_rows(count_exchanges(contexts.predicates, MINIMUM))),
        },
        tuple(_associations(heads)),
    )


def _associations(counts: Exchanges) -> Iterator[Association]:
    for pair in sorted(counts.exchanged):
        images = counts.shared_images[pair]
        if images >= ASSOCIATED_IMAGES:
            beyond = counts.exchanged[pair] / max(counts.expected(pair), 0.5)
            if beyond >= ASSOCIATED:
                yield Association(*pair, images, round(beyond, 2))


def _rows(counts: Exchanges) -> Iterator[Row]:
    for pair in sorted(counts.exchanged):
        row = _row(pair, counts)
        if row:
            yield row


def _row(pair: Pair, counts: Exchanges) -> Row | None:
    left, right = pair
    images, together = counts.shared_images[pair], counts.togetherness(pair)
    there, back = counts.rate(left, right), counts.rate(right, left)
    if (
        images < MAYBE_IMAGES
        or together > MAYBE_APART
        or max(there, back) < MAYBE_RATE
        or min(there, back) < MAYBE_BACK
    ):
        return None
    beyond = counts.exchanged[pair] / max(counts.expected(pair), 0.01)
    if images < OFTEN and beyond < BEYOND_CHANCE:
        return None
    relation: Relation = "maybe"
    if images >= MINIMUM and together <= APART and beyond >= BEYOND_CHANCE and not never_same(left, right):
        surely, surely_back = counts.sure_rate(left, right), counts.sure_rate(right, left)
        if min(there, back) >= SAME_RATE and min(surely, surely_back) >= SURE_RATE:
            relation = "same"
        elif there >= IMPLIES_RATE and surely >= SURE_RATE:
            relation = "implies"
        elif back >= IMPLIES_RATE and surely_back >= SURE_RATE:
            relation = "implied"
    return Row(left, right, relation, images, *(round(x, 3) for x in (there, back, together, beyond)))


def never_same(left: str, right: str) -> bool:
    """Whether two words, however often they change places, name different things ("tennis", "tennis player")."""
    if right.startswith(left + " ") or left.startswith(right + " "):
        return not (right.endswith(" " + left) or left.endswith(" " + right))
    if (left in COLLECTIVES) != (right in COLLECTIVES):
        return True
    kinds, other_kinds = kinds_of(left), kinds_of(right)
    return bool(kinds) and bool(other_kinds) and kinds.isdisjoint(other_kinds)


def _attribute_contexts(captions: Sequence[CaptionContent]) -> Iterator[Context]:
    said: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for caption in captions:
        here: defaultdict[str, set[str]] = defaultdict(set)
        for content in caption.contents:
            if isinstance(content, Thing):
                here[content.head] |= content.attributes
        for head, words in here.items():
            if words:
                said[head].append(frozenset(words))
    yield from sorted(said.items())


def _predicate_contexts(captions: Sequence[CaptionContent]) -> Iterator[Context]:
    said: defaultdict[tuple[str, str], list[frozenset[str]]] = defaultdict(list)
    for caption in captions:
        here: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for content in caption.contents:
            if isinstance(content, Fact):
                here[content.subject, content.object].add(content.predicate)
        for ends, words in here.items():
            said[ends].append(frozenset(words))
    # What can be done to a thing depends on the thing: the object's head is the kind of context.
    yield from ((ends[1], words) for ends, words in sorted(said.items()))
