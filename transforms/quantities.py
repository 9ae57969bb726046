"""What quantity words say: exact numbers, "several", or nothing."""

from __future__ import annotations

from functools import lru_cache

_NUMBERS = {
    **{"no": 0, "zero": 0, "none": 0, "one": 1, "single": 1, "lone": 1, "solo": 1, "two": 2, "pair": 2, "couple": 2},
    **{"both": 2, "three": 3, "trio": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
}
_SEVERAL = {"some": 2, "few": 2, "several": 3, "many": 4}  # the least that each can mean; anything else vague means 2
_ONE_EACH = frozenset(
    {"piece", "slice", "type", "kind", "sort", "part", "pair", "cup", "glass", "bottle", "body", "bit"}
)


@lru_cache(4096)
def exact(quantity: str | None) -> int | None:
    """Returns the number that a quantity states, None if it states none: "2", "two", "pair of" -> 2."""
    if quantity is None:
        return None
    if quantity.isdecimal():
        return int(quantity)
    words = quantity.split()
    if not words or words[0] in ("other", "next"):
        return None
    return _NUMBERS.get(words[-2] if words[-1] == "of" and len(words) > 1 else words[-1])


@lru_cache(4096)
def at_least(quantity: str | None) -> int:
    """Returns how many there are at least: "2" -> 2, "several" -> 3, "group of" -> 2, None -> 1."""
    number = exact(quantity)
    if number is not None:
        return number
    if quantity is None or any(word in _ONE_EACH for word in quantity.split()):
        return 1
    return max((_SEVERAL.get(word, 0) for word in quantity.split()), default=0) or 2


def quantity_entails(said: str | None, asked: str | None) -> bool:
    """Whether things counted as `said` are truly counted as `asked`; no count is true of any number above none."""
    if asked is None or said == asked:
        return True
    number = exact(asked)
    if number is not None:
        return exact(said) == number
    return said is not None and at_least(said) >= at_least(asked)
