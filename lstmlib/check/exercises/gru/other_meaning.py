"""Weights for a GRU whose z means the opposite."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.check.exercises.gru import drawn


def probes(rng):
    only = {"W": "Look at W alone here: U and the biases are 0. Whatever x is, the new z must be 1 "
                 "minus the old one, and r and n must be as they were.",
            "U": "Look at U alone here: W and the biases are 0. z hears h, too.",
            "b": "W, U and b_n are 0. What must a bias be, for σ of it to be 1 minus what it was?",
            "b_n": "W, U and b are 0. Does b_n speak in z?"}
    for name, says in only.items():
        params, _, _ = drawn(rng, 1, 3, 2, b_n=(2,))
        kept = {key: value * (key == name) for key, value in params.items()}
        yield Probe(f"only {name}", (kept,), says + " The blocks are r z n, two rows each.",
                    {"M": 3, "D": 2})
    for M, D, name in ((2, 5, "random numbers"), (3, 3, "M = D"), (1, 1, "one of each")):
        yield Probe(name, (drawn(rng, 1, M, D, b_n=(D,))[0],), "Three blocks, r z n, of D rows "
                    "each. Which rows make z, in each of the arrays?", {"M": M, "D": D})


def reference(params):
    """Row by row."""
    D = len(params["b_n"])
    new = {name: value.copy() for name, value in params.items()}
    for k in range(D, 2 * D):
        for name in ("W", "U", "b"):
            new[name][k] = 0 - new[name][k]
    return new["W"], new["U"], new["b"], new["b_n"]


SIGN, B = "np.repeat([1, -1, 1], D)", 'b = sign * params["b"]'
W, U = 'W = sign[:, None] * params["W"]', 'U = sign[:, None] * params["U"]'

EXERCISE = Code(
    title="The other meaning of z",
    level="routine",
    statement=r"""Somebody's program has a GRU whose $z$ takes the *new* state:

