"""Small groups of things that belong together: who holds, rides, chases, contains or carries what.

A vignette draws its actors and puts them relative to a common foot point; `layout` then finds a place for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from demo.lexicon import ANIMALS, ANIMATE, FURNITURE, OTHERS, PEOPLE, VEHICLES
from demo.pen import Sprite
from demo.sprites import choose_colour, choose_pattern, draw
from demo.world import Box

_OUTDOOR = (*VEHICLES, "horse", "tree")


@dataclass(slots=True, eq=False)
class Actor:
    kind: str
    colour: str
    size: str
    pattern: str
    pose: str
    facing: int
    sprite: Sprite
    x: float = 0.0  # foot point
    y: float = 0.0
    ground: float = 0.0  # row it (or what carries it) stands on
    order: float = 0.0  # among what shares a ground: larger is painted later

    @property
    def box(self) -> Box:
        """Returns the full extent, xyxy."""
        width, height = self.sprite.layers[0].size
        left, top = self.x + self.sprite.origin[0], self.y + self.sprite.origin[1]
        return left + 2, top + 2, left + width - 2, top + height - 2

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        return self.box[3] - self.box[1]

    def put(self, x: float, y: float) -> None:
        self.x, self.y = x, y


@dataclass(slots=True)
class Vignette:
    """Actors around a common foot point, and what is attached to what."""

    rng: np.random.Generator
    indoors: bool
    actors: list[Actor] = field(default_factory=list)
    links: list[tuple[Actor, str, Actor]] = field(default_factory=list)

    def pick(self, kinds: Sequence[str]) -> str:
        allowed = [k for k in kinds if not (self.indoors and k in _OUTDOOR)]
        return str(self.rng.choice(allowed or kinds))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def add(self, kinds: Sequence[str], size: str = "", pose: str = "", facing: int = 0, colour: str = "") -> Actor:
        """Returns a new actor of one of the kinds, drawn, at the foot point."""
        rng = self.rng
        kind = self.pick(kinds)
        colour = colour or choose_colour(kind, rng)
        size = size or str(rng.choice(["large", "small"]))
        pattern = choose_pattern(kind, rng)
        facing = facing or int(rng.choice([1, -1]))
        if kind not in ANIMATE:
            pose = ""
        elif not pose:
            pose = "sit" if kind in ("dog", "cat", "fox") and self.chance(0.3) else "stand"
        actor = Actor(kind, colour, size, pattern, pose, facing, draw(kind, colour, size, pattern, pose, facing, rng))
        self.actors.append(actor)
        return actor

    def link(self, subject: Actor, predicate: str, target: Actor) -> None:
        self.links.append((subject, predicate, target))

    def attach(self, actor: Actor, carrier: Actor, mark: str, own: str = "", order: float = 1.0) -> None:
        """Puts the actor's own mark (its foot where it has none) on a mark of its carrier."""
        mx, my = carrier.sprite.marks[mark]
        ox, oy = actor.sprite.marks.get(own, (0.0, 0.0))
        actor.put(carrier.x + mx - ox, carrier.y + my - oy)
        actor.ground, actor.order = carrier.ground, carrier.order + order

    def beside(self, actor: Actor, other: Actor, gap: float, side: int) -> None:
        """Puts the actor on the same ground, `gap` pixels to the right (1) or left (-1) of the other."""
        edge = other.box[2] + gap if side > 0 else other.box[0] - gap
        own = actor.box[0] if side > 0 else actor.box[2]
        actor.put(actor.x + edge - own, other.ground + float(self.rng.integers(-4, 5)))
        actor.ground = actor.y

    def accessorise(self, person: Actor) -> None:
        """Gives a person a hat, and something to hold where the pose is for it."""
        if self.chance(0.35):
            hat = self.add(("hat",), "large" if person.size == "large" and self.chance(0.25) else "small")
            self.attach(hat, person, "crown")
            self.link(person, "wear", hat)
        if person.pose == "hold" or (person.pose in ("sit", "run") and self.chance(0.3)):
            held = self.add(("ball", "cup", "book", "umbrella", "flower", "balloon", "umbrella", "balloon"), "")
            if held.kind in ("ball", "cup", "book") and held.size == "large" and person.size == "small":
                self.actors.remove(held)
                held = self.add((held.kind,), "small")
            own = "grip" if "grip" in held.sprite.marks else ""
            self.attach(held, person, "hand", own, 2.0)
            if not own:
                held.y += held.height * (0.5 if held.kind == "ball" else 0.35)
                held.x += person.facing * held.width * 0.3
            self.link(person, "hold", held)

    def contents(self, container: Actor) -> None:
        """Puts something into a box or a basket, some of it hidden by the front."""
        inner = self.add(("cat", "dog", "ball", "book", "duck", "cup", "umbrella", "vase"), "small", pose="sit")
        if inner.kind == "duck":
            inner.pose = "stand"
        self.attach(inner, container, "inside", order=0.5)
        rim = container.y + container.sprite.marks["rim"][1]
        inner.y = min(inner.y, rim + 0.4 * inner.height)
        inner.x += float(self.rng.uniform(-0.12, 0.12)) * container.width
        self.link(inner, "in", container)


def _person(v: Vignette) -> None:
    person = v.add(PEOPLE, pose="hold" if v.chance(0.6) else "stand")
    v.accessorise(person)


def _seated(v: Vignette) -> None:
    seat = v.add(("sofa", "sofa", "chair"), "large")
    guests = 2 if seat.kind == "sofa" and v.chance(0.35) else 1
    for i in range(guests):
        guest = v.add((*PEOPLE, "cat", "dog"), pose="sit", size="small" if v.chance(0.4) else "")
        v.attach(guest, seat, "seat", "hip", 2.0 + i)
        if guests == 2:
            guest.x += (i - 0.5) * seat.width * 0.48
        v.link(guest, "sit on", seat)
        if guest.kind in PEOPLE:
            guest.order += 1
            v.accessorise(guest)


