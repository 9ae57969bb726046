"""What a predicate also says: from the other thing's side, in a mirror, and as part of a longer one."""

from __future__ import annotations

import re
from functools import lru_cache

# Said of two things either way round, with or without a verb before it.
SYMMETRIC = ("near", "close to", "next to", "beside", "by", "adjacent to", "alongside")
CONVERSES = {
    "in front of": "behind",
    "behind": "in front of",
    "above": "below",
    "over": "under",
    "under": "above",
    "below": "above",
}
# What a verb before it leaves true: who sits on something is on it.
PLAIN = frozenset(
    {*SYMMETRIC, *CONVERSES, "on", "on top of", "in", "inside", "left of", "right of", "between", "around", "against"}
)
_SIDE = re.compile(r"\b(?:left|right)\b")


def mirrored(predicate: str) -> str:
    """Returns what the predicate is in a mirror: "to the left of" -> "to the right of"."""
    return _SIDE.sub(lambda side: "left" if side[0] == "right" else "right", predicate)


@lru_cache(maxsize=1 << 12)
def converse(predicate: str) -> str | None:
    """Returns what holds between object and subject where the predicate holds between subject and object, as far as
    place alone says so: "behind" -> "in front of"; None where it says nothing ("ride", "sit on")."""
    if predicate in CONVERSES:
        return CONVERSES[predicate]
    if any(predicate == place or predicate.endswith(" " + place) for place in SYMMETRIC):
        return predicate if predicate in SYMMETRIC else _tail(predicate)
    return mirrored(predicate) if _SIDE.search(predicate) and predicate.endswith(" of") else None


def implies(predicate: str, other: str) -> bool:
    """Whether who says the predicate says the other too: "stand near" and "near", "on the left of" and "left of"."""
    return predicate == other or (other in PLAIN and predicate.endswith(" " + other))


def _tail(predicate: str) -> str:
    return next(place for place in SYMMETRIC if predicate.endswith(" " + place))