$$\begin{aligned}
r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) \\
z_t &= \sigma(W_z x_t + U_z h_{t-1} + b_z) \\
n_t &= \tanh\bigl(W_n x_t + b_n + r_t \odot (U_n h_{t-1} + b'_n)\bigr) \\
h_t &= (1 - z_t) \odot h_{t-1} + z_t \odot n_t
\end{aligned}$$

You have trained one whose last line is $h_t = z_t \odot h_{t-1} + (1 - z_t) \odot n_t$; all else is
the same. Your weights are in a dict, `params`: `"W"` `(3D, M)`, `"U"` `(3D, D)` and `"b"` `(3D,)`,
three blocks of $D$ rows each, in the order r z n, and `"b_n"` `(D,)`, which is $b'_n$. Return the
four arrays, in the same shapes and order, with which the other program computes your network: the
same $h_t$ for every input and every state.

As an example, a layer whose output has to turn its sign, $\tanh(-a) = -\tanh(a)$:""",
    example='''def turned(W, b):
    """The layer whose output is minus that of W and b."""
    return -W, -b


W, b, x = np.array([[1.0, 2.0]]), np.array([0.5]), np.array([0.3, -0.1])
turned_W, turned_b = turned(W, b)
np.tanh(W @ x + b).round(4), np.tanh(turned_W @ x + turned_b).round(4)''',
    task="What must go into σ, for 1 minus the share to come out? Three lines or more.",
    starter='''def takes_the_new(params):
    """W, U, b and b_n for a GRU whose z takes the new state."""
    D = len(params["b_n"])
    ...
    return W, U, b, b_n''',
    returns=("W", "U", "b", "b_n"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("everything negated",
                "All blocks have turned their sign. Then r says 1 - r, and the candidate -n. Only "
                "z has got another meaning.",
                swap=[(SIGN, "np.repeat([-1, -1, -1], D)"),
                      ('b_n = params["b_n"]', 'b_n = -params["b_n"]')]),
        Mistake("all of W, U and b negated",
                "All three blocks have turned their sign. Then r says 1 - r, and the candidate "
                "something else again. Only z has got another meaning.",
                swap=[(SIGN, "np.repeat([-1, -1, -1], D)")]),
        Mistake("both gates negated", "r has turned as well. The reset gate means the same in both "
                "programs.", swap=[(SIGN, "np.repeat([-1, -1, 1], D)")]),
        Mistake("the reset gate negated", "You have turned the first block, which is r's. The "
                "order is r z n.", swap=[(SIGN, "np.repeat([-1, 1, 1], D)")]),
        Mistake("the candidate negated", "You have turned the third block, which is the "
                "candidate's. The order is r z n.", swap=[(SIGN, "np.repeat([1, 1, -1], D)")]),
        Mistake("z and candidate negated", "The candidate's block has turned, too. 1 - z says how "
                "much; what is written stays the same.",
                swap=[(SIGN, "np.repeat([1, -1, -1], D)")]),
        Mistake("only W", "z hears W x only in your turned version; U and b still say what they "
                "said. All that is added up in front of the σ must turn.",
                swap=[(U, 'U = params["U"]'), (B, 'b = params["b"]')]),
        Mistake("the bias not turned", "W and U have turned, b has not. It is added in front of "
                "the σ as well.", swap=[(B, 'b = params["b"]')]),
        Mistake("U not turned", "W and b have turned, U has not: z hears the old state as well.",
                swap=[(U, 'U = params["U"]')]),
        Mistake("only the bias", "Only b has turned. σ(-a) is 1 - σ(a) for the whole of a: W x and "
                "U h are in it.", swap=[(W, 'W = params["W"]'), (U, 'U = params["U"]')]),
        Mistake("one minus the weights",
                "You have written 1 - w for the numbers of z's rows. It is σ that must come out as "
                "1 - σ. What has to happen to a, for that?",
                swap=[(SIGN, "np.repeat([0, 1, 0], D)"),
                      (W, 'W = np.where(sign[:, None], 1 - params["W"], params["W"])'),
                      (U, 'U = np.where(sign[:, None], 1 - params["U"], params["U"])'),
                      (B, 'b = np.where(sign, 1 - params["b"], params["b"])')]),
        Mistake("one minus everything",
                "You have written 1 - w for all numbers of W, U and b. Only z has got another "
                "meaning; and it is σ(a) that must become 1 - σ(a), not the weights in a.",
                swap=[(W, 'W = 1 - params["W"]'), (U, 'U = 1 - params["U"]'),
                      (B, 'b = 1 - params["b"]')]),
        Mistake("one minus the bias",
                "W and U have turned their sign, and b_z has become 1 - b_z. The bias is a part of "
                "a, like the other two.",
                swap=[(B, 'b = sign * params["b"] + (sign < 0)')]),
        Mistake("b_n negated, too", "b_n stands in the candidate. z does not hear it.",
                swap=[('b_n = params["b_n"]', 'b_n = -params["b_n"]')]),
        Mistake("blocks exchanged",
                "You have exchanged blocks in place of turning one. What z keeps in one program it "
                "lets go in the other: that is a matter of sign, not of order.",
                swap=[(SIGN, "np.concatenate([np.arange(D, 2 * D), np.arange(D), "
                             "np.arange(2 * D, 3 * D)])"),
                      (W, 'W = params["W"][sign]'), (U, 'U = params["U"][sign]'),
                      (B, 'b = params["b"][sign]')]),
        Mistake("nothing changed", "These are the weights as they came. The other program would "
                "keep what yours lets go.", swap=[(SIGN, "np.repeat([1, 1, 1], D)")]),
        Mistake("every third row", "You turn rows 1, 4, 7 and so on. A block is D rows one below "
                "the other: z's are those from D to 2D.", swap=[(SIGN, "np.tile([1, -1, 1], D)")]),
    ],
    hints=(
        "The two last lines differ by exchanging z and 1 - z. So z of the other program must be 1 "
        "minus yours, for every x and h; and r and n must be the same.",
        "1 - σ(a) is σ of something simple: draw σ, and look at it from the other side.",
        "z's rows are those from D to 2D, in W, in U and in b. What happens to a when all of them "
        "turn their sign?",
    ),
    passed="So much for the two meanings of z: a sign, and weights travel between them. Between "
           "the two resets no such rule exists.",
)
