"""The closed word classes that the grammar's rules consult."""

from __future__ import annotations


def word_class(*lines: str) -> frozenset[str]:
    """Returns the words of some lines as a set."""
    return frozenset(" ".join(lines).split())


NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        (
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen twenty"
        ).split()
    )
}
NUMBERS["dozen"] = "12"

NOUN_TAGS = frozenset(("NN", "NNS", "NNP", "NNPS"))

# Words that say how many without a number.
QUANTIFIERS = word_class("some many several few most all both various multiple numerous no")
# Determiner-like adjectives that say nothing one could see.
UNSEEN = word_class("other another same own such certain about able")

# Nouns that name a place on something: "on top of the car", "at the side of the road".
PLACES = word_class(
    "front top side sides back middle center centre corner edge bottom end ends rear left right base foot inside outside",
    "midst surface backside underside tip",
)
# "a group of people": how many or how arranged; the real object is behind "of".
COLLECTIVES = word_class(
    "group groups bunch bunches flock flocks herd herds pack packs crowd crowds lot lots number couple pair pairs set sets",
    "variety row rows line lines stack stacks pile piles mound mounds heap heaps series array assortment collection team",
    "cluster clusters plenty dozen dozens hundreds thousands swarm school litter trio mass load loads ton tons kind kinds",
    "type types sort sorts stretch body bodies view section ring range selection arrangement bundle area half most",
)
# Collectives that add nothing to what is seen: "a body of water" is water.
EMPTY_COLLECTIVES = word_class("kind kinds type types sort sorts stretch body bodies view section range area half most")
# "a slice of pizza": a portion, told as an attribute of what is behind "of".
PORTIONS = word_class(
    "slice slices piece pieces patch patches part parts bit bits chunk chunks slab slabs portion strip strips statue"
)
# "a glass of wine": what is behind "of" is in, or on, the container.
INSIDE = word_class(
    "glass cup bottle mug bowl vase box basket jar can bag pot bucket crate pitcher package case container"
)
ONTOP = word_class("plate tray platter")
PICTURES = word_class("picture image photo photograph painting drawing reflection portrait poster illustration")

# Particles that fuse with a verb: "look down over", "walk away with".
PARTICLES = word_class(
    "up down out off over away back around along through forward onto apart across aside upside ahead in on by past"
)
RELATIVE = word_class("who that which whom whose where")
# Spellings of one preposition.
PREPOSITIONS = {
    "underneath": "under", "beneath": "under", "inside of": "inside", "outside of": "outside", "amongst": "among",
    "amidst": "among", "upon": "on", "atop": "on top of", "in between": "between", "on to": "onto", "in to": "into",
    "in top of": "on top of", "at top of": "on top of", "toward": "toward", "onto of": "on top of", "to side of": "on side of",
    "off to side of": "on side of", "alongside of": "alongside", "in side of": "on side of", "at side of": "at side of",
}  # fmt: skip

# Verbs whose "by", "with" or "in" names what covers: "covered in snow" -> snow cover.
COVERING = word_class("cover surround")
# Verbs of rest: what comes after "by" is where, not who.
RESTING = word_class(
    "park sit stand lie lay place position set seat locate situate mount leave rest dock hang plant hose"
)
# Nouns that do nothing: "hosed down by a wall" is where.
LANDMARKS = word_class(
    "wall building house road street river lake ocean sea beach shore sidewalk curb table desk bench pool"
)
# Verbs that only say that something can be seen.
SHOWING = word_class("see show picture depict locate situate position")
# Verbs that move or hold their object: a place told after it is the object's place.
HOLDING = word_class(
    "hold have wear carry put place stick take pour throw rest set lay keep hang toss spread pull push drag connect attach",
    "show contain lean tie display get load retrieve unload add feature tuck wrap mount insert dip balance bring",
)

