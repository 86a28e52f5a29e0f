"""One step of an LSTM, from the stacked equations."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import LSTM


def pushed(D, **blocks):
    """A bias of 4D numbers with the given value in each block; unnamed blocks get 0."""
    return np.concatenate([np.full(D, float(blocks.get(name, 0))) for name in "ifgo"])


def drawn(rng, B, M, D):
    """Parameters, input and state, all random, none of them small."""
    draw = lambda *shape: np.round(rng.uniform(0.3, 1.2, shape) * rng.choice([-1, 1], shape), 2)
    params = {"W": draw(4 * D, M), "U": draw(4 * D, D), "b": draw(4 * D)}
    return params, draw(B, M), {"h": draw(B, D), "c": draw(B, D)}


def probes(rng):
    sizes = {"B": 1, "M": 3, "D": 2}

    def alone(**kept):
        """Random x and old h, c as below; of the parameters only those named are not 0."""
        params, x, state = drawn(rng, **sizes)
        silent = {name: 0 * value for name, value in params.items()}
        drawn_too = {name: params[name] for name, value in kept.items() if value is True}
        return silent | kept | drawn_too, x, {"h": state["h"], "c": c}

    c = np.array([[0.9, -0.6]])
    yield Probe(
        "keeping: f = 1, i = 0, o = 1",
        alone(b=pushed(2, i=-40, f=40, o=40)),
        "W and U are 0, and the biases push f to 1, i to 0 and o to 1. So the new c must be the old"
        " c, and h its tanh. Look at the line that makes c, and at which block of b is pushed to"
        " which gate. If the shapes do not fit: a sequence is a row here, so a is (B, 4D), and its"
        " blocks lie along the last axis.",
        sizes,
    )
    yield Probe(
        "writing: f = 0, i = 1, o = 1",
        alone(b=np.r_[40, 40, -40, -40, 0.5, -0.7, 40, 40]),
        "W and U are 0, and the biases push f to 0, i to 1 and o to 1. So the new c must be the"
        " candidate, the tanh of the third block of b, whatever the old c was, and h the tanh of"
        " that new c.",
        sizes,
    )
    yield Probe(
        "only the biases",
        alone(b=True),
        "W and U are 0, so only b and the old c are left. Look at how b enters a, which activation"
        " each block gets, and what multiplies what.",
        sizes,
    )
    yield Probe(
        "hiding: o = 0",
        alone(b=np.r_[0.4, -0.3, 0.8, 0.2, 0.5, -0.7, -40, -40]),
        "W and U are 0, and the biases push o to 0. So h must be 0, and c as it would be with any"
        " other o.",
        sizes,
    )
    yield Probe(
        "only W",
        alone(W=True),
        "U and b are 0, so a is W x alone. Look at how W meets x: row k of W makes entry k of a.",
        sizes,
    )
    yield Probe(
        "only U",
        alone(U=True),
        "W and b are 0, so a is U h alone, with the old h. Look at how U meets h: row k of U makes"
        " entry k of a.",
        sizes,
    )
    for B, M, D, name, says in (
        (
            2,
            3,
            5,
            "all together, a batch of 2",
            (
                "Each part alone is right; together they are not. Look at what is added to what, "
                "and whether each sequence of the batch keeps its own state."
            ),
        ),
        (
            2,
            3,
            3,
            "M = D",
            (
                "This has as many inputs as units, so that a transposed block fits; look at the"
                " order of each product."
            ),
        ),
        (
            1,
            1,
            1,
            "one of each",
            "One sequence, one input, one unit: look for an axis that gets lost.",
        ),
        (
            7,
            2,
            3,
            "more sequences than numbers",
            "Look for something that is taken along the axis of the batch.",
        ),
        (3, 5, 2, "random numbers", "Everything is random here."),
    ):
        yield Probe(name, drawn(rng, B, M, D), says, {"B": B, "M": M, "D": D})


def reference(params, x, state):
    new = LSTM(x.shape[1], state["h"].shape[1]).step(params, x, state)
    return new["h"], new["c"]


ORDER_SAYS = (
    "The blocks are taken as {}, which is the order of {}; the shapes fit all the same. Here they"
    " stand i f g o."
)
SPLIT = "a_i, a_f, a_g, a_o = np.split"
BY_BLOCK = """def lstm_step(params, x, state):
    W, U, b = (np.split(params[name], 4) for name in "WUb")
    a = [{} + b[k] for k in range(4)]
    c = sigmoid(a[1]) * state["c"] + sigmoid(a[0]) * np.tanh(a[2])
    return sigmoid(a[3]) * np.tanh(c), c"""


def order(letters, whose):
    names = ", ".join(f"a_{name}" for name in letters)
    return Mistake(
        f"blocks taken as {' '.join(letters)}",
        ORDER_SAYS.format(" ".join(letters), whose),
        swap=[(SPLIT, f"{names} = np.split")],
    )


EXERCISE = Code(
    title="One step of an LSTM",
    level="standard",
    statement="""One step of an LSTM turns an input $x_t$ and the old state $h_{t-1}$, $c_{t-1}$ into the new state $h_t$, $c_t$:

