"""Every page of the rendered book: complete, offline, accessible, on a wide screen and a phone."""

import functools
import gzip
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
PAGES = sorted(p.relative_to(HTML).as_posix() for p in HTML.rglob("*.html")
               if "_static" not in p.parts) if HTML.exists() else ["index.html"]
BOOK = [p for p in PAGES if p.startswith("book/")]
WIDTHS = (390, 1280)


class Facts(NamedTuple):
    """What the tests ask of a page's text, read once."""

    ids: frozenset
    links: tuple
    formulas: int
    badly_set: tuple
    wordless: tuple
    described: bool


@functools.cache
def facts(path):
    page = BeautifulSoup((HTML / path).read_text(encoding="utf-8"), "html.parser")
    formulas = page.select(".math")
    drawn = [figure.select_one("svg") for figure in page.select("figure")]
    return Facts(
        ids=frozenset(tag["id"] for tag in page.find_all(id=True)),
        links=tuple(dict.fromkeys(link.get("href") or link.get("src") for link in
                                  page.select("a[href], link[href], script[src], img[src]"))),
        formulas=len(formulas),
        badly_set=(*(str(f) for f in formulas if not (f.select_one(".katex-html") and f.select_one("math"))),
                   *map(str, page.select(".katex-error"))),
        wordless=(*(str(svg)[:300] for svg in drawn if svg is not None and not (
            svg.get("role") == "img" and (svg.get("aria-label") or svg.select_one("title")))),
            *(str(image)[:300] for image in page.select("img") if image.get("alt") is None)),
        described=page.select_one('meta[name="description"]') is not None,
    )


@functools.cache
def controls(path):
    """How many controls a page has."""
    return len(re.findall(r'<script type="application/vnd\.jupyter\.widget-view', (HTML / path).read_text(encoding="utf-8")))


def compressed(page, html):
    """The bytes of all a page has asked for."""
    size = 0
    for url in dict.fromkeys(u.split("?")[0] for u in page.requests if u.startswith(page.home)):
        file = html / unquote(url.removeprefix(page.home + "/"))
        body = file.read_bytes()
        size += len(body) if file.suffix == ".woff2" else len(gzip.compress(body, 6))
    return size


@pytest.mark.parametrize("way", ["server", "file"])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_whole_offline_and_fits(open_page, show_controls, html, path, way):
    page = open_page(path, way, viewport={"width": WIDTHS[0], "height": 844})
    assert not any("embed-amd" in u for u in page.requests), "fetched before a control is near"
    if way == "server" and path in BOOK and not controls(path):
        assert compressed(page, html) <= 500_000
    show_controls(page)
    assert page.locator(".widget-subarea").count() == controls(path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        inner = page.evaluate("document.documentElement.scrollWidth")
        assert inner <= width, f"{width} px wide, contents {inner}"
    foreign = [u for u in page.requests if not u.startswith((page.home, "data:", "blob:"))]
    assert foreign == []
    assert page.troubles == []


@pytest.mark.parametrize("path", BOOK)
def test_mathematics_is_rendered(path):
    assert facts(path).badly_set == ()


@pytest.mark.parametrize("way", ["server", "file"])
def test_mathematics_has_its_fonts(open_page, way):
    page = open_page(next(p for p in BOOK if facts(p).formulas), way)
    assert page.evaluate("document.fonts.check('16px KaTeX_Math')")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("way", ["server", "file"])
def test_search_finds(open_page, way, width):
    page = open_page("book/index.html", way, viewport={"width": width, "height": 844})
    page.locator(".search-button__button:visible").first.click()
    page.locator("#pst-search-dialog input[type=search]").fill("recurrent")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html*")
    # What it says then is longer, two lines on a phone, and moves the links down.
    page.locator("#search-results").get_by_text("Search finished").wait_for(timeout=10_000)
    first = page.locator("#search-results li a").first
    first.click()
    page.wait_for_url(lambda url: "/book/" in url)
    assert page.troubles == []


@pytest.mark.parametrize("path", BOOK)
def test_axe_finds_nothing(open_page, show_controls, axe, path):
    page = open_page(path)
    show_controls(page)
    assert axe(page) == []
    assert page.troubles == []                  # on a wide screen from the first


@pytest.mark.parametrize("path", PAGES)
def test_no_link_within_the_book_is_dead(path):
    for raw in facts(path).links:
        if urlsplit(raw).scheme or raw.startswith("//"):
            continue
        target, fragment = urldefrag(urljoin(f"/{path}", raw))
        target = unquote(urlsplit(target).path).lstrip("/")
        file = HTML / (target or path)
        if file.is_dir():
            file /= "index.html"
        assert file.exists(), f"{path} links to {raw}"
        if fragment and file.suffix == ".html":
            ids = facts(file.relative_to(HTML).as_posix()).ids
            assert unquote(fragment) in ids, f"{path} links to {raw}, which has no such place"


@pytest.mark.parametrize("path", BOOK)
def test_every_figure_has_words_for_those_who_do_not_see_it(path):
    assert facts(path).wordless == () and facts(path).described
