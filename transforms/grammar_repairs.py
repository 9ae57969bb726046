"""Repairs of the parse: what a parser trained on sentences gets wrong in caption fragments, put right.

Each repair is tried where its token stands and changes tags, labels and heads in place, before the tree is read.
"""

from __future__ import annotations

from transforms.grammar_kinds import ANIMATE, COLOURS, LEXICAL, LEXICAL_ENDS, MATERIALS, PERSONS
from transforms.grammar_words import ATTACHING, FINITE, ING_NOUNS, INVERTED, MOTION, NOUN_TAGS, PLACES, STRANDED
from transforms.lemmas import noun_lemma, verb_lemma
from transforms.tokens import TokenTable

CLAUSAL = frozenset(("acl", "ROOT", "advcl", "conj", "relcl", "xcomp", "pcomp", "ccomp"))
MODIFIER = frozenset(("compound", "nmod", "amod", "npadvmod"))
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
        elif word in FINITE and tags[i] in NOUN_TAGS:
            repair_finite(t, i)
        elif labels[i] in BY_LABEL:
            BY_LABEL[labels[i]](t, i)
        elif word.endswith("ing"):
            if word in ING_NOUNS:
                repair_ing_noun(t, i)
            elif tags[i - 1] in NOUN_TAGS:
                repair_participle(t, i)
            else:
                repair_verb(t, i)
        else:
            repair_verb(t, i)


# --- words taken for another part of speech --------------------------------------------------------------------------


def repair_colour(t: TokenTable, i: int) -> None:
    """Makes an adjective of a colour that is tagged a verb: "black and grey backpack"."""
    if t.tags[i][0] == "V" and t.labels[i] in ("amod", "conj", "compound"):
        t.tags[i] = "JJ"


def repair_particle(t: TokenTable, i: int) -> None:
    """Makes a preposition of a particle that governs a noun: "driving down road", "jumping off snow"."""
    v, n = t.heads[i], i + 1
    if n == len(t.words) or t.tags[n] == ".":
        repair_stranded(t, i)
    elif kids(t, i, "pobj"):
        t.labels[i] = "prep"
    elif t.heads[n] == v and t.tags[n] in NOUN_TAGS and verb_lemma(t.words[v]) in MOTION:
        t.labels[i], t.labels[n], t.heads[n] = "prep", "pobj", i


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


def repair_finite(t: TokenTable, v: int) -> None:
    """Makes a clause of an animate noun and a verb that looks like a plural: "the catcher squats", "a boy jumps"."""
    n = v - 1
    if t.heads[n] != v or t.labels[n] not in MODIFIER or noun_lemma(t.words[n]) not in ANIMATE:
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
    """Makes a noun of an adjective between an article and a verb: "a kitten plays", "a surfboard hanging"."""
    n = v - 1
    if t.tags[n] != "JJ" or t.labels[n] != "amod" or t.heads[n] != v or not kids(t, v, "det"):
        return
    t.tags[n] = "NN"
    if t.tags[v] == "VBG":
        promote(t, n, v, before=n)
        t.heads[v], t.labels[v] = n, "acl"
    else:
        move_kids(t, v, n, before=n)
        t.labels[n] = "nsubj"


def repair_ing_noun(t: TokenTable, i: int) -> None:
    """Makes a noun of one in -ing behind a preposition: "the floors of building"."""
    if t.labels[i] == "pcomp" and not kids(t, i, "dobj", "nsubj"):
        t.tags[i], t.labels[i] = "NN", "pobj"


def repair_root(t: TokenTable, i: int) -> None:
    """Makes a noun of an adjective that heads the caption: "a human behind the counter", "a urinal on the wall"."""
    if t.tags[i][0] == "J" and kids(t, i, "det") and not kids(t, i, "nsubj"):
        t.tags[i] = "NN"
    elif t.tags[i] == "JJ" and t.words[i].endswith("ing") and kids(t, i, "nsubj"):
        t.tags[i] = "VBG"


