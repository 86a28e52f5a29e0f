"""Truncated backpropagation: the state is carried over a border, its gradient is not."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import RNN, bptt, unroll


def probes(rng):
    def case(name, says, k, T, B, M, D, outputs=slice(None)):
        cell = RNN(M, D)
        params = {key: 0.8 * rng.normal(size=shape) for key, shape in cell.param_shapes.items()}
        x, h_0 = rng.normal(size=(T, B, M)), 0.8 * rng.normal(size=(B, D))
        run = unroll(cell, params, x, {"h": h_0})
        d_outputs = np.zeros((T, B, D))
        d_outputs[outputs] = rng.normal(size=(T, B, D))[outputs]
        h = [h_0, *(np.array(each) for each in run.outputs)]
        return Probe(name, (params, x, h, d_outputs, k), says, dict(T=T, B=B, M=M, D=D))

    yield case("one window for all", "The window is as long as the sequence: nothing is cut, and "
               "this is plain backpropagation through time.", 3, 3, 1, 2, 2)
    yield case("two windows of two", "Four steps in windows of 2: the border lies between steps 2 "
               "and 3. Within a window the gradient goes back, across the border it does not.",
               2, 4, 1, 2, 2)
    yield case("error in the last step only", "Six steps in windows of 3, an error at step 6 only. "
               "Steps 4 to 6 hear of it, steps 1 to 3 do not.", 3, 6, 1, 2, 2, outputs=5)
    yield case("a short last window", "Five steps in windows of 2: the windows are counted from "
               "the beginning, and the last has one step.", 2, 5, 1, 3, 2)
    yield case("windows of one", "Windows of a single step: no gradient travels through time at "
               "all, but h_{t-1} is still what U multiplied.", 1, 3, 2, 3, 2)
    for name, k, sizes in (("random numbers", 3, (7, 5, 3, 2)),
                           ("more units than inputs", 2, (5, 3, 2, 7))):
        yield case(name, "Everything at once: look at which steps `d_x` is wrong, and "
                   "where the borders are.", k, *sizes)


def reference(params, x, h, d_outputs, k):
    """A run and a way back of the library's for each window."""
    cell, state = RNN(x.shape[2], h[0].shape[1]), {"h": h[0]}
    d_U, d_x = 0, []
    for begin in range(0, len(x), k):
        piece = unroll(cell, params, x[begin:begin + k], state)
        back = bptt(piece, d_outputs[begin:begin + k])
        d_U, state = d_U + back.params["U"], piece.state
        d_x.append(back.inputs)
    return d_U, np.concatenate(d_x)


CUT = "if (t + 1) % k == 0:"
ORDER = "for t in reversed(range(T)):"
D_A = "d_a = (d_h + d_outputs[t]) * (1 - h[t + 1] * h[t + 1])"
D_U, D_X, D_H = "d_U += d_a.T @ h[t]", "d_x[t] = d_a @ W", "d_h = d_a @ U"

