"""A gradient by central differences, for an array of any shape."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe


def probes(rng):
    yield Probe("one number", (np.array([0.75]), 0.1), "A single number, and so wide a step that a "
                "one-sided difference is off in the second digit.", dict(N=1))
    yield Probe("three numbers", (rng.normal(size=3), 0.01), "Three numbers: while one is pushed, "
                "the other two stand where they were.", dict(N=3))
    yield Probe("whole numbers", (np.array([1, -2, 0, 1]), 0.01), "`p` is an array of integers. "
                "What becomes of 1 + 0.01 if it is written into one?", dict(N=4))
    yield Probe("a square matrix", (rng.normal(size=(3, 3)), 0.01), "A square matrix: each result "
                "has to stand at the place of the number that was pushed.", dict(D=3))
    yield Probe("a small step", (rng.normal(size=(5, 2)), 1e-5), "With ε = 1e-5 the loss has to be "
                "computed in float64 all the way.", dict(D=5, M=2))
    yield Probe("three axes", (rng.normal(size=(2, 3, 2)), 0.001), "Three axes: don't count on "
                                                                   "two.",
                dict(A=2, B=3))
    yield Probe("random numbers", (2 * rng.normal(size=(2, 5)), 0.02), "Any matrix: compare entry "
                "by entry.", dict(D=2, M=5))


def reference(p, eps):
    """All pushed arrays at once, one a row."""
    pushes = eps * np.eye(p.size)
    rows = np.concatenate([p.ravel() + pushes, p.ravel() - pushes])
    state, total = np.full(len(rows), 0.5), 0
    for column in rows.T:
        state = np.tanh(column + 0.9 * state)
        total = total + state**2
    up, down = np.split(total, 2)
    return ((up - down) / (2 * eps)).reshape(p.shape)


PUSH = "up, down = p.astype(float), p.astype(float)"
UP, DOWN = "up[index] += eps", "down[index] -= eps"
RATIO = "d_p[index] = (loss(up) - loss(down)) / (2 * eps)"
LOOP, ZEROS, BACK = "np.ndindex(p.shape)", "d_p = np.zeros(p.shape)", "return d_p"

IN_PLACE = '''
def numeric_gradient(p, eps):
    d_p, q = np.zeros(p.shape), {start}
    for index in np.ndindex(p.shape):
        q[index] += eps
        up = loss(q)
        q[index] -= {down} * eps
        down = loss(q)
        d_p[index] = (up - down) / (2 * eps)
    return d_p
'''

EXERCISE = Code(
    title="A gradient from values alone",
    level="standard",
    statement="""Whoever has derived a gradient wants a witness who has not read the derivation.
Central differences are one: raise a number of `p` by $\\varepsilon$ and look at the loss, lower it
by $\\varepsilon$ and look again,

$$\\frac{\\partial L}{\\partial p_i} \\approx \\frac{L(p + \\varepsilon\\, e_i) - 
L(p - \\varepsilon\\, e_i)}{2\\,\\varepsilon}$$

where $e_i$ is 1 at the place $i$ and 0 elsewhere. All other numbers stay where they are.

Write it for an array `p` of *any* shape (a vector, a matrix, three axes), of floats or of whole
numbers, with the step `eps` that is asked for. The loss is the function `loss(p)` of the starter;
leave it as it is. Return `d_p`, an array of floats shaped as `p`, and leave `p` as it was.
(The values of `eps` in the check are often coarse, so that it can see how you subtract.)""",
    example='''# the same idea for how a loss *curves* in one of its numbers
def cost(v):
    return v[0] ** 3 + v[1]

def curvature(v, i, eps):
    push = np.zeros(len(v))
    push[i] = eps
    return (cost(v + push) - 2 * cost(v) + cost(v - push)) / eps ** 2

print("v³ at v = 2, where the second derivative 6 v is 12:",
      curvature(np.array([2.0, 7.0]), 0, 1e-3).round(6))''',
    task="""Four to seven lines. `np.ndindex(p.shape)` goes through all places of an array, however
