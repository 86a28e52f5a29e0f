"""The diagram of a cell with a conveyor: one step of an LSTM in its stages, and its chain.

c runs along the top, h along the bottom and x comes from below. What is drawn is a list of parts,
each a function with a name and a stage; a cell with another part than the LSTM has another
function under the same name.
"""

import numpy as np

from lstmlib.numpy.activations import sigmoid
from lstmlib.plot.drawing import HALF, STRAND, Drawing, cell_height, scale_of

#: The stages of a step, in the order in which they are computed.
STAGES = ("meet", "forget", "write", "update", "show")

TIMES, SIGMA, ODOT = "\u00d7", "\u03c3", "\u2299"
DETAILED = 3  # a cell with more units shows no numbers of its gates
WIDE = 356  # of the drawing of a step: its smallest words have 10 pixels on a phone
BEGIN, END = 18, WIDE - 18  # where the states come in and go out
LEFT, JOIN, RIGHT = 43, 53, 311  # the cell's outline, and where x joins h
GATE = {"f": 81, "i": 131, "g": 181, "o": 231}  # the four boxes
SUM, OUT, UP = 156, 276, 302  # where c is added to, where h appears, where it leaves upwards
INNER = 32  # the width of a column of numbers within the cell


class Step:
    """One step to be drawn: its numbers, how they are called, and at which height things are."""

    def __init__(self, inputs, before, after, squashes, step=None):
        now, past = ("t", "{t-1}") if step is None else (str(step), str(step - 1))
        self.now, self.past, self.squashes = now, past, squashes
        self.x, self.before, self.after = inputs, before, after
        self.shown_c = SQUASH[squashes["c"]](after["c"])
        self.added = after["i"] * after["g"]
        self.kept = after["f"] * before["c"] if "f" in after else before["c"]
        self.scales = {
            "x": scale_of(inputs),
            "h": scale_of(before["h"], after["h"]),
            "c": scale_of(before["c"], after["c"], self.kept, self.added),
            "g": scale_of(after["g"]),
        }

        units = len(after["h"])
        self.detailed = units <= DETAILED
        self.state_high = cell_height(units) * units
        self.high = self.state_high if self.detailed else 0  # of the columns within the cell
        self.round = 15 if squashes["c"] == "tanh" else 17
        self.c = max(self.state_high / 2 + 26, self.high / 2 + 44)
        self.product = self.c + 2 * self.round + 10 + self.high + 22
        self.box = self.product + 14 + self.high + 22
        self.h = max(self.box + 33, self.c + self.state_high + 30)
        self.top, self.bottom = self.c - self.high / 2 - 24, self.h + 20
        self.input = max(self.bottom + 8, self.h + self.state_high / 2 + 6)


def draw_step(parts, run, step, stage=None):
    """The diagram of a step with these parts: the run has one step and one sequence."""
    before, after = ({name: v[0] for name, v in entry.items()} for entry in run.history)
    s = Step(run.inputs[0, 0], before, after, parts["squashes"], step)
    drawing = Drawing(WIDE, s.input + cell_height(len(s.x)) * len(s.x) + 4)
    drawing.frame(LEFT, s.top, RIGHT, s.bottom)
    for name, (belongs, draw) in parts["step"].items():
        with drawing.part(name, _drawn(belongs, stage)):
            draw(drawing, s)
    return drawing


def stages(parts):
    """The stages that a cell with these parts has."""
    had = {belongs for belongs, _ in parts["step"].values()}
    return tuple(name for name in STAGES if name in had)


def _drawn(belongs, stage):
    if stage is None or belongs is None or STAGES.index(belongs) < STAGES.index(stage):
        return None
    return "now" if belongs == stage else "later"


# ---- the parts of a step


def _memory_comes(drawing, s):
    _state(drawing, s.before["c"], BEGIN, s.c, "c", f"c_{s.past}", s)


