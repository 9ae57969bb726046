"""Rules for noun phrases: which tokens name objects, and what their own words say of them."""

from __future__ import annotations

from transforms.grammar_reading import Draft, Reading
from transforms.grammar_words import (
    ANIMALS,
    BODIED,
    BODY,
    BUILDING_PARTS,
    BUILDINGS,
    COLLECTIVES,
    COLOURS,
    COVERED,
    DEGREES,
    DEVICE_PARTS,
    DEVICES,
    EMPTY_COLLECTIVES,
    KINDS,
    LINKED,
    MATERIALS,
    NOUN_TAGS,
    NUMBERS,
    PERSONS,
    PLACES,
    PLANTS,
    PORTIONS,
    QUANTIFIERS,
    SAID_AS,
    SHADES,
    UNSEEN,
    VEHICLE_PARTS,
    VEHICLES,
)
from transforms.lemmas import noun_lemma, verb_lemma

VERBS = frozenset(("VB", "VBD", "VBG", "VBP", "VBZ"))
BEFORE = frozenset(
    ("compound", "amod", "nmod", "nummod", "det", "poss", "advmod", "quantmod", "punct", "npadvmod", "predet")
)
COLOURED = frozenset(("colored", "coloured", "color", "colour"))
ATTRIBUTE_NOUNS = COLOURS | MATERIALS | KINDS


def name_objects(r: Reading) -> None:
    """Makes an object of every noun that heads a phrase: "a teddy bear on a bed" -> teddy bear, bed."""
    measures = []
    for i, tag in enumerate(r.tags):
        if tag in NOUN_TAGS:
            if is_modifier(r, i) or is_place(r, i):
                continue
            if is_measure(r, i):
                measures.append(i)
            elif r.labels[i] != "npadvmod":
                name_object(r, i)
        elif is_nominal(r, i):
            name_object(r, i)
    for i in reversed(measures):
        redirect_measure(r, i)


def is_nominal(r: Reading, i: int) -> bool:
    """Tells whether an adjective stands for a noun: "others" in "as others watch", "two" in "two on a bench"."""
    return (
        r.labels[i] in ("nsubj", "dobj", "pobj", "nsubjpass")
        and r.words[i - 1] != "each"
        and (r.tags[i] in ("JJ", "CD", "JJS", "VBG", "VBN", "VB", "VBP", "VBZ") and r.words[i] not in COLOURS)
    )


def is_modifier(r: Reading, i: int) -> bool:
    """Tells whether a noun only modifies a later one: "tennis" in "tennis racket"."""
    head = r.heads[i]
    if r.labels[i] == "conj":  # "red and white obedience training fence"
        return r.labels[head] in ("amod", "compound") and r.heads[head] > i
    return r.labels[i] in ("compound", "nmod", "amod", "predet", "det", "nummod", "npadvmod") and head > i


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
    word = r.words[i]
    measured = r.things(of_object(r, i))
    r.stands_for[i] = measured
    scratch = Draft("", (i, i + 1))
    describe_by_modifiers(r, scratch, i)
    for o in measured:
        draft = r.objects[o]
        for a in scratch.attributes:
            draft.describe(a.value, a.span)
        if word in PORTIONS:
            draft.describe(noun_lemma(word), (i, i + 1))
            draft.quantity = draft.quantity or scratch.quantity
        elif draft.quantity is None and word not in EMPTY_COLLECTIVES:
            article = "a " if word == "lot" else ""
            draft.quantity = f"{article}{word} of"


def name_object(r: Reading, i: int) -> None:
    """Makes one object: its compound words in the head, its adjectives, numbers and quantifiers as what they are."""
    draft = Draft(noun_lemma(r.words[i]), (i, i + 1))
    r.stands_for[i] = [len(r.objects)]
    r.objects.append(draft)
    describe_by_modifiers(r, draft, i)


