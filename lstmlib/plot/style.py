"""The look of the book's figures: colours, sizes, and helpers for direct labels."""

import math

from cycler import cycler
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatter, NullFormatter

#: One colour for one thing in the whole book. Each has a contrast of at least 3:1 against both
#: #ffffff and #121212, and those that share a figure stay apart under red-green colour blindness.
COLOURS = {
    "x": "#04a157",  # input
    "h": "#3f84dc",  # hidden state
    "c": "#b2491b",  # cell state
    "y": "#b932a0",  # output and target
    "i": "#3f8fb0",  # input gate
    "f": "#cb124d",  # forget gate
    "o": "#a7860a",  # output gate
    "g": "#8957ec",  # candidate
    "r": "#9000f0",  # reset gate of a GRU
    "z": "#789c00",  # its update gate, and the one gate of an MGU
    "n": "#6c6090",  # its candidate
    "past": "#848484",  # what earlier chapters drew, and anything in the background
}

#: Colours that the SVG writer replaces by those of the page.
INK = "#010203"  # becomes currentColor
PAPER = "#fdfcfb"  # becomes the page's background

RC = {
    "svg.fonttype": "none",
    "svg.hashsalt": "lstmlib",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10.5,
    "axes.labelsize": 10.5,
    "axes.titlesize": 10.5,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "legend.fontsize": 10.5,
    "legend.frameon": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.titlecolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": INK,
    "grid.alpha": 0.15,
    "patch.edgecolor": INK,
    "hatch.color": INK,
    "lines.color": INK,
    "figure.facecolor": "none",
    "figure.edgecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "savefig.transparent": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.titlelocation": "left",
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "axes.prop_cycle": cycler(color=[COLOURS[key] for key in ("h", "c", "x", "y", "o", "g")]),
}


def axes(width=5.0, height=3.0, rows=1, columns=1, **subplots):
    """A figure in the book's style: ``(fig, ax)``, or an array of axes for several panels.

    ``width`` and ``height`` are in inches; 5 inches fill a phone's column and keep the labels
    near 10 pixels there, so make a figure taller rather than wider. Further keywords go to
    ``matplotlib.figure.Figure.subplots`` (``sharex``, ``height_ratios`` and so on). The figure is
    not known to pyplot: nothing is displayed until you hand it to :func:`figure`.

    >>> fig, ax = axes()
    >>> line, = ax.plot([0, 1], [0, 1], color=COLOURS["h"])
    """
    with rc_context(RC):
        fig = Figure(figsize=(width, height), layout="constrained")
        return fig, fig.subplots(rows, columns, **subplots)


def label_lines(ax, labels, gap=13.0):
    """Write each line's name at its right end, in its colour, instead of in a legend.

    ``labels`` maps a line (as ``ax.plot`` returns it) to its text. Texts that would overlap are
    moved apart to ``gap`` points. Call it when the axes hold everything and have their limits.

    >>> fig, ax = axes()
    >>> line, = ax.plot([0, 1], [0, 1], color=COLOURS["h"])
    >>> texts = label_lines(ax, {line: "hidden state"})
    """
    ax.figure.draw_without_rendering()
    ends = []
    for line, text in labels.items():
        xy = line.get_xydata()
        finite = [point for point in xy if all(point == point)]
        if not finite:
            raise ValueError(f"label_lines: the line labelled {text!r} has no finite point")
        x, y = finite[-1]
        height = ax.transData.transform((x, y))[1] * 72 / ax.figure.dpi
        ends.append([height, height, x, y, line.get_color(), text])
    ends.sort(key=lambda end: end[0])
    _spread(ends, gap)
    with rc_context(RC):
        return [
            ax.annotate(
                text,
                (x, y),
                xytext=(6, wanted - height),
                textcoords="offset points",
                va="center",
                color=colour,
                annotation_clip=False,
            )
            for wanted, height, x, y, colour, text in ends
        ]


def _spread(ends, gap):
    """Move heights (first entry, sorted) apart to `gap`, each cluster about its own middle."""
    clusters = [[end] for end in ends]
    merged = True
    while merged:
        merged = False
        for cluster in clusters:
            middle = sum(end[1] for end in cluster) / len(cluster)
            for k, end in enumerate(cluster):
                end[0] = middle + gap * (k - (len(cluster) - 1) / 2)
        for k in range(len(clusters) - 1):
            if clusters[k + 1][0][0] - clusters[k][-1][0] < gap - 1e-9:
                clusters[k : k + 2] = [clusters[k] + clusters[k + 1]]
                merged = True
                break


_SUPERSCRIPTS = str.maketrans(
    "-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
)


def _power_of_ten(value, _position):
    """Tick label of a logarithmic axis as plain text: 0.01, 1, 100, 10 to the minus 6."""
    if value <= 0:
        return ""
    exponent = round(math.log10(value))
    if abs(value / 10.0**exponent - 1) > 1e-6:
        return ""
    if -2 <= exponent <= 3:
        return f"{value:g}"
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def plain_log_ticks(fig):
    """Give logarithmic axes tick labels in plain text: mathematical ones bring their own font."""
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            if isinstance(axis.get_major_formatter(), LogFormatter):
                axis.set_major_formatter(FuncFormatter(_power_of_ten))
            if isinstance(axis.get_minor_formatter(), LogFormatter):
                axis.set_minor_formatter(NullFormatter())
