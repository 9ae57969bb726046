"""How far silence speaks: of a thing that is there, how often do the other captions of the image leave it out?

Nobody leaves out the dog, everybody leaves out the sky. Each mention of a head is held against the other captions of
its image: it is *alone* if none of them names that thing, by this word or by one that may mean the same. The share of
alone mentions estimates how often silence is wrong about the thing, from the corpus itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from transforms.compatibility import Compatibility, Contexts
from transforms.hypernyms import generals

FAMILIAR = 100  # mentions of a head from which its company is known
ENOUGH = 20  # mentions of a head below which it is judged by its kind, or not at all


@dataclass(frozen=True)
class Absence:
    """Per head, or kind of head: how often it was mentioned beside siblings, and how often alone."""

    mentions: dict[str, int]
    alone: dict[str, int]

    def left_out(self, head: str) -> float:
        """Returns the share of alone mentions of the head, else of its kinds, else 1: nothing is known."""
        for word in (head, *sorted(generals(head), key=self._mentions_of)):
            mentions = self._mentions_of(word)
            if mentions >= ENOUGH:
                return (self.alone.get(word, 0) + 1) / (mentions + 2)
        return 1.0

    def familiar(self, head: str) -> bool:
        """Whether the corpus names the head often enough to know what it goes with."""
        return self._mentions_of(head) >= FAMILIAR

    def _mentions_of(self, head: str) -> int:
        return self.mentions.get(head, 0)


def learn_absence(contexts: Contexts, compatibility: Compatibility) -> Absence:
    """Returns how often each head is left out; a head counts for its kinds too."""
    mentions: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for _, said in contexts.heads:
        for i, heads in enumerate(said) if len(said) > 1 else ():
            others = frozenset().union(*said[:i], *said[i + 1 :])
            for head in heads:
                words = {head, *generals(head)}
                mentions.update(words)
                if head not in others and not others & compatibility.near("head", head):
                    alone.update(words)
    # Of heads below that many nothing is concluded; without them the table is small enough to read.
    known = sorted(head for head, count in mentions.items() if count >= ENOUGH)
    return Absence({head: mentions[head] for head in known}, {head: alone[head] for head in known if alone[head]})
