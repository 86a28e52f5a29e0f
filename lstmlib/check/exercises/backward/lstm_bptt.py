"""Back-propagation through time for an LSTM, with the step back given."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.check.exercises.backward import forward
from lstmlib.numpy import LSTM, bptt, unroll

NAMES = ("d_W", "d_U", "d_b", "d_x", "d_h_0", "d_c_0")


def probes(rng):
    def drawn(T, B, M, D, h=1.0, c=1.0, outputs=1.0):
        params, x, history = forward(rng, T, B, M, D)
        errors = rng.uniform(0.4, 1.5, (T + 2, B, D)) * rng.choice([-1, 1], (T + 2, B, D))
        d_last = {"h": h * errors[T], "c": c * errors[T + 1]}
        return (params, x, history, outputs * errors[:T], d_last), {"T": T, "B": B, "M": M, "D": D}

    args, sizes = drawn(1, 1, 1, 2)
    yield Probe("a single step", args, "One step only: the errors at its output and at the last state come together, go back through the one step, and end at the initial state, `history[0]`.", sizes)
    args, sizes = drawn(3, 1, 2, 1, h=0, c=0)
    yield Probe("errors at the outputs only", args, "The last state owes nothing here. Each step has an error at its own output and receives two from the step after it.", sizes)
    args, sizes = drawn(3, 1, 2, 1, h=0, outputs=0)
    yield Probe("an error at the last c only", args, "Everything starts at the last cell state. Look at what begins as the error at c, and whether it is handed on from step to step.", sizes)
    args, sizes = drawn(3, 1, 2, 1, c=0, outputs=0)
    yield Probe("an error at the last h only", args, "Everything starts at the last h. Look at what begins as the error at h, and whether it is handed on from step to step.", sizes)
    args, sizes = drawn(5, 3, 2, 2)
    yield Probe("M = D, three sequences", args, "This has as many inputs as units, so that a wrong matrix fits; and three sequences, so that a sum and a mean differ.", sizes)
    args, sizes = drawn(7, 5, 3, 2)
    yield Probe("random numbers", args, "Everything is random here.", sizes)


def reference(params, x, history, d_outputs, d_last):
    T, B, M = x.shape
    run = unroll(LSTM(M, len(params["U"][0])), params, x, {name: history[0][name] for name in "hc"})
    back = bptt(run, d_outputs, d_last)
    return (*(back.params[name] for name in "WUb"), back.inputs, back.state["h"], back.state["c"])


LOOP = "for t in reversed(range(T)):"
ADD = "d_now = {\"h\": d_state[\"h\"] + d_outputs[t], \"c\": d_state[\"c\"]}"
GRADS = [("d_W = d_W + d_a.T @ x[t]", "d_W = {}d_a.T @ x[t]{}"), ('d_U = d_U + d_a.T @ old["h"]', 'd_U = {}d_a.T @ old["h"]{}'),
         ("d_b = d_b + d_a.sum(axis=0)", "d_b = {}d_a.sum(axis=0){}")]


def summed(before, after=""):
    """The three sums over time, written otherwise."""
    return [(old, new.format(before.format(name), after)) for (old, new), name in zip(GRADS, ("d_W", "d_U", "d_b"))]


EXERCISE = Code(
    title="Back through the whole sequence",
    level="standard",
    statement=r"""An LSTM has read a sequence of $T$ steps. Now the errors come back, from three places: from the output $h_t$ of every step, and from the last $h$ and the last $c$, which went on to somebody else (a next chunk of text, a decoder).

Given are

- `params` with `"W"` $(4D, M)$, `"U"` $(4D, D)$, `"b"` $(4D,)$; and `x` $(T, B, M)$, where `x[0]` is $x_1$;
- `history`, a list of $T + 1$ dicts: `history[0]` is the initial state (`"h"`, `"c"`), and `history[t]` what step $t$ has computed (`"i"`, `"f"`, `"g"`, `"o"`, `"c"`, `"h"`), all $(B, D)$;
- `d_outputs` $(T, B, D)$: the loss's own error at each output, `d_outputs[0]` at $h_1$;
- `d_last`: the errors at the last state, `d_last["h"]` and `d_last["c"]`, $(B, D)$. They come *in addition* to `d_outputs[T - 1]`.

One step back need not be written again: `cell.step_back(params, x_t, old, new, d_new)` takes the dicts before and after the step and `d_new`, a dict of the complete error at the new `"h"` and of what the step after owes to the new `"c"`. It returns `d_a` $(B, 4D)$ and a dict with what the step owes to the old `"h"` and `"c"`. The road from $h_t$ up to $c_t$ is inside it.

