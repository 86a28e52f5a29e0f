"""A browser, and the rendered book from a server and from its folder."""

import functools
import http.server
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def html():
    if not (HTML / "index.html").exists():
        pytest.skip("the book is not rendered: run make book")
    return HTML


@pytest.fixture(scope="session")
def server(html):
    handler = functools.partial(Quiet, directory=str(html))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{service.server_port}"
        service.shutdown()


@pytest.fixture
def open_page(browser, server, html):
    """Open a page and record what goes wrong: open_page(path, way="server", **context options)."""
    contexts = []

    def opener(path, way="server", **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.requests, page.troubles = [], []
        page.on("request", lambda r: page.requests.append(r.url))
        page.on("requestfailed", lambda r: page.troubles.append(f"failed: {r.url}"))
        page.on("response", lambda r: page.troubles.append(f"{r.status}: {r.url}")
                if r.status >= 400 else None)
        page.on("pageerror", lambda e: page.troubles.append(f"page error: {e}"))
        page.on("console", lambda m: page.troubles.append(f"console: {m.text}")
                if m.type == "error" else None)
        page.home = server if way == "server" else html.as_uri()
        page.goto(f"{page.home}/{path}")
        page.wait_for_load_state("networkidle")
        return page

    yield opener
    for context in contexts:
        context.close()


VIEW = 'script[type="application/vnd.jupyter.widget-view+json"]'


@pytest.fixture
def show_controls():
    """Scroll to the first control of a page, which makes them all come; wait until they stand."""

    def shower(page):
        views = page.locator(VIEW)
        if views.count():
            page.evaluate("v => document.querySelector(v).parentElement.scrollIntoView()", VIEW)
            page.wait_for_function(
                "v => [...document.querySelectorAll(v)].every("
                "s => s.parentElement.querySelector('.widget-subarea > *'))", arg=VIEW, timeout=20_000)
            page.wait_for_load_state("networkidle")

    return shower


@pytest.fixture
def axe():
    """What axe finds on a page: every rule in the light scheme, in the dark one those on colours."""
    script = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    colours = "{runOnly: ['color-contrast', 'link-in-text-block']}"

    def run(page):
        found = []
        page.add_script_tag(path=str(script))
        for scheme, rules in (("light", "{}"), ("dark", colours)):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function("s => document.documentElement.dataset.theme === s", arg=scheme)
            page.evaluate("Promise.all(document.getAnimations().map(a => a.finished.catch(() => 0)))")
            found += page.evaluate(
                f"axe.run({rules}).then(r => r.violations.map(v => "
                "[v.id, v.help, v.nodes.slice(0, 3).map(n => n.html.slice(0, 200))]))")
        return found

    return run
