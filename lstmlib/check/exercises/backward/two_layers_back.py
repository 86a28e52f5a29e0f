"""The way back through a stack of two LSTMs whose lower layer is read from outside, too."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import LSTM, Stack, bptt, unroll

NAMES = ("d_W_1", "d_U_1", "d_b_1", "d_W_2", "d_U_2", "d_b_2", "d_x")


def probes(rng):
    def drawn(T, B, M, D_1, D_2, own=1.0, top=1.0, last=1.0):
        layers = LSTM(M, D_1), LSTM(D_1, D_2)
        draw = lambda *shape: rng.uniform(0.4, 1.5, shape) * rng.choice([-1, 1], shape)
        params = [{name: 0.9 * rng.normal(size=shape) for name, shape in cell.param_shapes.items()} for cell in layers]
        states = [{"h": rng.uniform(-0.8, 0.8, (B, cell.hidden_size)), "c": rng.normal(size=(B, cell.hidden_size))} for cell in layers]
        d_outputs = [own * draw(T, B, D_1), top * draw(T, B, D_2)]
        d_last = [{name: last * draw(B, cell.hidden_size) for name in "hc"} for cell in layers]
        return ((params, rng.normal(size=(T, B, M)), states, d_outputs, d_last),
                {"T": T, "B": B, "M": M, "D_1": D_1, "D_2": D_2})

    args, sizes = drawn(1, 1, 3, 2, 1, own=0, last=0)
    yield Probe("an error at the top only", args, "The only error is at the upper layer's output. It has to get through the upper layer, down into the lower one, and to x.", sizes)
    args, sizes = drawn(3, 1, 2, 3, 2, top=0, last=0)
    yield Probe("an error at the lower outputs only", args, "The only errors are at the outputs of the lower layer: the upper one stands beside their way, and gets nothing.", sizes)
    args, sizes = drawn(3, 1, 2, 2, 2, own=0, top=0)
    yield Probe("errors at the last states only", args, "Each layer has a last state of its own. What arrives there goes back in its own layer; from the upper one something also comes down.", sizes)
    args, sizes = drawn(5, 2, 3, 3, 3)
    yield Probe("M = D = D", args, "All sizes are equal, so that the wrong array fits: look at which layer's errors go where.", sizes)
    args, sizes = drawn(5, 3, 2, 4, 3)
    yield Probe("random numbers", args, "Everything is random here.", sizes)


def reference(params, x, states, d_outputs, d_last):
    """The lower layer's own errors enter by way of a third run; gradients add."""
    numbered = lambda pair: {f"{k}.{name}": value for k, one in enumerate(pair) for name, value in one.items()}
    cells = [LSTM(one["W"].shape[1], one["U"].shape[1]) for one in params]
    stack = unroll(Stack(cells), numbered(params), x, numbered(states))
    whole = bptt(stack, d_outputs[1], numbered(d_last))
    alone = bptt(unroll(cells[0], params[0], x, states[0]), d_outputs[0])
    return (*(whole.params[f"0.{name}"] + alone.params[name] for name in "WUb"),
            *(whole.params[f"1.{name}"] for name in "WUb"), whole.inputs + alone.inputs)


JOIN, UP, DOWN = "d_h_1 = d_outputs[0] + from_above", "back_2 = bptt(upper, d_outputs[1], d_last[1])", "back_1 = bptt(lower, d_h_1, d_last[0])"

