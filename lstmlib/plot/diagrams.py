"""Diagrams of cells and of their unrolled chains, drawn from a network that runs.

Every shape and every number in them is read from the cell, its parameters and its run. A cell's
own part of a diagram is one function in DIAGRAMS; the rest is shared.
"""

import numpy as np

from lstmlib.numpy import unroll
from lstmlib.plot.drawing import Drawing, cell_height

WIDE = 360  # the width of a phone's column, in units of the drawing
HALF = 17  # half the width of a column of numbers


def draw_cell(cell, params, x, state=None, step=None):
    """One step of a cell, with the numbers that go in and come out.

    ``x`` is one input (M,), ``state`` the state before the step, {"h": (D,)} or None for zeros.
    With ``step=3`` the labels read h_2, x_3 and h_3 instead of h_{t-1}, x_t and h_t.

    >>> import numpy as np
    >>> from lstmlib.numpy import RNN
    >>> cell = RNN(2, 3)
    >>> drawing = draw_cell(cell, cell.init(np.random.default_rng(0)), np.ones(2))
    """
    x = np.asarray(x, dtype=next(iter(params.values())).dtype)
    if x.ndim != 1:
        raise ValueError(f"draw_cell: x must be one input of shape (M,), got shape {x.shape}")
    if state is not None:
        state = {name: np.asarray(value) for name, value in state.items()}
        for name, value in state.items():
            if value.ndim != 1:
                raise ValueError(
                    f"draw_cell: state[{name!r}] must have shape (D,), got {value.shape}"
                )
        state = {name: value[None] for name, value in state.items()}
    return _diagram(cell)["cell"](unroll(cell, params, x[None, None], state), step)


def draw_unrolled(run, inputs=None, outputs=None, batch=0, per_row=5):
    """The chain of one sequence of a run: a copy of the cell for each step.

    Columns of numbers show the inputs x_1, x_2, ... and the states h_0, h_1, ... of sequence
    ``batch``. ``inputs`` may name each input ("a", "b", ...); ``outputs`` is a text a step, set
    above the states. After ``per_row`` steps the chain goes on in a further row, which repeats
    the state it starts from.

    >>> import numpy as np
    >>> from lstmlib.numpy import RNN, unroll
    >>> cell = RNN(2, 3)
    >>> run = unroll(cell, cell.init(np.random.default_rng(0)), np.ones((4, 1, 2)))
    >>> drawing = draw_unrolled(run)
    """
    if run.reverse:
        raise ValueError("draw_unrolled: the run must read forwards, got one with reverse=True")
    sequences = run.outputs.shape[1]
    if not 0 <= batch < sequences:
        raise ValueError(
            f"draw_unrolled: batch must be from 0 to {sequences - 1}, got {batch!r}"
        )
    if isinstance(per_row, bool) or not isinstance(per_row, int) or per_row < 1:
        raise ValueError(f"draw_unrolled: per_row must be a positive integer, got {per_row!r}")
    steps = len(run.outputs) if run.lengths is None else int(run.lengths[batch])
    for name, texts in (("inputs", inputs), ("outputs", outputs)):
        if texts is not None and len(texts) != steps:
            raise ValueError(
                f"draw_unrolled: {name} must hold one text for each of {steps} steps, "
                f"got {len(texts)}"
            )
    return _diagram(run.cell)["chain"](run, steps, inputs, outputs, batch, per_row)


def draw_legend():
    """The conventions of the diagrams, each beside a sample.

    >>> draw_legend().width
    360
    """
    drawing = Drawing(WIDE, 206)
    left, right, words = 14, 82, 100
    rows = [18 + 30 * k for k in range(5)]
    drawing.line((left, rows[0]), (right, rows[0]), colour="h")
    drawing.text(words, rows[0] + 4, "a line carries a vector", anchor="start")
    drawing.box((left + right) / 2, rows[1], 40, 22, "tanh")
    drawing.text(words, rows[1] + 4, "a box is a layer: weights, then a function", anchor="start")
    drawing.circle((left + right) / 2, rows[2], "\u00d7", radius=9.5)
    drawing.text(words, rows[2] + 4, "a circle works elementwise", anchor="start")
    y = rows[3] - 4
    drawing.meet(
        [(left, y), (44, y)], [(34, y + 16), (34, y), (44, y)], (right, y), ("h", "x")
    )
    drawing.text(words, rows[3] + 4, "lines that meet are concatenated", anchor="start")
    y = rows[4] + 4
    drawing.line((left, y), (right, y), colour="h")
    drawing.line((44, y), (44, y - 13), colour="h")
    drawing.fork(44, y, "h")
    drawing.text(words, rows[4] + 4, "lines that fork are copied", anchor="start")
    drawing.column([0.8, -0.45, 0.05], (left + right) / 2, 161, "h")
    drawing.text(words, 180, "the numbers a vector holds: the bar", anchor="start")
    drawing.text(words, 194, "goes right for plus, left for minus", anchor="start")
    return drawing


def _diagram(cell):
    name = type(cell).__name__
    if name not in DIAGRAMS:
        raise ValueError(
            f"no diagram is known for the cell {name}; there is one for {', '.join(DIAGRAMS)}"
        )
    return DIAGRAMS[name]


