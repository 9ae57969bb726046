"""Constructions that say relations. Each returns the words of a caption, None where the scene has nothing to say so."""

from __future__ import annotations

from demo.lexicon import PEOPLE, POSTURES
from demo.nouns import Speaker
from demo.topics import Topics
from demo.wording import Claim, Noun, Words, finite, say
from demo.world import Relation


def _clause(s: Speaker, fact: Relation) -> tuple[Noun, Words]:
    subject, start = s.noun(fact[0])
    target, end = s.noun(fact[2])
    return subject, start + s.verb_phrase(fact, subject, target) + end


def simple(s: Speaker, topics: Topics) -> Words | None:
    """ "A dog is chasing a cat in a park"."""
    if (fact := topics.fact()) is None:
        return None
    subject, words = _clause(s, fact)
    return words + (s.place(subject) if s.chance(0.25) else [])


def fragment(s: Speaker, topics: Topics) -> Words | None:
    """ "A cup on a table", "there is a girl holding a book"."""
    if (fact := topics.fact()) is None:
        return None
    there = s.chance(0.35)
    subject, start = s.noun(fact[0], definite=False if there else None)
    target, end = s.noun(fact[2])
    words = start + s.modifier(fact, subject, target) + end
    if there:
        return say("there is") + words
    return words + (s.place(subject) if s.chance(0.25) else [])


def passive(s: Speaker, topics: Topics) -> Words | None:
    """ "A cat is being chased by a dog", "a ball held by a girl"."""
    if (fact := topics.fact(lambda f: f[1] in ("chase", "hold", "kick", "ride", "wear", "look at"))) is None:
        return None
    agent, end = s.noun(fact[0])
    patient, start = s.noun(fact[2])
    done = s.passive(fact, agent, patient)
    if done is None:
        return None
    if s.chance(0.4):
        return start + done + end
    return start + say("is being" if s.chance(0.5) and fact[1] != "wear" else "is") + done + end


def relative(s: Speaker, topics: Topics) -> Words | None:
    """ "A man who is wearing a hat stands behind a table"."""
    if (fact := topics.fact()) is None or (other := topics.another(fact[0], fact)) is None:
        return None
    subject, start = s.bare(fact[0])
    first, middle = s.bare(other[2])
    target, end = s.noun(fact[2])
    who = say("who" if s.scene.things[fact[0]].kind in PEOPLE and s.chance(0.7) else "that")
    return start + who + s.verb_phrase(other, subject, first) + middle + s.verb_phrase(fact, subject, target) + end


def object_relative(s: Speaker, topics: Topics) -> Words | None:
    """ "The dog that a boy is chasing is next to a tree"."""
    fact = topics.fact(lambda f: f[1] in ("chase", "hold", "kick", "ride"))
    if fact is None or (other := topics.another(fact[2], fact)) is None:
        return None
    subject, start = s.bare(fact[2], definite=True)
    agent, middle = s.bare(fact[0])
    target, end = s.bare(other[2])
    did = s.verb_phrase(fact, agent, subject)
    return start + say("that") + middle + did + s.verb_phrase(other, subject, target) + end


def chain(s: Speaker, topics: Topics) -> Words | None:
    """ "A cup on a table next to a sofa"."""
    if (fact := topics.fact()) is None or (other := topics.another(fact[2], fact)) is None:
        return None
    subject, start = s.noun(fact[0])
    via, middle = s.bare(fact[2])
    target, end = s.bare(other[2])
    link = say("that") + s.verb_phrase(other, via, target) if s.chance(0.3) else s.modifier(other, via, target)
    first = s.verb_phrase(fact, subject, via) if s.chance(0.5) else s.modifier(fact, subject, via)
    return start + first + middle + link + end


def both_verbs(s: Speaker, topics: Topics) -> Words | None:
    """ "A woman holds a cup and wears a hat", "a boy kicks a ball while he looks at a dog"."""
    if (fact := topics.fact()) is None or (other := topics.another(fact[0], fact)) is None:
        return None
    subject, words = _clause(s, fact)
    target, end = s.bare(other[2])
    link = "and"
    if s.chance(0.4):
        kind = s.scene.things[fact[0]].kind
        link = "while " + {"man": "he", "boy": "he", "woman": "she", "girl": "she"}.get(kind, "it")
    return words + say(link) + s.verb_phrase(other, subject, target) + end


def two_clauses(s: Speaker, topics: Topics) -> Words | None:
    """ "A man holds a cup while a dog is chasing a cat"."""
    if (fact := topics.fact()) is None:
        return None
    used = (fact[0], fact[2])
    if (other := topics.fact(lambda f: f[0] not in used and f[2] not in used)) is None:
        return None
    return _clause(s, fact)[1] + say("while" if s.chance(0.4) else "and") + _clause(s, other)[1]


def shared(s: Speaker, topics: Topics) -> Words | None:
    """ "A dog and a cat are next to a sofa"."""
    if (fact := topics.fact()) is None:
        return None
    i = fact[0]
    mates = [f[0] for f in topics.facts if f[1:] == fact[1:] and f[0] != i and s.posture(f[0]) == s.posture(i)]
    if not mates:
        return None
    first, start = s.bare(i)
    second, more = s.bare(mates[int(s.rng.integers(len(mates)))])
    target, end = s.noun(fact[2])
    return start + say("and") + more + s.verb_phrase(fact, first, target, mate=second) + end


def fronted(s: Speaker, topics: Topics) -> Words | None:
    """ "On the table there is a cup", "behind a sofa stands a man"."""
    places = ("on", "in", "under", "behind", "in front of", "next to")
    if (fact := topics.fact(lambda f: f[1] in places)) is None:
        return None
    subject, start = s.noun(fact[0], definite=False)
    target, end = s.bare(fact[2])
    preposition = s.preposition(fact[1])
    posture = s.posture(fact[0])
    if posture and posture != "park" and s.chance(0.5):
        claim = Claim(subject, f"{posture} {preposition}", target)
        stands = finite(POSTURES[posture], claim, plural=False, progressive=False)
        return say(preposition, claim) + end + stands + start
    claim = Claim(subject, preposition, target)
    return say(preposition, claim) + end + say("there is" if s.chance(0.6) else "is") + start
