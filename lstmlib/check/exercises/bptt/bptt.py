"""Backpropagation through T steps, with errors at every step and on the last state."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import RNN, bptt, unroll


def probes(rng):
    def case(name, says, T, B, M, D, start=True, outputs=slice(None), last=True):
        cell = RNN(M, D)
        params = {key: 0.8 * rng.normal(size=shape) for key, shape in cell.param_shapes.items()}
        x, h_0 = rng.normal(size=(T, B, M)), 0.8 * rng.normal(size=(B, D)) * start
        run = unroll(cell, params, x, {"h": h_0})
        d_outputs = np.zeros((T, B, D))
        d_outputs[outputs] = rng.normal(size=(T, B, D))[outputs]
        d_state = rng.normal(size=(B, D)) * last
        h = [h_0, *(np.array(each) for each in run.outputs)]
        return Probe(name, (params, x, h, d_outputs, d_state), says, dict(T=T, B=B, M=M, D=D))

    yield case("one step, error at its output", "One step, h₀ = 0, and `d_state` is zero: there is "
               "no time to go through yet.", 1, 1, 3, 2, start=False, last=False)
    yield case("one step, error at the last state", "One step, and `d_outputs` is zero: all that "
               "comes is `d_state`, the gradient of the state after the last step.", 1, 1, 2, 2,
               outputs=slice(0))
    yield case("one step, from a state", "One step from an h₀ that is not zero: it counts in "
               "`d_U`, and has a gradient of its own, `d_h0`.", 1, 2, 3, 2, last=False)
    yield case("error at the end only", "Three steps, and only the last output has an error. It "
               "must come back to steps 1 and 2 as well, by way of U.",
               3, 1, 2, 2, outputs=2, last=False)
    yield case("errors everywhere", "Now each step has an error of its own. Into each state come "
               "two gradients, and they add.", 3, 1, 2, 2, last=False)
    yield case("error at the first output only", "Only the first of three outputs has an error. "
               "Nothing later can be blamed for it.", 3, 1, 2, 2, outputs=0, last=False)
    yield case("all sizes the same", "B = M = D: here every product has a fitting shape, the wrong "
               "ones too.", 2, 3, 3, 3)
    for name, sizes in (("random numbers", (7, 5, 3, 2)), ("more units than inputs", (5, 2, 3, 7))):
        yield case(name, "All terms at once: see which of the five are off, and which "
                   "line they share.", *sizes)


def reference(params, x, h, d_outputs, d_state):
    """The library's own."""
    cell = RNN(x.shape[2], h[0].shape[1])
    run = unroll(cell, params, x, {"h": h[0]})
    assert all(np.allclose(one, other) for one, other in zip(run.outputs, h[1:], strict=True))
    back = bptt(run, d_outputs, {"h": d_state})
    return {**{f"d_{name}": back.params[name] for name in ("W", "U", "b")},
            "d_x": back.inputs, "d_h0": back.state["h"]}


START, ORDER = "d_h = d_state", "for t in reversed(range(T)):"
NEW = "d_new = d_h + d_outputs[t]"
D_A = "d_a = d_new * (1 - h[t + 1] * h[t + 1])"
D_W, D_U, D_B = "d_W += d_a.T @ x[t]", "d_U += d_a.T @ h[t]", "d_b += d_a.sum(axis=0)"
D_X, D_H, LAST = "d_x[t] = d_a @ W", "d_h = d_a @ U", '"d_h0": d_h}'

