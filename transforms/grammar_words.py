"""The closed word classes of the grammar: quantities, prepositions, adverbs, and verbs by what they do to a scene."""

from __future__ import annotations

NOUN_TAGS = frozenset(("NN", "NNS", "NNP", "NNPS"))


def word_class(*lines: str) -> frozenset[str]:
    """Returns the words of some lines as a set."""
    return frozenset(" ".join(lines).split())


def numbered(words: str) -> dict[str, str]:
    """Returns each word with its place in the line, as digits."""
    return {word: str(number) for number, word in enumerate(words.split())}


# --- quantities ------------------------------------------------------------------------------------------------------

NUMBERS = numbered(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
) | {"dozen": "12"}

# Words that say how many without a number.
QUANTIFIERS = word_class("some many several few most all both various multiple numerous no")

# "a group of people": how many or how arranged; the real object is behind "of".
COLLECTIVES = word_class(
    "group groups bunch bunches flock flocks herd herds pack packs crowd crowds lot lots number couple pair pairs",
    "set sets variety row rows line lines stack stacks pile piles mound mounds heap heaps series array assortment",
    "collection team cluster clusters plenty dozen dozens hundreds thousands swarm school litter trio mass load",
    "loads ton tons selection arrangement bundle bundles",
)
# "a body of water" is water: measures that add nothing to see.
EMPTY_MEASURES = word_class(
    "kind kinds type types sort sorts stretch body bodies view section ring range area half most",
)
# "a slice of pizza": a portion or shape, told as an attribute of what is behind "of".
PORTIONS = word_class(
    "slice slices piece pieces patch patches part parts bit bits chunk chunks slab slabs portion strip strips",
    "statue",
)
MEASURES = COLLECTIVES | EMPTY_MEASURES | PORTIONS

# --- prepositions and adverbs ----------------------------------------------------------------------------------------

# Nouns that name a place on something: "on top of the car", "at the side of the road".
PLACES = word_class(
    "front top side sides back middle center centre corner edge bottom end ends rear left right base foot inside",
    "outside midst surface backside underside tip",
)
# Spellings of one preposition.
PREPOSITIONS = {
    "underneath": "under",
    "beneath": "under",
    "inside of": "inside",
    "outside of": "outside",
    "amongst": "among",
    "amidst": "among",
    "upon": "on",
    "atop": "on top of",
    "in top of": "on top of",
    "at top of": "on top of",
    "onto of": "on top of",
    "in between": "between",
    "on to": "onto",
    "in to": "into",
    "alongside of": "alongside",
    "to side of": "on side of",
    "in side of": "on side of",
    "off to side of": "on side of",
}
# Prepositions that end a relative clause: "the board the pizza is on".
STRANDED = word_class("on in under behind near over inside above below")
# Particles that fuse with a verb: "look down over", "walk away with".
PARTICLES = word_class(
    "up down out off over away back around along through forward onto apart across aside upside ahead in on by past",
)
# Adjectives and adverbs whose preposition belongs to them: "close to the house", "bigger than a cat".
RELATIONAL = word_class(
    "left right next close full similar adjacent opposite far near perpendicular parallel identical up across"
)
# Adverbs that describe what is somewhere or somehow: "the people are outside".
STATE_ADVERBS = word_class(
    "outside outdoors inside indoors up down alone upright overhead open off away asleep upside together ahead",
)
# Those that also describe what does something: "a person walking outside".
PLACE_ADVERBS = word_class("outside outdoors inside indoors alone upright")
# Adverbs of degree say nothing that a picture shows: "very tall" is tall.
DEGREES = word_class(
    "very really so quite extremely pretty too rather somewhat fairly almost all just slightly otherwise",
)
# Adjectives that describe nothing: "the other man", "about to eat".
UNSEEN = word_class("other another same own such certain about able otherwise")
RELATIVE = word_class("who that which whom whose where")

# --- verbs -----------------------------------------------------------------------------------------------------------

