"""Repairs of the parse: what a parser trained on sentences gets wrong in caption fragments, put right.

Each repair is tried where its token stands and changes tags, labels and heads in place, before the tree is read.
"""

from __future__ import annotations

from transforms.grammar_kinds import ANIMATE, COLOURS, LEXICAL, LEXICAL_ENDS, MATERIALS, PERSONS
from transforms.grammar_tree import kids, move_kids, promote, take_place
from transforms.grammar_verb_repairs import (
    repair_auxiliary,
    repair_finite,
    repair_noun_root,
    repair_participle,
    repair_particle,
    repair_verb,
)
from transforms.grammar_words import FINITE, ING_NOUNS, NOUN_TAGS, PLACES, STRANDED
from transforms.lemmas import is_noun, is_only_noun, noun_lemma
from transforms.tokens import TokenTable

BE = frozenset(("is", "are"))
LOCATIVE = frozenset(("on", "in", "at", "to"))


def repair(t: TokenTable) -> None:
    """Tries the repairs on each token, left to right."""
    words, tags, labels = t.words, t.tags, t.labels
    for i, word in enumerate(words):
        if word in COLOURS:
            repair_colour(t, i)
        elif i == 0:
            continue
        elif word in LEXICAL_ENDS and (words[i - 1], word) in LEXICAL:
            repair_compound(t, i)
        elif word == "'s" and words[i - 1] == "it":
            repair_its(t, i)
        elif word in FINITE and tags[i] in NOUN_TAGS:
            repair_finite(t, i)
        elif labels[i] == "pobj" and tags[t.heads[i]][0] == "V":  # "a taxi following a car"
            labels[i] = "dobj"
        elif labels[i] in BY_LABEL:
            BY_LABEL[labels[i]](t, i)
        elif word.endswith("ing"):
            if word in ING_NOUNS and not (tags[i] == "VBG" and tags[i - 1] == "NNS"):
                repair_ing_noun(t, i)
            elif tags[i - 1] in NOUN_TAGS or words[i - 1] in ANIMATE:
                repair_participle(t, i)
            else:
                repair_verb(t, i)
        else:
            repair_verb(t, i)


def repair_colour(t: TokenTable, i: int) -> None:
    """Makes an adjective of a colour that is tagged a verb: "black and grey backpack"."""
    if t.tags[i][0] == "V" and t.labels[i] in ("amod", "conj", "compound"):
        t.tags[i] = "JJ"


def repair_ing_noun(t: TokenTable, i: int) -> None:
    """Makes a noun of one in -ing behind a preposition: "the floors of building"."""
    if t.labels[i] == "pcomp" and not kids(t, i, "dobj", "nsubj"):
        t.tags[i], t.labels[i] = "NN", "pobj"


def repair_compound(t: TokenTable, b: int) -> None:
    """Puts a noun of two words together: "dome on top of fire hydrant"."""
    a = b - 1
    if t.heads[b] == a or t.labels[b] in (
        "aux",
        "appos",
        "oprd",
    ):  # "beside the fire hydrant", "a garbage can"
        take_place(t, b, a)
        for k in kids(t, a):
            t.heads[k] = b
    elif t.heads[a] != b and t.heads[a] != t.heads[b]:
        top = a
        for _ in t.words:
            if t.heads[top] in (b, top):
                break
            top = t.heads[top]
        if t.heads[top] == b:  # the second word was taken for the verb that the first depends on
            move_kids(t, b, top, before=a)
            place, label = t.heads[a], t.labels[a]
            take_place(t, top, b)
            t.heads[b], t.labels[b] = place, label
    if t.labels[b] == "pcomp":  # "sitting on cutting board"
        t.labels[b] = "pobj"
    p = t.heads[b]
    if t.labels[b] == "nsubj" and t.tags[p] == "IN":
        take_place(t, b, p)
        t.heads[p], t.labels[p] = b, "prep"
    repair_noun_root(t, b)
    t.heads[a], t.labels[a], t.tags[a] = b, "compound", "NN"
    t.tags[b] = "NNS" if t.words[b].endswith("s") else "NN"


