"""Kinds of things by name: what every reader knows and a small corpus cannot teach. Meant to be read and edited.

The general word is true wherever a specific one is. The tables are transitive by writing, not by rule: "person" lists
boys and girls itself.
"""

from __future__ import annotations

from functools import lru_cache


def _words(*lists: str) -> frozenset[str]:
    return frozenset(" ".join(word.split()) for text in lists for word in text.split(","))


_MEN = """
    man, guy, gentleman, male, dude, fellow
"""
_WOMEN = """
    woman, lady, female
"""
_CHILDREN = """
    boy, girl, child, kid, toddler, baby, infant, little boy, little girl, young boy, young girl, schoolgirl
"""
_WORKERS = """
    worker, construction worker, police officer, policeman, officer, cop, firefighter, fireman, soldier, chef,
    cook, waiter, waitress, vendor, street vendor, doctor, nurse, teacher, student, farmer, fisherman, artist,
    painter, photographer, musician, guitarist, drummer, singer, dancer, performer, ballerina, cowboy, rider,
    cyclist, bicyclist, biker, motorcyclist, skateboarder, skater, snowboarder, skier, surfer, swimmer, diver,
    climber, rock climber, hiker, runner, jogger, player, baseball player, basketball player, football player,
    soccer player, tennis player, hockey player, batter, pitcher, catcher, goalie, umpire, referee, athlete,
    gymnast, wrestler, boxer, spectator, pedestrian, passenger, driver, customer, shopper, bride, groom,
    clown, passerby, onlooker, friend, brunette, blond, blonde, redhead, teenager, teen, adult, mother,
    father, mom, dad, son, daughter, brother, sister, parent, grandmother, grandfather, husband, wife
"""
_BIRDS = """
    duck, goose, swan, pigeon, seagull, gull, parrot, owl, eagle, chicken, rooster, hen, penguin, flamingo,
    peacock
"""
_DOGS = """
    puppy, poodle, greyhound, golden retriever, retriever, bulldog, german shepherd, beagle, terrier,
    labrador, husky
"""
_CATS = """
    kitten, kitty
"""
_OTHER_ANIMALS = """
    dog, cat, horse, pony, foal, cow, bull, calf, sheep, lamb, goat, pig, elephant, zebra, giraffe, bear,
    polar bear, lion, tiger, monkey, fox, wolf, deer, rabbit, squirrel, mouse, camel, donkey, bird, fish,
    turtle, frog, snake, lizard, buffalo, rhino, hippo, kangaroo, ram
"""
_OTHER_MALES = """
    boy, brother, businessman, cowboy, dad, father, fireman, fisherman, grandfather, groom, husband, king,
    little boy, policeman, prince, son, uncle, waiter, workman, young boy
"""
_OTHER_FEMALES = """
    aunt, ballerina, bride, brunette, businesswoman, daughter, girl, grandmother, little girl, mom, mother,
    princess, queen, schoolgirl, sister, waitress, wife, young girl
"""
_GROWN_UPS = """
    adult, bride, businessman, businesswoman, dad, father, fireman, gentleman, grandfather, grandmother,
    groom, guy, husband, lady, man, mom, mother, policeman, soldier, wife, woman
"""

