"""Photos small enough to be carried inside a page."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from transforms.images import ImageError, decode_image, read_image

THREADS = 4
FEW, LARGE, SMALL = 500, 448, 224  # a page of at most FEW photos shows them LARGE, else SMALL: pixels of the long side
QUALITY = 70  # of WebP


def thumbnails(root: str, uris: Sequence[str]) -> list[str]:
    """Returns each photo of the image folder as a data URI of a WebP, "" where it cannot be read any more."""
    side = LARGE if len(uris) <= FEW else SMALL
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda uri: thumbnail(root, uri, side), uris))


def thumbnail(root: str, uri: str, side: int) -> str:
    """Returns one photo, upright, with no side longer than `side` pixels; "" where it cannot be read."""
    try:
        photo = Image.fromarray(decode_image(read_image(root, uri), name=uri))
    except (ImageError, OSError):  # the page does without a photo that is gone, whatever became of its folder
        return ""
    photo.thumbnail((side, side))
    buffer = io.BytesIO()
    photo.save(buffer, "WEBP", quality=QUALITY, method=2)  # 3% larger than by the default, in half the time
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
