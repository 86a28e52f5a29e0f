"""Diagnosis: a peephole cell whose output gate sees the memory of the step before."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.numpy import Adam, Dense, Network, Peephole, bptt, fit, gradcheck, unroll
from lstmlib.numpy.activations import sigmoid
from lstmlib.tasks import Recall

T, B, M, D = 5, 3, 2, 4
STEPS, UPDATES = 200, (1, 10, 100)
TOLD = ["", "", "write", "", "", "", "clear", "", ""]


class Sick(Peephole):
    """A peephole LSTM whose output gate sees the old c. Its way back is that of this step."""

    def step(self, params, x, state):
        p_i, p_f, p_o = self.rows(params["p"])
        a = x @ params["W"].T + state["h"] @ params["U"].T + params["b"]
        a_i, a_f, a_g, a_o = self.split(a)
        i, f = sigmoid(a_i + p_i * state["c"]), sigmoid(a_f + p_f * state["c"])
        g, o = np.tanh(a_g), sigmoid(a_o + p_o * state["c"])
        c = f * state["c"] + i * g
        return {"h": o * np.tanh(c), "c": c, "i": i, "f": f, "g": g, "o": o}

    def step_back(self, params, x, state, new, d_new):
        p_i, p_f, p_o = self.rows(params["p"])
        i, f, g, o = (new[gate] for gate in "ifgo")
        tanh_c = np.tanh(new["c"])
        d_o = d_new["h"] * tanh_c * o * (1 - o)
        d_c = d_new["c"] + d_new["h"] * o * (1 - tanh_c**2)
        d_i, d_f = d_c * g * i * (1 - i), d_c * state["c"] * f * (1 - f)
        d_a = np.concatenate([d_i, d_f, d_c * i * (1 - g**2), d_o], axis=-1)
        d_old = d_c * f + p_i * d_i + p_f * d_f + p_o * d_o
        return d_a, {"h": d_a @ params["U"], "c": d_old}

    def gather(self, params, x, state, new, d_a):
        """p_o gets its gradient by the c that this gate has seen."""
        return super().gather(params, x, state, {**new, "c": state["c"]}, d_a)


def checked(cell):
    """The verdict of a gradient check on random parameters, inputs and states."""
    rng = np.random.default_rng(10)
    params = {name: rng.normal(size=shape) for name, shape in cell.param_shapes.items()}
    x, seen = rng.normal(size=(T, B, M)), rng.normal(size=(T, B, D))
    state = {name: rng.normal(size=(B, D)) for name in ("h", "c")}
    grads = bptt(unroll(cell, params, x, state), seen)

    def loss(point):
        start = {name: point[f"{name}_0"] for name in state}
        weights = {name: point[name] for name in params}
        return (unroll(cell, weights, point["x"], start).outputs * seen).sum()

    starts, found = ({f"{name}_0": each[name] for name in state} for each in (state, grads.state))
    return gradcheck(loss, {**params, **starts, "x": x},
                     {**grads.params, **found, "x": grads.inputs}).verdict


def shares(cell):
    """The least and the largest output gate of a run with large peepholes."""
    rng = np.random.default_rng(11)
    params = {name: 3 * rng.normal(size=shape) for name, shape in cell.param_shapes.items()}
    run = unroll(cell, params, rng.normal(size=(STEPS, B, M)))
    o = np.stack([entry["o"] for entry in run.history[1:]])
    return o.min(), o.max()


def moved(cell):
    """The length of p, which starts at 0, after 1, 10 and 100 updates of a training."""
    task = Recall(5)
    net = Network(cell(task.input_size, D), Dense(D, task.output_size), loss=task.loss)
    start, rng = net.init(np.random.default_rng(12)), np.random.default_rng(13)
    start["cell.p"] = np.zeros((3, D))
    batches = (task.batch(rng, batch=16) for _ in range(UPDATES[-1]))
    training, far = fit(net, start, batches, Adam(0.01)), []
    for done, _ in enumerate(training, 1):
        if done in UPDATES:
            far.append(np.linalg.norm(training.params["cell.p"]))
    return far


def trace(cell):
    """One unit by hand: told to write 1 at step 3 and to clear at step 7; c and o at each step."""
    params = {"W": np.zeros((4, 2)), "U": np.zeros((4, 1)), "p": np.array([[0.0], [0.0], [12.0]]),
              "b": np.array([-20.0, 20.0, 0.0, -6.0])}
    params["W"][0, 0], params["W"][2, 0], params["W"][1, 1] = 40.0, 20.0, -40.0
    x = np.zeros((len(TOLD), 1, 2))
    for line, word in enumerate(("write", "clear")):
        x[TOLD.index(word), 0, line] = 1
    run = unroll(cell(2, 1), params, x)
    return [tuple(entry[name].item() for name in "coh") for entry in run.history[1:]]


def symptoms():
    """The four looks at the cell, as a table."""
    least, largest = shares(Sick(M, D))
    lines = [f"gradient check, full gradient: {checked(Sick(M, D))}",
             f"output gate, {STEPS} random steps: {least:.2f} to {largest:.2f}",
             "length of p, from a start at 0"]
    lines += [f"  {far:.3f} after {done} update{'s' * (done > 1)}"
              for done, far in zip(UPDATES, moved(Sick))]
    lines += ["", "step told      c_t    o_t    h_t"]
    for t, (word, (c, o, h)) in enumerate(zip(TOLD, trace(Sick)), 1):
        lines.append(f"{t:>4} {word:6}{c:>7.3f}{o:>7.3f}{h:>7.3f}")
    return "\n".join(lines)


EXERCISE = Choice(
    kind="diagnosis",
    title="Sick peepholes",
    level="standard",
    statement=r"""Somebody has written an LSTM with peepholes,

