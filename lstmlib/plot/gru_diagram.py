"""The diagram of a gated recurrent unit: one step, h running along the top.

On its way h is blended with the candidate n; what the boxes read turns off below it. The two
resets differ in the order of a box and a circle, and so do their diagrams.
"""

import numpy as np

from lstmlib.plot.drawing import HALF, STRAND, Drawing, cell_height, scale_of
from lstmlib.plot.lstm_diagram import (BEGIN, DETAILED, END, INNER, LEFT, LESS, ODOT, RIGHT, SIGMA,
                                       TIMES, WIDE, inner)

PRIME = "\u2032"
TURN = 53  # where h is copied downwards, and x joins it
GATE = {"z": 77, "f": 77, "r": 119}
HEARS, MIDDLE, READS, BLEND = 162, 206, 250, 286  # U_n, what it gives, W_n, and n
REST = 110  # where 1 - z is made
DOWN = 143  # where r goes down to reset before the product
COLOUR = {"z": "z", "f": "z", "r": "r"}  # the one gate of MGU stands where z does
UP = 303  # where h leaves upwards
BOX = 36.5  # the width of a box


class Step:
    """One step to be drawn: its numbers, how they are called, and at which height things are."""

    def __init__(self, run, step=None):
        self.now, self.past = ("t", "{t-1}") if step is None else (str(step), str(step - 1))
        self.cell, self.x = run.cell, run.inputs[0, 0]
        before, after = ({name: v[0] for name, v in entry.items()} for entry in run.history)
        self.before, self.after = before["h"], after
        W, U, b = (np.split(run.params[name], len(run.cell.blocks)) for name in ("W", "U", "b"))
        keeps = after["z"] if "z" in after else 1 - after["f"]
        self.kept, self.taken = keeps * self.before, (1 - keeps) * after["n"]
        self.read = W[-1] @ self.x + b[-1]
        if "u" in after:
            self.heard, self.reset = after["u"], after["r"] * after["u"]
        else:
            self.reset = (after["r"] if "r" in after else after["f"]) * self.before
            self.heard = U[-1] @ self.reset
        self.scales = {
            "x": scale_of(self.x),
            "h": scale_of(self.before, after["h"]),
            "n": scale_of(self.read, self.heard, self.reset),
        }

        units = len(self.before)
        self.detailed = units <= DETAILED
        self.state_high = cell_height(units) * units
        self.high = self.state_high if self.detailed else 0  # of the columns within the cell
        self.h = max(self.state_high / 2 + 26, self.high / 2 + 44)
        self.blend = self.h + 9 + max(self.high, 14) + 28
        self.product = self.blend + 9 + self.high + 36
        self.box = self.product + 9 + self.high + 36
        self.below = max(self.box + 33, self.h + self.state_high / 2 + 30)
        self.above = self.box - 11 - (7 + self.high if self.detailed else 0)
        self.top, self.bottom = self.h - self.high / 2 - 24, self.below + 20
        self.input = self.bottom + 8


def draw_step(parts, run, step=None, changed=False):
    """The diagram of a step with these parts: the run has one step and one sequence."""
    s = Step(run, step)
    drawing = Drawing(WIDE, s.input + max(cell_height(len(s.x)) * len(s.x) + 4, 30))
    drawing.frame(LEFT, s.top, RIGHT, s.bottom)
    for name, draw in parts["step"].items():
        differs = "differs" if name in parts["changes"] else "same"
        with drawing.part(name, differs if changed else None):
            draw(drawing, s)
    if changed:
        drawing.text(LEFT + 2, s.top - 6, parts["name"], anchor="start", weight=700)
    return drawing


# ---- the parts of a step


def _inputs_meet(drawing, s):
    _state(drawing, s.before, BEGIN, f"h_{s.past}", s)
    left = [GATE[gate] - STRAND / 2 for gate in sorted(s.cell.blocks[:-1], key=GATE.get)]
    drawing.meet(
        [(TURN, s.h), (TURN, s.below), (TURN + 10, s.below)],
        [(TURN, s.input - 4), (TURN, s.below), (TURN + 10, s.below)],
        (left[0], s.below),
        ("h", "x"),
    )
    drawing.fork(TURN, s.h, "h")
    if len(left) > 1:
        drawing.strands((left[0], s.below), (left[-1], s.below), colours=("h", "x"))
    drawing.column(s.x, TURN, s.input, "x", scale=s.scales["x"], name=f"x_{s.now}")
    drawing.text(TURN + HALF + 6, s.input + cell_height(len(s.x)) * len(s.x) / 2 + 4,
                 f"x_{s.now}", size=12, anchor="start")


