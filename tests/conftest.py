"""A browser for what is shown in one; without one, those tests are skipped and say so."""

import shutil

import pytest

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
def open_at_an_address():
    """Open a file as from a server: its storage outlives a reload.

    Of a page opened as a file, Chromium now and then finds the storage empty after a reload.
    """
    def opener(page, path):
        address = f"http://localhost/{path.name}"
        page.route(address, lambda route: route.fulfill(path=path))
        page.goto(address)

    return opener


@pytest.fixture(scope="session")
def browser():
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.skip(f"no Chromium found (looked for {', '.join(names)}); install it to test the pages")
    from playwright.sync_api import sync_playwright
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()
