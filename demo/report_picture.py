"""The picture of docs/report.md: the demo's report in a browser, a phrase of a caption under the pointer.

python -m demo.report_picture out/demo/shards/report.html docs/report.png --image scene_000268 --phrase "man ride horse"
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

SIZE = {"width": 1280, "height": 860}
COLOURS = 256


def screenshot(report: Path, image: str, phrase: str) -> Image.Image:
    """Returns the browser's picture of one image of the report with a phrase of its captions under the pointer."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        page = browser.new_page(viewport=SIZE, color_scheme="light", reduced_motion="reduce")  # type: ignore[arg-type]
        page.goto(f"{report.resolve().as_uri()}#image={image}")
        page.locator("nav").evaluate("nav => scrollTo(0, nav.getBoundingClientRect().bottom + 78)")
        page.locator(".card:not(.other) .phrase", has_text=phrase).first.hover()
        page.locator(".stage img, .tile img").evaluate_all("all => Promise.all(all.map(image => image.decode()))")
        data = page.screenshot()
        browser.close()
    return Image.open(io.BytesIO(data)).convert("RGB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--image", required=True, help="image id")
    parser.add_argument("--phrase", required=True, help="words of one of its phrases")
    args = parser.parse_args()
    picture = screenshot(args.report, args.image, args.phrase)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(args.out, optimize=True)


if __name__ == "__main__":
    main()
