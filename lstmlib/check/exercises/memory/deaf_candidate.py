"""One step of an LSTM whose candidate is made deaf to h, on some of the rows."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import LSTM


def probes(rng):
    def drawn(B, M, D, noisy=None):
        params = {
            "W": rng.normal(size=(4 * D, M)),
            "U": rng.normal(size=(4 * D, D)),
            "b": rng.normal(size=4 * D),
        }
        state = {"h": rng.uniform(-0.9, 0.9, (B, D)), "c": rng.normal(size=(B, D))}
        if noisy is None:
            noisy = rng.permutation(np.arange(B) % 2 == 0)
        args = params, rng.normal(size=(B, M)), state, np.array(noisy), rng.uniform(-0.9, 0.9, D)
        return args, {"B": B, "M": M, "D": D}

    args, sizes = drawn(1, 1, 1, [False])
    yield Probe(
        "nothing is broken",
        args,
        "Not one row is noisy: this is an ordinary step of the LSTM.",
        sizes,
    )
    args, sizes = drawn(2, 3, 1, [True, True])
    yield Probe(
        "every row is noisy",
        args,
        "All rows are noisy, one unit. Its candidate hears mean_h, its three gates the old h.",
        sizes,
    )
    args, sizes = drawn(2, 2, 3, [True, False])
    yield Probe(
        "one row of two",
        args,
        "The first row is noisy and the second is not. The second takes an ordinary step.",
        sizes,
    )
    params, x, state, noisy, mean_h = drawn(3, 2, 2, [False, True, False])[0]
    yield Probe(
        "a mean of zeros",
        (params, x, state, noisy, 0 * mean_h),
        "mean_h is 0, so on the noisy row the candidate hears x and its bias, and nothing else.",
        {"B": 3, "M": 2, "D": 2},
    )
    for B, M, D, name in (
        (3, 2, 3, "B = D"),
        (2, 3, 3, "M = D"),
        (7, 3, 2, "random numbers"),
        (5, 2, 3, "random numbers, more units"),
    ):
        args, sizes = drawn(B, M, D)
        yield Probe(
            name,
            args,
            "Follow one noisy row and one that is not: who hears what?",
            sizes,
        )


def reference(params, x, state, noisy, mean_h):
    """By the library: each row stepped twice, with its h and with the mean, and put together by hand."""
    D = len(mean_h)
    cell, found = LSTM(x.shape[1], D), []
    for k in range(len(x)):
        old = {name: value[k : k + 1] for name, value in state.items()}
        heard = cell.step(params, x[k : k + 1], old)
        deaf = cell.step(params, x[k : k + 1], {**old, "h": mean_h[None]})
        g = deaf["g"] if noisy[k] else heard["g"]
        c = heard["f"] * old["c"] + heard["i"] * g
        found.append((heard["o"] * np.tanh(c), c))
    return tuple(np.concatenate(each) for each in zip(*found))


HEARS = "hears = np.where(noisy[:, None], mean_h, h_old)"
A = "a = x @ W.T + h_old @ U.T + b"
DEAF = "deaf = x @ W.T + hears @ U.T + b"
SPLIT = "a_i, a_f, _, a_o = np.split(a, 4, axis=-1)"
CANDIDATE = "a_g = np.split(deaf, 4, axis=-1)[2]"


def deaf_block(word, blocks):
    """The wrong block is deaf, and the candidate hears."""
    return Mistake(
        f"the {word} deaf",
        f"On noisy rows it is the {word} that hears mean_h, and the candidate hears the old h. The"
        " blocks are i f g o, and the third is to be deaf.",
        swap=[
            (SPLIT, "a_i, a_f, a_g, a_o = np.split(a, 4, axis=-1)"),
            (CANDIDATE, f"a_{blocks} = np.split(deaf, 4, axis=-1)[{'ifgo'.index(blocks)}]"),
        ],
    )


EXERCISE = Code(
    title="Make the candidate deaf",
    level="standard",
    statement=r"""A network remembers a symbol through noise. Where? If it reads the symbol off $h$ and writes it again at each noisy step, then its candidate has to hear $h$. So cut that wire and see what is left. This is one step of an LSTM with the wire cut:

