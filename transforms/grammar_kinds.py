"""Classes of things: who lives, what is part of what, what things are made of, which two words are one noun."""

from __future__ import annotations

from transforms.grammar_words import word_class


def two_words(pairs: str) -> frozenset[tuple[str, str]]:
    """Returns the pairs of words of a list with commas."""
    return frozenset((first, second) for first, second in map(str.split, pairs.split(", ")))


# --- the living ------------------------------------------------------------------------------------------------------

FEMALE = word_class(
    "woman girl lady female mother mom bride daughter sister wife aunt grandmother queen waitress actress gal",
)
MALE = word_class(
    "man boy guy male father dad groom son brother husband uncle grandfather gentleman king waiter policeman",
    "fireman",
)
PERSONS = (
    FEMALE
    | MALE
    | word_class(
        "person people child kid baby toddler infant player skier surfer snowboarder skateboarder skater batter",
        "catcher umpire pitcher rider driver worker officer soldier couple crowd friend family teenager teen adult",
        "individual someone somebody everyone cyclist bicyclist biker motorcyclist athlete performer dancer singer",
        "musician chef cook fan spectator pedestrian passenger hiker climber swimmer runner student teacher doctor",
        "tourist traveler vendor customer shopper policemen men women children guys boys girls youth youngster",
        "human other others one fighter wrestler boxer boarder jockey cowboy farmer fisherman photographer",
        "guitarist drummer band team member audience golfer bowler goalie referee coach bather sunbather",
        "wakeboarder diver gymnast cheerleader marcher protester artist painter barber clerk model",
    )
)
ANIMALS = word_class(
    "dog cat horse cow sheep elephant zebra giraffe bear bird duck goat lion tiger monkey animal puppy kitten pony",
    "bull goose duckling lamb calf deer pig seagull gull pigeon parrot penguin swan chicken rooster rabbit squirrel",
    "mouse fish shark ostrich eagle owl fox wolf camel donkey buffalo kangaroo turtle frog cattle poodle terrier",
    "retriever bulldog hound foal cub ram ox bison moose elk llama antelope gazelle whale dolphin crow raven hen",
    "turkey peacock flamingo pelican",
)
ANIMATE = PERSONS | ANIMALS

# --- parts and their wholes: "tree branch", "man hand", "car door" ---------------------------------------------------

BODY = word_class(
    "head face eye ear nose mouth neck leg arm hand foot finger hair tail wing beak horn paw mane tusk fur knee",
    "shoulder toe tongue tooth feather hoof snout chest stomach belly lip beard wrist ankle elbow thumb claw talon",
    "antler whisker chin cheek waist forehead body back muzzle trunk nostril eyebrow mustache skin",
)
VEHICLE_PARTS = word_class(
    "wing wheel engine door window tire tail windshield headlight bumper nose propeller roof hood tyre",
)
WHOLES = (
    (BODY, ANIMATE),
    (
        VEHICLE_PARTS,
        word_class("plane train car bus truck motorcycle bike bicycle airplane jet boat van vehicle aircraft ship"),
    ),
    (word_class("screen keyboard lens"), word_class("computer laptop phone television tv camera")),
    (
        word_class("roof door chimney"),
        word_class("building house church cabinet refrigerator fridge oven bathroom dishwasher hotel"),
    ),
    (word_class("branch limb top leaf stump"), word_class("tree")),
    (word_class("petal stem"), word_class("flower")),
    (word_class("needle branch"), word_class("pine")),
    (word_class("face hand"), word_class("clock")),
)
# Sides that make another part of a part: a "left hand", a "front wheel".
SIDES = word_class("left right front back hind")
SIDED = word_class("hand arm leg foot paw hoof knee shoulder wheel")
# "red haired man": the man has hair, and it is red.
BODIED = {
    "haired": "hair",
    "eyed": "eye",
    "sleeved": "sleeve",
    "legged": "leg",
    "nosed": "nose",
    "faced": "face",
    "tailed": "tail",
    "footed": "foot",
    "winged": "wing",
}

# --- modifiers: a noun before a noun that is told as its attribute ---------------------------------------------------

