"""Open: numbers on which no broken way back gives the right gradients."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

CLEAR = 0.01           # how far a broken gradient must be off, in some entry
NAMES = ("W", "U", "b", "x", "h_0", "d_outputs", "d_state")


def probes(rng):
    for M in (1, 2, 3):
        yield Probe(f"{M} input{'s' * (M > 1)}", (M,), "Which of the ways back is not told apart "
                    "from the right one, and which of your numbers would have to differ?", {"M": M})


def gradients(case, bug=""):
    """The five gradients, by the right way back or with one bug."""
    W, U, b, x, h_0, d_outputs, d_state = (case[name] for name in NAMES)
    T, B = x.shape[:2]
    h = [h_0]
    for t in range(T):
        h.append(np.tanh(x[t] @ W.T + h[t] @ U.T + b))
    own = d_outputs * (np.arange(T) == T - 1)[:, None, None] if bug == "outputs" else d_outputs
    d_h = 0 * d_state if bug == "state" else d_state
    d_x, uses = np.zeros(x.shape), []
    for t in reversed(range(T)):
        d_new = own[t] + (d_h if bug != "time" or t == T - 1 else 0)
        state = h[t] if bug == "slope" else h[t + 1]
        d_a = d_new if bug == "tanh" else d_new * (1 - state**2)
        before = h[t + 1] if bug == "new" else h[t] * (t > 0 or bug != "start")
        uses.append((d_a.T @ x[t], d_a.T @ before, d_a.sum(axis=0)))
        d_x[t] = d_a @ W
        d_h = d_a @ (U.T if bug == "transposed" else U)
        if bug == "twice":
            d_h = d_h * (1 - h[t] ** 2)
    uses = uses[-1:] if bug == "overwritten" else uses
    d_W, d_U, d_b = (sum(each) / (B if bug == "mean" else 1) for each in zip(*uses))
    return d_W, d_U, d_b, d_x, d_h


# What slips through, in the order in which it is looked for, and what is said.
BUGS = {
    "time": "the path through time can be left out unseen",
    "transposed": "U can be turned round unseen",
    "mean": "a mean over the sequences passes for a sum",
    "state": "d_state can be forgotten unseen",
    "outputs": "all outputs but the last can be forgotten unseen",
    "tanh": "the tanh can be left out unseen",
    "start": "h₀ can be left out of d_U unseen",
    "twice": "the slope can be taken twice between the steps unseen",
    "new": "h_t passes for h_{t-1} in d_U",
    "slope": "the slope can be taken at the state before",
    "overwritten": "the weights' gradients can be overwritten at each step",
}


def verify(args, got):
    """None if each bug shows; the name of a mistake, or a sentence, if not."""
    (M,) = args
    for name in NAMES:
        if np.asarray(got[name]).dtype.kind not in "biuf":
            return f"`{name}` should hold real numbers."
    case = {name: np.asarray(got[name], dtype=float) for name in NAMES}
    x, h_0 = case["x"], case["h_0"]
    if x.ndim != 3 or h_0.ndim != 2:
        return ("x must have the three axes (T, B, M) and h_0 the two (B, D); got the shapes "
                f"{x.shape} and {h_0.shape}.")
    (T, B, _), D = x.shape, h_0.shape[1]
    shapes = {"W": (D, M), "U": (D, D), "b": (D,), "x": (T, B, M), "h_0": (B, D),
              "d_outputs": (T, B, D), "d_state": (B, D)}
    for name, shape in shapes.items():
        if case[name].shape != shape:
            return (f"`{name}` has shape {case[name].shape}; with T = {T}, B = {B}, D = {D} (from "
                    f"x and h_0) and M = {M} it should be {shape}.")
        if not np.isfinite(case[name]).all():
            return f"`{name}` holds NaN or an infinity."
    size = sum(value.size for value in case.values())
    if min(T, B, D) < 1:
        return "T, B and D must be at least 1."
    if size > 24 + 6 * M:
        return (f"With M = {M} your case has {size} numbers, and {24 + 6 * M} are allowed: "
                f"T = {T}, B = {B}, D = {D}. Which of these can be "
                "smaller, and which can't without hiding a bug?")
    with np.errstate(all="ignore"):
        right = gradients(case)
    largest = max(np.abs(each).max() for each in right)
    if not largest < 1e6:
        return (f"The largest gradient of your case is {largest:.1e}: beside it a difference of 0.01 "
                "is lost in rounding. Take errors of ordinary size.")
    if largest < CLEAR:
        return "nothing comes back at all"
    slips = [name for bug, name in BUGS.items() if distance(right, gradients(case, bug)) < CLEAR]
    if not slips:
        return None
    if slips[0] in {mistake.name for mistake in EXERCISE.mistakes}:
        return slips[0]
    shown = len(BUGS) - len(slips)
    return f"{shown} of {len(BUGS)} bugs show. In this case {', and '.join(slips)}."


def distance(some, others):
    """The largest difference of any two entries."""
    return max(np.abs(one - other).max() for one, other in zip(some, others))


X, STATE = "x = rng.normal(size=(T, B, M))", "d_state = rng.normal(size=(B, D))"
SIZES, U = "T, B, D = 2, 2, 2", "U = rng.normal(size=(D, D))"
OUTPUTS, START = "d_outputs = rng.normal(size=(T, B, D))", "h_0 = rng.normal(size=(B, D))"

EXERCISE = Code(
    title="A test that lets nothing through",
    level="open",
    statement="""You have a backpropagation through time that is right, and colleagues who write
