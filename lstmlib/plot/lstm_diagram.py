"""The diagram of a cell with a conveyor: one step of an LSTM in its stages, and its chain.

c runs along the top, h along the bottom and x comes from below. What is drawn is a list of parts,
each a function with a name and a stage; a cell with another part than the LSTM has another
function under the same name. Drawn as a difference to the LSTM, a part is faint but for what a
function draws as differing.
"""

from contextlib import nullcontext
from functools import partial

import numpy as np

from lstmlib.numpy.activations import sigmoid
from lstmlib.plot.drawing import HALF, STRAND, Drawing, cell_height, scale_of

#: The stages of a step, in the order in which they are computed.
STAGES = ("meet", "forget", "write", "update", "show")

TIMES, SIGMA, ODOT, LESS = "\u00d7", "\u03c3", "\u2299", "1\u2212"
DETAILED = 3  # a cell with more units shows no numbers of its gates
WIDE = 356  # of the drawing of a step: its smallest words have 10 pixels on a phone
BEGIN, END = 18, WIDE - 18  # where the states come in and go out
LEFT, JOIN, RIGHT = 43, 53, 311  # the cell's outline, and where x joins h
GATE = {"f": 81, "i": 131, "g": 181, "o": 231}  # the four boxes
SUM, OUT, UP = 156, 276, 302  # where c is added to, where h appears, where it leaves upwards
INNER = 32  # the width of a column of numbers within the cell
PEEP = {"c": 53, "o": 206}  # where the old c and the new c turn off to the gates
ASIDE = 11  # from a box's middle to where a peephole, or a gate of the step before, enters it
GAP = 6  # half the gap of a line where another crosses
BEFORE = {"i": 152, "f": 186, "o": 220}  # the gates of the step before


class Step:
    """One step to be drawn: its numbers, how they are called, and at which height things are."""

    def __init__(self, cell, inputs, before, after, squashes, step=None):
        now, past = ("t", "{t-1}") if step is None else (str(step), str(step - 1))
        self.now, self.past, self.squashes = now, past, squashes
        self.layers = [gate for gate in GATE if gate in cell.blocks]
        self.peepholes = getattr(cell, "peepholes", "")
        self.x, self.before, self.after = inputs, before, after
        self.shown_c = SQUASH[squashes["c"]](after["c"])
        self.added = after.get("i", 1) * after["g"]
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
        self.round = 17 if SIGMA in squashes["c"] else 15
        self.c = max(self.state_high / 2 + 26, self.high / 2 + 44)
        self.product = self.c + 2 * self.round + 10 + self.high + 22
        self.box = self.product + 14 + self.high + 22
        self.h = max(self.box + (44 if self.peepholes else 33), self.c + self.state_high + 30)
        self.peep, self.gates = self.box + 29, self.h + 18  # the lines along which these come
        self.top, self.bottom = self.c - self.high / 2 - 24, self.h + 20
        if "i" in before:
            self.bottom += 10
        self.input = max(self.bottom + 8, self.h + self.state_high / 2 + 6)
        self.words = self.bottom + 18
        if "i" in before:
            self.words = self.input + self.state_high + 30


def draw_step(parts, run, step, stage=None, changed=False):
    """The diagram of a step with these parts: the run has one step and one sequence."""
    before, after = ({name: v[0] for name, v in entry.items()} for entry in run.history)
    s = Step(run.cell, run.inputs[0, 0], before, after, parts["squashes"], step)
    high = s.input + cell_height(len(s.x)) * len(s.x) + 4
    drawing = Drawing(WIDE, max(high, s.words + 18) if s.peepholes else high)
    drawing.frame(LEFT, s.top, RIGHT, s.bottom)
    if changed:
        with drawing.part("changes"):
            drawing.text(LEFT + 2, s.top - 6, parts["changes"](s), anchor="start", weight=700)
    peeping = {f"peephole_{gate}": PEEPHOLES[gate] for gate in s.peepholes}
    for name, (belongs, draw) in (parts["step"] | peeping).items():
        drawn = _drawn(belongs, stage)
        if changed:
            drawn = "differs" if name in parts["new"] else None if name in peeping else "same"
        with drawing.part(name, drawn):
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
    first, *_, last = s.layers
    end, corner = GATE[first] - STRAND / 2, GATE[last] - STRAND / 2
    drawing.meet(
        [(BEGIN + HALF, s.h), (JOIN + 10, s.h)],
        [(JOIN, s.input - 4), (JOIN, s.h), (JOIN + 10, s.h)],
        (end, s.h),
        ("h", "x"),
    )
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
    _keep(drawing, s)


