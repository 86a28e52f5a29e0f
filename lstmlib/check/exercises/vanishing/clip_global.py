"""Clipping by the length of all gradients together."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe
from lstmlib.numpy import clip

D, M = 5, 3
SIZES = {"D": D, "M": M}


def drawn(rng, length):
    """Gradients whose length, taken together, is known."""
    grads = {"W": rng.normal(size=(D, M)), "U": rng.normal(size=(D, D)), "b": rng.normal(size=D)}
    flat = np.concatenate([g.ravel() for g in grads.values()])
    return {name: g * (length / np.linalg.norm(flat)) for name, g in grads.items()}


def zeros():
    return {"W": np.zeros((D, M)), "U": np.zeros((D, D)), "b": np.zeros(D)}


def probes(rng):
    two = zeros()
    two["W"][0, 0], two["b"][0] = 3.0, 4.0
    yield Probe("two entries, 3 and 4, limit 2", args=(two, 2.0), sizes=SIZES,
                says="A 3 in W and a 4 in b, all else 0: a vector of length 5. It has to become "
                     "one of length 2 in the same direction.")
    yield Probe("a short gradient", args=(drawn(rng, 1.5), 2.0), sizes=SIZES,
                says="The length is 1.5 and the limit 2: nothing may change.")
    yield Probe("a gradient of zeros", args=(zeros(), 1.0), sizes=SIZES,
                says="All zeros: the length is 0, below any limit, and zeros are to come back.")
    only = {**zeros(), "U": drawn(rng, 3.0)["U"]}
    yield Probe("only U", args=(only, 0.5), sizes=SIZES,
                says="Only U has entries that are not 0: look at how the length of a matrix is "
                     "measured.")
    each = drawn(rng, 1.0)
    each = {name: 0.9 * g / np.linalg.norm(g) for name, g in each.items()}
    yield Probe("three arrays of length 0.9, limit 1", args=(each, 1.0), sizes=SIZES,
                says="Each array alone is shorter than the limit; all three together are longer, "
                     "about 1.56.")
    for length, limit in ((7.3, 1.7), (50.0, 0.3), (0.9, 0.8)):
        yield Probe(f"random, of length {length}", args=(drawn(rng, length), limit), sizes=SIZES,
                    says=f"Random gradients of length {length} together, and a limit of {limit}.")


def reference(grads, threshold):
    return clip(grads, threshold)[0]


EXERCISE = Code(
    title="Clip by the length of the whole gradient",
    level="routine",
    statement=r"""`grads` is a dict of three arrays, the gradients of a plain network: `"W"` of
shape $(D, M)$, `"U"` of shape $(D, D)$ and `"b"` of shape $(D,)$. Think of all their entries as
**one** long vector $g$. Its length is $\lVert g \rVert$, the root of the sum of the squares of all
entries. `threshold` is a limit $\theta > 0$.

If $\lVert g \rVert$ is above $\theta$, shorten the vector to the length $\theta$ and keep its
direction:

$$ g \leftarrow \frac{\theta}{\lVert g \rVert}\, g \qquad \text{if } \lVert g \rVert > \theta. $$

Otherwise nothing changes. All entries are finite.""",
    example='''# Another rule, for comparison: clip each entry by itself.
def clip_entries(grads, threshold):
    return {name: np.clip(g, -threshold, threshold) for name, g in grads.items()}

long = {"W": np.array([[3.0, 0.1]]), "b": np.array([4.0])}
short = clip_entries(long, 1.0)
# 3 and 4 become equal, 0.1 stays: the direction is another.
print(short["W"], short["b"])''',
    task="""Write `clip(grads, threshold)`. Return a *new* dict with the same three keys; the