their own. Each colleague's code will be compared with yours on *one* case: numbers that you choose.
The cell is

$$a_t = x_t\\,W^\\top + h_{t-1}\\,U^\\top + b \\qquad h_t = \\tanh(a_t)$$

and the case consists of `W` $(D, M)$, `U` $(D, D)$, `b` $(D)$, the inputs `x` $(T, B, M)$, the
initial state `h_0` $(B, D)$, the gradients `d_outputs` $(T, B, D)$ that come back to each state
from its own output, and `d_state` $(B, D)$ for the last state besides.
Compared are the gradients of $W$, $U$, $b$, of all inputs and of $h_0$. Here are eleven bugs your
colleagues may have:

1. nothing comes back from step $t + 1$ (`d_state` does reach the last state);
2. $U$ stands where its transpose is due, on the way to the state before;
3. the gradients of the weights are means over the sequences instead of sums;
4. `d_state` is forgotten;
5. all of `d_outputs` but the last step is forgotten;
6. the slope of tanh is left out everywhere;
7. $h_0$ is left out of $\\delta U$;
8. the slope of tanh is taken twice between two steps, and on the way to $h_0$;
9. $h_t$ stands for $h_{t-1}$ in $\\delta U$;
10. the slope of tanh is taken at $h_{t-1}$;
11. the gradients of the weights are overwritten at each step instead of added up.

Find a case on which *each* of them gives at least one entry that is off by 0.01 or more. And make
it small: with $M$ inputs, which are given, at most $24 + 6M$ numbers in all seven arrays together.
$T$, $B$ and $D$ are yours.""",
    example='''# a bug that a careless case can't see: back through one unit,
# h_1 = tanh(u h_0 + x)
def d_h0(u, x, h_0, broken):
    h_1 = np.tanh(u * h_0 + x)
    slope = 1 - h_0 ** 2 if broken else 1 - h_1 ** 2
    return u * slope

for x, h_0 in ((0.0, 0.0), (1.0, 0.5)):
    right, wrong = (d_h0(2, x, h_0, broken) for broken in (False, True))
    print(f"x = {x}: right {right:.3f}, broken {wrong:.3f}")''',
    task="""Write a function of $M$ that returns the seven arrays, by hand or from a random
generator. Before you do, ask of each bug: in which case would it *not* show?""",
    starter='''def telling_test(M):
    """Seven arrays on which each of the eleven bugs shows."""
    ...
    return W, U, b, x, h_0, d_outputs, d_state
''',
    returns=NAMES,
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake(BUGS["time"], "In your case nothing would come back from step t + 1 anyway, or "
                "nearly nothing. There has to be a next step, an error in it, and a U through "
                "which it comes.",
                swap=[(SIZES, "T, B, D = 1, 2, 2")]),
        Mistake(BUGS["transposed"], "U and its transpose do the same in your case, or nearly the "
                "same. With one unit they are one number; with more, look whether U is nearly "
                "symmetric, or the last states so close to 1 or -1 that next to nothing reaches U.",
                swap=[(U, "U = np.array([[0.5, -1.0], [-1.0, 0.3]])")]),
        Mistake(BUGS["mean"], "With one sequence a sum and a mean are the same. A batch of one "
                "hides whatever is done over the batch.", swap=[(SIZES, "T, B, D = 2, 1, 2")]),
        Mistake(BUGS["state"], "Your `d_state` is zero or close to it, as it is when nobody uses "
                "the last state. Then whoever forgets it is right.",
                swap=[(STATE, "d_state = np.zeros((B, D))")]),
        Mistake(BUGS["outputs"], "In your case only the last output has an error. Then whoever "
                "adds it at the last step only is right.",
                swap=[(OUTPUTS, OUTPUTS + "\n    d_outputs[:-1] = 0")]),
        Mistake(BUGS["tanh"], "All your states are close to zero, where tanh is a straight line of "
                "slope 1. They have to reach the part that bends.",
                swap=[(START, "h_0 = 0.001 * rng.normal(size=(B, D))"),
                      (X, "x = 0.001 * rng.normal(size=(T, B, M))"),
                      ("b = rng.normal(size=D)", "b = np.zeros(D)")]),
        Mistake(BUGS["start"], "Your h₀ is zero or close to it, as it is at the beginning of most "
                "sequences. Then whoever forgets it is right.",
                swap=[(START, "h_0 = np.zeros((B, D))")]),
        Mistake("nothing comes back at all", "The right gradients themselves are all below 0.01. "
                "Are there errors in `d_outputs` and `d_state`? Or are all states so close to 1 or "
                "-1 that tanh is flat?",
                swap=[("b = rng.normal(size=D)", "b = np.full(D, 30.0)")]),
    ],
    hints=(
        "Zero, one and symmetric are the numbers on which bugs hide. Go through the list and note "
        "for each bug what hides it: a size that is 1, an array that is zero, a matrix equal to "
        "its transpose.",
        "The list says T ≥ 2, B ≥ 2, D ≥ 2. Count the numbers of all seven arrays for the smallest "
        "sizes and compare with what is allowed.",
        "With the sizes settled, a seeded generator will do: "
        "`np.random.default_rng(0).normal(size=...)` for all seven. Random numbers are neither "
        "zero nor symmetric, and of a size at which tanh bends.",
    ),
    passed="Eleven bugs, and none hides, in one case that fits on a postcard. With a single "
           "sequence, `h_0` and `d_state` zero, as one is tempted to begin, three would have "
           "hidden; with a single step as well, seven.",
)
