"""Reading rows of an embedding, and adding the gradients back to them."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import one_hot


def drawn(rng, ids, K, M):
    ids = np.array(ids)
    E = np.round(rng.uniform(0.2, 1.2, (K, M)) * rng.choice([-1, 1], (K, M)), 2)
    return E, ids, np.round(rng.uniform(0.2, 1.2, (*ids.shape, M)), 2)


def probes(rng):
    yield Probe(
        "two different symbols",
        drawn(rng, [[2], [0]], K=3, M=2),
        "Symbols 2 and 0, one after the other. x is row 2 and row 0 of E; their gradients go back "
        "to rows 2 and 0, and row 1 gets nothing.",
        {"T": 2, "B": 1, "K": 3, "M": 2},
    )
    yield Probe(
        "a symbol read at two steps",
        drawn(rng, [[1], [0], [1]], K=2, M=1),
        "Symbol 1 is read twice. Its row has a part in the loss by both ways, so it gets the sum "
        "of both gradients.",
        {"T": 3, "B": 1, "K": 2, "M": 1},
    )
    yield Probe(
        "a symbol read in two texts at once",
        drawn(rng, [[1, 1]], K=4, M=3),
        "One step of two texts, and both read symbol 1: its row gets the sum of both gradients.",
        {"T": 1, "B": 2, "K": 4, "M": 3},
    )
    yield Probe(
        "K = M",
        drawn(rng, [[2, 0, 1, 2], [1, 1, 0, 2]], K=3, M=3),
        "As many symbols as numbers a symbol: rows and columns of E fit equally well. A symbol "
        "has a row.",
        {"T": 2, "B": 4, "K": 3, "M": 3},
    )
    for T, B, K, M in ((7, 3, 5, 2), (3, 2, 11, 5), (13, 5, 3, 2)):
        yield Probe(
            f"random symbols, K = {K}",
            drawn(rng, rng.integers(K, size=(T, B)), K, M),
            "Random symbols; most occur more than once.",
            {"T": T, "B": B, "K": K, "M": M},
        )


def reference(E, ids, d_x):
    chosen = one_hot(ids.ravel(), len(E))
    return (chosen @ E).reshape(d_x.shape), chosen.T @ d_x.reshape(-1, E.shape[1])


READ, ZERO, ADD = "x = E[ids]", "d_E = np.zeros_like(E)", "np.add.at(d_E, ids, d_x)"

EXERCISE = Code(
    title="There and back through an embedding",
    level="standard",
    statement="""
An embedding is a table `E`, shape $(K, M)$, with one row for each of $K$ symbols. `ids`, shape
$(T, B)$, holds the symbols that $B$ texts read in $T$ steps. Forward, each symbol is replaced by
its row: $x_{t,b} = E[\\text{symbol}_{t,b}]$, which is the one-hot vector of the symbol times $E$.
Backward, the gradient of the loss with respect to each $x_{t,b}$ is given, and that of $E$ is
wanted.

`d_x`, shape $(T, B, M)$, is the gradient $\\delta x$. Return

- `x`, shape $(T, B, M)$, the rows that were read;
- `d_E`, shape $(K, M)$, the gradient $\\delta E$ of the same loss.""",
    example='''# the long way, for one symbol: a one-hot row times the table
E = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
one = np.eye(3)[[2]]                       # symbol 2 of 3, as a row (1, 3)
print("x  =", one @ E)

d_x = np.array([[0.1, 0.2]])               # the gradient of x, (1, 2)
print("dE =", (one.T @ d_x).tolist())      # goes to row 2, and to no other''',
    task="""
