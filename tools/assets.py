"""Collect what the pages carry with them into `_vendor/`, the ignored folder of static files.

Everything comes from the npm packages of package-lock.json, from the installed anywidget, and
from book/_static_src. Run again, it changes only what differs. `make book` calls it.
"""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NPM = ROOT / "node_modules"
OUT = ROOT / "_vendor"

# The theme's icons and those of our own pages: only these are shipped, as CSS masks, where the
# theme would send 1.5 MB of script.
ICONS = (
    "angle-left angle-right arrow-up bars chevron-down chevron-right chevron-up circle-half-stroke "
    "code download expand file file-code file-lines file-pdf house lightbulb list "
    "magnifying-glass moon outdent pencil play rocket sun"
).split()
ALIASES = {"home": "house", "pencil-alt": "pencil"}


def icons_css():
    folder = NPM / "@fortawesome" / "fontawesome-free" / "svgs"
    rules = [
        "/* Icons: Font Awesome Free, CC BY 4.0, https://fontawesome.com/license/free */",
        ".fa-solid,.fas,.fa-regular,.far,.fa{font-family:inherit!important;display:inline-block;width:1em;height:1em;"
        "vertical-align:-.125em}",
        ".fa-lg{font-size:1.25em}",
        ".fa-solid::before,.fas::before,.fa-regular::before,.far::before{content:'';display:block;"
        "width:100%;height:100%;background:currentColor;-webkit-mask:var(--icon) center/contain "
        "no-repeat;mask:var(--icon) center/contain no-repeat}",
    ]
    for name in [*ICONS, *ALIASES]:
        svg = (folder / "solid" / f"{ALIASES.get(name, name)}.svg").read_text(encoding="utf-8")
        svg = svg[svg.index("<svg"):].replace('"', "'").replace("#", "%23")
        svg = svg[: svg.find("<!--")] + svg[svg.find("-->") + 3:] if "<!--" in svg else svg
        svg = svg.replace("<", "%3C").replace(">", "%3E")
        rules.append(f'.fa-{name}{{--icon:url("data:image/svg+xml,{svg.strip()}")}}')
    return "\n".join(rules) + "\n"


def wanted():
    """The files of `_vendor/`, each with where it comes from: a path, or its text."""
    manager = NPM / "@jupyter-widgets" / "html-manager" / "dist"
    anywidget = Path(importlib.util.find_spec("anywidget").origin).parent / "nbextension"
    katex = NPM / "katex" / "dist"
    files = {
        "vendor/require.js": NPM / "requirejs" / "require.js",
        # Modules are looked for beside this script, not beside the page.
        "vendor/rq-config.js": "require.config({baseUrl: document.currentScript.src.replace("
        "/[^/]*$/, '')});\n",
        "vendor/embed-amd.js": manager / "embed-amd.js",
        "vendor/embed.LICENSE.txt": manager / "embed.js.LICENSE.txt",
        "vendor/anywidget.js": anywidget / "index.js",
        "katex/LICENSE.txt": NPM / "katex" / "LICENSE",
        "katex/katex-swap.min.css": katex / "katex-swap.min.css",
        "icons.css": icons_css(),
    }
    for font in manager.glob("*.woff2"):
        for folder in ("", "html-manager/dist/"):  # it looks in either, as it was loaded
            files[f"vendor/@jupyter-widgets/{folder}{font.name}"] = font
    for font in (katex / "fonts").glob("*.woff2"):
        files[f"katex/fonts/{font.name}"] = font
    for source in (ROOT / "book" / "_static_src").iterdir():
        files[source.name] = source
    return files


def main():
    files = wanted()
    missing = [str(s.relative_to(ROOT)) for s in files.values() if isinstance(s, Path) and not s.exists()]
    if missing:
        sys.exit(f"assets: {missing[0]} is missing; run `make clean` and `make book` again.")
    for old in [p for p in OUT.rglob("*") if p.is_file()]:
        if old.relative_to(OUT).as_posix() not in files:
            old.unlink()
    changed = 0
    for name, source in files.items():
        body = source.read_bytes() if isinstance(source, Path) else source.encode()
        target = OUT / name
        if not target.exists() or target.read_bytes() != body:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
            changed += 1
    print(f"assets: {len(files)} files in _vendor, {changed} new or changed")


if __name__ == "__main__":
    main()
