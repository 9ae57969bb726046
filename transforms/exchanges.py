"""How often two words stand for one another in captions of the same thing.

Captions of one image describe the same scene, so words that name the same thing change places between sibling captions
("couch" here, "sofa" there) and avoid each other within one caption; words that merely go together (dog, ball) do not.

A *context* is what siblings describe in common: the image (for heads), one head of the image (for attributes and
quantities), one pair of heads of the image (for predicates). Each caption that mentions the context adds the set of
words that it uses there. With n_a the captions of a context that use a, n_ab those that use both and K all of them:

- `exchanged(a, b)`  = sum of n_a n_b - n_ab: pairs of different captions, one with a, the other with b;
- `repeated(a)`      = sum of n_a (n_a - 1): the same with a twice;
- `chances(a)`       = sum of n_a (K - 1): the captions in which a word could have stood in for a given mention of a;
- `together(a, b)`   = sum of n_ab, against `together_by_chance` = sum of n_a n_b / K.

P(b | a elsewhere) = exchanged / chances(a). If it is as large as P(b | b elsewhere) = repeated(b) / chances(b), then
a tells as much about b as b itself does: the `exchange rate` a -> b, about 1 for synonyms, near 0 for rivals.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import sqrt

Pair = tuple[str, str]  # in alphabetical order
Context = tuple[str, Sequence[frozenset[str]]]  # (kind of context, e.g. the head; word sets of K sibling captions)


@dataclass
class Exchanges:
    """The counts; every pair is in alphabetical order."""

    images: Counter[str] = field(default_factory=Counter)  # contexts that use the word
    chances: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)
    shared_images: Counter[Pair] = field(default_factory=Counter)  # contexts that use both words
    exchanged: Counter[Pair] = field(default_factory=Counter)
    together: Counter[Pair] = field(default_factory=Counter)
    together_by_chance: defaultdict[Pair, float] = field(default_factory=lambda: defaultdict(float))
    kind_chances: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # word -> kind -> count
    kind_mentions: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    kind_captions: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, captions: Sequence[frozenset[str]], known: frozenset[str]) -> None:
        """Counts one context; words outside `known` are left out."""
        others = len(captions) - 1
        self.kind_captions[kind] += len(captions)
        uses: Counter[str] = Counter()
        both: Counter[Pair] = Counter()
        for words in captions:
            here = sorted(words & known)
            uses.update(here)
            both.update(combinations(here, 2))
        for word in sorted(uses):
            self.images[word] += 1
            self.kind_mentions[word][kind] += uses[word]
            if others:
                self.chances[word] += uses[word] * others
                self.kind_chances[word][kind] += uses[word] * others
                self.repeated[word] += uses[word] * (uses[word] - 1)
        if others:
            for pair in combinations(sorted(uses), 2):
                product = uses[pair[0]] * uses[pair[1]]
                together = both.get(pair, 0)
                self.shared_images[pair] += 1
                self.exchanged[pair] += product - together
                self.together[pair] += together
                self.together_by_chance[pair] += product / len(captions)

    def rate(self, source: str, target: str) -> float:
        """Returns the exchange rate source -> target; 0 where either word was never seen with a sibling."""
        chances, repeated = self.chances[source], self.repeated[target]
        if not chances or not self.chances[target]:
            return 0.0
        pair = (source, target) if source < target else (target, source)
        # One more repetition than seen keeps a target that was never repeated from dividing by zero.
        return (self.exchanged[pair] / chances) / ((repeated + 1) / (self.chances[target] + 1))

    def sure_rate(self, source: str, target: str) -> float:
        """Returns the exchange rate source -> target with each count two standard deviations on the side of caution."""
        chances, repeated = self.chances[source], self.repeated[target]
        if not chances or not self.chances[target]:
            return 0.0
        exchanged = self.exchanged[(source, target) if source < target else (target, source)]
        low, high = exchanged - 2 * sqrt(exchanged), repeated + 2 * sqrt(repeated) + 1
        return max(0.0, (low / chances) / (high / self.chances[target]))

    def togetherness(self, pair: Pair) -> float:
        """Returns how often both stand in one caption, relative to chance given their use in the context."""
        return (self.together[pair] + 0.5) / (self.together_by_chance[pair] + 0.5)

    def expected(self, pair: Pair) -> float:
        """Returns the exchanges to expect if what one caption says told nothing of what its siblings say."""
        left, right = pair
        chances, mentions = self.kind_chances[left], self.kind_mentions[right]
        kinds = sorted(chances.keys() & mentions.keys())
        return sum(chances[kind] * mentions[kind] / self.kind_captions[kind] for kind in kinds)


def count_exchanges(contexts: Iterable[Context], minimum: int) -> Exchanges:
    """Returns the counts over all the contexts, for words that stand in at least `minimum` of them."""
    held = [(kind, captions) for kind, captions in contexts]
    support: Counter[str] = Counter()
    for _, captions in held:
        support.update(frozenset[str]().union(*captions))
    known = frozenset(word for word, count in support.items() if count >= minimum)
    counts = Exchanges()
    for kind, captions in held:
        counts.add(kind, captions, known)
    return counts
