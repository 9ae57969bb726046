"""The phrases of a caption: what labels are given to.

A phrase is an object with its attributes and quantity, or a triple of heads. What the caption denies ("no people",
"a man without a hat", "a dog that is not running") is never a phrase; it is kept apart as evidence against.
"""

from __future__ import annotations

from collections.abc import Iterator
from sys import intern
from typing import NamedTuple

from schemas.claims import Content, Fact, Thing
from schemas.records import Phrase, SceneGraph, Span, TextObject, TextRelation

NONE_OF_IT = frozenset({"no", "0", "zero", "none"})  # quantities that say the object is not there
LACKING = frozenset({"without", "be without", "lack", "miss"})  # predicates that say their object is not there


class CaptionContent(NamedTuple):
    """A caption's phrases with what each claims, and what the caption denies."""

    caption_id: str
    phrases: tuple[Phrase, ...]
    contents: tuple[Content, ...]  # contents[i] is what phrases[i] claims
    denied: tuple[Content, ...]


def phrases(caption_id: str, graph: SceneGraph) -> tuple[Phrase, ...]:
    """Returns the phrases that the caption claims: its objects in order, then its triples in order."""
    return read_caption(caption_id, graph).phrases


def read_caption(caption_id: str, graph: SceneGraph) -> CaptionContent:
    """Returns the caption's phrases with what each claims, and what the caption denies."""
    things = [_thing(item) for item in graph.objects]
    facts = [Fact(things[r.subject].head, intern(r.predicate), things[r.object].head) for r in graph.relations]
    missing = frozenset(_missing_objects(graph))
    found: list[Phrase] = []
    contents: list[Content] = []
    denied: list[Content] = [Thing(things[i].head, things[i].attributes, frozenset(), None) for i in sorted(missing)]
    for item, thing in zip(graph.objects, things, strict=True):
        if item.id not in missing:
            found.append(Phrase("object", phrase_text(thing), caption_id, (item.id,), -1, thing_span(item)))
            contents.append(thing)
    for index, (relation, fact) in enumerate(zip(graph.relations, facts, strict=True)):
        if _claimed(relation, missing):
            ends = (relation.subject, relation.object)
            span = _cover(relation.span, *(graph.objects[i].span for i in ends))
            found.append(Phrase("relation", phrase_text(fact), caption_id, ends, index, span))
            contents.append(fact)
        elif relation.negated:
            denied.append(fact)
    return CaptionContent(caption_id, tuple(found), tuple(contents), tuple(denied))


def _thing(item: TextObject) -> Thing:
    # A corpus says the same few thousand words over and over: one copy of each is kept.
    return Thing(
        intern(item.head.lower()),
        frozenset(intern(a.value) for a in item.attributes if not a.negated),
        frozenset(intern(a.value) for a in item.attributes if a.negated),
        item.quantity,
    )


def _missing_objects(graph: SceneGraph) -> Iterator[int]:
    """Yields the objects whose existence the caption denies: "no chair", "without a hat"."""
    for item in graph.objects:
        if item.quantity in NONE_OF_IT:
            yield item.id
    for relation in graph.relations:
        if (relation.predicate in LACKING and not relation.negated) or (
            relation.negated and relation.predicate in _EXISTENCE
        ):
            yield relation.object


_EXISTENCE = frozenset({"have", "with", "wear", "carry", "hold"})  # denied, they leave the object nowhere


def _claimed(relation: TextRelation, missing: frozenset[int]) -> bool:
    return not relation.negated and relation.subject not in missing and relation.object not in missing


def phrase_text(content: Content) -> str:
    """Returns the canonical words of what a phrase claims: "2 red ball", "man ride horse"."""
    if isinstance(content, Fact):
        return " ".join(content)
    words = [content.quantity] if content.quantity else []
    words += [f"not {value}" for value in sorted(content.lacking)]
    return " ".join([*words, *sorted(content.attributes), content.head])


def thing_span(item: TextObject) -> Span:
    """Returns the token span of an object with its attributes."""
    return _cover(item.span, *(attribute.span for attribute in item.attributes))


def _cover(*spans: Span) -> Span:
    """Returns the smallest span over all the non-empty spans."""
    solid = [span for span in spans if span[0] < span[1]] or list(spans)
    return min(start for start, _ in solid), max(end for _, end in solid)
