"""One step of an LSTM whose input and forget gate are coupled."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe
from lstmlib.numpy import CIFG


def drawn(rng, B, M, D):
    """Parameters, input and state, all random, none of them small."""
    draw = lambda *shape: np.round(rng.uniform(0.3, 1.2, shape) * rng.choice([-1, 1], shape), 2)
    params = {"W": draw(3 * D, M), "U": draw(3 * D, D), "b": draw(3 * D)}
    return params, draw(B, M), {"h": draw(B, D), "c": draw(B, D)}


def probes(rng):
    sizes = {"B": 1, "M": 3, "D": 2}

    def alone(**kept):
        """Random x and old h, c; of the parameters only those named are not 0."""
        params, x, state = drawn(rng, **sizes)
        silent = {name: 0 * value for name, value in params.items()}
        as_drawn = {name: params[name] for name, value in kept.items() if value is True}
        return silent | kept | as_drawn, x, state

    yield Probe(
        "i = 0, o = 1",
        alone(b=np.array([-40.0, -40, 0.7, -0.4, 40, 40])),
        "W and U are 0, and the biases push i to 0 and o to 1. Nothing is written, so nothing is"
        " forgotten: the new c is the old one, and h its tanh.",
        sizes,
    )
    yield Probe(
        "i = 1, o = 1",
        alone(b=np.array([40.0, 40, 0.7, -0.4, 40, 40])),
        "W and U are 0, and the biases push i to 1 and o to 1. The candidate takes the place of the"
        " old c, and nothing of that is left.",
        sizes,
    )
    yield Probe(
        "nothing speaks",
        alone(),
        "All parameters are 0, so i is a half, and so is f: the new c is half of the old one. The"
        " candidate is 0.",
        sizes,
    )
    yield Probe(
        "only the biases",
        alone(b=True),
        "W and U are 0: b and the old c are left. Look at which block goes where, and at what f is"
        " made of.",
        sizes,
    )
    yield Probe(
        "only W",
        alone(W=True),
        "U and b are 0, so a is W x alone: row k of W makes entry k of a.",
        sizes,
    )
    yield Probe(
        "only U",
        alone(U=True),
        "W and b are 0, so a is U h alone, with the old h: row k of U makes entry k of a.",
        sizes,
    )
    for B, M, D, name in (
        (2, 3, 5, "all together, a batch of 2"),
        (2, 3, 3, "M = D"),
        (1, 1, 1, "one of each"),
        (7, 2, 3, "more sequences than numbers"),
        (3, 5, 2, "random numbers"),
    ):
        yield Probe(
            name,
            drawn(rng, B, M, D),
            "Each part alone is right; together they are not. Look at what is added to what, and at"
            " the axis along which something is taken.",
            {"B": B, "M": M, "D": D},
        )


def reference(params, x, state):
    """By the library, with peepholes of 0."""
    D = state["h"].shape[1]
    new = CIFG(x.shape[1], D).step(params | {"p": np.zeros((3, D))}, x, state)
    return new["h"], new["c"]


SPLIT = "a_i, a_g, a_o = np.split(a, 3, axis=-1)"
MEMORY = "c = f * c_old + i * g"
BY_BLOCK = """def coupled_step(params, x, state):
    W, U, b = (np.split(params[name], 3) for name in "WUb")
    a = [{} + b[k] for k in range(3)]
    i = sigmoid(a[0])
    c = (1 - i) * state["c"] + i * np.tanh(a[1])
    return sigmoid(a[2]) * np.tanh(c), c"""


def order(letters, says):
    names = ", ".join(f"a_{name}" for name in letters)
    return Mistake(
        f"blocks taken as {' '.join(letters)}",
        f"The blocks stand i g o, and you take them as {' '.join(letters)}. {says}",
        swap=[("a_i, a_g, a_o = np.split", f"{names} = np.split")],
    )


EXERCISE = Code(
    title="One gate for two jobs",
    level="routine",
    statement=r"""In an LSTM with **coupled** input and forget gate (CIFG) only the input gate is
computed. The forget gate is what the input gate leaves over:

$$\begin{aligned}
a_t &= W x_t + U h_{t-1} + b \\
i_t &= \sigma(a_i) \qquad f_t = 1 - i_t \\
g_t &= \tanh(a_g) \qquad o_t = \sigma(a_o) \\
c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
h_t &= o_t \odot \tanh(c_t)
\end{aligned}$$

($g$ is the candidate, also written $\tilde c$; $\sigma(a) = 1/(1 + e^{-a})$; $\odot$ multiplies
entry by entry. The peepholes are left out here.) $a_t$ consists of three blocks of $D$ numbers, one
below the other: $a_i$, $a_g$, $a_o$, in this order.

`params` is a dict with `"W"` of shape `(3D, M)`, `"U"` of shape `(3D, D)` and `"b"` of shape
`(3D,)`. `x` is a batch of inputs, `(B, M)`, and `state` a dict with `"h"` and `"c"`, each `(B, D)`:
a row is a sequence. Return the new `h` and `c`, each `(B, D)`.

