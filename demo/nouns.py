"""Noun phrases and predicates of one scene: which words are true of a thing, and how a relation can be put."""

from __future__ import annotations

import numpy as np

from demo.lexicon import (
    ANIMATE,
    CLOTHES,
    HYPERNYMS,
    NOUNS,
    PEOPLE,
    POSTURES,
    PREPOSITIONS,
    SETTINGS,
    VEHICLES,
    VERBS,
    plural,
)
from demo.wording import Claim, Noun, Word, Words, finite, head, say
from demo.world import Relation, Scene, Thing, relations

_SIZE_WORDS = {"large": ("large", "big", "big", "huge"), "small": ("small", "little", "small", "tiny")}
_TALL_WORDS = {"large": ("tall",), "small": ("short",)}
_PATTERN_WORDS = {"spotted": ("spotted", "dotted"), "checkered": ("checkered", "checked", "plaid")}
_LYING = ("book", "hat", "ball")


class Speaker:
    """Says nouns and relations of one scene, truly, in random words."""

    def __init__(self, scene: Scene, rng: np.random.Generator) -> None:
        self.scene = scene
        self.rng = rng
        self.facts = sorted(relations(scene))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def pick(self, options: tuple[str, ...]) -> str:
        return options[int(self.rng.integers(len(options)))]

    def name(self, kind: str) -> str:
        """Returns a noun for a kind: the plain one, a synonym or a hypernym."""
        above = tuple(word for word, kinds in HYPERNYMS.items() if kind in kinds)
        if above and self.chance(0.1):
            return self.pick(above)
        nouns = NOUNS.get(kind, (kind,))
        return nouns[0] if self.chance(0.7) else self.pick(nouns)

    def preposition(self, predicate: str) -> str:
        """Returns a preposition for a canonical predicate of place."""
        options = PREPOSITIONS[predicate]
        return options[0] if self.chance(0.6) else self.pick(options)

    def _adjectives(self, thing: Thing) -> list[str]:
        """Returns true adjectives in the order English puts them."""
        person = thing.kind in PEOPLE
        words: list[str] = []
        posed = thing.posture and self.chance(0.1)
        if posed:
            words.append(
                {"stand": "standing", "run": "running", "sit": self.pick(("sitting", "seated"))}[thing.posture]
            )
        elif self.chance(0.3):
            tall = thing.kind in ("man", "woman") or (thing.kind == "tree" and self.chance(0.5))
            words.append(self.pick((_TALL_WORDS if tall else _SIZE_WORDS)[thing.size]))
        if person:
            return words
        return words + self.paint(thing, 0.68)

    def paint(self, thing: Thing, share: float) -> list[str]:
        """Returns colour and pattern words; colour with probability `share`."""
        pattern = self.pick(_PATTERN_WORDS.get(thing.pattern, (thing.pattern,)))
        shown = thing.pattern != "plain" and self.chance(0.55)
        colour = [thing.colour] if self.chance(share) else []
        if shown and thing.pattern != "wooden" and self.chance(0.4):
            return [pattern, *colour]
        return colour + ([pattern] if shown else [])

    def article(self, definite: bool | None = None) -> Words:
        return say("the" if definite or (definite is None and self.chance(0.1)) else "a")

    def bare(self, i: int, *, definite: bool | None = None) -> tuple[Noun, Words]:
        """Returns an article, adjectives and a noun for thing i."""
        thing = self.scene.things[i]
        adjectives = self._adjectives(thing)
        noun = Noun(self.name(thing.kind), adjectives)
        return noun, [*self.article(definite), *(Word(a, (noun,)) for a in adjectives), head(noun)]

    def noun(self, i: int, *, definite: bool | None = None) -> tuple[Noun, Words]:
        """Returns a noun phrase for thing i, a person sometimes with clothes."""
        noun, words = self.bare(i, definite=definite)
        thing = self.scene.things[i]
        if thing.kind in PEOPLE and self.chance(0.32):
            clothes = Noun(CLOTHES[thing.kind], self.paint(thing, 0.85) or [thing.colour])
            claim = Claim(noun, "wear" if (wearing := self.chance(0.35)) else "in", clothes)
            words += say("wearing" if wearing else "in", claim) + say("a")
            words += [*(Word(a, (clothes,)) for a in clothes.attributes), head(clothes)]
        return noun, words

    def plural_noun(self, n: int, name: str, attributes: list[str]) -> tuple[Noun, Words]:
        """Returns a noun phrase that counts the n things that name and attributes are true of; 2 <= n <= 6."""
        numeral = ("two", "three", "four", "five", "six")[n - 2]
        noun = Noun(name, attributes, quantity=numeral)
        if n == 2 and self.chance(0.25):
            noun.quantity = self.pick(("pair", "couple"))
        elif n >= 3 and self.chance(0.3):
            noun.quantity = self.pick(("several", "group"))
        if noun.quantity in ("pair", "couple", "group"):
            words = [*say("a"), *say(noun.quantity, noun), *say("of")]
        else:
            words = say(noun.quantity or numeral, noun)
        return noun, [*words, *(Word(a, (noun,)) for a in attributes), head(noun, plural(name))]

    def place(self, subject: Noun) -> Words:
        """Returns where the scene is: "in a park"."""
        ways = SETTINGS[self.scene.setting]
        name, preposition, article = ways[int(self.rng.integers(len(ways)))]
        noun = Noun(name)
        return [*say(preposition, Claim(subject, preposition, noun)), *say(article), head(noun)]

    def posture(self, i: int) -> str:
        """Returns a posture verb that is true of thing i; "" where none is natural."""
        thing = self.scene.things[i]
        if thing.kind in ANIMATE:
            return thing.posture
        if thing.kind in VEHICLES:
            return "park"
        if any(s == i or (o == i and p in ("hold", "wear")) for s, p, o in self.scene.links):
            return "sit" if thing.kind in ("cup", "vase", "box", "basket") else "lie" if thing.kind in _LYING else ""
        return "lie" if thing.kind in _LYING else "float" if thing.kind == "balloon" else "stand"

    def verb_phrase(
        self, fact: Relation, subject: Noun, target: Noun, *, many: bool = False, mate: Noun | None = None
    ) -> Words:
        """Returns the relation as the predicate of a clause: "is chasing", "stands next to".

        The verb is plural where `many`, or where `mate` is a second subject of which it is as true.
        """
        i, predicate, _ = fact
        many = many or mate is not None

        def claims(said: str) -> list[Claim]:
            return [Claim(noun, said, target) for noun in (subject, mate) if noun is not None]

        progressive = self.chance(0.45)
        if predicate in VERBS:
            verb = VERBS[predicate][int(self.rng.integers(len(VERBS[predicate])))]
            said = claims(f"{verb.base} {verb.particle}".strip())
            return finite(verb, *said, plural=many, progressive=progressive)
        sits = predicate == "sit on"
        preposition = "on" if sits else self.preposition(predicate)
        posture = self.posture(i)
        if posture and predicate not in ("above", "left of", "right of") and (sits or self.chance(0.5)):
            said = claims(f"{posture} {preposition}")
            stands = finite(POSTURES[posture], *said, plural=many, progressive=progressive or posture == "park")
            return stands + say(preposition, *said)
        return say("are" if many else "is") + say(preposition, *claims(preposition))

    def modifier(self, fact: Relation, subject: Noun, target: Noun) -> Words:
        """Returns the relation right behind its subject's noun: "chasing", "with", "next to"."""
        i, predicate, _ = fact
        if predicate in ("hold", "wear") and self.chance(0.35):
            return say("with", Claim(subject, "with", target))
        if predicate in VERBS:
            verb = VERBS[predicate][int(self.rng.integers(len(VERBS[predicate])))]
            claim = Claim(subject, f"{verb.base} {verb.particle}".strip(), target)
            return say(f"{verb.ing} {verb.particle}", claim)
        sits = predicate == "sit on"
        preposition = "on" if sits else self.preposition(predicate)
        posture = self.posture(i)
        if posture and predicate not in ("above", "left of", "right of") and self.chance(0.6 if sits else 0.3):
            claim = Claim(subject, f"{posture} {preposition}", target)
            return say(f"{POSTURES[posture].ing} {preposition}", claim)
        return say(preposition, Claim(subject, preposition, target))

    def passive(self, fact: Relation, agent: Noun, patient: Noun) -> Words | None:
        """Returns the relation as a passive participle with its by: "chased by"; None where English has none."""
        verbs = [v for v in VERBS.get(fact[1], ()) if not v.particle]
        if not verbs:
            return None
        verb = verbs[int(self.rng.integers(len(verbs)))]
        return say(f"{verb.past} by", Claim(agent, verb.base, patient))
