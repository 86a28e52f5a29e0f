"""Back through tanh, σ and softmax, from their outputs alone."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def probes(rng):
    t, s, p = np.tanh(rng.normal(size=(3, 5))), logistic(rng.normal(size=7)), softmax(rng, 2, 11)
    shapes = dict(T=3, D=5, N=7, B=2, K=11)

    def case(name, says, which, t=t, s=s, p=p, sizes=shapes):
        upstream = [rng.normal(size=y.shape) if k in which else np.zeros(y.shape)
                    for k, y in enumerate((t, s, p))]
        args = tuple(each for pair in zip((t, s, p), upstream) for each in pair)
        return Probe(name, args, says, sizes)

    yield case("one number each", "One number through tanh, one through σ, and a softmax over "
               "three: small enough to follow with a pencil.", {0, 1, 2}, np.array([0.6]),
               np.array([0.2]), np.array([[0.2, 0.5, 0.3]]), dict(B=1, K=3))
    yield case("only through tanh", "`d_s` and `d_p` are zero, so that only the slope of tanh is "
               "in play: write it in terms of `t`.", {0})
    yield case("only through σ", "`d_t` and `d_p` are zero, so that only the slope of σ is in "
               "play: write it in terms of `s`.", {1})
    yield case("softmax, as many rows as answers", "Two rows, two answers: here an axis too many "
               "or too few goes unnoticed by NumPy. Which axis is summed, and does it stay?", {2},
               p=softmax(rng, 2, 2), sizes=dict(T=3, D=5, N=7, B=2))
    yield case("only through the softmax", "`d_t` and `d_s` are zero. Each input of a softmax "
               "moves every output of its row: each `d_p` of the row has a say.", {2})
    yield case("saturated", "`t` is 1 or -1 and `s` is 0 or 1, the flat ends: nothing comes back "
               "from there, and certainly no NaN.", {0, 1},
               t=np.array([1.0, -1.0, 0.0]), s=np.array([0.0, 1.0, 0.5]))
    for name in ("all three, random numbers", "all three once more"):
        yield case(name, "All three at once: compare which of the three "
                   "is off.", {0, 1, 2}, np.tanh(rng.normal(size=(3, 5))),
                   logistic(rng.normal(size=7)), softmax(rng, 2, 11))


def logistic(a):
    return 1 / (1 + np.exp(-a))


def softmax(rng, rows, columns):
    e = np.exp(rng.normal(size=(rows, columns)))
    return e / e.sum(axis=1, keepdims=True)


def reference(t, d_t, s, d_s, p, d_p):
    """By complex step from inputs that give these outputs."""
    e = 1e-20j
    with np.errstate(divide="ignore"):
        a_t, a_s = np.arctanh(t), np.arctanh(2 * s - 1)     # σ(a) = (1 + tanh(a / 2)) / 2
    d_p_back = np.zeros(p.shape)
    for j in range(p.shape[1]):
        raised = np.exp(np.log(p) + e * (np.arange(p.shape[1]) == j))
        moved = (raised / raised.sum(axis=1, keepdims=True)).imag / 1e-20
        d_p_back[:, j] = np.einsum("bi,bi->b", moved, d_p)
    return (d_t * np.tanh(a_t + e).imag / 1e-20,
            d_s * ((1 + np.tanh(a_s + e / 2)) / 2).imag / 1e-20, d_p_back)


TANH, SIGMOID = "d_tanh = d_t * (1 - np.square(t))", "d_sigmoid = d_s * s * (1 - s)"
SHARED, SOFTMAX = "shared = (p * d_p).sum(axis=-1, keepdims=True)", "d_softmax = p * (d_p - shared)"

EXERCISE = Code(
    title="The slope from the output",
    level="routine",
    statement="""On the way back a gradient has to pass through functions that it met on the way
there. What the way
there has kept is their *outputs*. For three functions that is all one needs:

$$\\begin{aligned}
t &= \\tanh(a) = \\frac{e^a - e^{-a}}{e^a + e^{-a}} \\qquad
s = \\sigma(a) = \\frac{1}{1 + e^{-a}} \\\\
p &= \\mathrm{softmax}(a), \\quad p_i = \\frac{e^{a_i}}{\\sum_k e^{a_k}}
\\end{aligned}$$

