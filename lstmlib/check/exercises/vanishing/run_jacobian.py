"""The product of Jacobians over a stretch of a run."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

TINY = 1e-30


def states(rng, T, D):
    return rng.uniform(-0.9, 0.9, size=(T + 1, D))


def probes(rng):
    yield Probe("one unit, one step",
                args=(np.array([[0.5]]), np.array([[0.1], [0.6]]), 0, 1),
                sizes={"T + 1": 2},
                says="One unit and one step from h[0] = 0.1 to h[1] = 0.6: which of the two "
                     "states belongs into the slope, and what is the slope of tanh there?")
    yield Probe("one step", args=(rng.normal(size=(3, 3)), states(rng, 1, 3), 0, 1),
                sizes={"D": 3, "T + 1": 2},
                says="One step: entry (i, j) says how unit i moves if unit j of the state before "
                     "is pushed. Which slope does it pass, that of i or that of j?")
    yield Probe("states at zero", args=(rng.normal(size=(3, 3)), np.zeros((4, 3)), 0, 3),
                sizes={"D": 3, "T + 1": 4},
                says="All states are 0, where tanh has slope 1: what is left is U times U times U.")
    yield Probe("U the identity", args=(np.eye(3), states(rng, 2, 3), 0, 2),
                sizes={"D": 3, "T + 1": 3},
                says="With U the identity only the slopes are left, those of the two steps that "
                     "were made.")
    yield Probe("two steps", args=(rng.normal(size=(3, 3)), states(rng, 2, 3), 0, 2),
                sizes={"D": 3, "T + 1": 3},
                says="Two steps: the first step's Jacobian acts first. On which side of the "
                     "product does it stand?")
    yield Probe("no step at all", args=(rng.normal(size=(2, 2)), states(rng, 1, 2), 1, 1), sizes={},
                says="With s = t nothing lies between the two states: h_t moves exactly as h_s "
                     "does.")
    for T, D, s, t in ((7, 5, 2, 6), (11, 2, 3, 10), (6, 3, 1, 4)):
        U = rng.normal(size=(D, D)) / np.sqrt(D)
        yield Probe(f"from step {s} to step {t}", args=(U, states(rng, T, D), s, t),
                    sizes={"D": D, "T + 1": T + 1},
                    says=f"A piece from the middle: there are {t - s} steps between h[{s}] and "
                         f"h[{t}], and as many factors.")


def reference(U, h, s, t):
    """Column by column, by complex step through the run: its inputs follow from its states."""
    given = np.arctanh(h[1:]) - h[:-1] @ U.T
    pushed = h[s] + TINY * 1j * np.eye(len(U))              # row j: unit j is pushed
    for k in range(s, t):
        pushed = np.tanh(pushed @ U.T + given[k])
    return pushed.imag.T / TINY


EXERCISE = Code(
    title="The Jacobian of a run",
    level="standard",
    statement=r"""A plain network $h_k = \tanh(W x_k + U h_{k-1} + b)$ has run for $T$ steps on one
sequence. Kept are all its states: `h` has the shape $(T+1, D)$, `h[0]` is the initial state and
`h[k]` that after step $k$. `U` is the $(D, D)$ matrix. In the formulas a state is a column, and
one step has the Jacobian

$$ J_k = \frac{\partial h_k}{\partial h_{k-1}} = \mathrm{diag}(1 - h_k^2)\, U. $$