# General word -> specific words.
SPECIFIC: dict[str, frozenset[str]] = {
    "person": _words(_MEN, _WOMEN, _CHILDREN, _WORKERS, "people, individual, human, someone"),
    "human": _words(_MEN, _WOMEN, _CHILDREN, "person, people"),
    "individual": _words(_MEN, _WOMEN, _CHILDREN, "person"),
    "man": _words("guy, gentleman, dude, fellow, policeman, fireman, fisherman, cowboy, groom, workman, businessman"),
    "woman": _words("lady, bride, businesswoman, ballerina, waitress"),
    "male": _words(_MEN, "boy") - {"male"},
    "female": _words(_WOMEN, "girl") - {"female"},
    "child": _words(_CHILDREN) - {"child"},
    "kid": _words(_CHILDREN) - {"kid"},
    "animal": _words(_OTHER_ANIMALS, _DOGS, _CATS, _BIRDS),
    "dog": _words(_DOGS),
    "cat": _words(_CATS),
    "bird": _words(_BIRDS),
    "horse": _words("pony, foal, mare, stallion, colt"),
    "cow": _words("calf, cattle"),
    "vehicle": _words(
        """
        car, truck, bus, van, taxi, cab, motorcycle, motorbike, scooter, suv, minivan, jeep, ambulance, pickup
        truck, pickup, fire truck, firetruck, fire engine, police car, tractor, automobile, lorry, double decker
        bus, school bus, race car
        """
    ),
    "car": _words("taxi, cab, sedan, police car, race car, automobile, convertible, limousine, suv"),
    "truck": _words("pickup truck, pickup, fire truck, firetruck, semi truck, dump truck, lorry, tow truck"),
    "bike": _words("bicycle, motorbike, dirt bike, mountain bike"),
    "boat": _words("canoe, kayak, sailboat, rowboat, ferry, yacht, speedboat, gondola, motorboat"),
    "plane": _words("jet, airplane, airliner, jetliner, biplane"),
    "aircraft": _words("plane, airplane, jet, airliner, jetliner, helicopter, biplane"),
    "furniture": _words("chair, table, sofa, couch, bed, desk, bench, dresser, stool, bookshelf, cabinet, nightstand"),
    "seat": _words("chair, sofa, couch, bench, stool, armchair"),
    "food": _words(
        """
        pizza, sandwich, burger, hamburger, hot dog, cake, bread, salad, fruit, vegetable, meat, cheese, pasta,
        rice, soup, donut, doughnut, cookie, banana, apple, orange, broccoli, carrot, meal, french fry, pastry,
        pie, egg, steak, chicken, noodle
        """
    ),
    "fruit": _words(
        """
        apple, banana, orange, pear, grape, strawberry, pineapple, lemon, watermelon, mango, peach, cherry, berry
        """
    ),
    "vegetable": _words(
        """
        broccoli, carrot, tomato, potato, lettuce, onion, cucumber, cauliflower, celery, spinach, cabbage
        """
    ),
    "dessert": _words("cake, pie, ice cream, donut, doughnut, cookie, cupcake, pastry"),
    "instrument": _words(
        """
        guitar, violin, drum, trumpet, saxophone, piano, cello, flute, accordion, banjo, keyboard, trombone, tuba
        """
    ),
    "musical instrument": _words(
        """
        guitar, violin, drum, trumpet, saxophone, piano, cello, flute, accordion, banjo, trombone, tuba
        """
    ),
    "clothing": _words(
        """
        shirt, pants, jeans, dress, jacket, coat, sweater, hoodie, sweatshirt, skirt, shorts, suit, t-shirt,
        uniform
        """
    ),
    "hat": _words(
        """
        cap, baseball cap, cowboy hat, hard hat, straw hat, beanie, fedora, top hat, sombrero, baseball hat
        """
    ),
    "shirt": _words(
        """
        t-shirt, tee shirt, polo shirt, dress shirt, tank top, blouse, button-down shirt, hawaiian shirt
        """
    ),
    "coat": _words("raincoat, trench coat, lab coat, overcoat, fur coat"),
    "pants": _words("jeans, trousers, khakis, sweatpants, slacks"),
    "shoe": _words("sneaker, boot, sandal, high heel, heel, flip-flop, slipper, cleat"),
    "glasses": _words("sunglasses, eyeglasses"),
    "bag": _words(
        """
        backpack, purse, handbag, suitcase, plastic bag, shopping bag, duffel bag, tote bag, messenger bag
        """
    ),
    "luggage": _words("suitcase, baggage"),
    "ball": _words(
        """
        soccer ball, basketball, football, tennis ball, baseball, volleyball, beach ball, rugby ball, bowling ball
        """
    ),
    "plant": _words("flower, tree, bush, palm tree, cactus, fern, shrub"),
    "tree": _words("palm tree, pine tree, christmas tree, evergreen tree"),
    "flower": _words("rose, tulip, sunflower, daisy, lily"),
    "building": _words("house, church, barn, skyscraper, tower, castle, temple, hotel, cathedral"),
    "road": _words("street, highway, freeway, dirt road, city street, avenue"),
    "street": _words("city street"),
    "water": _words("ocean, sea, lake, river, pool, pond, stream, creek, swimming pool, wave, puddle"),
    "field": _words("grassy field, soccer field, baseball field, football field, grass field, pasture, meadow"),
    "computer": _words("laptop, laptop computer, desktop computer"),
    "phone": _words("cellphone, cell phone, mobile phone, smartphone, telephone, iphone"),
    "container": _words("box, basket, bowl, jar, bucket, crate, bottle, can, bin"),
    "toy": _words("doll, teddy bear, stuffed animal, teddy, lego, action figure"),
    "stuffed animal": _words("teddy bear, teddy"),
    "weapon": _words("gun, rifle, sword, pistol, knife, spear"),
    "drink": _words("beer, wine, coffee, juice, soda, cocktail, tea, beverage, milk"),
    "beverage": _words("beer, wine, coffee, juice, soda, cocktail, tea, drink, milk"),
    "electronics": _words("laptop, computer, phone, television, tv, keyboard, tablet, camera, monitor"),
}
GENERAL: dict[str, frozenset[str]] = {
    word: frozenset(general for general, words in SPECIFIC.items() if word in words)
    for word in sorted(frozenset[str]().union(*SPECIFIC.values()))
}

