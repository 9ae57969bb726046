"""Hits as one self-contained HTML page: phrases coloured by score, and on the photo the region of each.

Captions and names are data of strangers: whatever comes from the data set is escaped, and the page runs no script.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from multigrain.search import Box, Hit, PhraseHit

SIDE = 480  # pixels of a photo's longer side on the page
FALSE, TRUE = (
    0.1,
    0.5,
)  # scores that are shown red and green: 0.2 beside the boundary of training
_ASIDE = sorted(range(-24, 25), key=lambda step: (abs(step), -step))  # numbers that a number may move by
_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;overflow-wrap:anywhere}
ol{list-style:none;padding:0;display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(20rem,100%),1fr))}
li{border:1px solid #8886;border-radius:.5rem;padding:.75rem}
svg{width:100%;height:auto;border-radius:.25rem;background:#8883}
.phrase{display:inline-block;border-radius:.25rem;color:#111;padding:0 .4rem;margin:.1rem .2rem .1rem 0}
.least{outline:2px solid #b00}
@media(prefers-color-scheme:dark){.least{outline-color:#f66}}
"""


def explain_page(title: str, hits: Sequence[Hit], photos: Path | None) -> str:
    """Returns the page. A photo that cannot be read, or whose folder is not known, is an empty frame with boxes."""
    items = "\n".join(_item(place, hit, photos) for place, hit in enumerate(hits, 1))
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>{_STYLE}</style></head>\n'
        f"<body><main>\n<h1>{escape(title)}</h1>\n"
        f"<p><small>A phrase is red up to a score of {FALSE}, green from {TRUE} on; the one that fits least is framed. "
        f"Its number stands where the model looked.</small></p>\n<ol>\n{items}\n</ol>\n"
        f"</main></body></html>\n"
    )


def hue(score: float) -> float:
    """Returns the hue of a score in degrees: 0 is red, 120 green."""
    return 120 * min(1.0, max(0.0, (score - FALSE) / (TRUE - FALSE)))


def load_photo(hit: Hit, photos: Path | None) -> Image.Image | None:
    """Returns a photo upright, its longer side at most SIDE; None where it cannot be had or lies outside the folder."""
    if photos is None or not hit.uri:
        return None
    path = photos / hit.uri
    if not path.resolve().is_relative_to(photos.resolve()):
        return None
    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    upright.thumbnail((SIDE, SIDE))
    return upright


def in_pixels(hit: Hit, photo: Image.Image | None) -> Hit:
    """Returns the hit with boxes in pixels: those of a photo whose size is not known, 1 x 1, are fractions.

    They become pixels of the photo that was loaded, or else of a square of SIDE.
    """
    if hit.image_size != (1, 1):
        return hit
    width, height = (SIDE, SIDE) if photo is None else photo.size
    phrases = (
        replace(p, boxes=tuple((x1 * width, y1 * height, x2 * width, y2 * height) for x1, y1, x2, y2 in p.boxes))
        for p in hit.phrases
    )
    return replace(hit, image_size=(height, width), phrases=tuple(phrases))


def marks(hit: Hit) -> list[tuple[int, PhraseHit, Box]]:
    """Returns every box to be drawn, with its phrase and the phrase's number."""
    return [(number, phrase, box) for number, phrase in enumerate(hit.phrases, 1) for box in phrase.boxes]


def number_places(hit: Hit, size: float) -> list[tuple[float, float]]:
    """Returns where the number of each box of each phrase stands, left and top, a `size` high: in the box's corner.

    Where another number stands there already, it moves aside; never out of the photo.
    """
    height, width = hit.image_size
    places: list[tuple[float, float]] = []
    for _, _, box in marks(hit):
        corner, y = (min(max(v, 0), end - size) for v, end in zip(box[:2], (width, height), strict=True))
        taken = [x for x, top in places if abs(y - top) < size]
        inside = (x for x in (corner + size * step for step in _ASIDE) if 0 <= x <= width - size)
        places.append((next((x for x in inside if all(abs(x - other) >= size for other in taken)), corner), y))
    return places


def _item(place: int, hit: Hit, photos: Path | None) -> str:
    least = min(hit.phrases, key=lambda p: p.score) if len(hit.phrases) > 1 else None
    phrases = "".join(_phrase(number, phrase, phrase is least) for number, phrase in enumerate(hit.phrases, 1))
    return (
        f"<li><small>{place}. {escape(hit.image_id)}, score {hit.score:.3f}</small>\n{_picture(hit, photos)}\n"
        f"<p>{escape(hit.caption)}</p>\n<p>{phrases}</p></li>"
    )


def _phrase(number: int, phrase: PhraseHit, least: bool) -> str:
    style = f"background:hsl({hue(phrase.score):.0f} 70% 75%)"
    name = "phrase least" if least else "phrase"
    return (
        f'<span class="{name}" style="{style}">{number} {escape(phrase.text)} <small>{phrase.score:.2f}</small></span>'
    )


def _picture(hit: Hit, photos: Path | None) -> str:
    image = load_photo(hit, photos)
    hit = in_pixels(hit, image)
    height, width = hit.image_size
    inside = ""
    if image is not None:
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=85)
        data = base64.b64encode(buffer.getvalue()).decode()
        inside = f'<image href="data:image/jpeg;base64,{data}" width="{width}" height="{height}"/>'
    size = max(width, height) / 24
    for (number, phrase, (x1, y1, x2, y2)), (x, y) in zip(marks(hit), number_places(hit, size), strict=True):
        colour = f"hsl({hue(phrase.score):.0f} 90% 45%)"
        inside += (
            f'<rect x="{x1:.1f}" y="{y1:.1f}" width="{x2 - x1:.1f}" height="{y2 - y1:.1f}" fill="none" '
            f'stroke="{colour}" stroke-width="{size / 6:.1f}"/>'
            f'<text x="{x:.1f}" y="{y + 0.85 * size:.1f}" font-size="{size:.1f}" fill="{colour}" '
            f'stroke="#fff" stroke-width="{size / 5:.1f}" paint-order="stroke">{number}</text>'
        )
    alt = escape(f"{hit.image_id}, with the regions of {len(hit.phrases)} phrases", quote=True)
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{alt}">{inside}</svg>'
