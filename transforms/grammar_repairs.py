"""Repairs of the parse: what a parser trained on sentences gets wrong in caption fragments, put right.

Each repair is called where its token stands and changes tags, labels and heads in place, before the tree is read.
"""

from __future__ import annotations

from transforms.grammar_words import (
    ANIMATE,
    ATTACHING,
    COLOURS,
    FINITE,
    ING_NOUNS,
    LEXICAL,
    LEXICAL_ENDS,
    MATERIALS,
    NOUN_TAGS,
    PLACES,
)
from transforms.lemmas import noun_lemma
from transforms.tokens import TokenTable

CLAUSAL = frozenset(("acl", "ROOT", "advcl", "conj", "relcl", "xcomp", "pcomp", "ccomp"))
MODIFIER = frozenset(("compound", "nmod", "amod", "npadvmod"))


def repair(t: TokenTable) -> None:
    """Applies the repairs to each token, left to right; at most one fits a token."""
    words, tags, labels = t.words, t.tags, t.labels
    for i, word in enumerate(words):
        label = labels[i]
        if word in COLOURS:
            repair_colour(t, i)
        elif label == "prt":
            repair_particle(t, i)
        elif i == 0:
            continue
        elif word in LEXICAL_ENDS and (words[i - 1], word) in LEXICAL:
            repair_compound(t, i)
        elif word in FINITE and tags[i] in NOUN_TAGS:
            repair_finite(t, i)
        elif word == "to" and label == "aux" and words[i - 1] in ATTACHING:
            repair_attached_to(t, i)
        elif label == "prep" or label == "advmod":
            repair_with_chain(t, i)
            repair_place(t, i)
        elif label == "nsubj":
            repair_two_subjects(t, i)
        elif tags[i - 1] in NOUN_TAGS:
            if label == "cc":
                repair_coordination(t, i)
            elif word.endswith("ing") and word not in ING_NOUNS and (tags[i] != "VBG" or label not in CLAUSAL):
                repair_participle(t, i)


def repair_colour(t: TokenTable, i: int) -> None:
    """Makes an adjective of a colour word that is tagged a verb: "black and grey backpack"."""
    if t.tags[i][0] == "V" and t.labels[i] in ("amod", "conj", "compound"):
        t.tags[i] = "JJ"


def repair_particle(t: TokenTable, i: int) -> None:
    """Makes a preposition of a particle that governs a noun: "driving down road"."""
    if "pobj" in (label for head, label in zip(t.heads, t.labels, strict=True) if head == i):
        t.labels[i] = "prep"


def repair_compound(t: TokenTable, b: int) -> None:
    """Puts a noun of two words together: "dome on top of fire hydrant"."""
    a = b - 1
    if t.heads[b] == a:
        place, label = t.heads[a], t.labels[a]
        for k, head in enumerate(t.heads):
            if head == a:
                t.heads[k] = b
        t.heads[b], t.labels[b] = (b if place == a else place), label
    elif t.heads[a] != b and t.heads[a] != t.heads[b]:
        top = a
        while t.heads[top] not in (b, top):
            top = t.heads[top]
        if t.heads[top] == b:  # the second word was taken for the verb of which the first is a dependent
            move_kids(t, b, top, before=a)
            t.heads[top], t.labels[top] = (top if t.heads[b] == b else t.heads[b]), t.labels[b]
            t.heads[b], t.labels[b] = t.heads[a], t.labels[a]
    t.heads[a], t.labels[a], t.tags[a] = b, "compound", "NN"
    t.tags[b] = "NNS" if t.words[b].endswith("s") else "NN"


def repair_with_chain(t: TokenTable, p: int) -> None:
    """Hangs a place that is told by a pronoun on the noun behind "with": "a boy with a helmet on his head"."""
    n = p - 1
    if (
        t.labels[n] == "pobj"
        and t.words[t.heads[n]] == "with"
        and p + 1 < len(t.words)
        and t.tags[p + 1][:3] == "PRP"
        and t.heads[p + 1] >= p
    ):
        t.heads[p] = n