def _candidate(drawing, s):
    """What x_t gives, the sum, and its tanh."""
    low = s.below + STRAND
    drawing.line((_last_gate(s), low), (READS, low), (READS, s.box + 11), colour="x", arrow=False)
    drawing.box(READS, s.box, BOX, 22, "W_n", colour="n")
    drawing.line((READS, s.box - 11), (READS, s.product + 9), colour="n")
    if s.detailed:
        inner(drawing, s, s.read, READS, s.above, "n", f"W_n x_{s.now} + b_n")
        for k, words in enumerate((f"W_n x_{s.now}", "+ b_n")):
            drawing.text(READS + INNER / 2 + 5, s.above + s.high / 2 - 2 + 13 * k, words,
                         anchor="start")
    drawing.circle(READS, s.product, "+")
    drawing.line((READS + 9, s.product), (BLEND - 15, s.product), colour="n")
    drawing.line((BLEND, s.product - 15), (BLEND, s.blend + 9), colour="n")
    drawing.circle(BLEND, s.product, "tanh", radius=15)
    if s.detailed:
        top = s.product - 21 - s.high
        inner(drawing, s, s.after["n"], BLEND, top, "n", f"n_{s.now}")
        drawing.text(BLEND - INNER / 2 - 5, top + s.high / 2 + 4, f"n_{s.now}", size=12,
                     anchor="end", colour="n")


def _reset_gate(drawing, s):
    _layer(drawing, s, "r")


def _reset_after(drawing, s):
    _hears(drawing, s, s.box + 11)
    drawing.box(HEARS, s.box, BOX, 22, "U_n", colour="n")
    drawing.line((HEARS, s.box - 11), (HEARS, s.product + 9), colour="n")
    drawing.line((GATE["r"], s.above), (GATE["r"], s.product), (HEARS - 9, s.product), colour="r")
    drawing.circle(HEARS, s.product, TIMES)
    drawing.line((HEARS + 9, s.product), (READS - 9, s.product), colour="n")
    _two_columns(drawing, s, (s.heard, "n", f"u_{s.now}"),
                 (s.reset, "n", f"r_{s.now} {ODOT} u_{s.now}"))


def _reset_before(drawing, s):
    y = s.above - 9
    drawing.line((GATE["r"], s.above), (GATE["r"], y), (DOWN, y), (DOWN, s.box),
                 (HEARS - 9, s.box), colour="r")
    _before_the_product(drawing, s, "r")


def _before_the_product(drawing, s, gate):
    _hears(drawing, s, s.box + 9)
    drawing.line((HEARS, s.box - 9), (HEARS, s.product + 11), colour="h")
    drawing.circle(HEARS, s.box, TIMES)
    drawing.box(HEARS, s.product, BOX, 22, "U_n", colour="n")
    drawing.line((HEARS + BOX / 2, s.product), (READS - 9, s.product), colour="n")
    name = f"{gate}_{s.now} {ODOT} h_{s.past}"
    _two_columns(drawing, s, (s.reset, "h", name), (s.heard, "n", f"U_n({name})"))


def _update_gate(drawing, s):
    """z of h is kept, and 1 - z of the candidate is taken."""
    x = GATE["z"]
    _layer(drawing, s, "z")
    drawing.line((x, s.above), (x, s.h + 9), colour="z")
    drawing.fork(x, s.blend, "z")
    drawing.line((x, s.blend), (REST - 11, s.blend), colour="z")
    drawing.line((REST + 11, s.blend), (BLEND - 9, s.blend), colour="z")
    drawing.circle(REST, s.blend, LESS, radius=11)


def _update(drawing, s):
    _blend(drawing, s, f"z_{s.now}", f"({LESS}z_{s.now})")


def _one_gate(drawing, s):
    """f resets h before the product, f of the candidate is taken, and 1 - f of h is kept."""
    x, y, middle, colour = GATE["f"], s.above - 9, (s.h + s.blend) / 2, COLOUR["f"]
    _layer(drawing, s, "f")
    drawing.fork(x, y, colour)
    drawing.line((x, y), (REST, y), (REST, s.box), (HEARS - 9, s.box), colour=colour)
    drawing.line((x, s.above), (x, middle + 11), colour=colour)
    drawing.line((x, middle - 11), (x, s.h + 9), colour=colour)
    drawing.fork(x, s.blend, colour)
    drawing.line((x, s.blend), (BLEND - 9, s.blend), colour=colour)
    drawing.circle(x, middle, LESS, radius=11)


def _reset_by_one(drawing, s):
    _before_the_product(drawing, s, "f")


def _update_by_one(drawing, s):
    _blend(drawing, s, f"({LESS}f_{s.now})", f"f_{s.now}")


