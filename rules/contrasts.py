"""Two captions that say the same but for one word: what differs is what one of them excludes.

"A woman kicks a soccer ball" leaves open whether a man does too; but beside "a man kicks a soccer ball", said of the
photo, it is a claim about the same kick. So a caption is held against each caption of the image, and where all that is
new in it comes from one replaced head, or from the same heads with attributes or relations put otherwise, the new
phrases are held to be false, unless the words may mean the same.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import Literal, Protocol

from schemas.claims import Content, Fact, Thing

SHARED = 2  # phrases that a minimal pair has in common
MANY = 3  # phrases that captions have in common that are plainly versions of one another

Contrast = Literal["replaced_head", "replaced_attribute", "replaced_relation", "replaced_count"]


class Words(Protocol):
    """What is known of words. The tables that answer are those of the transforms, or what they wrote beside shards."""

    def alike(self, head: str, other: str) -> bool:
        """Whether two heads may name the same thing."""

    def near(self, sort: Literal["head", "attribute", "predicate"], word: str) -> Container[str]:
        """Returns the words that are listed as perhaps meaning what `word` means."""

    def vague(self, head: str) -> bool:
        """Whether the head may stand for nearly anything."""

    def last_word(self, head: str) -> str:
        """Returns the last word of a compound, which says what the thing is; the whole where it does not."""

    def attribute_conflict(self, left: str, right: str) -> str | None:
        """Returns why one thing cannot have both attributes, None if it can."""

    def family_of(self, attribute: str) -> str | None:
        """Returns what kind of attribute it is, None if it is of none that excludes anything."""

    def symmetric(self, predicate: str) -> bool:
        """Whether "a predicate b" says the same as "b predicate a"."""

    def predicates_alike(self, left: str, right: str) -> bool:
        """Whether two predicates share their verb or their place and differ in nothing that excludes."""


def contrasts(
    asked: Sequence[Content], said: Sequence[Content], words: Words, heads: frozenset[str]
) -> Iterator[tuple[Content, Contrast]]:
    """Yields the phrases of `asked` that `said`, a caption of the image, excludes by saying the same in other words.

    `heads` are all the heads said of the image: what may name the new head must also name the one in its place.
    """
    new = [content for content in asked if content not in said]
    old = [content for content in said if content not in asked]
    if not new or not old or len(old) > len(new) + 1:
        return
    # A minimal pair: as much is new as is gone, beside more than one thing that is shared.
    minimal = len(old) == len(new) and len(asked) - len(new) >= SHARED
    new_heads, old_heads = _heads(asked) - _heads(said), _heads(old) - _heads(asked)
    if len(new_heads) == 1:
        (head,) = new_heads
        if not minimal:
            old_heads = {o for o in old_heads if all(words.alike(o, h) for h in heads if words.alike(head, h))}
        if any(_only_renamed(new, head, other, said, words) for other in sorted(old_heads)) or (
            head not in heads and _one_for_another(asked, said, new, old, words)
        ):
            yield from ((content, "replaced_head") for content in new)
            return
    elif not new_heads and len(new) < len(asked):
        found = [(content, _otherwise(content, old, words, minimal)) for content in new if not _less(content, old)]
        if minimal or all(reason for _, reason in found):
            yield from ((content, reason) for content, reason in found if reason)
    if new_heads:
        yield from _exchanged_modifiers(asked, said, words)


def _exchanged_modifiers(
    asked: Sequence[Content], said: Sequence[Content], words: Words
) -> Iterator[tuple[Content, Contrast]]:
    """Yields the things that took another's modifier: "circus horse, white tent" of "white horse, circus tent"."""
    before = [_taken_apart(content, words) for content in said]
    after = [_taken_apart(content, words) for content in asked]
    if _heads(before) != _heads(after):
        return
    old = [content for content in before if content not in after]
    for content, plain in zip(asked, after, strict=True):
        if plain not in before and isinstance(plain, Thing):
            reason = _otherwise(plain, old, words, False)
            if reason:
                yield content, reason


def _taken_apart(content: Content, words: Words) -> Content:
    """Returns the content with each compound as its last word, what comes before it as an attribute."""
    if isinstance(content, Fact):
        return Fact(words.last_word(content.subject), content.predicate, words.last_word(content.object))
    last = words.last_word(content.head)
    if last == content.head:
        return content
    return content._replace(head=last, attributes=content.attributes | {content.head[: -len(last) - 1]})


def _one_for_another(
    asked: Sequence[Content], said: Sequence[Content], new: list[Content], old: list[Content], words: Words
) -> bool:
    """Whether two captions that share enough differ in one thing each, which cannot be the same thing."""
    (head,), gone = _heads(asked) - _heads(said), _heads(said) - _heads(asked)
    if len(gone) != 1:
        return False
    (other,) = gone
    if _maybe_same(head, other, words):
        return False
    shared = sum(_claims(content) for content in asked if content not in new)
    if shared < SHARED or not all(_about(c, head) for c in new) or not all(_about(c, other) for c in old):
        return False
    # The parse may hang them on different words, but they stand in one place of one relation.
    return shared >= MANY or bool(_slots(new, head) & _slots(old, other))


