"""Rules for prepositions: what a phrase is located by, part of, or owned by."""

from __future__ import annotations

from typing import NamedTuple

from schemas.records import Span
from transforms.grammar_kinds import ANIMATE, CLOTHING, COLOURED, CONTAINERS, HAVING, SCENERY
from transforms.grammar_nouns import is_place, of_object
from transforms.grammar_reading import Reading
from transforms.grammar_subjects import carrier
from transforms.grammar_words import PREPOSITIONS, RELATIONAL, RELATIVE
from transforms.lemmas import noun_lemma

POSTNOMINAL = frozenset(("advmod", "amod", "prep", "conj", "dep", "prt"))


class Phrase(NamedTuple):
    """A preposition with the noun it governs: "in front of" and the wall."""

    words: str  # canonical
    noun: int  # token
    span: Span  # of the preposition's words


def phrases(r: Reading, p: int) -> list[Phrase]:
    """Returns the phrases of a preposition: "in front of a wall and a sign" -> ("in front of", wall)."""
    found = []
    word = r.words[p]
    for k in r.kids[p]:
        label = r.labels[k]
        if label == "pobj" and r.words[k] not in RELATIVE:
            if is_place(r, k):
                of = next(c for c in r.kids[k] if r.words[c] == "of")
                the = "the " if r.words[k] in ("left", "right") else ""  # "to the left of", but "on top of"
                found.append(phrase(f"{word} {the}{r.words[k]} of", of_object(r, k), (p, of + 1)))
            elif r.words[k] not in COLOURED:  # "blue in color" is blue
                found.append(phrase(word, k, (p, p + 1)))
        elif k > p and r.kids[k] and r.tags[k] in ("IN", "RB", "TO", "RP"):
            if label == "conj":  # "in and around the house"
                found += phrases(r, k)
            elif label in ("prep", "pcomp"):  # "out of the house"
                found += [phrase(f"{word} {inner.words}", inner.noun, (p, inner.span[1])) for inner in phrases(r, k)]
    return found


def phrase(words: str, noun: int, span: Span) -> Phrase:
    """Returns a phrase in its canonical words: "underneath" -> "under"."""
    return Phrase(PREPOSITIONS.get(words, words), noun, span)


def relate_prepositions(r: Reading) -> None:
    """Relates nouns by the prepositions they carry: "a stove in a kitchen" -> stove in kitchen."""
    for p, label in enumerate(r.labels):
        if label != "prep":
            continue
        head = r.heads[p]
        tag = r.tags[head]
        if tag[0] == "N":
            if not (r.words[p] == "of" and is_place(r, head)):
                relate_noun(r, head, p)
        elif head + 1 == p and r.labels[head] in POSTNOMINAL and r.tags[r.heads[head]][0] == "N":
            relate_behind(r, head, p)


def relate_behind(r: Reading, adverb: int, p: int) -> None:
    """Relates a noun by what stands behind it: "a house close to the lake", "a dog bigger than a cat"."""
    owner, tag = r.heads[adverb], r.tags[adverb]
    describes = tag == "JJ" and r.words[adverb] not in RELATIONAL
    if describes:  # "a dog asleep on the floor" is asleep, and on the floor
        for o in r.stands_for.get(owner, ()):
            r.objects[o].describe(r.words[adverb], (adverb, adverb + 1))
    for words, noun, span in phrases(r, p):
        if not describes and tag != "RP":  # "people out in the water" are in it
            words, span = (
                PREPOSITIONS.get(f"{r.words[adverb]} {words}", f"{r.words[adverb]} {words}"),
                (adverb, span[1]),
            )
        relate_place(r, r.holders(owner, p), words, r.things(noun), span)


def relate_noun(r: Reading, owner: int, p: int) -> None:
    """Relates the noun that carries a preposition to what the preposition governs."""
    for words, noun, span in phrases(r, p):
        objects = r.things(noun)
        if words == "of":
            relate_of(r, owner, objects, span)
        elif words == "without" and noun_lemma(r.words[owner]) in CLOTHING:  # "a boy in a shirt without an umbrella"
            relate_place(r, r.stands_for.get(carrier(r, owner), []), words, objects, span)
        elif words == "with":
            relate_place(r, r.holders(whose_part(r, owner, noun), p), words, objects, span)
        elif r.labels[owner] == "dobj" and noun_lemma(r.words[noun]) in SCENERY:
            relate_place(r, r.holders(who_acts(r, owner), p), words, objects, span)
        else:
            relate_place(r, r.holders(owner, p), words, objects, span)


def relate_of(r: Reading, owner: int, objects: list[int], span: Span) -> None:
    """Reads "of": "the tail of a cat" -> cat have tail; "a glass of wine" -> wine in glass."""
    subjects = r.stands_for.get(owner, [])
    if any(s in objects for s in subjects):
        return  # a measure: "a slice of pizza" is the pizza
    head = noun_lemma(r.words[owner])
    for predicate, containers in CONTAINERS:
        if head in containers:
            r.relate(objects, predicate, subjects, span)
            return
    if head in HAVING:
        r.relate(subjects, "have", objects, span)
    else:
        r.relate(objects, "have", subjects, span)


def whose_part(r: Reading, owner: int, noun: int) -> int:
    """Returns what "with" tells of where a pronoun says it: the bedroom of "kids in a bedroom with beds in it"."""
    for p in r.kids[noun]:
        for k in r.kids[p]:
            if r.words[k] in ("it", "them") and len(r.stands_for.get(k, ())) == 1:
                return r.objects[r.stands_for[k][0]].span[1] - 1
    return owner


def who_acts(r: Reading, noun: int) -> int:
    """Returns the living subject of the verb that governs a noun, else the noun: who holds a sandwich on a hill."""
    v = r.heads[noun]
    own = r.kid(v, "nsubj")
    actor = own if own >= 0 else r.heads[v]
    return actor if actor in r.stands_for and noun_lemma(r.words[actor]) in ANIMATE else noun


def relate_place(
    r: Reading, subjects: list[int], words: str, objects: list[int], span: Span, *, negated: bool = False
) -> None:
    """Relates by a preposition; "with no chairs" is "without chairs"."""
    if words == "with" and any(r.objects[o].quantity == "no" for o in objects):
        r.relate(subjects, "without", objects, span, absent=True)
    else:
        r.relate(subjects, words, objects, span, negated=negated)


def relate_possessors(r: Reading) -> None:
    """Relates owners to what they own: "the man 's hat" -> man have hat."""
    if "poss" not in r.labels:
        return
    for i, label in enumerate(r.labels):
        if label == "poss" and i in r.stands_for:
            r.relate(r.things(i), "have", r.stands_for.get(r.heads[i], []), (i, i + 1))
