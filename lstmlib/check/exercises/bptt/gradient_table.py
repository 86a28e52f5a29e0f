"""Diagnosis: a gradient check of a broken way back, in four situations."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.numpy import (
    RNN, Dense, Network, numerical_gradient, one_hot, softmax_cross_entropy, unroll)

NET = Network(RNN(3, 4), Dense(4, 3))
NAMES = {"cell.W": "W", "cell.U": "U", "cell.b": "b", "read.V": "V", "read.b_y": "b_y",
         "x": "x", "h_0": "h_0"}


def symptoms():
    """Each gradient against central differences, for sequences of one step and of five."""
    situations = {"A": (1, 0, False), "B": (1, 1, False), "C": (5, 1, True), "D": (5, 1, False)}
    table = [["", *situations]] + [[name] for name in NAMES.values()]
    for T, size, end in situations.values():
        rng = np.random.default_rng(8)
        point = {name: rng.normal(size=shape) for name, shape in NET.param_shapes.items()}
        point["x"] = one_hot(rng.integers(3, size=(T, 2)), 3)
        point["h_0"] = 0.8 * size * rng.normal(size=(2, 4))
        y = rng.integers(3, size=(T, 2))
        asked = np.broadcast_to(np.arange(T)[:, None] >= (T - 1 if end else 0), y.shape)
        numeric = numerical_gradient(lambda p: loss(p, y, asked), point)
        broken = way_back(point, y, asked)
        for row, name in zip(table[1:], NAMES, strict=True):
            row.append(compared(broken[name], numeric[name]))
    return "\n".join("".join(f"{entry:<8}" for entry in row).rstrip() for row in table)


def loss(p, y, asked):
    weights = {name: p[name] for name in NET.param_shapes}
    return NET.evaluate(weights, p["x"], y, {"h": p["h_0"]}, mask=asked).loss


def way_back(p, y, asked):
    """The patient."""
    cell = {name: p["cell." + name] for name in "WUb"}
    run = unroll(NET.cell, cell, p["x"], {"h": p["h_0"]})
    h = [p["h_0"], *run.outputs]
    head = {"V": p["read.V"], "b_y": p["read.b_y"]}
    _, d_s = softmax_cross_entropy(NET.readout.forward(head, run.outputs), y, asked)
    found = {name: np.zeros(value.shape) for name, value in p.items()}
    d_h = np.zeros(h[0].shape)
    for t in reversed(range(len(y))):
        found["read.V"] += d_s[t].T @ h[t + 1]
        found["read.b_y"] += d_s[t].sum(axis=0)
        d_a = (d_s[t] @ head["V"] + d_h) * (1 - h[t + 1] ** 2)
        found["cell.W"] += d_a.T @ p["x"][t]
        found["cell.U"] += d_a.T @ h[t]
        found["cell.b"] += d_a.sum(axis=0)
        found["x"][t] = d_a @ cell["W"]
        d_h = (d_a @ cell["U"]) * (1 - h[t] ** 2)
    return found | {"h_0": d_h}


def compared(grad, numeric):
    if np.abs(numeric).max() < 1e-9 and not grad.any():
        return "0"
    off = np.abs(grad - numeric).max() / np.abs(numeric).max()
    return "agree" if off < 1e-6 else f"{off:.0%}"


EXERCISE = Choice(
    kind="diagnosis",
    title="Which line is broken?",
    level="standard",
    statement="""A plain cell with a read-out and a softmax, trained with a way back that somebody
wrote at night. In equations it should be, from the last step to the first,

$$\\begin{aligned}
\\delta h_t &= V^\\top \\delta s_t + U^\\top \\delta a_{t+1} \\\\
\\delta a_t &= (1 - h_t^2) \\odot \\delta h_t \\\\
\\delta W &= \\textstyle\\sum_t \\delta a_t\\, x_t^\\top \\quad
\\delta U = \\sum_t \\delta a_t\\, h_{t-1}^\\top \\\\
\\delta b &= \\textstyle\\sum_t \\delta a_t \\quad \\delta x_t = W^\\top \\delta a_t
\\end{aligned}$$

and $\\delta h_0 = U^\\top \\delta a_1$. Exactly one line was written wrongly. Each gradient is held
against central differences, which are right, in four situations:

- **A**: sequences of one step, $h_0 = 0$
- **B**: sequences of one step, $h_0$ not zero
- **C**: five steps, $h_0$ not zero, a loss at the end only
- **D**: five steps, $h_0$ not zero, a loss at each step

In the table `30%` means that the largest difference is 30 % of the largest entry, and `0` that
there is nothing to compare, since both are zero. Which line is broken?""",
    options=[
        Option("δh_t: the term from step t + 1 is left out, each step hears of its own output only",
               "Then sequences of one step would be right throughout, as there is no step t + 1. "
               "But in B δh₀ is off already."),
        Option("δh_t and δh₀: U is used where U transposed is due",
               "Then δh₀ would be off after one step whatever h₀ is, for h₀ is not in its formula. "
               "In A it agrees."),
        Option("δU: it is made with h_t instead of h_{t-1}",
               "Then δU would be off and nothing else, for nothing else is made from δU. Yet with "
               "one step δU agrees, and with five W, b and x are off too."),
        Option("δa_t: the slope is taken at the state before, 1 - h_{t-1}²",
               "Then W, b and x would be off with a single step already; they agree there."),
        Option("What goes back to the state before, Uᵀδa_t, is multiplied by 1 - h_{t-1}² as well, "
               "and then again at step t - 1", right=True),
        Option("What goes back to the state before is Uᵀδh_t instead of Uᵀδa_t: the tanh is left "
               "out there",
               "Then δh₀ would be off in A too: the slope left out is that at "
               "h₁, which is not zero. There it agrees."),
    ],
    symptoms=symptoms,
    hints=(
        "Begin with what is right: V and b_y always, and with one step everything but h_0. Which "
        "lines does that acquit?",
        "With one step only δh₀ can be off without W, U, b and x being off: it is the only one "
        "made from what goes *back* out of the step. With five steps that error gets into "
        "everything earlier.",
        "A and B differ in nothing but h₀, and δh₀ is right where h₀ is zero. So the "
        "broken expression contains the old state, in such a way that zero makes it right. Which "
        "of the lines does?",
    ),
    passed="The slope twice: at h₀ = 0 the extra factor 1 - h₀² is 1, so that check saw nothing, "
           "and with a single step only δh₀ can show it. A gradient check is as good as the point "
           "it is made at: start it from a state that is not zero, check δh₀, and take more than "
           "one step.",
)
