"""Kinds of things by name: what every reader knows and a small corpus cannot teach. Meant to be read and edited.

The general word is true wherever a specific one is. The tables are transitive by writing, not by rule: "person" lists
boys and girls itself.
"""

from __future__ import annotations

from functools import lru_cache


def words_of(*lists: str) -> frozenset[str]:
    """Returns the words of lists that are separated by commas."""
    return frozenset(" ".join(word.split()) for text in lists for word in text.split(","))


MEN = """
    man, guy, gentleman, male, dude, fellow
"""
WOMEN = """
    woman, lady, female
"""
CHILDREN = """
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
    turtle, frog, snake, lizard, buffalo, rhino, hippo, kangaroo, ram, gazelle, antelope, llama, alpaca, ostrich,
    turkey, crow, hawk, goldfish, shark, dolphin, whale, seal, sea lion, panda, koala, leopard, cheetah, moose, elk,
    raccoon, otter, crab, lobster, hamster, mule, ox, bison, insect, bee, butterfly, spider, squid, rat, reindeer
"""

# General word -> specific words.
SPECIFIC: dict[str, frozenset[str]] = {
    "person": words_of(MEN, WOMEN, CHILDREN, _WORKERS, "people, individual, human, someone"),
    "human": words_of(MEN, WOMEN, CHILDREN, "person, people"),
    "individual": words_of(MEN, WOMEN, CHILDREN, "person"),
    "man": words_of("guy, gentleman, dude, fellow, policeman, fireman, fisherman, cowboy, groom, workman, businessman"),
    "woman": words_of("lady, bride, businesswoman, ballerina, waitress"),
    "male": words_of(MEN, "boy") - {"male"},
    "female": words_of(WOMEN, "girl") - {"female"},
    "child": words_of(CHILDREN) - {"child"},
    "kid": words_of(CHILDREN) - {"kid"},
    "animal": words_of(_OTHER_ANIMALS, _DOGS, _CATS, _BIRDS),
    "dog": words_of(_DOGS),
    "cat": words_of(_CATS),
    "bird": words_of(_BIRDS),
    "horse": words_of("pony, foal, mare, stallion, colt"),
    "cow": words_of("calf, cattle"),
    "vehicle": words_of(
        """
        car, truck, bus, van, taxi, cab, motorcycle, motorbike, scooter, suv, minivan, jeep, ambulance, pickup
        truck, pickup, fire truck, firetruck, fire engine, police car, tractor, automobile, lorry, double decker
        bus, school bus, race car
        """
    ),
    "car": words_of("taxi, cab, sedan, police car, race car, automobile, convertible, limousine, suv"),
    "truck": words_of("pickup truck, pickup, fire truck, firetruck, semi truck, dump truck, lorry, tow truck"),
    "bike": words_of("bicycle, motorbike, dirt bike, mountain bike"),
    "boat": words_of("canoe, kayak, sailboat, rowboat, ferry, yacht, speedboat, gondola, motorboat"),
    "plane": words_of("jet, airplane, airliner, jetliner, biplane"),
    "aircraft": words_of("plane, airplane, jet, airliner, jetliner, helicopter, biplane"),
    "furniture": words_of(
        "chair, table, sofa, couch, bed, desk, bench, dresser, stool, bookshelf, cabinet, nightstand"
    ),
    "seat": words_of("chair, sofa, couch, bench, stool, armchair"),
    "food": words_of(
        """
        pizza, sandwich, burger, hamburger, hot dog, cake, bread, salad, fruit, vegetable, meat, cheese, pasta,
        rice, soup, donut, doughnut, cookie, banana, apple, orange, broccoli, carrot, meal, french fry, pastry,
        pie, egg, steak, chicken, noodle
        """
    ),
    "fruit": words_of(
        """
        apple, banana, orange, pear, grape, strawberry, pineapple, lemon, watermelon, mango, peach, cherry, berry
        """
    ),
    "vegetable": words_of(
        """
        broccoli, carrot, tomato, potato, lettuce, onion, cucumber, cauliflower, celery, spinach, cabbage
        """
    ),
    "dessert": words_of("cake, pie, ice cream, donut, doughnut, cookie, cupcake, pastry"),
    "instrument": words_of(
        """
        guitar, violin, drum, trumpet, saxophone, piano, cello, flute, accordion, banjo, keyboard, trombone, tuba
        """
    ),
    "musical instrument": words_of(
        """
        guitar, violin, drum, trumpet, saxophone, piano, cello, flute, accordion, banjo, keyboard, trombone, tuba,
        instrument, bass, harmonica, clarinet, harp, bagpipe, drum set, ukulele
        """
    ),
    "clothing": words_of(
        """
        shirt, pants, jeans, dress, jacket, coat, sweater, hoodie, sweatshirt, skirt, shorts, suit, t-shirt,
        uniform
        """
    ),
    "hat": words_of(
        """
        cap, baseball cap, cowboy hat, hard hat, straw hat, beanie, fedora, top hat, sombrero, baseball hat
        """
    ),
    "shirt": words_of(
        """
        t-shirt, tee shirt, polo shirt, dress shirt, tank top, blouse, button-down shirt, hawaiian shirt
        """
    ),
    "coat": words_of("raincoat, trench coat, lab coat, overcoat, fur coat"),
    "pants": words_of("jeans, trousers, khakis, sweatpants, slacks"),
    "shoe": words_of("sneaker, boot, sandal, high heel, heel, flip-flop, slipper, cleat"),
    "glasses": words_of("sunglasses, eyeglasses"),
    "bag": words_of(
        """
        backpack, purse, handbag, suitcase, plastic bag, shopping bag, duffel bag, tote bag, messenger bag
        """
    ),
    "luggage": words_of("suitcase, baggage"),
    "ball": words_of(
        """
        soccer ball, basketball, football, tennis ball, baseball, volleyball, beach ball, rugby ball, bowling ball
        """
    ),
    "plant": words_of("flower, tree, bush, palm tree, cactus, fern, shrub"),
    "tree": words_of("palm tree, pine tree, christmas tree, evergreen tree"),
    "flower": words_of("rose, tulip, sunflower, daisy, lily"),
    "building": words_of("house, church, barn, skyscraper, tower, castle, temple, hotel, cathedral"),
    "road": words_of("street, highway, freeway, dirt road, city street, avenue"),
    "street": words_of("city street"),
    "water": words_of("ocean, sea, lake, river, pool, pond, stream, creek, swimming pool, wave, puddle"),
    "field": words_of("grassy field, soccer field, baseball field, football field, grass field, pasture, meadow"),
    "computer": words_of("laptop, laptop computer, desktop computer"),
    "phone": words_of("cellphone, cell phone, mobile phone, smartphone, telephone, iphone"),
    "container": words_of("box, basket, bowl, jar, bucket, crate, bottle, can, bin"),
    "toy": words_of("doll, teddy bear, stuffed animal, teddy, lego, action figure"),
    "stuffed animal": words_of("teddy bear, teddy"),
    "weapon": words_of("gun, rifle, sword, pistol, knife, spear"),
    "drink": words_of("beer, wine, coffee, juice, soda, cocktail, tea, beverage, milk"),
    "beverage": words_of("beer, wine, coffee, juice, soda, cocktail, tea, drink, milk"),
    "electronics": words_of("laptop, computer, phone, television, tv, keyboard, tablet, camera, monitor"),
}
GENERAL: dict[str, frozenset[str]] = {
    word: frozenset(general for general, words in SPECIFIC.items() if word in words)
    for word in sorted(frozenset[str]().union(*SPECIFIC.values()))
}

