"""Repairs of verbs: clauses that a parse of a fragment takes for nouns, and nouns it takes for verbs.

Each repair gets a token other than the first.
"""

from __future__ import annotations

from transforms.grammar_kinds import ANIMATE
from transforms.grammar_tree import kids, move_kids, promote, take_place
from transforms.grammar_words import ATTACHING, INVERTED, MOTION, NEVER_PLURAL, NOUN_TAGS, STATE_ADVERBS
from transforms.lemmas import noun_lemma, verb_lemma
from transforms.tokens import TokenTable

CLAUSAL = frozenset(("acl", "ROOT", "advcl", "conj", "relcl", "xcomp", "pcomp", "ccomp"))
MODIFIER = frozenset(("compound", "nmod", "amod", "npadvmod"))


def repair_verb(t: TokenTable, v: int) -> None:
    """Repairs what a verb was taken to be, and what was taken for one."""
    tag, label = t.tags[v], t.labels[v]
    if tag[0] == "V":
        if label == "ROOT" and tag in ("VBN", "VBD"):
            repair_covered(t, v)
            repair_with_participle(t, v)
        if t.heads[v - 1] == v and t.labels[v - 1] in ("amod", "compound"):
            repair_adjective(t, v)
        if label == "amod":
            repair_verbal_modifier(t, v)
        elif tag == "VBZ":
            repair_second_clause(t, v)
            repair_inversion(t, v)
        elif t.words[v] == "left":
            repair_left(t, v)
    elif label == "ROOT":
        repair_root(t, v)


def repair_covered(t: TokenTable, v: int) -> None:
    """Makes a modifier of a participle with a noun on both sides: "snow covered trees", "a hand held shower"."""
    o = v + 1
    if t.labels[v - 1] == "npadvmod" and t.heads[v - 1] == v and o in kids(t, v, "dobj"):
        move_kids(t, v, o, before=v - 1)
        t.heads[v - 1] = v
        for k in kids(t, v):
            if k > o:
                t.heads[k] = o
        take_place(t, o, v)
        t.heads[v], t.labels[v], t.tags[v] = o, "amod", "VBN"


def repair_with_participle(t: TokenTable, v: int) -> None:
    """Hangs a participle on the noun behind "with" that it tells of: "a wall with shapes painted on it"."""
    n = v - 1
    p = t.heads[n]
    if t.labels[n] != "pobj" or t.words[p] != "with" or t.heads[t.heads[p]] != v or kids(t, v, "auxpass", "aux"):
        return
    told = t.heads[p]
    places = kids(t, v, "prep")
    pronoun = any(t.words[k] in ("it", "them") for q in places for k in kids(t, q, "pobj"))
    bare = not places and noun_lemma(t.words[told]) not in ANIMATE
    if t.labels[told] in ("nsubj", "nsubjpass") and (pronoun or bare):
        take_place(t, told, v)
        t.heads[v], t.labels[v], t.tags[v] = n, "acl", "VBN"


def repair_auxiliary(t: TokenTable, i: int) -> None:
    """Repairs what "to" and "has" were taken for."""
    if t.words[i] == "to":
        repair_attached_to(t, i)
    elif t.words[i] in ("has", "have"):
        repair_have(t, i)


def repair_attached_to(t: TokenTable, i: int) -> None:
    """Makes a noun of a verb behind "attached to" or "next to": "parked next to train platform"."""
    v = t.heads[i]
    if t.words[i - 1] not in ATTACHING or v < i:
        return
    objects = [k for k in kids(t, v, "dobj") if k > v]
    if objects:
        t.heads[v], t.labels[v] = objects[0], "compound"
        t.heads[objects[0]], t.labels[objects[0]] = i, "pobj"
    else:
        t.heads[v], t.labels[v] = i, "pobj"
    t.tags[v], t.tags[i] = "NN", "IN"
    t.heads[i], t.labels[i] = i - 1, "prep"


def repair_have(t: TokenTable, v: int) -> None:
    """Makes a main verb of "has" before a noun: "the plate has pancakes", "the elephant has dry skin"."""
    n = t.heads[v]
    if t.tags[n][0] not in "NJ":
        return
    if t.tags[n] not in NOUN_TAGS:
        n = t.heads[n]
    if n > v and t.tags[n] in NOUN_TAGS:
        take_place(t, v, n)
        for k in range(v):
            if t.heads[k] == n:
                t.heads[k] = v
        t.heads[n], t.labels[n] = v, "dobj"