def _keep(drawing, s):
    """What the forget gate leaves of c runs on."""
    x, middle = GATE["f"], (GATE["f"] + SUM) / 2
    drawing.line((x + 9, s.c), (SUM - 17, s.c), colour="c", arrow=False)
    if s.detailed:
        name = f"f_{s.now} {ODOT} c_{s.past}"
        inner(drawing, s, s.kept, middle, s.c - s.high / 2, "c", name)
        drawing.text(middle, s.c - s.high / 2 - 6, name)


def _forget_coupled(drawing, s):
    x, turn = GATE["f"], s.product
    _layer(drawing, s, "i")
    drawing.fork(GATE["i"], turn + 8, "i")
    drawing.line((BEGIN + HALF, s.c), (x - 9, s.c), colour="c")
    with drawing.differing():
        drawing.line((GATE["i"], turn + 8), (GATE["i"], turn), (x + 12, turn), colour="i")
        drawing.line((x, turn - 12), (x, s.c + 9), colour="f")
        drawing.circle(x, turn, LESS, radius=12)
        if s.detailed:
            middle = (turn - 12 + s.c + 9) / 2
            inner(drawing, s, s.after["f"], x, middle - s.high / 2, "f", f"f_{s.now}")
        drawing.text(x - 5, turn - 16, f"f_{s.now}", size=12, anchor="end", colour="f")
    _gone(drawing, s, "f", "gone", coupled=True)
    drawing.circle(x, s.c, TIMES)
    _keep(drawing, s)


def _never_forget(drawing, s):
    _gone(drawing, s, "f", "f = 1")
    with drawing.differing():
        drawing.line((BEGIN + HALF, s.c), (SUM - 17, s.c), colour="c", arrow=False)
    if drawing.compared:
        drawing.gone_circle(GATE["f"], s.c)


def _write(drawing, s, layers="ig"):
    for gate, side in (("i", -1), ("g", 1)):
        if gate in layers:
            _layer(drawing, s, gate)
        drawing.line((GATE[gate], _above_gate(s)), (GATE[gate], s.product),
                     (SUM + 9 * side, s.product), colour=gate)
    drawing.circle(SUM, s.product, TIMES)
    low, high = s.product - 9, s.c + 9
    drawing.line((SUM, low), (SUM, high + 8), colour="c", arrow=False)
    if s.detailed:
        name = f"i_{s.now} {ODOT} g_{s.now}"
        inner(drawing, s, s.added, SUM, (low + high - 8 - s.high) / 2 + 4, "c", name)
        if "o" in s.peepholes:  # its line runs on the right
            drawing.text(SUM - 11, low - 4, name, anchor="end")
        else:
            drawing.text(SUM + INNER / 2 + 5, (low + high) / 2 + 4, name, anchor="start")


def _write_whole(drawing, s):
    _gone(drawing, s, "i", "i = 1")
    _layer(drawing, s, "g")
    with drawing.differing():
        drawing.line((GATE["g"], _above_gate(s)), (GATE["g"], s.product), (SUM, s.product),
                     (SUM, s.c + 17), colour="g", arrow=False)


