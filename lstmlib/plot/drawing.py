"""The pieces of the book's diagrams, drawn directly as SVG.

A line carries a vector, a box is a layer, a circle works elementwise, lines that meet are
concatenated (they run on side by side), lines that fork are copied (at a dot). A column of cells
shows the numbers that a vector holds.
"""

import html
import math
from contextlib import contextmanager

import numpy as np

from lstmlib.plot.style import COLOURS
from lstmlib.plot.svg import PAPER_CSS, WORDS_CSS, symbols_as_tspans

WIDE = 360  # the width of a phone's column, in units of a drawing
HALF = 17  # half the width of a column of numbers
STRAND = 3.2  # distance between the lines that run on side by side after a meeting
NUMBERED = 6  # a column with more cells than this shows bars without numbers
FAINT = 0.35  # opacity of the lines of what comes later; its words keep WORDS
WORDS = 0.75
HALO = 8  # the width of the halo round what differs
GONE = 'data-gone="" fill="none" stroke="currentColor" stroke-width="1.4" stroke-dasharray="3 3"'


class Drawing:
    """A diagram of the given size, in units of which a phone's column has about 340.

    ``colour`` is a key of COLOURS or ``"ink"``, the page's own; points are ``(x, y)``, y downwards.

    >>> drawing = Drawing(100, 40)
    >>> drawing.box(50, 20, 50, 24, "tanh")
    """

    def __init__(self, width, height):
        self.width, self.height = width, height
        self._parts = []
        self._drawn = None

    def markup(self):
        """The SVG inside; nothing in it has an id."""
        return "".join(self._parts)

    @contextmanager
    def part(self, name, drawn=None):
        """What is drawn within belongs together and can be found in the SVG under this name.

        ``drawn`` is None for a part like any other, "now" for the one that is in question, drawn
        stronger, and "later" for one that is still to come: its lines and shapes are faint, its
        labels and columns of numbers are left out. In a drawing that is compared with another,
        "same" is what both have, faint with its labels and numbers, and "differs" what the other
        has not, stronger and with a halo.
        """
        self._parts.append(
            f'<g data-part="{html.escape(name)}"' + (f' data-drawn="{drawn}">' if drawn else ">")
        )
        self._drawn = drawn
        yield
        self._drawn = None
        self._parts.append("</g>")

    @property
    def compared(self):
        """Is what is drawn now a part of a drawing that is compared with another?"""
        return self._drawn in ("same", "differs")

    @contextmanager
    def differing(self):
        """Within a part that is the "same", what is drawn here differs all the same."""
        if self._drawn != "same":
            yield
            return
        self._parts.append('<g data-drawn="differs">')
        self._drawn = "differs"
        yield
        self._drawn = "same"
        self._parts.append("</g>")

    def gone(self, x, y, width, height, text):
        """The place of a layer that the other has, with what stands for it now."""
        self._parts.append(
            f'<rect x="{_n(x - width / 2)}" y="{_n(y - height / 2)}" width="{_n(width)}"'
            f' height="{_n(height)}" rx="5" {GONE}/>'
        )
        self._words(x, y + 3.8, text, size=10.5)

    def gone_circle(self, x, y, radius=9):
        """The place of an elementwise operation that the other has."""
        self._parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" {GONE}/>')

    def gone_line(self, *points):
        """The way of a line that the other has."""
        self._parts.append(f'<path d="{_rounded(list(points))}" {GONE}/>')

    def put(self, other, x, y):
        """Another drawing within this one, its left top corner at (x, y)."""
        self._parts.append(f'<g transform="translate({_n(x)} {_n(y)})">{other.markup()}</g>')

    def box(self, x, y, width, height, text, colour="ink"):
        """A layer, centred on (x, y)."""
        self._halo(
            f'<rect x="{_n(x - width / 2)}" y="{_n(y - height / 2)}" width="{_n(width)}"'
            f' height="{_n(height)}" rx="5"'
        )
        self._parts.append(
            f'<rect x="{_n(x - width / 2)}" y="{_n(y - height / 2)}" width="{_n(width)}"'
            f' height="{_n(height)}" rx="5" style="fill: {PAPER_CSS}"/>'
            f'<rect x="{_n(x - width / 2)}" y="{_n(y - height / 2)}" width="{_n(width)}"'
            f' height="{_n(height)}" rx="5" {self._shape(colour)}/>'
        )
        self._words(x, y + 3.8, text, size=11 if width > 36 else 10, weight=600)

    def circle(self, x, y, text, colour="ink", radius=9):
        """An elementwise operation, centred on (x, y)."""
        self._halo(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"')
        self._parts.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" style="fill: {PAPER_CSS}"/>'
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" {self._shape(colour)}/>'
        )
        self._words(x, y + 3.8, text, size=11 if len(text) == 1 else 10.5)

    def frame(self, left, top, right, bottom):
        """The outline of a cell: what is inside happens within one time step."""
        self._parts.append(
            f'<rect x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}"'
            f' height="{_n(bottom - top)}" rx="10" fill="currentColor" fill-opacity="0.05"'
            ' stroke="currentColor" stroke-opacity="0.35" stroke-width="1"/>'
        )

    def line(self, *points, colour="ink", arrow=True):
        """A line through the points, its corners rounded."""
        points = list(points)
        head = ""
        if arrow:
            (x0, y0), (x1, y1) = points[-2:]
            length = math.hypot(x1 - x0, y1 - y0)
            ux, uy = (x1 - x0) / length, (y1 - y0) / length
            tip = [(x1, y1)]
            for side in (1, -1):
                tip.append((x1 - 6 * ux - side * 3 * uy, y1 - 6 * uy + side * 3 * ux))
            corners = " ".join(f"{_n(x)},{_n(y)}" for x, y in tip)
            head = f'<polygon points="{corners}" fill="{_css(colour)}"{self._faintly()}/>'
            points[-1] = (x1 - 4 * ux, y1 - 4 * uy)
        self._halo(f'<path d="{_rounded(points)}"')
        self._parts.append(
            f'<path d="{_rounded(points)}" fill="none" stroke="{_css(colour)}"'
            f' stroke-width="{self._thick(1.8)}"{self._faintly()}/>{head}'
        )

    def meet(self, first, second, end, colours):
        """Two lines meet and run on side by side to ``end``: concatenated.

        ``first`` holds the points of the line that runs straight on, ``second`` those of the one
        that turns into it: its last corner and its last point lie on the first line. Both end
        where they meet, and ``end`` lies beyond that, straight on.
        """
        (mx, my), (ex, ey), (sx, sy) = first[-1], end, second[0]
        length = math.hypot(ex - mx, ey - my)
        side = 1.0 if (ex - mx) * (sy - my) - (ey - my) * (sx - mx) > 0 else -1.0
        dx, dy = -(ey - my) / length * side * STRAND, (ex - mx) / length * side * STRAND
        *way, (cx, cy), _ = second
        self.line(*first[:-1], end, colour=colours[0], arrow=False)
        self.line(
            *way, (cx + dx, cy + dy), (ex + dx, ey + dy), colour=colours[1], arrow=False
        )

    def strands(self, *points, colours):
        """Lines that have met run on side by side, with right angles, the second on the right."""
        for side, colour in zip((0.0, 1.0), colours):
            self.line(*_beside(points, side * STRAND), colour=colour, arrow=False)

    def fork(self, x, y, colour="ink", radius=2.8):
        """The dot where a line is copied."""
        self._parts.append(
            f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{radius}" fill="{_css(colour)}"'
            f"{self._faintly()}/>"
        )

    def column(self, values, x, y, colour, width=34, scale=1.0, name=None, on_line=False):
        """The numbers a vector holds, as cells under one another, the first at height ``y``.

        A bar runs from the middle of its cell to the right for a positive and to the left for a
        negative number, over the whole half at ``scale``; up to six numbers are written out, with
        two decimals, or as many as leave three digits.
        ``on_line`` hides the line on which the column stands.
        """
        if self._drawn == "later":
            return
        values = [float(value) for value in values]
        tall = cell_height(len(values))
        numbered = len(values) <= NUMBERED
        whole = all(value.is_integer() for value in values)
        left = x - width / 2
        told = ", ".join(f"{value:.4g}" for value in values)
        self._parts.append(
            f'<g data-values="{html.escape(told)}"'
            + (f' data-name="{html.escape(name)}"' if name else "")
            + ">"
        )
        if on_line:
            self._parts.append(
                f'<rect x="{_n(left)}" y="{_n(y)}" width="{_n(width)}"'
                f' height="{_n(tall * len(values))}" rx="2.5" style="fill: {PAPER_CSS}"/>'
            )
        for k, value in enumerate(values):
            top = y + k * tall
            share = min(abs(value) / scale, 1.0) if math.isfinite(value) else 0.0
            long = share * width / 2
            start = x if value >= 0 else x - long
            if long:
                self._parts.append(
                    f'<rect x="{_n(start)}" y="{_n(top)}" width="{_n(long)}" height="{_n(tall)}"'
                    f' fill="{_css(colour)}" fill-opacity="{0.42 if numbered else 0.85}"'
                    f"{self._faintly()}/>"
                )
            if numbered:
                places = 0 if whole or abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2
                words = f"{value:.{places}f}"
                if float(words) == 0:
                    words = words.lstrip("-")
                self.text(x, top + tall - 3.4, words.replace("-", "\u2212"), size=10.5)
        grid = "".join(
            f"M{_n(left)} {_n(y + k * tall)}h{_n(width)}"
            for k in range(1, len(values))
            if numbered
        )
        self._parts.append(
            f'<path d="M{_n(x)} {_n(y)}v{_n(tall * len(values))}{grid}" fill="none"'
            f' stroke="{_css(colour)}" stroke-opacity="0.45" stroke-width="0.6"/>'
            f'<rect x="{_n(left)}" y="{_n(y)}" width="{_n(width)}"'
            f' height="{_n(tall * len(values))}" rx="2.5" fill="none" stroke="{_css(colour)}"'
            f' stroke-width="{self._thick(1.2)}"{self._faintly()}/></g>'
        )

    def text(self, x, y, text, size=10.5, anchor="middle", colour="ink", weight=None, faint=False):
        """Words with their baseline at y; symbols are written ``h_t`` or ``h_{t-1}``."""
        if self._drawn != "later":
            self._words(x, y, text, size, anchor, colour, weight, faint)

    def _words(self, x, y, text, size, anchor="middle", colour="ink", weight=None, faint=False):
        if self._drawn in ("now", "differs") and not faint:
            weight = 700
        attributes = f' font-weight="{weight}"' if weight else ""
        if anchor != "start":
            attributes += f' text-anchor="{anchor}"'
        if colour != "ink":
            attributes += f' style="fill: {WORDS_CSS.format(_css(colour))}"'
        if faint or self._drawn in ("later", "same"):
            attributes += f' fill-opacity="{WORDS}"'
        self._parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{size:g}"{attributes}>'
            f"{symbols_as_tspans(text, size)}</text>"
        )

    def _thick(self, width):
        return _n(1.45 * width) if self._drawn in ("now", "differs") else f"{width}"

    def _faintly(self):
        return f' opacity="{FAINT}"' if self._drawn in ("later", "same") else ""

    def _halo(self, element):
        """Behind what differs its own shape, broad and pale, where nothing depends on colour."""
        if self._drawn == "differs":
            self._parts.append(
                f'{element} data-halo="" fill="none" stroke="currentColor" stroke-opacity="0.22"'
                f' stroke-width="{HALO}" stroke-linecap="round"/>'
            )

    def _shape(self, colour):
        """Fill and outline of a box or a circle."""
        full = 0.25 if self._drawn in ("now", "differs") else 0.1
        return (
            f'fill="{_css(colour)}" fill-opacity="{full}" stroke="{_css(colour)}"'
            f' stroke-width="{self._thick(1.4)}"{self._faintly()}'
        )