def repair_particle(t: TokenTable, i: int) -> None:
    """Makes a preposition of a particle that governs a noun: "driving down road", "jumping off snow"."""
    v, n = t.heads[i], i + 1
    if kids(t, i, "pobj"):
        t.labels[i] = "prep"
    elif n < len(t.words) and t.heads[n] == v and t.tags[n] in NOUN_TAGS and verb_lemma(t.words[v]) in MOTION:
        t.labels[i], t.labels[n], t.heads[n] = "prep", "pobj", i


def repair_finite(t: TokenTable, v: int) -> None:
    """Makes a clause of a noun and a verb that looks like a plural: "the catcher squats", "a bicycle leans".

    Of a noun that is not alive only where the word is no usual plural: "ski jumps" and "food stands" are things.
    """
    n = v - 1
    if t.heads[n] != v or t.labels[n] not in MODIFIER:
        return
    if noun_lemma(t.words[n]) not in ANIMATE and not (t.words[v] in NEVER_PLURAL and t.tags[n] in NOUN_TAGS):
        return
    if t.tags[n] not in NOUN_TAGS:
        t.tags[n] = "NN"
    move_kids(t, v, n, before=v)
    t.heads[n], t.labels[n] = v, "nsubj"
    t.tags[v] = "VBZ"
    later = t.heads[v]
    if later > v and t.labels[v] == "compound":  # "human rides train"
        take_place(t, v, later)
        t.heads[later], t.labels[later] = v, "dobj"


def repair_adjective(t: TokenTable, v: int) -> None:
    """Makes a subject of a word that is taken to modify its verb: "a kitten plays", "a surfboard hanging"."""
    n = v - 1
    if not (
        (t.tags[n] == "JJ" and t.labels[n] == "amod" and kids(t, v, "det"))
        or (t.tags[n] in NOUN_TAGS and t.labels[n] == "compound" and t.tags[v] == "VBZ")
        or (t.tags[n] == "NNS" and t.labels[n] == "compound" and t.tags[v] == "VBP" and kids(t, v, "dobj"))
    ):
        return
    t.tags[n] = "NN"
    if t.tags[v] == "VBG":
        promote(t, n, v, before=n)
        t.heads[v], t.labels[v] = n, "acl"
    else:
        move_kids(t, v, n, before=n)
        t.labels[n] = "nsubj"


def repair_root(t: TokenTable, i: int) -> None:
    """Makes a noun the head of a caption: one taken for an adjective, "a human", or for a part of what follows it."""
    n = i - 1
    if t.tags[i] in ("RB", "IN") and t.heads[n] == i and t.labels[n] in MODIFIER and t.tags[n] in NOUN_TAGS:
        move_kids(t, i, n, before=n)
        take_place(t, n, i)  # "clear blue sky overhead", "two meters next to each other"
        t.heads[i], t.labels[i] = n, "advmod"
        if t.words[i] in STATE_ADVERBS and not kids(t, i, "prep"):
            t.tags[i], t.labels[i] = "JJ", "amod"
    elif t.tags[i][0] == "J" and kids(t, i, "det") and not kids(t, i, "nsubj"):
        t.tags[i] = "NN"
    elif t.tags[i] == "JJ" and t.words[i].endswith("ing") and kids(t, i, "nsubj"):
        t.tags[i] = "VBG"


def repair_noun_root(t: TokenTable, i: int) -> None:
    """Makes an object of a noun that heads the caption over its own subject: "girl holding tennis racquet"."""
    for n in kids(t, i, "nsubj") if t.labels[i] == "ROOT" else []:
        for v in kids(t, n, "acl"):
            if t.tags[v] == "VBG" and v < i and not kids(t, v, "dobj", "prep"):
                take_place(t, n, i)
                t.heads[i], t.labels[i] = v, "dobj"


