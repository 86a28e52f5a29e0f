"""One step of an LSTM with peepholes: two gates see the old c, one the new."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import Peephole


def drawn(rng, B, M, D):
    """Parameters, input and state, all random, none of them small."""
    draw = lambda *shape: np.round(rng.uniform(0.3, 1.2, shape) * rng.choice([-1, 1], shape), 2)
    params = {"W": draw(4 * D, M), "U": draw(4 * D, D), "b": draw(4 * D), "p": draw(3, D)}
    return params, draw(B, M), {"h": draw(B, D), "c": draw(B, D)}


def probes(rng):
    sizes = {"B": 1, "M": 3, "D": 2}

    def alone(**kept):
        """Random x and old h, c; of the parameters only those named are not 0."""
        params, x, state = drawn(rng, **sizes)
        silent = {name: 0 * value for name, value in params.items()}
        as_drawn = {name: params[name] for name, value in kept.items() if value is True}
        return silent | kept | as_drawn, x, state

    def peep(gate):
        """Only one row of p is not 0."""
        p = np.zeros((3, 2))
        p["ifo".index(gate)] = [1.5, -0.8]
        return p

    yield Probe(
        "no peepholes",
        alone(b=True, W=True),
        "p and U are 0: this is a step of the plain LSTM. Look at the blocks and at their"
        " activations, before you look at the peepholes.",
        sizes,
    )
    yield Probe(
        "only the old h",
        alone(U=True),
        "Only U is not 0, so a is U h, with the old h, and this too is a step of the plain LSTM.",
        sizes,
    )
    candidate = np.r_[0, 0, 0, 0, 0.5, -0.7, 0, 0]
    yield Probe(
        "only the input gate peeps",
        alone(b=candidate, p=peep("i")),
        "W and U are 0, and of p only the first row is not. f and o are a half; i is made of what"
        " it sees.",
        sizes,
    )
    yield Probe(
        "only the forget gate peeps",
        alone(b=candidate, p=peep("f")),
        "W and U are 0, and of p only the second row is not. i and o are a half; f is made of what"
        " it sees.",
        sizes,
    )
    yield Probe(
        "only the output gate peeps",
        alone(b=candidate, p=peep("o")),
        "W and U are 0, and of p only the third row is not. i and f are a half, so c is right"
        " without any peephole; o is made of what it sees. Which c is that?",
        sizes,
    )
    yield Probe(
        "peepholes against the biases",
        alone(b=np.r_[40, 40, -40, -40, 0.5, -0.7, 40, 40], p=np.full((3, 2), 0.5)),
        "The biases push i to 1, f to 0 and o to 1 so hard that no peephole can do anything about"
        " it: c must be the candidate and h its tanh.",
        sizes,
    )
    for B, M, D, name in (
        (2, 3, 5, "all together, a batch of 2"),
        (2, 3, 3, "M = D"),
        (3, 2, 3, "as many sequences as units"),
        (1, 1, 1, "one of each"),
        (3, 5, 2, "random numbers"),
    ):
        yield Probe(
            name,
            drawn(rng, B, M, D),
            "Each part alone is right; together they are not. Look at what is added to what, and at"
            " which entry of p meets which entry of c.",
            {"B": B, "M": M, "D": D},
        )


def reference(params, x, state):
    new = Peephole(x.shape[1], state["h"].shape[1]).step(params, x, state)
    return new["h"], new["c"]


ROWS = "p_i, p_f, p_o = params[\"p\"]"
I, F, O = "sigmoid(a_i + p_i * c_old)", "sigmoid(a_f + p_f * c_old)", "sigmoid(a_o + p_o * c)"
SPLIT = "a_i, a_f, a_g, a_o = np.split(a, 4, axis=-1)"
BY_BLOCK = """def peephole_step(params, x, state):
    W, U, b = (np.split(params[name], 4) for name in "WUb")
    a, c_old, p = [{} + b[k] for k in range(4)], state["c"], params["p"]
    i, f = sigmoid(a[0] + p[0] * c_old), sigmoid(a[1] + p[1] * c_old)
    c = f * c_old + i * np.tanh(a[2])
    return sigmoid(a[3] + p[2] * c) * np.tanh(c), c"""


def no_peephole(name, word):
    line = {"i": I, "f": F, "o": O}[name]
    return Mistake(
        f"no peephole for the {word} gate",
        f"The {word} gate does not see the memory: its row of p is not used.",
        swap=[(line, f"sigmoid(a_{name})")],
    )


def rows(letters, says):
    names = ", ".join(f"p_{name}" for name in letters)
    return Mistake(
        f"rows of p taken as {' '.join(letters)}",
        f"The rows of p stand i f o, and you take them as {' '.join(letters)}{says}.",
        swap=[(ROWS, f"{names} = params[\"p\"]")],
    )


def blocks(letters, says):
    names = ", ".join(f"a_{name}" for name in letters)
    return Mistake(
        f"blocks taken as {' '.join(letters)}",
        f"The blocks of a stand i f g o, and you take them as {' '.join(letters)}, {says}.",
        swap=[("a_i, a_f, a_g, a_o = np.split", f"{names} = np.split")],
    )


EXERCISE = Code(
    title="Gates that see the memory",
    level="standard",
    statement=r"""With **peepholes** each gate of an LSTM sees the cell state as well. The input and
