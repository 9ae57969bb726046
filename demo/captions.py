"""Five captions of a scene: each says another part of it, in another construction, with its phrases marked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from demo import clauses, listings
from demo.nouns import Speaker
from demo.topics import Topics
from demo.wording import SaidCaption, Words, assemble
from demo.world import Scene

_CONSTRUCTIONS: dict[Callable[[Speaker, Topics], Words | None], float] = {
    clauses.simple: 14,
    clauses.fragment: 16,
    clauses.passive: 8,
    clauses.relative: 9,
    clauses.object_relative: 3,
    clauses.chain: 10,
    clauses.both_verbs: 9,
    clauses.two_clauses: 10,
    clauses.shared: 6,
    clauses.fronted: 6,
    listings.listing: 8,
    listings.counted: 10,
    listings.copular: 6,
    listings.acting: 4,
    listings.absent_kind: 1,
    listings.without: 2,
    listings.unlike: 1,
}


def describe(scene: Scene, rng: np.random.Generator, count: int = 5) -> list[SaidCaption]:
    """Returns `count` different captions of the scene."""
    speaker, topics = Speaker(scene, rng), Topics(scene, rng)
    constructions = list(_CONSTRUCTIONS)
    weights = np.array(list(_CONSTRUCTIONS.values()))
    captions: dict[str, SaidCaption] = {}
    used: list[int] = []
    while len(captions) < count:
        fresh = np.where(np.isin(np.arange(len(weights)), used), 0.2, 1.0) * weights
        choice = int(rng.choice(len(constructions), p=fresh / fresh.sum()))
        words = constructions[choice](speaker, topics)
        if words is None:
            continue
        caption = assemble(words, "." if rng.random() < 0.8 else "")
        captions.setdefault(caption.text, caption)
        used.append(choice)
    return list(captions.values())
