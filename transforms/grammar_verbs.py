"""Rules for clauses: who does what to whom, and where."""

from __future__ import annotations

from typing import NamedTuple

from transforms.grammar_kinds import ANIMATE, BODY, CLOTHING, LANDMARKS, SCENERY
from transforms.grammar_modifiers import describe_complement
from transforms.grammar_prepositions import Phrase, phrase, phrases, relate_place
from transforms.grammar_reading import Reading
from transforms.grammar_subjects import own_subject, subjects
from transforms.grammar_words import (
    COVERING,
    HOLDING,
    LEADING,
    PARTICLES,
    PLACE_ADVERBS,
    PREPOSITIONS,
    RELATIONAL,
    RELATIVE,
    RESTING,
    SHOWING,
    STATE_ADVERBS,
    STRANDED,
    UNSEEN,
)
from transforms.lemmas import noun_lemma, participle, verb_lemma

NOT_CLAUSES = frozenset(
    ("aux", "acomp", "auxpass", "amod", "compound", "prep", "pobj", "dobj", "nsubj", "punct", "nmod")
)
ADJUNCTS = frozenset(("prep", "agent", "dative", "advmod", "acomp", "prt", "oprd"))
RELATIVES = frozenset(("relcl", "acl"))
PARTICIPIAL = frozenset(("acl", "advcl", "relcl", "conj", "ROOT", "ccomp"))


class Clause(NamedTuple):
    """A verb with what every rule about it asks."""

    verb: int  # token
    lemma: str
    name: str  # lemma with particles: "look down"
    end: int  # token behind the particles
    has: set[str]  # the labels of its dependents
    who: list[int]  # objects
    passive: bool
    negated: bool


def relate_verbs(r: Reading) -> None:
    """Reads every verb that heads a clause: "a man riding a horse on a beach" -> man ride horse, man on beach."""
    labels = r.labels
    for v, tag in enumerate(r.tags):
        if tag[0] == "V" and labels[v] not in NOT_CLAUSES:
            lemma = verb_lemma(r.words[v])
            if lemma == "be":
                relate_copula(r, v)
            else:
                relate_clause(r, read_clause(r, v, lemma))


def read_clause(r: Reading, v: int, lemma: str) -> Clause:
    """Returns a verb with its particles, subjects, voice and polarity."""
    has = {r.labels[k] for k in r.kids[v]}
    name, end = lemma, v + 1
    if "prt" in has or "advmod" in has:
        for k in r.kids[v]:
            if k > v and (r.labels[k] == "prt" or (k == end and r.labels[k] == "advmod" and r.words[k] in PARTICLES)):
                name, end = f"{name} {r.words[k]}", k + 1
    return Clause(v, lemma, name, end, has, subjects(r, v), is_passive(r, v, has), is_negated(r, v, has))


def is_passive(r: Reading, v: int, has: set[str]) -> bool:
    """Tells whether the subject suffers: "is chased", "a street surrounded by houses"; "has chased" is active."""
    tag = r.tags[v]
    if tag != "VBN" and tag != "VBD":
        return False
    if "auxpass" in has or "nsubjpass" in has:
        return True
    return tag == "VBN" and "aux" not in has and r.labels[v] in PARTICIPIAL


def is_negated(r: Reading, v: int, has: set[str]) -> bool:
    """Tells whether a clause is denied: "is not riding", "never rides", "neither the man nor the woman rides"."""
    if "neg" in has:
        return True
    subject = r.kid(v, "nsubj", "nsubjpass") if "nsubj" in has or "nsubjpass" in has else -1
    return subject > 0 and any(r.words[k] == "neither" for k in r.kids[subject])


def relate_clause(r: Reading, c: Clause) -> None:
    """Reads one clause: its objects, its places, what it leads to, and, where it has none, the verb as an attribute."""
    said = len(r.relations)
    objects = clause_objects(r, c)
    if objects:
        r.relate(c.who, c.name, objects, (c.verb, c.end), negated=c.negated)
    if r.labels[c.verb] == "relcl":
        relate_opening(r, c)
    relate_adjuncts(r, c, objects)
    described = describe_manner(r, c)
    if not described and not objects and len(r.relations) == said:
        describe_subject(r, c)
    if r.labels[c.verb] == "relcl":
        relate_where(r, c)