def _update(drawing, s):
    drawing.line((SUM - 18, s.c), (SUM - 9, s.c), colour="c")
    drawing.line((SUM, s.c + 18), (SUM, s.c + 9), colour="c")
    drawing.line((SUM, s.c), (END - HALF, s.c), colour="c")
    drawing.circle(SUM, s.c, "+")
    _state(drawing, s.after["c"], END, s.c, "c", f"c_{s.now}", s)


def _show(drawing, s):
    _show_gate(drawing, s)
    middle = s.c + 10 + s.round
    drawing.line((OUT, s.c), (OUT, middle - s.round), colour="c", arrow=False)
    drawing.fork(OUT, s.c, "c")
    drawing.line((OUT, middle + s.round), (OUT, s.product - 9), colour="c",
                 arrow=not s.detailed)
    _squash_c(drawing, s)
    if s.detailed:
        inner(drawing, s, s.shown_c, OUT, middle + s.round + 6, "c",
               _applied(s.squashes["c"], f"c_{s.now}"))
    _show_product(drawing, s)


def _show_all(drawing, s):
    _gone(drawing, s, "o", "o = 1")
    low = s.c + 10 + 2 * s.round
    drawing.line((OUT, s.c), (OUT, low - 2 * s.round), colour="c", arrow=False)
    drawing.fork(OUT, s.c, "c")
    _squash_c(drawing, s)
    if drawing.compared:
        drawing.gone_circle(OUT, s.product)
    with drawing.differing():
        drawing.line((OUT, low), (OUT, s.h - 16), colour="h", arrow=False)
    drawing.line((OUT, s.h - 16), (OUT, s.h), (END - HALF, s.h), colour="h")
    _leave_cell(drawing, s)


def _show_unsquashed(drawing, s):
    _show_gate(drawing, s)
    if drawing.compared:
        drawing.gone_circle(OUT, s.c + 10 + s.round, s.round)
    with drawing.differing():
        drawing.line((OUT, s.c), (OUT, s.product - 9), colour="c")
    drawing.fork(OUT, s.c, "c")
    _show_product(drawing, s)


def _show_gate(drawing, s):
    _layer(drawing, s, "o")
    drawing.line((GATE["o"], _above_gate(s)), (GATE["o"], s.product), (OUT - 9, s.product),
                 colour="o")


def _squash_c(drawing, s):
    words = s.squashes["c"]
    with _if_new(drawing, words, "c"):
        drawing.circle(OUT, s.c + 10 + s.round, words, radius=s.round)


def _show_product(drawing, s):
    drawing.line((OUT, s.product), (OUT, s.h), (END - HALF, s.h), colour="h")
    drawing.circle(OUT, s.product, TIMES)
    _leave_cell(drawing, s)


def _leave_cell(drawing, s):
    drawing.line((UP, s.h), (UP, s.c + 5), colour="h", arrow=False)
    drawing.line((UP, s.c - 5), (UP, s.top - 12), colour="h")
    drawing.fork(UP, s.h, "h")
    drawing.text(UP - 6, s.top - 6, "to the read-out", anchor="end", faint=True)
    _state(drawing, s.after["h"], END, s.h, "h", f"h_{s.now}", s)


def _sizes(drawing, s):
    M, D = len(s.x), len(s.after["h"])
    drawing.text(RIGHT, s.words,
                 f"each box: W {D}\u00d7{M} \u00b7 U {D}\u00d7{D} \u00b7 b {D}",
                 anchor="end", faint=True)
    if s.peepholes:
        more = f" \u00b7 R {D}\u00d7{3 * D}" if "i" in s.before else ""
        drawing.text(RIGHT, s.words + 14, f"each peeping gate also: p {D}{more}", anchor="end",
                     faint=True)


def _peephole_f(drawing, s):
    x = GATE["f"] - ASIDE
    _peep(drawing, s, "f", [(PEEP["c"], s.c), (PEEP["c"], s.peep)], x - 3)
    drawing.fork(PEEP["c"], s.c, "c")