COLOURS = word_class(
    "white black red green blue brown yellow orange purple pink gray grey tan silver gold golden beige maroon teal",
    "navy turquoise violet cream burgundy magenta lavender khaki aqua crimson peach olive",
)
SHADES = word_class("light dark bright pale deep navy hot lime neon baby royal sky off multi")
COLOURED = word_class("colored coloured color colour")
MATERIALS = word_class(
    "metal glass brick stone leather cement plastic rock dirt concrete wicker marble granite steel iron copper",
    "chrome rubber straw bamboo canvas lace velvet silk foil styrofoam aluminum aluminium bronze brass porcelain",
    "ceramic china denim cotton fur wooden wood wire cobblestone gravel tin clay cloth fabric paper cardboard",
    "asphalt adobe stucco nylon mesh linen satin vinyl felt pottery crystal",
)
KINDS = word_class(
    "plaid camouflage camo flannel checker checkered polka floral rainbow argyle stripe baby adult mother father",
    "male female toy pine computer laptop ocean calico tabby tuxedo toyota tomato chocolate vanilla rectangle",
    "circle square oval giant miniature mini dwarf military army",
)
ATTRIBUTES = COLOURS | MATERIALS | KINDS
SAID_AS = {"wood": "wooden", "blond": "blonde"}
# Nouns that end a modifier of two words: "chain link fence", "short sleeve shirt", "double decker bus".
LINKED = word_class("link decker sleeve view dot size style steel way tone wheel story lane door")

# Adjectives that need the word before them: "medium sized", "square patterned".
COMPOUNDING = BODIED.keys() | word_class(
    "sized shaped patterned looking like toned decked rimmed paneled covered filled"
)

# --- nouns of two words ----------------------------------------------------------------------------------------------

# Those that a parse of a fragment takes apart: "fire hydrant near the street".
LEXICAL = two_words(
    "fire hydrant, remote control, hot dog, hot dogs, teddy bear, teddy bears, polar bear, polar bears, cell phone, "
    "cell phones, stop sign, stop signs, traffic light, traffic lights, street sign, street signs, street light, "
    "street lights, parking meter, parking lot, tennis racket, tennis racquet, tennis court, tennis ball, tennis "
    "player, baseball player, baseball bat, ski pole, ski poles, ski lift, ski slope, surf board, snow board, skate "
    "board, skate park, light pole, light poles, light post, light fixture, tank top, train station, train tracks, "
    "train track, train engine, bathroom sink, kitchen sink, coffee table, wine glass, head band, wet suit, birthday "
    "cake, tree trunk, flat screen, stir fry, ice cream, french fries, swimming pool, mid air, trash can, trash cans, "
    "garbage can, garbage cans, cutting board, cutting boards"
)
LEXICAL_ENDS = frozenset(second for _, second in LEXICAL)
# Nouns of one word that captions spell apart.
SPELLINGS = {
    "cell phone": "cellphone",
    "surf board": "surfboard",
    "snow board": "snowboard",
    "skate board": "skateboard",
    "counter top": "countertop",
    "suit case": "suitcase",
    "lap top": "laptop",
    "foot ball": "football",
    "base ball": "baseball",
    "basket ball": "basketball",
}

# --- places and containers -------------------------------------------------------------------------------------------

# "a glass of wine": what is behind "of" is in, or on, the container; a field has its grass.
CONTAINERS = (
    (
        "in",
        word_class("glass cup bottle mug bowl vase box basket jar can bag pot bucket crate pitcher package case rack"),
    ),
    ("on", word_class("plate tray platter")),
)
HAVING = word_class("field meadow table")
# Wide places: people are in them, also where the words say that they hold something there.
SCENERY = word_class(
    "beach hill field street road park snow slope ocean lake river sidewalk court kitchen room mountain water",
    "desert forest yard alley sand city crowd stadium pool rain sun shade background path trail driveway distance",
    "day sunset",
)
# Nouns that do nothing: "hosed down by a wall" is where.
LANDMARKS = word_class(
    "wall building house road street river lake ocean sea beach shore sidewalk curb table desk bench pool",
)
CLOTHING = word_class(
    "shirt jacket coat suit dress hat cap uniform shorts short pants jeans top sweater hoodie vest skirt outfit",
    "costume wetsuit helmet glasses sunglasses boot shoe sneaker glove tie scarf bikini trunk swimsuit robe apron",
    "jersey gear clothes clothing",
)
