"""Words for people: who may be whom, and what each of several may wear. Meant to be read and edited."""

from __future__ import annotations

from functools import lru_cache

from transforms.hypernyms import CHILDREN, MEN, SPECIFIC, WOMEN, generals, last_word, words_of
from transforms.rivals import ROLES, rivals

_OTHER_MALES = """
    boy, brother, businessman, cowboy, dad, father, fireman, fisherman, grandfather, groom, husband, king,
    little boy, policeman, prince, son, uncle, waiter, workman, young boy
"""
_OTHER_FEMALES = """
    aunt, ballerina, bride, brunette, businesswoman, daughter, girl, grandmother, little girl, mom, mother,
    princess, queen, schoolgirl, sister, waitress, wife, young girl
"""
_GROWN_UPS = """
    adult, bride, businessman, businesswoman, dad, father, fireman, gentleman, grandfather, grandmother,
    groom, guy, husband, lady, man, mom, mother, policeman, soldier, wife, woman
"""
_WORN = words_of(
    """
    shirt, t-shirt, tee-shirt, tshirt, tee, top, blouse, sweater, sweatshirt, hoodie, jacket, coat, vest, jersey,
    uniform, suit, tuxedo, dress, gown, skirt, pants, trousers, jeans, khakis, shorts, slacks, trunk, swimsuit,
    bikini, robe, apron, costume, outfit, clothing, clothes, attire, overalls, leotard, tie, bow tie, scarf, glove,
    hat, cap, beanie, helmet, headband, bandanna, bandana, hood, visor, wig, shoe, sneaker, boot, sandal, sock,
    stocking, cleat, skate, glasses, sunglasses, goggles, mask, belt, backpack, bag, purse, hair, beard
    """
)


@lru_cache(None)
def worn(head: str) -> bool:
    """Whether the head names what each of several people may have one of: clothes, hair, a bag."""
    return head in _WORN or last_word(head) in _WORN


@lru_cache(None)
def person(head: str) -> bool:
    """Whether the head names a person, or people."""
    return head in _PERSONS or "person" in generals(head)


COLLECTIVES = words_of("people, crowd, group, couple, family, team, friend, audience, someone, other, adult")
_PERSONS = SPECIFIC["person"] | frozenset[str]().union(*ROLES) | COLLECTIVES | {"person", "human", "individual"}
_MALES, _FEMALES = words_of(MEN, _OTHER_MALES), words_of(WOMEN, _OTHER_FEMALES)
_YOUNG, _GROWN = words_of(CHILDREN), words_of(_GROWN_UPS)


@lru_cache(None)
def persons_like(head: str) -> frozenset[str]:
    """Returns the words that may name the person whom `head` names, by sex and age; none if it names no person."""
    if head not in _PERSONS:
        return frozenset()
    same_sex = _MALES if head in _MALES else _FEMALES if head in _FEMALES else frozenset[str]()
    other_sex = _FEMALES if head in _MALES else _MALES if head in _FEMALES else frozenset[str]()
    other_age = _GROWN if head in _YOUNG else _YOUNG if head in _GROWN else frozenset[str]()
    # A boy to one is a young man to another; a child is not.
    return _PERSONS - other_sex - (other_age - same_sex) - rivals(head) - {head}


@lru_cache(None)
def living(head: str) -> bool:
    """Whether the head names a person or an animal."""
    return head in _PERSONS or head == "animal" or "animal" in generals(head) or "person" in generals(head)