arrays that you were given must stay as they are. Three or four lines will do.""",
    starter='''def clip(grads, threshold):
    """The gradients, shortened to the threshold if together they are longer."""
    ...
    return {name: scale * g for name, g in grads.items()}''',
    returns=("W", "U", "b"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "each array by itself",
            "You compare and shorten W, U and b one by one, as Keras' `clipnorm` does. Then a "
            "long array shrinks and a short one stays, and the step turns. One length over all "
            "arrays, one factor for all (Keras: `global_clipnorm`).",
            source='''
            def clip(grads, threshold):
                def short(g):
                    norm = np.sqrt(np.sum(g ** 2))
                    return g * threshold / norm if norm > threshold else g
                return {name: short(g) for name, g in grads.items()}
            ''',
        ),
        Mistake(
            "entry by entry",
            "You cut each entry off at the limit: that is the other rule, of the example. It "
            "turns the gradient, and many small entries can still make a long vector.",
            source='''
            def clip(grads, threshold):
                return {name: np.clip(g, -threshold, threshold) for name, g in grads.items()}
            ''',
        ),
        Mistake(
            "rescaled below the limit too",
            "You always rescale: a gradient that is shorter than the limit is blown up to it, and "
            "one of zeros becomes 0/0. What is short enough must go through unchanged.",
            swap=[("    if norm > threshold:\n        scale =", "    scale =")],
        ),
        Mistake(
            "the square for the length",
            "You add the squares and take no root: that is ‖g‖², not ‖g‖.",
            swap=[("norm = np.sqrt(np.sum(squares))", "norm = np.sum(squares)")],
        ),
        Mistake(
            "the limit held against the square",
            "Your factor is right, but the question before it asks whether the *square* of the "
            "length is above the limit. With a length of 1.5 and a limit of 2 that makes a "
            "difference.",
            swap=[("if norm > threshold", "if norm ** 2 > threshold")],
        ),
        Mistake(
            "divided by the square",
            "You divide by ‖g‖²: perhaps once by the length and later once more. What comes out "
            "has the length θ/‖g‖.",
            swap=[("scale = threshold / norm", "scale = threshold / norm ** 2")],
        ),
        Mistake(
            "lengths added up",
            "You add up the lengths of the three arrays. Lengths at right angles do not add: 3 "
            "and 4 make 5, not 7. Add the squares.",
            swap=[("np.sqrt(np.sum(squares))", "np.sum(np.sqrt(squares))")],
        ),
        Mistake(
            "root of the sum of lengths",
            "Under the root you add the arrays' lengths; their squares belong there.",
            swap=[("np.sqrt(np.sum(squares))", "np.sqrt(np.sum(np.sqrt(squares)))")],
        ),
        Mistake(
            "the longest array counts",
            "You take the length of the longest array for that of all together.",
            swap=[("np.sum(squares)", "np.max(squares)")],
        ),
        Mistake(
            "the largest entry",
            "You take the largest entry for the length. All entries count, by their squares.",
            swap=[("norm = np.sqrt(np.sum(squares))",
                   "norm = max(np.max(np.abs(g)) for g in grads.values())")],
        ),
        Mistake(
            "sizes for squares",
            "You add the sizes |g| of the entries (the L1 norm). The length is the root of the "
            "sum of *squares*.",
            swap=[("np.sum(g ** 2)", "np.sum(np.abs(g))"),
                  ("np.sqrt(np.sum(squares))", "np.sum(squares)")],
        ),
        Mistake(
            "means for sums",
            "You take the mean of the squares of each array. Then a large matrix counts no more "
            "than a single number; the length has sums.",
            swap=[("np.sum(g ** 2)", "np.mean(g ** 2)")],
        ),
        Mistake(
            "root of the mean",
            "You divide by the number of entries: that is the size of a typical entry, not the "
            "length of the vector.",
            swap=[("np.sqrt(np.sum(squares))",
                 "np.sqrt(np.sum(squares) / sum(g.size for g in grads.values()))")],
        ),
        Mistake(
            "the largest singular value",
            "With 2 as its second argument `np.linalg.norm` gives a matrix's largest singular "
            "value, the most it can stretch a vector. The length of its entries is "
            "`np.linalg.norm(g)` without the 2.",
            swap=[("np.sum(g ** 2)", "np.linalg.norm(g, 2) ** 2")],
        ),
        Mistake(
            "length 1 for length θ",
            "Where you shorten, the result has the length 1 whatever the limit: you divide by the "
            "length, and the limit is missing.",
            swap=[("scale = threshold / norm", "scale = 1 / norm")],
        ),
        Mistake(
            "the factor upside down",
            "You multiply by ‖g‖/θ: what is too long gets longer.",
            swap=[("scale = threshold / norm", "scale = norm / threshold")],
        ),
        Mistake(
            "the comparison turned round",
            "You shorten where the length is *below* the limit: short gradients are blown up, and "
            "long ones go through.",
            swap=[("norm > threshold", "norm < threshold")],
        ),
        Mistake(
            "the last array counts",
            "Your length is that of b alone, the last of the three: in a loop each array must be "
            "added to those before it, by `+=`.",
            swap=[("np.sum(squares)", "squares[-1]")],
        ),
        Mistake(
            "the length returned as well",
            "You return the gradients and their length. Only the dict is wanted.",
            swap=[("return {name: scale * g for name, g in grads.items()}",
                   "return {name: scale * g for name, g in grads.items()}, norm")],
        ),
        Mistake(
            "the bias left out of the length",
            "Your length counts the matrices only. The bias is a part of the vector like all else.",
            swap=[("in grads.values()]", 'in (grads["W"], grads["U"])]')],
        ),
        Mistake(
            "the bias not shortened",
            "The length is right, but only the matrices are multiplied by the factor; b comes "
            "back as it was.",
            swap=[("scale * g for name, g in", 'g if name == "b" else scale * g for name, g in')],
        ),
        Mistake(
            "the whole gradient thrown away",
            "Where the gradient is too long you return zeros: this update is lost. Some do skip "
            "such a batch; to clip is to keep the direction and give up the length.",
            swap=[("scale = threshold / norm", "scale = 0.0")],
        ),
    ],
    conventions=[
        Convention(
            "PyTorch's small number",
            "You divide by the length plus a millionth, as PyTorch's `clip_grad_norm_` does, "
            "which guards against a division by 0: what it has shortened is shorter than the "
            "limit by a hair.",
            swap=[("scale = threshold / norm", "scale = min(1.0, threshold / (norm + 1e-6))")],
        ),
    ],
    hints=(
        "Two things are needed: one number, the length over all three arrays, and one factor, the "
        "same for all three. The factor is 1 unless the length is above the limit.",
        "The square of the length is a sum over the arrays of `np.sum(g ** 2)`. Take the root "
        "once, at the end.",
        "Begin with `scale = 1.0`, and replace it, only where the length is above `threshold`, by "
        "their quotient. Which of the two is divided by which?",
    ),
    passed="One length for all parameters, one factor for all: the direction stays, and no step of "
           "plain gradient descent can be "
    "longer than the learning rate times the limit.",
)
