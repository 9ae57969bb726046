"""Rules for clauses: who does what to whom, and where."""

from __future__ import annotations

from transforms.grammar_prepositions import phrases
from transforms.grammar_reading import Reading
from transforms.grammar_words import COVER, LANDMARKS, PARTICLES, RELATIVE, RESTING
from transforms.lemmas import participle, verb_lemma


def relate_verbs(r: Reading) -> None:
    """Reads every verb that heads a clause: "a man riding a horse on a beach" -> man ride horse, man on beach."""
    for v, tag in enumerate(r.tags):
        if tag.startswith("VB") and r.labels[v] not in ("aux", "auxpass", "amod", "compound"):
            relate_verb(r, v)


def subjects(r: Reading, v: int, depth: int = 0) -> list[int]:
    """Returns the subjects of a clause: its own, or the one shared by the clause or noun it hangs on."""
    own = r.kid(v, "nsubj", "nsubjpass")
    if own >= 0 and r.words[own] not in RELATIVE:
        return r.things(own)
    head, label = r.heads[v], r.labels[v]
    if head == v or depth > 8:
        return []
    if head in r.stands_for:
        return r.things(head) if label in ("acl", "relcl") else r.stands_for[head]
    if r.kid(v, "expl") >= 0:
        return []
    return subjects(r, head, depth + 1)


def relate_verb(r: Reading, v: int) -> None:
    """Reads one clause."""
    lemma = verb_lemma(r.words[v])
    kids, labels = r.kids[v], r.labels
    negated = any(labels[k] == "neg" for k in kids)
    if lemma == "be":
        relate_copula(r, v, negated)
        return
    who = subjects(r, v)
    passive = r.tags[v] == "VBN" and (r.kid(v, "auxpass", "nsubjpass") >= 0 or labels[v] == "acl")
    said = len(r.relations)
    name, end = lemma, v + 1
    for k in kids:
        if labels[k] == "prt" or (labels[k] == "advmod" and r.words[k] in PARTICLES and k == v + 1):
            name, end = f"{name} {r.words[k]}", k + 1
    objects = [o for k in kids if labels[k] == "dobj" for o in r.things(k)]
    r.relate(who, name, objects, (v, end), negated=negated)
    for p in kids:
        if labels[p] not in ("prep", "agent", "advmod"):
            continue
        before = ""
        if labels[p] == "advmod":
            inner = r.kid(p, "prep")
            if inner < 0:
                continue
            before, p = f"{r.words[p]} ", inner
        for words, noun, stop in phrases(r, p):
            relate_adjunct(
                r, v, who, lemma, name, before + words, r.things(noun), stop, negated, passive, noun, bool(objects)
            )
    if len(r.relations) == said and not objects:
        describe_subject(r, v, who, passive, negated)


def relate_adjunct(
    r: Reading,
    v: int,
    who: list[int],
    lemma: str,
    name: str,
    words: str,
    things: list[int],
    stop: int,
    negated: bool,
    passive: bool,
    noun: int,
    has_object: bool,
) -> None:
    """Fuses the first preposition with the verb, turns agents active, relates further places to the subject."""
    if passive and words in COVER.get(lemma, ()):
        r.relate(things, name, who, (v, stop), negated=negated)
    elif passive and words == "by" and lemma not in RESTING and r.words[noun] not in LANDMARKS:
        r.relate(things, name, who, (v, stop), negated=negated)
    elif has_object or any(rel.span[0] == v for rel in r.relations.values()):
        r.relate(who, words, things, (stop - len(words.split()), stop), negated=negated)
    else:
        r.relate(who, f"{name} {words}", things, (v, stop), negated=negated)


def describe_subject(r: Reading, v: int, who: list[int], passive: bool, negated: bool) -> None:
    """Tells an intransitive verb as an attribute: "dogs racing" -> dog is racing; "a bus parked" -> bus is parked."""
    if r.labels[v] in ("xcomp", "ccomp", "pcomp"):
        return
    value = r.words[v] if passive else participle(r.words[v])
    for s in who:
        r.objects[s].describe(value, (v, v + 1), negated=negated)


def relate_copula(r: Reading, v: int, negated: bool) -> None:
    """Reads "be": adjectives describe the subject, prepositions relate it: "the cat is black and on the mat"."""
    expletive = r.kid(v, "expl") >= 0
    who = r.things(r.kid(v, "attr")) if expletive else subjects(r, v)
    for k in r.kids[v]:
        label = r.labels[k]
        if label == "prep":
            for words, noun, stop in phrases(r, k):
                r.relate(who, words, r.things(noun), (k, stop), negated=negated)
        elif label == "acomp" or (label == "advmod" and r.tags[k] == "RB" and k > v):
            relate_complement(r, k, who, negated)


def relate_complement(r: Reading, k: int, who: list[int], negated: bool) -> None:
    """Reads what follows "be": "clean" describes, "next to the wall" relates."""
    p = r.kid(k, "prep")
    if p >= 0:
        for words, noun, stop in phrases(r, p):
            r.relate(who, f"{r.words[k]} {words}", r.things(noun), (k, stop), negated=negated)
    else:
        for s in who:
            r.objects[s].describe(r.words[k], (k, k + 1), negated=negated)
    for c in r.kids[k]:
        if r.labels[c] == "conj":
            relate_complement(r, c, who, negated)