the forget gate see the *old* one, the output gate the *new* one, and each unit sees its own alone:

$$\begin{aligned}
a_t &= W x_t + U h_{t-1} + b \\
i_t &= \sigma(a_i + p_i \odot c_{t-1}) \qquad f_t = \sigma(a_f + p_f \odot c_{t-1}) \\
g_t &= \tanh(a_g) \\
c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
o_t &= \sigma(a_o + p_o \odot c_t) \\
h_t &= o_t \odot \tanh(c_t)
\end{aligned}$$

($g$ is the candidate, also written $\tilde c$, and has no peephole; $\sigma(a) = 1/(1 + e^{-a})$;
$\odot$ multiplies entry by entry.) $a_t$ consists of four blocks of $D$ numbers, one below the
other: $a_i$, $a_f$, $a_g$, $a_o$, in this order.

`params` is a dict with `"W"` of shape `(4D, M)`, `"U"` of shape `(4D, D)`, `"b"` of shape `(4D,)`
and `"p"` of shape `(3, D)`, whose rows are $p_i$, $p_f$, $p_o$. `x` is a batch of inputs, `(B, M)`,
and `state` a dict with `"h"` and `"c"`, each `(B, D)`: a row is a sequence. Return the new `h` and
`c`, each `(B, D)`.

Here is a cell without peepholes, and without an input gate.""",
    example="""def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def all_written_step(params, x, state):
    W, U, b = params["W"], params["U"], params["b"]
    a = x @ W.T + state["h"] @ U.T + b               # (B, 3D)
    a_f, a_g, a_o = np.split(a, 3, axis=-1)          # (B, D) each
    f, g, o = sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
    c = f * state["c"] + g
    return o * np.tanh(c), c


M, D = 3, 2
params = {"W": np.full((3 * D, M), 0.1), "U": np.eye(3 * D, D),
          "b": np.zeros(3 * D)}
