"""Diagnosis: a way back with one wrong line, and what a gradient check by gate and by lag sees."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.numpy import LSTM

T, M, D = 6, 2, 3


class Sick(LSTM):
    """An LSTM whose error at c is handed on without its forget gate."""

    def step_back(self, params, x, state, new, d_new):
        d_a, d_state = super().step_back(params, x, state, new, d_new)
        return d_a, {"h": d_state["h"], "c": d_state["c"] / new["f"]}


def laboratory():
    """Weights, inputs, a start and an error at the last output."""
    rng = np.random.default_rng(8)
    params = {name: 0.5 * rng.normal(size=shape) for name, shape in LSTM(M, D).param_shapes.items()}
    params["b"][D:2 * D] += 0.8
    start = {"h": rng.uniform(-0.5, 0.5, D), "c": rng.normal(size=D)}
    return params, rng.normal(size=(T, M)), start, rng.normal(size=D)


def pushed(params, x, start, d_last):
    """The errors at every a and every c, (T, 4D) and (T, D), each number by a push of its own."""
    def loss(at, d_a, d_c):
        h, c = start["h"], start["c"]
        for t in range(T):
            a = params["W"] @ x[t] + params["U"] @ h + params["b"] + d_a * (t == at)
            i, f, o = (1 / (1 + np.exp(-a[k * D:(k + 1) * D])) for k in (0, 1, 3))
            c = f * c + i * np.tanh(a[2 * D:3 * D]) + d_c * (t == at)
            h = o * np.tanh(c)
        return (d_last @ h).imag / 1e-20

    return (np.array([[loss(t, 1e-20j * unit, 0) for unit in np.eye(4 * D)] for t in range(T)]),
            np.array([[loss(t, 0, 1e-20j * unit) for unit in np.eye(D)] for t in range(T)]))


def by_way_back(cell, params, x, start, d_last):
    """The same by the cell's own way back."""
    history = [start]
    for x_t in x:
        history.append(cell.step(params, x_t, history[-1]))
    d_a, d_c, d_new = [None] * T, [None] * T, {"h": d_last, "c": 0 * d_last}
    for t in reversed(range(T)):
        new = history[t + 1]
        d_c[t] = d_new["c"] + d_new["h"] * new["o"] * (1 - np.tanh(new["c"]) ** 2)
        d_a[t], d_new = cell.step_back(params, x[t], history[t], new, d_new)
    return np.array(d_a), np.array(d_c)


def measured(cell):
    """By lag: how far each gate's error is off, in parts of its length; both lengths of the error at c."""
    here = laboratory()
    (right_a, right_c), (found_a, found_c) = pushed(*here), by_way_back(cell, *here)
    norm = lambda v: np.linalg.norm(v, axis=-1)
    blocks = lambda v: v.reshape(T, 4, D)
    off = norm(blocks(found_a - right_a)) / norm(blocks(right_a))
    return off[::-1], norm(right_c)[::-1], norm(found_c)[::-1]


def symptoms():
    """The check by gate and by lag, as a table."""
    off, right, found = measured(Sick(M, D))
    lines = ["     errors at a, off by   length at c",
             "lag    i    f    g    o   pushed   hers"]
    for lag in range(T):
        parts = ("0" if part < 1e-9 else f"{part:.0%}" for part in off[lag])
        cells = "".join(f"{part:>5}" for part in parts)
        lines.append(f"{lag:>3}{cells}{right[lag]:>9.3f}{found[lag]:>7.3f}")
    return "\n".join(lines)


EXERCISE = Choice(
    kind="diagnosis",
    title="A sick way back",
    level="standard",
    statement=r"""Somebody has written the way back of an LSTM,

$$\begin{aligned}
a_t &= W x_t + U h_{t-1} + b \\
i_t &= \sigma(a_i) \quad f_t = \sigma(a_f) \quad o_t = \sigma(a_o) \\
g_t &= \tanh(a_g) \\
c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
h_t &= o_t \odot \tanh(c_t)
\end{aligned}$$

and `gradcheck` says *disagree*, for every array of weights. So she looks closer. The loss sees the last output only. At each lag, that is so many steps before the last, she compares the errors that her way back finds at the pre-activations $a_i, a_f, a_g, a_o$ with what pushes measure, and gives the difference in percent of the right length. (0: no difference.) Beside it stand the lengths of the error at $c$: as pushes measure it, and as her way back finds it.

One line is wrong. Which?""",
    symptoms=symptoms,
    options=[
        Option("the error of `f` is made with `c_t` where `c_{t-1}` belongs",
               "Then column f would be off in the row of lag 0 already, where everything is right."),
        Option("the road from `h_t` up into `c_t` is missing",
               "Then, with an error at the last `h` alone, `i`, `f` and `g` would get nothing at lag 0: 100 % off. That row is right."),
        Option("the error at `c_t` is not handed on to `c_{t-1}` at all",
               "The pattern of zeros would be the same: right at lag 0, and at lag 1 only `o` still right. But then the error at `c` would come out too short, with one road fewer. Compare the last two columns."),
        Option("the error at `c_t` is handed on to `c_{t-1}` without passing the forget gate", right=True),
        Option("each block of `U` is transposed on the way to `h_{t-1}`",
               "Then the error at `h` would be wrong one step back, and `o` hears of nothing but `h`: its column would be off at lag 1. It is right there."),
        Option("the candidate is given the slope of σ, `g (1 - g)`",
               "Then column g would be off in the row of lag 0 already, where everything is right."),
    ],
    hints=(
        "At lag 0 all four are right. Which lines of a step back does that clear, and which does it not look at?",
        "At lag 1 `o` is right and the others are not. `o` hears of the error at `h`, the others of the error at `c`. So what did the first step back hand on rightly, and what not?",
        "What was handed on to `c` is wrong, at every step. Is it too much or too little? The last two columns say so.",
    ),
    passed="At lag 0 the step itself is cleared, at lag 1 the road through h; what is left is the hand-over from cell to cell, and the error there is too long: something that should shorten it is missing. A check that is cut up by gate and lag finds the line, where a verdict on W finds only that there is one.",
)