EXERCISE = Code(
    title="Back through two layers",
    level="standard",
    statement=r"""Two LSTMs, one above the other: the lower one reads $x_t$, the upper one reads the lower one's $h_t$ as its input. Each has weights, $h$ and $c$ of its own. Errors come back from four places: from the outputs of the upper layer; from the outputs of the lower one, which the read-out sees as well; and from the last state of each.

Given are, each as a list of two, the lower layer's first: `params`, dicts with `"W"`, `"U"`, `"b"`; `states`, the initial `"h"` and `"c"`; `d_outputs`, the loss's own errors at the outputs, $(T, B, D_1)$ and $(T, B, D_2)$; and `d_last`, dicts with the errors at the last `"h"` and `"c"`. `x` is $(T, B, M)$.

You need not go through the steps yourself. The library runs one layer with `unroll`; and `bptt(run, d_outputs, d_last)` brings the errors at all of its outputs and at its last state back, and has

- `.params`, a dict with the gradients of `"W"`, `"U"`, `"b"`;
- `.inputs`, the errors at what the layer has read;
- `.state`, the errors at its initial `"h"` and `"c"`.

Return the gradients of the lower layer's $W, U, b$, then the upper one's, then `d_x`, $(T, B, M)$.

Here is another network of two layers, a dense one and an RNN above it: $y_t = W' x_t$, read by the RNN.""",
    example='''from lstmlib.numpy import RNN, bptt, unroll


def dense_and_rnn_back(W_dense, params, x, d_outputs):
    y = x @ W_dense.T
    run = unroll(RNN(y.shape[2], len(params["b"])), params, y)
    back = bptt(run, d_outputs)
    d_y = back.inputs                # what the RNN owes to what it read
    d_W_dense = np.einsum("tbk,tbm->km", d_y, x)     # sums over t and b
    return d_W_dense, back.params


params = {"W": np.ones((1, 2)), "U": np.array([[0.5]]), "b": np.zeros(1)}
x = np.arange(4.0).reshape(2, 1, 2) / 4
dense_and_rnn_back(np.eye(2), params, x, np.ones((2, 1, 1)))[0].round(3)''',
    task="Now the stack. The two runs forward are given; what is missing is which errors go where, in three or four lines.",
    starter='''from lstmlib.numpy import LSTM, bptt, unroll


def two_layers_back(params, x, states, d_outputs, d_last):
    """Gradients of the lower layer, of the upper one, and of x."""
    cells = [LSTM(one["W"].shape[1], one["U"].shape[1]) for one in params]
    lower = unroll(cells[0], params[0], x, states[0])
    upper = unroll(cells[1], params[1], lower.outputs, states[1])
    ...
    return (*(back_1.params[name] for name in "WUb"),
            *(back_2.params[name] for name in "WUb"), back_1.inputs)''',
    returns=NAMES,
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("nothing comes down", "The lower layer hears of its own errors only. What the upper layer owes to its inputs *is* an error at the lower outputs.",
                swap=[(JOIN, "d_h_1 = d_outputs[0]")]),
        Mistake("the lower layer's own errors forgotten", "The lower layer hears only what comes down. The read-out has seen its outputs too: the two add.",
                swap=[(JOIN, "d_h_1 = from_above")]),
        Mistake("the errors at the top handed to both layers", "The lower layer gets the errors of the upper layer's *outputs*. What comes down has been through the upper layer: it is the error at what that layer has read.",
                swap=[(JOIN, "d_h_1 = d_outputs[0] + d_outputs[1]")]),
        Mistake("mean of two roads", "You take the mean of what comes down and the lower layer's own errors. Roads add.",
                swap=[(JOIN, "d_h_1 = (d_outputs[0] + from_above) / 2")]),
        Mistake("only the last step comes down", "Of what the upper layer owes to its inputs only the last step gets down. It has read an h at every step.",
                swap=[("from_above = back_2.inputs", "from_above = np.zeros_like(back_2.inputs)\n    from_above[-1] = back_2.inputs[-1]")]),
        Mistake("a slope on the way down", "On the way down the error is multiplied by 1 - h². The upper layer has read h as it is; tanh and gate come later, inside the lower layer's own way back.",
                swap=[("from_above = back_2.inputs", "from_above = back_2.inputs * (1 - lower.outputs ** 2)")]),
        Mistake("a step too early", "What comes down reaches the lower layer one step too early. The upper layer reads h of the *same* step.",
                swap=[("from_above = back_2.inputs", "from_above = np.concatenate([back_2.inputs[1:], 0 * back_2.inputs[:1]])")]),
        Mistake("turned round in time", "What comes down is turned round in time. `bptt` returns it in the order of the inputs already.",
                swap=[("from_above = back_2.inputs", "from_above = back_2.inputs[::-1]")]),
        Mistake("the upper layer's last state forgotten", "The errors at the last state of the upper layer are not used.",
                swap=[(UP, "back_2 = bptt(upper, d_outputs[1])")]),
        Mistake("the lower layer's last state forgotten", "The errors at the last state of the lower layer are not used. Each layer has one.",
                swap=[(DOWN, "back_1 = bptt(lower, d_h_1)")]),
        Mistake("both last states forgotten", "The errors at the last states, `d_last`, are not used.",
                swap=[(UP, "back_2 = bptt(upper, d_outputs[1])"), (DOWN, "back_1 = bptt(lower, d_h_1)")]),
        Mistake("last states exchanged", "The errors at the last state of each layer go into the other one. The lower layer's stand first in the list.",
                swap=[(UP, "back_2 = bptt(upper, d_outputs[1], d_last[0])"), (DOWN, "back_1 = bptt(lower, d_h_1, d_last[1])")]),
        Mistake("the initial state's errors handed down", "What the upper layer owes to its *initial* state goes into the lower layer's last one. Between layers only h goes up, step by step, so only errors at inputs come down.",
                swap=[(DOWN, "back_1 = bptt(lower, d_h_1, back_2.state)")]),
        Mistake("the initial state's errors handed down, too", "To the lower layer's last errors you add what the upper layer owes to its *initial* state. That state was given from outside; between layers only h goes up, step by step.",
                swap=[(DOWN, "back_1 = bptt(lower, d_h_1, {name: d_last[0][name] + back_2.state[name] for name in \"hc\"})")]),
        Mistake("outputs' errors exchanged", "The errors at the outputs of each layer go into the other one. The lower layer's stand first in the list, `d_outputs[0]`.",
                swap=[(UP, "back_2 = bptt(upper, d_outputs[0], d_last[1])"), (JOIN, "d_h_1 = d_outputs[1] + from_above")]),
        Mistake("the upper run twice", "Both times you go back through the upper layer. The second time it is the lower one's turn: `bptt(lower, ...)`.",
                swap=[(DOWN, "back_1 = bptt(upper, d_h_1, d_last[0])")]),
        Mistake("W once more on the way down", "What comes down is multiplied by the upper layer's W. That is done: `.inputs` are the errors at what the layer has read.",
                swap=[("from_above = back_2.inputs", 'from_above = back_2.inputs @ params[1]["W"]')]),
        Mistake("the upper layer's last errors for both", "The lower layer gets the errors at the upper one's last state. It has its own, `d_last[0]`.",
                swap=[(DOWN, "back_1 = bptt(lower, d_h_1, d_last[1])")]),
        Mistake("the wrong way round", "The lower layer goes first, and what it owes to x is added to the errors of the upper one. Errors come down: the upper layer first.",
                swap=[(UP, "back_1 = bptt(lower, d_outputs[0], d_last[0])\n    back_2 = bptt(upper, d_outputs[1] + back_1.inputs, d_last[1])"),
                      ("from_above = back_2.inputs", "pass"), (JOIN, "pass"), (DOWN, "pass")]),
    ],
    hints=(
        "Which layer's errors are complete at the start, without anything from the other layer? Begin there.",
        "The upper layer has read the lower one's outputs. So the errors at its inputs have the shape of the lower outputs, and they are errors of the lower outputs.",
        "Three lines: `bptt` of the upper run; the lower outputs' errors, a sum of two things; `bptt` of the lower run. Each layer gets its own `d_last`.",
    ),
    passed="That is all there is to depth: each layer goes back through time by itself, and hands down what it owes to its inputs. Ten layers are the same in a loop.",
)
