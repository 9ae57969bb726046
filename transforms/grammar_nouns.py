"""Rules for noun phrases: which tokens name objects, and what their own words say of them."""

from __future__ import annotations

from transforms.grammar_reading import Draft, Reading
from transforms.grammar_words import COLLECTIVES, NUMBERS, PLACES, PORTIONS, QUANTIFIERS
from transforms.lemmas import noun_lemma

NOUNS = frozenset(("NN", "NNS", "NNP", "NNPS"))


def name_objects(r: Reading) -> None:
    """Makes an object of every noun that heads a phrase: "a teddy bear on a bed" -> teddy bear, bed."""
    for i, tag in enumerate(r.tags):
        if (
            tag in NOUNS
            and not is_modifier(r, i)
            and not is_place(r, i)
            and not is_measure(r, i)
            and r.labels[i] not in ("npadvmod", "advcl", "relcl", "acl")
        ):
            name_object(r, i)
    for i in range(len(r.words) - 1, -1, -1):
        if is_measure(r, i):
            redirect_measure(r, i)


def is_modifier(r: Reading, i: int) -> bool:
    """Tells whether a noun only modifies the next: "tennis" in "tennis racket"."""
    return r.labels[i] in ("compound", "nmod", "amod", "predet", "det", "nummod") and r.heads[i] > i


def of_object(r: Reading, i: int) -> int:
    """Returns the noun behind "of": "people" for "group" in "a group of people"; -1 where there is none."""
    for k in r.kids[i]:
        if r.words[k] == "of" and r.labels[k] == "prep":
            return r.kid(k, "pobj")
    return -1


def is_place(r: Reading, i: int) -> bool:
    """Tells whether a noun is part of a locative preposition: "top" in "on top of the car"."""
    return r.words[i] in PLACES and r.labels[i] == "pobj" and of_object(r, i) >= 0


def is_measure(r: Reading, i: int) -> bool:
    """Tells whether a noun measures the one behind "of": "slice" in "a slice of pizza"."""
    return (r.words[i] in COLLECTIVES or r.words[i] in PORTIONS) and of_object(r, i) >= 0


def redirect_measure(r: Reading, i: int) -> None:
    """Lets the measured noun stand for the measure: "a group of people" -> people, quantity "group of"."""
    measured = r.stands_for.get(of_object(r, i), [])
    r.stands_for[i] = measured
    for o in measured:
        draft = r.objects[o]
        if r.words[i] in PORTIONS:
            draft.describe(noun_lemma(r.words[i]), (i, i + 1))
        elif draft.quantity is None:
            article = "a " if r.words[i] == "lot" else ""
            draft.quantity = f"{article}{r.words[i]} of"


def name_object(r: Reading, i: int) -> None:
    """Makes one object: its compound words in the head, its adjectives, numbers and quantifiers as what they are."""
    start = i
    while start > 0 and r.labels[start - 1] == "compound" and r.heads[start - 1] == i:
        start -= 1
    head = " ".join([*r.words[start:i], noun_lemma(r.words[i])])
    draft = Draft(head, (start, i + 1))
    r.stands_for[i] = [len(r.objects)]
    r.objects.append(draft)
    for k in r.kids[i]:
        label, word = r.labels[k], r.words[k]
        if label == "amod" and word in QUANTIFIERS or label == "det" and word in QUANTIFIERS | {"no"}:
            draft.quantity = word
        elif label == "nummod":
            draft.quantity = NUMBERS.get(word, word)
        elif label == "amod" and k < i:
            describe(r, draft, k)


def describe(r: Reading, draft: Draft, k: int) -> None:
    """Adds an adjective, its adverb, and the adjectives coordinated with it: "black and dark green" -> both."""
    start = k
    while start > 0 and r.labels[start - 1] in ("advmod", "amod") and r.heads[start - 1] == k:
        start -= 1
    draft.describe(" ".join(r.words[start : k + 1]), (start, k + 1))
    for c in r.kids[k]:
        if r.labels[c] == "conj":
            describe(r, draft, c)
