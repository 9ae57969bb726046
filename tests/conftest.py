"""A real browser, where the machine has one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass
class Opened:
    """A page with everything that it should not have said or asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)  # console messages, errors, dialogs
    requests: list[str] = field(default_factory=list)  # of anything but the page itself and what lies in it


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (apt-get install chromium)")
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []  # the sandbox refuses to work for root
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Opened]]:
    """Returns a function that opens a page from its file; options are those of Playwright's new_page."""
    pages = []

    def open_file(path: Path, fragment: str = "", **options: object) -> Opened:
        page = chromium.new_page(**options)  # type: ignore[arg-type]
        pages.append(page)
        opened = Opened(page)
        page.on("console", lambda message: opened.complaints.append(message.text))
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        page.on("dialog", lambda dialog: opened.complaints.append(dialog.message))
        page.on("request", lambda request: opened.requests.append(request.url))
        address = path.resolve().as_uri()
        page.goto(address + fragment)
        opened.requests = [url for url in opened.requests if url.partition("#")[0] != address]
        return opened

    yield open_file
    for page in pages:
        page.close()
