"""Putting a figure on the page: inline SVG, a caption, and a text alternative."""

import html
import io
import json
import math
import re
import sys

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text

from lstmlib.plot.drawing import Drawing
from lstmlib.plot.guesses import stored
from lstmlib.plot.style import RC, plain_log_ticks
from lstmlib.plot.svg import PAPER_CSS, clean, drop_simple_math, symbols_as_html

LARGEST = 150_000  # bytes of SVG
_LABEL = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def figure(fig, label, caption, alt, guess=None):
    """Make a figure ready to be shown: end a cell with it.

    ``fig`` is a matplotlib figure (see :func:`axes`) or a diagram of this package. ``label`` is
    its id on the page (``fig-...``), ``caption`` the line beneath it and ``alt`` what it shows,
    in words, for a reader who cannot see it; both are required. Symbols are written plainly,
    ``h_t`` or ``h_{t-1}``, in captions and in the figure's texts.

    ``guess=(id, "x" or "y", ax)`` draws the reader's prediction (see ``lstmlib.widgets.guess``)
    as a dashed line at that value of the axis.

    The result shows inline SVG that takes ink, paper and letters from the page. The same data
    give the same bytes. More than 150 kB is a ValueError.

    >>> from lstmlib.plot import axes
    >>> fig, ax = axes()
    >>> line, = ax.plot([0, 1], [0, 1])
    >>> figure(fig, label="fig-rise", caption="A line rises.", alt="A line from 0 to 1.").caption
    'A line rises.'
    """
    _check_label(label)
    for name, text in (("caption", caption), ("alt", alt)):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(
                f"figure {label}: {name} must be a text that is not empty, got {text!r}. "
                + ("Say in one sentence what the reader should see in it." if name == "caption"
                   else "Say in words what the figure shows, for a reader who cannot see it.")
            )
    if isinstance(fig, Drawing):
        inner, width, height = fig.markup(), fig.width, fig.height
        if guess is not None:
            raise ValueError(f"figure {label}: guess needs a matplotlib figure with axes")
    elif isinstance(fig, Figure):
        inner, width, height = clean(_matplotlib_svg(fig), label)
    else:
        raise TypeError(
            f"figure {label}: fig must be a matplotlib Figure or a Drawing, "
            f"got {type(fig).__name__}"
        )
    extra = ""
    if guess is not None:
        scale = _guess_scale(fig, label, guess, width, height)
        extra = f' data-guess="{html.escape(json.dumps(scale, sort_keys=True))}"'
        inner += _guess_line(scale, stored(scale["id"]))
    svg = (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{html.escape(alt)}"'
        f' fill="currentColor" stroke-linejoin="round"{extra}'
        f' style="display: block; width: 100%; max-width: {1.4 * width:.0f}px; height: auto;'
        f' margin: 0 auto; overflow: visible; background: none">{inner}</svg>'
    )
    size = len(svg.encode())
    if size > LARGEST:
        raise ValueError(
            f"figure {label}: {size:,} bytes of SVG, at most {LARGEST:,} are allowed. Thin the "
            "data (plot every k-th point), or draw the dense artist as pixels inside the SVG "
            "with rasterized=True."
        )
    return Shown(label, caption, alt, svg)


class Shown:
    """A figure with its caption, as a notebook shows it. Made by :func:`figure`."""

    def __init__(self, label, caption, alt, svg):
        self.label, self.caption, self.alt, self.svg = label, caption, alt, svg

    @property
    def html(self):
        """The whole ``<figure>`` element."""
        return (
            f'<figure id="{self.label}" class="lstm-figure"'
            f' aria-labelledby="{self.label}-caption" style="margin: 1em 0">{self.svg}'
            f'<figcaption id="{self.label}-caption" style="text-align: center">'
            f"{symbols_as_html(self.caption)}</figcaption></figure>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html, "text/plain": self.caption}

    def __repr__(self):
        return self.caption


def _check_label(label):
    if not isinstance(label, str) or not _LABEL.fullmatch(label):
        raise ValueError(
            f"figure: label must be an id such as 'fig-two-attractors' (lower-case letters, "
            f"digits and single hyphens, a letter first), got {label!r}"
        )


def _matplotlib_svg(fig):
    for text in fig.findobj(Text):
        text.set_text(drop_simple_math(text.get_text()))
    for legend in [*fig.legends, *(ax.get_legend() for ax in fig.axes)]:
        if legend is not None:
            legend.set_frame_on(False)
    plain_log_ticks(fig)
    out = io.StringIO()
    with rc_context(RC):
        fig.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and getattr(fig, "number", None) is not None:
        pyplot.close(fig)
    return out.getvalue()


def _guess_scale(fig, label, guess, width, height):
    """How values of the guessed axis map to the SVG: read by the page script too."""
    try:
        name, axis, ax = guess
    except (TypeError, ValueError):
        raise ValueError(f'figure {label}: guess must be (id, "x" or "y", ax)') from None
    if axis not in ("x", "y"):
        raise ValueError(f'figure {label}: the guessed axis must be "x" or "y", got {axis!r}')
    if ax not in fig.axes:
        raise ValueError(f"figure {label}: the axes of guess are not in this figure")
    kind = getattr(ax, f"get_{axis}scale")()
    if kind not in ("linear", "log"):
        raise ValueError(f"figure {label}: a guess needs a linear or log axis, got {kind}")
    box = ax.get_position()
    ends = {
        "x": (box.x0 * width, box.x1 * width),
        "y": ((1 - box.y0) * height, (1 - box.y1) * height),
    }
    return {
        "id": name,
        "axis": axis,
        "scale": kind,
        "limits": [float(value) for value in getattr(ax, f"get_{axis}lim")()],
        "along": [round(value, 2) for value in ends[axis]],
        "across": [round(value, 2) for value in ends["y" if axis == "x" else "x"]],
    }


def _guess_line(scale, value):
    """The dashed line of a prediction, as the page script draws it; nothing for no prediction."""
    if value is None:
        return ""
    low, high = scale["limits"]
    if scale["scale"] == "log":
        part = (
            (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
            if value > 0
            else 0.0
        )
    else:
        part = (value - low) / (high - low)
    beyond = not 0 <= part <= 1
    part = min(max(part, 0.0), 1.0)
    start, end = scale["along"]
    at = start + part * (end - start)
    near, far = scale["across"]
    words = f"your guess: {value:.12g}" + (" (off the scale)" if beyond else "")
    if scale["axis"] == "x":
        line = f'x1="{at:.2f}" x2="{at:.2f}" y1="{near:g}" y2="{far:g}"'
        left = at > (start + end) / 2
        text = f'x="{at - 5 if left else at + 5:.2f}" y="{far + 9:.2f}"'
    else:
        line = f'x1="{near:g}" x2="{far:g}" y1="{at:.2f}" y2="{at:.2f}"'
        left = True
        under = abs(at - end) < 14
        text = f'x="{far - 2:.2f}" y="{at + 12 if under else at - 4:.2f}"'
    return (
        '<g class="guess-mark" data-guess-drawn="python">'
        f'<line {line} stroke="currentColor" stroke-width="1.4" stroke-dasharray="5 4"/>'
        f'<text {text} font-size="10.5" text-anchor="{"end" if left else "start"}"'
        f' style="paint-order: stroke; stroke: {PAPER_CSS}; stroke-width: 4">{words}</text></g>'
    )
