"""Figures and diagrams for the book: matplotlib figures and drawn networks as inline SVG.

>>> from lstmlib.plot import COLOURS, axes, figure
"""

from lstmlib.plot.diagrams import STAGES, draw_cell, draw_legend, draw_unrolled
from lstmlib.plot.drawing import Drawing
from lstmlib.plot.measured import speeds
from lstmlib.plot.recurring import accuracy_by_gap, gradient_by_lag
from lstmlib.plot.shown import Shown, figure
from lstmlib.plot.style import COLOURS, INK, PAPER, axes, label_lines

__all__ = [
    "COLOURS",
    "INK",
    "PAPER",
    "STAGES",
    "Drawing",
    "Shown",
    "accuracy_by_gap",
    "axes",
    "draw_cell",
    "draw_legend",
    "draw_unrolled",
    "figure",
    "gradient_by_lag",
    "label_lines",
    "speeds",
]
