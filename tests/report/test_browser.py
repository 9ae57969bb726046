"""The page in a real browser: what it shows, what it does, what it must not do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import expect

from report.write_report import write_report
from schemas.records import DeadLetter
from tests.conftest import Opened
from tests.hostile_texts import HOSTILE
from tests.report.folders import SIZE, Folder, MadeImage, Texts, write_data_set

Open = Callable[..., Opened]
VIEWS = ("examples", "distributions", "rejected", "run")
LETTERS = [DeadLetter("ExtractRegions", "broken", "truncated_image", "photo.png: cut off")]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of four images: one plain, one rare, one suspicious, one rejected."""
    folder = tmp_path_factory.mktemp("report")
    Image.new("RGB", SIZE[::-1], "green").save(folder / "photo.png")
    images = [
        MadeImage("plain", candidate_of="rare"),
        MadeImage("rare", Texts(head="anvil", caption="Two tall anvils ride a horse.")),
        MadeImage("strange", Texts(note="not_english", predicate="kick", caption="Zwei Leute.")),
        MadeImage("broken", failed=True),
    ]
    content = Folder(images, str(folder), letters=LETTERS, pairs=[["guy", "man", "same", 9]])
    return write_report(write_data_set(folder / "out", content))


def names(opened: Opened) -> list[str]:
    """Names of the tiles in their order: text content, as a tile has no inner text before its first frame."""
    return opened.page.locator(".tile .name").all_text_contents()


def tiles(opened: Opened) -> list[str]:
    return sorted(names(opened))


def lit(opened: Opened) -> list[str]:
    return opened.page.locator(".box.lit, .box.lit-object").all_inner_texts()


def test_page_shows_an_example_with_photo_boxes_graph_and_labels(report: Path, open_page: Open) -> None:
    opened = open_page(report, "#image=plain")
    page = opened.page
    assert tiles(opened) == ["broken", "plain", "rare", "strange"]
    assert page.inner_text("#detail h2") == "plain"
    assert page.locator(".stage img").evaluate("image => image.decode().then(() => image.naturalWidth)") == SIZE[1]
    assert page.locator(".box:not(.unsure)").all_inner_texts() == ["man", "horse"]
    assert "man ride horse" in str(page.locator("svg.graph").get_attribute("aria-label"))
    labels = page.locator(".card.other .phrase").all_inner_texts()
    assert [" ".join(text.split()) for text in labels] == [
        "✓ positive: 2 tall anvil contained",
        "✗ negative: horse absent head",
        "? unknown: anvil ride horse other",
    ]
    assert (opened.complaints, opened.requests) == ([], [])


def test_page_lights_the_regions_of_a_phrase(report: Path, open_page: Open) -> None:
    opened = open_page(report, "#image=plain")
    phrase = opened.page.locator(".card:not(.other) .phrase", has_text="man ride horse")
    phrase.hover()
    assert lit(opened) == ["man", "horse"]
    assert "2 regions (man, horse)" in opened.page.inner_text(".status")
    opened.page.mouse.move(0, 0)
    assert lit(opened) == []
    phrase.focus()
    assert lit(opened) == ["man", "horse"]
    opened.page.locator(".card.other .phrase", has_text="2 tall anvil").focus()
    assert lit(opened) == []
    assert "no region goes by that name" in opened.page.inner_text(".status")
    assert opened.complaints == []


def test_page_keeps_the_regions_of_a_pressed_phrase_lit(report: Path, open_page: Open) -> None:
    opened = open_page(report, "#image=plain", has_touch=True)
    phrase = opened.page.locator(".card.other .phrase", has_text="absent head")
    phrase.tap()
    assert lit(opened) == ["horse"]
    assert phrase.get_attribute("aria-pressed") == "true"
    phrase.tap()
    assert lit(opened) == []


@pytest.mark.parametrize(
    ("query", "scope", "found"),
    [
        ("anvil", "object", ["rare"]),
        ("tall anvil", "object", ["rare"]),
        ("man ride", "relation", ["broken", "plain"]),
        ("kick", "relation", ["strange"]),
        ("zwei", "text", ["strange"]),
        ("zwei", "object", []),
        ("RARE", "id", ["rare"]),
        ("horse", "all", ["broken", "plain", "rare", "strange"]),
    ],
)
def test_page_searches(report: Path, open_page: Open, query: str, scope: str, found: list[str]) -> None:
    opened = open_page(report)
    opened.page.select_option("#scope", scope)
    opened.page.fill("#query", query)
    opened.page.press("#query", "Enter")
    assert tiles(opened) == found
    assert opened.page.inner_text("#found").startswith(str(len(found)))
    assert opened.complaints == []