COLOURS = word_class(
    "white black red green blue brown yellow orange purple pink gray grey tan silver gold golden beige maroon teal navy",
    "turquoise violet cream burgundy magenta lavender khaki aqua crimson peach olive",
)
SHADES = word_class("light dark bright pale deep navy hot lime neon baby royal sky off multi")
# What a thing is made of, its pattern, age or sex: a noun before a noun that is told as its attribute.
MATERIALS = word_class(
    "metal glass brick stone leather cement plastic rock dirt concrete wicker marble granite steel iron copper chrome",
    "rubber straw bamboo canvas lace velvet silk foil styrofoam aluminum aluminium bronze brass porcelain ceramic china",
    "denim cotton fur wooden wire cobblestone gravel tin clay cloth fabric paper cardboard asphalt adobe stucco nylon mesh",
    "linen satin vinyl felt pottery crystal",
)
KINDS = word_class(
    "plaid camouflage camo flannel checker checkered polka floral rainbow argyle stripe baby adult mother father male female",
    "toy pine computer laptop ocean calico tabby tuxedo toyota tomato chocolate vanilla rectangle",
    "circle square oval giant miniature mini dwarf military army",
)
SAID_AS = {"wood": "wooden", "blond": "blonde", "wool": "wool"}
DEGREES = word_class("very really so quite extremely pretty too rather somewhat fairly almost all just slightly")

ANIMALS = word_class(
    "dog cat horse cow sheep elephant zebra giraffe bear bird duck goat lion tiger monkey animal puppy kitten pony bull goose",
    "duckling lamb calf deer pig seagull gull pigeon parrot penguin swan chicken rooster rabbit squirrel mouse fish shark",
    "ostrich eagle owl fox wolf camel donkey buffalo kangaroo turtle frog cattle poodle terrier retriever bulldog hound",
    "foal cub ram ox bison moose elk llama antelope gazelle whale dolphin crow raven hen turkey peacock flamingo pelican",
)
FEMALE = word_class(
    "woman girl lady female mother mom bride daughter sister wife aunt grandmother queen waitress actress gal"
)
MALE = word_class(
    "man boy guy male father dad groom son brother husband uncle grandfather gentleman king waiter policeman fireman"
)
PERSONS = (
    FEMALE
    | MALE
    | word_class(
        "person people child kid baby toddler infant player skier surfer snowboarder skateboarder skater batter catcher umpire",
        "pitcher rider driver worker officer soldier couple crowd friend family teenager teen adult individual someone somebody",
        "everyone cyclist bicyclist biker motorcyclist athlete performer dancer singer musician chef cook fan spectator",
        "pedestrian passenger hiker climber swimmer runner student teacher doctor tourist traveler vendor customer shopper",
        "policemen men women children guys boys girls youth youngster human other others one fighter wrestler boxer boarder",
        "jockey cowboy farmer fisherman photographer guitarist drummer band team member audience golfer bowler goalie referee",
        "coach bather sunbather wakeboarder diver gymnast cheerleader marcher protester artist painter barber clerk model",
    )
)
ANIMATE = PERSONS | ANIMALS

# Nouns of two words that a parse of a fragment takes apart: "fire hydrant near the street".
LEXICAL = frozenset(
    (
        ("fire", "hydrant"), ("remote", "control"), ("hot", "dog"), ("hot", "dogs"), ("teddy", "bear"), ("teddy", "bears"),
        ("polar", "bear"), ("polar", "bears"), ("cell", "phone"), ("cell", "phones"), ("stop", "sign"), ("stop", "signs"),
        ("traffic", "light"), ("traffic", "lights"), ("street", "sign"), ("street", "signs"), ("street", "light"),
        ("street", "lights"), ("parking", "meter"), ("parking", "lot"), ("tennis", "racket"), ("tennis", "racquet"),
        ("tennis", "court"), ("tennis", "ball"), ("tennis", "player"), ("baseball", "player"), ("baseball", "bat"),
        ("ski", "pole"), ("ski", "poles"), ("ski", "lift"), ("ski", "slope"), ("surf", "board"), ("snow", "board"),
        ("skate", "board"), ("light", "pole"), ("light", "poles"), ("light", "post"), ("light", "fixture"), ("tank", "top"),
        ("train", "station"), ("train", "tracks"), ("train", "track"), ("bathroom", "sink"), ("kitchen", "sink"),
        ("coffee", "table"), ("wine", "glass"), ("head", "band"), ("wet", "suit"), ("birthday", "cake"), ("tree", "trunk"),
        ("flat", "screen"), ("stir", "fry"), ("ice", "cream"), ("french", "fries"), ("swimming", "pool"),
    )
)  # fmt: skip
LEXICAL_ENDS = frozenset(second for _, second in LEXICAL)
# "attached to pole": what comes after is no verb.
ATTACHING = word_class("next close attached tied connected chained hooked mounted strapped fastened adjacent")
# Nouns that end a modifier of two words: "chain link fence", "short sleeve shirt", "double decker bus".
LINKED = word_class("link decker sleeve view dot size style steel way tone wheel story lane door")

