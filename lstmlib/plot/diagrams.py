"""Diagrams of cells and of their unrolled chains, drawn from a network that runs.

Every shape and every number in them is read from the cell, its parameters and its run. A cell's
own part of a diagram is one function in DIAGRAMS; the rest is shared.
"""

from functools import partial

import numpy as np

from lstmlib.numpy import contract, unroll
from lstmlib.plot import gru_diagram, lstm_diagram
from lstmlib.plot.drawing import HALF, WIDE, Drawing, cell_height, scale_of
from lstmlib.plot.lstm_diagram import STAGES


def draw_cell(cell, params, x, state=None, step=None, stage=None, changed=False):
    """One step of a cell, with the numbers that go in and come out.

    ``x`` is one input (M,), ``state`` the state before the step, {"h": (D,)}, with "c" for an
    LSTM, or None for zeros. With ``step=3`` the labels read h_2, x_3 and h_3 instead of h_{t-1},
    x_t and h_t.

    An LSTM or GRU of up to three units also shows the numbers of its gates and within; a larger
    one only those that go in and come out. An LSTM's ``stage``, one of STAGES, draws the step so
    far: "meet" (h_{t-1} and x_t run on side by side), "forget" (f_t and what it leaves of
    c_{t-1}), "write" (i_t, g_t and their product), "update" (c_t), "show" (o_t and h_t). That
    stage is drawn strongest; what comes later is faint and has no numbers yet. Cells without
    forget gate have no "forget".

    ``changed=True`` draws a variant of the LSTM as a difference: what the LSTM has too is faint;
    what the variant changes is strong and has a halo, its name stands above, and where a part is
    gone there is a dashed outline. So is GRUResetBefore compared with GRU, and MGU with that.

    >>> import numpy as np
    >>> from lstmlib.numpy import LSTM
    >>> cell = LSTM(2, 3)
    >>> drawing = draw_cell(cell, cell.init(np.random.default_rng(0)), np.ones(2), stage="write")
    """
    diagram = _diagram(cell)
    if stage is not None and stage not in diagram["stages"]:
        raise ValueError(
            "draw_cell: stage must be None"
            + "".join(f" or {name!r}" for name in diagram["stages"])
            + f" for the cell {type(cell).__name__}, got {stage!r}"
        )
    changed = contract.take_flag(changed, "changed")
    if changed and (stage is not None or not diagram.get("changes")):
        raise ValueError(contract.problem(
            "changed", "True" if stage is None else f"True with stage {stage!r}",
            f"False for the cell {type(cell).__name__}" if stage is None else
            "either a stage or changed=True"))
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
    wanted = {"stage": stage} if stage else {"changed": True} if changed else {}
    return diagram["cell"](unroll(cell, params, x[None, None], state), step, **wanted)


def draw_unrolled(run, inputs=None, outputs=None, batch=0, per_row=None):
    """The chain of one sequence of a run: a copy of the cell for each step.

    Columns of numbers show the inputs x_1, x_2, ... and the states h_0, h_1, ..., for an LSTM
    also c_0, c_1, ..., of sequence ``batch``. ``inputs`` may name each input ("a", "b", ...);
    ``outputs`` is a text a step, set above the states. After ``per_row`` steps the chain goes on
    in a further row, which repeats the state it starts from. None takes as many as fit the
    page's width: five, of an LSTM four.

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
    diagram = _diagram(run.cell)
    if "chain" not in diagram:
        raise ValueError(f"draw_unrolled: no chain is known for the cell {type(run.cell).__name__}")
    if per_row is None:
        per_row = diagram["per_row"]
    if isinstance(per_row, bool) or not isinstance(per_row, int) or per_row < 1:
        raise ValueError(f"draw_unrolled: per_row must be a positive integer, got {per_row!r}")
    steps = len(run.outputs) if run.lengths is None else int(run.lengths[batch])
    for name, texts in (("inputs", inputs), ("outputs", outputs)):
        if texts is not None and len(texts) != steps:
            raise ValueError(
                f"draw_unrolled: {name} must hold one text for each of {steps} steps, "
                f"got {len(texts)}"
            )
    return diagram["chain"](run, steps, inputs, outputs, batch, per_row)


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
    scale = scale_of(before, after)
    for values, x0, label in ((before, 20, f"h_{past}"), (after, WIDE - 20, f"h_{now}")):
        drawing.column(values, x0, middle - high / 2, "h", scale=scale, name=label)
        drawing.text(x0, middle - high / 2 - 8, label, size=12)
    drawing.column(x, join, base + 26, "x", scale=scale_of(x), name=f"x_{now}")
    drawing.text(join + HALF + 8, base + 26 + cell_height(inputs) * inputs / 2 + 4, f"x_{now}",
                 size=12, anchor="start")
    drawing.text(fork + 8, middle - 62, "to the read-out", size=10.5, anchor="start", faint=True)
    return drawing


def _plain_chain(run, steps, names, outputs, batch, per_row):
    inputs = run.inputs[:steps, batch]
    states = np.stack([state["h"][batch] for state in run.history[: steps + 1]])
    h_high = cell_height(states.shape[1]) * states.shape[1]
    x_high = cell_height(inputs.shape[1]) * inputs.shape[1]
    x_scale, h_scale = scale_of(inputs), scale_of(states)
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


def _activation(cell):
    return {"RNN": "tanh", "RNNReLU": "ReLU"}[type(cell).__name__]


_PLAIN = {"cell": _plain_cell, "chain": _plain_chain, "stages": (), "per_row": 5}

#: What is drawn for a cell, by its class: one step, and a chain of steps.
DIAGRAMS = {"RNN": _PLAIN, "RNNReLU": _PLAIN} | {
    name: {
        "cell": partial(lstm_diagram.draw_step, parts),
        "stages": lstm_diagram.stages(parts),
        "changes": bool(parts["changes"]),
    }
    for name, parts in lstm_diagram.PARTS.items()
}
DIAGRAMS |= {
    name: {
        "cell": partial(gru_diagram.draw_step, parts),
        "stages": (),
        "changes": bool(parts["changes"]),
    }
    for name, parts in gru_diagram.PARTS.items()
}
for _name in ("LSTM", "LSTM1997"):
    DIAGRAMS[_name] |= {"chain": partial(lstm_diagram.draw_chain, lstm_diagram.PARTS[_name]),
                        "per_row": 4}