def repair_its(t: TokenTable, i: int) -> None:
    """Makes an owner of "it 's" behind a verb or preposition: "a cow licking it's leg", "a ball in it's mouth"."""
    governor = i - 2
    owned = [n for n in kids(t, i, "attr") if n > i and t.tags[n] in NOUN_TAGS]
    if governor < 0 or t.tags[governor][0] not in "VI" or t.labels[governor] == "mark" or not owned:
        return
    n = owned[0]
    if t.labels[i] == "ROOT":
        tops = [k for k in kids(t, i) if k <= governor]
        if not tops:
            return
        take_place(t, tops[-1], i)
    for k in kids(t, i):
        if k > n:
            t.heads[k] = n
    t.heads[n], t.labels[n] = governor, "dobj" if t.tags[governor][0] == "V" else "pobj"
    t.heads[i - 1], t.labels[i - 1], t.tags[i - 1] = n, "poss", "PRP$"
    t.heads[i], t.labels[i], t.tags[i] = i - 1, "case", "POS"


def repair_ending(t: TokenTable, p: int) -> None:
    """Repairs a particle: one that ends the caption, or one that governs a noun."""
    if p + 1 == len(t.words) or t.tags[p + 1] == ".":
        repair_stranded(t, p)
    else:
        repair_particle(t, p)


def repair_preposition(t: TokenTable, p: int) -> None:
    """Repairs what a preposition hangs on, and a place taken for one."""
    if p + 1 == len(t.words) or t.tags[p + 1] == ".":
        repair_stranded(t, p)
    elif t.labels[p - 1] == "pobj":
        repair_with_chain(t, p)
    elif t.words[p] in PLACES:
        repair_place(t, p)
    elif t.tags[p] == "RB" and t.heads[p] == p - 1 and t.tags[p - 1] == "VBG" and is_only_noun(t.words[p]):
        t.tags[p], t.labels[p] = "NN", "dobj"  # "man grabbing skateboard"


def repair_stranded(t: TokenTable, p: int) -> None:
    """Makes a relative clause where a preposition ends the caption: "wall a person leans on", "road the bus is on"."""
    v = t.heads[p]
    if t.tags[v][0] != "V" or t.labels[v] == "relcl" or t.tags[p] not in ("IN", "RP", "RB"):
        return
    if t.labels[p] != "prep" and (t.tags[v] == "VBN" or t.words[p] not in STRANDED):  # "is turned on", "points up"
        return
    for s in kids(t, v, "nsubj", "nsubjpass"):
        place = s - 1
        told = t.tags[v - 1][0] != "N" or t.words[v] in BE
        if s < v and told and place >= 0 and t.heads[place] == s and t.labels[place] == "compound":
            for k in kids(t, s):
                if k < place:
                    t.heads[k] = place
            take_place(t, place, v)
            t.heads[v], t.labels[v] = place, "relcl"
            t.labels[p] = "prep"
            return


def repair_with_chain(t: TokenTable, p: int) -> None:
    """Hangs a place that a pronoun tells on the noun behind "with": "a boy with a helmet on his head"."""
    n = p - 1
    pronoun = p + 1 < len(t.words) and t.tags[p + 1][:3] == "PRP" and t.heads[p + 1] >= p
    if pronoun and t.words[t.heads[n]] == "with":
        t.heads[p] = n


def repair_place(t: TokenTable, i: int) -> None:
    """Makes a noun of a place that is taken for an adverb: "riding on back of elephants"."""
    if t.words[i - 1] in LOCATIVE and t.heads[i] == t.heads[i - 1] < i - 1:
        t.heads[i], t.labels[i], t.labels[i - 1] = i - 1, "pobj", "prep"


