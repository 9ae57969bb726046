"""What regions are called."""

from __future__ import annotations

from collections.abc import Sequence

LIKELY = 0.5  # score from which an attribute is named


def object_name(names: Sequence[str], number: int) -> str:
    """Returns the first synonym of a name, "" where there is none of that number: "couch,sofa" -> "couch"."""
    return names[number].split(",")[0].strip() if 0 <= number < len(names) else ""


def attribute_names(names: Sequence[str], numbers: Sequence[int], scores: Sequence[float]) -> str:
    """Returns the names of the attributes that a region likely has, best first, between blanks."""
    likely = (object_name(names, i) for i, score in zip(numbers, scores, strict=True) if score >= LIKELY)
    return " ".join(filter(None, likely))