Now for $T \\times B$ symbols, some of which occur more than once. With or without one-hot
vectors.""",
    starter='''def embed(E, ids, d_x):
    """x, (T, B, M), read from E; and dE, (K, M), from the gradient of x."""
    ...
    return x, d_E''',
    returns=("x", "d_E"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "the last one wins",
            "A row that was read several times gets only the gradient of the last time. `d_E[ids] "
            "= d_x` and `d_E[ids] += d_x` both write each row once: NumPy reads all old values "
            "first. Use `np.add.at`, a loop over single places, or one-hot vectors.",
            swap=[(ADD, "d_E[ids] += d_x")],
        ),
        Mistake(
            "added over time, not over the batch",
            "Over the steps your gradients add up, but where two texts read the same symbol at "
            "the same step, one of them is lost: `d_E[ids[t]] += ...` writes each row once.",
            swap=[(ADD, "for t in range(len(ids)):\n        d_E[ids[t]] += d_x[t]")],
        ),
        Mistake(
            "added over the batch, not over time",
            "Over the texts your gradients add up, but where one text reads the same symbol "
            "twice, one of the two is lost: `d_E[ids[:, b]] += ...` writes each row once.",
            swap=[(ADD, "for b in range(ids.shape[1]):\n        d_E[ids[:, b]] += d_x[:, b]")],
        ),
        Mistake(
            "the mean over the occurrences",
            "You divide by how often the symbol occurs. Each place had its own part in the loss, "
            "and the parts add up: gradients of a shared weight are summed.",
            swap=[
                (
                    ADD,
                    ADD + "\n    times = np.bincount(ids.ravel(), minlength=len(E))"
                    "\n    d_E /= np.maximum(times, 1)[:, None]",
                ),
            ],
        ),
        Mistake(
            "divided by the number of places",
            "You divide by T times B. If the loss is a mean, its 1/n is already in `d_x`; here it "
            "only adds up.",
            swap=[(ADD, ADD + "\n    d_E /= ids.size")],
        ),
        Mistake(
            "places and gradients in different order",
            "The symbols are laid out along one axis in another order than their gradients "
            "(transposed, or column by column). Each row then gets the gradient of some other "
            "place.",
            swap=[(ADD, "np.add.at(d_E, ids.T.ravel(), d_x.reshape(-1, E.shape[1]))")],
        ),
        Mistake(
            "only the last step",
            "Only the symbols of the last step get a gradient. E is read at every step.",
            swap=[(ADD, "np.add.at(d_E, ids[-1], d_x[-1])")],
        ),
        Mistake(
            "only the first text",
            "Only the first text of the batch gives a gradient.",
            swap=[(ADD, "np.add.at(d_E, ids[:, 0], d_x[:, 0])")],
        ),
        Mistake(
            "columns for rows",
            "You read columns of E, and write to columns. With K = M it fits; but E has a row for "
            "each symbol.",
            swap=[(READ, "x = E.T[ids]"), (ADD, "np.add.at(d_E.T, ids, d_x)")],
        ),
        Mistake(
            "columns read, rows written",
            "x is made of columns of E. With K = M it fits; but E has a row for each symbol.",
            swap=[(READ, "x = E.T[ids]")],
        ),
        Mistake(
            "multiplied by E",
            "Each gradient is multiplied by the row it goes to. Reading a row is linear, with the "
            "factor 1: what comes back is d_x itself.",
            swap=[(ADD, "np.add.at(d_E, ids, d_x * x)")],
        ),
        Mistake(
            "begun with E",
            "You begin with E and add the gradients to it: that is neither the gradient nor an "
            "update (which would go downhill, with a learning rate). Begin with zeros.",
            swap=[(ZERO, "d_E = E.copy()")],
        ),
        Mistake(
            "the transpose of three axes",
            "`O.T` turns round all three axes, (K, B, T), which is no matrix any more. Lay time and "
            "batch along one axis first, (T*B, K) and (T*B, M), or use `np.einsum`.",
            source='''
def embed(E, ids, d_x):
    one = np.eye(len(E))[ids]
    return one @ E, one.T @ d_x''',
        ),
        Mistake(
            "a step downhill for the gradient",
            "What you return is E minus its gradient. Asked is the gradient alone; the step is "
            "the optimiser's.",
            swap=[(ZERO, "d_E = E.copy()"), (ADD, "np.add.at(d_E, ids, -d_x)")],
        ),
        Mistake(
            "every row gets everything",
            "All rows get the sum of all gradients. A row that was not read has no part in the "
            "loss: its gradient is 0.",
            swap=[(ADD, "d_E += d_x.sum(axis=(0, 1))")],
        ),
    ],
    hints=(
        "Where does row k of E come into the loss? At each place where symbol k is read, and "
        "nowhere else.",
        "Forward is one indexing. Backward, each place adds its d_x to the row it was read from; "
        "the word is *adds*.",
        "`np.add.at(d_E, ids, d_x)` on zeros; or one-hot rows O, (T*B, K), and then the transpose "
        "of O times d_x as (T*B, M).",
    ),
    passed=(
        "You can learn the vectors of symbols: a row's gradient is the sum over all the places "
        "where it was read."
    ),
)