def _plain_cell(run, step):
    """The diagram of a step of the plain cell: the run has one step and one sequence."""
    x, before, after = run.inputs[0, 0], run.history[0]["h"][0], run.outputs[0, 0]
    inputs, hidden = len(x), len(after)
    now, past = ("t", "{t-1}") if step is None else (str(step), str(step - 1))
    high = cell_height(hidden) * hidden
    middle = 30 + max(high / 2, 52)
    base = middle + max(46, high / 2 + 4)
    drawing = Drawing(WIDE, base + 30 + cell_height(inputs) * inputs)

    left, right, join, box, fork = 82, 278, 106, 190, 250
    drawing.frame(left, middle - 46, right, base)
    drawing.meet(
        [(20 + HALF, middle), (join + 10, middle)],
        [(join, base + 22), (join, middle), (join + 10, middle)],
        (box - 32, middle),
        ("h", "x"),
    )
    drawing.line((box, middle), (WIDE - 20 - HALF, middle), colour="h")
    drawing.line((fork, middle), (fork, middle - 70), colour="h")
    drawing.fork(fork, middle, "h")
    drawing.box(box, middle, 64, 34, _activation(run.cell))
    drawing.text(
        (box - 32 + join) / 2 + 2, middle - 8, f"{hidden} + {inputs}", size=10.5, faint=True
    )
    weights = run.params
    shapes = [
        name + " " + "\u00d7".join(str(size) for size in weights[name].shape)
        for name in ("W", "U", "b")
    ]
    drawing.text((left + right) / 2, middle + 36, " \u00b7 ".join(shapes), size=10.5, faint=True)
    scale = _scale(before, after)
    for values, x0, label in ((before, 20, f"h_{past}"), (after, WIDE - 20, f"h_{now}")):
        drawing.column(values, x0, middle - high / 2, "h", scale=scale, name=label)
        drawing.text(x0, middle - high / 2 - 8, label, size=12)
    drawing.column(x, join, base + 26, "x", scale=_scale(x), name=f"x_{now}")
    drawing.text(join + HALF + 8, base + 26 + cell_height(inputs) * inputs / 2 + 4, f"x_{now}",
                 size=12, anchor="start")
    drawing.text(fork + 8, middle - 62, "to the read-out", size=10.5, anchor="start", faint=True)
    return drawing


def _plain_chain(run, steps, names, outputs, batch, per_row):
    inputs = run.inputs[:steps, batch]
    states = np.stack([state["h"][batch] for state in run.history[: steps + 1]])
    h_high = cell_height(states.shape[1]) * states.shape[1]
    x_high = cell_height(inputs.shape[1]) * inputs.shape[1]
    x_scale, h_scale = _scale(inputs), _scale(states)
    above = 16 * (outputs is not None) + 16
    under = max(36, h_high / 2 + 4)  # from the chain down to the inputs
    row = above + h_high + 36 + under + x_high + 32
    rows = -(-steps // per_row)
    columns = min(steps, per_row)
    start, pitch = 43, 62
    drawing = Drawing(start + pitch * columns + 7, row * rows - 14)
    for t in range(steps):
        line, place = divmod(t, per_row)
        top = row * line
        middle = top + above + h_high + 36
        left = start + pitch * place
        join, box, fork = left + 7, left + 30, left + 51
        if place == 0:
            drawing.column(
                states[t], HALF + 1, middle - h_high / 2, "h", scale=h_scale, name=f"h_{t}"
            )
            drawing.text(HALF + 1, middle - h_high / 2 - 7, f"h_{t}", size=11.5)
        came = 2 * HALF + 2 if place == 0 else left - pitch + 51
        drawing.frame(left, middle - 22, left + 57, middle + 22)
        drawing.meet(
            [(came, middle), (join + 5, middle)],
            [(join, middle + under), (join, middle), (join + 5, middle)],
            (box - 15, middle),
            ("h", "x"),
        )
        last = place == per_row - 1 or t == steps - 1
        drawing.line((box, middle), (fork, middle), colour="h", arrow=False)
        if last and t < steps - 1:
            drawing.line((fork, middle), (left + pitch + 3, middle), colour="h")
        drawing.line((fork, middle), (fork, middle - 35), colour="h")
        if not last or t < steps - 1:
            drawing.fork(fork, middle, "h")
        drawing.box(box, middle, 31, 20, _activation(run.cell))
        drawing.column(
            states[t + 1], fork, top + above, "h", scale=h_scale, name=f"h_{t + 1}"
        )
        drawing.text(fork, top + above - 5, f"h_{t + 1}", size=11.5)
        drawing.column(inputs[t], join, middle + under, "x", scale=x_scale, name=f"x_{t + 1}")
        label = f"x_{t + 1}" + ("" if names is None else f": {names[t]}")
        drawing.text(join, middle + under + x_high + 13, label, size=11.5)
        if outputs is not None:
            drawing.text(fork, top + 11, outputs[t], size=11, colour="y")
    return drawing


def _scale(*arrays):
    """The number whose bar fills half a cell: 1, or the largest where that is more."""
    values = np.abs(np.concatenate([np.ravel(array) for array in arrays]))
    return max(1.0, values[np.isfinite(values)].max(initial=0.0))


def _activation(cell):
    return {"RNN": "tanh", "RNNReLU": "ReLU"}[type(cell).__name__]


#: What is drawn for a cell, by its class: one step, and a chain of steps.
DIAGRAMS = {
    "RNN": {"cell": _plain_cell, "chain": _plain_chain},
    "RNNReLU": {"cell": _plain_cell, "chain": _plain_chain},
}
