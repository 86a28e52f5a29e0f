"""A gate in front of a vector."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def probes(rng):
    draw = lambda *shape: np.round(rng.uniform(0.3, 1.2, shape) * rng.choice([-1, 1], shape), 2)

    def drawn(B, M, D):
        return {"W": draw(D, M), "U": draw(D, D), "b": draw(D)}, draw(B, M), draw(B, D), draw(B, D)

    sizes = {"B": 1, "M": 3, "D": 2}
    params, x, h, v = drawn(**sizes)
    silent = {name: 0 * value for name, value in params.items()}
    yield Probe(
        "nothing speaks",
        (silent, x, h, v),
        "W, U and b are 0, so each pre-activation is 0, and a gate at 0 lets through one half: half"
        " of v is right.",
        sizes,
    )
    yield Probe(
        "only the biases",
        ({**silent, "b": np.array([2.0, -1.0])}, x, h, v),
        "W and U are 0. The pre-activation is b, and entry k of v gets the share that belongs to"
        " entry k of b.",
        sizes,
    )
    yield Probe(
        "only W",
        ({**silent, "W": params["W"]}, x, h, v),
        "U and b are 0, so the pre-activation is W x: row k of W makes the share of entry k.",
        sizes,
    )
    yield Probe(
        "only U",
        ({**silent, "U": params["U"]}, x, h, v),
        "W and b are 0, so the pre-activation is U h: row k of U makes the share of entry k.",
        sizes,
    )
    yield Probe(
        "nothing to let through",
        (params, x, h, 0 * v),
        "v is 0. Whatever the share is, a share of nothing is nothing.",
        sizes,
    )
    for B, M, D, name in (
        (2, 3, 5, "all together, a batch of 2"),
        (2, 3, 3, "M = D"),
        (1, 1, 1, "one of each"),
        (3, 2, 5, "random numbers"),
    ):
        yield Probe(
            name,
            drawn(B, M, D),
            "Each part alone is right; together they are not. Look at what is added to what, and at"
            " the shapes on the way: the share has one entry for each entry of v.",
            {"B": B, "M": M, "D": D},
        )
    yield Probe(
        "pushed hard, both ways",
        ({**silent, "b": np.array([1000.0, -1000.0])}, x, h, v),
        "The pre-activations are 1000 and -1000: one entry gets through whole and the other not at"
        " all. Mind exp of a large number.",
        sizes,
    )


def reference(params, x, h, v):
    """With a loop over the entries, and the share as half of 1 + tanh(a / 2)."""
    passed = np.zeros_like(v)
    for row in range(len(v)):
        for k in range(v.shape[1]):
            a = sum(params["W"][k] * x[row]) + sum(params["U"][k] * h[row]) + params["b"][k]
            passed[row, k] = v[row, k] * (1 + np.tanh(a / 2)) / 2
    return passed


SHARE = "share = 1 / (1 + np.exp(-a))"

EXERCISE = Code(
    title="One switch",
    level="routine",
    statement="""A gate stands in front of a vector $v$ and lets a share of each of its entries through. It reads the input $x_t$ and the last state $h_{t-1}$:

$$ \\sigma(W x_t + U h_{t-1} + b) \\odot v, \\qquad \\sigma(a) = \\frac{1}{1 + e^{-a}} $$

where $\\odot$ multiplies entry by entry.

`params` is a dict with `"W"` of shape `(D, M)`, `"U"` of shape `(D, D)` and `"b"` of shape `(D,)`. `x` is a batch of inputs, `(B, M)`; `h` and `v` are `(B, D)`: a row is a sequence. Return what is let through, `(B, D)`.

You know a layer on the same two vectors: a step of the plain cell.""",
    example="""def plain_step(params, x, h):
    a = x @ params["W"].T + h @ params["U"].T + params["b"]
    return np.tanh(a)