def clause_objects(r: Reading, c: Clause) -> list[int]:
    """Returns the direct objects, also those shared with a relative or a small clause.

    "a shirt the man is wearing" -> shirt; "a train that has two cars attached" -> cars.
    """
    found: list[int] = []
    v = c.verb
    if "dobj" in c.has or "ccomp" in c.has or "dative" in c.has:
        for k in r.kids[v]:
            label = r.labels[k]
            if label == "dobj" or label == "dative":
                if r.words[k] not in RELATIVE:
                    found = found + r.things(k)
            elif label == "ccomp":
                inner = r.kid(k, "nsubj", "nsubjpass")
                if inner > v:
                    found = found + r.things(inner)
    if not found and r.labels[v] in RELATIVES and "nsubj" in c.has and own_subject(r, v) >= 0 and not has_gap(r, c):
        return r.stands_for.get(r.heads[v], found)
    return found


def has_gap(r: Reading, c: Clause) -> bool:
    """Tells whether a relative clause ends in a preposition or adverb for its noun: "the road the cars drive on"."""
    return "advmod" in c.has or any(r.labels[k] == "prep" and is_stranded(r, k) for k in r.kids[c.verb])


def relate_opening(r: Reading, c: Clause) -> None:
    """Relates a place that opens the caption: "on a snowy path a woman wears skis" -> woman on path."""
    place = r.heads[c.verb]
    if r.labels[place] == "pobj" and r.heads[place] == 0:
        relate_place(r, c.who, r.words[0], r.stands_for.get(place, []), (0, 1), negated=c.negated)


def relate_adjuncts(r: Reading, c: Clause, objects: list[int]) -> None:
    """Fuses the first preposition with the verb, turns agents active, relates further places to who or what is there.

    "sits on a rock" -> sit on; "pulled by a horse" -> horse pull; "holds a ball in her hand" -> ball in hand.
    """
    fused = bool(objects)
    inverted = "nsubj" in c.has and own_subject(r, c.verb) > c.verb
    for words, noun, span in [] if c.has.isdisjoint(ADJUNCTS) else adjuncts(r, c.verb):
        things = r.things(noun)
        if c.passive and is_agent(r, c.lemma, words, noun):
            r.relate(things, c.name, c.who, (c.verb, span[1]), negated=c.negated)
            fused = True
        elif c.passive and c.lemma in SHOWING:
            relate_place(r, c.who, words, things, span, negated=c.negated)
        elif words == "in" and noun_lemma(r.words[noun]) in CLOTHING:
            relate_place(r, wearer(r, span[0]) or c.who, words, things, span, negated=c.negated)
        elif fused or (span[0] < c.verb and not inverted and noun != r.heads[c.verb]):
            there = objects if objects and span[0] > c.verb and is_held(r, c, words, noun) else c.who
            relate_place(r, there, words, things, span, negated=c.negated)
        else:
            first, last = min(c.verb, span[0]), max(c.end, span[1])
            r.relate(c.who, f"{c.name} {words}", things, (first, last), negated=c.negated)
            fused = True


def is_held(r: Reading, c: Clause, words: str, noun: int) -> bool:
    """Tells whether a place is the object's: "holds a ball in her hand"; not "on the beach", not "wears a hat near"."""
    if c.lemma == "wear":
        return words in ("with", "on")
    if words == "with" and noun_lemma(r.words[noun]) in BODY:  # "holds a cup with both hands"
        return False
    return c.lemma in HOLDING and noun_lemma(r.words[noun]) not in SCENERY


def wearer(r: Reading, at: int) -> list[int]:
    """Returns who was named last before a token: the woman in "kicked by a woman in a yellow dress"."""
    for token in range(at - 1, -1, -1):
        if token in r.stands_for and noun_lemma(r.words[token]) in ANIMATE:
            return r.stands_for[token]
    return []


def adjuncts(r: Reading, v: int) -> list[Phrase]:
    """Returns the prepositional phrases of a clause, with the adverb before one: "walking away with a backpack"."""
    found: list[Phrase] = []
    for k in r.kids[v]:
        label = r.labels[k]
        if label not in ADJUNCTS:
            continue
        if label == "prep" or label == "agent" or label == "dative":
            found += phrases(r, k) or stranded(r, v, k)
        else:
            for p in r.kids[k]:
                if p > k and r.labels[p] == "prep":
                    for inner in phrases(r, p) or stranded(r, v, p):
                        words = inner.words if label == "prt" else f"{r.words[k]} {inner.words}"
                        found.append(phrase(words, inner.noun, (k, inner.span[1])))
    return found


def stranded(r: Reading, v: int, p: int) -> list[Phrase]:
    """Returns the noun that a preposition at the end of a relative clause governs: "the road the cars drive on"."""
    if r.labels[v] in RELATIVES and is_stranded(r, p) and own_subject(r, v) >= 0:
        return [phrase(r.words[p], r.heads[v], (p, p + 1))]
    return []


