"""One step of the cell of 1997: no forget gate, and squashing functions of its own."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import LSTM1997


def probes(rng):
    def drawn(B, M, D, scale=1.0):
        params = {
            "W": scale * rng.normal(size=(3 * D, M)),
            "U": scale * rng.normal(size=(3 * D, D)),
            "b": scale * rng.normal(size=3 * D),
        }
        x = rng.normal(size=(B, M))
        state = {"h": rng.uniform(-0.8, 0.8, (B, D)), "c": rng.normal(size=(B, D))}
        return params, x, state

    def silenced(args, *names):
        params, x, state = args
        return {n: 0 * p if n in names else p for n, p in params.items()}, x, state

    def at_rest(args):
        params, x, state = args
        return params, x, {name: 0 * value for name, value in state.items()}

    args = at_rest(silenced(drawn(1, 1, 1), "W", "U"))
    args[0]["b"] = np.array([0.0, 1.0, 0.0])
    yield Probe(
        "one unit, only the candidate's bias",
        args,
        "W, U and the old state are 0, and b is 0, 1, 0 for i, g, o. So i and o are 1/2, and g is"
        " 4σ(1) - 2 = 0.924: c is 0.462, and h half of 2σ(0.462) - 1.",
        {"B": 1, "D": 1},
    )
    B, M, D = 2, 3, 5
    sizes = {"B": B, "M": M, "D": D}
    yield Probe(
        "only the biases, from an empty memory",
        at_rest(silenced(drawn(B, M, D), "W", "U")),
        "W and U are 0 and so is the old state: look at how b enters, and which part of it belongs"
        " to which block.",
        sizes,
    )
    args = silenced(drawn(B, M, D), "W", "U")
    yield Probe(
        "only the biases, with a memory",
        args,
        "W and U are 0; the old c is not. All of it is kept, and what is written is added.",
        sizes,
    )
    yield Probe(
        "only W",
        at_rest(silenced(drawn(B, M, D), "U", "b")),
        "Only W speaks: look at how x goes into the three blocks.",
        sizes,
    )
    yield Probe(
        "only U",
        silenced(drawn(B, M, D), "W", "b"),
        "Only U speaks: look at how the old h goes into the three blocks.",
        sizes,
    )
    params, x, state = silenced(drawn(B, M, D), "U")
    yield Probe(
        "a large memory",
        (params, x, {**state, "c": 40 * np.sign(state["c"]) + 0 * state["c"]}),
        "The old c is 40 or -40. It is kept whole, whatever comes in; what is shown of it stays"
        " between -1 and 1.",
        sizes,
    )
    for B, M, D, name in (
        (3, 2, 2, "M = D"),
        (1, 5, 3, "a batch of one"),
        (5, 3, 2, "random numbers"),
        (3, 2, 7, "random numbers, many units"),
    ):
        yield Probe(
            name,
            drawn(B, M, D),
            "The parts are right one by one, and all together they are not. Follow one sequence"
            " and one unit through the equations.",
            {"B": B, "M": M, "D": D},
        )


def reference(params, x, state):
    """By the library's cell."""
    new = LSTM1997(x.shape[1], state["h"].shape[1]).step(params, x, state)
    return new["h"], new["c"]


CANDIDATE, MEMORY = "g = 4 * sigmoid(a_g) - 2", "c = c_old + i * g"
SQUASHED, SHOWN = "s = 2 * sigmoid(c) - 1", "h = o * s"
SPLIT = "a_i, a_g, a_o = np.split(a, 3, axis=-1)"

BY_BLOCK = """def lstm_1997_step(params, x, state):
    D = state["h"].shape[1]
    W, U, b = (params[name].reshape(3, D, -1) for name in ("W", "U", "b"))
    a = [{} + b[k, :, 0] for k in range(3)]
    i, o = sigmoid(a[0]), sigmoid(a[2])
    c = state["c"] + i * (4 * sigmoid(a[1]) - 2)
    return o * (2 * sigmoid(c) - 1), c


def sigmoid(a):
    return 1 / (1 + np.exp(-a))"""

