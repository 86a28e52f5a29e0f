"""Figures and diagrams for the book: matplotlib figures and drawn networks as inline SVG.

>>> from lstmlib.plot import COLOURS, axes, figure
"""

from lstmlib.plot.diagrams import draw_cell, draw_legend, draw_unrolled
from lstmlib.plot.drawing import Drawing
from lstmlib.plot.shown import Shown, figure
from lstmlib.plot.style import COLOURS, INK, PAPER, axes, label_lines

__all__ = [
    "COLOURS",
    "INK",
    "PAPER",
    "Drawing",
    "Shown",
    "axes",
    "draw_cell",
    "draw_legend",
    "draw_unrolled",
    "figure",
    "label_lines",
]