The first two act on each entry by itself. The softmax acts on a row: an input $a_j$ moves *all*
outputs $p_i$ of its row.

You get `t`, `s` (arrays of any shapes) and `p`, shape $(B, K)$, a row of probabilities for each of
$B$ sequences; and with each of them the gradient of a loss $L$ with respect to it: `d_t`, `d_s`,
`d_p`, of the same shapes.
You don't get the inputs $a$, which were three different arrays. Return the gradients of $L$ with
respect to them, in the same order: `d_tanh` shaped as `t`, `d_sigmoid` as `s`,
`d_softmax` as `p`.""",
    example='''# another squashing function, y = a / sqrt(1 + a²).
# Its slope is (1 + a²)^(-3/2). Now 1 / (1 + a²) is 1 - y²,
# and so the slope is (1 - y²)^(3/2): y is enough.
squash = lambda a: a / np.sqrt(1 + a * a)
a = np.array([-2.0, 0.0, 0.5])
y, d_y = squash(a), np.array([1.0, 1.0, -3.0])

d_a = d_y * (1 - y * y) ** 1.5
pushed = d_y * (squash(a + 1e-6) - squash(a - 1e-6)) / 2e-6
print("from the output:", d_a.round(4))
print("by pushing:     ", pushed.round(4))''',
    task="""Now tanh, σ and softmax: a line each for the first two, two for the third. There,
