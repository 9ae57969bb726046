"""The words of the demo world: what can be drawn, and every word that captions use for it.

Canonical names (kinds, colours, sizes, patterns, predicates) are the detector's and the truth's; the *said* words on
the right-hand sides are what a caption may use instead. `meaning` tables map a said word back to the canonical names
it is true of, so that hypernyms ("animal") and synonyms ("couch") need no special case.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    base: str
    third: str  # "chases"
    ing: str  # "chasing"
    past: str  # the participle: "chased"
    particle: str = ""  # "at" in "look at"


COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "brown", "black", "white")
SIZES = ("large", "small")
PATTERNS = ("plain", "striped", "spotted", "checkered", "wooden")
ATTRIBUTES = COLOURS + SIZES + PATTERNS

PEOPLE = ("man", "woman", "boy", "girl")
ANIMALS = ("dog", "cat", "fox", "horse", "duck")
VEHICLES = ("car", "truck", "bus")
FURNITURE = ("sofa", "chair", "table")
ANIMATE = PEOPLE + ANIMALS
OTHERS = ("cup", "vase", "box", "basket", "ball", "book", "hat", "umbrella", "flower", "balloon", "tree")
KINDS = ANIMATE + VEHICLES + FURNITURE + OTHERS

CLOTHES = {"man": "shirt", "woman": "dress", "boy": "shirt", "girl": "dress"}

# Nouns a caption may use for a kind, the plain one first.
NOUNS = {
    "man": ("man", "guy"),
    "woman": ("woman", "lady"),
    "dog": ("dog", "puppy"),
    "cat": ("cat", "kitty"),
    "car": ("car", "automobile"),
    "truck": ("truck", "lorry"),
    "sofa": ("sofa", "couch"),
    "cup": ("cup", "mug"),
    "ball": ("ball",),
}
HYPERNYMS = {
    "person": PEOPLE,
    "child": ("boy", "girl"),
    "kid": ("boy", "girl"),
    "animal": ANIMALS,
    "vehicle": VEHICLES,
    "seat": ("sofa", "chair"),
    "plant": ("flower", "tree"),
    "container": ("box", "basket"),
}
PLURALS = {
    "man": "men",
    "woman": "women",
    "lady": "ladies",
    "puppy": "puppies",
    "kitty": "kitties",
    "child": "children",
    "person": "people",
    "lorry": "lorries",
    "fox": "foxes",
    "box": "boxes",
    "bus": "buses",
    "couch": "couches",
    "dress": "dresses",
}

# Where a scene is: canonical setting -> (noun, preposition, article) as captions say it.
SETTINGS = {
    "park": (("park", "in", "a"), ("grass", "on", "the"), ("field", "in", "a")),
    "room": (("room", "in", "a"), ("house", "in", "a")),
    "street": (("street", "on", "a"), ("road", "on", "the")),
    "beach": (("beach", "on", "a"), ("sand", "on", "the")),
    "snow": (("snow", "in", "the"),),
}

# Said attribute -> canonical. "tall" and "short" are for people and trees.
ATTRIBUTE_WORDS = {name: name for name in ATTRIBUTES} | {
    "big": "large",
    "huge": "large",
    "little": "small",
    "tiny": "small",
    "tall": "large",
    "short": "small",
    "dotted": "spotted",
    "checked": "checkered",
    "plaid": "checkered",
}
POSE_WORDS = {
    "standing": "stand",
    "running": "run",
    "sitting": "sit",
    "seated": "sit",
    "stand": "stand",
    "run": "run",
    "sit": "sit",
}

QUANTITIES = {"no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
AT_LEAST = {"some": 2, "several": 3, "many": 4, "group": 3}
PAIRS = ("pair", "couple")  # "a pair of" counts as two

VERBS = {
    "hold": (Verb("hold", "holds", "holding", "held"), Verb("carry", "carries", "carrying", "carried")),
    "wear": (Verb("wear", "wears", "wearing", "worn"),),
    "chase": (Verb("chase", "chases", "chasing", "chased"), Verb("run", "runs", "running", "run", "after")),
    "look at": (
        Verb("look", "looks", "looking", "looked", "at"),
        Verb("watch", "watches", "watching", "watched"),
        Verb("stare", "stares", "staring", "stared", "at"),
    ),
    "kick": (Verb("kick", "kicks", "kicking", "kicked"),),
    "ride": (Verb("ride", "rides", "riding", "ridden"),),
}
PREPOSITIONS = {
    "on": ("on", "on top of"),
    "in": ("in", "inside"),
    "under": ("under", "below", "beneath", "underneath"),
    "above": ("above", "over"),
    "behind": ("behind",),
    "in front of": ("in front of",),
    "next to": ("next to", "beside", "by"),
    "near": ("near", "close to"),
    "left of": ("to the left of", "left of", "on the left of"),
    "right of": ("to the right of", "right of", "on the right of"),
}
POSTURES = {
    "stand": Verb("stand", "stands", "standing", "stood"),
    "run": Verb("run", "runs", "running", "run"),
    "sit": Verb("sit", "sits", "sitting", "sat"),
    "lie": Verb("lie", "lies", "lying", "lain"),
    "park": Verb("park", "parks", "parked", "parked"),
    "float": Verb("float", "floats", "floating", "floated"),
}

# Canonical predicate -> the weaker ones it entails.
ENTAILS = {
    "hold": ("with",),
    "wear": ("with", "in"),
    "ride": ("on", "sit on"),
    "sit on": ("on",),
}


def plural(noun: str) -> str:
    """Returns the plural of a singular noun of this lexicon."""
    return PLURALS.get(noun, noun + "s")


def _heads() -> dict[str, tuple[str, ...]]:
    heads = {kind: (kind,) for kind in KINDS}
    heads |= {noun: (kind,) for kind, nouns in NOUNS.items() for noun in nouns}
    return heads | HYPERNYMS


def _predicates() -> dict[str, str]:
    said = {f"{verb.base} {verb.particle}".strip(): canonical for canonical, verbs in VERBS.items() for verb in verbs}
    said |= {word: canonical for canonical, words in PREPOSITIONS.items() for word in words}
    said |= {f"{side} {way} of": f"{way} of" for side in ("to", "on") for way in ("left", "right")}
    return said | {"with": "with"}


HEADS = _heads()  # said head -> the kinds it is true of
PREDICATES = _predicates()  # said predicate -> canonical predicate
PLACES = {noun: setting for setting, ways in SETTINGS.items() for noun, _, _ in ways}  # said place -> setting
