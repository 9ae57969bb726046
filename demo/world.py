"""The truth of a scene: things with visible boxes, and every relation that holds between them (closed world).

Boxes are xyxy pixels. `box` bounds what is visible of a thing, `full_box` what would be without what covers it;
relations of place follow from the full boxes, so that anyone can recompute them. `ground` is the image row a thing (or
what carries it) stands on: a larger one is nearer to the viewer. What is attached (held, worn, on, in, under) is
stated by `links`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from demo.lexicon import ANIMATE, ENTAILS

Box = tuple[float, float, float, float]
Relation = tuple[int, str, int]

_POSTURES = {"stand": "stand", "hold": "stand", "run": "run", "sit": "sit", "ride": "sit", "kick": "", "": ""}
_SIGHT = 70  # pixels that a look or a chase bridges
_NEAR = 40  # pixels between boxes that are near each other
_LEVEL = 16  # rows that the grounds of neighbours differ at most


@dataclass(frozen=True, slots=True)
class Thing:
    kind: str
    colour: str
    size: str
    pattern: str
    pose: str  # as drawn; "" for what is not animate
    facing: int  # 1 right, -1 left
    box: Box
    full_box: Box
    ground: int

    @property
    def attributes(self) -> tuple[str, str, str]:
        return self.colour, self.size, self.pattern

    @property
    def raised(self) -> bool:
        """Whether it is off the ground: what merely stands farther away is not above."""
        return self.full_box[3] < self.ground - 8

    @property
    def posture(self) -> str:
        return _POSTURES[self.pose]


@dataclass(frozen=True, slots=True)
class Scene:
    index: int
    size: tuple[int, int]  # (height, width)
    setting: str
    things: tuple[Thing, ...]
    links: tuple[Relation, ...]  # (subject, predicate, object) of what is attached

    def to_json(self) -> dict[str, Any]:
        """Returns the scene as plain containers; `from_json` reads them."""
        return asdict(self) | {"relations": sorted(relations(self))}


def from_json(record: dict[str, Any]) -> Scene:
    """Returns the scene that `Scene.to_json` wrote."""
    things = tuple(
        Thing(**{**thing, "box": tuple(thing["box"]), "full_box": tuple(thing["full_box"])})
        for thing in record["things"]
    )
    links = tuple((int(s), str(p), int(o)) for s, p, o in record["links"])
    height, width = record["size"]
    return Scene(record["index"], (height, width), record["setting"], things, links)


def _span_overlap(a0: float, a1: float, b0: float, b1: float) -> float:
    return min(a1, b1) - max(a0, b0)


def _middle(box: Box) -> float:
    return (box[0] + box[2]) / 2


def _gap(a: Box, b: Box) -> float:
    dx = max(0.0, -_span_overlap(a[0], a[2], b[0], b[2]))
    dy = max(0.0, -_span_overlap(a[1], a[3], b[1], b[3]))
    return float((dx * dx + dy * dy) ** 0.5)


def _ahead(a: Thing, b: Thing) -> float | None:
    """Returns how far b lies in front of a's face, None where a does not face it."""
    if (
        _span_overlap(a.full_box[1], a.full_box[3], b.full_box[1], b.full_box[3]) < 8
        or abs(a.ground - b.ground) > _LEVEL
    ):
        return None
    step = (_middle(b.full_box) - _middle(a.full_box)) * a.facing
    if step <= 0:
        return None
    reach = b.full_box[0] - a.full_box[2] if a.facing > 0 else a.full_box[0] - b.full_box[2]
    return reach if -12 <= reach <= _SIGHT else None


def _of_place(a: Thing, b: Thing, attached: bool) -> list[str]:
    p, q = a.full_box, b.full_box
    found = []
    apart = (p[2] - p[0] + q[2] - q[0]) / 4
    if _middle(p) + apart < _middle(q):
        found.append("left of")
    if _middle(q) + apart < _middle(p):
        found.append("right of")
    wide = _span_overlap(p[0], p[2], q[0], q[2])
    stacked = wide >= 0.3 * min(p[2] - p[0], q[2] - q[0])
    level = abs(a.ground - b.ground) <= _LEVEL
    if stacked and level and p[3] <= q[1] + 6 and a.raised:
        found.append("above")
    if stacked and level and q[3] <= p[1] + 6 and b.raised:
        found.append("under")
    if _gap(p, q) < _NEAR:
        found.append("near")
    if attached:
        return found
    tall = _span_overlap(p[1], p[3], q[1], q[3])
    smaller = min((p[2] - p[0]) * (p[3] - p[1]), (q[2] - q[0]) * (q[3] - q[1]))
    if wide > 0 and tall > 0 and wide * tall >= 0.08 * smaller and abs(a.ground - b.ground) >= 5:
        found.append("in front of" if a.ground > b.ground else "behind")
    elif -0.2 * min(p[2] - p[0], q[2] - q[0]) <= -wide <= 34 and level and tall > 8:
        found.append("next to")
    return found


def relations(scene: Scene) -> set[Relation]:
    """Returns every relation that holds in the scene, as (subject, canonical predicate, object)."""
    found = set(scene.links)
    for s, p, o in scene.links:
        found |= {(s, weaker, o) for weaker in ENTAILS.get(p, ())}
    carrier = {o if p in ("hold", "wear") else s: s if p in ("hold", "wear") else o for s, p, o in scene.links}
    touching = {(s, o) for s, _, o in scene.links} | {(o, s) for s, _, o in scene.links}

    def root(i: int) -> int:
        while i in carrier:
            i = carrier[i]
        return i

    for i, a in enumerate(scene.things):
        sights: list[tuple[float, int]] = []
        for j, b in enumerate(scene.things):
            if i == j:
                continue
            found |= {(i, p, j) for p in _of_place(a, b, (i, j) in touching or root(i) == root(j))}
            distance = _ahead(a, b)
            if a.kind in ANIMATE and distance is not None and root(i) != root(j):
                sights.append((distance, j))
        if sights:
            j = min(sights)[1]
            b = scene.things[j]
            found.add((i, "look at", j))
            if a.posture == b.posture == "run" and a.facing == b.facing:
                found.add((i, "chase", j))
            if a.pose == "kick" and b.kind == "ball":
                found.add((i, "kick", j))
    return found
