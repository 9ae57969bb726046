"""Rules for noun phrases: which tokens name objects, which only measure, place or modify others."""

from __future__ import annotations

from transforms.grammar_kinds import COLOURED, COLOURS, MATERIALS
from transforms.grammar_modifiers import read_modifiers
from transforms.grammar_reading import Draft, Reading
from transforms.grammar_words import EMPTY_MEASURES, MEASURES, NOUN_TAGS, NUMBERS, PLACES, PORTIONS, QUANTIFIERS
from transforms.lemmas import noun_lemma

MODIFYING = frozenset(("compound", "nmod", "amod", "predet", "det", "nummod", "npadvmod"))
ARGUMENTS = frozenset(("nsubj", "dobj", "pobj", "nsubjpass"))
REPLACING = ARGUMENTS | {"amod"}
COUNTING = QUANTIFIERS | NUMBERS.keys() - {"one"}
STAND_INS = frozenset(("JJ", "JJS", "CD", "VBG", "VBN", "VB", "VBP", "VBZ", "XX", "FW", "UH", "RB"))


def name_objects(r: Reading) -> None:
    """Makes an object of every noun that heads a phrase: "a teddy bear on a bed" -> teddy bear, bed."""
    measures = []
    words, labels = r.words, r.labels
    for i, tag in enumerate(r.tags):
        if tag in NOUN_TAGS:
            if is_modifier(r, i):
                continue
            if words[i] in MEASURES and of_object(r, i) > i:
                measures.append(i)
            elif labels[i] != "npadvmod" and not is_silent(r, i) and not is_place(r, i):
                name_object(r, i)
        elif labels[i] in REPLACING:
            if words[i] in COUNTING and of_object(r, i) > i:
                measures.append(i)
            elif is_stand_in(r, i):
                name_object(r, i)
            elif labels[i] == "amod" and r.heads[i] < i:
                describe_behind(r, i)
    for i in reversed(measures):
        redirect_measure(r, i)


def is_silent(r: Reading, i: int) -> bool:
    """Tells whether a noun names nothing of its own: "each other" in one word, "color" in "blue in color".

    Nor does a material that only describes: "the fence is metal".
    """
    word = r.words[i]
    if r.labels[i] == "attr" and word in MATERIALS and r.kid(r.heads[i], "expl") < 0 and r.kid(i, "det", "prep") < 0:
        return True
    return word == "eachother" or (word in COLOURED and r.labels[i] == "pobj" and r.words[r.heads[i]] == "in")


def is_modifier(r: Reading, i: int) -> bool:
    """Tells whether a noun only modifies a later one: "tennis" in "tennis racket"."""
    head = r.heads[i]
    if r.labels[i] == "conj":  # "red and white obedience training fence"
        return r.labels[head] in ("amod", "compound") and r.heads[head] > i
    return head > i and r.labels[i] in MODIFYING


def is_stand_in(r: Reading, i: int) -> bool:
    """Tells whether another word stands for a noun: "red" in "a skier wearing red", or one taken for an adjective."""
    label = r.labels[i]
    if label in ARGUMENTS:
        return r.tags[i] in STAND_INS and r.words[i - 1] != "each"
    return label == "amod" and r.heads[i] == i - 1 and r.tags[i - 1] == "IN" and r.words[i] in COLOURS


def of_object(r: Reading, i: int) -> int:
    """Returns the noun behind "of": "people" for "group" in "a group of people"; -1 where there is none."""
    for k in r.kids[i]:
        if r.words[k] == "of" and r.labels[k] == "prep":
            return r.kid(k, "pobj")
    return -1


def is_place(r: Reading, i: int) -> bool:
    """Tells whether a noun is part of a locative preposition: "top" in "on top of the car"."""
    return r.words[i] in PLACES and r.labels[i] == "pobj" and of_object(r, i) >= 0


def redirect_measure(r: Reading, i: int) -> None:
    """Lets the measured noun stand for the measure: "a group of people" -> people, quantity "group of".

    "small patches of grass" are small, but "a large crowd of people" is no large people.
    """
    word = r.words[i]
    r.stands_for[i] = measured = r.things(of_object(r, i))
    if word in PORTIONS:
        portion = Draft("", (i, i + 1))
        read_modifiers(r, portion, i)
        portion.describe(noun_lemma(word), (i, i + 1))
        for o in measured:
            for a in portion.attributes:
                r.objects[o].describe(a.value, a.span)
            r.objects[o].quantity = r.objects[o].quantity or portion.quantity
    elif word in COUNTING:  # "two of the dogs"
        for o in measured:
            r.objects[o].quantity = NUMBERS.get(word, word)
    elif word not in EMPTY_MEASURES:
        for o in measured:
            r.objects[o].quantity = r.objects[o].quantity or (f"a {word} of" if word == "lot" else f"{word} of")


def name_object(r: Reading, i: int) -> None:
    """Makes one object: its compound words in the head, its adjectives, numbers and quantifiers as what they are."""
    read_modifiers(r, r.objects[r.name(noun_lemma(r.words[i]), (i, i + 1))], i)


def describe_behind(r: Reading, k: int) -> None:
    """Adds an adjective that stands behind its noun: "a dog asleep on the floor" -> dog is asleep."""
    if r.tags[k] == "JJ" and not r.kids[k]:
        for o in r.stands_for.get(r.heads[k], ()):
            r.objects[o].describe(r.words[k], (k, k + 1))
