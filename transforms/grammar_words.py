"""The closed word classes that the grammar's rules consult."""

from __future__ import annotations

NUMBERS = {
    w: str(n) for n, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
NUMBERS |= {"dozen": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "twenty": "20"}

# Nouns that name a place on something: "on top of the car", "at the side of the road".
PLACES = frozenset(
    "front top side back middle center centre corner edge bottom end rear left right base foot inside outside half "
    "sides background foreground distance".split()
)

# "a group of people": a quantity of the noun behind "of".
COLLECTIVES = frozenset(
    "group bunch flock herd pack crowd lot lots number couple pair set variety row line stack pile mound heap series "
    "array assortment collection team cluster plenty dozen dozens hundreds swarm school litter trio row rows pairs groups "
    "bunches piles stacks mass load loads ton tons kind type sort types kinds".split()
)
# "a slice of pizza": a portion of the noun behind "of", told as its attribute.
PORTIONS = frozenset("slice piece patch part bit chunk slab slices pieces patches parts bits chunks".split())

# Words that change quantity without naming a number.
QUANTIFIERS = frozenset("some many several few most all both various multiple numerous much".split())

PARTICLES = frozenset(
    "up down out off over away back on in around along through by together forward onto apart across aside".split()
)

RELATIVE = frozenset("who that which whom whose where".split())
EXPLETIVE_SUBJECTS = frozenset("this that it these those there".split())

COVER = {"cover": {"in", "with", "by"}, "surround": {"with", "by", "in"}}

# Nouns that stand still: "parked by a wall" is where, "chased by a dog" is who.
LANDMARKS = frozenset(
    "wall building house road street tree river lake ocean sea beach shore window door fence sidewalk curb table desk "
    "bench pool water station bus stop corner side car truck".split()
)
# Verbs of rest: what comes after "by" is where.
RESTING = frozenset("park sit stand lie lay place position set seat locate situate mount leave rest dock".split())