# Verbs whose "by", "with" or "in" names what covers: "covered in snow" -> snow cover.
COVERING = word_class("cover surround")
# Participles that say with what a noun is covered: "snow covered mountain".
COVERED = word_class("covered topped filled lined capped coated dusted")
# Verbs of rest: what comes after "by" is where, not who.
RESTING = word_class(
    "park sit stand lay lie place position set seat locate situate mount leave rest dock hang plant hose"
)
# Verbs that only say that something can be seen.
SHOWING = word_class("see show picture depict locate situate position")
# Verbs that move or hold their object: a place told after it is the object's place.
HOLDING = word_class(
    "hold have wear carry put place stick take pour throw rest set lay keep hang toss spread pull push drag connect",
    "attach show contain lean tie display get load retrieve unload add feature tuck wrap mount insert dip balance",
    "bring",
)
# Verbs that only the living do: who "in a black shirt laughing" is no shirt.
LIVING = word_class(
    "smile laugh look stare watch wear ride walk run talk eat drink play jump swim surf ski skate read pose bend kneel",
    "squat smoke swing throw kick hit catch hold carry speak sing dance prepare serve cook use take push chase",
    "point",
)
# Postures, which things take as well.
POSTURES = word_class("sit stand lie lay rest lean wait")
# Verbs that may stand before their subject: "behind a fox stands a box".
INVERTED = word_class("stands sits lies lays hangs rests is are stand sit lie hang")
# Verbs of motion: what follows their particle is where ("jumping off snow").
MOTION = word_class(
    "walk run jump ski drive go come climb ride surf skate slide fall swim skateboard snowboard hike sled roll move",
    "travel sail",
)
# Participles that tell of the noun right before them: "with a coat hanging from his shoulders".
HANGING = word_class("hang drape dangle stick flow wrap tie cross extend raise outstretch fold attach")
# Verbs that lead to an adjective: "getting ready", "looks happy".
LEADING = word_class("get look appear seem become feel stay remain")
# Participles before "to" and a noun: "attached to pole".
ATTACHING = word_class("next close attached tied connected chained hooked mounted strapped fastened adjacent")

# Verbs in -s that a fragment's parse takes for a plural noun: "a boy jumps over a fence".
FINITE = word_class(
    "jumps walks runs plays rides sits stands looks holds wears eats drinks swims flies leaps rests sails surfs",
    "skis throws kicks swings catches hits pulls pushes carries climbs crosses watches talks smiles waits leans",
    "lies lays sleeps poses leaves dives slides skates skateboards snowboards races chases chews drives floats",
    "hangs points performs serves grazes stares works takes makes gets goes comes bites licks cuts feeds tries",
    "prepares reads sings dances paddles hikes jogs squats kneels crouches pets rows bends reaches falls bikes",
    "rolls stretches moves spans lands splashes goes travels shines flows hovers",
)
# Those among them that hardly ever are plurals of nouns.
NEVER_PLURAL = word_class(
    "leans sits lies lays hangs sails floats flies moves goes comes takes makes gets spans lands splashes travels",
    "shines flows hovers holds carries crosses reaches runs waits pulls pushes",
)
# Nouns in -ing: no repair makes verbs of them.
ING_NOUNS = word_class(
    "building railing ceiling painting clothing string ring king wing topping crossing lighting swing thing",
    "frosting awning earring icing evening morning dressing landing opening wedding siding setting living parking",
    "cutting bowling swimming shopping dining washing fishing racing training camping something nothing anything",
    "everything spring sling drawing writing marking bedding seating stuffing pudding covering tubing being",
    "duckling sibling dumpling catering boarding charging changing racking serving warning lining flooring roofing",
    "fencing paneling molding moulding trimming carving filling coating wiring plumbing batting mixing gaming",
    "sewing steering wrapping rigging landscaping scaffolding netting carpeting outing offering meeting gathering",
    "greeting",
)
