"""Rules for subjects: who does what a verb says, also where the verb does not say it."""

from __future__ import annotations

from transforms.grammar_kinds import ANIMATE, BODY, CLOTHING
from transforms.grammar_reading import Reading
from transforms.grammar_words import HANGING, LIVING, POSTURES, RELATIVE
from transforms.lemmas import noun_lemma, verb_lemma

DEEPEST = 8  # clauses between a verb and the one whose subject it shares


def own_subject(r: Reading, v: int) -> int:
    """Returns the subject that stands in a verb's own clause, -1 where there is none or only "who", "that"."""
    subject = r.kid(v, "nsubj", "nsubjpass")
    return subject if subject >= 0 and r.words[subject] not in RELATIVE else -1


def subjects(r: Reading, v: int, depth: int = 0) -> list[int]:
    """Returns who does it: the clause's own subject, or the one shared by the clause or noun that it hangs on.

    "a woman sits and reads" -> the woman reads; "a dog that is jumping" -> the dog; "there are people standing".
    """
    told = told_of(r, v)
    if told >= 0:
        return r.things(told)
    for k in r.kids[v]:
        kid = r.labels[k]
        if kid == "expl":
            return []
        if (kid == "nsubj" or kid == "nsubjpass") and r.words[k] not in RELATIVE:
            return r.things(k)
    head, label = r.heads[v], r.labels[v]
    if head == v or depth > DEEPEST:
        return []
    if head in r.stands_for:
        if label == "acl" or label == "relcl":
            return r.holders(who_does(r, v, head), v)
        return r.holders(head, v) if label == "advcl" else r.stands_for[head]
    if r.kid(head, "expl") >= 0:
        there = r.kid(head, "attr")
        return r.things(there) if there >= 0 else []
    return subjects(r, head, depth + 1)


def told_of(r: Reading, v: int) -> int:
    """Returns the noun behind "with" that the next word tells of, else -1: the legs in "a lady with legs crossed"."""
    last = v - 1
    if last < 0 or r.labels[last] != "pobj" or r.words[r.heads[last]] != "with":
        return -1
    if verb_lemma(r.words[v]) in HANGING or (r.tags[v] in ("VBN", "VBD") and noun_lemma(r.words[last]) in BODY):
        return last
    return -1


def who_does(r: Reading, v: int, noun: int) -> int:
    """Returns who does what the parse hangs on the nearest noun: the man in "a man in a black shirt laughing"."""
    if r.tags[v] != "VBG" and r.kid(v, "agent") < 0:
        return noun
    lemma = verb_lemma(r.words[v])
    if lemma in LIVING or (lemma in POSTURES and noun_lemma(r.words[noun]) in CLOTHING):
        at = noun
        while noun_lemma(r.words[at]) not in ANIMATE:
            above = carrier(r, at)
            if above not in r.stands_for or above >= at:
                return noun
            at = above
        return at
    return noun


def carrier(r: Reading, noun: int) -> int:
    """Returns the noun that a noun is worn by, held by, near, or coordinated with; -1 where it is none's."""
    label, head = r.labels[noun], r.heads[noun]
    if label == "conj":
        return head
    if label != "pobj" and label != "dobj":
        return -1
    if head not in r.stands_for:
        head = r.heads[head]
        if r.labels[head] == "acl":
            head = r.heads[head]
    return head
