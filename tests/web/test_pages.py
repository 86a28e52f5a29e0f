"""Every page of the rendered book: complete, offline, accessible, on a wide screen and a phone."""

import functools
import gzip
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
PAGES = sorted(p.relative_to(HTML).as_posix() for p in HTML.rglob("*.html")
               if "_static" not in p.parts) if HTML.exists() else ["index.html"]
BOOK = [p for p in PAGES if p.startswith("book/")]
WIDTHS = (1280, 390)


def soup(page):
    return BeautifulSoup((HTML / page).read_text(encoding="utf-8"), "html.parser")


@functools.cache
def places(page):
    """The ids on a page, where a link may lead."""
    return {tag["id"] for tag in soup(page).find_all(id=True)}


@functools.cache
def has_widgets(page):
    return bool(soup(page).select('script[type*="widget-view"]'))


@pytest.mark.parametrize("way", ["server", "file"])
@pytest.mark.parametrize("path", PAGES)
def test_page_asks_no_other_host_and_logs_no_error(open_page, show_controls, path, way):
    for width in WIDTHS:
        page = open_page(path, way, viewport={"width": width, "height": 844})
        show_controls(page)
        foreign = [u for u in page.requests if not u.startswith((page.home, "data:", "blob:"))]
        assert foreign == []
        assert page.troubles == []
        inner = page.evaluate("document.documentElement.scrollWidth")
        assert inner <= width, f"{width} px wide, contents {inner}"
        page.context.close()


@pytest.mark.parametrize("path", BOOK)
def test_mathematics_is_rendered(path):
    page = soup(path)
    for formula in page.select(".math"):
        assert formula.select_one(".katex-html") and formula.select_one("math"), formula
    assert not page.select(".katex-error")


@pytest.mark.parametrize("way", ["server", "file"])
def test_mathematics_has_its_fonts(open_page, way):
    paths = [p for p in BOOK if soup(p).select(".math")]
    page = open_page(paths[0], way)
    assert page.evaluate("document.fonts.check('16px KaTeX_Math')")


@pytest.mark.parametrize("way", ["server", "file"])
@pytest.mark.parametrize("path", [p for p in BOOK if has_widgets(p)])
def test_controls_stand_without_a_kernel_and_come_late(open_page, show_controls, path, way):
    page = open_page(path, way, viewport={"width": 390, "height": 844})
    assert not any("embed-amd" in u for u in page.requests), "fetched before a control is near"
    show_controls(page)
    assert page.locator(".widget-subarea").count() == len(soup(path).select('script[type*="widget-view"]'))
    assert page.troubles == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("way", ["server", "file"])
def test_search_finds(open_page, way, width):
    page = open_page("book/index.html", way, viewport={"width": width, "height": 844})
    page.locator(".search-button__button:visible").first.click()
    page.locator("#pst-search-dialog input[type=search]").fill("recurrent")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html*")
    page.wait_for_selector("#search-results li a", timeout=10_000)
    first = page.locator("#search-results li a").first
    first.click()
    page.wait_for_url(lambda url: "/book/" in url)
    assert page.troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", BOOK)
def test_axe_finds_nothing(open_page, show_controls, path, scheme):
    page = open_page(path, color_scheme=scheme)
    show_controls(page)
    page.add_script_tag(path=str(ROOT / "node_modules" / "axe-core" / "axe.min.js"))
    found = page.evaluate("axe.run().then(r => r.violations.map(v => "
                          "[v.id, v.help, v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))]))")
    assert found == []


@pytest.mark.parametrize("path", [p for p in BOOK if not has_widgets(p)])
def test_page_without_widgets_is_light(open_page, html, path):
    page = open_page(path)
    size = 0
    for url in dict.fromkeys(u.split("?")[0] for u in page.requests if u.startswith(page.home)):
        file = html / unquote(url.removeprefix(page.home + "/"))
        body = file.read_bytes()
        size += len(body) if file.suffix == ".woff2" else len(gzip.compress(body, 6))
    assert size <= 500_000, f"{size} bytes compressed"


@pytest.mark.parametrize("path", PAGES)
def test_no_link_within_the_book_is_dead(path):
    page = soup(path)
    for link in page.select("a[href], link[href], script[src], img[src]"):
        raw = link.get("href") or link.get("src")
        if urlsplit(raw).scheme or raw.startswith("//"):
            continue
        target, fragment = urldefrag(urljoin(f"/{path}", raw))
        target = unquote(urlsplit(target).path).lstrip("/")
        file = HTML / (target or path)
        if file.is_dir():
            file /= "index.html"
        assert file.exists(), f"{path} links to {raw}"
        if fragment and file.suffix == ".html":
            ids = places(file.relative_to(HTML).as_posix())
            assert unquote(fragment) in ids, f"{path} links to {raw}, which has no such place"


@pytest.mark.parametrize("path", BOOK)
def test_every_figure_has_words_for_those_who_do_not_see_it(path):
    page = soup(path)
    for figure in page.select("figure"):
        svg = figure.select_one("svg")
        if svg is not None:
            assert svg.get("role") == "img" and (svg.get("aria-label") or svg.select_one("title"))
    for image in page.select("img"):
        assert image.get("alt") is not None
    assert page.select_one('meta[name="description"]')