EXERCISE = Code(
    title="In windows",
    level="standard",
    statement="""*Truncated* backpropagation cuts a sequence of $T$ steps into windows of $k$: steps
$1$ to $k$, then $k+1$ to $2k$, and so on; if $k$ does not divide $T$, the last window is shorter.
The state is carried from window to window as ever. Its gradient is not:
what the losses of one window have to say about the state in which that window began is dropped, and
so no error reaches a step of an earlier window.

The cell is the plain one, a row for each sequence,

$$a_t = x_t\\,W^\\top + h_{t-1}\\,U^\\top + b \\qquad h_t = \\tanh(a_t)$$

and you have `params` with `"W"` $(D, M)$, `"U"` $(D, D)$ and `"b"`; the inputs `x`, $(T, B, M)$;
the record `h`, a list of $T+1$ states $(B, D)$ with `h[0]` the initial one; `d_outputs`,
$(T, B, D)$, what comes back to each state through its own read-out; and the window length `k`.

Return `d_U`, the sum over all windows of their gradients of $U$, and `d_x`, $(T, B, M)$, the
gradient at each input as its window sees it.
The weights stay what they are (in training they would be updated after each window).""",
    example='''# windows going forward: the mean so far, begun anew in each
x, k = np.array([4.0, 2.0, 6.0, 1.0, 3.0]), 2
for begin in range(0, len(x), k):
    window = x[begin:begin + k]
    steps = np.arange(1, len(window) + 1)
    print("steps", begin + steps, "means", window.cumsum() / steps)''',
    task="""Write the way back with its cuts: $\\delta a_t = (1 - h_t^2) \\odot \\delta h_t$, and
$\\delta h_t$ is what comes from the output at $t$ and, within a window, what comes from step
$t + 1$. One loop from the last step to the first is enough; so is one over the windows.""",
    starter='''def in_windows(params, x, h, d_outputs, k):
    """The gradients of U and of each input, by windows of k steps."""
    W, U = params["W"], params["U"]
    T = len(x)
    d_U, d_x = np.zeros_like(U), np.zeros_like(x)
    ...
    return d_U, d_x
''',
    returns=("d_U", "d_x"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("nothing is cut", "That is the whole gradient, through all borders. Where a window "
                "ends, what comes from the step after it has to be dropped.",
                swap=[(CUT, "if False:")]),
        Mistake("the border one step early", "Your first window has k - 1 steps: a window's last "
                "step is cut off from the others. You may have the right steps, and drop what is "
                "carried after such a step instead of before it.",
                swap=[(CUT, "if (t + 2) % k == 0:")]),
        Mistake("the border after the first step", "You drop what comes *into* the steps with `t % "
                "k == 0`. In Python's count these are the first steps of the windows, and what "
                "comes into them is from their own window.", swap=[(CUT, "if t % k == 0:")]),
        Mistake("windows counted from the end", "Your *first* window is the short one. The windows "
                "begin at step 1, as a stream is read; the last takes what is left.",
                swap=[(CUT, "if (T - 1 - t) % k == 0:")]),
        Mistake("windows one step too long", "An error goes back k steps, so that k + 1 steps hear "
                "of it. A window of k has k steps in all.",
                swap=[(CUT, "if (t + 1) % (k + 1) == 0:")]),
        Mistake("the state is cut too", "In the first step of each window you let U multiply "
                "zeros. The state *is* carried over the border, and `d_U` counts it; only its "
                "gradient stops.",
                swap=[(D_U, "d_U += d_a.T @ (h[t] if t % k else 0 * h[t] + (t == 0) * h[0])")]),
        Mistake("the state is cut too, and h₀ with it", "In the first step of each window, the "
                "very first too, you let U multiply zeros. The state is carried over each border, "
                "and `d_U` counts it; only its gradient stops.",
                swap=[(D_U, "d_U += d_a.T @ (h[t] if t % k else 0 * h[t])")]),
        Mistake("a window's last output is dropped", "At the end of a window you drop the whole "
                "δh. What comes from the step's own output is no part of the next window: it "
                "stays.",
                swap=[(D_A, "d_a = (d_h + d_outputs[t] * ((t + 1) % k > 0)) * (1 - h[t + 1] * h[t "
                            "+ 1])")]),
        Mistake("every loss goes back k steps", "Each output's error goes back k steps from where "
                "it is, over any border. That is truncation too (Williams and Peng, 1990), at k "
                "times the work, but no windows: a loss at the first step of a window stays there.",
                source='''
def in_windows(params, x, h, d_outputs, k):
    W, U = params["W"], params["U"]
    d_U, d_x = np.zeros_like(U), np.zeros_like(x)
    for r in range(len(x)):
        d_h = d_outputs[r]
        for t in range(r, max(r - k, -1), -1):
            d_a = d_h * (1 - h[t + 1] * h[t + 1])
            d_U += d_a.T @ h[t]
            d_x[t] += d_a @ W
            d_h = d_a @ U
    return d_U, d_x
'''),
        Mistake("the first states in each window", "Each window goes back through the states of the "
                "first one. If you cut the arrays up, cut `h` too: the window that begins at x[s] "
                "begins with the state `h[s]`.",
                swap=[(D_A, "d_a = (d_h + d_outputs[t]) * (1 - h[t % k + 1] * h[t % k + 1])"),
                      (D_U, "d_U += d_a.T @ h[t % k]")]),
        Mistake("a loss at each window's end only", "Of the outputs you hear only the last one of each "
                "window. Every state has an error from its own read-out.",
                swap=[(D_A, "d_a = (d_h + (d_outputs[t] if (t + 1) % k == 0 or t == T - 1 else 0)) * (1 - "
                            "h[t + 1] * h[t + 1])")]),
        Mistake("only the first window", "Whatever lies beyond the first k steps adds nothing. "
                "Each window has its own way back; `d_U` is the sum of them.",
                swap=[(ORDER, "for t in reversed(range(min(k, T))):")]),
        Mistake("only the last window", "Only the last window goes back. Each window has its own "
                "way back; `d_U` is the sum of them.",
                swap=[(ORDER, "for t in reversed(range((T - 1) // k * k, T)):")]),
        Mistake("the short window is dropped", "The steps beyond the last whole window add "
                "nothing. They are a window too, a shorter one.",
                swap=[(ORDER, "for t in reversed(range(T // k * k)):")]),
        Mistake("each window's first step is left out", "Your loop over a window ends one step too "
                "soon: its first step is never visited. In Python `range(b, a, -1)` does not reach "
                "a.",
                swap=[(ORDER, ORDER + "\n        if t % k == 0:\n            d_h = 0\n            "
                                      "continue")]),
        Mistake("a mean over the windows", "You divide by the number of windows. Asked is the sum.",
                swap=[("return d_U, d_x", "return d_U / -(-T // k), d_x")]),
        Mistake("d_U is overwritten", "`=` where `+=` is due: what is left is the share of a "
                "single step.", swap=[(D_U, "d_U = d_a.T @ h[t]")]),
        Mistake("no path through time", "Nothing comes back from the next step, also within a "
                "window. That is what windows of 1 would be.", swap=[(D_H, "pass")]),
        Mistake("the new state in d_U", "In step t, U multiplied h_{t-1}. You use h_t.",
                swap=[(D_U, "d_U += d_a.T @ h[t + 1]")]),
        Mistake("the slope at the state before", "1 - h² is taken at h_{t-1}; the tanh of step t "
                "made h_t.", swap=[(D_A, "d_a = (d_h + d_outputs[t]) * (1 - h[t] * h[t])")]),
        Mistake("the tanh is left out", "The slope of tanh lies between δh and δa, and is missing.",
                swap=[(D_A, "d_a = d_h + d_outputs[t]")]),
        Mistake("U the wrong way round", "U is square, so its transpose fits too, and is wrong "
                                         "here.",
                swap=[(D_H, "d_h = d_a @ U.T")]),
    ],
    hints=(
        "Begin with the whole way back, as if k were T. It is one loop and about five lines. The "
        "cut is one more.",
        "At which steps, going back, has what you carry come from a later window? At those, put "
        "zeros in its place, before the step's own output is added.",
        "In Python's count the windows are t = 0 … k-1, k … 2k-1, and so on. The last step of a "
        "window has t + 1 divisible by k. Touch nothing else: `h[t]` stays what it is.",
    ),
    passed="The state goes over the border, its gradient does not: one line of difference. It "
           "bounds how much a training loop must remember, and also how far back it can learn to "
           "look.",
)