many axes it has: `p[index]` is a number then.""",
    starter='''def loss(p):
    """Some loss of an array of any shape: a state reads its numbers."""
    h, total = 0.5, 0.0
    for number in p.ravel():
        h = np.tanh(number + 0.9 * h)
        total = total + h * h
    return total


def numeric_gradient(p, eps):
    """The gradient of loss at p by central differences."""
    ...
    return d_p
''',
    returns="d_p",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("one-sided", "You compare with L(p) itself. Its error is of the order of ε instead "
                "of ε²: push to both sides.", swap=[(RATIO, "d_p[index] = (loss(up) - loss(p)) / "
                                                         "eps")]),
        Mistake("one-sided, downwards", "You compare L(p) with the lowered one only. The error is "
                "of the order of ε instead of ε²: push to both sides.",
                swap=[(RATIO, "d_p[index] = (loss(p) - loss(down)) / eps")]),
        Mistake("twice too large", "The two places are 2ε apart, and you divide by ε.",
                swap=[(RATIO, "d_p[index] = (loss(up) - loss(down)) / eps")]),
        Mistake("multiplied instead of divided", "`/ 2 * eps` divides by 2 and then multiplies by "
                "eps. Put brackets round 2 * eps.",
                swap=[(RATIO, "d_p[index] = (loss(up) - loss(down)) / 2 * eps")]),
        Mistake("lowered only back to p", "You raise a number by ε and then lower it by ε, so that "
                "it stands at p again: you compare L(p + ε) with L(p), and divide by 2ε.",
                swap=[(DOWN, "down[index] -= 0")]),
        Mistake("one copy for both", "Raised and lowered are one and the same array: `down = up` gives "
                "it a second name and copies nothing. What one loses, the other loses too.",
                swap=[(PUSH, "up = down = p.astype(float)")]),
        Mistake("p under two names", "`up = p` copies nothing: raised and lowered are both the caller's "
                "`p`, so they are equal. Work on two copies.",
                swap=[(PUSH, "up = down = p")]),
        Mistake("half the step", "Your two places are ε apart, half of it to each side. The formula "
                "goes a whole ε to each side.",
                swap=[(UP, "up[index] += eps / 2"), (DOWN, "down[index] -= eps / 2"),
                      (RATIO, "d_p[index] = (loss(up) - loss(down)) / eps")]),
        Mistake("the numbers stay pushed", "You push a number and do not put it back, so that all "
                "later ones are measured from another point.",
                source=IN_PLACE.format(start="p.astype(float)", down=2)),
        Mistake("the numbers stay pushed, and in p itself", "You push the numbers of `p` itself "
                "and do not put them back. The later ones are measured from another point, and the "
                "caller's `p` is ruined.", source=IN_PLACE.format(start="p", down=2)),
        Mistake("raised in p itself", "You raise and lower the caller's own `p`, and by ε each: so "
                "L(p + ε) is compared with L(p). Work on a copy, and mind that from +ε to -ε it is "
                "2ε.",
                source=IN_PLACE.format(start="p", down=1)),
        Mistake("in p itself", "You push the numbers of `p` itself and put them back. Rounding "
                "leaves a trace in the caller's `p`, and where it holds integers, 1 + 0.01 is "
                "written into it as 1. Work on a copy that can hold fractions.",
                source=IN_PLACE.replace("down = loss(q)", "down = loss(q)\n        q[index] += "
                                                          "eps").format(
                    start="p", down=2)),
        Mistake("the other sign", "You take the raised loss from the lowered one.",
                swap=[(RATIO, "d_p[index] = (loss(down) - loss(up)) / (2 * eps)")]),
        Mistake("all numbers at once", "You push all of `p` by ε together, and each entry gets the "
                "same number: the sum of all. One at a time.",
                swap=[(UP, "up += eps"), (DOWN, "down -= eps")]),
        Mistake("whole rows at once", "Your index counts rows, so that a row is pushed as a whole. "
                "Each number needs a push of its own; for vectors there is no difference.",
                swap=[(LOOP, "range(len(p))")]),
        Mistake("not all numbers", "You count to `len(p)`, which is the length of the first axis. "
                "A matrix has `p.size` numbers.", source='''
def numeric_gradient(p, eps):
    d_p = np.zeros(p.shape)
    for k in range(len(p)):
        up, down = p.astype(float), p.astype(float)
        up.flat[k] += eps
        down.flat[k] -= eps
        d_p.flat[k] = (loss(up) - loss(down)) / (2 * eps)
    return d_p
'''),
        Mistake("the curvature", "L(p + ε) - 2 L(p) + L(p - ε), over ε², is the second derivative, "
                "as in the example. The first is asked for.",
                swap=[(RATIO, "d_p[index] = (loss(up) - 2 * loss(p) + loss(down)) / eps ** 2")]),
        Mistake("columns for rows", "The numbers are right and in the wrong places: you write them "
                "down the columns.",
                swap=[(BACK, 'return d_p.ravel().reshape(p.shape, order="F")')]),
        Mistake("flat", "The numbers are right, in one row. `d_p` is shaped as `p`.",
                swap=[(BACK, "return d_p.ravel()")]),
        Mistake("whole numbers stay whole", "If `p` holds integers, a copy of it does too: 1 + "
                "0.01 is written into it as 1, and nothing has moved.",
                swap=[(PUSH, "up, down = p.copy(), p.copy()")]),
        Mistake("the result is cut to whole numbers", "`zeros_like(p)` of integers holds integers: "
                "each derivative you write into it loses what is behind the point.",
                swap=[(ZEROS, "d_p = np.zeros_like(p)")]),
        Mistake("whole numbers, in and out", "If `p` holds integers, its copies and your `d_p` do "
                "too: what you add is cut off before anything is computed.",
                swap=[(ZEROS, "d_p = np.zeros_like(p)"), (PUSH, "up, down = p.copy(), p.copy()")]),
        Mistake("float32", "float32 keeps about seven digits, and two losses that nearly agree are "
                "subtracted: at ε = 1e-5 nearly nothing is left. Use float64.",
                swap=[(PUSH, "up, down = p.astype(np.float32), p.astype(np.float32)")]),
        Mistake("not with the eps given", "You return the derivative to many digits, whatever "
                "`eps` is: by a small step of your own, by a formula or by a complex step. Good "
                "ways all, but asked are differences with the caller's `eps`, their error "
                "included.",
                swap=[(ZEROS, ZEROS + "\n    eps = 1e-5")]),
    ],
    conventions=[
        Convention("a step in proportion", "Your step is eps · max(1, |p|): it grows with the "
                   "number, so that it is not lost beside a large one. This book's "
                   "`numerical_gradient` does so too.",
                   swap=[(UP, "up[index] += eps * max(1, abs(p[index]))"),
                         (DOWN, "down[index] -= eps * max(1, abs(p[index]))"),
                         (RATIO, "d_p[index] = (loss(up) - loss(down)) / (2 * eps * max(1, "
                                 "abs(p[index])))")]),
    ],
    hints=(
        "For one index: make two copies of `p`, one with that number raised and one with it "
        "lowered, and call `loss` on both. Fresh copies for each index save you from putting back.",
        "The copies must be able to hold fractions, whatever `p` holds: `p.astype(float)` is a "
        "copy that can. And so must `d_p`.",
        "`for index in np.ndindex(p.shape):` and in it four things: the two copies, `up[index] += "
        "eps`, its mirror image, and the quotient written to `d_p[index]`.",
    ),
    passed="You have a witness for every gradient to come, and it knows nothing of how the "
           "gradient was derived. It costs two losses a number: keep the networks it judges small.",
)
