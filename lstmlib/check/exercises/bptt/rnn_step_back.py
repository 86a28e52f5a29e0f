"""One step back through a plain cell: five gradients from one."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import RNN


def probes(rng):
    def case(name, says, B, M, D, old=True, U=True, **fixed):
        params = {"W": rng.normal(size=(D, M)), "U": rng.normal(size=(D, D)) * U,
                  "b": 0.5 * rng.normal(size=D)}
        x = fixed.get("x", rng.normal(size=(B, M)))
        h_old = 0.8 * rng.normal(size=(B, D)) * old
        h_new = RNN(M, D).step(params, x, {"h": h_old})["h"]
        return Probe(name, (params, x, h_old, h_new, fixed.get("d_new", rng.normal(size=(B, D)))),
                     says, dict(B=B, M=M, D=D))

    yield case("one sequence, one unit", "All sizes are 1, so that each gradient is one number and "
               "each product a product of numbers: only the factors count.", 1, 1, 1)
    yield case("the old state is zero", "With h_old = 0 nothing comes into `d_U`; all else is as "
               "ever.", 1, 3, 2, old=False)
    yield case("all sizes the same", "B = M = D: here every product has a fitting shape, the wrong "
               "ones too. Which way round does each matrix stand?", 3, 3, 3)
    yield case("the input is zero", "With x = 0 nothing comes into `d_W`, while `d_U`, `d_b`, "
               "`d_x` and `d_h` are as ever.", 2, 5, 3, x=np.zeros((2, 5)))
    yield case("U is zero", "With U = 0 nothing reaches the old state: `d_h` is zero. `d_U` is "
                            "not.",
               3, 2, 5, U=False)
    yield case("only one sequence has an error", "The gradient that arrives is zero but for one "
               "row: only that row of `d_x` and `d_h` may be other than zero, and no mean over the "
               "rows is taken.", 3, 5, 2, d_new=np.eye(3)[:, :1] * rng.normal(size=(1, 2)))
    for name, sizes in (("random numbers", (5, 3, 2)), ("more units than inputs", (2, 5, 7))):
        yield case(name, "All terms at once: see which of the five are off, and which "
                   "line they share.", *sizes)


def reference(params, x, h_old, h_new, d_new):
    """By complex step through the library's own step, for L = the sum of d_new times h_new."""
    cell = RNN(x.shape[1], h_old.shape[1])
    values = {**params, "x": x, "h": h_old}

    def slope(name):
        found = np.zeros(values[name].shape)
        for index in np.ndindex(found.shape):
            moved = {key: value.astype(complex) for key, value in values.items()}
            moved[name][index] += 1e-20j
            a = moved["x"] @ moved["W"].T + moved["h"] @ moved["U"].T + moved["b"]
            found[index] = (d_new * np.tanh(a)).sum().imag / 1e-20
        return found

    assert np.allclose(cell.step(params, x, {"h": h_old})["h"], h_new)
    return tuple(slope(name) for name in ("W", "U", "b", "x", "h"))


D_A, D_W, D_U = "d_a = d_new * (1 - np.square(h_new))", "d_W = d_a.T @ x", "d_U = d_a.T @ h_old"
D_B, D_X, D_H = "d_b = d_a.sum(axis=0)", "d_x = d_a @ W", "d_h = d_a @ U"

