"""Turning a drawing into inline SVG that takes its colours and letters from the page."""

import html
import re
from xml.etree import ElementTree

from lstmlib.plot.style import INK, PAPER

#: CSS for the page's background, in the rendered book, in JupyterLab and anywhere else.
PAPER_CSS = "var(--pst-color-background, var(--jp-layout-color0, Canvas))"

#: Words in a line's colour lean towards the page's ink, or they would be too faint to read.
WORDS_CSS = "color-mix(in srgb, {} 60%, currentColor)"

_SUBSCRIPT = re.compile(
    "(?<![A-Za-z0-9_])([\u03b4\u2202]?[A-Za-z\u03b1-\u03c9][\u0302\u0303]?)"
    "_(\\{[^{}]+\\}|[0-9]+|[A-Za-z])(?![A-Za-z0-9_])"
)
_REFERENCE = re.compile(r"url\(#([^)]+)\)|^#(.+)$")
_NUMBER = re.compile(r"-?\d+\.\d{3,}(?![\de])")
_AUTOMATIC_ID = re.compile(r"[A-Za-z][A-Za-z0-9.]*_\d+")
_PLAIN_MATH = re.compile(r"\$([\w\s{}+\-=().,/]*)\$")


def symbols(text):
    """Split a text at its symbols: ``"h_{t-1} and x"`` is h with subscript t-1, then words.

    Yields ``(words, None)`` and ``(base, subscript)`` pairs, in order.
    """
    at = 0
    for match in _SUBSCRIPT.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], None
        yield match[1], match[2].strip("{}").replace("-", "\u2212")
        at = match.end()
    if at < len(text):
        yield text[at:], None


def symbols_as_html(text):
    """The text, escaped, with its symbols in italics and their indices as subscripts."""
    return "".join(
        html.escape(part) if index is None else f"<i>{part}</i><sub>{html.escape(index)}</sub>"
        for part, index in symbols(text)
    )


def symbols_as_tspans(text, size):
    """The same for the inside of an SVG text element of the given font size."""
    out, raised = [], 0.0
    for part, index in symbols(text):
        dy = f' dy="{-raised:g}"' if raised else ""
        if index is None:
            # Without xml:space a blank at either end of a tspan survives only between glyphs.
            out.append(f"<tspan{dy}>{html.escape(part)}</tspan>" if dy else html.escape(part))
            raised = 0.0
        else:
            raised = round(size * 0.25, 2)
            style = "" if index.isdigit() else ' font-style="italic"'
            out.append(
                f'<tspan{dy} font-style="italic">{part}</tspan>'
                f'<tspan dy="{raised:g}" font-size="{size * 0.74:.4g}"{style}>'
                f"{html.escape(index)}</tspan>"
            )
    return "".join(out)


def drop_simple_math(text):
    """``$h_t$`` as ``h_t``, which :func:`symbols` sets in the page's own letters."""
    return _PLAIN_MATH.sub(r"\1", text)


def clean(raw, prefix):
    """Rewrite matplotlib's SVG for inlining: ``(inner markup, width, height)``.

    Ids that something refers to get the prefix and the others go, with the metadata and the style
    sheet (which would apply to the whole page); sentinel colours become the page's, fonts are
    inherited, coordinates keep two decimals.
    """
    root = ElementTree.fromstring(raw)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name in [name for name in element.attrib if "}" in name]:
            element.set(name.rpartition("}")[2], element.attrib.pop(name))
    _, _, width, height = (float(part) for part in root.get("viewBox").split())
    referred = {
        found[1] or found[2]
        for element in root.iter()
        for name in ("style", "href", "clip-path", "mask")
        for found in _REFERENCE.finditer(element.get(name, ""))
    }
    inner = "".join(_write(child, prefix, referred) for child in root)
    return inner, width, height


def _write(element, prefix, referred):
    """One element as markup; groups that say nothing are replaced by what they hold."""
    if element.tag in ("metadata", "style"):
        return ""
    if element.tag == "text":
        return _write_text(element)
    attributes = {}
    for name, value in element.attrib.items():
        if name == "id":
            if value not in referred and _AUTOMATIC_ID.fullmatch(value):
                continue
            value = f"{prefix}-{value}"
        elif name == "style":
            value = _page_style(value)
        elif name == "d":
            value = " ".join(_NUMBER.sub(_two_decimals, value).split())
        elif name in ("x", "y", "width", "height", "transform", "points"):
            value = _NUMBER.sub(_two_decimals, value)
        elif name == "href" and value.startswith("data:"):
            value = "".join(value.split())
        value = _REFERENCE.sub(lambda found: _prefixed(found, prefix), value)
        attributes[name] = value
    inside = "".join(_write(child, prefix, referred) for child in element)
    if element.tag in ("g", "defs") and (not inside or not attributes and element.tag == "g"):
        return inside
    written = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
    return f"<{element.tag}{written}>{inside}</{element.tag}>" if inside else (
        f"<{element.tag}{written}/>"
    )


def _write_text(element):
    style = re.sub(
        r"fill: (#\w+)",
        lambda found: "fill: " + WORDS_CSS.format(found[1]),
        _page_style(element.get("style", "")),
    )
    size = re.search(r"font-size: ([\d.]+)px", style)
    attributes = ""
    for name in ("x", "y", "transform"):
        value = element.get(name)
        if value and not re.match(r"rotate\(-?0 ", value):
            attributes += f' {name}="{_NUMBER.sub(_two_decimals, value)}"'
    if style:
        attributes += f' style="{html.escape(style)}"'
    glyphs = "".join(
        f'<tspan x="{_NUMBER.sub(_two_decimals, span.get("x"))}"'
        f' y="{_NUMBER.sub(_two_decimals, span.get("y"))}"'
        f' style="{html.escape(_page_style(span.get("style", "")))}">'
        f"{html.escape(span.text or '')}</tspan>"
        for span in element
    )
    words = glyphs or symbols_as_tspans(element.text or "", float(size[1]) if size else 10.0)
    return f"<text{attributes}>{words}</text>"


def _page_style(style):
    kept = []
    for item in style.split(";"):
        name, _, value = item.partition(":")
        name, value = name.strip(), value.strip()
        if not name or name == "font-family":
            continue
        if value in (INK, "#000000"):
            value = "currentColor"
        elif value in (PAPER, "#ffffff"):
            value = PAPER_CSS
        kept.append(f"{name}: {value}")
    return "; ".join(kept)


def _two_decimals(number):
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _prefixed(found, prefix):
    return f"url(#{prefix}-{found[1]})" if found[1] else f"#{prefix}-{found[2]}"
