"""A real Chromium, as the tests of pages drive it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has none
from playwright.sync_api import Browser, Page, expect, sync_playwright

BROWSER = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--no-first-run",
]  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start it; it ends with the block."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("There is no Chromium: run apt-get update && apt-get install -y chromium")
    expect.set_options(timeout=60_000)  # milliseconds; a busy machine is no failure
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests of a process: there cannot be two."""
    with chromium() as browser:
        yield browser


def hindrances(page: Page) -> list[tuple[str, str]]:
    """What hinders a reader with a disability: the rule, and the first place that breaks it."""
    # Describing thousands of cells that are as they should be takes most of its time.
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]]