# Compounds whose last word does not say what the thing is.
NOT_ENDOCENTRIC = words_of(
    "hot dog, teddy bear, stuffed animal, stuffed bear, stuffed dog, toy car, toy truck, toy train, toy dog, "
    "ice cream, rocking horse, toy horse, computer mouse, sea lion, guinea pig, jack o lantern, sea horse"
)


def last_word(head: str) -> str:
    """Returns the last word of a compound, which says what the thing is; the whole where it does not."""
    return head if head in NOT_ENDOCENTRIC else head.rsplit(" ", 1)[-1]


@lru_cache(None)
def generals(head: str) -> frozenset[str]:
    """Returns the words that are true of whatever the head names: its listed kinds, and a compound's last word."""
    listed = GENERAL.get(head, frozenset())
    last = last_word(head)
    if last == head:
        return listed
    return listed | {last} | GENERAL.get(last, frozenset())


# Words that point at a thing without saying what it is, or that name the picture and not what it shows.
VAGUE = words_of(
    """
    something, anything, thing, one, other, another, item, object, stuff, piece, part, bit, kind, type, sort,
    variety, image, picture, photo, photograph, photography, shot, snapshot, portrait, view, close, closeup,
    close-up, scene, scenery, model, version, pose, posing, display, set, pair, bunch, inside, outside, interior,
    exterior, top, bottom, side, front, back, end, edge, middle, center, centre, corner, background, foreground,
    distance, area, place, spot, way, row, line, pile, stack, collection, assortment, device, surrounding,
    surroundings, day, time, night, look, head, face, hand, body
    """
)


def vague(head: str) -> bool:
    """Whether the head may stand for nearly anything, so that nothing follows from another word in its place."""
    return head in VAGUE


# Two heads of different ones of these kinds never name the same thing.
KINDS = words_of("person, animal, vehicle, furniture, food, clothing, instrument, building, plant")


@lru_cache(None)
def kinds_of(head: str) -> frozenset[str]:
    """Returns which of the kinds that exclude each other the head is of; empty where it is of no listed kind."""
    return KINDS & (generals(head) | {head})