EXERCISE = Code(
    title="Back through time",
    level="standard",
    statement="""A plain cell has read $T$ inputs, for $B$ sequences at once. At each step $t$ from
1 to
$T$, with a row for each sequence,

$$a_t = x_t\\,W^\\top + h_{t-1}\\,U^\\top + b \\qquad h_t = \\tanh(a_t)$$

with $W$ of shape $(D, M)$, $U$ $(D, D)$, $b$ $(D)$. The loss $L$ looks at the state at *every*
step, through some read-out that does not concern us here, and at the last state once more on its
own. Given are

- `params`, with `"W"`, `"U"`, `"b"`, and the inputs `x`, shape $(T, B, M)$; `x[0]` is $x_1$;
- `h`, the book's own record of the run: a list of $T + 1$ arrays $(B, D)$; `h[0]` is $h_0$, `h[t]`
  is $h_t$;
- `d_outputs`, $(T, B, D)$: `d_outputs[t - 1]` is what comes back to $h_t$ through the read-out of
  its own step;
- `d_state`, $(B, D)$: what comes back to $h_T$ besides, from whatever is done with the last state.

Return a dict with the gradients of $L$ with respect to the parameters, to all inputs and to $h_0$:
`d_W`, `d_U`, `d_b`, `d_x`, `d_h0`, each shaped as what it belongs to. Mind that what you get must
stay as it is: `+=` on an argument writes into it.""",
    example='''# a leaky counter, h_t = m h_{t-1} + x_t, with L = h_1 + h_2 + h_3
m, x = 0.5, [1.0, -2.0, 3.0]

def run(m):
    h = [4.0]
    for x_t in x:
        h.append(m * h[-1] + x_t)
    return h

h, d_outputs = run(m), [1.0, 1.0, 1.0]
d_h, d_m = 0.0, 0.0
for t in (2, 1, 0):             # h[t] before the step, h[t + 1] after it
    d_h = d_h + d_outputs[t]    # h[t + 1]: next step, and own output
    d_m += d_h * h[t]           # m is used in every step
    d_h = m * d_h               # on to h[t]
print("d_m:", d_m, "  d_h0:", d_h)
up, down = sum(run(m + 1e-6)[1:]), sum(run(m - 1e-6)[1:])
print("by pushing m:", round((up - down) / 2e-6, 6))''',
    task="""The loop is yours, seven lines or so. The slope of tanh at $a$ is $1 - \\tanh^2 a$, and
what is
called `d_h` when the loop ends is returned as the gradient of $h_0$.""",
    starter='''def through_time(params, x, h, d_outputs, d_state):
    """The gradients of W, U, b, all inputs and the initial state."""
    W, U = params["W"], params["U"]
    T = len(x)
    d_W, d_U, d_b = np.zeros_like(W), np.zeros_like(U), np.zeros(len(U))
    d_x = np.zeros_like(x)
    ...
    return {"d_W": d_W, "d_U": d_U, "d_b": d_b, "d_x": d_x, "d_h0": d_h}
''',
    returns=("d_W", "d_U", "d_b", "d_x", "d_h0"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("no path through time", "Nothing comes back to a state from the step after it: "
                "each step hears of its own output only. h_t was also read by step t + 1.",
                swap=[(NEW, "d_new = d_outputs[t] + (d_state if t == T - 1 else 0)")]),
        Mistake("d_state is forgotten", "You start the way back with zeros. The state after the "
                "last step has a gradient besides that from its output: it is the first `d_h`.",
                swap=[(START, "d_h = np.zeros_like(d_state)")]),
        Mistake("only each step's own output", "Neither `d_state` nor what the next step sends "
                "back is used. Two paths lead into every state; you follow one.",
                swap=[(NEW, "d_new = d_outputs[t]")]),
        Mistake("no path from the outputs", "Only `d_state` comes back. Every step has an output "
                "of its own, and its error enters there.", swap=[(NEW, "d_new = d_h")]),
        Mistake("only the last output", "The error enters at the last step only. Each earlier "
                "state has one from its own output too, and the two gradients add.",
                swap=[(NEW, "d_new = d_h + (d_outputs[t] if t == T - 1 else 0)")]),
        Mistake("the last output's own error forgotten", "At the last step only `d_state` is used, as "
                "if `d_outputs[-1]` were in it. It is what comes *besides*: they add.",
                swap=[(NEW, "d_new = d_h + (d_outputs[t] if t < T - 1 else 0)")]),
        Mistake("the outputs' errors reversed", "You walk back through the steps and forwards through "
                "`d_outputs`. Each step has its error under its own index.",
                swap=[(NEW, "d_new = d_h + d_outputs[T - 1 - t]")]),
        Mistake("an output's error after its step", "`d_outputs[t]` is added after you have gone back "
                "through the step, to what travels on. It belongs to the state that the step has made.",
                swap=[(NEW, "d_new = d_h"), (D_H, "d_h = d_a @ U + d_outputs[t]")]),
        Mistake("d_state at every step", "`d_state` is added to each state. It belongs to the last "
                "one only; to the others its effect comes by way of U.",
                swap=[(START, "d_h = np.zeros_like(d_state)"),
                      (NEW, "d_new = d_h + d_outputs[t] + d_state")]),
        Mistake("d_state at the wrong end", "You add `d_state` to h₀, where the way back ends. It "
                "is the gradient of the state after the *last* step, where it begins.",
                swap=[(START, "d_h = np.zeros_like(d_state)"), (LAST, '"d_h0": d_h + d_state}')]),
        Mistake("from the first step to the last", "You walk forward. A state's gradient needs "
                "that of the step after it, which must be there first.",
                swap=[(ORDER, "for t in range(T):")]),
        Mistake("the weights' gradients are overwritten", "`=` where `+=` is due: what is left in "
                "`d_W`, `d_U` and `d_b` is the share of step 1, the last one visited.",
                swap=[(D_W, "d_W = d_a.T @ x[t]"), (D_U, "d_U = d_a.T @ h[t]"),
                      (D_B, "d_b = d_a.sum(axis=0)")]),
        Mistake("d_W alone is overwritten", "`d_U` and `d_b` add up over the steps, `d_W` does "
                "not: `=` where `+=` is due.", swap=[(D_W, "d_W = d_a.T @ x[t]")]),
        Mistake("d_U alone is overwritten", "`d_W` and `d_b` add up over the steps, `d_U` does "
                "not: `=` where `+=` is due.", swap=[(D_U, "d_U = d_a.T @ h[t]")]),
        Mistake("d_b alone is overwritten", "`d_W` and `d_U` add up over the steps, `d_b` does "
                "not: `=` where `+=` is due.", swap=[(D_B, "d_b = d_a.sum(axis=0)")]),
        Mistake("the first step is left out", "Your loop ends before t = 0. That is the step from "
                "h₀ to h₁: it has a share in every weight, an input, and hands on to h₀.",
                swap=[(ORDER, "for t in reversed(range(1, T)):")]),
        Mistake("means over time", "You divide by T. The weights are used T times and the effects "
                "add; if the loss is a mean, `d_outputs` has it in it.",
                swap=[(LAST, '"d_h0": d_h} | {"d_W": d_W / T, "d_U": d_U / T, "d_b": d_b / T}')]),
        Mistake("means over the batch", "You divide by B. If the loss is a mean over the "
                "sequences, `d_outputs` has it in it; here they add.",
                swap=[(LAST, '"d_h0": d_h} | {"d_W": d_W / len(d_h), "d_U": d_U / len(d_h), '
                             '"d_b": d_b / len(d_h)}')]),
        Mistake("a mean over the batch in d_b", "`d_b` takes a mean over the sequences, `d_W` and "
                "`d_U` take sums, as they should.", swap=[(D_B, "d_b += d_a.mean(axis=0)")]),
        Mistake("d_b over the wrong axis", "`d_b` sums over the units instead of the sequences.",
                swap=[(D_B, "d_b += d_a.sum(axis=1)")]),
        Mistake("the slope at the state before", "1 - h² is taken at h_{t-1}. The tanh of step t "
                "made h_t, and `h` has one entry more than `x`.",
                swap=[(D_A, "d_a = d_new * (1 - h[t] * h[t])")]),
        Mistake("the record one entry early", "You use `h[t]` for the new state and `h[t - 1]` for the "
                "old one. The first entry of `h` is h₀: x[t] leads from `h[t]` to `h[t + 1]`. (At t = "
                "0, `h[-1]` is the last state.)",
                swap=[(D_A, "d_a = d_new * (1 - h[t] * h[t])"), (D_U, "d_U += d_a.T @ h[t - 1]")]),
        Mistake("one index too many", "Your loop begins at T. h_t of the text is `h[t]`, for h₀ is in "
                "that list; but x_t is `x[t - 1]`, and so with `d_outputs` and `d_x`.",
                swap=[(ORDER, "for t in range(T, 0, -1):"), (D_A, "d_a = d_new * (1 - h[t] * h[t])"),
                      (D_U, "d_U += d_a.T @ h[t - 1]")]),
        Mistake("the slope without the square", "1 - h is not the slope of tanh: at h = -1, where "
                "tanh is flat, it is 2.", swap=[(D_A, "d_a = d_new * (1 - h[t + 1])")]),
        Mistake("the slope of σ", "h (1 - h) is the slope of the logistic function; this cell has "
                                  "a tanh.",
                swap=[(D_A, "d_a = d_new * h[t + 1] * (1 - h[t + 1])")]),
        Mistake("the slope of a tanh of the tanh", "You pass the state through tanh again. It is "
                "tanh(a) already: its square is what the slope needs.",
                swap=[(D_A, "d_a = d_new * (1 - np.tanh(h[t + 1]) ** 2)")]),
        Mistake("the tanh is left out", "You go from δh to a weight or to the step before without "
                "the slope of the tanh between.", swap=[(D_A, "d_a = d_new")]),
        Mistake("the slope on the output's part only", "What comes from the next step has the "
                "slope of that step in it, but not that of its own. Add the two paths first, then "
                "go through tanh.",
                swap=[(D_A, "d_a = d_h + d_outputs[t] * (1 - h[t + 1] * h[t + 1])")]),
        Mistake("the slope on the carried part only", "What comes from the output at t also has to "
                "go through the tanh of step t. Add the two paths first, then go through tanh.",
                swap=[(D_A, "d_a = d_h * (1 - h[t + 1] * h[t + 1]) + d_outputs[t]")]),
        Mistake("the state is carried past the tanh", "You hand δh_t times U to the step before. "
                "h_{t-1} acts on h_t by way of a_t: it is δa_t that U brings back.",
                swap=[(D_H, "d_h = d_new @ U")]),
        Mistake("the slope twice between the steps", "What you hand to the step before is "
                "multiplied with the slope at h_{t-1} as well, and then once more when that step "
                "takes its turn.",
                swap=[(D_H, "d_h = (d_a @ U) * (1 - h[t] * h[t])")]),
        Mistake("U is left out between the steps", "You hand δa_t to the step before as it is. "
                "h_{t-1} came into a_t through U, and goes back through it.",
                swap=[(D_H, "d_h = d_a")]),
        Mistake("U the wrong way round", "U is square, so its transpose fits too, and is wrong "
                "here. If rows go forward through U.T, which matrix takes them back?",
                swap=[(D_H, "d_h = d_a @ U.T")]),
        Mistake("U on the left, as on paper", "`U.T @ d_a` is what stands on paper, where `d_a` is one "
                "column. Here it has a row for each sequence: turn the product round.",
                swap=[(D_H, "d_h = U.T @ d_a")]),
        Mistake("W the wrong way round", "`d_x` fits this way only where M = D. If rows go forward "
                "through W.T, which matrix takes them back?", swap=[(D_X, "d_x[t] = d_a @ W.T")]),
        Mistake("the inputs past the tanh", "`d_x` is made from δh_t; x_t acts by way of a_t, so "
                "it is δa_t that counts.", swap=[(D_X, "d_x[t] = d_new @ W")]),
        Mistake("the new state in d_U", "In step t, U multiplied h_{t-1}. You use h_t, which was "
                "not there yet.", swap=[(D_U, "d_U += d_a.T @ h[t + 1]")]),
        Mistake("h₀ is forgotten in d_U", "The first step's share of `d_U` is missing. U "
                "multiplied h₀ there; that h₀ is often zero does not mean that it always is.",
                swap=[(D_U, "d_U += d_a.T @ h[t] * (t > 0)")]),
        Mistake("d_U transposed", "`d_U` has a row for each unit that hears and a column for each "
                "that is heard, as U has. Yours is the transpose, which has the same shape.",
                swap=[(D_U, "d_U += h[t].T @ d_a")]),
        Mistake("d_W transposed", "`d_W` must be (D, M), as W is. Yours is (M, D), which fits only "
                "where M = D.", swap=[(D_W, "d_W = d_W + x[t].T @ d_a")]),
        Mistake("sequences and units do not meet", "`d_a @ x[t]` would add over the units. Added is "
                "over the sequences: in `d_a` they are the rows.",
                swap=[(D_W, "d_W += d_a @ x[t]")]),
        Mistake("d_W and d_U transposed", "Both come out turned: (M, D) for `d_W`, and `d_U` with "
                "its rows for columns, where the shape can't tell.",
                swap=[(D_W, "d_W = d_W + x[t].T @ d_a"), (D_U, "d_U += h[t].T @ d_a")]),
        Mistake("d_x runs backwards", "The gradients of the inputs are right and in the wrong "
                "order: you collect them as you go back, so that x_T comes first.",
                swap=[(D_X, "d_x[T - 1 - t] = d_a @ W")]),
        Mistake("d_h0 is δh₁", "You stop one product early: that is the gradient of the state "
                "after step 1. From there to h₀ it goes through tanh and U once more.",
                swap=[(LAST, '"d_h0": d_new}')]),
        Mistake("an output's error one step off", "`d_outputs[t - 1]` is for h_t of the text; in "
                "the loop, where `h[t + 1]` is the new state, that is `d_outputs[t]`. Yours is one "
                "too early, and at t = 0 Python wraps round to the last.",
                swap=[(NEW, "d_new = d_h + d_outputs[t - 1]")]),
    ],
    hints=(
        "Walk from the last step to the first, as in the example. One array travels along: the "
        "gradient that the steps already visited send back to the state you are at. What is it "
        "before you begin?",
        "At each step: add the two gradients of the new state; go through the tanh, to `d_a`; from "
        "`d_a` take the step's share of `d_W`, `d_U`, `d_b`, and its `d_x[t]`; and make what "
        "travels on.",
        "In the loop `h[t]` is the state before the step and `h[t + 1]` the one after. The slope "
        "needs the one after, `d_U` the one before. Rows that went forward by `@ U.T` go back by "
        "`@ U`.",
    ),
    passed="This is backpropagation through time, whole: two paths into every state, five "
           "gradients out. Every recurrent cell of this book goes back through this same loop; "
           "only the lines between δh and δa change.",
)
