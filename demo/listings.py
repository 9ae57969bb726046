"""Constructions that say things rather than relations: lists, counts, properties, actions and denials."""

from __future__ import annotations

from demo.lexicon import ANIMATE, COLOURS, HYPERNYMS, KINDS, PATTERNS, PEOPLE, POSE_WORDS, VERBS, plural
from demo.nouns import Speaker
from demo.topics import Topics
from demo.wording import Claim, Noun, Words, head, join, say


def listing(s: Speaker, topics: Topics) -> Words | None:
    """ "A dog, a cat and a red ball"."""
    things = topics.least_told(range(len(s.scene.things)), int(s.rng.integers(2, 4)))
    said = [s.noun(i, definite=False) for i in things]
    words = join([part for _, part in said])
    if s.chance(0.3):
        return say("there is") + words
    return words + (s.place(said[-1][0]) if s.chance(0.4) else [])


def _groups(s: Speaker) -> list[tuple[list[int], str, list[str]]]:
    """Returns (things, noun, attributes) for every plural that is exactly true."""
    things = s.scene.things
    groups: list[tuple[list[int], str, list[str]]] = []
    for word, kinds in HYPERNYMS.items():
        groups.append(([i for i, t in enumerate(things) if t.kind in kinds], word, []))
    for kind in KINDS:
        members = [i for i, t in enumerate(things) if t.kind == kind]
        groups += [(members, kind, [])] * 3
        if kind not in PEOPLE:
            for colour in COLOURS:
                groups += [([i for i in members if things[i].colour == colour], kind, [colour])] * 4
    return [group for group in groups if 2 <= len(group[0]) <= 6]


def counted(s: Speaker, topics: Topics) -> Words | None:
    """ "Two red balls and a box", "several ducks are next to a tree"."""
    if not (groups := _groups(s)):
        return None
    members, name, attributes = groups[int(s.rng.integers(len(groups)))]
    noun, words = s.plural_noun(len(members), name, attributes)
    topics.tell(*members)
    postures = {s.posture(m) for m in members}
    common = [
        f
        for f in topics.facts
        if f[0] == members[0] and f[2] not in members and all((m, f[1], f[2]) in topics.facts for m in members)
    ]
    if common and len(postures) == 1 and s.chance(0.7):
        fact = common[int(s.rng.integers(len(common)))]
        target, end = s.noun(fact[2])
        return words + s.verb_phrase(fact, noun, target, many=True) + end
    if postures == {"run"} and s.chance(0.6):
        noun.attributes = [*noun.attributes, "running"]
        return words + say("are") + say("running", noun)
    others = [i for i in range(len(s.scene.things)) if i not in members]
    if others and s.chance(0.5):
        return words + say("and") + s.noun(topics.least_told(others)[0], definite=False)[1]
    return say("there are") + words if s.chance(0.3) else words + s.place(noun)


def copular(s: Speaker, topics: Topics) -> Words | None:
    """ "The box next to the tree is wooden and red"."""
    if not (things := [i for i, t in enumerate(s.scene.things) if t.kind not in PEOPLE]):
        return None
    i = topics.least_told(things)[0]
    thing = s.scene.things[i]
    noun = Noun(s.name(thing.kind))
    words = [*say("the"), head(noun)]
    fact = topics.fact(lambda f: f[0] == i)
    if fact is not None and s.chance(0.55):
        target, end = s.bare(fact[2], definite=True)
        words += s.modifier(fact, noun, target) + end
    noun.attributes = s.paint(thing, 0.8) or [thing.colour]
    if s.chance(0.25):
        noun.attributes = ["big" if thing.size == "large" else "small", *noun.attributes]
    return words + say("is") + join([say(a, noun) for a in noun.attributes])


def acting(s: Speaker, topics: Topics) -> Words | None:
    """ "A dog is running on the grass"."""
    if not (things := [i for i, t in enumerate(s.scene.things) if t.kind in ANIMATE and t.posture]):
        return None
    i = topics.least_told(things)[0]
    noun, words = s.noun(i)
    if any(a in POSE_WORDS for a in noun.attributes):
        return None
    posture = {"stand": "standing", "run": "running", "sit": "sitting"}[s.scene.things[i].posture]
    noun.attributes.append(posture)
    return words + say("is") + say(posture, noun) + s.place(noun)


def absent_kind(s: Speaker, topics: Topics) -> Words | None:
    """ "There is no dog"."""
    absent = tuple(k for k in KINDS if all(t.kind != k for t in s.scene.things))
    noun = Noun(s.pick(absent), quantity="no")
    many = s.chance(0.5)
    words = say("there are" if many else "there is") + say("no", noun)
    return [*words, head(noun, plural(noun.head) if many else noun.head), *(say("in the picture") * s.chance(0.5))]


def without(s: Speaker, topics: Topics) -> Words | None:
    """ "A man without a hat", "a girl is not holding an umbrella"."""
    if not (people := [i for i, t in enumerate(s.scene.things) if t.kind in PEOPLE]):
        return None
    i = topics.least_told(people)[0]
    name, predicate = ("hat", "wear") if s.chance(0.6) else ("umbrella", "hold")
    if any(f[0] == i and f[1] in ("hold", "wear") and s.scene.things[f[2]].kind == name for f in topics.facts):
        return None
    subject, words = s.noun(i, definite=False)
    target = Noun(name, asserted=False)
    if s.chance(0.6):
        words += say("without", Claim(subject, "with", target, negated=True))
    else:
        verb = VERBS[predicate][0]
        words += say("is") + say(f"not {verb.ing}", Claim(subject, verb.base, target, negated=True))
    return [*words, *say("a"), head(target)]


def unlike(s: Speaker, topics: Topics) -> Words | None:
    """ "A cat that is not black"."""
    if not (things := [i for i, t in enumerate(s.scene.things) if t.kind not in PEOPLE]):
        return None
    thing = s.scene.things[topics.least_told(things)[0]]
    denied = s.pick(tuple(a for a in (*COLOURS, *PATTERNS[1:]) if a not in thing.attributes))
    noun = Noun(s.name(thing.kind), without=[denied])
    return [*say("a"), head(noun), *say("that is"), *say(f"not {denied}", noun)]
