"""Rules for the words before a noun: what fuses with it, what describes it, what is a thing of its own."""

from __future__ import annotations

from transforms.grammar_kinds import (
    ANIMATE,
    ATTRIBUTES,
    BODIED,
    COLOURED,
    COLOURS,
    COMPOUNDING,
    LEXICAL,
    LINKED,
    SAID_AS,
    SHADES,
    SIDED,
    SIDES,
    SPELLINGS,
    WHOLES,
)
from transforms.grammar_reading import Draft, Reading
from transforms.grammar_words import COVERED, DEGREES, ING_NOUNS, NOUN_TAGS, NUMBERS, QUANTIFIERS, UNSEEN
from transforms.lemmas import noun_lemma, verb_lemma

BEFORE = frozenset(
    ("compound", "amod", "nmod", "nummod", "det", "poss", "advmod", "quantmod", "punct", "npadvmod", "predet")
)
ARTICLES = frozenset(("a", "an", "the"))
SILENT_LABELS = frozenset(("det", "advmod", "punct", "predet", "quantmod"))
SILENT_TAGS = frozenset(("CC", "DT", "PRP$", "POS", ",", "RB"))
FINITE_TAGS = frozenset(("VB", "VBD", "VBG", "VBP", "VBZ"))
SHADING = frozenset(("advmod", "npadvmod", "compound", "amod"))


def read_modifiers(r: Reading, draft: Draft, i: int) -> None:
    """Reads the words before noun i from right to left, the order in which they bind to it."""
    k = i - 1
    while k >= 0 and belongs(r, k, i) and r.labels[k] != "poss":
        if r.words[k] in ARTICLES:  # nothing stands before one but "all the", "both the"
            if k and r.words[k - 1] in QUANTIFIERS:
                draft.quantity = r.words[k - 1]
            return
        k = read_modifier(r, draft, k, i) - 1


def belongs(r: Reading, k: int, i: int) -> bool:
    """Tells whether token k, next to what is already read of noun i's phrase, belongs to it too."""
    head, label = r.heads[k], r.labels[k]
    if head > k:
        return head <= i and label in BEFORE
    if label == "conj":  # "black and white cat": the second colour hangs on the first
        return k < r.heads[head] <= i and r.tags[head] not in FINITE_TAGS
    return head < k and (label == "cc" or label == "punct")


def read_modifier(r: Reading, draft: Draft, k: int, i: int) -> int:
    """Reads the modifier that ends at token k and returns the token that it starts with."""
    word, tag = r.words[k], r.tags[k]
    if word == "-" and 0 < k == draft.span[0] - 1:
        return fuse(draft, r.words[k - 1] + "-", k - 1)  # "t-shirt"
    if word in QUANTIFIERS:
        draft.quantity = draft.quantity or word
    elif tag == "CD" or word in NUMBERS:
        if word != "one":
            draft.quantity = NUMBERS.get(word, word)
    elif word in COLOURS and tag not in NOUN_TAGS:
        return read_adjective(r, draft, k, i)
    elif r.labels[k] in SILENT_LABELS or tag in SILENT_TAGS or word in UNSEEN or word in ("color", "colour"):
        pass
    elif word in SIDES and draft.head in SIDED:
        return fuse(draft, word + " ", k)
    elif tag in NOUN_TAGS or (r.labels[k] == "compound" and tag[:2] != "JJ"):
        return read_noun_modifier(r, draft, k, i)
    else:
        return read_adjective(r, draft, k, i)
    return k


def fuse(draft: Draft, words: str, start: int) -> int:
    """Makes words a part of the noun: "tennis racket", "left hand", "t-shirt"."""
    head = words + draft.head
    draft.head = SPELLINGS.get(head, head)
    draft.span = (start, draft.span[1])
    return start