state = {"h": np.zeros((1, D)), "c": np.array([[0.5, -0.5]])}
h, c = all_written_step(params, np.ones((1, M)), state)
print(h.round(3), c.round(3))""",
    task="Now the cell with all its gates, and peepholes to each. Mind the order of the lines."
    " What is left out takes seven to ten.",
    starter='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def peephole_step(params, x, state):
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
            "the output gate sees the old c",
            "The output gate's peephole looks at the memory as it was before this step. It decides"
            " whether the *new* one is shown: make c first, then o.",
            swap=[(O, "sigmoid(a_o + p_o * c_old)")],
        ),
        Mistake(
            "the output gate's peephole after the σ",
            "The peephole of the output gate is added outside the σ, so o can be below 0 or above"
            " 1. What a gate sees goes into the pre-activation.",
            swap=[(O, "sigmoid(a_o) + p_o * c")],
        ),
        Mistake(
            "all peepholes after the σ",
            "The peepholes are added outside the σ, so the gates are no shares any more. What a"
            " gate sees goes into the pre-activation.",
            swap=[
                (I, "sigmoid(a_i) + p_i * c_old"),
                (F, "sigmoid(a_f) + p_f * c_old"),
                (O, "sigmoid(a_o) + p_o * c"),
            ],
        ),
        Mistake(
            "all gates see the new c",
            "You make c first, with gates that see the old one, and then all three gates anew with"
            " the new c. i and f see the old c and are made once.",
            source="""def peephole_step(params, x, state):
    W, U, b, c = params["W"], params["U"], params["b"], state["c"]
    p_i, p_f, p_o = params["p"]
    a_i, a_f, a_g, a_o = np.split(x @ W.T + state["h"] @ U.T + b, 4, axis=-1)
    for _ in range(2):
        i, f, o = sigmoid(a_i + p_i * c), sigmoid(a_f + p_f * c), sigmoid(a_o + p_o * c)
        c = f * state["c"] + i * np.tanh(a_g)
    o = sigmoid(a_o + p_o * c)
    return o * np.tanh(c), c""",
        ),
        Mistake(
            "no peepholes",
            "p is not used at all: this is the plain LSTM.",
            swap=[(I, "sigmoid(a_i)"), (F, "sigmoid(a_f)"), (O, "sigmoid(a_o)")],
        ),
        no_peephole("i", "input"),
        no_peephole("f", "forget"),
        no_peephole("o", "output"),
        Mistake(
            "the candidate peeps",
            "The candidate sees the memory, too. There are three peepholes, for the three gates.",
            swap=[("np.tanh(a_g)", "np.tanh(a_g + p_o * c_old)")],
        ),
        Mistake(
            "the output gate's row at the candidate",
            "The third row of p is used for the third block of a, the candidate, and o has no"
            " peephole. The rows of p are i f o: three gates, and none for the candidate.",
            swap=[("np.tanh(a_g)", "np.tanh(a_g + p_o * c_old)"), (O, "sigmoid(a_o)")],
        ),
        Mistake(
            "peepholes that see h",
            "p multiplies the old h. h has passed the output gate and the gates hear it through U;"
            " the peepholes see c itself.",
            swap=[
                (I, "sigmoid(a_i + p_i * h_old)"),
                (F, "sigmoid(a_f + p_f * h_old)"),
                (O, "sigmoid(a_o + p_o * h_old)"),
            ],
        ),
        Mistake(
            "peepholes that see tanh(c)",
            "p multiplies tanh(c). The peepholes see the cell state as it is, not as it is shown.",
            swap=[
                (I, "sigmoid(a_i + p_i * np.tanh(c_old))"),
                (F, "sigmoid(a_f + p_f * np.tanh(c_old))"),
                (O, "sigmoid(a_o + p_o * np.tanh(c))"),
            ],
        ),
        Mistake(
            "the output gate sees tanh(c)",
            "i and f are right; the output gate's peephole looks at tanh(c) in the place of c.",
            swap=[(O, "sigmoid(a_o + p_o * np.tanh(c))")],
        ),
        Mistake(
            "peepholes as factors",
            "p ⊙ c multiplies the pre-activation. It is added to it, as W x and U h are.",
            swap=[
                (I, "sigmoid(a_i * p_i * c_old)"),
                (F, "sigmoid(a_f * p_f * c_old)"),
                (O, "sigmoid(a_o * p_o * c)"),
            ],
        ),
        Mistake(
            "p added without c",
            "p itself is added, as if it were a second bias. It multiplies c.",
            swap=[
                (I, "sigmoid(a_i + p_i)"),
                (F, "sigmoid(a_f + p_f)"),
                (O, "sigmoid(a_o + p_o)"),
            ],
        ),
        Mistake(
            "each gate sees all units",
            "Every unit of a sequence sees the same: the sum over all units of p times c. Each"
            " sees its own entry alone, so there is no sum and no `@`.",
            swap=[
                (I, "sigmoid(a_i + (c_old @ p_i)[:, None])"),
                (F, "sigmoid(a_f + (c_old @ p_f)[:, None])"),
                (O, "sigmoid(a_o + (c @ p_o)[:, None])"),
            ],
        ),
        Mistake(
            "a matrix product with p",
            "`c @ p_i` sums over the units and leaves one number a sequence. Each unit sees its own"
            " entry of c alone: a product entry by entry, `*`.",
            swap=[
                (I, "sigmoid(a_i + c_old @ p_i)"),
                (F, "sigmoid(a_f + c_old @ p_f)"),
                (O, "sigmoid(a_o + c @ p_o)"),
            ],
        ),
        Mistake(
            "a matrix product with p in front",
            "`p_i @ c` is a matrix product: it sums, and its shapes fit only by chance. Each unit"
            " sees its own entry of c alone: a product entry by entry, `*`.",
            swap=[
                (I, "sigmoid(a_i + p_i @ c_old)"),
                (F, "sigmoid(a_f + p_f @ c_old)"),
                (O, "sigmoid(a_o + p_o @ c)"),
            ],
        ),
        Mistake(
            "each gate sees the sum",
            "c is summed along the units: each unit sees its p times the sum of all memories. It"
            " sees its own entry of c alone, as in `p_i * c`, with no sum.",
            swap=[
                (I, "sigmoid(a_i + p_i * c_old.sum(axis=-1, keepdims=True))"),
                (F, "sigmoid(a_f + p_f * c_old.sum(axis=-1, keepdims=True))"),
                (O, "sigmoid(a_o + p_o * c.sum(axis=-1, keepdims=True))"),
            ],
        ),
        rows("iof", ", which is the order of ONNX"),
        rows("fio", ", with the forget gate first"),
        rows("foi", ", as if the input gate came last"),
        rows("oif", ", as if the output gate came first"),
        rows("ofi", ": backwards"),
        Mistake(
            "sliced p",
            "p is read as a (D, 3), column by column, or through a reshape. It is (3, D): the first"
            " row is p_i.",
            swap=[(ROWS, "p_i, p_f, p_o = params[\"p\"].reshape(-1, 3).T")],
        ),
        Mistake(
            "columns of p",
            "You take columns of p, `p[:, 0]` and so on. p is (3, D), a gate a row: `p[0]`, or"
            " `p_i, p_f, p_o = p`.",
            swap=[(ROWS, "p = params[\"p\"]\n    p_i, p_f, p_o = p[:, 0], p[:, 1], p[:, 2]")],
        ),
        Mistake(
            "p cut like a",
            "`np.split(p, 3, axis=-1)` cuts along the units. The gates lie along the first axis of"
            " p, which has the shape (3, D).",
            swap=[(ROWS, "p_i, p_f, p_o = np.split(params[\"p\"], 3, axis=-1)")],
        ),
        Mistake(
            "p cut into four",
            "p is cut into four, as a is. It has three rows: the candidate has no peephole.",
            swap=[(ROWS, "p_i, p_f, _, p_o = params[\"p\"]")],
        ),
        Mistake(
            "a peephole with a minus",
            "The peepholes are taken off. They are added like everything else in a pre-activation.",
            swap=[
                (I, "sigmoid(a_i - p_i * c_old)"),
                (F, "sigmoid(a_f - p_f * c_old)"),
                (O, "sigmoid(a_o - p_o * c)"),
            ],
        ),
        Mistake(
            "gates coupled",
            "f is 1 - i, and the forget gate's own block and peephole are not used. That is another"
            " variant.",
            swap=[(F, "1 - i")],
        ),
        Mistake(
            "i and f exchanged in the line of c",
            "The old c is kept with the share i, and the candidate written with the share f."
            " Keeping is the work of the forget gate.",
            swap=[("f * c_old + i * g", "i * c_old + f * g")],
        ),
        Mistake(
            "everything written",
            "The old c is kept with the right share, and the whole candidate is added, as in the"
            " example. This cell has an input gate: i stands in front of g.",
            swap=[("f * c_old + i * g", "f * c_old + g")],
        ),
        Mistake(
            "tanh for the gates",
            "i, f and o go through tanh. A gate is a share between 0 and 1, made by σ.",
            swap=[(I, I.replace("sigmoid", "np.tanh")), (F, F.replace("sigmoid", "np.tanh")),
                  (O, O.replace("sigmoid", "np.tanh"))],
        ),
        Mistake(
            "h made of the old c",
            "c is right, and h shows the memory as it was before this step.",
            swap=[("np.tanh(c)", "np.tanh(c_old)")],
        ),
        Mistake(
            "h without its tanh",
            "h is o times c itself. c goes through tanh on its way out. (The peephole paper of"
            " 2002 had none there; the cell asked for here has one.)",
            swap=[("o * np.tanh(c)", "o * c")],
        ),
        Mistake(
            "σ candidate",
            "The candidate goes through σ, like the gates. It is a tanh.",
            swap=[("g = np.tanh(a_g)", "g = sigmoid(a_g)")],
        ),
        blocks("ifog", "all gates first, in the order in which p has them"),
        blocks("igfo", "as TensorFlow 1 does"),
        blocks("iofg", "as ONNX does"),
        blocks("figo", "with the forget gate first"),
        Mistake(
            "bias missing",
            "b is not added to a. p does not stand in its place.",
            swap=[(" + b\n", "\n")],
        ),
        Mistake(
            "old h missing",
            "U h is left out. The peepholes come on top of what the gates hear.",
            swap=[(" + h_old @ U.T", "")],
        ),
        Mistake(
            "U reads c",
            "U multiplies the old c. The layers hear h through U; c they see through p alone.",
            swap=[("h_old @ U.T", "c_old @ U.T")],
        ),
        Mistake(
            "blocks of U transposed",
            "Each D × D block of U is transposed: h @ U_k where h @ U_k.T is right.",
            source=BY_BLOCK.format('x @ W[k].T + state["h"] @ U[k]'),
        ),
        Mistake(
            "blocks of W transposed",
            "Each block of W is transposed. That fits only where M = D.",
            source=BY_BLOCK.format('x @ W[k] + state["h"] @ U[k].T'),
        ),
        Mistake(
            "cut along the batch",
            "Without an axis `np.split` cuts the first one, the batch. The blocks lie along the"
            " last axis: axis=-1.",
            swap=[(SPLIT, "a_i, a_f, a_g, a_o = np.split(a, 4)")],
        ),
        Mistake(
            "products as on paper",
            "`W @ x` is right for a column. Here a row is a sequence, so each product turns around,"
            " as in the example.",
            swap=[("x @ W.T + h_old @ U.T", "W @ x + U @ h_old")],
        ),
        Mistake(
            "h and c in the wrong order",
            "Both are right, and you return them as c, h. The order here is h, c.",
            swap=[("return h, c", "return c, h")],
        ),
    ],
    hints=(
        "Write the plain LSTM first, and check it in your head with p = 0. Then three terms more.",
        "A line for each equation, in the order in which they stand: no equation uses what comes"
        " below it. The fifth is not with the other two gates, and that has a reason.",
        "`p_i, p_f, p_o = params[\"p\"]` are three arrays of shape (D,), and `p_i * c_old` has the"
        " shape (B, D). Two of the three go with c_old, one with c, all inside `sigmoid`.",
    ),
    passed="Each gate now sees what is in the cell, even while nothing of it is shown. The plain"
    " LSTM is the case p = 0, and three numbers a unit is all that the sight costs.",
)