def repair_place(t: TokenTable, i: int) -> None:
    """Makes a noun of a place that is taken for an adverb: "riding on back of elephants"."""
    if t.words[i] in PLACES and t.words[i - 1] in ("on", "in", "at", "to") and t.heads[i] == t.heads[i - 1] != i:
        t.heads[i], t.labels[i], t.labels[i - 1] = i - 1, "pobj", "prep"


def repair_attached_to(t: TokenTable, i: int) -> None:
    """Makes a noun of a verb behind "attached to" or "next to": "parked next to train platform"."""
    v = t.heads[i]
    for k in range(v + 1, len(t.words)):
        if t.heads[k] == v and t.labels[k] == "dobj":
            t.heads[k], t.labels[k] = i, "pobj"
            t.heads[v], t.labels[v] = k, "compound"
            break
    else:
        t.heads[v], t.labels[v] = i, "pobj"
    t.tags[v] = "NN"
    t.heads[i], t.labels[i], t.tags[i] = i - 1, "prep", "IN"


def repair_participle(t: TokenTable, v: int) -> None:
    """Makes a clause of a noun and its participle: "boy holding pizza", "zebra standing in grass"."""
    n, later = v - 1, t.heads[v]
    if later > v and t.labels[v] in MODIFIER and t.heads[n] in (v, later) and t.tags[later] in NOUN_TAGS:
        promote(t, n, later, before=v)
        t.heads[later], t.labels[later] = v, "dobj"
    elif t.heads[n] == v and t.labels[n] in MODIFIER and not (later > v and t.labels[v] in ("amod", "compound")):
        promote(t, n, v, before=v)
    elif later != n or t.labels[v] not in ("appos", "amod"):
        return
    t.tags[v], t.labels[v], t.heads[v] = "VBG", "acl", n


def repair_finite(t: TokenTable, v: int) -> None:
    """Makes a clause of an animate noun and a verb that looks like a plural: "the catcher squats", "a boy jumps"."""
    n = v - 1
    if t.heads[n] == v and t.labels[n] in MODIFIER and noun_lemma(t.words[n]) in ANIMATE:
        if t.tags[n] not in NOUN_TAGS:
            t.tags[n] = "NN"
        move_kids(t, v, n, before=v)
        t.heads[n], t.labels[n] = v, "nsubj"
        t.tags[v] = "VBZ"


def repair_coordination(t: TokenTable, c: int) -> None:
    """Makes a noun of one that is taken to modify the noun coordinated with it: "a beanie and red coat"."""
    n = c - 1
    later = t.heads[n]
    if later > c and t.labels[n] in ("nmod", "compound", "amod") and t.words[n] not in MATERIALS and later - c > 1:
        promote(t, n, later, before=n)
        t.heads[later], t.labels[later] = n, "conj"
        for k in range(c, later):
            if t.heads[k] == n and k != c:
                t.heads[k], t.labels[k] = later, "amod"


def repair_two_subjects(t: TokenTable, s: int) -> None:
    """Makes a relative clause where a verb has two subjects: "the board the pizza is on"."""
    v = t.heads[s]
    for first in range(s):
        if (
            t.heads[first] == v
            and t.labels[first] == "nsubj"
            and v > s
            and all(t.heads[k] == s for k in range(first + 1, s))
        ):
            place, label = t.heads[v], t.labels[v]
            t.heads[first], t.labels[first] = (first if place == v else place), label
            t.heads[v], t.labels[v] = first, "relcl"
            return


def promote(t: TokenTable, n: int, head: int, *, before: int) -> None:
    """Gives noun n the place of the word that it was taken to modify, and that word's dependents before it."""
    place = t.heads[head]
    move_kids(t, head, n, before=before)
    t.labels[n] = t.labels[head]
    t.heads[n] = n if place == head else place


def move_kids(t: TokenTable, old: int, new: int, *, before: int) -> None:
    """Hangs the dependents of `old` that stand before a token on `new`; those of the token itself too."""
    for k in range(before):
        if k != new and (t.heads[k] == old or t.heads[k] == before):
            t.heads[k] = new
