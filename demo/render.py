"""Renders one scene: vignettes find places in a picture, are painted from far to near, and what is seen is measured."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from demo.backdrop import paint_backdrop, photograph
from demo.lexicon import SETTINGS
from demo.vignettes import Actor, Vignette, make_vignette
from demo.world import Box, Scene, Thing

_SIZES = ((224, 224), (224, 256), (224, 288), (224, 320), (256, 224), (288, 224), (320, 224))  # (height, width)
_ATTEMPTS = 40
_MIN_SEEN = 0.42  # share of a thing that must be visible
_MIN_PIXELS = 90


def scene_rng(seed: int, index: int, use: str) -> np.random.Generator:
    """Returns the random stream of one scene, the same whatever else is generated."""
    digest = hashlib.blake2b(f"{seed}/{index}/{use}".encode(), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def _extent(actors: list[Actor]) -> Box:
    boxes = np.array([a.box for a in actors])
    low, high = boxes[:, :2].min(0), boxes[:, 2:].max(0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _covered(a: Actor, b: Actor) -> float:
    """Returns the share of the smaller box that the two have in common."""
    p, q = a.box, b.box
    w, h = min(p[2], q[2]) - max(p[0], q[0]), min(p[3], q[3]) - max(p[1], q[1])
    return max(0.0, w) * max(0.0, h) / min(a.width * a.height, b.width * b.height)


def _find_place(
    vignette: Vignette, placed: list[Actor], size: tuple[int, int], horizon: int, rng: np.random.Generator
) -> bool:
    """Moves the vignette to a free place; False where there is none."""
    height, width = size
    left, top, right, bottom = _extent(vignette.actors)
    low, high = max(horizon + 8, round(4 - top)), round(height - 4 - max(bottom, 0))
    x_low, x_high = round(2 - left), round(width - 2 - right)
    if low > high or x_low > x_high:
        return False
    for _ in range(12):
        x, y = int(rng.integers(x_low, x_high + 1)), int(rng.integers(low, high + 1))
        for a in vignette.actors:
            a.x, a.y, a.ground = a.x + x, a.y + y, a.ground + y
        crowded = any(
            (share := _covered(a, b)) > 0.3 or (share > 0 and abs(a.ground - b.ground) < 8)
            for a in vignette.actors
            for b in placed
        )
        if not crowded:
            return True
        for a in vignette.actors:
            a.x, a.y, a.ground = a.x - x, a.y - y, a.ground - y
    return False


def _paste(canvas: Image.Image, seen: NDArray[np.int16], actors: list[Actor]) -> NDArray[np.int64]:
    """Paints far to near; marks in `seen` who owns each pixel; returns each actor's pixels if alone."""
    queue = []
    alone = np.zeros(len(actors), dtype=np.int64)
    for i, actor in enumerate(actors):
        for depth, layer in enumerate(actor.sprite.layers):
            queue.append((actor.ground, actor.order + depth, i, layer))
    for _, _, i, layer in sorted(queue, key=lambda entry: entry[:3]):
        x, y = round(actors[i].x) + actors[i].sprite.origin[0], round(actors[i].y) + actors[i].sprite.origin[1]
        canvas.paste(layer, (x, y), layer)
        solid = np.asarray(layer.getchannel("A")) > 127
        y0, x0 = max(0, -y), max(0, -x)
        window = seen[max(0, y) : y + solid.shape[0], max(0, x) : x + solid.shape[1]]
        window[solid[y0 : y0 + window.shape[0], x0 : x0 + window.shape[1]]] = i
        alone[i] += int(solid.sum())
    return alone


def _shadows(canvas: Image.Image, actors: list[Actor]) -> Image.Image:
    mask = Image.new("L", canvas.size)
    pen = ImageDraw.Draw(mask)
    for a in actors:
        if abs(a.y - a.ground) < 6:
            x0, _, x1, y1 = a.box
            flat = 3 + 0.03 * (x1 - x0)
            pen.ellipse((x0 + 2, y1 - flat - 2, x1 - 2, y1 + flat - 2), fill=110)
    return Image.composite(
        Image.new("RGB", canvas.size, (20, 20, 30)), canvas, mask.filter(ImageFilter.GaussianBlur(3))
    )


def _seen_boxes(seen: NDArray[np.int16], alone: NDArray[np.int64]) -> list[Box] | None:
    """Returns the visible box of every actor, None where one is too hidden."""
    boxes: list[Box] = []
    for i, pixels in enumerate(alone):
        rows, columns = np.nonzero(seen == i)
        if rows.size < max(_MIN_PIXELS, _MIN_SEEN * pixels):
            return None
        boxes.append((int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1))
    return boxes


def render(seed: int, index: int) -> tuple[Scene, Image.Image]:
    """Returns scene `index` of world `seed` and its picture."""
    rng = scene_rng(seed, index, "picture")
    for _ in range(_ATTEMPTS):
        height, width = _SIZES[int(rng.integers(len(_SIZES)))]
        setting = str(rng.choice(list(SETTINGS)))
        horizon = int(height * rng.uniform(0.4, 0.56))
        actors: list[Actor] = []
        links: list[tuple[Actor, str, Actor]] = []
        wanted, misses = int(rng.integers(3, 8)) + (height * width > 60000), 0
        while len(actors) < wanted and misses < 4:
            vignette = make_vignette(rng, indoors=setting == "room")
            if _find_place(vignette, actors, (height, width), horizon, rng):
                actors += vignette.actors
                links += vignette.links
            else:
                misses += 1
        canvas = _shadows(paint_backdrop(setting, (height, width), horizon, rng), actors)
        seen = np.full((height, width), -1, dtype=np.int16)
        boxes = _seen_boxes(seen, _paste(canvas, seen, actors)) if len(actors) >= 3 else None
        if boxes is None:
            continue
        things = tuple(
            Thing(a.kind, a.colour, a.size, a.pattern, a.pose, a.facing, box, a.box, round(a.ground))
            for a, box in zip(actors, boxes, strict=True)
        )
        number = {id(a): i for i, a in enumerate(actors)}
        named = tuple((number[id(s)], p, number[id(o)]) for s, p, o in links)
        return Scene(index, (height, width), setting, things, named), photograph(canvas, rng)
    raise RuntimeError(f"scene {index} of seed {seed}: no layout found in {_ATTEMPTS} attempts")