$$\begin{aligned}
a_t &= W x_t + U h_{t-1} + b \\
i_t &= \sigma(a_i + p_i \odot c_{t-1}) \qquad f_t = \sigma(a_f + p_f \odot c_{t-1}) \\
g_t &= \tanh(a_g) \\
c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
o_t &= \sigma(a_o + p_o \odot c_t) \\
h_t &= o_t \odot \tanh(c_t)
\end{aligned}$$

and it trains. But before it is relied on it is looked at in four ways: a gradient check of
everything, on random numbers; the range of its output gates with large random weights; the length
of $p$ in a training that begins with $p = 0$; and one unit with weights set by hand. That unit
keeps what it has ($f = 1$), writes 1 when it is told *write* and loses it when it is told *clear*.
The only peephole is the output gate's, $p_o = 12$, and its $a_o$ is $-6$ at every step, so that the
gate should stand open exactly while there is something in the cell.

One thing is wrong. What?""",
    symptoms=symptoms,
    options=[
        Option(
            "the output gate's peephole is added after the σ: `o = sigmoid(a_o) + p_o * c`",
            "Then o would leave the range from 0 to 1, and with p_o = 12 it would be 12 in the"
            " trace.",
        ),
        Option(
            "the way back leaves out the errors that come through the peepholes, as the papers of"
            " 2000 and 2002 did",
            "Then the gradient check would disagree, and the forward pass, the trace, would be"
            " right. It is the other way round.",
        ),
        Option(
            "`p` is set back to zero before every batch",
            "Then p would never be longer than one update makes it, about 0.03. It grows to 1.4.",
        ),
        Option("the output gate sees `c_{t-1}` in the place of `c_t`", right=True),
        Option(
            "the output gate sees `tanh(c_t)` in the place of `c_t`",
            "Then o would open in the very step in which 1 is written, to σ(-6 + 12 · 0.76) ="
            " 0.96. It opens a step later, to 0.998.",
        ),
        Option(
            "the forget gate clears one step too late",
            "c is 0 in the very step in which it is told to clear. It is o that does not know of"
            " it yet.",
        ),
    ],
    hints=(
        "A gradient check compares a way back with *its own* forward pass. What kind of mistake"
        " does it clear, and what kind can't it see?",
        "In the trace, go to the step where 1 is written. Which numbers of that line are right,"
        " and what should o be?",
        "Undo the σ: o = 0.002 is σ(-6), and o = 0.998 is σ(6) = σ(-6 + 12 · 1). With which c was"
        " each made?",
    ),
    passed="A wrong step has a right gradient, so the check by pushes agreed. What finds such a"
    " fault is a case whose result you know beforehand: one unit, weights set by hand, and"
    " a look at the step where something changes.",
)