@pytest.mark.parametrize(("kind", "found"), [("rejected", ["broken"]), ("rare", ["rare"]), ("suspicious", ["strange"])])
def test_page_filters_by_kind(report: Path, open_page: Open, kind: str, found: list[str]) -> None:
    opened = open_page(report)
    opened.page.select_option("#kind", kind)
    expect(opened.page.locator(".tile")).to_have_count(len(found))
    assert tiles(opened) == found
    assert opened.page.locator(f"#detail .why.{kind}").count() == 1


def test_page_works_by_keyboard(report: Path, open_page: Open) -> None:
    opened = open_page(report)
    page = opened.page
    page.focus("#gallery")
    found = names(opened)
    page.keyboard.press("End")
    assert page.inner_text("#detail h2") == found[-1]
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#detail h2") == found[1]
    assert page.locator(".tile[aria-selected=true] .name").all_text_contents() == [found[1]]


def test_page_goes_from_a_candidate_to_its_image(report: Path, open_page: Open) -> None:
    opened = open_page(report, "#image=plain")
    opened.page.click("button.source")
    assert opened.page.inner_text("#detail h2") == "rare"


def test_page_copies_the_command_that_retries(report: Path, open_page: Open) -> None:
    opened = open_page(report, "#rejected", permissions=["clipboard-read", "clipboard-write"])
    opened.page.click("[data-copy=retry]")
    expect(opened.page.locator("[data-copy=retry]")).to_have_text("Copied")
    assert opened.page.evaluate("navigator.clipboard.readText()") == opened.page.inner_text("#retry")
    assert opened.page.inner_text("#retry") == f"python -m pipeline retry {report.parent}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1300])
def test_page_is_accessible(report: Path, open_page: Open, scheme: str, width: int) -> None:
    opened = open_page(report, color_scheme=scheme, viewport={"width": width, "height": 900})
    for view in VIEWS:
        opened.page.click(f"nav a[data-view={view}]")
        found = Axe().run(opened.page)
        assert found.violations_count == 0, found.generate_report()
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def test_page_runs_nothing_that_a_stranger_wrote(tmp_path: Path, open_page: Open) -> None:
    images, letters = [], []
    for text in HOSTILE:
        texts = replace(Texts(), **{field.name: text for field in fields(Texts)})
        images.append(MadeImage(text, texts, uri=text, candidate_of=text))
        letters.append(DeadLetter(text, text, text, text))
    content = Folder(
        images,
        str(tmp_path),
        objects=HOSTILE,
        pairs=[[text, "horse", "same", 5] for text in HOSTILE],
        letters=letters,
        options={text: text for text in HOSTILE},
    )
    opened = open_page(write_report(write_data_set(tmp_path / "out", content)))
    page = opened.page
    for number in range(len(HOSTILE)):
        page.locator(f"#tile-{number}").click()
        for phrase in page.locator(".phrase[type=button]").all():
            phrase.hover()
        assert page.inner_text("#detail .caption >> nth=0")
    page.select_option("#scope", "text")
    page.fill("#query", HOSTILE[0])
    page.press("#query", "Enter")
    assert page.locator(".tile").count() == 1
    for view in VIEWS:
        page.click(f"nav a[data-view={view}]")
    assert page.evaluate("window.ran") is None
    assert (opened.complaints, opened.requests) == ([], [])
    assert page.locator("script").count() == 3  # data, photos, the page's own


def test_page_works_without_photos_and_without_regions(tmp_path: Path, open_page: Open) -> None:
    content = Folder([MadeImage("a"), MadeImage("b", failed=True)], str(tmp_path / "gone"))
    opened = open_page(write_report(write_data_set(tmp_path / "out", content)), "#image=a")
    assert "not in this page" in opened.page.inner_text(".stage")
    assert opened.page.locator(".box").count() == 3
    opened.page.click("[aria-label='Next image'], [aria-label='Previous image']")
    assert opened.complaints == []