def _peephole_i(drawing, s):
    begin = [(PEEP["c"] + 9, s.peep)] if "f" in s.peepholes else [(PEEP["c"], s.c),
                                                                   (PEEP["c"], s.peep)]
    drawing.fork(*begin[0], "c")
    if "f" in s.layers:
        drawing.line(*begin, (GATE["f"] - GAP, s.peep), colour="c", arrow=False)
        begin = [(GATE["f"] + GAP, s.peep)]
    _peep(drawing, s, "i", begin, GATE["i"] - ASIDE - 3)


def _peephole_o(drawing, s):
    _peep(drawing, s, "o", [(PEEP["o"], s.c), (PEEP["o"], s.peep)], PEEP["o"] - 4)
    drawing.fork(PEEP["o"], s.c, "c")


def _peep(drawing, s, gate, begin, words):
    """The cell state comes to a gate's box from below, and what it is weighted by."""
    x = GATE[gate] - ASIDE
    drawing.line(*begin, (x, s.peep), (x, s.box + 11), colour="c")
    drawing.text(words, s.peep - 6, f"p_{gate}", anchor="end")


def _gates_come(drawing, s):
    """The gates of the step before, side by side one vector, reach each gate's box from below."""
    for gate, x in BEFORE.items():
        name = f"{gate}_{s.past}"
        drawing.column(s.before[gate], x, s.input, gate, name=name)
        drawing.text(x, s.input + s.state_high + 13, name, size=12)
    first, middle, last = (GATE[gate] + ASIDE for gate in "fio")
    at = BEFORE["f"]
    drawing.line((at, s.input), (at, s.gates), arrow=False)
    drawing.line((middle, s.gates), (last, s.gates), (last, s.box + 11))
    strands = s.h + STRAND / 2
    for x, over in ((first, [s.peep]), (middle, [])):
        turn = [(at, s.gates), (first, s.gates)] if x == first else [(middle, s.gates)]
        drawing.line(*turn, (x, strands + GAP), arrow=False)
        for y in over:
            drawing.line((x, strands - GAP), (x, y + GAP), arrow=False)
            strands = y
        drawing.line((x, strands - GAP), (x, s.box + 11))
        strands = s.h + STRAND / 2
    drawing.fork(at, s.gates)
    drawing.fork(middle, s.gates)


# ---- what parts are made of


def _layer(drawing, s, gate):
    """A box that reads h_{t-1} and x_t, the column of what it gives, and its name."""
    x, left = GATE[gate], GATE[gate] - STRAND / 2
    last = gate == s.layers[-1]
    drawing.strands((left, s.h - 16 if last else s.h), (left, s.box), colours=("h", "x"))
    if not last:
        drawing.fork(x, s.h + STRAND / 2, radius=3.6)
    if s.detailed:
        drawing.line((x, s.box), (x, _above_gate(s)), colour=gate, arrow=False)
        inner(drawing, s, s.after[gate], x, _above_gate(s), gate, f"{gate}_{s.now}")
    with _if_new(drawing, s.squashes[gate], gate):
        drawing.box(x, s.box, 37, 22, s.squashes[gate], colour=gate)
    outside = -1 if gate in "io" else 1
    drawing.text(x + 5 * outside, _above_gate(s) - 6.5, f"{gate}_{s.now}", size=12,
                 anchor="end" if outside < 0 else "start", colour=gate)


def _if_new(drawing, squash, name):
    """A context in which what is drawn differs where the LSTM squashes this by something else."""
    return drawing.differing() if squash != LSTM_SQUASHES[name] else nullcontext()


def _gone(drawing, s, gate, words, coupled=False):
    """Where the LSTM's layer of this gate was, and its line, when that is compared."""
    if not drawing.compared:
        return
    x, low = GATE[gate], s.box - 11
    with drawing.differing():
        drawing.gone(x, s.box, 37, 22, words)
    if coupled:
        drawing.gone_line((x, low), (x, s.product + 12))
    elif gate == "f":
        drawing.gone_line((x, low), (x, s.c + 9))
    else:
        drawing.gone_line((x, low), (x, s.product), ({"i": SUM, "o": OUT}[gate] - 9, s.product))


