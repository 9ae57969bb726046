"""Kinds of things by name: what every reader knows and a small corpus cannot teach. Meant to be read and edited.

The general word is true wherever a specific one is. The tables are transitive by writing, not by rule: "person" lists
boys and girls itself.
"""

from __future__ import annotations

_MEN = "man, guy, gentleman, male, dude, fellow"
_WOMEN = "woman, lady, female"
_CHILDREN = "boy, girl, child, kid, toddler, baby, infant, little boy, little girl, young boy, young girl, schoolgirl"
_WORKERS = (
    "worker, construction worker, police officer, policeman, officer, cop, firefighter, fireman, soldier, chef, cook, waiter, "
    "waitress, vendor, street vendor, doctor, nurse, teacher, student, farmer, fisherman, artist, painter, photographer, "
    "musician, guitarist, drummer, singer, dancer, performer, ballerina, cowboy, rider, cyclist, bicyclist, biker, "
    "motorcyclist, skateboarder, skater, snowboarder, skier, surfer, swimmer, diver, climber, rock climber, hiker, "
    "runner, jogger, player, baseball player, basketball player, football player, soccer player, tennis player, "
    "hockey player, batter, pitcher, catcher, goalie, umpire, referee, athlete, gymnast, wrestler, boxer, spectator, "
    "pedestrian, passenger, driver, customer, shopper, bride, groom, clown, passerby, onlooker, friend, brunette, "
    "blond, blonde, redhead, teenager, teen, adult, mother, father, mom, dad, son, daughter, brother, sister, parent, "
    "grandmother, grandfather, husband, wife"
)
_BIRDS = "duck, goose, swan, pigeon, seagull, gull, parrot, owl, eagle, chicken, rooster, hen, penguin, flamingo, peacock"
_DOGS = "puppy, poodle, greyhound, golden retriever, retriever, bulldog, german shepherd, beagle, terrier, labrador, husky"
_CATS = "kitten, kitty"
_OTHER_ANIMALS = (
    "dog, cat, horse, pony, foal, cow, bull, calf, sheep, lamb, goat, pig, elephant, zebra, giraffe, bear, polar bear, "
    "lion, tiger, monkey, fox, wolf, deer, rabbit, squirrel, mouse, camel, donkey, bird, fish, turtle, frog, snake, "
    "lizard, buffalo, rhino, hippo, kangaroo, ram"
)

