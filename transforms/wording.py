"""Words put into a caption's sentence: plurals, verb forms, "a" or "an"."""

from __future__ import annotations

import re
from functools import lru_cache

from transforms.hypernyms import words_of
from transforms.lemmas import PLURAL_ONLY, VOCABULARY, noun_lemma, verb_lemma

# Nouns that stand without an article where others need one.
MASS = words_of(
    """
    water, snow, grass, sand, dirt, food, ice, air, mud, rain, clothing, music, beer, wine, coffee, juice, milk,
    bread, rice, meat, cheese, hair, luggage, furniture, traffic, equipment, jewelry, smoke, fire, dust, hay, wood,
    metal, fabric, paint, paper, money, fruit, foliage, vegetation, greenery, surf, sky, ground, beach, ocean
    """
)
# Begin with a vowel that is written as a consonant, or the reverse.
_AN = re.compile(r"(?!(?:one|once)\b|eu)(?:[aeio]|u(?!ni(?!n)|s[aeiu]|te)|hour|honest|honou?r|heir)", re.IGNORECASE)

Number = str  # "one" or "many"


def article(word: str) -> str:
    """Returns "an" before a word that begins with a vowel to the ear, else "a"."""
    return "an" if _AN.match(word) else "a"


def grammatical_number(word: str, head: str) -> Number | None:
    """Returns whether a noun's word stands for "one" or "many" of the head; None where its form does not tell."""
    last = head.rsplit(" ", 1)[-1]
    word = word.lower()
    if last in PLURAL_ONLY or (word != last and noun_lemma(word) == last):
        return "many"
    return "one" if word == last and plural(last) != last else None


@lru_cache(VOCABULARY)
def plural(head: str) -> str:
    """Returns the plural of a head, by its last word: "traffic light" -> "traffic lights"."""
    import lemminflect

    before, _, last = head.rpartition(" ")
    if last in PLURAL_ONLY:
        return head
    forms: tuple[str, ...] = lemminflect.getInflection(last, "NNS")
    return f"{before} {forms[0] if forms else last + 's'}".strip()


@lru_cache(VOCABULARY)
def verb_form(word: str) -> str | None:
    """Returns the Penn tag of a lower-case verb's form, as far as spelling shows it: "riding" -> "VBG"."""
    lemma = verb_lemma(word)
    if word == lemma:
        return "VBP"
    if word.endswith("ing"):
        return "VBG"
    return "VBZ" if word.endswith("s") else None


@lru_cache(VOCABULARY)
def inflected(verb: str, tag: str) -> str:
    """Returns a base form in the form of the tag: ("ride", "VBG") -> "riding"."""
    import lemminflect

    forms: tuple[str, ...] = lemminflect.getInflection(verb, tag)
    return forms[0] if forms else verb