def repair_participle(t: TokenTable, v: int) -> None:
    """Makes a clause of a noun and its participle: "boy holding pizza", "zebra standing in grass"."""
    n, later, label = v - 1, t.heads[v], t.labels[v]
    while t.labels[later] == "compound" and t.heads[later] > later > v:  # "hand touching ocean water"
        later = t.heads[later]
    modified = t.labels[n] in MODIFIER
    if label == "acl" and later == n and modified and t.heads[n] > v and not kids(t, v, "dobj", "prep"):
        top = t.heads[n]  # "a truck hauling covered boats"
        promote(t, n, top, before=v)
        t.heads[top], t.labels[top] = v, "dobj"
        return
    if t.tags[v] == "VBG" and label in CLAUSAL and not (modified and t.heads[n] == v):
        return
    if t.tags[v] == "JJ" and label == "ROOT" and kids(t, v, "nsubj"):  # "broccoli and corn touching"
        t.tags[v] = "VBG"
        return
    if later > v and label in MODIFIER and t.heads[later] == n and t.labels[later] == "appos":  # "man flying kites"
        t.heads[later], t.labels[later] = v, "dobj"
    elif later > v and label in MODIFIER and t.heads[n] in (v, later) and t.tags[later] in NOUN_TAGS:
        promote(t, n, later, before=v)
        t.heads[later], t.labels[later] = v, "dobj"
    elif modified and t.heads[n] == v and not (later > v and label in ("amod", "compound")):
        promote(t, n, v, before=v)
        if t.labels[n] == "pcomp":  # "looking at woman holding cellphone"
            t.labels[n] = "pobj"
    elif not (later == n and label in ("appos", "amod")) and not (later == t.heads[n] and label == "pobj"):
        return
    t.tags[v], t.labels[v], t.heads[v] = "VBG", "acl", n
    if t.tags[n] not in NOUN_TAGS:
        t.tags[n] = "NN"


def repair_verbal_modifier(t: TokenTable, v: int) -> None:
    """Makes a clause of a participle behind its noun, or behind "and": "flowers strapped to a bench"."""
    later = t.heads[v]
    if later < v:
        t.labels[v] = "acl"
    elif t.words[v - 1] == "and" and t.tags[v] == "VBG" and t.labels[later] == "conj":
        for first in range(v - 2, -1, -1):
            if t.tags[first] in ("VBG", "VBZ") and t.labels[first] in CLAUSAL:
                t.heads[v], t.labels[v] = first, "conj"
                t.heads[later], t.labels[later] = v, "dobj"
                return


def repair_second_clause(t: TokenTable, v: int) -> None:
    """Gives a second clause its subject: "a cat chases a dog and a girl in red watches"."""
    if "conj" not in t.labels[:v] or t.labels[v] not in CLAUSAL or kids(t, v, "nsubj", "nsubjpass", "mark", "expl"):
        return
    for s in range(v - 1, 0, -1):
        if not s <= t.heads[s] < v and t.labels[s] == "conj" and t.tags[s] in NOUN_TAGS:
            if t.heads[s] != v and all(s <= t.heads[k] < v for k in range(s + 1, v)):
                t.heads[s], t.labels[s] = v, "nsubj"
            return


def repair_inversion(t: TokenTable, v: int) -> None:
    """Makes a subject of what stands behind its verb: "behind a fox stands a box", "in a vase is a flower"."""
    if t.words[v] in INVERTED and t.labels[v] == "ROOT" and not kids(t, v, "nsubj", "expl", "csubj"):
        opening = [k for k in kids(t, v, "prep", "advmod") if k < v]
        behind = [k for k in kids(t, v, "dobj", "attr") if k > v]
        if opening and behind:
            t.labels[behind[0]] = "nsubj"


def repair_left(t: TokenTable, v: int) -> None:
    """Makes a side of "left" where it is taken for leaving: "a man who is left of a balloon"."""
    be = next((k for k in kids(t, v, "auxpass", "aux") if k < v), -1)
    if be >= 0 and v + 1 < len(t.words) and t.words[v + 1] == "of":
        take_place(t, be, v)
        for k in kids(t, v, "nsubj", "nsubjpass"):
            t.heads[k], t.labels[k] = be, "nsubj"
        t.heads[v], t.labels[v], t.tags[v] = be, "acomp", "JJ"
