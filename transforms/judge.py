"""Is a phrase true of an image, by what the image's captions say? positive, negative, or unknown.

A negative label must be right, so three questions come first: does a caption say it (or something that implies it)?
Does a caption say what excludes it? If neither, is the thing one that captions would not leave out? Only then is
silence taken as absence. Everything else is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from schemas.claims import Content, Fact, Thing
from schemas.records import Label
from transforms.absence import Absence
from transforms.compatibility import Compatibility
from transforms.conflicts import (
    MANY_SUBJECTS,
    attribute_conflict,
    inverse_predicates,
    predicates_exclude,
    symmetric,
    takes_many,
)
from transforms.contrasts import contrasts
from transforms.evidence import PEOPLE, Evidence
from transforms.hypernyms import SPECIFIC, generals, vague
from transforms.people import living
from transforms.phrases import CaptionContent
from transforms.quantities import at_least, exact, quantity_entails
from transforms.reasons import Reason

LOOSE = ("size_conflict", "state_conflict")
SAID, IMPLIED, CONFLICT, UNDECIDED = 0.99, 0.95, 0.9, 0.5
LEFT_OUT = 0.04  # silence is taken as absence of things that captions leave out at most this often
LEFT_OUT_UNEXPECTED = 0.12  # the same, of things that do not go with anything that is said
LEFT_OUT_ELSEWHERE = 0.2  # the same, for a caption that as a whole tells of another scene


class Verdict(NamedTuple):
    label: Label
    reason: Reason
    confidence: float  # in (0, 1]


@dataclass(frozen=True)
class Knowledge:
    """What a corpus teaches about words."""

    compatibility: Compatibility
    absence: Absence


class Judge:
    """Labels phrases with respect to one image."""

    def __init__(self, evidence: Evidence, knowledge: Knowledge) -> None:
        self._said = evidence
        self._words = knowledge.compatibility
        self._absence = knowledge.absence
        self._verdicts: dict[Content, Verdict] = {}
        self._heads: dict[str, tuple[list[str], list[str]]] = {}

    def label(self, content: Content) -> Verdict:
        """Returns the label of what a phrase claims, with its reason and confidence."""
        verdict = self._verdicts.get(content)
        if verdict is None:
            verdict = self._thing(content) if isinstance(content, Thing) else self._fact(content)
            self._verdicts[content] = verdict
        return verdict

    def label_caption(self, caption: CaptionContent) -> list[Verdict]:
        """Returns the label of each phrase of a caption, which as a whole may contrast with one of the image's."""
        excluded: dict[Content, Reason] = {}
        for own in self._said.captions:
            for content, reason in contrasts(caption, own, self._words, self._said.heads):
                excluded.setdefault(content, reason)
        elsewhere = self._elsewhere(caption)
        verdicts = []
        for content in caption.contents:
            verdict = self.label(content)
            if verdict.label == "unknown" and content in excluded:
                verdict = Verdict("negative", excluded[content], CONFLICT)
            elif verdict.label == "unknown" and elsewhere:
                verdict = self._silent(content, LEFT_OUT_ELSEWHERE) or verdict
            verdicts.append(verdict)
        return verdicts

    def _thing(self, asked: Thing) -> Verdict:
        said = self._said
        matched, near = self._named(asked.head)
        if not matched and asked.head in said.denied_heads:
            return Verdict("negative", "denied", SAID)
        if not matched and not near:
            return self._silent(asked) or Verdict("unknown", "often_unmentioned", UNDECIDED)
        true_things = [thing for head in matched for thing in said.things[head]]
        positive = self._claimed(asked, matched, true_things)
        if positive:
            return positive
        things = true_things + [thing for head in near for thing in said.things[head]]
        # Of several such things one may well have what another lacks.
        if not any(head in said.several for head in (*matched, *near)):
            excluded = self._excluded(asked, things)
            if excluded:
                return excluded
        if any(_counts_differ(thing, asked) for thing in true_things):
            return Verdict("negative", "count_conflict", CONFLICT)
        if not matched:
            return Verdict("unknown", "possible_head", UNDECIDED)
        unseen = any(not self._has(things, value) for value in asked.attributes)
        return Verdict("unknown", "attribute_unseen" if unseen or not asked.quantity else "count_unseen", UNDECIDED)

    def _elsewhere(self, caption: CaptionContent) -> bool:
        """Whether the caption tells of another scene: nothing in it is said of the image, most is strange to it."""
        named = [content for content in caption.contents if isinstance(content, Thing)]
        labels = [self.label(thing).label for thing in named]
        strange = sum(
            label == "negative" or self._strange(thing.head) for thing, label in zip(named, labels, strict=True)
        )
        # The thing in question is itself silent, so it counts for nothing.
        return "positive" not in labels and 2 * (strange - 1) > len(named) - 1

    def _strange(self, head: str) -> bool:
        """Whether nothing that is said may name the head or is expected in its company."""
        return not any(self._named(head)) and self._words.associated(head).isdisjoint(self._said.heads)

    def _silent(self, content: Content, most: float | None = None) -> Verdict | None:
        """Returns the verdict that a thing is absent, if nothing said may name it and captions seldom leave it out."""
        for head in (content.head,) if isinstance(content, Thing) else (content.subject, content.object):
            if vague(head) or any(self._named(head)):
                continue
            left_out = self._absence.left_out(head)
            expected = not self._absence.familiar(head) or not self._words.associated(head).isdisjoint(self._said.heads)
            if left_out <= (most or (LEFT_OUT if expected else LEFT_OUT_UNEXPECTED)):
                return Verdict("negative", "absent_head", 1.0 - left_out)
        return None

    def _named(self, head: str) -> tuple[list[str], list[str]]:
        """Returns the heads said of the image that make `head` true, and those that may name the same thing."""
        found = self._heads.get(head)
        if found is None:
            heads = self._said.heads
            true_by = self._words.true_by("head", head) | {head}
            if head == PEOPLE and len(heads & SPECIFIC["person"]) > 1:
                true_by |= SPECIFIC["person"] & self._said.several
            matched = sorted(h for h in heads if h in true_by or head in generals(h))
            near = sorted(h for h in heads if h not in matched and self._words.alike(head, h))
            found = self._heads[head] = matched, near
        return found

    def _claimed(self, asked: Thing, heads: list[str], things: list[Thing]) -> Verdict | None:
        """Returns the positive verdict if one thing that is said has all that is asked."""
        for thing in things:
            if not asked.attributes <= thing.attributes or not asked.lacking <= thing.lacking:
                continue
            if thing.head == asked.head and _counted_as(thing, asked):
                return Verdict("positive", "contained", SAID)
        for thing in things:
            if (
                asked.lacking <= thing.lacking
                and all(self._has([thing], value) for value in asked.attributes)
                and _counted_as(thing, asked)
            ):
                return Verdict("positive", "compatible", IMPLIED)
        one = len(heads) == 1 and heads[0] not in self._said.several
        if one and not asked.quantity and not asked.lacking and all(self._has(things, v) for v in asked.attributes):
            return Verdict("positive", "compatible", IMPLIED)
        return None

    def _has(self, things: Iterable[Thing], value: str) -> bool:
        """Whether something that is said of one of the things says that it is `value`."""
        true_by = self._words.true_by("attribute", value) | {value}
        for thing in things:
            if not true_by.isdisjoint(thing.attributes) or any(a.endswith(" " + value) for a in thing.attributes):
                return True
            doings = self._said.doings.get(thing.head)
            if doings and not true_by.isdisjoint(doings):
                return True
        return False

    def _may_have(self, things: Iterable[Thing], value: str) -> bool:
        near = self._words.near("attribute", value) | {value}
        return any(not near.isdisjoint(thing.attributes) for thing in things) or self._has(things, value)

    def _excluded(self, asked: Thing, things: list[Thing]) -> Verdict | None:
        """Returns the negative verdict if what is said of the things excludes an attribute that is asked."""
        for value in sorted(asked.attributes):
            if self._has(things, value):
                continue
            if any(value in thing.lacking for thing in things):
                return Verdict("negative", "denied", SAID)
            reasons = sorted(
                reason
                for thing in things
                for other in thing.attributes
                # What is blue may be blue and silver.
                if (reason := attribute_conflict(value, other))
                and other not in asked.attributes
                and other not in self._words.near("attribute", value)
            )
            if not reasons:
                continue
            # Sizes and states are said in passing and change: a thing named without one may be another thing.
            if reasons[0] in LOOSE and not all(any(attribute_conflict(value, a) for a in t.attributes) for t in things):
                continue
            return Verdict("negative", reasons[0], CONFLICT)
        return None

    def _fact(self, asked: Fact) -> Verdict:
        said = self._said
        subjects, _ = self._named(asked.subject)
        objects, _ = self._named(asked.object)
        for subject in subjects:
            for object_ in objects:
                reason = self._related(subject, asked.predicate, object_)
                if reason:
                    return Verdict("positive", reason, IMPLIED)
        if asked in said.denied_facts:
            return Verdict("negative", "denied", SAID)
        for head in (asked.subject, asked.object):
            if head in said.denied_heads and not any(self._named(head)):
                return Verdict("negative", "denied", SAID)
        silent = self._silent(asked)
        if silent:
            return silent
        if self._swapped(subjects, asked.predicate, objects):
            return Verdict("negative", "roles_swapped", CONFLICT)
        several = any(h in said.several for head in (asked.subject, asked.object) for h in chain(*self._named(head)))
        if subjects and objects and not several and self._other_relation(subjects, asked.predicate, objects):
            return Verdict("negative", "relation_conflict", CONFLICT)
        closed = not subjects and asked.predicate not in MANY_SUBJECTS
        if closed and self._taken(asked.subject, (said.subjects.get((asked.predicate, o)) for o in objects)):
            return Verdict("negative", "other_subject", CONFLICT)
        closed = not objects and not takes_many(asked.predicate)
        if closed and self._taken(asked.object, (said.objects.get((s, asked.predicate)) for s in subjects)):
            return Verdict("negative", "other_object", CONFLICT)
        return Verdict("unknown", "relation_unseen" if subjects and objects else "possible_head", UNDECIDED)

    def _taken(self, head: str, fillers: Iterable[set[str] | None]) -> bool:
        """Whether the captions put other things in the place where `head` is asked, and it is not there as another."""
        found = {filler for heads in fillers for filler in heads or ()}
        if not found or vague(head) or any(vague(filler) or self._words.alike(head, filler) for filler in found):
            return False
        _, near = self._named(head)
        return all(any(self._words.alike(filler, other) for filler in found) for other in near)

    def _other_relation(self, subjects: list[str], predicate: str, objects: list[str]) -> bool:
        """Whether the captions put the two in a relation that excludes this one, and in none that is near it."""
        said = self._said.predicates
        between = {p for s in subjects for o in objects for p in said.get((s, o), ())}
        if not between or predicate in between or not self._words.near("predicate", predicate).isdisjoint(between):
            return False
        alive = all(map(living, subjects))
        return any(predicates_exclude(predicate, p, living=alive) for p in between)

    def _related(self, subject: str, predicate: str, object_: str) -> Reason | None:
        """Returns why the relation holds by what is said of just these two heads, None if it is not said."""
        there = self._said.predicates.get((subject, object_), set())
        back = self._said.predicates.get((object_, subject), set())
        if predicate in there:
            return "contained"
        if not self._words.true_by("predicate", predicate).isdisjoint(there):
            return "compatible"
        if not inverse_predicates(predicate).isdisjoint(back) or (symmetric(predicate) and predicate in back):
            return "inverse"
        return None

    def _swapped(self, subjects: list[str], predicate: str, objects: list[str]) -> bool:
        """Whether the captions say the relation with subject and object exchanged, and it has a direction."""
        if symmetric(predicate) or not set(subjects).isdisjoint(objects):
            return False
        pairs = [(s, o) for s in subjects for o in objects]
        several = any(head in self._said.several for head in (*subjects, *objects))
        return not several and any(predicate in self._said.predicates.get((o, s), ()) for s, o in pairs)


def _counted_as(thing: Thing, asked: Thing) -> bool:
    """Whether the count that is said covers the count that is asked; exact numbers count things of one description."""
    if exact(asked.quantity) is not None and thing.attributes != asked.attributes:
        return False
    return quantity_entails(thing.quantity, asked.quantity)


def _counts_differ(thing: Thing, asked: Thing) -> bool:
    """Whether both count things of one description, with different exact numbers, or fewer than is asked."""
    number, wanted = exact(thing.quantity), exact(asked.quantity)
    if thing.attributes != asked.attributes or number is None or asked.quantity is None:
        return False
    return wanted not in (None, number) or at_least(asked.quantity) > number
