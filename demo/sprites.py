"""Which function draws which kind, how large it is, and what it may look like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from demo import sprites_living as living
from demo import sprites_things as things
from demo.lexicon import ANIMALS, COLOURS, PEOPLE
from demo.pen import Pen, Sprite, body_colour

_FUR = ("brown", "black", "white", "orange")
_PRINTS = ("plain", "striped", "spotted", "checkered")
_SMALL_SHARE = 0.58  # of the large height


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind is drawn; height is that of a large one in pixels."""

    draw: Callable[[Pen, str, int], None]
    height: float
    aspect: float
    tilt: float = 4.0  # degrees at most
    patterns: tuple[str, ...] = ("plain",)
    usual: tuple[str, ...] = ()  # colours that three in four have


LOOKS: dict[str, Look] = {
    "man": Look(living.man, 124, 0.5, 3, ("plain", "striped", "checkered")),
    "woman": Look(living.woman, 118, 0.5, 3, ("plain", "striped", "spotted")),
    "boy": Look(living.boy, 88, 0.5, 3, ("plain", "striped", "checkered")),
    "girl": Look(living.girl, 88, 0.5, 3, ("plain", "striped", "spotted")),
    "dog": Look(living.dog, 68, 1.3, 5, ("plain", "plain", "spotted"), _FUR),
    "cat": Look(living.cat, 66, 1.3, 5, ("plain", "plain", "striped"), _FUR),
    "fox": Look(living.fox, 66, 1.3, 5, ("plain",), ("orange", "red", "brown", "white")),
    "horse": Look(living.horse, 106, 1.3, 4, ("plain", "plain", "spotted"), ("brown", "black", "white")),
    "duck": Look(living.duck, 56, 1.2, 5, ("plain",), ("white", "yellow", "brown", "green")),
    "car": Look(things.car, 56, 2.1, 5, ("plain", "plain", "striped")),
    "truck": Look(things.truck, 66, 2.02, 4, ("plain", "plain", "striped")),
    "bus": Look(things.bus, 70, 2.2, 4, ("plain", "plain", "striped")),
    "sofa": Look(things.sofa, 72, 1.9, 3, ("plain", "striped", "checkered", "spotted")),
    "chair": Look(things.chair, 92, 0.78, 4, ("plain", "wooden", "wooden", "striped")),
    "table": Look(things.table, 68, 1.68, 3, ("plain", "wooden", "wooden", "checkered")),
    "cup": Look(things.cup, 44, 1.1, 8, _PRINTS),
    "vase": Look(things.vase, 58, 0.72, 6, _PRINTS),
    "box": Look(things.box, 62, 1.2, 5, ("plain", "wooden", "wooden", "striped")),
    "basket": Look(things.basket, 60, 1.1, 5, ("plain", "plain", "checkered"), ("brown", "white", "yellow")),
    "ball": Look(things.ball, 46, 1.0, 40, _PRINTS),
    "book": Look(things.book, 40, 1.26, 14, ("plain", "striped", "checkered")),
    "hat": Look(things.hat, 36, 1.64, 8, ("plain", "striped", "spotted", "checkered")),
    "umbrella": Look(things.umbrella, 84, 1.04, 14, _PRINTS),
    "flower": Look(things.flower, 58, 0.6, 10),
    "balloon": Look(things.balloon, 84, 0.72, 10, ("plain", "striped", "spotted")),
    "tree": Look(things.tree, 128, 0.86, 3, ("plain",), ("green", "green", "orange", "brown")),
}


def choose_colour(kind: str, rng: np.random.Generator) -> str:
    """Returns a colour for a kind: the usual ones more often."""
    usual = LOOKS[kind].usual
    return str(rng.choice(usual if usual and rng.random() < 0.75 else COLOURS))


def choose_pattern(kind: str, rng: np.random.Generator) -> str:
    return str(rng.choice(LOOKS[kind].patterns))


def draw(kind: str, colour: str, size: str, pattern: str, pose: str, facing: int, rng: np.random.Generator) -> Sprite:
    """Returns the sprite of one thing."""
    look = LOOKS[kind]
    share = 1.0 if size == "large" else _SMALL_SHARE
    steady = kind in PEOPLE or kind in ANIMALS
    tilt = look.tilt + (3 if steady and pose == "run" else 0)
    pen = Pen(
        height=look.height * share * rng.uniform(0.93, 1.07),
        aspect=look.aspect,
        angle=float(rng.uniform(-tilt, tilt)),
        facing=facing,
        body=body_colour(colour, rng),
    )
    look.draw(pen, pose, int(rng.integers(1 << 16)))
    return pen.lift(colour, pattern, int(rng.integers(6)))
