"""How soon does the report show something, and how large is it?

    python -m benchmarks.report OUT [--loads 7]

Writes OUT/report.html (which takes the photos from where the run had them), then opens it so many times, each time in
a Chromium of its own, and prints median and slowest of: first contentful paint, first thumbnail in the page.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import time
from pathlib import Path

from pipeline import quiet  # noqa: F401  # before Beam is imported

# isort: split
from playwright.sync_api import sync_playwright

from report.write_report import write_report

PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def load(path: Path) -> tuple[float, float]:
    """Returns the milliseconds to the first contentful paint and to the first thumbnail of one load."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.goto(path.resolve().as_uri())
        page.wait_for_selector(".tile img")
        times = float(page.evaluate(PAINT)), float(page.evaluate("performance.now()"))
        browser.close()
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--loads", type=int, default=7)
    args = parser.parse_args()
    start = time.monotonic()
    path = write_report(args.out)
    print(f"written in {time.monotonic() - start:.1f} s, {path.stat().st_size / 2**20:.1f} MiB")
    times = [load(path) for _ in range(args.loads)]
    for name, values in zip(("first contentful paint", "first thumbnail"), zip(*times, strict=True), strict=True):
        print(f"{name}: median {statistics.median(values):.0f} ms, slowest {max(values):.0f} ms of {len(values)} loads")


if __name__ == "__main__":
    main()