def _above_gate(s):
    """Where the line leaves a gate's column of numbers, or its box where that has no column."""
    return s.box - 11 - (7 + s.high if s.detailed else 0)


def _state(drawing, values, x, y, colour, name, s):
    drawing.column(values, x, y - s.state_high / 2, colour, scale=s.scales[colour], name=name)
    drawing.text(x, y - s.state_high / 2 - 8, name, size=12)


def inner(drawing, s, values, x, y, colour, name):
    """A column of numbers on a line within the cell, of any of the diagrams."""
    drawing.column(values, x, y, colour, width=INNER, scale=s.scales.get(colour, 1.0), name=name,
                   on_line=True)


#: The functions that squash the cell state for the output.
SQUASH = {"tanh": np.tanh, "2\u03c3\u22121": lambda c: 2 * sigmoid(c) - 1, "": lambda c: c}


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
        _copy(drawing, run.cell.blocks, parts["squashes"]["c"], left, comes, c, h, x)
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


def _copy(drawing, blocks, squash, left, comes, c, h, below):
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
    if "f" in blocks:
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
    drawing.circle(out, c + 23, squash, radius=13.5)
    drawing.box(middle, layers, 36.5, 20, " ".join(gate for gate in "figo" if gate in blocks))


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

LSTM_SQUASHES = {"f": SIGMA, "i": SIGMA, "g": "tanh", "o": SIGMA, "c": "tanh"}
LSTM_STEP = {
    "memory": (None, _memory_comes),
    "sizes": (None, _sizes),
    "meet": ("meet", _inputs_meet),
    "forget": ("forget", _forget),
    "write": ("write", _write),
    "show": ("show", _show),
    "update": ("update", _update),
}

#: The peepholes: parts that a cell has for those of its gates which see c.
PEEPHOLES = {
    "f": ("forget", _peephole_f),
    "i": ("write", _peephole_i),
    "o": ("show", _peephole_o),
}


def _parts(words=None, squashes=(), new=(), **step):
    """What is drawn for a variant: its own squashing functions and parts, the LSTM's otherwise.

    ``words`` say what it changes, by the step; ``new`` names the parts that the LSTM has not.
    """
    return {"squashes": LSTM_SQUASHES | dict(squashes), "step": LSTM_STEP | step, "new": new,
            "changes": words if callable(words) else words and (lambda s: words)}


def _who_peeps(s):
    gates = [gate for gate in "ifo" if gate in s.peepholes]
    if not gates:
        return "no gate sees c"
    *most, last = gates
    return f"{', '.join(most)} and {last} see c" if most else f"{last} sees c"


NEVER_FORGET = {"forget": ("update", _never_forget)}

#: What is drawn for a cell, by its class: the functions in its boxes, its parts and their stages.
PARTS = {
    "LSTM": _parts(),
    "LSTM1997": _parts("f = 1, other squashes", **NEVER_FORGET,
                       squashes={"g": "4\u03c3\u22122", "c": "2\u03c3\u22121"}),
    "Peephole": _parts(_who_peeps, new=tuple(f"peephole_{gate}" for gate in PEEPHOLES)),
    "CIFG": _parts("f = 1 \u2212 i", forget=("forget", _forget_coupled),
                   write=("write", partial(_write, layers="g"))),
    "NIG": _parts("no input gate", write=("write", _write_whole)),
    "NFG": _parts("no forget gate", **NEVER_FORGET),
    "NOG": _parts("no output gate", show=("show", _show_all)),
    "NIAF": _parts("no tanh on the candidate", squashes={"g": "linear"}),
    "NOAF": _parts("no tanh on the way out", squashes={"c": ""},
                   show=("show", _show_unsquashed)),
    "FGR": _parts("gates hear the gates before", new=("gates",), gates=("meet", _gates_come)),
}