Here is another variant with three blocks: no output gate, so that the memory is always in
sight.""",
    example="""def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def in_sight_step(params, x, state):
    W, U, b = params["W"], params["U"], params["b"]
    a = x @ W.T + state["h"] @ U.T + b               # (B, 3D)
    a_i, a_f, a_g = np.split(a, 3, axis=-1)          # (B, D) each
    i, f, g = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g)
    c = f * state["c"] + i * g
    return np.tanh(c), c


M, D = 3, 2
params = {"W": np.full((3 * D, M), 0.1), "U": np.eye(3 * D, D),
          "b": np.zeros(3 * D)}
state = {"h": np.zeros((1, D)), "c": np.array([[0.5, -0.5]])}
h, c = in_sight_step(params, np.ones((1, M)), state)
print(h.round(3), c.round(3))""",
    task="Now the coupled cell: other blocks, and a gate that comes for nothing. Six to eight"
    " lines.",
    starter='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def coupled_step(params, x, state):
    """h and c after one step."""
    W, U, b = params["W"], params["U"], params["b"]
    h_old, c_old = state["h"], state["c"]
    ...
    return h, c''',
    returns=("h", "c"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "nothing forgotten",
            "All of the old c is kept, whatever is written. That is the variant without a forget"
            " gate; here f is 1 - i.",
            swap=[(MEMORY, "c = c_old + i * g")],
        ),
        Mistake(
            "f = i",
            "The old c is kept with the share i, too. Coupled means that the two shares sum to 1,"
            " not that they are the same.",
            swap=[("f = 1 - i", "f = i")],
        ),
        Mistake(
            "1 - o in the place of 1 - i",
            "Kept is the share that the output gate leaves over. It is the input gate to which f is"
            " tied; are the blocks in your order?",
            swap=[("f = 1 - i", "f = 1 - sigmoid(a_o)")],
        ),
        Mistake(
            "1 - g in the place of 1 - i",
            "Kept is 1 - g: the candidate is no share. f is what the input gate leaves over.",
            swap=[("f = 1 - i", "f = 1 - np.tanh(a_g)")],
        ),
        Mistake(
            "1 - a in the place of 1 - i",
            "f is 1 minus the pre-activation. First the share, by σ, and then 1 minus it.",
            swap=[("f = 1 - i", "f = 1 - a_i")],
        ),
        Mistake(
            "1 - a inside σ",
            "f is σ(1 - a), with a 1 inside, as if it had a forget bias. The 1 - stands outside:"
            " 1 - σ(a), which is also σ(-a), and has no bias of its own.",
            swap=[("f = 1 - i", "f = sigmoid(1 - a_i)")],
        ),
        Mistake(
            "f = i - 1",
            "The sign of f is turned: i - 1 is negative, and what is kept of the old c changes its"
            " sign at every step.",
            swap=[("f = 1 - i", "f = i - 1")],
        ),
        Mistake(
            "everything written",
            "The old c is kept with the right share, and the whole candidate is added. In front of"
            " it stands i.",
            swap=[(MEMORY, "c = f * c_old + g")],
        ),
        Mistake(
            "f in front of both",
            "f multiplies the candidate too. What is written gets i, what is kept gets f.",
            swap=[(MEMORY, "c = f * (c_old + g)")],
        ),
        Mistake(
            "f in front of all",
            "What is written is multiplied by f as well: f * (c + i g). The old c has f in front"
            " of it, the candidate i, and neither has both.",
            swap=[(MEMORY, "c = f * c_old + i * f * g")],
        ),
        Mistake(
            "i in front of all",
            "What is kept is multiplied by i as well: i * (f c + g). The old c has f in front of"
            " it, the candidate i, and neither has both.",
            swap=[(MEMORY, "c = i * (f * c_old + g)")],
        ),
        Mistake(
            "a plus for a minus",
            "On the way from the old c to the candidate c goes the share i of the difference:"
            " c + i (g - c). You have g + c.",
            swap=[(MEMORY, "c = c_old + i * (g + c_old)")],
        ),
        Mistake(
            "old h kept as the memory",
            "f stands in front of the old h. What it keeps a share of is the memory, the old c.",
            swap=[(MEMORY, "c = f * h_old + i * g")],
        ),
        order("iog", "The second block is the candidate, the third the output gate's."),
        order("gio", "The first block is the input gate's, the second the candidate's."),
        order("oig", "The first block is the input gate's."),
        order("ogi", "The two gates are exchanged."),
        Mistake(
            "σ candidate",
            "The candidate goes through σ, like the gates: then nothing negative is ever written."
            " It is a tanh.",
            swap=[("g = np.tanh(a_g)", "g = sigmoid(a_g)")],
        ),
        Mistake(
            "candidate not squashed",
            "The candidate is written as it comes from the matrices, without its tanh.",
            swap=[("g = np.tanh(a_g)", "g = a_g")],
        ),
        Mistake(
            "tanh for the gates",
            "i and o go through tanh. A gate is a share between 0 and 1, and 1 - i has to be one"
            " as well.",
            swap=[
                ("i = sigmoid(a_i)", "i = np.tanh(a_i)"),
                ("o = sigmoid(a_o)", "o = np.tanh(a_o)"),
            ],
        ),
        Mistake(
            "no output gate",
            "All of tanh(c) is shown. The example has no output gate; this cell has one.",
            swap=[("h = o * np.tanh(c)", "h = np.tanh(c)")],
        ),
        Mistake(
            "the cell of the example",
            "This is the cell of the example: its blocks are i f g, and it has no output gate."
            " Here the blocks are i g o, f has none of its own, and o stands before tanh(c).",
            swap=[
                ("a_i, a_g, a_o = np.split", "a_i, a_f, a_g = np.split"),
                ("f = 1 - i", "f = sigmoid(a_f)"),
                ("o = sigmoid(a_o)", "o = 1"),
            ],
        ),
        Mistake(
            "the output gate inside the tanh",
            "h is tanh(o * c). The gate takes its share of what has been squashed: it stands before"
            " the tanh.",
            swap=[("h = o * np.tanh(c)", "h = np.tanh(o * c)")],
        ),
        Mistake(
            "h without its tanh",
            "h is o times c itself. c goes through tanh on its way out.",
            swap=[("h = o * np.tanh(c)", "h = o * c")],
        ),
        Mistake(
            "h made of the old c",
            "c is right, and h shows the memory as it was before this step.",
            swap=[("h = o * np.tanh(c)", "h = o * np.tanh(c_old)")],
        ),
        Mistake(
            "bias missing",
            "b is not added to a.",
            swap=[(" + b", "")],
        ),
        Mistake(
            "old h missing",
            "U h is left out: the gates see the input only.",
            swap=[(" + h_old @ U.T", "")],
        ),
        Mistake(
            "U reads c",
            "U multiplies the old c. The layers hear what was shown, h.",
            swap=[("h_old @ U.T", "c_old @ U.T")],
        ),
        Mistake(
            "blocks of U transposed",
            "Each D × D block of U is transposed: h @ U_k where h @ U_k.T is right. It fits,"
            " because the blocks are square.",
            source=BY_BLOCK.format('x @ W[k].T + state["h"] @ U[k]'),
        ),
        Mistake(
            "blocks of W transposed",
            "Each block of W is transposed. That fits only where M = D.",
            source=BY_BLOCK.format('x @ W[k] + state["h"] @ U[k].T'),
        ),
        Mistake(
            "blocks interleaved",
            "You take every third number for a block, as by a reshape to (D, 3). A block is D"
            " numbers in a row.",
            swap=[(SPLIT, "a_i, a_g, a_o = np.moveaxis(a.reshape(len(a), -1, 3), -1, 0)")],
        ),
        Mistake(
            "cut along the batch",
            "`np.split(a, 3)` cuts along the first axis, the batch. The blocks lie along the last"
            " one: axis=-1.",
            swap=[(SPLIT, "a_i, a_g, a_o = np.split(a, 3)")],
        ),
        Mistake(
            "four blocks",
            "a is cut into four, as in an LSTM. There are three blocks here: f has no rows of its"
            " own.",
            swap=[(SPLIT, "a_i, _, a_g, a_o = np.split(a, 4, axis=-1)")],
        ),
        Mistake(
            "products as on paper",
            "`W @ x` is right for a column. Here a row is a sequence, so each product turns around,"
            " as in the example.",
            swap=[("x @ W.T + h_old @ U.T", "W @ x + U @ h_old")],
        ),
        Mistake(
            "no transposes",
            "x @ W + h @ U: a row of W makes one entry of a, so in rows it is x @ W.T, and the same"
            " for U.",
            swap=[("x @ W.T + h_old @ U.T", "x @ W + h_old @ U")],
        ),
        Mistake(
            "h and c in the wrong order",
            "Both are right, and you return them as c, h. The order here is h, c.",
            swap=[("return h, c", "return c, h")],
        ),
    ],
    conventions=[
        Convention(
            "the forget gate is learned",
            "Your first block makes the share that is *kept*, and i is what it leaves over. That"
            " is coupling the other way round, as Christopher Olah's well-known page draws it: the"
            " same cell, with the first block of W, U and b negated. Here, and with Greff and"
            " ONNX, the first block makes i; weights do not carry over as they stand.",
            swap=[("f = 1 - i", "f, i = i, 1 - i")],
        ),
    ],
    hints=(
        "One sum for a and one split, as in the example; then a line for each block.",
        "Three blocks, i g o. Two go through `sigmoid`, one through `np.tanh`; the fourth gate"
        " needs no block.",
        "f is 1 minus the i that you have just made (after its σ). Then c from f, c_old, i and g,"
        " and h from o and the new c.",
    ),
    passed="A quarter of the matrices is saved, and something else with it: the new c is a mean of"
    " the old one and the candidate, so from within -1 and 1 it never gets out. What such a network"
    " can't keep in one c is a sum.",
)
