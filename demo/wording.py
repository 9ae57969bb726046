"""Words that remember what they say: from parts of speech to a caption with the spans of its phrases."""

from __future__ import annotations

from dataclasses import dataclass, field

from demo.lexicon import Verb
from demo.phrases import Mention, Phrase


@dataclass(slots=True, eq=False)
class Noun:
    """A noun phrase being said; `asserted` is False where the caption only denies it ("without a hat")."""

    head: str
    attributes: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    quantity: str | None = None
    asserted: bool = True


@dataclass(slots=True, eq=False)
class Claim:
    """A relation being said."""

    subject: Noun
    predicate: str
    object: Noun
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    owners: tuple[Noun | Claim, ...] = ()  # what the word belongs to; empty for articles and the like
    head: bool = False  # the noun itself


Words = list[Word]


@dataclass(frozen=True, slots=True)
class SaidPhrase:
    phrase: Phrase
    span: tuple[int, int]  # characters of the caption, half-open, from its first word to its last


@dataclass(frozen=True, slots=True)
class SaidCaption:
    text: str
    phrases: tuple[SaidPhrase, ...]


def say(text: str, *owners: Noun | Claim) -> Words:
    return [Word(word, owners) for word in text.split()]


def head(noun: Noun, form: str = "") -> Word:
    """Returns the noun itself, in another form (a plural) where one is given."""
    return Word(form or noun.head, (noun,), True)


def finite(verb: Verb, *owners: Claim, plural: bool, progressive: bool) -> Words:
    """Returns the verb as a main verb: "chases", "are chasing"."""
    if progressive:
        return [*say("are" if plural else "is"), *say(f"{verb.ing} {verb.particle}", *owners)]
    return say(f"{verb.base if plural else verb.third} {verb.particle}", *owners)


def join(parts: list[Words]) -> Words:
    """Returns "a, b and c"."""
    words = list(parts[0])
    for part in parts[1:-1]:
        words += [*say(","), *part]
    return words + ([*say("and"), *parts[-1]] if len(parts) > 1 else [])


def _article(following: Word, said: list[Noun]) -> str:
    """Returns a, an, or another where what was said before fits the noun as well."""
    noun = following.owners[0] if following.owners else None
    if isinstance(noun, Noun) and noun.quantity is None:
        for earlier in said:
            if earlier is not noun and earlier.head == noun.head and set(noun.attributes) <= set(earlier.attributes):
                return "another"
    return "an" if following.text[0] in "aeiou" else "a"


def assemble(words: Words, stop: str) -> SaidCaption:
    """Returns the caption with every phrase that its words belong to."""
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    nouns: list[Noun] = []
    at = 0
    for i, word in enumerate(words):
        text = _article(words[i + 1], nouns) if word.text == "a" else word.text
        if word.head:
            nouns += [owner for owner in word.owners if isinstance(owner, Noun)]
        if i == 0:
            text = text[0].upper() + text[1:]
        if parts and text != ",":
            parts.append(" ")
            at += 1
        spans.append((at, at + len(text)))
        parts.append(text)
        at += len(text)
    owned: dict[Noun | Claim, list[tuple[int, int]]] = {}
    heads: dict[Noun | Claim, list[tuple[int, int]]] = {}
    for word, span in zip(words, spans, strict=True):
        for owner in word.owners:
            owned.setdefault(owner, []).append(span)
            if word.head:
                heads.setdefault(owner, []).append(span)
    phrases = []
    for owner, own in owned.items():
        if isinstance(owner, Noun):
            if not owner.asserted:
                continue
            phrase = Phrase(Mention(owner.head, tuple(owner.attributes), tuple(owner.without), owner.quantity))
        else:
            phrase = Phrase(Mention(owner.subject.head), owner.predicate, Mention(owner.object.head), owner.negated)
            own = own + heads[owner.subject][:1] + heads[owner.object][:1]
        phrases.append(SaidPhrase(phrase, (min(s for s, _ in own), max(e for _, e in own))))
    return SaidCaption("".join(parts) + stop, tuple(phrases))