def repair_participle(t: TokenTable, v: int) -> None:
    """Makes a clause of a noun and its participle: "boy holding pizza", "zebra standing in grass"."""
    n, later, label = v - 1, t.heads[v], t.labels[v]
    modified = t.labels[n] in MODIFIER
    if t.tags[v] == "VBG" and label in CLAUSAL and not (modified and t.heads[n] == v):
        return
    if later > v and label in MODIFIER and t.heads[n] in (v, later) and t.tags[later] in NOUN_TAGS:
        promote(t, n, later, before=v)
        t.heads[later], t.labels[later] = v, "dobj"
    elif modified and t.heads[n] == v and not (later > v and label in ("amod", "compound")):
        promote(t, n, v, before=v)
    elif not (later == n and label in ("appos", "amod")) and not (later == t.heads[n] and label == "pobj"):
        return
    t.tags[v], t.labels[v], t.heads[v] = "VBG", "acl", n


def repair_verb(t: TokenTable, v: int) -> None:
    """Repairs what a verb was taken to be, and what was taken for one."""
    if t.tags[v][0] == "V":
        repair_adjective(t, v)
        repair_verbal_modifier(t, v)
        repair_second_clause(t, v)
        repair_inversion(t, v)
        if t.tags[v] == "VBN":
            repair_left(t, v)
    elif t.labels[v] == "ROOT":
        repair_root(t, v)


def repair_second_clause(t: TokenTable, v: int) -> None:
    """Gives a second clause its subject: "a cat stands behind a dog and a woman in red watches" -> the woman watches."""
    if t.tags[v] != "VBZ" or t.labels[v] not in CLAUSAL or kids(t, v, "nsubj", "nsubjpass", "mark", "expl"):
        return
    for s in range(v - 1, 0, -1):
        if not s <= t.heads[s] < v and t.labels[s] == "conj" and t.tags[s] in NOUN_TAGS:
            if t.heads[s] != v and all(s <= t.heads[k] < v for k in range(s + 1, v)):
                t.heads[s], t.labels[s] = v, "nsubj"
            return


def repair_left(t: TokenTable, v: int) -> None:
    """Makes a side of "left" where it is taken for leaving: "a man who is left of a balloon"."""
    be = next((k for k in kids(t, v, "auxpass", "aux") if k < v), -1)
    if be >= 0 and v + 1 < len(t.words) and t.words[v] == "left" and t.words[v + 1] == "of":
        take_place(t, be, v)
        for k in kids(t, v, "nsubj", "nsubjpass"):
            t.heads[k], t.labels[k] = be, "nsubj"
        t.heads[v], t.labels[v], t.tags[v] = be, "acomp", "JJ"


def repair_inversion(t: TokenTable, v: int) -> None:
    """Makes a subject of what stands behind its verb: "behind a fox stands a box", "in a vase is a flower"."""
    if t.words[v] in INVERTED and t.labels[v] == "ROOT" and not kids(t, v, "nsubj", "expl", "csubj"):
        opening = [k for k in kids(t, v, "prep", "advmod") if k < v]
        behind = [k for k in kids(t, v, "dobj", "attr") if k > v]
        if opening and behind:
            t.labels[behind[0]] = "nsubj"


def repair_verbal_modifier(t: TokenTable, v: int) -> None:
    """Makes a clause of a participle behind its noun, or behind "and": "flowers strapped to a bench"."""
    later = t.heads[v]
    if t.labels[v] != "amod":
        return
    if later < v:
        t.labels[v] = "acl"
    elif t.words[v - 1] == "and" and t.tags[v] == "VBG" and t.labels[later] == "conj":
        for first in range(v - 2, -1, -1):
            if t.tags[first] in ("VBG", "VBZ") and t.labels[first] in CLAUSAL:
                t.heads[v], t.labels[v] = first, "conj"
                t.heads[later], t.labels[later] = v, "dobj"
                return


# --- words hung on the wrong word ------------------------------------------------------------------------------------


