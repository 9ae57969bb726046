"""Draws one image of a data set with its regions, its captions, and another caption with each phrase judged.

python -m demo.picture SHARDS IMAGES OUT.png [--image IMAGE_ID]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from multigrain import Image as Record
from multigrain import Shards
from schemas.records import LabelledCaption

SCALE = 2  # of the photo
WIDTH, MARGIN, LINE = 640, 16, 24  # of the text column, in pixels
INK = {"positive": (24, 128, 56), "negative": (190, 30, 45), "unknown": (110, 110, 110), "text": (20, 20, 20)}
BOX_COLOURS = ((228, 26, 28), (55, 126, 184), (77, 175, 74), (152, 78, 163), (255, 127, 0), (166, 86, 40))


def draw(record: Record, photo: Image.Image, names: list[str], captions: dict[str, str]) -> Image.Image:
    """Returns the picture; `names` are the detector's objects, `captions` the texts of all captions by id."""
    font, small = ImageFont.load_default(17), ImageFont.load_default(13)
    left = draw_regions(record, photo.resize((photo.width * SCALE, photo.height * SCALE)), names, small)
    canvas = Image.new("RGB", (left.width + WIDTH + 3 * MARGIN, left.height + 2 * MARGIN), "white")
    canvas.paste(left, (MARGIN, MARGIN))
    pen = ImageDraw.Draw(canvas)
    x, y = left.width + 2 * MARGIN, MARGIN
    pen.text((x, y), "its own captions", INK["text"], font)
    for caption in record.graphs.captions[:3]:
        y += LINE
        pen.text((x, y), caption.text, INK["positive"], small)
    y += 2 * LINE
    pen.text((x, y), "captions of other images, phrase by phrase", INK["text"], font)
    for candidate in record.labels.candidates[:4]:
        y += LINE
        pen.text((x, y), captions[candidate.caption_id], INK["text"], small)
        y = draw_labels(pen, candidate, x, y, small) + LINE // 3
    return canvas


def draw_regions(record: Record, photo: Image.Image, names: list[str], font: ImageFont.FreeTypeFont) -> Image.Image:
    """Returns the photo with the best regions, each named; a box drawn already is not drawn again for another name."""
    assert record.boxes is not None
    pen, shown = ImageDraw.Draw(photo), []
    for box, name, score in zip(record.boxes * SCALE, names, record.object_scores, strict=True):
        if score < 0.5 or any(overlap(box, other) > 0.6 for other in shown):
            continue
        colour = BOX_COLOURS[len(shown) % len(BOX_COLOURS)]
        pen.rectangle(tuple(box), outline=colour, width=2)
        pen.text((box[0] + 3, box[1] + 1), f"{name} {score:.2f}", colour, font, stroke_width=2, stroke_fill="white")
        shown.append(box)
    return photo


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Returns the intersection over union of two xyxy boxes."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    both = np.prod(np.clip(high - low, 0, None))
    return float(both / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - both))


def draw_labels(
    pen: ImageDraw.ImageDraw, candidate: LabelledCaption, x: int, y: int, font: ImageFont.FreeTypeFont
) -> int:
    """Draws the phrases of a caption behind one another, coloured by label, and returns the last line's place."""
    right = x + WIDTH
    y, at = y + LINE - 4, x + MARGIN
    for item in candidate.labels:
        text = f"{item.phrase.text} ({item.reason.replace('_', ' ')})   "
        size = pen.textlength(text, font)
        if at + size > right and at > x + MARGIN:
            y, at = y + LINE - 6, x + MARGIN
        pen.text((at, y), text, INK[item.label], font)
        at += size
    return y


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shards", type=Path)
    parser.add_argument("images", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--image", help="image id (default: the first)")
    args = parser.parse_args()
    records = list(Shards(args.shards))
    captions = {c.caption_id: c.text for record in records for c in record.graphs.captions}
    record = next(r for r in records if args.image in (None, r.image_id))
    vocabulary = Shards(args.shards).manifest["vocabularies"]["objects"]
    photo = Image.open(args.images / record.graphs.uri).convert("RGB")
    draw(record, photo, [vocabulary[i] for i in record.object_ids], captions).save(args.out, optimize=True)


if __name__ == "__main__":
    main()