$$\begin{aligned}
a_t &= W x_t + U h_{t-1} + b \\
i, f, o &= \sigma(a_i), \sigma(a_f), \sigma(a_o) \\
g_t &= \tanh(a_g) \\
c_t &= f_t \odot c_{t-1} + i_t \odot g_t \\
h_t &= o_t \odot \tanh(c_t)
\end{aligned}$$

but **on noisy rows the candidate $g$ is given `mean_h` in the place of $h_{t-1}$**. It still hears $x_t$ and its bias. The gates hear $h_{t-1}$ as ever, and on rows that are not noisy everything is as usual.

`params` is a dict of `W` $(4D, M)$, `U` $(4D, D)$ and `b` $(4D,)$, blocks i f g o from the top. `x` is $(B, M)$; `state` is a dict of the old `h` and `c`, $(B, D)$ each. `noisy` is a boolean array $(B,)$, an answer a row, and `mean_h` is $(D,)$, the unit's mean over the noisy steps of a long run. Return the new `h` and `c`.

In the example a whole plain cell is made deaf, on every row.""",
    example='''def deaf_rnn_step(params, x, h, mean_h):
    """A plain step that hears the mean of h and not h itself."""
    W, U, b = params["W"], params["U"], params["b"]
    hears = mean_h + 0 * h                       # the same for every row
    return np.tanh(x @ W.T + hears @ U.T + b)


params = {"W": np.array([[1.0]]), "U": np.array([[2.0]]), "b": np.zeros(1)}
x, h = np.array([[0.0], [0.0]]), np.array([[0.9], [-0.9]])
deaf_rnn_step(params, x, h, mean_h=np.array([0.1]))''',
    task="Now one block of four, and only where it is noisy. About eight lines.",
    starter='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def deaf_step(params, x, state, noisy, mean_h):
    """A step in which the candidate is deaf to h on noisy rows."""
    W, U, b = params["W"], params["U"], params["b"]
    h_old, c_old = state["h"], state["c"]
    ...
    return h, c''',
    returns=("h", "c"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "everything deaf",
            "On noisy rows all four blocks hear mean_h. Then nobody can tell who needed h: only the"
            " candidate is to be deaf.",
            swap=[(A, "a = x @ W.T + hears @ U.T + b")],
        ),
        Mistake(
            "the gates deaf",
            "The three gates are deaf and the candidate hears: that is the other experiment.",
            swap=[(A, "a = x @ W.T + hears @ U.T + b"), (DEAF, "deaf = x @ W.T + h_old @ U.T + b")],
        ),
        deaf_block("input gate", "i"),
        deaf_block("forget gate", "f"),
        deaf_block("output gate", "o"),
        Mistake(
            "h itself overwritten",
            "You write mean_h into the state's own h, so that the gates hear it as well (and whoever"
            " called has lost the old h). A second name is no copy: `np.where` makes a new array.",
            swap=[(HEARS, "hears = h_old\n    hears[noisy] = mean_h")],
        ),
        Mistake(
            "blocks taken as i f o g",
            "The blocks stand i f g o; you take the third for the output gate and the fourth for the"
            " candidate.",
            swap=[
                (SPLIT, "a_i, a_f, a_o, _ = np.split(a, 4, axis=-1)"),
                (CANDIDATE, "a_g = np.split(deaf, 4, axis=-1)[3]"),
            ],
        ),
        Mistake(
            "deaf on every row",
            "The candidate is deaf on all rows. Where it is not noisy the symbol itself comes in,"
            " and there everything is to be as usual.",
            swap=[(HEARS, "hears = mean_h + 0 * h_old")],
        ),
        Mistake(
            "deaf on the wrong rows",
            "The candidate is deaf where it is not noisy, and hears where it is.",
            swap=[(HEARS, "hears = np.where(noisy[:, None], h_old, mean_h)")],
        ),
        Mistake(
            "never deaf",
            "This is the ordinary step on all rows: mean_h is nowhere used.",
            swap=[(HEARS, "hears = h_old")],
        ),
        Mistake(
            "all rows if any",
            "If one row is noisy, all rows are made deaf. Each row has its own answer.",
            swap=[(HEARS, "hears = np.where(noisy.any(), mean_h, h_old)")],
        ),
        Mistake(
            "the mask along the units",
            "The rows' answers are laid along the units: `noisy` has the shape (B,), and NumPy lays"
            " it along the last axis. One more axis, (B, 1), makes rows of it.",
            swap=[(HEARS, "hears = np.where(noisy, mean_h, h_old)")],
        ),
        Mistake(
            "zeros in the place of the mean",
            "On noisy rows the candidate is given zeros for h. That takes more from it than what h"
            " says of the symbol: also what it always says. mean_h leaves the latter in place.",
            swap=[(HEARS, "hears = np.where(noisy[:, None], 0.0, h_old)")],
        ),
        Mistake(
            "the mean of this batch",
            "You take the mean of h over the rows at hand. The mean over a long run is given, as"
            " `mean_h`.",
            swap=[(HEARS, "hears = np.where(noisy[:, None], h_old.mean(axis=0), h_old)")],
        ),
        Mistake(
            "the mean on top of h",
            "mean_h is added to the old h. It comes in its place.",
            swap=[(HEARS, "hears = np.where(noisy[:, None], h_old + mean_h, h_old)")],
        ),
        Mistake(
            "deaf to x as well",
            "On noisy rows the candidate does not hear x, either. Only h is exchanged; the wire"
            " from x stays.",
            swap=[(DEAF, "deaf = x @ W.T * ~noisy[:, None] + hears @ U.T + b")],
        ),
        Mistake(
            "nothing but the mean",
            "On noisy rows the candidate hears mean_h and nothing else: x and the bias are missing"
            " there. Only h is exchanged.",
            swap=[(DEAF, "deaf = (x @ W.T + b) * ~noisy[:, None] + hears @ U.T")],
        ),
        Mistake(
            "nothing written",
            "On noisy rows nothing is written: the candidate is 0 there. It is deaf, not dumb: it"
            " goes on writing what x, its bias and mean_h make of it.",
            swap=[(CANDIDATE, CANDIDATE + " * ~noisy[:, None]")],
        ),
        Mistake(
            "the mean as the candidate",
            "On noisy rows mean_h itself is written. It has to go through U and the tanh, where h"
            " would have gone.",
            swap=[("g = np.tanh(a_g)", "g = np.where(noisy[:, None], mean_h, np.tanh(a_g))")],
        ),
        Mistake(
            "bias missing for the candidate",
            "The deaf candidate has no bias. Only h is exchanged.",
            swap=[(DEAF, "deaf = x @ W.T + hears @ U.T")],
        ),
        Mistake(
            "the memory of noisy rows exchanged too",
            "On noisy rows the old c has been exchanged as well. The memory stays; only what the"
            " candidate hears changes.",
            swap=[("f * c_old", "f * np.where(noisy[:, None], mean_h, c_old)")],
        ),
        Mistake(
            "h and c in the wrong order",
            "Both are right, and come back as c, h. The order here is h, c.",
            swap=[("return h, c", "return c, h")],
        ),
    ],
    hints=(
        "Two pre-activations: the usual one, for the three gates, and one made with something else"
        " in the place of the old h, for the candidate.",
        "What the candidate hears: `np.where(noisy[:, None], mean_h, h_old)`, shape (B, D).",
        "Split both into four blocks. Take i, f and o from the usual one and the third block from"
        " the other; the rest is the LSTM as it always was.",
    ),
    passed="With this step in the loop the chapter found its latch: three networks that had kept a"
    " symbol lost it. A network that keeps a number on a belt hardly notices.",
)
