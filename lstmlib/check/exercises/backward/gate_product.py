"""What arrives by the product of the forget gates, and how much more the gradient is."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.check.exercises.backward import forward
from lstmlib.numpy import LSTM


def cell_errors(params, x, history, d_last):
    """The whole error at c_0, ..., c_T, for an error at the last c alone: (T+1, B, D)."""
    cell = LSTM(x.shape[2], d_last.shape[1])
    found, d_new = [d_last], {"h": 0 * d_last, "c": d_last}
    for t in reversed(range(len(x))):
        d_new = cell.step_back(params, x[t], history[t], history[t + 1], d_new)[1]
        up = d_new["h"] * history[t]["o"] * (1 - np.tanh(history[t]["c"]) ** 2) if t else 0
        found.insert(0, d_new["c"] + up)
    return np.stack(found)


def probes(rng):
    def drawn(T, B, D, **fixed):
        params, x, history = forward(rng, T, B, 2, D, **fixed)
        d_last = rng.uniform(0.5, 1.5, (B, D)) * rng.choice([-1, 1], (B, D))
        f = np.stack([new["f"] for new in history[1:]])
        return (f, cell_errors(params, x, history, d_last)), {"T + 1": T + 1, "B": B, "D": D}

    args, sizes = drawn(1, 1, 3)
    yield Probe("a single step", args, "With T = 1 there are two rows: at lag 0 the error has passed no gate, at lag 1 it has passed the only one.", sizes)
    args, sizes = drawn(3, 1, 1, U=np.zeros((4, 1)))
    yield Probe("U = 0", args, "Here the roads through h are shut, so the product of the gates is the whole gradient and every ratio is 1. Which gate does the error pass first?", sizes)
    args, sizes = drawn(5, 1, 2)
    yield Probe("U open, one sequence", args, "Now more arrives than the gates let through, or less. Look at which row of `d_c` belongs to which lag, and at whose length stands above.", sizes)
    args, sizes = drawn(7, 3, 2)
    yield Probe("random numbers", args, "Three sequences of two units: each number has gates of its own, and at each lag the length is that of all of them together.", sizes)


def reference(f, d_c):
    T = len(f)
    gates = np.concatenate([np.zeros_like(f[:1]), np.cumsum(np.log(f[::-1]), axis=0)])
    alone = np.exp(gates) * d_c[-1]
    squares = lambda v: np.einsum("kbd,kbd->k", v, v)
    return alone, np.sqrt(squares(d_c[T - np.arange(T + 1)]) / squares(alone))


STEP = "alone.append(alone[-1] * f[T - k])"
RATIO = "np.linalg.norm(whole, axis=(1, 2)) / np.linalg.norm(alone, axis=(1, 2))"

EXERCISE = Code(
    title="The product of the forget gates, and the rest",
    level="standard",
    statement=r"""An LSTM has read $T$ steps, and an error arrives at its last cell state $c_T$, nowhere else. How much of it gets back to $c_{T-k}$, $k$ steps before? On the cell's own road, $c_t = f_t \odot c_{t-1} + \dots$, it passes one forget gate a step and nothing else. The roads through $h$ bring more, or take some away.

Given are `f`, $(T, B, D)$, the forget gates of all steps, where `f[0]` is $f_1$; and `d_c`, $(T + 1, B, D)$, the whole errors at the cell states as a full way back has found them, on all roads: `d_c[0]` at $c_0$, up to `d_c[T]` at $c_T$.

Return

- `alone`, $(T + 1, B, D)$: what arrives on the cell's own road alone, **by lag**: row $k$ is what is left at $c_{T-k}$ of the error at $c_T$, and row 0 is the error at $c_T$ itself;
- `ratio`, $(T + 1,)$: by lag, how many times as long the whole error is as that of the cell alone. The length at one lag is the root of the sum of the squares of all its $B \cdot D$ numbers.

