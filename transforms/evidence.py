"""What an image's own captions say, indexed so that any phrase is judged against it in constant time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache
from itertools import combinations

from schemas.claims import Fact, Thing
from transforms.conflicts import attribute_conflict
from transforms.people import person, worn
from transforms.phrases import CaptionContent
from transforms.quantities import at_least

_DOUBLED = re.compile(r"(?:[^aeiou]|qu)*[aeiou][bdgklmnprt]")  # one short syllable: sit, swim, run
PEOPLE = "people"  # the plural that has no singular of its own


class Evidence:
    """P(I): the things and facts that the captions of one image claim, and what they deny."""

    def __init__(self, captions: Iterable[CaptionContent]) -> None:
        self.things: defaultdict[str, list[Thing]] = defaultdict(list)  # head -> what is said of such things
        self.predicates: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # (subject, object)
        self.subjects: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # (predicate, object)
        self.objects: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # (subject, predicate)
        self.denied_heads: set[str] = set()
        self.denied_facts: set[Fact] = set()
        self.several: set[str] = set()  # heads that some caption counts as more than one, or names twice
        self.captions = list(captions)
        for caption in self.captions:
            self._add(caption)
        self.heads = frozenset(self.things)
        self.several.update(head for head, things in self.things.items() if _disagree(things))
        if self._several_people():
            # One of them is in red, and another, whose clothes nobody mentions, may be in blue.
            self.several.update(filter(worn, self.heads))

    def _several_people(self) -> bool:
        """Whether some caption tells of more than one person."""
        people = set(filter(person, self.heads))
        if people & (self.several | {PEOPLE}):
            return True
        return any(len(people & {c.head for c in said.contents if isinstance(c, Thing)}) > 1 for said in self.captions)

    def _add(self, caption: CaptionContent) -> None:
        named: set[str] = set()
        for content in caption.contents:
            if isinstance(content, Thing):
                self.things[content.head].append(content)
                if content.head in named or at_least(content.quantity) > 1:
                    self.several.add(content.head)
                named.add(content.head)
            else:
                self.predicates[content.subject, content.object].add(content.predicate)
                self.subjects[content.predicate, content.object].add(content.subject)
                self.objects[content.subject, content.predicate].add(content.object)
        for content in caption.denied:
            if isinstance(content, Fact):
                self.denied_facts.add(content)
            elif not content.attributes:
                self.denied_heads.add(content.head)

    @cached_property
    def doings(self) -> dict[str, frozenset[str]]:
        """The -ing form of what each head does: "man ride horse" says that a man is riding."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for (subject, _), predicates in self.predicates.items():
            found[subject].update(doing(predicate.split(" ", 1)[0]) for predicate in predicates)
        return {head: frozenset(words) for head, words in found.items()}


def _disagree(things: list[Thing]) -> bool:
    """Whether no single thing can be all that is said: a tall woman and a short woman are two."""
    values = sorted(frozenset[str]().union(*(thing.attributes for thing in things)))
    return any(attribute_conflict(left, right) for left, right in combinations(values, 2))


@lru_cache(4096)
def doing(verb: str) -> str:
    """Returns the -ing form of a base form by spelling alone: "ride" -> "riding", "sit" -> "sitting"."""
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    return verb + (verb[-1:] if _DOUBLED.fullmatch(verb) else "") + "ing"
