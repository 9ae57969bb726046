"""Rules for clauses: who does what to whom, and where."""

from __future__ import annotations

from transforms.grammar_nouns import describe_adjective
from transforms.grammar_prepositions import phrases, relate_place
from transforms.grammar_reading import Reading
from transforms.grammar_words import (
    ANIMATE,
    COVERING,
    HANGING,
    HOLDING,
    LANDMARKS,
    LIVING,
    NOUN_TAGS,
    PARTICLES,
    RELATIONAL,
    RELATIVE,
    RESTING,
    SCENERY,
    SHOWING,
    UNSEEN,
)
from transforms.lemmas import noun_lemma, participle, verb_lemma

STRANDED = frozenset(("on", "in", "under", "behind", "near", "over", "inside", "above", "below"))
NOT_CLAUSES = frozenset(
    ("aux", "acomp", "auxpass", "amod", "compound", "prep", "pobj", "dobj", "nsubj", "punct", "nmod")
)


def relate_verbs(r: Reading) -> None:
    """Reads every verb that heads a clause: "a man riding a horse on a beach" -> man ride horse, man on beach."""
    for v, tag in enumerate(r.tags):
        if tag[0] == "V" and r.labels[v] not in NOT_CLAUSES:
            relate_verb(r, v)


def subjects(r: Reading, v: int, depth: int = 0) -> list[int]:
    """Returns the subjects of a clause: its own, or the one shared by the clause or noun it hangs on."""
    for k in r.kids[v]:
        if r.labels[k] in ("nsubj", "nsubjpass"):
            if r.words[k] not in RELATIVE:
                return r.things(with_object(r, v, k))
            break
    head, label = r.heads[v], r.labels[v]
    if head == v or depth > 8 or r.kid(v, "expl") >= 0:
        return []
    if head in r.stands_for:
        if label in ("acl", "relcl"):
            return r.holders(
                living_head(r, head) if r.tags[v] == "VBG" and verb_lemma(r.words[v]) in LIVING else head, v
            )
        return r.stands_for[head]
    if r.kid(head, "expl") >= 0:
        attr = r.kid(head, "attr")
        return r.things(attr) if attr >= 0 else []
    return subjects(r, head, depth + 1)


def with_object(r: Reading, v: int, subject: int) -> int:
    """Returns the noun that a participle right behind it tells of: the legs in "a lady with legs crossed"."""
    last = v - 1
    if (
        r.labels[last] == "pobj"
        and r.words[r.heads[last]] == "with"
        and r.heads[r.heads[last]] == subject
        and (r.tags[v] in ("VBN", "VBD") or verb_lemma(r.words[v]) in HANGING)
    ):
        return last
    return subject


def living_head(r: Reading, noun: int) -> int:
    """Returns who does what only the living do: the man in "a man in a black shirt laughing"."""
    at = noun
    while noun_lemma(r.words[at]) not in ANIMATE:
        p = r.heads[at]
        if r.labels[at] == "conj":
            at = p
        elif r.labels[at] in ("pobj", "dobj") and r.labels[p] in ("prep", "acl") and r.heads[p] in r.stands_for:
            at = r.heads[p]
        elif r.labels[at] == "pobj" and r.labels[r.heads[p]] == "acl" and r.heads[r.heads[p]] in r.stands_for:
            at = r.heads[r.heads[p]]
        else:
            return noun
    return at


def relate_verb(r: Reading, v: int) -> None:
    """Reads one clause."""
    lemma = verb_lemma(r.words[v])
    kids, labels = r.kids[v], r.labels
    negated = any(labels[k] == "neg" for k in kids)
    if lemma == "be":
        relate_copula(r, v, negated)
        return
    who = subjects(r, v)
    passive = r.tags[v] in ("VBN", "VBD") and (
        r.kid(v, "auxpass", "nsubjpass") >= 0
        or (
            r.tags[v] == "VBN"
            and labels[v] in ("acl", "advcl", "relcl", "conj", "ROOT", "ccomp")
            and r.kid(v, "aux") < 0
        )
    )
    said = len(r.relations)
    name, end = lemma, v + 1
    for k in kids:
        if k > v and (labels[k] == "prt" or (labels[k] == "advmod" and r.words[k] in PARTICLES and k == end)):
            name, end = f"{name} {r.words[k]}", k + 1
    objects = clause_objects(r, v, lemma)
    r.relate(who, name, objects, (v, end), negated=negated)
    fused = bool(objects)
    holders = objects if objects and lemma in HOLDING else who
    for p, before in adjuncts(r, v):
        for words, noun, stop in phrases(r, p) or stranded(r, v, p):
            words = before + words
            things = r.things(noun)
            if passive and (
                (words == "by" and is_agent(r, lemma, noun)) or (lemma in COVERING and words in ("with", "in"))
            ):
                r.relate(things, name, who, (v, stop), negated=negated)
                fused = True
            elif passive and lemma in SHOWING:
                relate_place(r, who, words, things, (p, stop), negated=negated)
            elif fused or p < v:
                place = who if p < v or noun_lemma(r.words[noun]) in SCENERY else holders
                relate_place(r, place, words, things, (p, stop), negated=negated)
            else:
                r.relate(who, f"{name} {words}", things, (v, stop), negated=negated)
                fused = True
    if len(r.relations) == said and not objects:
        describe_subject(r, v, who, name, passive, negated)