Here is the same for another cell, a leaky memory $c_t = k \odot c_{t-1} + \dots$ whose shares $k$ are the same at every step: only there it is a power.""",
    example='''def leaky_by_lag(k, d_last, T):
    return np.stack([d_last * k ** lag for lag in range(T + 1)])


k, d_last = np.array([[0.9, 0.5]]), np.array([[1.0, -2.0]])
found = leaky_by_lag(k, d_last, T=3)       # of one sequence, two units
print(found[:, 0])                         # a row for each lag
print("lengths:", np.linalg.norm(found, axis=(1, 2)).round(3))''',
    task="Now the LSTM, whose gates are others at every step, in every unit and in every sequence.",
    starter='''def gate_product(f, d_c):
    """By lag: the cell's own error, and how many times as long the whole is."""
    T = len(f)
    ...
    return alone, ratio''',
    returns=("alone", "ratio"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("one gate too many", "At lag k you pass k + 1 gates. At c_T itself no gate has been passed yet, and at c_{T-1} one: f_T.",
                swap=[("alone = [d_c[T]]", "alone = [d_c[T] * f[T - 1]]"), (STEP, "alone.append(alone[-1] * f[max(T - k - 1, 0)])")]),
        Mistake("lag 0 missing", "The row of lag 0 is missing, where no gate has been passed yet: with lags 0 to T there is one row more than there are gates.",
                swap=[("return alone, ratio", "return alone[1:], ratio[1:]")]),
        Mistake("lag T missing", "The row of lag T is missing, the one for c_0: with lags 0 to T there is one row more than there are gates.",
                swap=[("return alone, ratio", "return alone[:-1], ratio[:-1]")]),
        Mistake("f_T left out", "The first gate on the way back is left out: from c_T to c_{T-1} the error passes f_T, which is `f[T - 1]`.",
                swap=[(STEP, "alone.append(alone[-1] * (f[T - k + 1] if k > 1 else 1))")]),
        Mistake("gates shifted by one", "You pass f_{T-1} first. c_T was made of c_{T-1} with the gate of step T, which is `f[T - 1]`, since Python counts from 0.",
                swap=[(STEP, "alone.append(alone[-1] * f[max(T - k - 1, 0)])")]),
        Mistake("gates shifted by one, and round the end", "At lag k you take `f[T - k - 1]`, one index too low; and at lag T that is `f[-1]`, which Python takes without a word for the last gate.",
                swap=[(STEP, "alone.append(alone[-1] * f[T - k - 1])")]),
        Mistake("gates in the order of time", "The gates are multiplied from the first step on: f_1, f_1 f_2, and so on. The error starts at the end and meets f_T first.",
                swap=[(STEP, "alone.append(alone[-1] * f[k - 1])")]),
        Mistake("a power of the mean", "You raise the mean gate over the steps to the power k. The product of different numbers is not the power of their mean, and a unit that shuts once has lost the error.",
                swap=[(STEP, "alone.append(d_c[T] * f.mean(axis=0) ** k)")]),
        Mistake("a power of the last gate", "You raise one gate to the power k. That is the leaky memory of the example; here each step has a gate of its own.",
                swap=[(STEP, "alone.append(d_c[T] * f[T - 1] ** k)")]),
        Mistake("mean over the units", "You take the mean gate of each step for all units. Each unit has its own gate, and its own road.",
                swap=[(STEP, "alone.append(alone[-1] * f[T - k].mean(axis=-1, keepdims=True))")]),
        Mistake("mean over the batch", "You take the mean gate of each step for all sequences. Each sequence has opened the gates in its own way.",
                swap=[(STEP, "alone.append(alone[-1] * f[T - k].mean(axis=0))")]),
        Mistake("a sum of gates", "You add the gates up. A share of a share is a product.",
                swap=[(STEP, "alone.append(d_c[T] * f[T - k:].sum(axis=0))")]),
        Mistake("the gate of one step only", "At lag k the error has passed one gate only in your code. It has to come through all of them, one after the other.",
                swap=[(STEP, "alone.append(d_c[T] * f[T - k])")]),
        Mistake("the product without the error", "`alone` is the product of the gates itself. It says which share of the error is left: the error at c_T has to stand before it.",
                swap=[("alone = [d_c[T]]", "alone = [np.ones_like(d_c[T])]")]),
        Mistake("begins at c_0", "You begin with the error at c_0, `d_c[0]`. The error comes in at c_T.",
                swap=[("alone = [d_c[T]]", "alone = [d_c[0]]")]),
        Mistake("the whole error through the gates", "At each lag you take the whole error one step later and let it through one gate. What came through h has no place on the cell's own road: begin at c_T, and stay on it.",
                swap=[(STEP, "alone.append(d_c[T - k + 1] * f[T - k])")]),
        Mistake("by time, not by lag", "`alone` is right, but turned round: its first row is what is left at c_0. Row k is lag k.",
                swap=[("return alone, ratio", "return alone[::-1], ratio")]),
        Mistake("both by time", "`alone` and `ratio` are right, but turned round: their first row is c_0's. Row k is lag k.",
                swap=[("return alone, ratio", "return alone[::-1], ratio[::-1]")]),
        Mistake("whole errors not turned round", "`alone` is by lag and `d_c` by time, and you compare them row by row: the error at c_0 with that at c_T. Lag k belongs to `d_c[T - k]`.",
                swap=[("whole = d_c[::-1]", "whole = d_c")]),
        Mistake("ratio upside down", "You divide the cell's own length by the whole one. Asked is how many times as long the whole is.",
                swap=[(RATIO, "np.linalg.norm(alone, axis=(1, 2)) / np.linalg.norm(whole, axis=(1, 2))")]),
        Mistake("how much longer, in parts", "You give what the whole length has more than the cell's own, in parts of it: the ratio less 1. Asked is how many *times* as long it is.",
                swap=[(RATIO, RATIO + " - 1")]),
        Mistake("a difference of lengths", "You subtract the lengths. Asked is how many times as long the whole one is: divide.",
                swap=[(RATIO, RATIO.replace(" / ", " - "))]),
        Mistake("the length of the difference", "Above stands the length of what came through h, whole less alone. Asked is that of the whole error.",
                swap=[(RATIO, RATIO.replace("norm(whole,", "norm(whole - alone,"))]),
        Mistake("squares instead of lengths", "You divide sums of squares, without the root. A length is the root of the sum.",
                swap=[(RATIO, "(whole ** 2).sum(axis=(1, 2)) / (alone ** 2).sum(axis=(1, 2))")]),
        Mistake("sums instead of lengths", "You divide sums of the numbers. Positive and negative errors cancel there; take squares, and the root of their sum.",
                swap=[(RATIO, "whole.sum(axis=(1, 2)) / alone.sum(axis=(1, 2))")]),
        Mistake("sizes added instead of lengths", "You divide sums of absolute values. That is a size too, but another; asked is the root of the sum of squares.",
                swap=[(RATIO, "np.abs(whole).sum(axis=(1, 2)) / np.abs(alone).sum(axis=(1, 2))")]),
        Mistake("mean of the ratios", "You divide number by number and take the mean. Where a gate was nearly shut a tiny number stands below, and decides everything. Divide the lengths.",
                swap=[(RATIO, "np.abs(whole / alone).mean(axis=(1, 2))")]),
        Mistake("a length for each sequence, then their mean", "You take the ratio of lengths for each sequence and then the mean. Here the length at a lag is that of all B times D numbers together.",
                swap=[(RATIO, "(np.linalg.norm(whole, axis=2) / np.linalg.norm(alone, axis=2)).mean(axis=1)")]),
        Mistake("one number for all lags", "`ratio` is one number: the length is taken over all lags together. Each lag has its own.",
                swap=[(RATIO, "np.linalg.norm(whole) / np.linalg.norm(alone)")]),
    ],
    hints=(
        "Write the rows for lags 0, 1 and 2 down on paper, with indices: c_T, c_{T-1}, c_{T-2}. Which gates has the error passed each time?",
        "Each row is the one before it times one gate more. At lag k that gate is f_{T-k+1}; with `f[0]` for f_1, which index is that?",
        "`d_c` is in the order of time: `d_c[::-1]` is by lag. `np.linalg.norm(v, axis=(1, 2))` gives one length a row.",
    ),
    passed="The product of the forget gates is the part of the gradient that travels on the cell's own road, and no more. Whoever quotes it as the gradient of an LSTM quotes `alone`; what training sees is that times `ratio`.",
)
