"""What phrases claim: contents that can be compared, whatever caption they come from."""

from __future__ import annotations

from typing import NamedTuple


class Thing(NamedTuple):
    """What an object phrase claims: there is a `head` that has all the attributes."""

    head: str
    attributes: frozenset[str]
    lacking: frozenset[str]  # attributes that the caption denies: "not empty"
    quantity: str | None


class Fact(NamedTuple):
    """What a triple claims: some `subject` is in this relation to some `object`."""

    subject: str
    predicate: str
    object: str


Content = Thing | Fact
