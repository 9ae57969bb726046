from pathlib import Path

import numpy as np
from PIL import Image

from multigrain.explain_image import explain_image
from multigrain.explain_page import SIDE
from multigrain.search import Hit, PhraseHit


def test_explain_image_draws_boxes_in_the_phrases_colours(tmp_path: Path) -> None:
    Image.new("RGB", (200, 100), "white").save(tmp_path / "a.png")
    phrases = (PhraseHit("man", 0.0, ((20, 20, 60, 60),)), PhraseHit("ball", 0.9, ((100, 20, 160, 80),)))
    page = np.asarray(explain_image("q", [Hit("a", "a.png", (100, 200), "a man", 0.5, phrases)] * 4, tmp_path)).astype(
        int
    )
    scale = SIDE / 200
    top, left = 16 * 2 + 20, 16  # of the first photo
    red = page[top + round(40 * scale), left + round(20 * scale)]
    green = page[top + round(50 * scale), left + round(100 * scale)]
    assert red[0] > red[1] + 80
    assert green[1] > green[0] + 80


def test_explain_image_draws_fractions_on_a_photo_of_unknown_size(tmp_path: Path) -> None:
    photo = Image.new("RGB", (200, 100), "white")
    photo.save(tmp_path / "a.png")
    pixels = Hit("a", "a.png", (100, 200), "a man", 0.5, (PhraseHit("man", 0.9, ((20, 20, 60, 60),)),))
    fractions = Hit("a", "a.png", (1, 1), "a man", 0.5, (PhraseHit("man", 0.9, ((0.1, 0.2, 0.3, 0.6),)),))
    expected, found = (explain_image("q", [hit], tmp_path) for hit in (pixels, fractions))
    assert found.size == expected.size
    assert found.tobytes() == expected.tobytes()


def test_explain_image_shows_a_frame_where_there_is_no_photo() -> None:
    page = explain_image("q", [Hit("a", "a.png", (100, 200), "a man", 0.5, ())], None)
    assert page.getpixel((20, 60)) == (0xDD, 0xDD, 0xDD)