def clause_objects(r: Reading, v: int, lemma: str) -> list[int]:
    """Returns the direct objects, also those shared with a relative or a small clause.

    "a shirt the man is wearing" -> shirt; "a train that has two cars attached" -> cars.
    """
    found: list[int] = []
    for k in r.kids[v]:
        if r.labels[k] in ("dobj", "dative") and r.words[k] not in RELATIVE:
            found += r.things(k)
        elif r.labels[k] == "ccomp":
            inner = r.kid(k, "nsubj", "nsubjpass")
            if inner > v:
                found += r.things(inner)
    if not found and r.labels[v] == "relcl" and r.heads[v] in r.stands_for:
        own = r.kid(v, "nsubj")
        stranded = any(r.labels[k] == "prep" and not r.kids[k] for k in r.kids[v])
        if own >= 0 and r.words[own] not in RELATIVE and not stranded and r.kid(v, "advmod") < 0:
            return r.stands_for[r.heads[v]]
    return found


def stranded(r: Reading, v: int, p: int) -> list[tuple[str, int, int]]:
    """Returns the noun that a preposition at the end of a relative clause governs: "the road the cars drive on"."""
    own = r.kid(v, "nsubj", "nsubjpass")
    if r.labels[v] == "relcl" and not r.kids[p] and own >= 0 and r.words[own] not in RELATIVE:
        return [(r.words[p], r.heads[v], p + 1)]
    return []


def adjuncts(r: Reading, v: int) -> list[tuple[int, str]]:
    """Returns the prepositions of a clause with the adverb before each: "walking away with" -> (with, "away ")."""
    found = []
    for k in r.kids[v]:
        if r.labels[k] in ("prep", "agent", "dative"):
            found.append((k, ""))
        elif r.labels[k] in ("advmod", "acomp", "prt", "oprd") and k > v:
            found += [
                (p, "" if r.labels[k] == "prt" else f"{r.words[k]} ")
                for p in r.kids[k]
                if r.labels[p] == "prep" and p > k
            ]
    return found


def is_agent(r: Reading, lemma: str, noun: int) -> bool:
    """Tells whether "by" names who does it: "pulled by a horse", not "parked by a wall"."""
    return lemma in COVERING or (lemma not in RESTING and r.words[noun] not in LANDMARKS)


def describe_subject(r: Reading, v: int, who: list[int], name: str, passive: bool, negated: bool) -> None:
    """Tells an intransitive verb as an attribute: "dogs racing" -> dog is racing; "a bus parked" -> bus is parked."""
    if r.labels[v] in ("xcomp", "ccomp", "pcomp") or r.kid(v, "xcomp") >= 0:
        return
    lemma, _, particles = name.partition(" ")
    if (passive and lemma in SHOWING) or lemma == "have":
        return
    value = r.words[v] if passive else participle(r.words[v])
    end = v + 1 + len(particles.split())
    for s in who:
        r.objects[s].describe(f"{value} {particles}".strip(), (v, min(end, len(r.words))), negated=negated)


def relate_copula(r: Reading, v: int, negated: bool) -> None:
    """Reads "be": adjectives describe the subject, prepositions relate it: "the cat is black and on the mat"."""
    expletive = r.kid(v, "expl") >= 0
    attr = r.kid(v, "attr")
    who = (r.things(attr) if attr >= 0 else []) if expletive else subjects(r, v)
    for k in r.kids[v]:
        label = r.labels[k]
        if label == "prep" or (label in ("advmod", "prt") and r.words[k] in STRANDED and stranded(r, v, k)):
            for words, noun, stop in phrases(r, k) or stranded(r, v, k):
                relate_place(r, who, words, r.things(noun), (k, stop), negated=negated)
        elif (
            label in ("acomp", "oprd")
            or (label == "advmod" and r.tags[k] in ("RB", "JJ") and k > v)
            or (label == "attr" and not expletive and r.tags[k] not in NOUN_TAGS)
        ):
            relate_complement(r, k, who, negated)


def relate_complement(r: Reading, k: int, who: list[int], negated: bool) -> None:
    """Reads what follows "be": "clean" describes, "next to the wall" relates."""
    p = r.kid(k, "prep")
    relational = r.words[k] in RELATIONAL or r.tags[k] == "RB"
    found = phrases(r, p) if p >= 0 else []
    for words, noun, stop in found:
        if relational or r.tags[k] == "VBN":
            words = f"{verb_lemma(r.words[k]) if r.tags[k] == 'VBN' else r.words[k]} {words}"
        r.relate(who, words, r.things(noun), (k, stop), negated=negated)
    if r.words[k] not in UNSEEN and not (found and (relational or r.tags[k] == "VBN")):
        for s in who:
            describe_adjective(r, r.objects[s], k, negated=negated)
    for c in r.kids[k]:
        if r.labels[c] == "conj" and r.tags[c][0] != "V":
            relate_complement(r, c, who, negated)


__all__ = ["ANIMATE", "relate_verbs"]
