"""Labels of phrases as numbers, everywhere in this package: above 0 true of the photo, below 0 false, 0 unknown."""

from __future__ import annotations

POSITIVE, NEGATIVE, UNKNOWN = 1, -1, 0
LABELS = {"positive": POSITIVE, "negative": NEGATIVE, "unknown": UNKNOWN}  # by their names in the shards