def _inputs_meet(drawing, s):
    _state(drawing, s.before["h"], BEGIN, s.h, "h", f"h_{s.past}", s)
    end = GATE["i" if "f" not in s.after else "f"] - STRAND / 2
    drawing.meet(
        [(BEGIN + HALF, s.h), (JOIN + 10, s.h)],
        [(JOIN, s.input - 4), (JOIN, s.h), (JOIN + 10, s.h)],
        (end, s.h),
        ("h", "x"),
    )
    corner = GATE["o"] - STRAND / 2
    drawing.strands((end, s.h), (corner, s.h), (corner, s.h - 16), colours=("h", "x"))
    drawing.column(s.x, JOIN, s.input, "x", scale=s.scales["x"], name=f"x_{s.now}")
    drawing.text(JOIN + HALF + 6, s.input + cell_height(len(s.x)) * len(s.x) / 2 + 4,
                 f"x_{s.now}", size=12, anchor="start")


def _forget(drawing, s):
    x = GATE["f"]
    _layer(drawing, s, "f")
    drawing.line((x, _above_gate(s)), (x, s.c + 9), colour="f")
    drawing.line((BEGIN + HALF, s.c), (x - 9, s.c), colour="c")
    drawing.circle(x, s.c, TIMES)
    middle = (x + SUM) / 2
    drawing.line((x + 9, s.c), (SUM - 17, s.c), colour="c", arrow=False)
    if s.detailed:
        name = f"f_{s.now} {ODOT} c_{s.past}"
        _inner(drawing, s, s.kept, middle, s.c - s.high / 2, "c", name)
        drawing.text(middle, s.c - s.high / 2 - 6, name)


def _never_forget(drawing, s):
    drawing.line((BEGIN + HALF, s.c), (SUM - 17, s.c), colour="c", arrow=False)


def _write(drawing, s):
    for gate, side in (("i", -1), ("g", 1)):
        _layer(drawing, s, gate)
        drawing.line((GATE[gate], _above_gate(s)), (GATE[gate], s.product),
                     (SUM + 9 * side, s.product), colour=gate)
    drawing.circle(SUM, s.product, TIMES)
    low, high = s.product - 9, s.c + 9
    drawing.line((SUM, low), (SUM, high + 8), colour="c", arrow=False)
    if s.detailed:
        name = f"i_{s.now} {ODOT} g_{s.now}"
        _inner(drawing, s, s.added, SUM, (low + high - 8 - s.high) / 2 + 4, "c", name)
        drawing.text(SUM + INNER / 2 + 5, (low + high) / 2 + 4, name, anchor="start")


def _update(drawing, s):
    drawing.line((SUM - 18, s.c), (SUM - 9, s.c), colour="c")
    drawing.line((SUM, s.c + 18), (SUM, s.c + 9), colour="c")
    drawing.line((SUM, s.c), (END - HALF, s.c), colour="c")
    drawing.circle(SUM, s.c, "+")
    _state(drawing, s.after["c"], END, s.c, "c", f"c_{s.now}", s)


def _show(drawing, s):
    _layer(drawing, s, "o")
    drawing.line((GATE["o"], _above_gate(s)), (GATE["o"], s.product), (OUT - 9, s.product),
                 colour="o")
    middle = s.c + 10 + s.round
    drawing.line((OUT, s.c), (OUT, middle - s.round), colour="c", arrow=False)
    drawing.fork(OUT, s.c, "c")
    drawing.line((OUT, middle + s.round), (OUT, s.product - 9), colour="c",
                 arrow=not s.detailed)
    drawing.circle(OUT, middle, s.squashes["c"], radius=s.round)
    if s.detailed:
        _inner(drawing, s, s.shown_c, OUT, middle + s.round + 6, "c",
               _applied(s.squashes["c"], f"c_{s.now}"))
    drawing.line((OUT, s.product), (OUT, s.h), (END - HALF, s.h), colour="h")
    drawing.circle(OUT, s.product, TIMES)
    drawing.line((UP, s.h), (UP, s.c + 5), colour="h", arrow=False)
    drawing.line((UP, s.c - 5), (UP, s.top - 12), colour="h")
    drawing.fork(UP, s.h, "h")
    drawing.text(UP - 6, s.top - 6, "to the read-out", anchor="end", faint=True)
    _state(drawing, s.after["h"], END, s.h, "h", f"h_{s.now}", s)


def _sizes(drawing, s):
    M, D = len(s.x), len(s.after["h"])
    drawing.text(RIGHT, s.bottom + 18,
                 f"each box: W {D}\u00d7{M} \u00b7 U {D}\u00d7{D} \u00b7 b {D}",
                 anchor="end", faint=True)


# ---- what parts are made of


