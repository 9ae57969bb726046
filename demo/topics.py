"""What captions of a scene talk about: fresh and lively facts first, so that five captions say different parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from demo.world import Relation, Scene, relations

_WEIGHTS = {
    "chase": 9,
    "ride": 9,
    "kick": 9,
    "hold": 7,
    "wear": 6,
    "sit on": 7,
    "look at": 4,
    "on": 6,
    "in": 6,
    "under": 4,
    "above": 3,
    "behind": 3,
    "in front of": 3,
    "next to": 2.5,
    "left of": 0.7,
    "right of": 0.7,
    "near": 0.5,
}
# Of what relates two things, the first of these makes the later ones dull, and the dull ones with them.
_LIVELY = ("wear", "hold", "ride", "chase", "kick", "sit on", "in", "on")
_DULL = ("look at", "near", "next to", "above", "under")


def _livelier(predicate: str) -> tuple[str, ...]:
    if predicate in _LIVELY:
        return _LIVELY[: _LIVELY.index(predicate)]
    return _LIVELY if predicate in _DULL else ()


class Topics:
    """The facts of one scene worth saying, and how often each thing has been talked about."""

    def __init__(self, scene: Scene, rng: np.random.Generator) -> None:
        self.rng = rng
        facts = sorted(relations(scene))
        related: dict[frozenset[int], set[str]] = {}
        for i, p, j in facts:
            related.setdefault(frozenset((i, j)), set()).add(p)
        self.facts = [
            (i, p, j)
            for i, p, j in facts
            if p in _WEIGHTS and not related[frozenset((i, j))].intersection(_livelier(p))
        ]
        self.told = [0] * len(scene.things)

    def fact(self, fits: Callable[[Relation], bool] | None = None) -> Relation | None:
        """Returns a random fact that fits, now told; None where there is none."""
        facts = [f for f in self.facts if fits is None or fits(f)]
        if not facts:
            return None
        weights = np.array([_WEIGHTS[p] / (1 + 2 * self.told[i] + self.told[j]) for i, p, j in facts])
        fact = facts[int(self.rng.choice(len(facts), p=weights / weights.sum()))]
        self.tell(fact[0], fact[2])
        return fact

    def another(self, i: int, but: Relation) -> Relation | None:
        """Returns a fact with i as its subject, of a thing and a predicate that `but` has not."""
        return self.fact(lambda f: f[0] == i and f[2] not in (but[0], but[2]) and f[1] != but[1])

    def tell(self, *things: int) -> None:
        for i in things:
            self.told[i] += 1

    def least_told(self, things: Sequence[int], count: int = 1) -> list[int]:
        """Returns the `count` things that were talked about least, now told; ties at random."""
        chosen = sorted(things, key=lambda i: (self.told[i], self.rng.random()))[:count]
        self.tell(*chosen)
        return chosen
