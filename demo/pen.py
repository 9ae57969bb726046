"""A vector pen: sprites are polygons in unit coordinates, drawn three times too large and averaged down.

Unit coordinates: y runs from 0 (top) to 1 (ground), x from 0 to the sprite's aspect; sprites face right. Rotation,
mirroring and size act on the points, so nothing is ever resampled but by the final average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

RGB = tuple[int, int, int]
Point = tuple[float, float]
Fill = str | RGB  # "body" (the thing's colour, patterned), "dark", "light" (shades of it), or a colour

SUPERSAMPLING = 3
_TILE = 720  # pixels of a pattern tile, supersampled; larger than any sprite
_PALETTE: dict[str, RGB] = {
    "red": (205, 35, 40),
    "orange": (245, 140, 25),
    "yellow": (248, 215, 50),
    "green": (50, 150, 65),
    "blue": (45, 90, 205),
    "purple": (135, 60, 170),
    "brown": (122, 76, 42),
    "black": (42, 42, 46),
    "white": (240, 240, 238),
}
_OUTLINE = (28, 24, 30, 255)


@dataclass(frozen=True, slots=True)
class Sprite:
    """A drawn thing: its layers from back to front share one frame."""

    layers: tuple[Image.Image, ...]  # RGBA, all of one size
    origin: tuple[int, int]  # of the frame's top left corner, in pixels from the foot point
    marks: dict[str, tuple[float, float]]  # named points ("hand", "seat") in pixels from the foot point


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """Returns the colour `share` of the way from a to b."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


@cache
def _tile(pattern: str, variant: int) -> NDArray[np.uint8]:
    """Returns a pattern's mask of its second colour, (_TILE, _TILE) of 0..255."""
    rng = np.random.default_rng(variant)
    y, x = np.mgrid[0:_TILE, 0:_TILE].astype(np.float32)
    angle = np.pi * variant / 6
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    if pattern == "striped":
        on = (u % 30) < 12
    elif pattern == "checkered":
        on = ((u % 48) < 24) ^ ((v % 48) < 24)
    elif pattern == "spotted":
        row = np.floor(v / 30)
        du, dv = (u + 17 * row) % 34 - 17, v % 30 - 15
        on = du * du + dv * dv < 81
    else:  # wooden: grain along x with a few knots
        bend = 9 * np.sin(x / rng.uniform(60, 90)) + 5 * np.sin(x / 31 + y / 70)
        grain = np.sin((y + bend) / 3.1) + 0.6 * np.sin((y + bend) / 7.7 + x / 210)
        on = (grain > 0.75) | ((y + bend) % 78 < 5)
    return np.where(on, 255, 0).astype(np.uint8)


def _second_colour(body: RGB, colour: str, pattern: str) -> RGB:
    if pattern == "wooden":
        return mix(body, (150, 150, 150) if colour == "black" else (35, 20, 10), 0.45)
    return mix(body, {"white": (70, 80, 110)}.get(colour, (255, 255, 255)), 0.6)