def _layer(drawing, s, gate):
    """A box that reads h_{t-1} and x_t, the column of what it gives, and its name."""
    x, left = GATE[gate], GATE[gate] - STRAND / 2
    drawing.strands((left, s.h - 16 if gate == "o" else s.h), (left, s.box), colours=("h", "x"))
    if gate != "o":
        drawing.fork(x, s.h + STRAND / 2, radius=3.6)
    if s.detailed:
        drawing.line((x, s.box), (x, _above_gate(s)), colour=gate, arrow=False)
        _inner(drawing, s, s.after[gate], x, _above_gate(s), gate, f"{gate}_{s.now}")
    drawing.box(x, s.box, 37, 22, s.squashes[gate], colour=gate)
    outside = -1 if gate in "io" else 1
    drawing.text(x + 5 * outside, _above_gate(s) - 6.5, f"{gate}_{s.now}", size=12,
                 anchor="end" if outside < 0 else "start", colour=gate)


def _above_gate(s):
    """Where the line leaves a gate's column of numbers, or its box where that has no column."""
    return s.box - 11 - (7 + s.high if s.detailed else 0)


def _state(drawing, values, x, y, colour, name, s):
    drawing.column(values, x, y - s.state_high / 2, colour, scale=s.scales[colour], name=name)
    drawing.text(x, y - s.state_high / 2 - 8, name, size=12)


def _inner(drawing, s, values, x, y, colour, name):
    drawing.column(values, x, y, colour, width=INNER, scale=s.scales.get(colour, 1.0), name=name,
                   on_line=True)


#: The functions that squash the cell state for the output.
SQUASH = {"tanh": np.tanh, "2\u03c3\u22121": lambda c: 2 * sigmoid(c) - 1}


def _applied(squash, name):
    return f"tanh({name})" if squash == "tanh" else f"2\u03c3({name})\u22121"


# ---- the chain

START, PITCH, COPY = 38, 76, 70  # where the first copy stands, the way to the next, its width
FIRST = 17  # where the state stands from which a row starts
LEAVES = {"c": 41, "h": COPY + 3.5}  # where the lines fork upwards, seen from a copy's left
SHOWN = 56  # where c is shown: the way from the upper to the lower line
SMALL = 6.5  # the radius of a copy's circles