def _blend(drawing, s, keeps, takes):
    """h on its way: times what keeps, plus the candidate times what takes."""
    x, middle = GATE["z"], (GATE["z"] + BLEND) / 2
    drawing.line((BEGIN + HALF, s.h), (x - 9, s.h), colour="h")
    drawing.circle(x, s.h, TIMES)
    drawing.line((x + 9, s.h), (BLEND - 9, s.h), colour="h")
    drawing.line((BLEND, s.blend - 9), (BLEND, s.h + 9), colour="h")
    drawing.circle(BLEND, s.blend, TIMES)
    drawing.circle(BLEND, s.h, "+")
    if s.detailed:
        name = f"{keeps} {ODOT} h_{s.past}"
        inner(drawing, s, s.kept, middle, s.h - s.high / 2, "h", name)
        drawing.text(middle, s.h - s.high / 2 - 6, name)
        name = f"{takes} {ODOT} n_{s.now}"
        inner(drawing, s, s.taken, BLEND, s.blend - 15 - s.high, "h", name)
        drawing.text(BLEND - INNER / 2 - 5, s.blend - 11 - s.high / 2, name, anchor="end")
    drawing.line((BLEND + 9, s.h), (END - HALF, s.h), colour="h")
    drawing.line((UP, s.h), (UP, s.top - 12), colour="h")
    drawing.fork(UP, s.h, "h")
    drawing.text(UP - 6, s.top - 6, "to the read-out", anchor="end", faint=True)
    _state(drawing, s.after["h"], END, f"h_{s.now}", s)


def _sizes(drawing, s):
    M, D = len(s.x), len(s.before)
    drawing.text(RIGHT, s.bottom + 18, f"{' '.join(s.cell.blocks)} each: "
                 f"W {D}\u00d7{M} \u00b7 U {D}\u00d7{D} \u00b7 b {D}", anchor="end", faint=True)
    if "u" in s.after:
        drawing.text(RIGHT, s.bottom + 33, f"U_n: also b_n{PRIME} {D}", anchor="end", faint=True)


# ---- what parts are made of


def _layer(drawing, s, gate):
    """A box that reads h_{t-1} and x_t, the column of what it gives, and its name."""
    x, left, colour = GATE[gate], GATE[gate] - STRAND / 2, COLOUR[gate]
    drawing.strands((left, s.below), (left, s.box), colours=("h", "x"))
    drawing.fork(x, s.below + STRAND / 2, radius=3.6)
    if s.detailed:
        drawing.line((x, s.box), (x, s.above), colour=colour, arrow=False)
        inner(drawing, s, s.after[gate], x, s.above, colour, f"{gate}_{s.now}")
    drawing.box(x, s.box, BOX, 22, SIGMA, colour=colour)
    drawing.text(x - 5, s.above - 6.5, f"{gate}_{s.now}", size=12, anchor="end", colour=colour)


def _last_gate(s):
    """Where h_{t-1} and x_t part: below the last box that reads both."""
    return max(GATE[gate] for gate in s.cell.blocks[:-1]) - STRAND / 2


def _hears(drawing, s, end):
    """h_{t-1} alone, from beside x_t up to there."""
    drawing.line((_last_gate(s), s.below), (HEARS, s.below), (HEARS, end), colour="h", arrow=False)


def _two_columns(drawing, s, lower, upper):
    """The numbers between the box and the circle at HEARS, and those between there and the sum."""
    if s.detailed:
        values, colour, name = lower
        inner(drawing, s, values, HEARS, s.above, colour, name)
        drawing.text(HEARS + INNER / 2 + 5, s.above + s.high / 2 + 4, name, anchor="start")
        values, colour, name = upper
        inner(drawing, s, values, MIDDLE, s.product - s.high / 2, colour, name)
        drawing.text(MIDDLE, s.product - s.high / 2 - 6, name)


def _state(drawing, values, x, name, s):
    drawing.column(values, x, s.h - s.state_high / 2, "h", scale=s.scales["h"], name=name)
    drawing.text(x, s.h - s.state_high / 2 - 8, name, size=12)


# ---- the cells

_GRU_STEP = {
    "sizes": _sizes,
    "meet": _inputs_meet,
    "reset": _reset_after,
    "candidate": _candidate,
    "reset gate": _reset_gate,
    "update gate": _update_gate,
    "update": _update,
}

#: What is drawn for a cell: its parts, and which a GRU has not; for MGU one that resets before.
PARTS = {
    "GRU": {"step": _GRU_STEP, "changes": ()},
    "GRUResetBefore": {
        "step": _GRU_STEP | {"reset": _reset_before},
        "changes": ("reset",),
        "name": "reset before the product",
    },
    "MGU": {
        "step": {
            "sizes": _sizes,
            "meet": _inputs_meet,
            "reset": _reset_by_one,
            "candidate": _candidate,
            "gate": _one_gate,
            "update": _update_by_one,
        },
        "changes": ("gate",),
        "name": "one gate for both tasks",
    },
}
