"""Two captions that say the same but for one word: what differs is what one of them excludes.

"A woman kicks a soccer ball" leaves open whether a man does too; but beside "a man kicks a soccer ball", said of the
photo, it is a claim about the same kick. So a caption is held against each caption of the image, and where all that is
new in it comes from one replaced head, or from the same heads with attributes or relations put otherwise, the new
phrases are held to be false, unless the words may mean the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from transforms.compatibility import Compatibility
from transforms.conflicts import attribute_conflict, family_of, predicates_alike, symmetric
from transforms.phrases import CaptionContent, Content, Fact, Thing

SHARED = 2  # phrases that a minimal pair has in common

Contrast = Literal["replaced_head", "replaced_attribute", "replaced_relation", "replaced_count"]


def contrasts(
    asked: CaptionContent, said: CaptionContent, words: Compatibility, heads: frozenset[str]
) -> Iterator[tuple[Content, Contrast]]:
    """Yields the phrases of `asked` that `said`, a caption of the image, excludes by saying the same in other words.

    `heads` are all the heads said of the image: what may name the new head must also name the one in its place.
    """
    new = [content for content in asked.contents if content not in said.contents]
    old = [content for content in said.contents if content not in asked.contents]
    if not new or not old or len(old) > len(new) + 1:
        return
    # A minimal pair: as much is new as is gone, beside more than one thing that is shared.
    minimal = len(old) == len(new) and len(asked.contents) - len(new) >= SHARED
    new_heads, old_heads = _heads(asked.contents) - _heads(said.contents), _heads(old) - _heads(asked.contents)
    if len(new_heads) == 1:
        (head,) = new_heads
        if not minimal:
            old_heads = {o for o in old_heads if all(words.alike(o, h) for h in heads if words.alike(head, h))}
        if any(_only_renamed(new, head, other, said, words) for other in sorted(old_heads)):
            yield from ((content, "replaced_head") for content in new)
    elif not new_heads and len(new) < len(asked.contents):
        found = [(content, _otherwise(content, old, words, minimal)) for content in new]
        if minimal or all(reason for _, reason in found):
            yield from ((content, reason) for content, reason in found if reason)


def _heads(contents: tuple[Content, ...] | list[Content]) -> set[str]:
    return {content.head for content in contents if isinstance(content, Thing)}


def _only_renamed(new: list[Content], head: str, other: str, said: CaptionContent, words: Compatibility) -> bool:
    """Whether all that is new is said of `other` in place of `head`."""
    if words.alike(head, other) or words.alike(other, head):
        return False
    for content in new:
        if isinstance(content, Fact):
            if Fact(*(other if part == head else part for part in content)) not in said.contents:
                return False
        elif content.head != head:
            return False
    if any(isinstance(content, Fact) for content in new):
        return True
    # Without a relation to hold them together, the descriptions themselves must agree.
    return all(isinstance(content, Thing) and content._replace(head=other) in said.contents for content in new)


def _otherwise(content: Content, old: list[Content], words: Compatibility, minimal: bool) -> Contrast | None:
    """Returns how the image's caption puts the same heads otherwise, None if it does not."""
    if isinstance(content, Fact):
        for fact in old:
            if not isinstance(fact, Fact):
                continue
            if minimal and _other_filler(content, fact, words):
                return "replaced_head"
            if {content.subject, content.object} != {fact.subject, fact.object}:
                continue
            swapped = content.predicate == fact.predicate and not symmetric(content.predicate)
            vague = symmetric(content.predicate) or symmetric(fact.predicate)
            near = content.predicate in words.near("predicate", fact.predicate)
            if swapped or not (vague or near or predicates_alike(content.predicate, fact.predicate)):
                return "replaced_relation"
        return None
    for thing in old:
        if isinstance(thing, Thing) and thing.head == content.head:
            gained, lost = content.attributes - thing.attributes, thing.attributes - content.attributes
            if gained and lost and all(_may_exclude(value, other, words) for value in gained for other in lost):
                return "replaced_attribute"
            if not gained and content.quantity and thing.quantity and content.quantity != thing.quantity:
                return "replaced_count"
            others = (other for other in old if isinstance(other, Thing) and other is not thing)
            elsewhere = {value for other in others for value in other.attributes}
            if gained and gained <= elsewhere:
                return "replaced_attribute"
    return None


def _other_filler(content: Fact, fact: Fact, words: Compatibility) -> bool:
    """Whether two facts differ in just one end, which cannot be the same thing."""
    if content.predicate != fact.predicate or (content.subject != fact.subject) == (content.object != fact.object):
        return False
    return not words.alike(content.subject, fact.subject) or not words.alike(content.object, fact.object)


def _may_exclude(value: str, other: str, words: Compatibility) -> bool:
    """Whether two attributes can stand for one another's denial: not if they mean the same or are of two dimensions."""
    if value in words.near("attribute", other):
        return False
    family, other_family = family_of(value), family_of(other)
    return family is None or other_family is None or attribute_conflict(value, other) is not None