Wanted is how the state after step $t$ moves if the state after step $s$ is pushed, with $0 \le s
\le t \le T$: the $(D, D)$ matrix $\partial h_t / \partial h_s$, whose entry $(i, j)$ says how fast
unit $i$ of $h_t$ moves when unit $j$ of $h_s$ is pushed. The chain rule makes it a product of
Jacobians.""",
    example='''# One step of another cell, h_k = σ(U h_{k-1} + given).
# The slope of σ is h (1 - h).
def logistic(a):
    return 1 / (1 + np.exp(-a))

rng = np.random.default_rng(0)
U, given = rng.normal(size=(2, 2)), np.array([0.1, -0.4])
before = np.array([0.3, 0.8])
after = logistic(U @ before + given)
slope = after * (1 - after)
J = slope[:, None] * U                  # diag(slope) U: row i times slope i

push = 1e-6 * np.array([0.0, 1.0])      # the second unit is pushed
moved = (logistic(U @ (before + push) + given) - after) / 1e-6
print("measured:", moved.round(4), " column 1 of J:", J[:, 1].round(4))''',
    task="""Write `jacobian(U, h, s, t)` for the tanh network. Mind which steps lie between the two
states, and on which side each new factor belongs. With `s == t` it is the identity.""",
    starter='''def jacobian(U, h, s, t):
    """dh_t / dh_s, shape (D, D)."""
    product = np.eye(len(U))
    ...
    return product''',
    returns="jacobian",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "diag on the wrong side",
            "You multiply the *columns* of U by the slopes: U diag(…). In diag(…) U the slope of "
            "unit i multiplies row i.",
            swap=[("slope[:, None] * U", "slope * U")],
        ),
        Mistake(
            "U transposed",
            "Your factors have U transposed. The transposed ones are for an error on its way "
            "back; here a push travels forward. U is square, so that no shape warns you.",
            swap=[("slope[:, None] * U", "slope[:, None] * U.T")],
        ),
        Mistake(
            "the product in reverse",
            "Your product is J_{s+1} … J_t. The first step acts first, so it stands on the right: "
            "each new factor comes from the left.",
            swap=[("product = J @ product", "product = product @ J")],
        ),
        Mistake(
            "the way back for the way forward",
            "You return the transpose of what is asked: this matrix takes an error at h_t back to "
            "h_s. Entry (i, j) should say how unit i of h_t follows unit j of h_s.",
            swap=[("return product", "return product.T")],
        ),
        Mistake(
            "the slope at the state before",
            "Your factors take the slope at h[k-1], or, which is the same, run over the steps s "
            "to t - 1. The tanh of step k makes h[k]: its slope is that of h[k], for k = s + 1, "
            "…, t.",
            swap=[("slope = 1 - h[k] ** 2", "slope = 1 - h[k - 1] ** 2")],
        ),
        Mistake(
            "one factor too many",
            "You begin with the Jacobian of step s itself. That step *made* h_s; the push comes "
            "after it.",
            swap=[("range(s + 1, t + 1)", "range(s, t + 1)")],
        ),
        Mistake(
            "the last factor is missing",
            "Your product ends before step t: `range` leaves out its end.",
            swap=[("range(s + 1, t + 1)", "range(s + 1, t)")],
        ),
        Mistake(
            "the first factor is missing",
            "Your product begins with step s + 2. The step from h_s to h_{s+1} is missing.",
            swap=[("range(s + 1, t + 1)", "range(s + 2, t + 1)")],
        ),
        Mistake(
            "always from the initial state",
            "Your product runs over all steps up to t, whatever s is: that is dh_t / dh_0.",
            swap=[("range(s + 1, t + 1)", "range(1, t + 1)")],
        ),
        Mistake(
            "always to the last state",
            "Your product runs to the end of the run, whatever t is.",
            swap=[("range(s + 1, t + 1)", "range(s + 1, len(h))")],
        ),
        Mistake(
            "no slopes",
            "Your result is a power of U. Each step also passes through a tanh, whose slope is 1 "
            "only where a unit is at 0.",
            swap=[("J = slope[:, None] * U", "J = U")],
        ),
        Mistake(
            "1 - h without the square",
            "The slope of tanh, written with its result h, is 1 - h². You have 1 - h.",
            swap=[("1 - h[k] ** 2", "1 - h[k]")],
        ),
        Mistake(
            "the square of 1 - h",
            "The slope is 1 - h², one less the square. You have (1 - h)².",
            swap=[("1 - h[k] ** 2", "(1 - h[k]) ** 2")],
        ),
        Mistake(
            "tanh applied twice",
            "You take the tanh of h once more: 1 - tanh(h)². But h is the result of the tanh "
            "already, and its slope is 1 - h².",
            swap=[("1 - h[k] ** 2", "1 - np.tanh(h[k]) ** 2")],
        ),
        Mistake(
            "the logistic slope",
            "h (1 - h) is the slope of the logistic function, of the example. This network has a "
            "tanh.",
            swap=[("1 - h[k] ** 2", "h[k] * (1 - h[k])")],
        ),
        Mistake(
            "the slope squared",
            "You square twice: (1 - h²)². The slope is 1 - h², and the only square is that of h.",
            swap=[("slope = 1 - h[k] ** 2", "slope = (1 - h[k] ** 2) ** 2")],
        ),
        Mistake(
            "entry by entry for a matrix product",
            "There is a `*` between two matrices, which multiplies entry by entry and leaves "
            "nothing but the diagonal: of the factors (`J * product`), or of the slopes and U "
            "(`np.diag(slope) * U`). A matrix product is `@`.",
            swap=[("product = J @ product", "product = J * product")],
        ),
        Mistake(
            "np.prod for a matrix product",
            "`np.prod` multiplies the factors entry by entry. Steps one after the other are a "
            "matrix product, `@`, one factor after the other.",
            source="""
            def jacobian(U, h, s, t):
                return np.prod([(1 - h[k] ** 2)[:, None] * U for k in range(s + 1, t + 1)], axis=0)
            """,
        ),
        Mistake(
            "only the last factor",
            "Each round of your loop forgets the one before: what is left is the Jacobian of step "
            "t alone. Multiply the new factor with what you have.",
            swap=[("product = J @ product", "product = J")],
        ),
        Mistake(
            "a bracket missing",
            "`product @ slope[:, None] * U` is read from the left: the product meets the slopes "
            "first, and then U entry by entry. Put a bracket round `slope[:, None] * U`. (And the "
            "new factor belongs to the left of the product.)",
            swap=[("product = J @ product", "product = product @ slope[:, None] * U")],
        ),
        Mistake(
            "a bracket missing, from the last step on",
            "`product @ slope[:, None] * U` is read from the left: the product meets the slopes "
            "first, and then U entry by entry. Put a bracket round `slope[:, None] * U`.",
            swap=[("range(s + 1, t + 1)", "range(t, s, -1)"),
                  ("product = J @ product", "product = product @ slope[:, None] * U")],
        ),
        Mistake(
            "factors added",
            "You add the Jacobians. Ways side by side add; steps one after the other multiply.",
            swap=[("product = J @ product", "product = product + J")],
        ),
        Mistake(
            "one Jacobian to a power",
            "You take the Jacobian of step t for all steps. Each step has its own state, and so "
            "its own slopes.",
            swap=[("slope = 1 - h[k] ** 2", "slope = 1 - h[t] ** 2")],
        ),
        Mistake(
            "U left out",
            "Only the slopes are multiplied: then no unit ever hears of another. U belongs into "
            "each factor.",
            swap=[("slope[:, None] * U", "np.diag(slope)")],
        ),
    ],
    hints=(
        "Take t = s + 2 and write it out: h_t depends on h_{t-1}, which depends on h_s. Two "
        "Jacobians: which one is applied to the push first?",
        "Loop over the steps that lie after h_s: the first is step s + 1, the last is step t. "
        "Each has the slope of its own new state.",
        "In the loop: the slope from h[k]; with it multiply the rows of U, by `[:, None]`, as in "
        "the example; then put this factor on the left of what you have.",
    ),
    passed="The product runs from step s + 1 to step t, the newest factor on the left. Its largest "
           "singular value says how much of a push "
    "at s can be left at t, and, as the transpose has the same singular values, how much of an "
    "error at t can come back to s.",
    tolerance=1e-9,
)
