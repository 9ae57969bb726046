"""Roles of people and kinds of rooms: what is one of them is none of the others. Meant to be read and edited."""

from __future__ import annotations

from functools import lru_cache

from transforms.hypernyms import words_of

ROOMS = tuple(
    map(
        words_of,
        (
            "kitchen, kitchenette",
            "bathroom, restroom, washroom",
            "bedroom, hotel room",
            "living room, family room",
            "dining room",
            "office, cubicle",
            "classroom, lecture hall",
            "garage",
        ),
    )
)
# What a person is known by: who is one of these is none of the others, unless a group holds both.
ROLES = tuple(
    map(
        words_of,
        (
            "skier, ski jumper",
            "snowboarder",
            "surfer",
            "swimmer, diver, snorkeler",
            "kayaker, canoeist, rower, rafter",
            "skateboarder, skater, skate boarder",
            "roller skater, rollerblader, ice skater, skater",
            "cyclist, bicyclist, biker, bicycle rider, bike rider, mountain biker, rider",
            "motorcyclist, biker, motorcycle rider, dirt biker, rider",
            "horseback rider, jockey, cowboy, rider",
            "baseball player, batter, pitcher, catcher, umpire, baseball pitcher, fielder, baseman",
            "basketball player",
            "soccer player, footballer, goalie, goalkeeper",
            "football player, footballer, quarterback, rugby player",
            "rugby player",
            "tennis player",
            "volleyball player",
            "hockey player, goalie",
            "golfer",
            "climber, rock climber, mountain climber, hiker",
            "runner, jogger, sprinter, marathon runner",
            "boxer, wrestler, fighter, kickboxer",
            "fireman, firefighter",
            "policeman, police officer, cop",
            "soldier, military man",
            "chef, cook, baker",
            "waiter, waitress, bartender",
            "musician, guitarist, drummer, singer, violinist, pianist, guitar player, saxophonist",
            "dancer, ballerina, ballet dancer",
            "bride",
            "groom",
            "pedestrian",
            "clown",
        ),
    )
)


@lru_cache(None)
def rivals(head: str) -> frozenset[str]:
    """Returns what is never what the head names, though both are of one kind: of "skier", "snowboarder"."""
    for family in (ROLES, ROOMS):
        own = [group for group in family if head in group]
        if own:
            return frozenset[str]().union(*family) - frozenset[str]().union(*own)
    return frozenset()