Return, in this order: `d_W`, `d_U`, `d_b`, added up over steps and sequences; `d_x`, $(T, B, M)$, with $\delta x_t = W^\top \delta a_t$; and `d_h_0`, `d_c_0`, the errors at the initial state.

Here is the same for another cell, which has one state: $h_t = \tanh(W x_t + U h_{t-1} + b)$.""",
    example='''from lstmlib.numpy import RNN


def rnn_bptt(params, x, history, d_outputs, d_last):
    cell = RNN(x.shape[2], len(params["b"]))
    d_W, d_U, d_b = (np.zeros_like(params[name]) for name in "WUb")
    d_x, d_h = np.zeros_like(x), d_last["h"]
    for t in reversed(range(len(x))):
        old, new = history[t], history[t + 1]      # x[t] led from old to new
        d_new = {"h": d_h + d_outputs[t]}
        d_a, d_state = cell.step_back(params, x[t], old, new, d_new)
        d_h = d_state["h"]
        d_W = d_W + d_a.T @ x[t]
        d_U = d_U + d_a.T @ old["h"]
        d_b = d_b + d_a.sum(axis=0)
        d_x[t] = d_a @ params["W"]
    return d_W, d_U, d_b, d_x, d_h


params = {"W": np.array([[0.5]]), "U": np.array([[-1.0]]), "b": np.zeros(1)}
x, history = np.array([[[1.0]], [[2.0]]]), [{"h": np.array([[0.2]])}]
for x_t in x:
    history.append(RNN(1, 1).step(params, x_t, history[-1]))
d_outputs, d_last = np.ones((2, 1, 1)), {"h": np.zeros((1, 1))}
found = rnn_bptt(params, x, history, d_outputs, d_last)
print("the error at h_0:", found[-1].round(3))''',
    task="Now the LSTM. Two errors are carried from step to step.",
    starter='''from lstmlib.numpy import LSTM


def lstm_bptt(params, x, history, d_outputs, d_last):
    """Gradients of W, U and b, of every x_t, and of the initial state."""
    T, B, M = x.shape
    cell = LSTM(M, len(params["b"]) // 4)
    ...
    return d_W, d_U, d_b, d_x, d_h_0, d_c_0''',
    returns=NAMES,
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("nothing carried back", "Each step begins anew: what it owes to the step before is worked out and never handed on. So no error travels back even one step.",
                swap=[(ADD, 'd_now = {"h": d_outputs[t], "c": 0 * d_outputs[t]}')]),
        Mistake("h not carried back", "Of the two errors that a step hands to the one before it, only that at c is carried. (So, with the roads through U shut, the first LSTM was trained in 1997.)",
                swap=[(ADD, 'd_now = {"h": d_outputs[t] + (d_last["h"] if t == T - 1 else 0), "c": d_state["c"]}')]),
        Mistake("c not carried back", "Of the two errors that a step hands to the one before it, only that at h is carried. The cell's own road through time is shut.",
                swap=[(ADD, 'd_now = {"h": d_state["h"] + d_outputs[t], "c": d_last["c"] if t == T - 1 else 0 * d_state["c"]}')]),
        Mistake("c stays what it was at the end", "The error at c is `d_last[\"c\"]` at every step, and is given back as it came. Each step hands on another: carry it as you carry that at h.",
                swap=[(ADD, 'd_now = {"h": d_state["h"] + d_outputs[t], "c": d_last["c"]}'), ('d_c_0 = d_state["c"]', 'd_c_0 = d_last["c"]')]),
        Mistake("the last c at every step", "At every step the error at c is `d_last[\"c\"]`. That is so at the last one only; before, it is what the step after has handed on.",
                swap=[(ADD, 'd_now = {"h": d_state["h"] + d_outputs[t], "c": d_last["c"]}')]),
        Mistake("c hears nothing", "`step_back` is told of no error at c, at no step. It needs two: at the end `d_last[\"c\"]`, before that what the step after has handed on.",
                swap=[(ADD, 'd_now = {"h": d_state["h"] + d_outputs[t], "c": 0 * d_state["c"]}')]),
        Mistake("h hears of its output only", "To `step_back` you give `d_outputs[t]` alone as the error at h. At the end `d_last[\"h\"]` joins it, before that what the step after has handed on.",
                swap=[(ADD, 'd_now = {"h": d_outputs[t], "c": d_state["c"]}')]),
        Mistake("the forget gate once more", "You let the error at c pass a forget gate before the step back. `step_back` has done that already, on the way out of the step after.",
                swap=[(ADD, 'd_now = {"h": d_state["h"] + d_outputs[t], "c": d_state["c"] * new["f"]}')]),
        Mistake("the last h forgotten", "The error at the last h, `d_last[\"h\"]`, is not used. It comes in addition to that at the last output.",
                swap=[('d_state = {"h": d_last["h"], "c": d_last["c"]}', 'd_state = {"h": 0 * d_last["h"], "c": d_last["c"]}')]),
        Mistake("the last c forgotten", "The error at the last c, `d_last[\"c\"]`, is not used: c begins with zeros.",
                swap=[('d_state = {"h": d_last["h"], "c": d_last["c"]}', 'd_state = {"h": d_last["h"], "c": 0 * d_last["c"]}')]),
        Mistake("the last state forgotten", "Both errors at the last state, `d_last`, are left out: the way back begins with zeros.",
                swap=[('d_state = {"h": d_last["h"], "c": d_last["c"]}', 'd_state = {name: 0 * d_last[name] for name in "hc"}')]),
        Mistake("the last h and c exchanged", "The error at the last h begins as that at c, and the other way round.",
                swap=[('d_state = {"h": d_last["h"], "c": d_last["c"]}', 'd_state = {"h": d_last["c"], "c": d_last["h"]}')]),
        Mistake("the last output's own error forgotten", "At the last step only `d_last[\"h\"]` is used. The loss's own error there, `d_outputs[T - 1]`, adds to it.",
                swap=[(ADD, 'd_now = {"h": d_state["h"] + (d_outputs[t] if t < T - 1 else 0), "c": d_state["c"]}')]),
        Mistake("all outputs but the last forgotten", "Of `d_outputs` only the last step is used. The loss looks at every h_t.",
                swap=[(ADD, 'd_now = {"h": d_state["h"] + (d_outputs[t] if t == T - 1 else 0), "c": d_state["c"]}')]),
        Mistake("no output's error used", "`d_outputs` is not used at all: only the last state's errors travel back.",
                swap=[(ADD, 'd_now = {"h": d_state["h"], "c": d_state["c"]}')]),
        Mistake("outputs' errors put on c, too", "`d_outputs[t]` is added to the error at h and to that at c. The loss sees h only; how it gets up to c is inside `step_back`.",
                swap=[(ADD, 'd_now = {"h": d_state["h"] + d_outputs[t], "c": d_state["c"] + d_outputs[t]}')]),
        Mistake("the road from h up to c twice", "Before the step back you add to c's error what comes up from h. That road is inside `step_back` already; now it counts twice.",
                swap=[(ADD, ADD + '\n        d_now["c"] = d_now["c"] + d_now["h"] * new["o"] * (1 - np.tanh(new["c"]) ** 2)')]),
        Mistake("the carried error up to c twice", "Before the step back you add to c's error what comes up from the carried error at h. The road from h up to c is inside `step_back`: now a part counts twice.",
                swap=[(ADD, ADD + '\n        d_now["c"] = d_now["c"] + d_state["h"] * new["o"] * (1 - np.tanh(new["c"]) ** 2)')]),
        Mistake("outputs' errors put on c", "`d_outputs[t]` is added to the error at c instead of that at h.",
                swap=[(ADD, 'd_now = {"h": d_state["h"], "c": d_state["c"] + d_outputs[t]}')]),
        Mistake("the outputs' errors one step too early", "`d_outputs[t]` is added after the step back, to what goes on to the step before. It belongs to the h that this step has made.",
                swap=[(ADD, 'd_now = {"h": d_state["h"] + (d_outputs[t + 1] if t < T - 1 else 0), "c": d_state["c"]}'),
                      ('d_h_0 = d_state["h"]', 'd_h_0 = d_state["h"] + d_outputs[0]')]),
        Mistake("last errors added at every step", "`d_last` is added at every step. It belongs to the end; from there it is carried.",
                swap=[(ADD, 'd_now = {"h": d_state["h"] + d_outputs[t] + (d_last["h"] if t < T - 1 else 0), "c": d_state["c"] + (d_last["c"] if t < T - 1 else 0)}')]),
        Mistake("forwards in time", "The loop runs from the first step to the last. An error is known at the end, and goes back from there.",
                swap=[(LOOP, "for t in range(T):")]),
        Mistake("the first step left out", "The loop ends one step too early: x_1, at `x[0]`, never gets its turn. `range(T - 1, 0, -1)` stops at 1.",
                swap=[(LOOP, "for t in reversed(range(1, T)):")]),
        Mistake("the last step left out", "The loop begins one step too late: the last x, at `x[T - 1]`, never gets its turn.",
                swap=[(LOOP, "for t in reversed(range(T - 1)):")]),
        Mistake("the new state for the old", "`history[t + 1]` is taken for the state *before* the step. x[t] leads from `history[t]` to `history[t + 1]`.",
                swap=[("old, new = history[t], history[t + 1]", "old, new = history[t + 1], history[t + 1]")]),
        Mistake("history one step early", "`history[t]` is taken for what came of x[t]. The list has the initial state at its head: x[t] leads from `history[t]` to `history[t + 1]`.",
                swap=[("old, new = history[t], history[t + 1]", "old, new = history[max(t - 1, 0)], (history[t] if t else history[1])")]),
        Mistake("initial state taken for zeros", "At the first step you take zeros for the old state. This one began with something: `history[0]`.",
                swap=[("old, new = history[t], history[t + 1]", 'old, new = (history[t] if t else {name: 0 * history[0][name] for name in "hc"}), history[t + 1]')]),
        Mistake("gradients overwritten", "Each step overwrites the parameters' gradients, so that those of the first step remain. The weights were used T times: they add.",
                swap=summed("")),
        Mistake("means over the steps", "The parameters' gradients are means over the T steps. The weights were used T times, and all uses add.",
                swap=summed("{} + ", " / T")),
        Mistake("means over the batch", "The parameters' gradients are means over the sequences. A loss that wants a mean says so in the errors it hands down; here all adds.",
                swap=summed("{} + ", " / B")),
        Mistake("means over steps and batch", "The parameters' gradients are means over steps and sequences. The weights were used T times in each sequence, and all uses add.",
                swap=summed("{} + ", " / (T * B)")),
        Mistake("a mean for the bias alone", "`d_b` is a mean over the batch, while `d_W` and `d_U` are sums. The bias was used once a sequence and step: it adds too.",
                swap=[("d_a.sum(axis=0)", "d_a.mean(axis=0)")]),
        Mistake("the new h in the gradient of U", "`d_U` is made with the h that the step has made. U multiplied the h before it.",
                swap=[('d_U + d_a.T @ old["h"]', 'd_U + d_a.T @ new["h"]')]),
        Mistake("c in the gradient of U", "`d_U` is made with the old c. U multiplied the old h.",
                swap=[('d_U + d_a.T @ old["h"]', 'd_U + d_a.T @ old["c"]')]),
        Mistake("W and U exchanged", "`d_W` is made with the old h and `d_U` with x. That fits only where M = D.",
                swap=[("d_W + d_a.T @ x[t]", 'd_W + d_a.T @ old["h"]'), ('d_U + d_a.T @ old["h"]', "d_U + d_a.T @ x[t]")]),
        Mistake("U for W on the way to x", "`d_x` is made with U. That fits only where M = D: x came in through W.",
                swap=[('d_a @ params["W"]', 'd_a @ params["U"]')]),
        Mistake("d_x in the order of the loop", "`d_x` runs backwards in time: it was collected in the order of the loop, from the last step to the first, and not turned round.",
                swap=[("d_x[t] = ", "d_x[T - 1 - t] = ")]),
        Mistake("the first output's errors for the initial state", "`d_h_0` and `d_c_0` are the errors *at h_1 and c_1*, before the last step back. One step more leads to the initial state.",
                swap=[('d_h_0 = d_state["h"]', 'd_h_0 = d_now["h"]'), ('d_c_0 = d_state["c"]', 'd_c_0 = d_now["c"]')]),
        Mistake("the initial h and c exchanged", "`d_h_0` and `d_c_0` have changed places.",
                swap=[('d_h_0 = d_state["h"]', 'd_h_0 = d_state["c"]'), ('d_c_0 = d_state["c"]', 'd_c_0 = d_state["h"]')]),
    ],
    hints=(
        "Take the example and ask of each line with an h in it whether c needs one too.",
        "Before the loop the carried errors are `d_last`, both of them. In the loop, at step t, the loss's own error joins that at h, and only that.",
        "`d_a, d_state = cell.step_back(params, x[t], history[t], history[t + 1], {\"h\": ..., \"c\": ...})`; the dict `d_state` is what the next turn of the loop carries, and after the last turn it is the answer for the initial state.",
    ),
    passed="Two errors go back instead of one, and the loop has not changed otherwise: it does not know what a gate is. With these gradients you can train.",
)