EXERCISE = Code(
    title="The cell of 1997",
    level="standard",
    statement=r"""The first long short-term memory had two gates and no third: whatever its memory held, it held for ever. And it squashed by functions of its own, both made of $\sigma(a) = 1/(1 + e^{-a})$: the candidate $g$ lies between $-2$ and $2$, what is shown between $-1$ and $1$. One step, in this book's form:

$$\begin{aligned}
a_t &= W x_t + U h_{t-1} + b \\
i_t &= \sigma(a_i) \qquad o_t = \sigma(a_o) \\
g_t &= 4\,\sigma(a_g) - 2 \\
c_t &= c_{t-1} + i_t \odot g_t \\
h_t &= o_t \odot (2\,\sigma(c_t) - 1)
\end{aligned}$$

`params` is a dict of `W` $(3D, M)$, `U` $(3D, D)$ and `b` $(3D,)$, three blocks of $D$ rows stacked from the top in the order **i g o**, and so are the blocks $a_i, a_g, a_o$ of $a_t$. `x` is $(B, M)$, a sequence a row. `state` is a dict of the old `h` and `c`, $(B, D)$ each. Return the new `h` and `c`.

Here is another cell whose memory never forgets: it has no gates at all, and one block.""",
    example='''def adder_step(params, x, state):
    """A memory that adds up what comes in, and shows a squashed sum."""
    W, U, b = params["W"], params["U"], params["b"]
    a = x @ W.T + state["h"] @ U.T + b
    c = state["c"] + a
    return c / (1 + np.abs(c)), c


params = {"W": np.ones((2, 1)), "U": np.zeros((2, 2)), "b": np.array([0, 0.5])}
state = {"h": np.zeros((1, 2)), "c": np.array([[3.0, -1.0]])}
adder_step(params, np.array([[1.0]]), state)''',
    task="Now the cell of 1997. What is left out takes six to eight lines.",
    starter='''def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm_1997_step(params, x, state):
    """h and c after one step of the cell of 1997."""
    W, U, b = params["W"], params["U"], params["b"]
    h_old, c_old = state["h"], state["c"]
    ...
    return h, c''',
    returns=("h", "c"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "today's tanh for both",
            "Candidate and output both go through tanh, as in today's cell. The cell of 1997 has"
            " 4σ - 2 for the one and 2σ - 1 for the other.",
            swap=[(CANDIDATE, "g = np.tanh(a_g)"), (SQUASHED, "s = np.tanh(c)")],
        ),
        Mistake(
            "tanh candidate",
            "The candidate goes through tanh, which ends at 1. Here it is 4σ - 2, which ends at 2"
            " and is as steep in the middle.",
            swap=[(CANDIDATE, "g = np.tanh(a_g)")],
        ),
        Mistake(
            "tanh for what is shown",
            "c goes through tanh on its way out. 2σ(c) - 1 ends at 1 as well, and is half as steep:"
            " it is tanh(c / 2).",
            swap=[(SQUASHED, "s = np.tanh(c)")],
        ),
        Mistake(
            "twice a tanh",
            "The candidate is 2 tanh(a). That has the right ends and is twice as steep: 4σ(a) - 2"
            " is 2 tanh(a / 2).",
            swap=[(CANDIDATE, "g = 2 * np.tanh(a_g)")],
        ),
        Mistake(
            "the squashing functions exchanged",
            "4σ - 2 is the candidate's, 2σ - 1 belongs to what is shown. You have them the other"
            " way around.",
            swap=[(CANDIDATE, "g = 2 * sigmoid(a_g) - 1"), (SQUASHED, "s = 4 * sigmoid(c) - 2")],
        ),
        Mistake(
            "2σ - 1 for the candidate",
            "The candidate is 2σ - 1, half of what it should be. It reaches from -2 to 2.",
            swap=[(CANDIDATE, "g = 2 * sigmoid(a_g) - 1")],
        ),
        Mistake(
            "4σ - 2 for what is shown",
            "What is shown goes through 4σ - 2, twice what it should be. It reaches from -1 to 1.",
            swap=[(SQUASHED, "s = 4 * sigmoid(c) - 2")],
        ),
        Mistake(
            "σ candidate",
            "The candidate goes through σ alone, so nothing negative can ever be written, and what"
            " was written never be undone.",
            swap=[(CANDIDATE, "g = sigmoid(a_g)")],
        ),
        Mistake(
            "the candidate's 2 not taken off",
            "The candidate is 4σ, from 0 to 4. Take off 2: it has to be able to write below 0.",
            swap=[(CANDIDATE, "g = 4 * sigmoid(a_g)")],
        ),
        Mistake(
            "4σ - 1",
            "The candidate is 4σ - 1, which runs from -1 to 3. At a = 0 nothing is to be written:"
            " 4 times 1/2 is 2.",
            swap=[(CANDIDATE, "g = 4 * sigmoid(a_g) - 1")],
        ),
        Mistake(
            "candidate not squashed",
            "The candidate is written as it comes from the matrices. It has to go through 4σ - 2.",
            swap=[(CANDIDATE, "g = a_g")],
        ),
        Mistake(
            "σ for what is shown",
            "What is shown goes through σ alone, so h is never negative. It is 2σ - 1.",
            swap=[(SQUASHED, "s = sigmoid(c)")],
        ),
        Mistake(
            "c shown as it is",
            "h is o times c itself. c grows without bound in this cell; what is shown is squashed"
            " first.",
            swap=[(SQUASHED, "s = c")],
        ),
        Mistake(
            "h made of the old c",
            "c is right, and h shows the memory before this step. Which c stands in the last"
            " equation?",
            swap=[(SQUASHED, "s = 2 * sigmoid(c_old) - 1")],
        ),
        Mistake(
            "the output gate inside",
            "You squash o times c. First squash, then let a share through.",
            swap=[(SQUASHED, "s = 2 * sigmoid(o * c) - 1"), (SHOWN, "h = s")],
        ),
        Mistake(
            "c squashed for good",
            "c itself is handed on squashed. Then it is squashed at every step, and a memory that"
            " should keep all for ever keeps less each time.",
            swap=[(MEMORY, "c = 2 * sigmoid(c_old + i * g) - 1"), (SQUASHED, "s = c")],
        ),
        Mistake(
            "a forget gate of 1 - i",
            "You keep the share 1 - i of the old c. That is a later cell, with coupled gates. This"
            " one keeps all.",
            swap=[(MEMORY, "c = (1 - i) * c_old + i * g")],
        ),
        Mistake(
            "i outside the bracket",
            "The input gate multiplies the old c, too. It stands in front of the candidate only.",
            swap=[(MEMORY, "c = i * (c_old + g)")],
        ),
        Mistake(
            "nothing kept",
            "The old c is left out, so this cell has no memory but h.",
            swap=[(MEMORY, "c = i * g")],
        ),
        Mistake(
            "old h kept as the memory",
            "What is written is added to the old h. It is the old c that is kept.",
            swap=[(MEMORY, "c = h_old + i * g")],
        ),
        Mistake(
            "no input gate",
            "All of the candidate is written: i is made and never used.",
            swap=[(MEMORY, "c = c_old + g")],
        ),
        Mistake(
            "no output gate",
            "All that is squashed is shown: o is made and never used.",
            swap=[(SHOWN, "h = s")],
        ),
        Mistake(
            "gates squashed like the output",
            "The gates go through 2σ - 1 and can be negative. A gate is a share between 0 and 1:"
            " σ alone.",
            swap=[("i = sigmoid(a_i)", "i = 2 * sigmoid(a_i) - 1"), ("o = sigmoid(a_o)", "o = 2 * sigmoid(a_o) - 1")],
        ),
        Mistake(
            "gates not squashed",
            "The gates multiply as they come from the matrices, without σ, so they are no shares.",
            swap=[("i = sigmoid(a_i)", "i = a_i"), ("o = sigmoid(a_o)", "o = a_o")],
        ),
        Mistake(
            "blocks taken as i o g",
            "The blocks stand i g o; you take the second for the output gate and the third for the"
            " candidate.",
            swap=[(SPLIT, "a_i, a_o, a_g = np.split(a, 3, axis=-1)")],
        ),
        Mistake(
            "i and g exchanged",
            "The blocks stand i g o; you take the first for the candidate and the second for the"
            " input gate.",
            swap=[(SPLIT, "a_g, a_i, a_o = np.split(a, 3, axis=-1)")],
        ),
        Mistake(
            "the two gates exchanged",
            "The blocks stand i g o; you have input and output gate the other way around.",
            swap=[(SPLIT, "a_o, a_g, a_i = np.split(a, 3, axis=-1)")],
        ),
        Mistake(
            "blocks interleaved",
            "You take every third number for a block, as by a reshape to (D, 3). A block is D"
            " numbers in a row.",
            swap=[(SPLIT, "a_i, a_g, a_o = np.moveaxis(a.reshape(len(a), -1, 3), -1, 0)")],
        ),
        Mistake("bias missing", "b is not added to a.", swap=[(" + b", "")]),
        Mistake(
            "bias added twice",
            "b is added twice, once with each product. There is one bias here.",
            swap=[(" + b", " + 2 * b")],
        ),
        Mistake(
            "old h missing",
            "U h is left out: the gates would see the input only.",
            swap=[(" + h_old @ U.T", "")],
        ),
        Mistake(
            "U reads c",
            "U multiplies the old c. The three layers hear what was shown, h.",
            swap=[("h_old @ U.T", "c_old @ U.T")],
        ),
        Mistake(
            "blocks of U transposed",
            "Each D × D block of U is transposed: h @ U_k where h @ U_k.T is right. It fits,"
            " because the blocks are square.",
            source=BY_BLOCK.format('x @ W[k].T + state["h"] @ U[k]'),
        ),
        Mistake(
            "W and U not transposed",
            "`x @ W` does not fit: x is (B, M), a sequence a row, and W is (3D, M). On paper W stands"
            " in front of a column; with rows it is `x @ W.T`, and `h @ U.T`.",
            swap=[("x @ W.T + h_old @ U.T", "x @ W + h_old @ U")],
        ),
        Mistake(
            "U not transposed",
            "`h @ U` does not fit: h is (B, D), a sequence a row, and U is (3D, D). With rows it is"
            " `h @ U.T`, as W is transposed.",
            swap=[("h_old @ U.T", "h_old @ U")],
        ),
        Mistake(
            "cut along the batch",
            "`np.split(a, 3)` cuts along the first axis, which is the batch. The blocks lie along the"
            " last one: `axis=-1`.",
            swap=[(SPLIT, "a_i, a_g, a_o = np.split(a, 3)")],
        ),
        Mistake(
            "blocks of W transposed",
            "Each block of W is transposed. That fits only where M = D.",
            source=BY_BLOCK.format('x @ W[k] + state["h"] @ U[k].T'),
        ),
        Mistake(
            "h and c in the wrong order",
            "Both are right, and come back as c, h. The order here is h, c.",
            swap=[("return h, c", "return c, h")],
        ),
    ],
    hints=(
        "One sum for a, as in the example; then `np.split(a, 3, axis=-1)` gives the blocks in"
        " their order.",
        "Two of the blocks go through `sigmoid` as it is, and one through 4σ - 2.",
        "The memory is one plain sum. h is made last, of the output gate and the c that you have"
        " just made.",
    ),
    passed="The step of 1997, and nothing in it can make c smaller but a candidate of the opposite"
    " sign. On a stream without ends that is its undoing.",
)