def draw_chain(parts, run, steps, names, outputs, batch, per_row):
    """The chain of one sequence: in each copy one box stands for all layers of the cell."""
    inputs = run.inputs[:steps, batch]
    states = {
        name: np.stack([entry[name][batch] for entry in run.history[: steps + 1]])
        for name in LEAVES
    }
    units = states["h"].shape[1]
    high, x_high = cell_height(units) * units, cell_height(inputs.shape[1]) * inputs.shape[1]
    scales = {name: scale_of(values) for name, values in (states | {"x": inputs}).items()}

    def column(name, t, x, y):
        values = inputs[t - 1] if name == "x" else states[name][t]
        drawing.column(values, x, y, name, width=INNER, scale=scales[name], name=f"{name}_{t}")

    above = 16 * (outputs is not None) + 16
    heights = {"c": above + high + 36}
    heights["h"] = heights["c"] + max(86, high + 24)
    heights["x"] = heights["h"] + max(34, high / 2 + 4)
    row = heights["x"] + x_high + 32
    width = START + PITCH * (min(steps, per_row) - 1) + LEAVES["h"] + INNER / 2 + 1
    drawing = Drawing(width, row * -(-steps // per_row) - 14)
    for t in range(steps):
        line, place = divmod(t, per_row)
        left, top = START + PITCH * place, row * line
        c, h, x = (top + heights[name] for name in "chx")
        comes = {name: left - PITCH + at for name, at in LEAVES.items()}
        if place == 0:
            comes = dict.fromkeys(LEAVES, FIRST + INNER / 2)
            for name, y in (("c", c), ("h", h)):
                column(name, t, FIRST, y - high / 2)
                drawing.text(FIRST, y - high / 2 - 7, f"{name}_{t}", size=11.5)
        _copy(drawing, parts["squashes"], left, comes, c, h, x)
        ends = t == steps - 1
        _leave(drawing, left, c, h, top + above + high + 1, ends)
        if place == per_row - 1 and not ends:
            for name, y in (("c", c), ("h", h)):
                drawing.line((left + LEAVES[name], y), (width - 1, y), colour=name)
        for name, at in LEAVES.items():
            column(name, t + 1, left + at, top + above)
            drawing.text(left + at, top + above - 5, f"{name}_{t + 1}", size=11.5)
        if outputs is not None:
            drawing.text(left + sum(LEAVES.values()) / 2, top + 11, outputs[t], size=11, colour="y")
        column("x", t + 1, left + 8, x)
        label = f"x_{t + 1}" + ("" if names is None else f": {names[t]}")
        drawing.text(left + 8, x + x_high + 13, label, size=11.5)
    return drawing


def _copy(drawing, squashes, left, comes, c, h, below):
    """A cell in short: one box for its layers, and what their gates do to the two lines."""
    drawing.frame(left, c - 20, left + COPY, h + 16)
    middle, forget, add, out = left + 26, left + 15, left + 30, left + SHOWN
    layers, product = h - 32, c + 24
    drawing.meet(
        [(comes["h"], h), (left + 13, h)],
        [(left + 8, below), (left + 8, h), (left + 13, h)],
        (left + 15, h),
        ("h", "x"),
    )
    side = middle - STRAND / 2
    drawing.strands((left + 15, h), (side, h), (side, layers), colours=("h", "x"))
    drawing.line((comes["c"], c), (left + LEAVES["c"], c), colour="c", arrow=False)
    if "f" in squashes:
        drawing.line((forget, layers), (forget, c), colour="f", arrow=False)
        drawing.circle(forget, c, TIMES, radius=SMALL)
    for gate, aside in (("i", -3), ("g", 3)):
        drawing.line((add + aside, layers), (add + aside, product), colour=gate, arrow=False)
    drawing.line((add, product), (add, c), colour="c", arrow=False)
    drawing.circle(add, product, TIMES, radius=SMALL)
    drawing.circle(add, c, "+", radius=SMALL)
    drawing.line((middle, layers), (out, layers), colour="o", arrow=False)
    drawing.line((out, c + 10), (out, layers), colour="c", arrow=False)
    drawing.circle(out, layers, TIMES, radius=SMALL)
    drawing.circle(out, c + 23, squashes["c"], radius=13.5)
    drawing.box(middle, layers, 36.5, 20, " ".join(gate for gate in "figo" if gate in squashes))


def _leave(drawing, left, c, h, high, ends):
    """c and h go up to their columns, and on to the next step where the chain does not end."""
    x, out = {name: left + at for name, at in LEAVES.items()}, left + SHOWN
    shows = (out, h - 32 + SMALL), (out, h)
    drawing.line((x["c"], c), (x["c"], high), colour="c")
    drawing.fork(x["c"], c, "c")
    if ends:
        drawing.line((x["c"], c), (out, c), (out, c + 10), colour="c", arrow=False)
        drawing.line(*shows, (x["h"], h), (x["h"], high), colour="h")
        return
    drawing.line((x["c"], c), (x["h"], c), colour="c", arrow=False)
    drawing.line((out, c), (out, c + 10), colour="c", arrow=False)
    drawing.fork(out, c, "c")
    drawing.line(*shows, (x["h"], h), colour="h", arrow=False)
    drawing.line((x["h"], h), (x["h"], c + 5), colour="h", arrow=False)
    drawing.line((x["h"], c - 5), (x["h"], high), colour="h")
    drawing.fork(x["h"], h, "h")


# ---- the cells

_LSTM_STEP = {
    "memory": (None, _memory_comes),
    "sizes": (None, _sizes),
    "meet": ("meet", _inputs_meet),
    "forget": ("forget", _forget),
    "write": ("write", _write),
    "show": ("show", _show),
    "update": ("update", _update),
}

#: What is drawn for a cell: the functions in its boxes, its parts and the stages these belong to.
PARTS = {
    "LSTM": {
        "squashes": {"f": SIGMA, "i": SIGMA, "g": "tanh", "o": SIGMA, "c": "tanh"},
        "step": _LSTM_STEP,
    },
    "LSTM1997": {
        "squashes": {"i": SIGMA, "g": "4\u03c3\u22122", "o": SIGMA, "c": "2\u03c3\u22121"},
        "step": _LSTM_STEP | {"forget": ("update", _never_forget)},
    },
}