$$\\begin{aligned}
a_t &= W x_t + U h_{t-1} + b \\\\
i_t &= \\sigma(a_i) \\quad f_t = \\sigma(a_f) \\\\
g_t &= \\tanh(a_g) \\quad o_t = \\sigma(a_o) \\\\
c_t &= f_t \\odot c_{t-1} + i_t \\odot g_t \\\\
h_t &= o_t \\odot \\tanh(c_t)
\\end{aligned}$$

$a_t$ consists of four blocks of $D$ numbers, one below the other: $a_i$, $a_f$, $a_g$, $a_o$, in this order. ($g$ is the candidate, also written $\\tilde c$; $\\sigma(a) = 1/(1 + e^{-a})$; $\\odot$ multiplies entry by entry.)

`params` is a dict with `"W"` of shape `(4D, M)`, `"U"` of shape `(4D, D)` and `"b"` of shape `(4D,)`. `x` is a batch of inputs, `(B, M)`, and `state` a dict with `"h"` and `"c"`, each `(B, D)`: a row is a sequence. Return the new `h` and `c`, each `(B, D)`.

Here is a step of another, smaller cell: two blocks, a gate $k$ that keeps and a candidate $g$, and a state $h_t = k \\odot h_{t-1} + (1 - k) \\odot g$.""",
    example="""def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def small_step(params, x, h):
    W, U, b = params["W"], params["U"], params["b"]
    a = x @ W.T + h @ U.T + b                # (B, 2D)
    a_k, a_g = np.split(a, 2, axis=-1)       # two blocks, (B, D) each
    k = sigmoid(a_k)
    g = np.tanh(a_g)
    return k * h + (1 - k) * g


M, D = 3, 2
params = {"W": np.full((2 * D, M), 0.1), "U": np.eye(2 * D, D),
          "b": np.zeros(2 * D)}