def describe_by_modifiers(r: Reading, draft: Draft, i: int) -> None:
    """Reads the words before a noun from right to left, the order in which they bind to it."""
    start = i
    fusing = True
    k = i - 1
    while k >= 0 and within(r, k, i):
        word, tag, label = r.words[k], r.tags[k], r.labels[k]
        if r.words[k] == "-" and k and k + 1 == start:  # "t-shirt"
            start = k = k - 1
            draft.head = f"{r.words[k]}-{draft.head}"
            draft.span = (start, i + 1)
            k -= 1
            continue
        if word in QUANTIFIERS:
            draft.quantity = draft.quantity or word
        elif tag == "CD" or word in NUMBERS:
            if word != "one":
                draft.quantity = NUMBERS.get(word, word)
        elif label in ("det", "poss", "advmod", "punct", "predet", "quantmod") or tag in (
            "CC",
            "DT",
            "PRP$",
            "POS",
            ",",
            "RB",
        ):
            if label == "poss":
                break
        elif word in UNSEEN:
            pass
        elif tag in NOUN_TAGS or (label == "compound" and tag[:2] != "JJ"):
            if (
                word in LINKED
                and k
                and r.heads[k] == i
                and within(r, k - 1, i)
                and r.tags[k - 1][:2] in ("JJ", "NN", "CD")
            ):
                draft.describe(f"{r.words[k - 1]} {word}", (k - 1, k + 1))
                k -= 1
            elif word in SHADES and k + 1 < i and r.words[k + 1] in COLOURS:
                pass  # taken by the colour
            elif k and r.heads[k - 1] == k and r.labels[k - 1] == "compound":
                k = describe(r, draft, k, i)
            elif word in ATTRIBUTE_NOUNS or word in SAID_AS:
                k = describe(r, draft, k, i)
                fusing = False
            elif word in COLOURED:
                pass
            elif is_whole(word, draft.head):
                whole = Draft(noun_lemma(word), (k, k + 1))
                r.stands_for[k] = [len(r.objects)]
                r.objects.append(whole)
                r.relate([len(r.objects) - 1], "have", r.stands_for[i], (k, i + 1))
                describe_by_modifiers(r, whole, k)
                return
            elif fusing and k == start - 1:
                start = k
                draft.head = f"{word} {draft.head}"
                draft.span = (start, i + 1)
            else:
                k = describe(r, draft, k, i)
        else:
            k = describe(r, draft, k, i)
            fusing = False
        k -= 1


def within(r: Reading, k: int, i: int) -> bool:
    """Tells whether the token k, next to what is already read of noun i's phrase, belongs to it too."""
    head, label = r.heads[k], r.labels[k]
    if head > k:
        return head <= i and label in BEFORE
    if label == "conj":  # "black and white cat": the second colour hangs on the first
        return k < r.heads[head] <= i and r.tags[head] not in VERBS
    return head < k and label in ("cc", "punct")


def is_whole(modifier: str, head: str) -> bool:
    """Tells whether a noun before a noun names the whole of a part: "tree branch", "man hand", "car door"."""
    whole = noun_lemma(modifier)
    return (
        (head in BODY and (whole in PERSONS or whole in ANIMALS))
        or (head in VEHICLE_PARTS and whole in VEHICLES)
        or (head in DEVICE_PARTS and whole in DEVICES)
        or (head in BUILDING_PARTS and whole in BUILDINGS)
        or head in PLANTS.get(whole, ())
    )


def describe(r: Reading, draft: Draft, k: int, i: int) -> int:
    """Adds the modifier that ends at k as an attribute, with the words that shade it; returns its first token.

    "dark green" and "partly cloudy" are one attribute, "very short" is "short", "chain link fence" is a "chain link" fence.
    """
    start = k
    while start > 0:
        j = start - 1
        if r.words[start] in COLOURS and r.words[j] in SHADES:
            start = j
        elif r.words[start] in COLOURED:
            if r.words[j] in COLOURS and r.words[j] not in SHADES:  # "gray colored" is gray
                draft.describe(r.words[j], (j, k + 1))
                return j
            if r.words[j] not in SHADES:
                break
            start = j
        elif r.words[j] == "-" and start > 1:
            start -= 2
        elif (
            r.heads[j] == k
            and r.labels[j] in ("advmod", "npadvmod", "compound", "amod")
            and r.words[j] not in DEGREES
            and r.labels[k] != "compound"
        ) or (r.heads[j] == k and r.labels[j] == "compound"):
            start = j
        else:
            break
    word = r.words[k]
    if start < k and word in BODIED:
        part = Draft(BODIED[word], (k, k + 1))
        part.describe(SAID_AS.get(r.words[start], r.words[start]), (start, start + 1))
        r.objects.append(part)
        r.relate(r.stands_for[i], "have", [len(r.objects) - 1], (start, k + 1))
        return start
    if word in COVERED and start == k - 1 and r.tags[start] in NOUN_TAGS:
        cover = Draft(noun_lemma(r.words[start]), (start, k))
        r.stands_for[start] = [len(r.objects)]
        r.objects.append(cover)
        r.relate([len(r.objects) - 1], verb_lemma(word), r.stands_for[i], (k, k + 1))
        return start
    words = r.words[start : k + 1]
    if words[0] == "multi" and len(words) == 2:
        words = ["-".join(words)]
    value = " ".join(words).replace(" - ", "-")
    draft.describe(SAID_AS.get(value, value), (start, k + 1))
    return start


def describe_adjective(r: Reading, draft: Draft, k: int, *, negated: bool = False) -> None:
    """Adds an adjective that follows a verb, without the adverb of degree: "is very tall" -> tall."""
    start = k
    for j in r.kids[k]:
        if (
            j < k
            and j == start - 1
            and r.labels[j] in ("advmod", "npadvmod", "amod", "compound")
            and r.words[j] not in DEGREES
        ):
            start = j
    draft.describe(" ".join(r.words[start : k + 1]), (start, k + 1), negated=negated)