def cell_height(count):
    """The height of one cell of a column that holds this many numbers."""
    return 14.0 if count <= NUMBERED else max(84.0 / count, 1.5)


def scale_of(*arrays):
    """The number whose bar fills half a cell: 1, or the largest where that is more."""
    values = np.abs(np.concatenate([np.ravel(array) for array in arrays]))
    return max(1.0, values[np.isfinite(values)].max(initial=0.0))


def _css(colour):
    return "currentColor" if colour == "ink" else COLOURS[colour]


def _n(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _rounded(points, radius=8.0):
    """SVG path data through the points, with rounded corners."""
    path = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:]):
        cut = min(radius, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        enter, leave = _towards(corner, before, cut), _towards(corner, after, cut)
        path.append(
            f"L{_n(enter[0])} {_n(enter[1])}Q{_n(corner[0])} {_n(corner[1])}"
            f" {_n(leave[0])} {_n(leave[1])}"
        )
    path.append(f"L{_n(points[-1][0])} {_n(points[-1][1])}")
    return "".join(path)


def _beside(points, distance):
    """The points of a line of right angles, moved to the right of where it goes (y downwards)."""
    legs = list(zip(points, points[1:]))
    moved = []
    for k, (x, y) in enumerate(points):
        ways = {
            (_sign(bx - ax), _sign(by - ay)) for (ax, ay), (bx, by) in legs[max(k - 1, 0) : k + 1]
        }
        moved.append(
            (x - distance * sum(dy for _, dy in ways), y + distance * sum(dx for dx, _ in ways))
        )
    return moved


def _sign(number):
    return (number > 0) - (number < 0)


def _towards(start, end, distance):
    share = distance / math.dist(start, end)
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