x, h = np.ones((1, M)), np.array([[0.5, -0.5]])
small_step(params, x, h).round(3)""",
    task="Now the LSTM: four blocks, and two states. What is left out takes six to eight lines.",
    starter='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm_step(params, x, state):
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
            "sigmoid candidate",
            "The candidate goes through σ, like the gates. So nothing negative can ever be written."
            " It is a tanh.",
            swap=[("g = np.tanh(a_g)", "g = sigmoid(a_g)")],
        ),
        Mistake(
            "candidate not squashed",
            "The candidate is written as it comes, without its tanh: one step could write any"
            " amount.",
            swap=[("g = np.tanh(a_g)", "g = a_g")],
        ),
        *(
            Mistake(
                f"tanh for the {word} gate",
                f"The {word} gate goes through tanh. A gate is a share between 0 and 1; "
                "with a tanh it could also be negative, and turn the sign of what it lets through.",
                swap=[(f"{name} = sigmoid", f"{name} = np.tanh")],
            )
            for name, word in (("i", "input"), ("f", "forget"), ("o", "output"))
        ),
        Mistake(
            "tanh for all four blocks",
            "All four blocks go through tanh. It belongs to the candidate alone; a gate is a share"
            " between 0 and 1.",
            swap=[(f"{name} = sigmoid", f"{name} = np.tanh") for name in "ifo"],
        ),
        Mistake(
            "gates not squashed",
            "The gates multiply as they come out of the matrices, without σ, so they are no"
            " shares.",
            swap=[(f"{name} = sigmoid", f"{name} = ") for name in "ifo"],
        ),
        Mistake(
            "candidate squashed twice",
            "All four blocks go through σ, and the candidate through tanh after that. Take the"
            " blocks apart first; the candidate goes through tanh alone.",
            swap=[("g = np.tanh(a_g)", "g = np.tanh(sigmoid(a_g))")],
        ),
        Mistake(
            "cut along the batch",
            "Without an axis `np.split` cuts the first one, the batch. The blocks lie side by side"
            " in a row: axis=-1.",
            swap=[("np.split(a, 4, axis=-1)", "np.split(a, 4)")],
        ),
        Mistake(
            "products as on paper",
            "`W @ x` is right for a column. Here a row is a sequence, so each product of the"
            " equation turns around, as in the example.",
            swap=[("x @ W.T + h_old @ U.T", "W @ x + U @ h_old")],
        ),
        Mistake(
            "no transposes",
            "x @ W + h @ U: a row of W makes one entry of a, so in rows it is x @ W.T, and the same"
            " for U, as in the example.",
            swap=[("x @ W.T + h_old @ U.T", "x @ W + h_old @ U")],
        ),
        Mistake(
            "h without its tanh",
            "h is o times c itself. What is shown is squashed first, or h could grow as c does.",
            swap=[("np.tanh(c)", "c")],
        ),
        Mistake(
            "h made of the old c",
            "c is right, but h shows the memory as it was before this step. Which c does the last"
            " equation name?",
            swap=[("np.tanh(c)", "np.tanh(c_old)")],
        ),
        Mistake(
            "the output gate inside the tanh",
            "h is the tanh of o times c. The gate stands outside: first squash, then let a share"
            " through.",
            swap=[("o * np.tanh(c)", "np.tanh(o * c)")],
        ),
        Mistake(
            "σ for what is shown",
            "On the way out the memory goes through σ. It is a tanh there too, or h could never be"
            " negative.",
            swap=[("np.tanh(c)", "sigmoid(c)")],
        ),
        Mistake(
            "c squashed for good",
            "The tanh has become part of c: it is handed on squashed and is squashed again at every"
            " step. Only what is shown goes through the tanh.",
            swap=[("c = f * c_old + i * g", "c = np.tanh(f * c_old + i * g)"), ("np.tanh(c)", "c")],
        ),
        Mistake(
            "c squashed twice",
            "The new c goes through a tanh, and h through another. c is handed on as the sum"
            " itself; a memory that is squashed at each step does not keep.",
            swap=[("c = f * c_old + i * g", "c = np.tanh(f * c_old + i * g)")],
        ),
        Mistake(
            "f as the share forgotten",
            "Of the old c the share 1 - f is kept. Mind the name: f is the share that stays.",
            swap=[("f * c_old", "(1 - f) * c_old")],
        ),
        Mistake(
            "1 - f in the place of i",
            "The candidate is written with the share 1 - f. That is another cell, with coupled"
            " gates; here i has a block of its own.",
            swap=[("i * g", "(1 - f) * g")],
        ),
        Mistake(
            "1 - i in the place of f",
            "The old c is kept with the share 1 - i. That is another cell, with coupled gates; here"
            " f has a block of its own.",
            swap=[("f * c_old", "(1 - i) * c_old")],
        ),
        Mistake(
            "no forget gate",
            "All of the old c is kept, f is made and never used. (The cell of 1997 was like this.)",
            swap=[("f * c_old", "c_old")],
        ),
        Mistake(
            "no input gate",
            "All of the candidate is written, i is made and never used.",
            swap=[("i * g", "g")],
        ),
        Mistake(
            "no output gate",
            "All of tanh(c) is shown, o is made and never used.",
            swap=[("o * np.tanh(c)", "np.tanh(c)")],
        ),
        Mistake(
            "i outside the bracket",
            "The input gate multiplies the old memory too. It stands in front of the candidate"
            " only.",
            swap=[("f * c_old + i * g", "i * (f * c_old + g)")],
        ),
        Mistake(
            "f outside the bracket",
            "The forget gate multiplies the candidate too. It stands in front of the old c only.",
            swap=[("f * c_old + i * g", "f * (c_old + i * g)")],
        ),
        order("igfo", "TensorFlow 1 (there i j f o) and Haiku"),
        order("ifog", "many a hand-written file, gates first"),
        Mistake(
            "i and f exchanged",
            "Two things do this: the blocks taken as f i g o, where they stand i f g o; or f in"
            " front of the candidate and i in front of the old c. Either way the input gate keeps"
            " and the forget gate writes.",
            swap=[("a_i, a_f,", "a_f, a_i,")],
        ),
        order("iofg", "ONNX"),
        order("gifo", "Greff and others, who write the candidate first, as z"),
        order("fiog", "many texts: forget, input and output gate, and then the candidate"),
        Mistake(
            "blocks interleaved",
            "You take every fourth number for a gate, as by a reshape to (D, 4). A block is D"
            " numbers in a row: first all of i, then all of f.",
            swap=[("np.split(a, 4, axis=-1)", "np.moveaxis(a.reshape(len(a), -1, 4), -1, 0)")],
        ),
        Mistake(
            "bias missing",
            "b is not added to a. A gate's bias says how far it stands open when nothing speaks.",
            swap=[(" + b", "")],
        ),
        Mistake(
            "bias added twice",
            "b is added once with W x and once more with U h. PyTorch keeps two biases for that;"
            " here there is one.",
            swap=[(" + b", " + 2 * b")],
        ),
        Mistake(
            "1 added to the forget gate",
            "Another 1 is added to f's pre-activation. A forget bias belongs in b, from the start;"
            " TensorFlow 1 added it at each step.",
            swap=[("sigmoid(a_f)", "sigmoid(a_f + 1)")],
        ),
        Mistake(
            "old h missing",
            "U h is left out, so the gates see the input only and the cell does not know what it"
            " showed.",
            swap=[(" + h_old @ U.T", "")],
        ),
        Mistake(
            "U reads c",
            "U multiplies the old c. The four layers hear what was shown, h; the memory itself is"
            " out of their sight.",
            swap=[("h_old @ U.T", "c_old @ U.T")],
        ),
        Mistake(
            "blocks of U transposed",
            "Each D × D block of U is transposed: h @ U_k where h @ U_k.T is right. It fits,"
            " because the blocks are square, and it is wrong.",
            source=BY_BLOCK.format('x @ W[k].T + state["h"] @ U[k]'),
        ),
        Mistake(
            "blocks of W transposed",
            "Each block of W is transposed, x @ W_k where x @ W_k.T is right. That fits only where"
            " M = D.",
            source=BY_BLOCK.format('x @ W[k] + state["h"] @ U[k].T'),
        ),
        Mistake(
            "W and U exchanged",
            "W multiplies h and U multiplies x. That fits only where M = D: W is for the input.",
            swap=[("x @ W.T + h_old @ U.T", "x @ U.T + h_old @ W.T")],
        ),
        Mistake(
            "h and c in the wrong order",
            "Both are right, and you return them as c, h. The order here is h, c.",
            swap=[("return h, c", "return c, h")],
        ),
        Mistake(
            "old h and old c exchanged",
            "What goes into the step is mixed up: the old h is kept as if it were the memory, and"
            " the layers hear the old c.",
            swap=[
                ('h_old, c_old = state["h"], state["c"]', 'c_old, h_old = state["h"], state["c"]')
            ],
        ),
        Mistake(
            "h handed on as the memory",
            "h is right, and it is returned a second time where c belongs. The memory goes on as it"
            " is, unsqueezed and whole.",
            swap=[("return h, c", "return h, h")],
        ),
        Mistake(
            "old h kept as the memory",
            "The forget gate is put in front of the old h. What it keeps a share of is the memory,"
            " the old c.",
            swap=[("f * c_old", "f * h_old")],
        ),
    ],
    hints=(
        (
            "Do what the example does, with other names: one sum for a, one split into blocks, one"
            " line a block, and then the last two equations."
        ),
        (
            "`np.split(a, 4, axis=-1)` gives four blocks of shape (B, D). Three of them go through"
            " `sigmoid`, and one through `np.tanh`."
        ),
        (
            "c is made of f, c_old, i and g, and h of o and of the c that you have just made:"
            " products entry by entry, `*`, no `@`."
        ),
    ),
    passed=(
        "That is the whole cell. Give it weights from anywhere, in this order of blocks, and call"
        " it once a symbol: your lines are the LSTM of the rest of the book."
    ),
)
