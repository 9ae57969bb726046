"""Hits as a picture: the photos in a grid, under each its caption and phrases."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFont

from multigrain.explain_page import SIDE, hue, in_pixels, load_photo, marks, number_places
from multigrain.search import Hit

COLUMNS, GAP, LINE = 3, 16, 20


def explain_image(title: str, hits: Sequence[Hit], photos: Path | None) -> Image.Image:
    """Returns the picture; numbers stand at the region of each phrase, colours are those of the page."""
    font = ImageFont.load_default(15)
    cells = [_cell(place, hit, photos, font) for place, hit in enumerate(hits, 1)]
    rows = [cells[i : i + COLUMNS] for i in range(0, len(cells), COLUMNS)]
    heights = [max(cell.height for cell in row) for row in rows]
    width = COLUMNS * SIDE + (COLUMNS + 1) * GAP
    page = Image.new("RGB", (width, 2 * GAP + LINE + sum(heights) + GAP * len(rows)), "white")
    ImageDraw.Draw(page).text((GAP, GAP), title, "black", font)
    top = 2 * GAP + LINE
    for row, height in zip(rows, heights, strict=True):
        for column, cell in enumerate(row):
            page.paste(cell, (GAP + column * (SIDE + GAP), top))
        top += height + GAP
    return page


def _cell(place: int, hit: Hit, photos: Path | None, font: ImageFont.ImageFont | ImageFont.FreeTypeFont) -> Image.Image:
    photo = load_photo(hit, photos)
    hit = in_pixels(hit, photo)
    height, width = hit.image_size
    scale = SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    photo = Image.new("RGB", size, "#dddddd") if photo is None else photo.resize(size)
    lines = textwrap.wrap(f"{place}. {hit.image_id}  {hit.score:.3f}  {hit.caption}", 60)
    cell = Image.new("RGB", (SIDE, size[1] + LINE * (len(lines) + len(hit.phrases)) + 4), "white")
    draw = ImageDraw.Draw(photo)
    places = number_places(hit, LINE / scale)
    for (number, phrase, box), (x, y) in zip(marks(hit), places, strict=True):
        x1, y1, x2, y2 = (value * scale for value in box)
        colour = _colour(phrase.score, 45)
        draw.rectangle((x1, y1, max(x1, x2), max(y1, y2)), outline=colour, width=3)
        draw.text((x * scale, y * scale), str(number), colour, font, stroke_width=2, stroke_fill="white")
    cell.paste(photo, (0, 0))
    draw, top = ImageDraw.Draw(cell), size[1] + 4
    for line in lines:
        draw.text((0, top), line, "black", font)
        top += LINE
    for number, phrase in enumerate(hit.phrases, 1):
        draw.rectangle((0, top, SIDE, top + LINE - 2), fill=_colour(phrase.score, 80))
        draw.text((4, top), f"{number} {textwrap.shorten(phrase.text, 50)}  {phrase.score:.2f}", "black", font)
        top += LINE
    return cell


def _colour(score: float, lightness: int) -> tuple[int, ...]:
    return ImageColor.getrgb(f"hsl({hue(score):.0f}, 75%, {lightness}%)")