W = np.array([[1.0, 0.0, 2.0], [0.5, 0.5, 0.0]])
params = {"W": W, "U": np.eye(2), "b": np.zeros(2)}
x, h = np.array([[0.1, 0.2, 0.3]]), np.array([[0.5, -0.5]])
plain_step(params, x, h).round(3)""",
    task="Now the gate, and what it lets through. Three lines will do.",
    starter='''def let_through(params, x, h, v):
    """What the gate lets through of v."""
    W, U, b = params["W"], params["U"], params["b"]
    ...
    return passed''',
    returns="passed",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "no σ",
            "The pre-activation itself multiplies v. It can be any number; a share lies between 0"
            " and 1, and σ sees to that.",
            swap=[(SHARE, "share = a")],
        ),
        Mistake(
            "tanh in the place of σ",
            "The share goes from -1 to 1. A gate says how much, from nothing to all, and never"
            " turns a sign.",
            swap=[(SHARE, "share = np.tanh(a)")],
        ),
        Mistake(
            "the share held back",
            "What you let through is what should be held back. Either the minus sign in exp(-a) is"
            " lost, or it is 1 minus the share.",
            swap=[(SHARE, "share = 1 - 1 / (1 + np.exp(-a))")],
        ),
        Mistake(
            "a softmax",
            "The shares of a row sum to 1, as in a softmax. Each entry has a switch of its own, and"
            " all may be open at once.",
            swap=[
                (
                    SHARE,
                    (
                        "share = np.exp(a - a.max(-1, keepdims=True)); share /= share.sum(-1,"
                        " keepdims=True)"
                    ),
                )
            ],
        ),
        Mistake(
            "exp that overflows",
            "exp(a) / (1 + exp(a)) is the same function on paper. In a computer exp(1000) is"
            " infinite, and inf / inf is no number.",
            swap=[(SHARE, "share = np.exp(a) / (1 + np.exp(a))")],
        ),
        Mistake(
            "a hard switch",
            "You let all through or nothing. A step has no slope, so it could never be taught; σ is"
            " smooth.",
            swap=[(SHARE, "share = (a > 0) * 1.0")],
        ),
        Mistake(
            "straight, and cut off at 0 and 1",
            "The share is cut off at 0 and 1 in place of being bent. (Some libraries do offer such"
            " a hard sigmoid; here it is σ.)",
            swap=[(SHARE, "share = np.clip(0.2 * a + 0.5, 0, 1)")],
        ),
        Mistake(
            "only the share",
            "You return how much is let through. The question is what: the share times v, entry by"
            " entry.",
            swap=[("share * v", "share")],
        ),
        Mistake(
            "h let through",
            "What you let through is h. The gate listens to h; what stands behind it is v.",
            swap=[("share * v", "share * h")],
        ),
        Mistake(
            "v squashed",
            "v goes through a tanh on its way. The gate takes a share of v as it is.",
            swap=[("share * v", "share * np.tanh(v)")],
        ),
        Mistake(
            "a minus for the first product only",
            "The minus sign in exp stands before x @ W.T alone. It is for all of a: put a bracket"
            " round the sum.",
            swap=[("a = x @ W.T", "a = -x @ W.T"), (SHARE, "share = 1 / (1 + np.exp(a))")],
        ),
        Mistake(
            "1 / 1 + exp",
            "Without a bracket 1 / 1 + np.exp(-a) is 1 + exp(-a), which is never below 1. The"
            " fraction has all of 1 + exp(-a) below its line.",
            swap=[(SHARE, "share = 1 / 1 + np.exp(-a)")],
        ),
        Mistake(
            "products as on paper",
            "`W @ x` is right for a column. Here a row is a sequence, so each product of the"
            " equation turns around, as in the example.",
            swap=[("x @ W.T", "W @ x"), ("h @ U.T", "U @ h")],
        ),
        Mistake(
            "added",
            "The share is added to v. A gate multiplies: a share of 0 must let nothing through.",
            swap=[("share * v", "share + v")],
        ),
        Mistake(
            "v on the wrong side of σ",
            "v is multiplied into the pre-activation. It stays outside: σ first, then the product.",
            swap=[(SHARE, "share = 1 / (1 + np.exp(-a * v))"), ("share * v", "share")],
        ),
        Mistake(
            "one switch for all",
            "All entries get the same share, that of the first row of W and U. Each entry has its"
            " own.",
            swap=[("share * v", "share[:, :1] * v")],
        ),
        Mistake(
            "bias missing",
            "b is not added. It says how far the gate stands open when nothing speaks.",
            swap=[(" + b", "")],
        ),
        Mistake(
            "bias outside",
            "b is added after σ, to the share. It belongs to the pre-activation, inside.",
            swap=[(" + b", ""), (SHARE, "share = 1 / (1 + np.exp(-a)) + b")],
        ),
        Mistake(
            "h missing",
            "U h is not added, so the gate can't listen to the state.",
            swap=[(" + h @ U.T", "")],
        ),
        Mistake(
            "U reads v",
            "U multiplies v, which is what stands behind the gate. The gate listens to h.",
            swap=[("h @ U.T", "v @ U.T")],
        ),
        Mistake(
            "U transposed",
            "h @ U where h @ U.T is right: a sequence is a row here, so each product of the"
            " equation turns around. It fits, because U is square.",
            swap=[("h @ U.T", "h @ U")],
        ),
        Mistake(
            "W transposed",
            "x @ W where x @ W.T is right. That fits only where M = D.",
            swap=[("x @ W.T", "x @ W")],
        ),
    ],
    hints=(
        (
            "Begin as the plain cell does: the same a, from the same three. Then another squashing"
            " function, and then a product."
        ),
        "The product of share and v is taken entry by entry: `*`. Both have the shape (B, D).",
        (
            "Three lines: a as in the example, then `share` from `np.exp(-a)`, then `passed` from"
            " `share` and `v`."
        ),
    ),
    passed=(
        "A layer with a sigmoid and a product: an LSTM has three of these, one in front of what"
        " comes in, one in front of what is kept, one in front of what is shown."
    ),
)