def repair_two_subjects(t: TokenTable, s: int) -> None:
    """Makes one subject, or a relative clause, of two: "a fork and one knife is", "the board the pizza is on".

    A subject of an auxiliary is the verb's.
    """
    v = t.heads[s]
    if t.labels[v] == "aux" and t.words[v] in BE:  # "boy is swinging bat"
        t.heads[s] = v = t.heads[v]
    if v < s:
        return
    for first in range(s):
        if t.heads[first] == v and t.tags[first] in NOUN_TAGS and t.labels[first] != "npadvmod":
            between = range(first + 1, s)
            if any(t.labels[k] == "cc" for k in between):
                t.heads[s], t.labels[s] = first, "conj"
            elif all(t.heads[k] == s for k in between):
                take_place(t, first, v)
                t.heads[v], t.labels[v] = first, "relcl"
            return


def repair_conjunction(t: TokenTable, c: int) -> None:
    """Repairs what "and" was taken to join."""
    repair_base_verb(t, c)
    repair_coordination(t, c)
    repair_new_actor(t, c)


def repair_base_verb(t: TokenTable, c: int) -> None:
    """Makes a noun of a bare verb that "and" joins to a noun: "a man in a suit and tie", "using a knife and fork"."""
    n, x = c - 1, c + 1
    if x >= len(t.words) or t.tags[x] not in ("VB", "VBP") or t.tags[n] not in NOUN_TAGS or not is_noun(t.words[x]):
        return
    top = t.heads[x] if t.labels[x] == "conj" else next(iter(kids(t, x, "nsubj")), x)
    if t.tags[top] not in ("NN", "NNP") or top > n:
        return
    behind = [k for k in kids(t, x) if k > x]
    verb = x + 1
    if verb in behind and t.tags[verb] == "NNS" and t.words[verb] in FINITE:  # "a man in a suit and tie walks"
        take_place(t, verb, top)
        t.heads[top], t.labels[top], t.tags[verb] = verb, "nsubj", "VBZ"
        for k in behind:
            if k != verb:
                t.heads[k] = verb
    elif kids(t, x, "dobj", "prep", "acomp", "xcomp", "prt", "advmod"):
        return
    elif t.labels[x] != "conj":
        take_place(t, top, x)
    t.heads[x], t.labels[x], t.tags[x] = n, "conj", "NN"


def repair_coordination(t: TokenTable, c: int) -> None:
    """Makes a noun of one that is taken to modify the noun coordinated with it: "a beanie and red coat"."""
    n = c - 1
    later = t.heads[n]
    if later <= c + 1 or t.labels[n] not in ("nmod", "compound", "amod") or t.words[n] in MATERIALS:
        return
    if t.tags[n] not in NOUN_TAGS:
        if t.labels[n] != "nmod" and not kids(t, n, "amod", "det"):
            return
        t.tags[n] = "NN"
    promote(t, n, later, before=n)
    t.heads[later], t.labels[later] = n, "conj"
    for k in range(c + 1, later):
        if t.heads[k] == n:
            t.heads[k], t.labels[k] = later, "amod"


def repair_new_actor(t: TokenTable, c: int) -> None:
    """Lifts a person out of what another wears or holds: "a man wearing a hat and a woman wearing a scarf"."""
    first = t.heads[c]
    if t.labels[first] not in ("dobj", "pobj") or noun_lemma(t.words[first]) in ANIMATE:
        return
    for k in kids(t, first, "conj"):
        top = t.heads[t.heads[first]]
        if k > c and top < c and noun_lemma(t.words[k]) in PERSONS and noun_lemma(t.words[top]) in ANIMATE:
            t.heads[k] = top


BY_LABEL = {
    "prt": repair_ending,
    "aux": repair_auxiliary,
    "prep": repair_preposition,
    "advmod": repair_preposition,
    "nsubj": repair_two_subjects,
    "nsubjpass": repair_two_subjects,
    "cc": repair_conjunction,
}