collect for an input $a_j$ what comes back from *every* $p_i$ of its row.""",
    starter='''def squash_back(t, d_t, s, d_s, p, d_p):
    """The gradients at the inputs of tanh, σ and softmax."""
    ...
    return d_tanh, d_sigmoid, d_softmax
''',
    returns=("d_tanh", "d_sigmoid", "d_softmax"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("tanh: the square is missing", "You take 1 - t for the slope of tanh. At a = 0 "
                "that is right by luck; try t = -1, where tanh is flat and 1 - t is 2.",
                swap=[(TANH, "d_tanh = d_t * (1 - t)")]),
        Mistake("tanh: the square of the wrong thing", "(1 - t)² is not 1 - t²: at t = -1, where "
                "tanh is flat, it is 4.", swap=[(TANH, "d_tanh = d_t * (1 - t) ** 2")]),
        Mistake("tanh: a plus for a minus", "1 + t² is never below 1, but the steepest point of "
                "tanh, in the middle, has slope 1.", swap=[(TANH, "d_tanh = d_t * (1 + t * t)")]),
        Mistake("tanh: the output is taken for the input", "You pass `t` through tanh once more. "
                "`t` is tanh(a) already: 1 - tanh²(a) needs no second tanh.",
                swap=[(TANH, "d_tanh = d_t * (1 - np.tanh(t) ** 2)")]),
        Mistake("tanh: the slope of σ", "t (1 - t) belongs to the logistic function. It is zero at "
                "t = 0, where tanh is steepest.", swap=[(TANH, "d_tanh = d_t * t * (1 - t)")]),
        Mistake("tanh: brackets", "Python multiplies before it subtracts: `d_t * 1 - t * t` is d_t "
                "less t². The slope needs brackets of its own.",
                swap=[(TANH, "d_tanh = d_t * 1 - t * t")]),
        Mistake("tanh: only the slope", "That is the slope alone. The gradient that arrives from "
                "above, `d_t`, has to be multiplied in.", swap=[(TANH, "d_tanh = 1 - t * t")]),
        Mistake("σ: the slope of tanh", "1 - s² belongs to tanh. At s = 0, the flat end of σ, it "
                "is 1 instead of 0.", swap=[(SIGMOID, "d_sigmoid = d_s * (1 - s * s)")]),
        Mistake("σ: the output is taken for the input", "You pass `s` through σ once more. `s` is "
                "σ(a) already, and its slope is an expression in `s` itself.",
                swap=[(SIGMOID, "d_sigmoid = d_s / (1 + np.exp(-s)) / (1 + np.exp(s))")]),
        Mistake("σ: half of the product", "1 - s alone falls from 1 to 0. The slope of σ is zero "
                "at both ends, so one factor is missing.",
                swap=[(SIGMOID, "d_sigmoid = d_s * (1 - s)")]),
        Mistake("σ: the other sign", "s (s - 1) is negative, but σ rises everywhere.",
                swap=[(SIGMOID, "d_sigmoid = d_s * s * (s - 1)")]),
        Mistake("σ: brackets", "Python multiplies before it subtracts: `d_s * s * 1 - s` is d_s s "
                "less s. Put 1 - s into brackets.",
                swap=[(SIGMOID, "d_sigmoid = d_s * s * 1 - s")]),
        Mistake("σ: only the slope", "That is the slope alone. The gradient that arrives from "
                "above, `d_s`, has to be multiplied in.",
                swap=[(SIGMOID, "d_sigmoid = s * (1 - s)")]),
        Mistake("softmax: only the diagonal", "p (1 - p), as for σ, is how an input moves its "
                "*own* output. It moves the others of the row too, downwards: these paths are "
                "missing.",
                swap=[(SOFTMAX, "d_softmax = d_p * p * (1 - p)")]),
        Mistake("softmax: as if nothing were divided", "p d_p is what comes back through the e^a "
                "on top. The same e^a stands in the sum below, for every output of the row.",
                swap=[(SOFTMAX, "d_softmax = p * d_p")]),
        Mistake("softmax: the sum without its weights", "You subtract the plain sum of the row's "
                "`d_p`. How far an output falls when a rival rises is in proportion to its own "
                "probability: the sum is a weighted one.",
                swap=[(SHARED, "shared = d_p.sum(axis=-1, keepdims=True)")]),
        Mistake("softmax: the mean of the row", "You subtract the mean of the row's p d_p, a Kth "
                "of their sum. Effects by different paths add.",
                swap=[(SHARED, "shared = (p * d_p).mean(axis=-1, keepdims=True)")]),
        Mistake("softmax: p is missing before the sum", "The sum over the row is subtracted from "
                "each p d_p as it is. It goes to each input in proportion to that input's own p.",
                swap=[(SOFTMAX, "d_softmax = p * d_p - shared")]),
        Mistake("softmax: the p in front is missing", "d_p less the row's mean is right as far as "
                "it goes: it tells who is above and who below. How much an output moves at all "
                "depends on how large it is: a factor is missing.",
                swap=[(SOFTMAX, "d_softmax = d_p - shared")]),
        Mistake("softmax: a plus for a minus", "You add the sum. When a rival rises an output "
                "falls: what comes back from the others has the other sign.",
                swap=[(SOFTMAX, "d_softmax = p * (d_p + shared)")]),
        Mistake("softmax: without its own output", "You collect what comes back from the sum "
                "below, and leave out the e^a on top: an input also raises its own output.",
                swap=[(SOFTMAX, "d_softmax = -p * shared")]),
        Mistake("softmax: the short way of cross-entropy", "p minus something is what is left when "
                "a cross-entropy stands behind the softmax: p less the target. Here any loss may "
                "stand there, and `d_p` is its gradient, no target.",
                swap=[(SOFTMAX, "d_softmax = p - d_p")]),
        Mistake("softmax: summed over the sequences", "The sum runs down the columns. A softmax "
                "knows its own row only: sum over the last axis.",
                swap=[(SHARED, "shared = (p * d_p).sum(axis=0, keepdims=True)")]),
        Mistake("softmax: summed over everything", "One sum over the whole array mixes the rows. "
                "Each row is a softmax of its own: sum over the last axis.",
                swap=[(SHARED, "shared = (p * d_p).sum()")]),
        Mistake("softmax: the summed axis is gone", "The sum over the last axis has shape (B,), "
                "and NumPy lines it up with the columns. Keep the axis: `keepdims=True`.",
                swap=[(SHARED, "shared = (p * d_p).sum(axis=-1)")]),
    ],
    hints=(
        "Take tanh first. Differentiate the quotient, and look for tanh(a) in what you get. Then "
        "ask of each slope: is it zero where the function is flat?",
        "For the softmax, differentiate p_i by its own a_i and by another a_j. Both come out in "
        "terms of p alone, one with a plus and one with a minus.",
        "For an input j, add `d_p[i]` times the slope of p_i by a_j over all i of the row. The "
        "part with the minus is one weighted sum, the same for all j of a row but for the factor "
        "p_j.",
    ),
    passed="You take a gradient back through tanh, σ and softmax with nothing but their outputs. "
           "That is why a run need not keep its pre-activations.",
)