def is_stranded(r: Reading, p: int) -> bool:
    """Tells whether a preposition governs nothing behind it: "the road the cars drive on", "that the cars are on"."""
    return all(r.words[k] in RELATIVE for k in r.kids[p])


def is_agent(r: Reading, lemma: str, words: str, noun: int) -> bool:
    """Tells whether a phrase names who does it: "pulled by a horse", "covered in snow", not "parked by a wall"."""
    if lemma in COVERING:
        return words in ("by", "with", "in")
    return words == "by" and lemma not in RESTING and r.words[noun] not in LANDMARKS


def describe_manner(r: Reading, c: Clause) -> bool:
    """Describes the subject by what follows the verb: "walking outside", "getting ready"; tells whether that is all."""
    all_said = False
    if "acomp" not in c.has and "advmod" not in c.has and "oprd" not in c.has:
        return False
    for k in r.kids[c.verb]:
        if r.labels[k] in ("acomp", "oprd") or (
            r.labels[k] == "advmod" and r.words[k] in PLACE_ADVERBS and not r.kids[k]
        ):
            relate_complement(r, k, c.who, c.negated)
            all_said = all_said or c.lemma in LEADING
    return all_said


def describe_subject(r: Reading, c: Clause) -> None:
    """Tells an intransitive verb as an attribute: "dogs racing" -> dog is racing; "a bus parked" -> bus is parked.

    Not where the verb only leads to another ("bending over to pick up a ball") or only shows ("can be seen").
    """
    v = c.verb
    if r.labels[v] in ("xcomp", "ccomp", "pcomp") or c.lemma == "have" or (c.passive and c.lemma in SHOWING):
        return
    for k in r.kids[v]:
        if r.labels[k] == "xcomp" or r.words[k] == "to" or (r.labels[k] == "advcl" and r.tags[k] == "VB"):
            return
    word = r.words[v]
    value = word if c.passive or (r.tags[v] == "VBD" and word.endswith("ed")) else participle(word)
    value += c.name[len(c.lemma) :]
    for s in c.who:
        r.objects[s].describe(value, (v, c.end), negated=c.negated)


def relate_where(r: Reading, c: Clause) -> None:
    """Relates a subject to the place of a "where" clause: "a bridge where a man is running" -> man run at bridge."""
    if any(r.words[k] == "where" for k in r.kids[c.verb]):
        place = r.stands_for.get(r.heads[c.verb], [])
        r.relate(c.who, f"{c.name} at", place, (c.verb, c.end), negated=c.negated)


def relate_copula(r: Reading, v: int) -> None:
    """Reads "be": adjectives describe the subject, prepositions relate it: "the cat is black and on the mat"."""
    has = {r.labels[k] for k in r.kids[v]}
    expletive = "expl" in has
    there = r.kid(v, "attr") if expletive else -1
    who = subjects(r, v) if not expletive else r.things(there) if there >= 0 else []
    negated = is_negated(r, v, has)
    if expletive and negated:  # "there is not a chair" is no chair
        for o in who:
            r.objects[o].quantity = "no"
    for k in r.kids[v]:
        label, word = r.labels[k], r.words[k]
        if label == "prep" or (word in STRANDED and label in ("advmod", "prt") and stranded(r, v, k)):
            for words, noun, span in phrases(r, k) or stranded(r, v, k):
                relate_place(r, who, words, r.things(noun), span, negated=negated)
        elif (
            label == "acomp"
            or label == "oprd"
            or (label == "advmod" and (r.kids[k] or (k > v and (r.tags[k] == "JJ" or word in STATE_ADVERBS))))
            or (label == "attr" and not expletive and (k not in r.stands_for))
        ):
            relate_complement(r, k, who, negated)


def relate_complement(r: Reading, k: int, who: list[int], negated: bool) -> None:
    """Reads what follows "be": "clean" describes, "next to the wall" relates, "black on the table" does both."""
    word, tag = r.words[k], r.tags[k]
    p = r.kid(k, "prep")
    found = phrases(r, p) if p >= 0 else []
    relational = tag in ("RB", "VBN", "JJR", "RBR") or word in RELATIONAL or word in STATE_ADVERBS
    for words, noun, span in found:
        if relational:
            words = f"{verb_lemma(word) if tag == 'VBN' else word} {words}"
            words, span = PREPOSITIONS.get(words, words), (k, span[1])
        relate_place(r, who, words, r.things(noun), span, negated=negated)
    if not (found and relational) and word not in UNSEEN:
        for s in who:
            describe_complement(r, r.objects[s], k, negated=negated)
    for c in r.kids[k]:
        if c > k and r.labels[c] == "conj" and r.tags[c][0] != "V":
            relate_complement(r, c, who, negated)
