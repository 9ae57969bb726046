"""Phrases and their truth: `is_true` decides any phrase against any scene.

The world is closed: what a scene's truth does not contain is false. A number counts exactly ("two red balls" is
false of three); a relation holds if some pair of the named kinds has it; a negated relation holds if some subject
has it to no such object.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from demo.lexicon import (
    ANIMATE,
    AT_LEAST,
    ATTRIBUTE_WORDS,
    CLOTHES,
    HEADS,
    PAIRS,
    PLACES,
    POSE_WORDS,
    POSTURES,
    PREDICATES,
    QUANTITIES,
    VEHICLES,
)
from demo.world import Scene, Thing, relations


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing as a caption names it."""

    head: str  # singular noun: "couch", "person", "park"
    attributes: tuple[str, ...] = ()  # as said: "big", "dotted", "running"
    without: tuple[str, ...] = ()  # attributes the caption denies
    quantity: str | None = None  # "two", "2", "several", "pair", "no"; None for a, an, the


@dataclass(frozen=True, slots=True)
class Phrase:
    """An object phrase (no predicate) or a triple."""

    subject: Mention
    predicate: str | None = None  # base form with particle or preposition: "chase", "sit on", "in front of"
    object: Mention | None = None
    negated: bool = False

    @property
    def text(self) -> str:
        words = [_text(self.subject)]
        if self.predicate is not None and self.object is not None:
            words += [("not " if self.negated else "") + self.predicate, _text(self.object)]
        return " ".join(words)

    def to_json(self) -> dict[str, Any]:
        """Returns the phrase as plain containers; `from_json` reads them."""

        def mention(m: Mention) -> dict[str, Any]:
            return {
                "head": m.head,
                "attributes": list(m.attributes),
                "without": list(m.without),
                "quantity": m.quantity,
            }

        record: dict[str, Any] = {"text": self.text, "subject": mention(self.subject)}
        if self.predicate is not None and self.object is not None:
            record |= {"predicate": self.predicate, "object": mention(self.object), "negated": self.negated}
        return record


def from_json(record: dict[str, Any]) -> Phrase:
    """Returns the phrase that `Phrase.to_json` wrote."""

    def mention(m: dict[str, Any]) -> Mention:
        return Mention(m["head"], tuple(m["attributes"]), tuple(m["without"]), m["quantity"])

    if "predicate" not in record:
        return Phrase(mention(record["subject"]))
    return Phrase(mention(record["subject"]), record["predicate"], mention(record["object"]), record["negated"])


def _text(m: Mention) -> str:
    return " ".join([*([m.quantity] if m.quantity else []), *m.attributes, *("not " + a for a in m.without), m.head])


def _has(thing: Thing, attribute: str) -> bool:
    if attribute in POSE_WORDS:
        return thing.posture == POSE_WORDS[attribute]
    if attribute not in ATTRIBUTE_WORDS:
        raise ValueError(f"the demo world has no attribute {attribute!r}")
    return ATTRIBUTE_WORDS[attribute] in thing.attributes


def _fits(thing: Thing, mention: Mention) -> bool:
    return all(_has(thing, a) for a in mention.attributes) and not any(_has(thing, a) for a in mention.without)


def _named(mention: Mention, scene: Scene) -> list[int]:
    """Returns the things of the scene that a mention is true of; of clothes, the people who wear them."""
    if mention.head in CLOTHES.values():
        return [i for i, t in enumerate(scene.things) if CLOTHES.get(t.kind) == mention.head and _fits(t, mention)]
    if mention.head not in HEADS:
        raise ValueError(f"the demo world has no noun {mention.head!r}")
    return [i for i, t in enumerate(scene.things) if t.kind in HEADS[mention.head] and _fits(t, mention)]


def _counted(quantity: str | None, count: int) -> bool:
    if quantity is None:
        return count > 0
    if quantity in PAIRS:
        return count == 2
    if quantity in AT_LEAST:
        return count >= AT_LEAST[quantity]
    if quantity in QUANTITIES:
        return count == QUANTITIES[quantity]
    if quantity.isdecimal():
        return count == int(quantity)
    raise ValueError(f"the demo world has no quantity {quantity!r}")


def _poised(thing: Thing, posture: str) -> bool:
    if thing.kind in ANIMATE:
        return thing.posture == posture
    if posture == "park":
        return thing.kind in VEHICLES
    if posture == "float":
        return thing.kind == "balloon"
    return posture in ("stand", "sit", "lie")


def _relates(predicate: str, scene: Scene) -> Callable[[int, int], bool]:
    """Returns whether subject i has the predicate to object j."""
    found = relations(scene)
    if predicate in PREDICATES:
        canonical = PREDICATES[predicate]
        return lambda i, j: (i, canonical, j) in found
    posture, _, place = predicate.partition(" ")
    if posture not in POSTURES or place not in PREDICATES:
        raise ValueError(f"the demo world has no predicate {predicate!r}")
    where = PREDICATES[place]
    return lambda i, j: (i, where, j) in found and _poised(scene.things[i], posture)


def is_true(phrase: Phrase, scene: Scene) -> bool:
    """Returns whether the phrase is true of the scene; ValueError where a word is not of this world."""
    if phrase.predicate is None or phrase.object is None:
        if phrase.subject.head in PLACES:
            return PLACES[phrase.subject.head] == scene.setting
        return _counted(phrase.subject.quantity, len(_named(phrase.subject, scene)))
    subjects, target = _named(phrase.subject, scene), phrase.object
    if target.head in PLACES:
        related = [bool(PLACES[target.head] == scene.setting and phrase.predicate in ("in", "on", "at"))] * len(
            subjects
        )
    elif target.head in CLOTHES.values():
        worn = phrase.predicate in ("in", "wear", "with")
        related = [worn and i in _named(target, scene) for i in subjects]
    else:
        relates, objects = _relates(phrase.predicate, scene), _named(target, scene)
        related = [any(relates(i, j) for j in objects if i != j) for i in subjects]
    return any(held != phrase.negated for held in related)