def repair_compound(t: TokenTable, b: int) -> None:
    """Puts a noun of two words together: "dome on top of fire hydrant"."""
    a = b - 1
    if t.heads[b] == a:
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
    t.heads[a], t.labels[a], t.tags[a] = b, "compound", "NN"
    t.tags[b] = "NNS" if t.words[b].endswith("s") else "NN"


def repair_preposition(t: TokenTable, p: int) -> None:
    """Repairs what a preposition hangs on, and a place taken for one."""
    if p + 1 == len(t.words) or t.tags[p + 1] == ".":
        repair_stranded(t, p)
    elif t.labels[p - 1] == "pobj":
        repair_with_chain(t, p)
    elif t.words[p] in PLACES:
        repair_place(t, p)


def repair_stranded(t: TokenTable, p: int) -> None:
    """Makes a relative clause where a preposition ends the caption: "wall a person leans on", "road the bus is on"."""
    v = t.heads[p]
    if t.tags[v][0] != "V" or t.labels[v] == "relcl" or t.tags[p] not in ("IN", "RP", "RB"):
        return
    if t.labels[p] != "prep" and (t.tags[v] == "VBN" or t.words[p] not in STRANDED):  # "is turned on", "points up"
        return
    for s in kids(t, v, "nsubj", "nsubjpass"):
        place = s - 1
        if s < v and place >= 0 and t.heads[place] == s and t.labels[place] == "compound" and t.tags[v - 1][0] != "N":
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
    if t.words[t.heads[n]] == "with" and p + 1 < len(t.words) and t.heads[p + 1] >= p:
        if t.tags[p + 1][:3] == "PRP":
            t.heads[p] = n


def repair_place(t: TokenTable, i: int) -> None:
    """Makes a noun of a place that is taken for an adverb: "riding on back of elephants"."""
    if t.words[i - 1] in LOCATIVE and t.heads[i] == t.heads[i - 1] < i - 1:
        t.heads[i], t.labels[i], t.labels[i - 1] = i - 1, "pobj", "prep"


def repair_two_subjects(t: TokenTable, s: int) -> None:
    """Makes one subject, or a relative clause, of two: "a fork and one knife is", "the board the pizza is on"."""
    v = t.heads[s]
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
    repair_coordination(t, c)
    repair_new_actor(t, c)


def repair_coordination(t: TokenTable, c: int) -> None:
    """Makes a noun of one that is taken to modify the noun coordinated with it: "a beanie and red coat"."""
    n = c - 1
    later = t.heads[n]
    if later <= c + 1 or t.labels[n] not in ("nmod", "compound", "amod") or t.words[n] in MATERIALS:
        return
    if t.tags[n] not in NOUN_TAGS:
        if not kids(t, n, "amod", "det"):
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


# --- moves in the tree -----------------------------------------------------------------------------------------------


def kids(t: TokenTable, token: int, *labels: str) -> list[int]:
    """Returns the dependents of a token, those with one of the labels if any is given."""
    return [k for k, h in enumerate(t.heads) if h == token != k and (not labels or t.labels[k] in labels)]


def take_place(t: TokenTable, new: int, old: int) -> None:
    """Gives `new` the head and the label of `old`."""
    t.labels[new] = t.labels[old]
    t.heads[new] = new if t.heads[old] == old else t.heads[old]


def promote(t: TokenTable, n: int, head: int, *, before: int) -> None:
    """Gives noun n the place of the word that it was taken to modify, and that word's dependents before it."""
    move_kids(t, head, n, before=before)
    take_place(t, n, head)


def move_kids(t: TokenTable, old: int, new: int, *, before: int) -> None:
    """Hangs the dependents of `old` that stand before a token on `new`; those of that token itself too."""
    for k in range(before):
        if k != new and (t.heads[k] == old or t.heads[k] == before):
            t.heads[k] = new


BY_LABEL = {
    "prt": repair_particle,
    "aux": repair_auxiliary,
    "prep": repair_preposition,
    "advmod": repair_preposition,
    "nsubj": repair_two_subjects,
    "nsubjpass": repair_two_subjects,
    "cc": repair_conjunction,
}
