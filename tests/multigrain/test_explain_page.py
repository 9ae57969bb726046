import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from multigrain.explain_page import SIDE, explain_page, hue, load_photo, number_places
from multigrain.search import Hit, PhraseHit

EVIL = "<script>alert(1)</script>\"'&"


def hit(uri: str = "a.jpg") -> Hit:
    phrases = (PhraseHit(EVIL, 0.05, ((1, 2, 30, 40),)), PhraseHit("ball", 0.9, ((5, 5, 9, 9),)))
    return Hit(EVIL, uri, (100, 200), EVIL, 0.5, phrases)


def test_explain_page_escapes_whatever_strangers_wrote() -> None:
    page = explain_page(EVIL, [hit(EVIL)], None)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 4


def test_explain_page_frames_the_phrase_that_fits_least() -> None:
    (least,) = re.findall(r'<span class="phrase least"[^>]*>(\d)', explain_page("q", [hit()], None))
    assert least == "1"


def test_explain_page_draws_each_region_once() -> None:
    page = explain_page("q", [hit()], None)
    assert page.count("<rect") == 2
    assert 'x="1.0" y="2.0" width="29.0" height="38.0"' in page


def test_explain_page_draws_all_regions_of_a_phrase_with_its_number() -> None:
    boxes = ((1.0, 2.0, 30.0, 40.0), (5.0, 5.0, 9.0, 9.0))
    page = explain_page("q", [replace(hit(), phrases=(*hit().phrases, PhraseHit("on", 0.5, boxes)))], None)
    assert page.count("<rect") == 4
    assert re.findall(r">(\d)</text>", page) == ["1", "2", "3", "3"]


def test_explain_page_asks_for_nothing_from_outside(tmp_path: Path) -> None:
    Image.new("RGB", (200, 100)).save(tmp_path / "a.jpg")
    page = explain_page("q", [hit()], tmp_path)
    assert all(link.startswith("data:") for link in re.findall(r'(?:src|href)="([^"]*)', page))
    assert "data:image/jpeg" in page


UNIT = Hit("a", "a.jpg", (1, 1), "a ball", 0.5, (PhraseHit("ball", 0.9, ((0.25, 0.5, 0.75, 1.0),)),))


def test_explain_page_draws_fractions_on_a_photo_of_unknown_size(tmp_path: Path) -> None:
    Image.new("RGB", (2 * SIDE, SIDE)).save(tmp_path / "a.jpg")
    page = explain_page("q", [UNIT], tmp_path)
    assert f'viewBox="0 0 {SIDE} {SIDE // 2}"' in page
    assert "<image href=" in page
    assert f'x="{SIDE / 4}" y="{SIDE / 4}" width="{SIDE / 2}" height="{SIDE / 4}"' in page
    assert all(float(size) > 1 for size in re.findall(r'(?:stroke-width|font-size)="([^"]*)"', page))


def test_explain_page_draws_fractions_without_a_photo_in_a_square() -> None:
    page = explain_page("q", [UNIT], None)
    assert f'viewBox="0 0 {SIDE} {SIDE}"' in page
    assert f'x="{SIDE / 4}" y="{SIDE / 2}" width="{SIDE / 2}" height="{SIDE / 2}"' in page


@pytest.mark.parametrize(("score", "expected"), [(-1, 0), (0.1, 0), (0.3, 60), (0.5, 120), (1, 120)])
def test_hue_goes_from_red_to_green(score: float, expected: float) -> None:
    assert hue(score) == pytest.approx(expected)


def test_load_photo_makes_it_small(tmp_path: Path) -> None:
    Image.new("RGB", (2000, 1000)).save(tmp_path / "a.jpg")
    photo = load_photo(hit(), tmp_path)
    assert photo is not None
    assert photo.size == (SIDE, SIDE // 2)


def test_load_photo_stays_inside_the_folder(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    Image.new("RGB", (20, 10)).save(tmp_path / "secret.jpg")
    assert load_photo(hit("../secret.jpg"), tmp_path / "photos") is None
    assert load_photo(hit(str(tmp_path / "secret.jpg")), tmp_path / "photos") is None


@pytest.mark.parametrize("content", [b"", b"no photo", b"\xff\xd8\xff\xe0"])
def test_load_photo_that_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    assert load_photo(hit(), tmp_path) is None


@pytest.mark.parametrize("corner", [(50, 40), (195, 40), (-3, 99), (199, -5)])
def test_number_places_are_inside_the_photo_and_apart(corner: tuple[float, float]) -> None:
    phrases = tuple(PhraseHit("ball", 0.5, ((*corner, 200, 100),)) for _ in range(5))
    places = number_places(Hit("a", "a.jpg", (100, 200), "balls", 0.5, phrases), 8)
    assert all(0 <= x <= 192 and 0 <= y <= 92 for x, y in places)
    lefts = sorted(x for x, _ in places)
    assert all(b - a >= 8 for a, b in pairwise(lefts))
    assert places[0] == (min(max(corner[0], 0), 192), min(max(corner[1], 0), 92))
