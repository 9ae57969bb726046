"""Which images a page shows: all of few, else some of each kind, drawn by the hash of their ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from report.statistics import Place, Statistics
from schemas.records import DeadLetter
from schemas.sharding import row_key

LIMIT = 2_000  # images a page shows at most
SHARE = 4  # at most one in so many is shown for being of one kind
SALT = "report"  # another order than that of the shards

Kind = Literal["rejected", "suspicious", "rare"]
KINDS: tuple[Kind, ...] = ("rejected", "suspicious", "rare")


@dataclass(frozen=True, slots=True)
class Chosen:
    place: Place
    why: Mapping[Kind, str]  # what makes it one of the kind; empty for most


def choose(total: Statistics, letters: Mapping[str, DeadLetter], limit: int = LIMIT) -> list[Chosen]:
    """Returns the images to show, in the order of their ids' hash: the same for the same data set."""
    places = sorted(total.places, key=lambda place: (row_key(SALT, place.image_id), place.image_id))
    all_chosen = [Chosen(place, reasons(total, place, letters)) for place in places]
    if len(all_chosen) <= limit:
        return all_chosen
    kept: set[str] = set()
    for kind in KINDS:
        of_kind = [one.place.image_id for one in all_chosen if kind in one.why and one.place.image_id not in kept]
        kept.update(of_kind[: limit // SHARE])
    for one in all_chosen:
        if len(kept) == limit:
            break
        kept.add(one.place.image_id)
    return [one for one in all_chosen if one.place.image_id in kept]


def reasons(total: Statistics, place: Place, letters: Mapping[str, DeadLetter]) -> dict[Kind, str]:
    """Returns which kinds an image is of, and why."""
    found: dict[Kind, str] = {}
    if place.image_id in letters:
        letter = letters[place.image_id]
        found["rejected"] = f"{letter.stage}: {letter.reason}: {letter.detail}"
    if odd := total.odd(place):
        found["suspicious"] = "; ".join(odd)
    if rare := total.rare_words(place):
        found["rare"] = "the only image whose captions name: " + _list(rare)
    return found


def _list(words: Sequence[str], most: int = 5) -> str:
    return ", ".join(words[:most]) + (f" and {len(words) - most} more" if len(words) > most else "")