_TABLES: dict[str, str] = {
    "person": ", ".join((_MEN, _WOMEN, _CHILDREN, _WORKERS, "people, individual, human, someone")),
    "human": ", ".join((_MEN, _WOMEN, _CHILDREN, "person, people")),
    "individual": ", ".join((_MEN, _WOMEN, _CHILDREN, "person")),
    "man": "guy, gentleman, dude, fellow, policeman, fireman, fisherman, cowboy, groom, workman, businessman",
    "woman": "lady, bride, businesswoman, ballerina, waitress",
    "male": f"{_MEN}, boy",
    "female": f"{_WOMEN}, girl",
    "child": "boy, girl, kid, toddler, little boy, little girl, young boy, young girl, schoolgirl, baby, infant",
    "kid": "boy, girl, child, toddler, little boy, little girl, young boy, young girl, schoolgirl",
    "animal": ", ".join((_OTHER_ANIMALS, _DOGS, _CATS, _BIRDS)),
    "dog": _DOGS,
    "cat": _CATS,
    "bird": _BIRDS,
    "horse": "pony, foal, mare, stallion, colt",
    "cow": "calf, cattle",
    "vehicle": "car, truck, bus, van, taxi, cab, motorcycle, motorbike, scooter, suv, minivan, jeep, ambulance, pickup truck, "
    "pickup, fire truck, firetruck, fire engine, police car, tractor, automobile, lorry, double decker bus, school bus, race car",
    "car": "taxi, cab, sedan, police car, race car, automobile, convertible, limousine, suv",
    "truck": "pickup truck, pickup, fire truck, firetruck, semi truck, dump truck, lorry, tow truck",
    "bike": "bicycle, motorbike, dirt bike, mountain bike",
    "boat": "canoe, kayak, sailboat, rowboat, ferry, yacht, speedboat, gondola, motorboat",
    "plane": "jet, airplane, airliner, jetliner, biplane",
    "aircraft": "plane, airplane, jet, airliner, jetliner, helicopter, biplane",
    "furniture": "chair, table, sofa, couch, bed, desk, bench, dresser, stool, bookshelf, cabinet, nightstand",
    "seat": "chair, sofa, couch, bench, stool, armchair",
    "food": "pizza, sandwich, burger, hamburger, hot dog, cake, bread, salad, fruit, vegetable, meat, cheese, pasta, rice, "
    "soup, donut, doughnut, cookie, banana, apple, orange, broccoli, carrot, meal, french fry, pastry, pie, egg, steak, "
    "chicken, noodle",
    "fruit": "apple, banana, orange, pear, grape, strawberry, pineapple, lemon, watermelon, mango, peach, cherry, berry",
    "vegetable": "broccoli, carrot, tomato, potato, lettuce, onion, cucumber, cauliflower, celery, spinach, cabbage",
    "dessert": "cake, pie, ice cream, donut, doughnut, cookie, cupcake, pastry",
    "instrument": "guitar, violin, drum, trumpet, saxophone, piano, cello, flute, accordion, banjo, keyboard, trombone, tuba",
    "musical instrument": "guitar, violin, drum, trumpet, saxophone, piano, cello, flute, accordion, banjo, trombone, tuba",
    "clothing": "shirt, pants, jeans, dress, jacket, coat, sweater, hoodie, sweatshirt, skirt, shorts, suit, t-shirt, uniform",
    "hat": "cap, baseball cap, cowboy hat, hard hat, straw hat, beanie, fedora, top hat, sombrero, baseball hat",
    "shirt": "t-shirt, tee shirt, polo shirt, dress shirt, tank top, blouse, button-down shirt, hawaiian shirt",
    "coat": "raincoat, trench coat, lab coat, overcoat, fur coat",
    "pants": "jeans, trousers, khakis, sweatpants, slacks",
    "shoe": "sneaker, boot, sandal, high heel, heel, flip-flop, slipper, cleat",
    "glasses": "sunglasses, eyeglasses",
    "bag": "backpack, purse, handbag, suitcase, plastic bag, shopping bag, duffel bag, tote bag, messenger bag",
    "luggage": "suitcase, baggage",
    "ball": "soccer ball, basketball, football, tennis ball, baseball, volleyball, beach ball, rugby ball, bowling ball",
    "plant": "flower, tree, bush, palm tree, cactus, fern, shrub",
    "tree": "palm tree, pine tree, christmas tree, evergreen tree",
    "flower": "rose, tulip, sunflower, daisy, lily",
    "building": "house, church, barn, skyscraper, tower, castle, temple, hotel, cathedral",
    "road": "street, highway, freeway, dirt road, city street, avenue",
    "street": "city street",
    "water": "ocean, sea, lake, river, pool, pond, stream, creek, swimming pool, wave, puddle",
    "field": "grassy field, soccer field, baseball field, football field, grass field, pasture, meadow",
    "computer": "laptop, laptop computer, desktop computer",
    "phone": "cellphone, cell phone, mobile phone, smartphone, telephone, iphone",
    "container": "box, basket, bowl, jar, bucket, crate, bottle, can, bin",
    "toy": "doll, teddy bear, stuffed animal, teddy, lego, action figure",
    "stuffed animal": "teddy bear, teddy",
    "weapon": "gun, rifle, sword, pistol, knife, spear",
    "drink": "beer, wine, coffee, juice, soda, cocktail, tea, beverage, milk",
    "beverage": "beer, wine, coffee, juice, soda, cocktail, tea, drink, milk",
    "electronics": "laptop, computer, phone, television, tv, keyboard, tablet, camera, monitor",
}
SPECIFIC: dict[str, frozenset[str]] = {general: frozenset(words.split(", ")) for general, words in _TABLES.items()}
GENERAL: dict[str, frozenset[str]] = {
    word: frozenset(general for general, words in SPECIFIC.items() if word in words)
    for word in sorted(frozenset[str]().union(*SPECIFIC.values()))
}

# Two heads of different ones of these kinds never name the same thing.
KINDS = ("person", "animal", "vehicle", "furniture", "food", "clothing", "instrument", "building", "plant")


def generals(head: str) -> frozenset[str]:
    """Returns the words that are true of whatever the head names: its listed kinds, and a compound's last word."""
    last = head.rsplit(" ", 1)[-1]
    if last == head or last in NOT_ENDOCENTRIC.get(head, ()):
        return GENERAL.get(head, frozenset())
    return GENERAL.get(head, frozenset()) | {last} | GENERAL.get(last, frozenset())


# Compounds whose last word does not say what the thing is.
NOT_ENDOCENTRIC: dict[str, tuple[str, ...]] = {
    "hot dog": ("dog",),
    "teddy bear": ("bear",),
    "stuffed animal": ("animal",),
    "stuffed bear": ("bear",),
    "stuffed dog": ("dog",),
    "toy car": ("car",),
    "toy truck": ("truck",),
    "toy train": ("train",),
    "ice cream": ("cream",),
    "jack o lantern": ("lantern",),
    "rocking horse": ("horse",),
    "computer mouse": ("mouse",),
    "toy dog": ("dog",),
    "sea lion": ("lion",),
    "guinea pig": ("pig",),
}