@dataclass(slots=True)
class Pen:
    """Draws one sprite; `layers` grows when the sprite asks for a front layer."""

    height: float  # pixels of one unit
    aspect: float
    angle: float  # degrees, clockwise
    facing: int  # 1 right, -1 left
    body: RGB
    marks: dict[str, tuple[float, float]] = field(default_factory=dict)
    _paints: list[Image.Image] = field(default_factory=list)
    _masks: list[Image.Image] = field(default_factory=list)
    _size: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        s = SUPERSAMPLING
        width, height = (self.aspect + 0.7) * self.height, 1.45 * self.height
        self._size = (int(width) // 2 * 2 * s, int(height) * s)
        self.front()

    def front(self) -> None:
        """Starts a new layer, in front of what is drawn so far."""
        self._paints.append(Image.new("RGBA", self._size))
        self._masks.append(Image.new("L", self._size))

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Returns a unit point in pixels from the foot point (middle of the ground line)."""
        turn = np.deg2rad(self.angle)
        dx, dy = (x - self.aspect / 2) * self.height * self.facing, (y - 1) * self.height
        return (
            float(dx * np.cos(turn) - dy * np.sin(turn)),
            float(dx * np.sin(turn) + dy * np.cos(turn)),
        )

    def mark(self, name: str, x: float, y: float) -> None:
        self.marks[name] = self.place(x, y)

    def polygon(self, points: Sequence[Point] | NDArray[np.float64], fill: Fill) -> None:
        turn, s = np.deg2rad(self.angle), SUPERSAMPLING
        p = np.asarray(points, dtype=np.float64)
        dx, dy = (p[:, 0] - self.aspect / 2) * self.height * self.facing, (p[:, 1] - 1) * self.height
        px = (dx * np.cos(turn) - dy * np.sin(turn)) * s + self._size[0] / 2
        py = (dx * np.sin(turn) + dy * np.cos(turn)) * s + self._size[1] - 0.15 * self.height * s
        flat = np.stack([px, py], 1).ravel().tolist()
        shades = {"body": self.body, "dark": mix(self.body, (0, 0, 0), 0.3)}
        shades["light"] = mix(self.body, (255, 255, 255), 0.3)
        colour = shades[fill] if isinstance(fill, str) else fill
        ImageDraw.Draw(self._paints[-1]).polygon(flat, fill=(*colour, 255))
        ImageDraw.Draw(self._masks[-1]).polygon(flat, fill=255 if fill == "body" else 0)

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: Fill, turn: float = 0.0) -> None:
        t = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        u, v, a = rx * np.cos(t), ry * np.sin(t), np.deg2rad(turn)
        self.polygon(np.stack([x + u * np.cos(a) - v * np.sin(a), y + u * np.sin(a) + v * np.cos(a)], 1), fill)

    def box(self, x0: float, y0: float, x1: float, y1: float, fill: Fill, radius: float = 0.0) -> None:
        if radius == 0:
            self.polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], fill)
            return
        t = np.linspace(0, np.pi / 2, 6)
        c, s = radius * np.cos(t), radius * np.sin(t)
        x = np.concatenate([x1 - radius + c, x0 + radius - s, x0 + radius - c, x1 - radius + s])
        y = np.concatenate([y1 - radius + s, y1 - radius + c, y0 + radius - s, y0 + radius - c])
        self.polygon(np.stack([x, y], 1), fill)

    def line(self, points: Sequence[Point], width: float, fill: Fill) -> None:
        """Draws a stroke with round joints and ends."""
        for (x0, y0), (x1, y1) in pairwise(points):
            length = float(np.hypot(x1 - x0, y1 - y0)) or 1.0
            nx, ny = (y1 - y0) / length * width / 2, -(x1 - x0) / length * width / 2
            self.polygon([(x0 + nx, y0 + ny), (x1 + nx, y1 + ny), (x1 - nx, y1 - ny), (x0 - nx, y0 - ny)], fill)
        for x, y in points:
            self.ellipse(x, y, width / 2, width / 2, fill)

    def ring(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        width: float,
        fill: Fill,
        start: float = 0.0,
        stop: float = 360.0,
    ) -> None:
        """Draws an arc as a stroke; degrees clockwise from the right."""
        t = np.deg2rad(np.linspace(start, stop, 18))
        self.line([(x + rx * float(np.cos(a)), y + ry * float(np.sin(a))) for a in t], width, fill)

    def lift(self, colour: str, pattern: str, variant: int) -> Sprite:
        """Returns the sprite, patterned, shaded, outlined and averaged down."""
        s, margin = SUPERSAMPLING, 2
        layers = []
        for paint, mask in zip(self._paints, self._masks, strict=True):
            if pattern != "plain":
                w, h = self._size
                tile = Image.fromarray(np.ascontiguousarray(_tile(pattern, variant % 6)[:h, :w]))
                second = Image.new("RGBA", self._size, (*_second_colour(self.body, colour, pattern), 255))
                paint.paste(second, (0, 0), ImageChops.darker(mask, tile))
            layers.append(paint.resize((self._size[0] // s, self._size[1] // s), Image.Resampling.BOX))
        boxes = [layer.getbbox() for layer in layers]
        seen = [b for b in boxes if b is not None]
        x0, y0 = min(b[0] for b in seen) - margin, min(b[1] for b in seen) - margin
        x1, y1 = max(b[2] for b in seen) + margin, max(b[3] for b in seen) + margin
        layers = [_finish(layer.crop((x0, y0, x1, y1))) for layer in layers]
        foot_x, foot_y = self._size[0] / 2 / s, self._size[1] / s - 0.15 * self.height
        return Sprite(tuple(layers), (round(x0 - foot_x), round(y0 - foot_y)), self.marks)


def _finish(layer: Image.Image) -> Image.Image:
    """Returns the layer with light from above and a thin dark outline."""
    array = np.asarray(layer, dtype=np.float32).copy()
    array[:, :, :3] *= np.linspace(1.08, 0.84, array.shape[0], dtype=np.float32)[:, None, None]
    lit = Image.fromarray(np.clip(array, 0, 255).astype(np.uint8), "RGBA")
    outline = Image.new("RGBA", layer.size, _OUTLINE)
    outline.putalpha(layer.getchannel("A").filter(ImageFilter.MaxFilter(3)).point(_outline_alpha()))
    return Image.alpha_composite(outline, lit)


@cache
def _outline_alpha() -> list[int]:
    return [a * 3 // 4 for a in range(256)]


def body_colour(colour: str, rng: np.random.Generator) -> RGB:
    """Returns one shade of a named colour."""
    shade = rng.integers(-12, 13, size=3)
    r, g, b = (int(np.clip(c + d, 0, 255)) for c, d in zip(_PALETTE[colour], shade, strict=True))
    return r, g, b
