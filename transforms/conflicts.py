"""What cannot be true at once: colours, sizes, states, materials, patterns, counts, relations.

The lists are closed and meant to be read and edited. A family is a tuple of groups: two values of one family
contradict each other unless some group holds both ("tan" and "brown" name the same fur). A word may stand in several
groups, so being near is not transitive: "tan" is near "brown" and near "beige". Words outside every family never
contradict anything.
"""

from __future__ import annotations

from functools import lru_cache

Family = tuple[frozenset[str], ...]


def _family(*groups: str) -> Family:
    return tuple(frozenset(word.strip() for word in group.split(",")) for group in groups)


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
FAMILIES: tuple[tuple[str, Family], ...] = (
    ("colour_conflict", COLOURS),
    ("size_conflict", SIZES),
    ("material_conflict", MATERIALS),
    ("pattern_conflict", PATTERNS),
    ("state_conflict", POSTURES),
    *(("state_conflict", family) for family in OPPOSITES),
)

SYMMETRIC = frozenset(
    "next to, beside, near, by, with, close to, alongside, adjacent to, face, facing, opposite, talk to, talk with, "
    "kiss, hug, embrace, dance with, play with, fight, fight with, wrestle, wrestle with, touch, meet, stand next to, "
    "stand beside, stand near, stand by, stand with, sit next to, sit beside, sit near, sit by, sit with, "
    "shake hand with, across from, against, around, between, among, and, walk with, walk next to, run with, "
    "run alongside, compete with, compete against, match, be, like, of, similar to, race, converse with".split(", ")
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
EXCLUSIVE: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split(", "))
    for group in (
        "sit on, stand on, lie on, jump over, jump on, run on, walk on, ride, fly over, lay on, lean on, kneel on",
        "sit in, stand in, lie in, run in, walk in, swim in, lay in, jump in, kneel in",
        "sit at, stand at",
        "sit under, stand under, lie under",
        "sit behind, stand behind",
        "walk, ride, carry, feed, chase",
        "throw, catch, kick, hit",
        "push, pull, ride, carry",
        "open, close",
        "enter, exit, leave",
        "in, on top of, under, behind, in front of, above",
        "on, under, behind, in front of, above",
        "inside, outside",
        "inside of, outside of",
        "walk up, walk down",
        "climb up, climb down",
        "walk towards, walk away from",
    )
)


def attribute_conflict(left: str, right: str) -> str | None:
    """Returns the reason code if one thing cannot have both attributes, else None."""
    if left == right:
        return None
    for reason, family in _families_of(left):
        groups = [group for group in family if left in group]
        if any(right in group for group in family) and not any(right in group for group in groups):
            return reason
    return None


@lru_cache(maxsize=1 << 12)
def inverse_predicates(predicate: str) -> frozenset[str]:
    """Returns the predicates that say the same from the other side: "left of" -> {"right of"}."""
    return frozenset(
        right if left == predicate else left for left, right in INVERSES if predicate in (left, right)
    )


def symmetric(predicate: str) -> bool:
    """Whether "a predicate b" says the same as "b predicate a"."""
    return predicate in SYMMETRIC


@lru_cache(maxsize=1 << 14)
def predicates_exclude(left: str, right: str) -> bool:
    """Whether one thing cannot be in both relations to the same other thing."""
    if left == right:
        return False
    return right in inverse_predicates(left) or any(left in group and right in group for group in EXCLUSIVE)


@lru_cache(maxsize=1 << 14)
def _families_of(word: str) -> tuple[tuple[str, Family], ...]:
    return tuple(item for item in FAMILIES if any(word in group for group in item[1]))


def family_of(word: str) -> str | None:
    """Returns the reason code of the first family that the word belongs to, e.g. "colour_conflict", else None."""
    families = _families_of(word)
    return families[0][0] if families else None