EXERCISE = Code(
    title="One step back",
    level="routine",
    statement="""A plain cell has made one step for a batch of $B$ sequences. With a row for each
sequence,

$$a = x\\,W^\\top + h_{\\text{old}}\\,U^\\top + b \\qquad h_{\\text{new}} = \\tanh(a)$$

where $x$ is $(B, M)$, the states are $(B, D)$, $W$ is $(D, M)$, $U$ is $(D, D)$ and $b$ has $D$
entries. Some loss $L$ depends on $h_{\\text{new}}$, and you are given its gradient there, `d_new`,
of shape $(B, D)$.

You have what the way there has kept: `params`, a dict with `"W"`, `"U"` and `"b"`; `x`, `h_old` and
`h_new`. Return the gradients of $L$ with respect to $W$, $U$, $b$, $x$ and $h_{\\text{old}}$,
as `d_W`, `d_U`, `d_b`, `d_x`, `d_h`, each shaped as what it belongs to. All $B$ sequences use the
same $W$, $U$ and $b$, and $L$ counts all of them.""",
    example='''# another cell: the input, through W, multiplies the old state
rng = np.random.default_rng(1)
W, x = rng.normal(size=(2, 3)), rng.normal(size=(4, 3))
h_old = rng.normal(size=(4, 2))
gain = x @ W.T                 # (4, 2), as h_old
h_new = gain * h_old
d_new = np.ones((4, 2))        # L is the sum of all entries

d_gain = d_new * h_old         # back through the product: one side,
d_h = d_new * gain             # and the other
d_x = d_gain @ W               # back through x @ W.T: to x,
d_W = d_gain.T @ x             # and to W, summed over four sequences

nudge = np.zeros((2, 3))
nudge[0, 1] = 1e-6
loss = lambda W: ((x @ W.T) * h_old).sum()
print("d_W[0, 1]:", d_W[0, 1].round(6))
pushed = (loss(W + nudge) - loss(W - nudge)) / 2e-6
print("by pushing:", pushed.round(6))''',
    task="""First get from `d_new` to the gradient at $a$. From there each of the five is a line.
The slope of tanh at $a$ is $1 - \\tanh^2 a$.""",
    starter='''def rnn_step_back(params, x, h_old, h_new, d_new):
    """The gradients of W, U, b, x and the old state."""
    W, U = params["W"], params["U"]
    ...
    return d_W, d_U, d_b, d_x, d_h
''',
    returns=("d_W", "d_U", "d_b", "d_x", "d_h"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("the tanh is left out", "You hand `d_new` on as if h_new were a itself. Between "
                "the two stands the tanh, whose slope has to be multiplied in.",
                swap=[(D_A, "d_a = d_new")]),
        Mistake("the slope at the old state", "You take 1 - h², but with the state before the "
                "step. The tanh of this step made h_new.", swap=[(D_A, "d_a = d_new * (1 - h_old * "
                                                                 "h_old)")]),
        Mistake("the slope of a tanh of the tanh", "You pass h_new through tanh again. It is "
                "tanh(a) already: its square is what the slope needs.",
                swap=[(D_A, "d_a = d_new * (1 - np.tanh(h_new) ** 2)")]),
        Mistake("the slope without the square", "1 - h_new is not the slope: at h_new = -1, where "
                "tanh is flat, it is 2.", swap=[(D_A, "d_a = d_new * (1 - h_new)")]),
        Mistake("the slope of σ", "h (1 - h) is the slope of the logistic function; this cell has "
                "a tanh.", swap=[(D_A, "d_a = d_new * h_new * (1 - h_new)")]),
        Mistake("brackets", "Python multiplies before it subtracts: `d_new * 1 - h_new * h_new` is "
                "d_new less h².", swap=[(D_A, "d_a = d_new * 1 - h_new * h_new")]),
        Mistake("the slope twice on the way to the old state", "`d_h` has the slope of tanh twice: "
                "your gradient at a has it in it already.",
                swap=[(D_H, "d_h = (d_a * (1 - h_new * h_new)) @ U")]),
        Mistake("past the tanh to the old state", "`d_h` is made from `d_new`, but h_old acts on "
                "h_new only by way of a: the slope of tanh lies on this path too.",
                swap=[(D_H, "d_h = d_new @ U")]),
        Mistake("past the tanh to the input", "`d_x` is made from `d_new`, but x acts on h_new "
                "only by way of a: the slope of tanh lies on this path too.",
                swap=[(D_X, "d_x = d_new @ W")]),
        Mistake("past the tanh to the weights", "`d_W`, `d_U` and `d_b` are made from `d_new`; "
                "they act on h_new only by way of a.",
                swap=[(D_W, "d_W = d_new.T @ x"), (D_U, "d_U = d_new.T @ h_old"),
                      (D_B, "d_b = d_new.sum(axis=0)")]),
        Mistake("U the wrong way round", "U is square, so its transpose fits too, and is wrong "
                "here. If rows go forward through U.T, which matrix takes them back?",
                swap=[(D_H, "d_h = d_a @ U.T")]),
        Mistake("W the wrong way round", "W fits this way only where M = D. If rows go forward "
                "through W.T, which matrix takes them back?", swap=[(D_X, "d_x = d_a @ W.T")]),
        Mistake("W on the left, as on paper", "`W.T @ d_a` is what stands on paper, where `d_a` is a "
                "column. Here it has a row for each sequence: turn the product round.",
                swap=[(D_X, "d_x = W.T @ d_a")]),
        Mistake("U on the left, as on paper", "`U.T @ d_a` is what stands on paper, where `d_a` is a "
                "column. Here it has a row for each sequence: turn the product round.",
                swap=[(D_H, "d_h = U.T @ d_a")]),
        Mistake("both on the left, as on paper", "`W.T @ d_a` and `U.T @ d_a` stand on paper, where "
                "`d_a` is one column. Here it has a row for each sequence: turn the products round.",
                swap=[(D_X, "d_x = W.T @ d_a"), (D_H, "d_h = U.T @ d_a")]),
        Mistake("sequences and units do not meet", "`d_a @ x` would add over the units, and there is "
                "one x for all of them. Added is over the sequences: in `d_a` they are the rows.",
                swap=[(D_W, "d_W = d_a @ x")]),
        Mistake("divided by B throughout", "All five are too small by B. If a mean over the sequences "
                "is wanted, it is in the loss, and so in `d_new` already.",
                swap=[(D_A, D_A + " / len(x)")]),
        Mistake("the new state in d_U", "U multiplied the *old* state. h_new was not there yet.",
                swap=[(D_U, "d_U = d_a.T @ h_new")]),
        Mistake("d_U transposed", "`d_U` has a row for each unit that hears and a column for each "
                "that is heard, as U has; yours is the transpose, which has the same shape.",
                swap=[(D_U, "d_U = h_old.T @ d_a")]),
        Mistake("d_W transposed", "`d_W` must be (D, M), as W is; yours is (M, D). With M = D "
                "nobody would notice.", swap=[(D_W, "d_W = x.T @ d_a")]),
        Mistake("d_W and d_U transposed", "Both come out turned: (M, D) for `d_W`, and `d_U` with "
                "rows for columns, where the shape can't tell. Whose entry is the row of W, that "
                "of a or of x?",
                swap=[(D_W, "d_W = x.T @ d_a"), (D_U, "d_U = h_old.T @ d_a")]),
        Mistake("means over the batch", "You divide by B. If a mean is wanted, it is in the loss, "
                "and so in `d_new` already; here the sequences add.",
                swap=[(D_W, "d_W = d_a.T @ x / len(x)"), (D_U, "d_U = d_a.T @ h_old / len(x)"),
                      (D_B, "d_b = d_a.mean(axis=0)")]),
        Mistake("a mean in d_b alone", "`d_b` is a mean over the sequences, while `d_W` and `d_U` "
                "are sums. It is a sum too.", swap=[(D_B, "d_b = d_a.mean(axis=0)")]),
        Mistake("d_b for each sequence", "`d_b` has a row for each sequence. They all used the one "
                "b: add up.", swap=[(D_B, "d_b = d_a")]),
        Mistake("d_b over the wrong axis", "You sum over the units instead of the sequences: the "
                "rows are axis 0.", swap=[(D_B, "d_b = d_a.sum(axis=1)")]),
        Mistake("the new gradient is passed on as well", "You add `d_new` to `d_h`, as if the old "
                "state went on into the new one beside the tanh. In this cell there is no such "
                "line.",
                swap=[(D_H, "d_h = d_new + d_a @ U")]),
    ],
    hints=(
        "Everything acts on h_new by way of a. So the gradient at a, call it `d_a`, comes first; "
        "it has shape (B, D) and needs only `d_new` and `h_new`.",
        "For the rest, let the shapes guide you where they can: from (B, D) and (B, M) make a (D, "
        "M) that sums over B; from (B, D) and (D, M) make a (B, M).",
        "For U the shapes can't help. If rows go forward by `h @ U.T`, rows go back by the "
        "transpose of that. And `d_U` is made like `d_W`, with the state that U multiplied in "
        "place of x.",
    ),
    passed="That is one step of backpropagation through time, all five gradients of it. The whole "
           "method is this step, taken from the last step to the first, and sums.",
)
