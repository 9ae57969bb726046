"""What cannot be true at once: colours, sizes, states, materials, patterns, counts, relations.

The lists are closed and meant to be read and edited. A family is a tuple of groups: two values of one family
contradict each other unless some group holds both ("tan" and "brown" name the same fur). A word may stand in several
groups, so being near is not transitive: "tan" is near "brown" and near "beige". Words outside every family never
contradict anything.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

Family = tuple[frozenset[str], ...]
Conflict = Literal["colour_conflict", "size_conflict", "material_conflict", "pattern_conflict", "state_conflict"]


def _words(text: str) -> frozenset[str]:
    return frozenset(" ".join(word.split()) for word in text.split(","))


def _family(*groups: str) -> Family:
    return tuple(map(_words, groups))


COLOURS = _family(
    "red, maroon, crimson, scarlet, burgundy",
    "red, orange, rust, coral, copper",
    "red, pink, magenta, fuchsia",
    "orange, peach, amber, copper, ginger, brown",
    "yellow, gold, golden, blond, blonde, mustard, cream",
    "orange, gold, golden, yellow",
    "green, olive, lime, emerald, lime green, khaki",
    "green, teal, turquoise, aqua",
    "blue, navy, navy blue, turquoise, teal, aqua, cyan, light blue, dark blue, azure, sky blue, indigo",
    "purple, violet, lavender, magenta, lilac, mauve, indigo",
    "pink, magenta, fuchsia, rose, peach, coral, purple",
    "brown, tan, beige, chestnut, bronze, rust, khaki, chocolate, brunette, golden, maroon, copper",
    "white, cream, beige, ivory, off-white, silver, blond, blonde, clear, pale, light, light-colored",
    "tan, beige, cream, khaki, yellow, blond, blonde, golden, sandy",
    "grey, gray, silver, charcoal, metallic, chrome, ash",
    "white, grey, gray",
    "black, charcoal, dark, dark blue, navy, navy blue, dark-colored",
    "black, grey, gray",
    "dark, brown, charcoal, maroon",
)
SIZES = _family(
    "big, large, huge, giant, enormous, gigantic, massive, oversized, great",
    "small, little, tiny, miniature, mini",
)
MATERIALS = _family(
    "wooden, wood, bamboo, wicker",
    "metal, metallic, steel, iron, chrome, aluminum, stainless steel, tin, brass, copper, bronze, silver, gold, golden",
    "plastic, rubber, vinyl, inflatable",
    "glass, crystal",
    "leather",
    "stone, rock, brick, concrete, cement, marble, granite, cobblestone, tile, tiled, ceramic, clay, porcelain",
    "paper, cardboard",
    "cloth, cotton, wool, woolen, knit, knitted, denim, silk, fabric, fleece",
)
PATTERNS = _family(
    "striped, stripe, stripy, pinstriped, zebra striped",
    "plaid, checkered, checked, tartan, checker",
    "dotted, polka dot, polka-dot, spotted, speckled",
    "floral, flowered, flowery, flower",
    "plain, solid",
    "camouflage, camo",
    "tie-dye, tie-dyed",
)
POSTURES = _family(
    "sitting, seated, perched",
    "standing",
    "lying, laying, reclining, sleeping, asleep, napping",
    "kneeling, crouching, squatting, sitting, perched",
    "running, jogging, sprinting, racing, chasing, playing",
    "walking, strolling, marching",
    "jumping, leaping, flying, flipping",
    "swimming, diving, floating",
    "standing, leaning, posing, waiting, stopped, parked",
    "lying, sitting, resting, lounging, relaxing, posing, leaning",
)
OPPOSITES = (
    _family("open, opened", "closed, shut"),
    _family("empty, vacant", "full, filled, crowded, packed, busy"),
    _family("wet, soaked, soaking", "dry"),
    _family("old, elderly, older, aged, senior", "young, younger, little, teenage, teenaged, adolescent, baby"),
    _family("long, long-sleeved", "short, short-sleeved"),
    _family("tall", "short"),
    _family("male", "female"),
    _family("awake", "asleep, sleeping"),
    _family("smiling, laughing, happy, grinning", "frowning, crying, sad, angry, upset"),
    _family("clean", "dirty, muddy, messy, filthy"),
    _family("cooked, baked, fried, grilled", "raw, uncooked"),
    _family("hot, steaming", "cold, frozen, icy"),
    _family("indoor, inside", "outdoor, outside"),
    _family("lit, bright", "dark, unlit, dim"),
    _family("sunny, clear", "cloudy, overcast, rainy, stormy, foggy"),
    _family("thick", "thin"),
    _family("wide", "narrow"),
    _family("fat, overweight", "skinny, thin, slim"),
    _family("straight", "curly, curved, wavy"),
    _family("moving, driving, speeding, running", "parked, stopped, stationary"),
    _family("whole, uncut", "sliced, cut, half-eaten, chopped"),
    _family("round, circular", "square, rectangular, triangular"),
    _family("barefoot", "booted"),
    _family("calm, still", "choppy, rough, wavy"),
    _family("modern, new", "antique, vintage, old, old-fashioned, ancient"),
    _family("topless, shirtless, naked, nude", "dressed, clothed"),
)
FAMILIES: tuple[tuple[Conflict, Family], ...] = (
    ("colour_conflict", COLOURS),
    ("size_conflict", SIZES),
    ("material_conflict", MATERIALS),
    ("pattern_conflict", PATTERNS),
    ("state_conflict", POSTURES),
    *(("state_conflict", family) for family in OPPOSITES),
)

SYMMETRIC = _words(
    """
    across from, adjacent to, against, alongside, among, and, around, be, beside, between, by, close to,
    lie close to, sit close to, stand close to,
    compete against, compete with, converse with, dance with, embrace, face, facing, fight, fight with, hug,
    kiss, like, match, meet, near, next to, of, opposite, play with, race, run alongside, run with, shake hand
    with, similar to, sit beside, sit by, sit near, sit next to, sit with, stand beside, stand by, stand near,
    stand next to, stand with, talk to, talk with, touch, walk next to, walk with, with, wrestle, wrestle with
    """
)
INVERSES: tuple[tuple[str, str], ...] = (
    ("left of", "right of"),
    ("to left of", "to right of"),
    ("to the left of", "to the right of"),
    ("on the left of", "on the right of"),
    ("on left of", "on right of"),
    ("above", "below"),
    ("over", "under"),
    ("above", "under"),
    ("above", "beneath"),
    ("over", "beneath"),
    ("over", "below"),
    ("in front of", "behind"),
    ("stand in front of", "stand behind"),
    ("sit in front of", "sit behind"),
    ("on top of", "under"),
    ("on", "under"),
    ("on", "beneath"),
    ("on top of", "beneath"),
    ("on", "underneath"),
    ("stand on", "stand under"),
    ("lie on", "lie under"),
    ("sit on", "sit under"),
    ("lead", "follow"),
    ("before", "after"),
)

# What one thing can do or be to many at once: that a caption names one object says nothing of another.
OPEN = _words("around, at, beside, by, dress in, have, in, near, next to, of, on, play, watch, wear, with")
# Whatever the verb, one can be in these places of many things at once: in the grass, in the field.
_OPEN_PLACES = _words("in, inside, within, through, across, in front of, behind, at, near, past, outside")
# What many can do or be to one thing: that a caption names one subject says nothing of another.
MANY_SUBJECTS = _words("at, for, have, in, of, with")
VERBS = _family(
    "sit, seat, perch, relax, rest, lean, ride, lounge",
    "stand, lean, wait, pose, park",
    "lie, lay, sleep, nap, rest, recline, relax, lounge",
    "kneel, crouch, squat, bend",
    "run, jog, sprint, race, chase, gallop",
    "walk, stroll, hike, march, cross, wander",
    "jump, leap, fly, dive, hop, bounce",
    "swim, float, surf, wade",
    "climb",
    "fall",
)
DEEDS = _family(
    "hold, carry, grab, clutch, lift, use, raise, swing",
    "throw, toss, pitch, serve",
    "catch",
    "kick",
    "push",
    "pull, drag, tow",
    "ride, drive, sit on",
    "chase, follow, run after",
    "eat, bite, chew, taste, enjoy, hold",
    "cook, prepare, make, bake, grill",
    "cut, slice, chop",
    "wash, clean, dry",
    "break, destroy",
    "buy",
    "sell",
    "ignore",
)
PLACES = _family(
    "on, on top of, upon, atop, onto, across, over, above, against",
    "in, inside, inside of, into, within, through, on, on top of, among, under",
    "under, underneath, beneath, below, in",
    "behind, in back of, past",
    "in front of, outside, outside of, before, past",
    "outside, outside of",
    "far from, away from, out of",
    "above, over",
)


def split_predicate(predicate: str) -> tuple[str, str]:
    """Returns the verb and the place of a predicate, either may be "": "sit on top of" -> ("sit", "on top of")."""
    words = predicate.split(" ")
    for start in range(len(words)):
        place = " ".join(words[start:])
        if any(place in group for group in PLACES):
            return " ".join(words[:start]), place
    return predicate, ""


@lru_cache(maxsize=1 << 14)
def takes_many(predicate: str) -> bool:
    """Whether one thing can stand in the relation to many others at once: what it says of one leaves others open."""
    place = split_predicate(predicate)[1] or predicate.rsplit(" ", 1)[-1]
    return predicate in OPEN or place in _OPEN_PLACES


def attribute_conflict(left: str, right: str) -> Conflict | None:
    """Returns the reason code if one thing cannot have both attributes, else None."""
    for reason, family in _families_of(left):
        if _rivals(left, right, family):
            return reason
    return None


def _rivals(left: str, right: str, family: Family) -> bool:
    groups = [group for group in family if left in group]
    return bool(groups) and any(right in group for group in family) and not any(right in group for group in groups)


@lru_cache(maxsize=1 << 12)
def inverse_predicates(predicate: str) -> frozenset[str]:
    """Returns the predicates that say the same from the other side: "left of" -> {"right of"}."""
    return frozenset(right if left == predicate else left for left, right in INVERSES if predicate in (left, right))


def symmetric(predicate: str) -> bool:
    """Whether "a predicate b" says the same as "b predicate a"."""
    return predicate in SYMMETRIC


@lru_cache(maxsize=1 << 14)
def predicates_exclude(left: str, right: str, *, living: bool) -> bool:
    """Whether one thing cannot be in both relations to the same other thing; only the living sit or stand or run."""
    if right in inverse_predicates(left):
        return True
    (verb, place), (other_verb, other_place) = split_predicate(left), split_predicate(right)
    if living and _rivals(verb, other_verb, VERBS):
        return True
    if bool(verb) == bool(other_verb) and _rivals(place, other_place, PLACES):
        return True
    return not place and not other_place and _rivals(verb, other_verb, DEEDS)


def exclusion_kind(predicate: str) -> tuple[object, ...]:
    """Returns what `predicates_exclude` asks of a predicate: those of one kind exclude the same, whatever the words."""
    if inverse_predicates(predicate):
        return (predicate,)
    verb, place = split_predicate(predicate)
    return bool(verb), bool(place), _groups(verb, VERBS), _groups(verb, DEEDS), _groups(place, PLACES)


def _groups(word: str, family: Family) -> tuple[int, ...]:
    return tuple(number for number, group in enumerate(family) if word in group)


@lru_cache(maxsize=1 << 14)
def predicates_alike(left: str, right: str) -> bool:
    """Whether two predicates share their verb or their place and differ in nothing that excludes: "sit on", "on"."""
    (verb, place), (other_verb, other_place) = split_predicate(left), split_predicate(right)
    if predicates_exclude(left, right, living=True):
        return False
    if place and other_place:
        return place == other_place or verb == other_verb or not (verb and other_verb)
    return verb == other_verb


@lru_cache(maxsize=1 << 14)
def _families_of(word: str) -> tuple[tuple[Conflict, Family], ...]:
    return tuple(item for item in FAMILIES if any(word in group for group in item[1]))


def family_of(word: str) -> str | None:
    """Returns the reason code of the first family that the word belongs to, e.g. "colour_conflict", else None."""
    families = _families_of(word)
    return families[0][0] if families else None