def read_noun_modifier(r: Reading, draft: Draft, k: int, i: int) -> int:
    """Reads a noun before a noun: a material, a whole that has the part, a noun of two words, or an attribute."""
    word = r.words[k]
    if k and word in LINKED and r.heads[k] == i and r.tags[k - 1][:2] in ("JJ", "NN", "CD") and belongs(r, k - 1, i):
        draft.describe(f"{r.words[k - 1]} {word}", (k - 1, k + 1))  # "short sleeve shirt"
        return k - 1
    if word in ATTRIBUTES or word in SAID_AS or (k and r.heads[k - 1] == k and r.labels[k - 1] == "compound"):
        return read_adjective(r, draft, k, i)  # "brick wall", "obedience training fence"
    if is_whole(word, draft.head.rsplit(" ", 1)[-1]):
        whole = r.name(noun_lemma(word), (k, k + 1))
        r.relate([whole], "have", r.stands_for.get(i, []), (k, i + 1))
        return k
    if k == draft.span[0] - 1 and not (word.endswith("ing") and word not in ING_NOUNS and draft.head in ANIMATE):
        return fuse(draft, word + " ", k)
    return read_adjective(r, draft, k, i)


def is_whole(modifier: str, head: str) -> bool:
    """Tells whether a noun before a noun names the whole of a part: "tree branch", "man hand", "car door"."""
    for parts, wholes in WHOLES:
        if head in parts and noun_lemma(modifier) in wholes:
            return (modifier, head) not in LEXICAL
    return False


def read_adjective(r: Reading, draft: Draft, k: int, i: int) -> int:
    """Reads the adjective that ends at token k: an attribute, a part with its own, or what covers the noun."""
    word = r.words[k]
    start = adjective_start(r, k)
    if start < k:
        before = r.words[start]
        if word in BODIED:  # "red haired man"
            part = r.name(BODIED[word], (k, k + 1))
            r.objects[part].describe(SAID_AS.get(before, before), (start, start + 1))
            r.relate(r.stands_for.get(i, []), "have", [part], (start, k + 1))
            return start
        if word in COVERED and r.tags[start] in NOUN_TAGS and start == k - 1:
            cover = r.name(noun_lemma(before), (start, k))  # "snow covered mountain"
            if word == "covered":
                r.relate([cover], "cover", r.stands_for.get(i, []), (k, k + 1))
            else:
                r.relate(r.stands_for.get(i, []), f"{verb_lemma(word)} with", [cover], (k, k + 1))
            return start
        if word in COLOURED and before in COLOURS and before not in SHADES:  # "gray colored" is gray
            draft.describe(before, (start, k + 1))
            return start
    draft.describe(attribute_value(r, start, k + 1), (start, k + 1))
    return start


def adjective_start(r: Reading, k: int) -> int:
    """Returns the first word of an adjective with what shades it: "dark green", "partly cloudy", "chain link"."""
    start = k
    while start > 0:
        j = start - 1
        word, before = r.words[start], r.words[j]
        if (word in COLOURS and before in SHADES) or (word in COLOURED and (before in SHADES or before in COLOURS)):
            start = j
        elif before == "-" and j > 0:
            start = j - 1
        elif r.heads[j] == k and (before not in COLOURS or r.words[k] in BODIED) and is_shading(r, j, k):
            start = j
        else:
            break
    return start


def is_shading(r: Reading, j: int, k: int) -> bool:
    """Tells whether a word before a modifier is one with it: "partly cloudy", "chain link"; not "very short"."""
    if r.labels[j] == "compound" or r.words[k] in COMPOUNDING:
        return True
    return r.tags[j] == "RB" and r.labels[j] in SHADING and r.words[j] not in DEGREES and r.labels[k] != "compound"


def attribute_value(r: Reading, start: int, end: int) -> str:
    """Returns the words of an attribute as one value: "light-colored", "multi-colored", wood as "wooden"."""
    if end - start == 1:
        return SAID_AS.get(r.words[start], r.words[start])
    words = r.words[start:end]
    return " ".join(words).replace(" - ", "-").replace("multi ", "multi-")


def describe_complement(r: Reading, draft: Draft, k: int, *, negated: bool) -> None:
    """Adds an adjective that follows a verb, without the adverb of degree: "is very tall" -> tall."""
    start = k
    for j in reversed(r.kids[k]):
        if j == start - 1 and r.labels[j] in SHADING and r.words[j] not in DEGREES:
            start = j
    draft.describe(attribute_value(r, start, k + 1), (start, k + 1), negated=negated)
