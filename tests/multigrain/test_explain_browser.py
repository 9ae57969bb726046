"""The page that explains, in a real browser: what it shows, how it reads, what it must not do."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator

from multigrain.explain_page import explain_page
from multigrain.search import Hit, PhraseHit
from tests.conftest import Opened
from tests.hostile_texts import HOSTILE

Open = Callable[..., Opened]
HEIGHT, WIDTH = 300, 400
PHRASES = (PhraseHit("brown dog", 0.9, ((40, 30, 200, 120),)), PhraseHit("red ball", 0.02, ((240, 150, 360, 270),)))
HITS = [
    Hit("scene_1", "a.png", (HEIGHT, WIDTH), "", 0.8, PHRASES),
    Hit("scene_2", "b.png", (HEIGHT, WIDTH), "", 0.4, PHRASES[::-1]),
]


@pytest.fixture
def write_page(tmp_path: Path) -> Callable[[str, Sequence[Hit]], Path]:
    """Returns a function that writes the page of hits; photos are blue."""
    for name in ("a.png", "b.png"):
        Image.new("RGB", (WIDTH, HEIGHT), "blue").save(tmp_path / name)

    def write(title: str, hits: Sequence[Hit]) -> Path:
        path = tmp_path / "page.html"
        path.write_text(explain_page(title, hits, tmp_path), "utf-8")
        return path

    return write


def background(phrase: Locator) -> tuple[int, ...]:
    """Returns the colour behind a phrase."""
    colour = phrase.evaluate("phrase => getComputedStyle(phrase).backgroundColor")
    return tuple(int(value) for value in colour.removeprefix("rgb(").removesuffix(")").split(","))


def test_page_draws_the_region_of_each_phrase_on_the_photo(write_page: Callable[..., Path], open_page: Open) -> None:
    opened = open_page(write_page("a brown dog and a red ball", HITS), viewport={"width": 1200, "height": 900})
    picture = opened.page.locator("svg").first
    shot = Image.open(io.BytesIO(picture.screenshot())).convert("RGB")
    scale = shot.width / WIDTH

    def colour(x: float, y: float) -> tuple[int, ...]:
        return tuple(shot.getpixel((round(x * scale), round(y * scale))))  # type: ignore[arg-type]

    assert shot.height == pytest.approx(HEIGHT * scale, abs=2)
    red, green, blue = colour(20, 20)  # the photo
    assert blue > 200 > 60 > max(red, green)
    red, green, blue = colour(120, 120)  # lower edge of the dog
    assert green > 150 > max(red, blue)
    red, green, blue = colour(300, 270)  # lower edge of the ball
    assert red > 150 > max(green, blue)
    assert opened.page.locator("svg text").all_text_contents() == ["1", "2", "1", "2"]
    assert (opened.complaints, opened.requests) == ([], [])


def test_page_colours_phrases_and_frames_the_one_that_fits_least(
    write_page: Callable[..., Path], open_page: Open
) -> None:
    captions = ["a brown dog beside a red ball", "a red ball"]
    hits = [replace(HITS[0], caption=caption) for caption in captions]
    opened = open_page(write_page("Captions for scene_1", hits))
    card = opened.page.locator("li").first
    assert captions[0] in card.inner_text()
    dog, ball = card.locator(".phrase").all()
    assert dog.inner_text() == "1 brown dog 0.90"
    assert background(dog)[1] > background(dog)[0] + 30
    assert background(ball)[0] > background(ball)[1] + 30
    assert card.locator(".least").all_inner_texts() == ["2 red ball 0.02"]
    assert (opened.complaints, opened.requests) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1300])
def test_page_is_accessible(write_page: Callable[..., Path], open_page: Open, scheme: str, width: int) -> None:
    shades = tuple(PhraseHit(f"phrase {n}", n / 10, ((10, 10 * n, 390, 290),)) for n in range(7))
    wide = PhraseHit("y" * 90, 0.2, PHRASES[0].boxes)
    long = replace(HITS[0], image_id="x" * 90, caption="word" * 30, phrases=(*shades, wide))
    path = write_page("a brown dog and a red ball", [*HITS, long])
    opened = open_page(path, color_scheme=scheme, viewport={"width": width, "height": 900})
    found = Axe().run(opened.page)
    assert found.violations_count == 0, found.generate_report()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    margin = Image.open(io.BytesIO(opened.page.screenshot())).convert("L").getpixel((2, 2))
    assert isinstance(margin, int)
    assert margin < 60 if scheme == "dark" else margin > 200


def test_page_runs_nothing_that_a_stranger_wrote(write_page: Callable[..., Path], open_page: Open) -> None:
    boxes = PHRASES[0].boxes
    hits = [Hit(text, text, (HEIGHT, WIDTH), text, 0.5, (PhraseHit(text, 0.1, boxes), *PHRASES)) for text in HOSTILE]
    opened = open_page(write_page(HOSTILE[0], hits))
    page = opened.page
    assert page.inner_text("h1") == HOSTILE[0]
    assert page.locator("li").count() == len(HOSTILE)
    assert HOSTILE[1] in page.locator("li").nth(1).inner_text()
    assert page.evaluate("window.ran") is None
    assert page.locator("script, img, [onload], [onerror]").count() == 0
    assert (opened.complaints, opened.requests) == ([], [])


def test_page_shows_regions_without_photos(open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(explain_page("a brown dog", HITS, None), "utf-8")
    opened = open_page(path)
    assert opened.page.locator("svg rect").count() == 4
    assert opened.page.locator("svg image").count() == 0
    assert (opened.complaints, opened.requests) == ([], [])