# "red haired man": the man has hair, and it is red.
BODIED = {
    "haired": "hair", "eyed": "eye", "sleeved": "sleeve", "legged": "leg", "nosed": "nose", "faced": "face", "tailed": "tail",
    "footed": "foot", "winged": "wing",
}  # fmt: skip
# "snow covered mountain": snow covers the mountain.
COVERED = word_class("covered topped filled lined capped coated dusted")
# Adjectives whose preposition belongs to them: "close to the house".
RELATIONAL = word_class(
    "next close full similar adjacent opposite far near similar perpendicular parallel identical up"
)
# Verbs that only the living do: who "in a black shirt laughing" is no shirt.
LIVING = word_class(
    "smile laugh look watch wear ride walk run talk eat drink play jump swim surf ski skate read pose bend kneel squat smoke",
    "swing throw kick hit catch hold carry speak sing dance prepare serve cook use take push chase point wait throw hold",
)
# Participles that tell of the noun right before them: "with legs crossed", "with a coat hanging from his shoulders".
HANGING = word_class("hang drape dangle stick flow wrap tie cross extend raise outstretch fold attach")

# Wide places: people are in them, also where the words say that they hold something there.
SCENERY = word_class(
    "beach hill field street road park snow slope ocean lake river sidewalk court kitchen room mountain water desert forest",
    "yard alley sand city crowd stadium pool",
)

BODY = word_class(
    "head face eye ear nose mouth neck leg arm hand foot finger hair tail wing beak horn paw mane tusk fur knee shoulder toe",
    "tongue tooth feather hoof snout chest stomach belly lip beard wrist ankle elbow thumb claw talon antler whisker chin cheek",
    "waist forehead body back muzzle trunk nostril eyebrow mustache skin",
)
VEHICLES = word_class(
    "plane train car bus truck motorcycle bike bicycle airplane jet boat van vehicle aircraft helicopter ship"
)
VEHICLE_PARTS = word_class(
    "wing wheel engine door window tire tail windshield headlight bumper nose propeller roof hood tyre"
)
PLANTS = {
    "tree": word_class("branch limb top leaf stump"),
    "flower": word_class("petal stem"),
    "pine": word_class("needle branch"),
}
DEVICES = word_class("computer laptop phone television tv camera")
DEVICE_PARTS = word_class("screen keyboard lens")
BUILDINGS = word_class("building house church cabinet refrigerator fridge oven bathroom dishwasher hotel")
BUILDING_PARTS = word_class("roof door chimney")

# Nouns in -ing: no repair makes verbs of them.
ING_NOUNS = word_class(
    "building railing ceiling painting clothing string ring king wing topping crossing lighting swing thing frosting awning",
    "earring icing evening morning dressing landing opening wedding siding setting living parking cutting bowling swimming",
    "shopping dining washing fishing racing training camping something nothing anything everything everything spring sling",
    "drawing writing marking bedding seating stuffing pudding covering tubing string beings being duckling sibling dumpling",
    "catering boarding charging changing racking serving warning lining",
    "flooring roofing fencing paneling molding moulding trimming carving filling coating wiring plumbing batting mixing",
    "gaming sewing steering wrapping rigging landscaping scaffolding netting carpeting outing",
    "offering meeting gathering greeting sing bring",
)

# Verbs in -s that a fragment's parse takes for a plural noun: "a boy jumps over a fence".
FINITE = word_class(
    "jumps walks runs plays rides sits stands looks holds wears eats drinks swims flies leaps rests sails surfs skis throws",
    "kicks swings catches hits pulls pushes carries climbs crosses watches talks smiles waits leans lies lays sleeps poses",
    "leaves dives slides skates skateboards snowboards races chases chews drives floats hangs points performs serves grazes",
    "stares works takes makes gets goes comes bites licks cuts feeds tries prepares reads sings dances paddles hikes jogs",
)
