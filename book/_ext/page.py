"""Small mends to the pages that the theme writes, once they are written."""

import html
import os
import re
from pathlib import Path

from docutils import nodes


def describe(app, pagename, templatename, context, doctree):
    if doctree is None:
        return
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if len(text) > 40:
            short = text if len(text) <= 160 else text[:157].rsplit(" ", 1)[0] + " …"
            context["metatags"] = context.get("metatags", "") + (
                f'\n<meta name="description" content="{html.escape(short, quote=True)}" />')
            return


# What is replaced, by what, and why. ROOT becomes the way from the page to the book's folder.
MENDS = [
    # 1.5 MB of script for a few icons: icons.css draws them.
    (r'<script defer src="[^"]*scripts/fontawesome\.js[^"]*"></script>\n?', ""),
    # sphinx-thebe, which we do not use, puts one script twice on each page: an error.
    (r"<script>const THEBE_JS_URL = .*?</script>\s*?", ""),
    (r"<link [^>]*sphinx-thebe\.css[^>]*>\s*?", ""),
    (r'<script async="async" src="[^"]*sphinx-thebe\.js[^"]*"></script>\s*?', ""),
    (r'<script type="text/x-thebe-config">.*?</script>\s*?', ""),
    # Scripts that nothing waits for must not hold up the first paint.
    (r'<script ((?:data-sd[^>]*? )?src="[^"]*(?:searchtools|language_data|searchindex|clipboard\.min'
     r'|copybutton|togglebutton|design-tabs|sphinx-book-theme)\.js[^"]*")>', r"<script defer \1>"),
    # The widget manager is 3.6 MB of script: book.js fetches it when a control comes near.
    (r'<script ((?:data-jupyter-widgets-cdn="[^"]*" )?)src="([^"]*/vendor/[^"]*\.js[^"]*)">',
     r'<script type="text/plain" \1data-late="\2">'),
    # Widget modules are looked for from the page, whatever its depth.
    (r'data-jupyter-widgets-cdn="[^"]*"', r'data-jupyter-widgets-cdn="ROOT/_static/vendor/"'),
    # Accessible names and roles that axe finds wrong.
    (r'(<button class="btn search-button-field[^>]*?) aria-label="Search"', r"\1"),
    (r'(<dialog|<div)( id="pst-primary-sidebar")(?! role)', r'\1\2 role="region" aria-label="Book"'),
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    (r'(<a class="[^"]*" href="[^"]*">)([^<]*)(</a><details[^>]*>)<summary>(?=<span class="toctree-toggle")',
     r'\1\2\3<summary aria-label="More of \2">'),
    (r' role="doc-biblioentry"', ""),
    (r'<div role="list" class="citation-list">', '<div class="citation-list">'),
]


def mend(page, folder):
    text = page.read_text(encoding="utf-8")
    root = os.path.relpath(folder, page.parent).replace(os.sep, "/")
    new = text
    for pattern, better in MENDS:
        new = re.sub(pattern, better.replace("ROOT", root), new, flags=re.S)
    if new != text:
        page.write_text(new, encoding="utf-8")


START = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="data:,">
<meta http-equiv="refresh" content="0; url={first}.html">
<p><a href="{first}.html">{title}</a></p>
</html>
"""


def mend_all(app, exception):
    """Mend every page; those of chapters that are no more go; write the one that leads to the first."""
    if exception is None and app.builder.format == "html":
        start = START.format(first=app.config.master_doc, title=html.escape(app.config.html_title))
        (Path(app.outdir) / "index.html").write_text(start, encoding="utf-8")
        for page in Path(app.outdir).rglob("*.html"):
            name = page.relative_to(app.outdir).with_suffix("").as_posix()
            if name.startswith("book/") and name not in app.env.found_docs:
                page.unlink()
            else:
                mend(page, app.outdir)


def setup(app):
    app.connect("html-page-context", describe)
    app.connect("build-finished", mend_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
