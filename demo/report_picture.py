"""The picture of docs/report.md: the demo's report in a browser, a phrase of a caption under the pointer.

python -m demo.report_picture out/demo/shards/report.html docs/report.png --image scene_000268 --phrase "man ride horse"
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Page

from demo.page_picture import save_picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--image", required=True, help="image id")
    parser.add_argument("--phrase", required=True, help="words of one of its phrases")
    args = parser.parse_args()

    def point(page: Page) -> None:
        page.locator("nav").evaluate("nav => scrollTo(0, nav.getBoundingClientRect().bottom + 78)")
        page.locator(".card:not(.other) .phrase", has_text=args.phrase).first.hover()
        page.locator(".stage img, .tile img").evaluate_all("all => Promise.all(all.map(image => image.decode()))")

    save_picture(args.report, args.out, point, f"#image={args.image}")


if __name__ == "__main__":
    main()
