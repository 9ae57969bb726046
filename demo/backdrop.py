"""What a scene is set against, and what a camera adds: textures, clutter, uneven light, blur and noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from demo.pen import RGB

_FAR: dict[str, tuple[RGB, ...]] = {
    "park": ((150, 200, 235), (190, 215, 230), (240, 205, 175)),
    "room": ((226, 214, 190), (198, 212, 214), (214, 196, 204), (188, 200, 176)),
    "street": ((176, 186, 198), (160, 196, 228), (205, 190, 180)),
    "beach": ((140, 200, 240), (245, 205, 170), (180, 215, 235)),
    "snow": ((205, 218, 232), (180, 200, 225), (225, 220, 225)),
}
_NEAR: dict[str, tuple[RGB, ...]] = {
    "park": ((120, 170, 88), (142, 178, 96), (104, 150, 92)),
    "room": ((176, 140, 104), (150, 128, 110), (190, 176, 160)),
    "street": ((138, 138, 142), (120, 122, 128), (156, 150, 146)),
    "beach": ((228, 206, 158), (214, 190, 148)),
    "snow": ((228, 233, 240), (216, 224, 234)),
}


def _texture(size: tuple[int, int], cells: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Returns smooth noise of about unit spread, (H, W)."""
    grid = rng.standard_normal((cells, cells)).astype(np.float32)
    return np.asarray(Image.fromarray(grid).resize((size[1], size[0]), Image.Resampling.BICUBIC))


def _far_clutter(pen: ImageDraw.ImageDraw, setting: str, width: int, horizon: int, rng: np.random.Generator) -> None:
    def spot() -> tuple[int, int]:
        return int(rng.integers(0, width)), int(rng.integers(4, max(8, horizon - 8)))

    if setting == "room":
        for _ in range(int(rng.integers(1, 4))):  # posters and windows
            x, y = spot()
            w, h = int(rng.integers(16, 44)), int(rng.integers(16, 40))
            r, g, b = (int(c) for c in rng.integers(120, 235, 3))
            pen.rectangle((x, y, x + w, y + h), fill=(r, g, b), outline=(110, 90, 70))
            pen.line((x + w // 2, y, x + w // 2, y + h), fill=(110, 90, 70))
        pen.rectangle((0, horizon - 5, width, horizon), fill=(120, 98, 80))
        return
    if setting == "street":
        x = 0
        while x < width:  # houses with windows
            w, top = int(rng.integers(28, 66)), int(rng.integers(4, max(6, horizon // 2)))
            tone = int(rng.integers(120, 190))
            pen.rectangle((x, top, x + w, horizon), fill=(tone, tone - 14, tone - 22))
            for wx in range(x + 5, x + w - 8, 13):
                for wy in range(top + 6, horizon - 10, 16):
                    lit = bool(rng.random() < 0.3)
                    pen.rectangle((wx, wy, wx + 6, wy + 8), fill=(240, 220, 150) if lit else (88, 98, 112))
            x += w + int(rng.integers(0, 8))
        return
    for _ in range(int(rng.integers(2, 5))):  # clouds
        x, y = spot()
        for _ in range(4):
            dx, dy, r = int(rng.integers(-16, 17)), int(rng.integers(-4, 5)), int(rng.integers(5, 12))
            pen.ellipse((x + dx - r, y + dy - r * 2 // 3, x + dx + r, y + dy + r * 2 // 3), fill=(246, 248, 250))
    if setting == "beach":
        pen.rectangle((0, horizon - int(rng.integers(14, 34)), width, horizon), fill=(86, 150, 190))
    else:  # hills
        hill = (112, 150, 118) if setting == "park" else (176, 190, 206)
        for _ in range(3):
            x, r = int(rng.integers(0, width)), int(rng.integers(30, 80))
            pen.ellipse((x - r, horizon - r // 2, x + r, horizon + r), fill=hill)


def _near_clutter(
    pen: ImageDraw.ImageDraw, setting: str, size: tuple[int, int], horizon: int, base: RGB, rng: np.random.Generator
) -> None:
    height, width = size
    if setting == "room":
        step = int(rng.integers(12, 22))
        dark = (base[0] - 22, base[1] - 22, base[2] - 22)
        for y in range(horizon + step, height, step):
            pen.line((0, y, width, y), fill=dark)
            for x in range(int(rng.integers(0, 40)), width, 60):
                pen.line((x, y - step, x, y), fill=dark)
        return
    if setting == "street":
        middle = (horizon + height) // 2 + int(rng.integers(-10, 20))
        for x in range(int(rng.integers(-20, 10)), width, 46):
            pen.rectangle((x, middle, x + 24, middle + 4), fill=(222, 216, 190))
    for _ in range(int(rng.integers(30, 90))):  # blades, pebbles, leaves, shells
        x, y = int(rng.integers(0, width)), int(rng.integers(horizon, height))
        r, g, b = (int(np.clip(c + d, 0, 255)) for c, d in zip(base, rng.integers(-42, 30, 3), strict=True))
        if setting == "park":
            pen.line((x, y, x + int(rng.integers(-3, 4)), y - int(rng.integers(3, 8))), fill=(r, g, b))
        else:
            s = int(rng.integers(1, 4))
            pen.ellipse((x - s, y - s // 2, x + s, y + s // 2), fill=(r, g, b))


def paint_backdrop(setting: str, size: tuple[int, int], horizon: int, rng: np.random.Generator) -> Image.Image:
    """Returns the empty place, RGB of `size` (height, width); the ground starts at row `horizon`."""
    height, width = size
    far = _FAR[setting][int(rng.integers(len(_FAR[setting])))]
    near = _NEAR[setting][int(rng.integers(len(_NEAR[setting])))]
    image = Image.new("RGB", (width, height), far)
    pen = ImageDraw.Draw(image)
    _far_clutter(pen, setting, width, horizon, rng)
    pen.rectangle((0, horizon, width, height), fill=near)
    _near_clutter(pen, setting, size, horizon, near, rng)
    array = np.asarray(image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.5, 1.3)))), dtype=np.float32)
    mottle = 5 * _texture(size, 7, rng) + 5 * _texture(size, 24, rng) + 4 * _texture(size, 90, rng)
    mottle[:horizon] *= 0.5
    return Image.fromarray(np.clip(array + mottle[:, :, None], 0, 255).astype(np.uint8))


def photograph(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Returns the image as a camera might give it: tinted, unevenly lit, a little soft, noisy."""
    if rng.random() < 0.5:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.2, 0.7))))
    array = np.asarray(image, dtype=np.float32)
    height, width = array.shape[:2]
    tilt = rng.uniform(-0.1, 0.1, 2)
    light = (
        1
        + tilt[0] * np.linspace(-1, 1, height, dtype=np.float32)[:, None]
        + tilt[1] * np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    )
    tint = rng.uniform(0.94, 1.06, 3) * rng.uniform(0.88, 1.08)
    grain = rng.standard_normal(array.shape, dtype=np.float32) * np.float32(rng.uniform(1.5, 7))
    lit = array * (light[:, :, None] * tint).astype(np.float32) + grain
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))