def _claims(content: Content) -> int:
    """Returns how much a phrase says: a thing with two attributes is more to have in common than a bare one."""
    return 1 if isinstance(content, Fact) else 1 + len(content.attributes) + (content.quantity is not None)


def _slots(contents: list[Content], head: str) -> set[tuple[int, str]]:
    """Returns the places, of subject or object of a predicate, in which the head stands."""
    facts = [content for content in contents if isinstance(content, Fact)]
    return {(i, fact.predicate) for fact in facts for i in (0, 2) if fact[i] == head}


def _about(content: Content, head: str) -> bool:
    return content.head == head if isinstance(content, Thing) else head in (content.subject, content.object)


def _maybe_same(head: str, other: str, words: Words) -> bool:
    """Whether two heads may name one thing; where all else agrees, "beach road" is not what "mountain road" is."""
    if " " in head and " " in other and head.rsplit(" ", 1)[-1] == other.rsplit(" ", 1)[-1]:
        return head == other or other in words.near("head", head)
    return words.vague(head) or words.vague(other) or words.alike(head, other) or words.alike(other, head)


def _heads(contents: Sequence[Content]) -> set[str]:
    return {content.head for content in contents if isinstance(content, Thing)}


def _only_renamed(new: list[Content], head: str, other: str, said: Sequence[Content], words: Words) -> bool:
    """Whether all that is new is said of `other` in place of `head`."""
    if _maybe_same(head, other, words):
        return False
    for content in new:
        if isinstance(content, Fact):
            if Fact(*(other if part == head else part for part in content)) not in said:
                return False
        elif content.head != head:
            return False
    if any(isinstance(content, Fact) for content in new):
        return True
    # Without a relation to hold them together, the descriptions themselves must agree.
    return all(isinstance(content, Thing) and content._replace(head=other) in said for content in new)


def _less(content: Content, old: list[Content]) -> bool:
    """Whether the content says of a thing only less than the image's caption does: "boy" for "2 small boys"."""
    return isinstance(content, Thing) and any(
        content.head == thing.head and content.attributes <= thing.attributes and content.lacking <= thing.lacking
        for thing in old
        if isinstance(thing, Thing) and content.quantity in (None, thing.quantity)
    )


def _otherwise(content: Content, old: list[Content], words: Words, minimal: bool) -> Contrast | None:
    """Returns how the image's caption puts the same heads otherwise, None if it does not."""
    if isinstance(content, Fact):
        for fact in old:
            if not isinstance(fact, Fact):
                continue
            if minimal and _other_filler(content, fact, words):
                return "replaced_head"
            if {content.subject, content.object} != {fact.subject, fact.object}:
                continue
            swapped = content.predicate == fact.predicate and not words.symmetric(content.predicate)
            loose = any(words.symmetric(p) or p == "have" for p in (content.predicate, fact.predicate))
            near = content.predicate in words.near("predicate", fact.predicate)
            if swapped or not (loose or near or words.predicates_alike(content.predicate, fact.predicate)):
                return "replaced_relation"
        return None
    for thing in old:
        if isinstance(thing, Thing) and thing.head == content.head:
            gained, lost = content.attributes - thing.attributes, thing.attributes - content.attributes
            if gained and lost and all(_may_exclude(value, other, words) for value in gained for other in lost):
                return "replaced_attribute"
            if not gained and content.quantity and thing.quantity and content.quantity != thing.quantity:
                return "replaced_count"
            others = [other for other in old if isinstance(other, Thing) and other is not thing]
            elsewhere = {value for other in others for value in other.attributes}
            if gained and gained <= elsewhere:
                return "replaced_attribute"
            # A count that was taken from another thing: "2 boys, dog" for "boy, 2 dogs".
            if not gained and content.quantity and any(other.quantity == content.quantity for other in others):
                return "replaced_count"
    return None


def _other_filler(content: Fact, fact: Fact, words: Words) -> bool:
    """Whether two facts differ in just one end, which cannot be the same thing."""
    if content.predicate != fact.predicate or (content.subject != fact.subject) == (content.object != fact.object):
        return False
    ends = ((content.subject, fact.subject), (content.object, fact.object))
    return any(left != right and not _maybe_same(left, right, words) for left, right in ends)


def _may_exclude(value: str, other: str, words: Words) -> bool:
    """Whether two attributes can stand for one another's denial: not if they mean the same or are of two dimensions."""
    if value in words.near("attribute", other):
        return False
    family, other_family = words.family_of(value), words.family_of(other)
    return family is None or other_family is None or words.attribute_conflict(value, other) is not None
