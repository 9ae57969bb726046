"""Dictionary forms of nouns and verbs, by part of speech: the one place that knows lemminflect."""

from __future__ import annotations

from functools import lru_cache

from transforms.lean_import import without_torch

# Nouns that are plural only, or whose dictionary form names another thing.
PLURAL_ONLY = frozenset(
    ("people", "glasses", "sunglasses", "pants", "scissors", "bleachers", "shorts", "jeans", "clothes")
)
VOCABULARY = 1 << 16  # words remembered; English captions use about 20,000


def load_dictionary() -> None:
    """Loads lemminflect, and the spaCy that it brings along, without PyTorch: it would take 450 MB for nothing."""
    with without_torch():
        import lemminflect  # noqa: F401


@lru_cache(VOCABULARY)
def noun_lemma(word: str) -> str:
    """Returns the singular of a lower-case noun: "dogs" -> "dog"; plural-only nouns and unknown words stay."""
    import lemminflect

    if word in PLURAL_ONLY:
        return word
    known: dict[str, tuple[str, ...]] = lemminflect.getAllLemmas(word, "NOUN")
    if known:
        return known["NOUN"][0]
    if word.endswith("ies"):  # what no dictionary knows is rather a veggie, a selfie, a hoodie
        return word[:-1]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        lemmas: tuple[str, ...] = lemminflect.getLemma(word, "NOUN")
        return lemmas[0] if lemmas else word
    return word


@lru_cache(VOCABULARY)
def is_noun(word: str) -> bool:
    """Tells whether a dictionary has a lower-case word as a noun."""
    import lemminflect

    return bool(lemminflect.getAllLemmas(word, "NOUN"))


@lru_cache(VOCABULARY)
def is_only_noun(word: str) -> bool:
    """Tells whether a dictionary has a lower-case word as a noun, and as no adverb or adjective."""
    import lemminflect

    return set(lemminflect.getAllLemmas(word)).isdisjoint(("ADV", "ADJ")) and is_noun(word)


@lru_cache(VOCABULARY)
def verb_lemma(word: str) -> str:
    """Returns the base form of a lower-case verb: "riding" -> "ride"."""
    import lemminflect

    lemmas: tuple[str, ...] = lemminflect.getLemma(word, "VERB")
    return lemmas[0] if lemmas else word


@lru_cache(VOCABULARY)
def participle(word: str) -> str:
    """Returns the -ing form of a lower-case verb: "stops" -> "stopping"."""
    import lemminflect

    if word.endswith("ing"):
        return word
    forms: tuple[str, ...] = lemminflect.getInflection(verb_lemma(word), "VBG")
    return forms[0] if forms else word