# Compounds whose last word does not say what the thing is.
NOT_ENDOCENTRIC = _words(
    "hot dog, teddy bear, stuffed animal, stuffed bear, stuffed dog, toy car, toy truck, toy train, toy dog, "
    "ice cream, rocking horse, toy horse, computer mouse, sea lion, guinea pig, jack o lantern, sea horse"
)


@lru_cache(None)
def generals(head: str) -> frozenset[str]:
    """Returns the words that are true of whatever the head names: its listed kinds, and a compound's last word."""
    listed = GENERAL.get(head, frozenset())
    last = head.rsplit(" ", 1)[-1]
    if last == head or head in NOT_ENDOCENTRIC:
        return listed
    return listed | {last} | GENERAL.get(last, frozenset())


# Two heads of different ones of these kinds never name the same thing.
_KINDS = _words("person, animal, vehicle, furniture, food, clothing, instrument, building, plant")


@lru_cache(None)
def kinds_of(head: str) -> frozenset[str]:
    """Returns which of the kinds that exclude each other the head is of; empty where it is of no listed kind."""
    return _KINDS & (generals(head) | {head})


COLLECTIVES = _words("people, crowd, group, couple, family, team, friend, audience, someone, other, adult")
_PERSONS = SPECIFIC["person"] | COLLECTIVES | {"person", "human", "individual"}
_MALES, _FEMALES = _words(_MEN, _OTHER_MALES), _words(_WOMEN, _OTHER_FEMALES)
_YOUNG, _GROWN = _words(_CHILDREN), _words(_GROWN_UPS)


@lru_cache(None)
def persons_like(head: str) -> frozenset[str]:
    """Returns the words that may name the person whom `head` names, by sex and age; none if it names no person."""
    if head not in _PERSONS:
        return frozenset()
    same_sex = _MALES if head in _MALES else _FEMALES if head in _FEMALES else frozenset[str]()
    other_sex = _FEMALES if head in _MALES else _MALES if head in _FEMALES else frozenset[str]()
    other_age = _GROWN if head in _YOUNG else _YOUNG if head in _GROWN else frozenset[str]()
    # A boy to one is a young man to another; a child is not.
    return _PERSONS - other_sex - (other_age - same_sex) - {head}


@lru_cache(None)
def living(head: str) -> bool:
    """Whether the head names a person or an animal."""
    return head in _PERSONS or head == "animal" or "animal" in generals(head) or "person" in generals(head)