def _rider(v: Vignette) -> None:
    horse = v.add(("horse",), "large", pose=str(v.rng.choice(["stand", "run"])))
    rider = v.add(PEOPLE, "small" if v.chance(0.7) else "large", pose="ride", facing=horse.facing)
    v.attach(rider, horse, "saddle", "hip")
    v.link(rider, "ride", horse)
    if v.chance(0.4):
        v.accessorise(rider)


def _kick(v: Vignette) -> None:
    person = v.add(PEOPLE, pose="kick")
    v.beside(v.add(("ball",)), person, float(v.rng.integers(-6, 5)), person.facing)
    if v.chance(0.3):
        v.accessorise(person)


def _chase(v: Vignette) -> None:
    chaser = v.add((*ANIMALS, "boy", "girl", "dog"), pose="run")
    chased = v.add((*ANIMALS, "boy", "man", "cat"), pose="run", facing=chaser.facing)
    v.beside(chased, chaser, float(v.rng.integers(2, 24)), chaser.facing)


def _look(v: Vignette) -> None:
    watcher = v.add(ANIMATE)
    watched = v.add((*ANIMATE, *OTHERS, *FURNITURE))
    v.beside(watched, watcher, float(v.rng.integers(2, 26)), watcher.facing)


def _table(v: Vignette) -> None:
    table = v.add(("table",), "large")
    slots = [-0.28, 0.28] if v.chance(0.5) else [float(v.rng.uniform(-0.2, 0.2))]
    for slot in slots:
        item = v.add(("cup", "vase", "book", "ball", "hat", "box", "basket", "cat", "cup", "vase"), "small", pose="sit")
        v.attach(item, table, "top")
        item.x += slot * table.width
        item.y += float(v.rng.integers(-2, 4))
        v.link(item, "on", table)
        if item.kind == "vase" and v.chance(0.6):
            _stem(v, item)
    if v.chance(0.4):
        item = v.add(("dog", "cat", "ball", "box", "basket", "duck"), "small", pose="stand")
        v.attach(item, table, "below", order=-1)
        item.x += float(v.rng.uniform(-0.12, 0.12)) * table.width
        v.link(item, "under", table)


def _stem(v: Vignette, vase: Actor) -> None:
    flower = v.add(("flower",), vase.size)
    v.attach(flower, vase, "mouth", order=-0.5)
    v.link(flower, "in", vase)


def _vase(v: Vignette) -> None:
    _stem(v, v.add(("vase",)))


def _container(v: Vignette) -> None:
    v.contents(v.add(("box", "basket"), "large"))


def _vehicle(v: Vignette) -> None:
    vehicle = v.add(VEHICLES)
    if v.chance(0.3):
        item = v.add(("cat", "box", "ball", "duck", "hat"), "small", pose="sit" if v.chance(0.5) else "stand")
        v.attach(item, vehicle, "top")
        item.y += 2
        v.link(item, "on", vehicle)


def _overlap(v: Vignette) -> None:
    back = v.add(("tree", "sofa", "car", "bus", "truck", "table", "horse", "box"), "large")
    front = v.add((*ANIMATE, *OTHERS, "chair"), "small")
    front.put(float(v.rng.uniform(-0.5, 0.5)) * back.width, float(v.rng.integers(9, 20)))
    front.ground = front.y


def _row(v: Vignette) -> None:
    kind = (v.pick((*ANIMALS, *OTHERS, "car", "chair", "boy", "girl")),)
    size, pose = str(v.rng.choice(["small", "small", "large"])), "run" if v.chance(0.4) else "stand"
    facing, same = int(v.rng.choice([1, -1])), v.chance(0.55)
    first = last = v.add(kind, size, pose, facing)
    for _ in range(int(v.rng.integers(1, 4))):
        following = v.add(kind, size, pose, facing, first.colour if same else "")
        v.beside(following, last, float(v.rng.integers(3, 14)), 1)
        last = following


def _balloon(v: Vignette) -> None:
    below = v.add((*ANIMALS, *FURNITURE, *VEHICLES, "box", "basket"))
    balloon = v.add(("balloon",), "small")
    balloon.put(float(v.rng.uniform(-0.25, 0.25)) * below.width, below.box[1] - float(v.rng.integers(6, 16)))
    balloon.order = 1


def _single(v: Vignette) -> None:
    v.add((*ANIMATE, *VEHICLES, *FURNITURE, *OTHERS))


VIGNETTES: dict[Callable[[Vignette], None], int] = {
    _person: 18,
    _seated: 10,
    _rider: 7,
    _kick: 7,
    _chase: 12,
    _look: 12,
    _table: 11,
    _vase: 3,
    _container: 9,
    _vehicle: 9,
    _overlap: 12,
    _row: 10,
    _balloon: 4,
    _single: 14,
}
_OUTDOOR_VIGNETTES = (_rider, _vehicle)


def make_vignette(rng: np.random.Generator, *, indoors: bool) -> Vignette:
    """Returns one random vignette."""
    choices = [(make, weight) for make, weight in VIGNETTES.items() if not (indoors and make in _OUTDOOR_VIGNETTES)]
    weights = np.array([weight for _, weight in choices], dtype=np.float64)
    make = choices[int(rng.choice(len(choices), p=weights / weights.sum()))][0]
    vignette = Vignette(rng, indoors)
    make(vignette)
    return vignette
