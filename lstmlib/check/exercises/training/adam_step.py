"""One update by Adam, with its two moments and the count of steps."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe
from lstmlib.numpy import Adam


def case(rng, k, D=3, M=2, size=1.0, rate=0.1, small=False):
    """Parameters, a gradient, and the moments that k gradients of about this size leave behind."""
    shape = (D, M)
    m, v = np.zeros(shape), np.zeros(shape)
    for _ in range(min(k, 3)):
        g = size * (0.5 + rng.uniform(size=shape))
        m, v = 0.7 * m + 0.3 * g, v + 0.01 * g * g
    sign = rng.choice([-1.0, 1.0], size=shape)
    return rng.normal(size=shape), sign * size * (0.5 + rng.uniform(size=shape)), m, v, k, rate


def probes(rng):
    sizes = {"D": 3, "M": 2}
    p, _, m, v, k, rate = case(rng, 0)
    yield Probe("the very first step", (p, np.array([[1.0, -1.0], [100.0, 0.01], [2.0, -3.0]]), m,
                                        v, 0, rate),
                "Moments of zero, no step made yet. Corrected, the first step is `rate` long in "
                "every entry, against the sign of the gradient, be it 100 or 0.01.", sizes)
    yield Probe("a second step", case(rng, 1),
                "One step has been made, so this is the second: the powers are squares.", sizes)
    yield Probe("after a hundred steps", case(rng, 100),
                "The hundred-and-first step: the first moment needs hardly any correction, the "
                "second still does.", sizes)
    p, _, m, v, k, rate = case(rng, 4)
    yield Probe("a gradient of zero", (p, np.zeros((3, 2)), m, v, k, rate),
                "No gradient at this step. The moments shrink, and the parameters still move, "
                "since m remembers.", sizes)
    p, g, m, v, k, rate = case(rng, 0)
    yield Probe("a unit that never hears anything", (p, g * [[1.0], [0.0], [1.0]], m, v, 0, rate),
                "Row 1 has gradient 0 and moments 0. Nothing may move there: 0 / (0 + ε) is 0.",
                sizes)
    yield Probe("gradients of 1e-8", case(rng, 2, size=1e-8),
                "So small are these gradients that ε counts. It is added to the root, and the root "
                "is that of the corrected v.", sizes)
    yield Probe("a square matrix", case(rng, 6, D=3, M=3), "Entry by entry, nothing else.")
    for count in (3, 30):
        yield Probe(f"random numbers, {count} steps made", case(rng, count, D=5, M=3, rate=0.02),
                    "The general case. Compare m and v first, then p.", {"D": 5, "M": 3})


def reference(p, g, m, v, k, rate):
    adam = Adam(rate)
    adam.m, adam.v, adam.k = {"p": m}, {"p": v}, {"p": k}
    new = adam.step({"p": p}, {"p": g})["p"]
    return new, adam.m["p"], adam.v["p"], adam.k["p"]


M_LINE, V_LINE = "m = BETA1 * m + (1 - BETA1) * g", "v = BETA2 * v + (1 - BETA2) * g ** 2"
M_HAT, V_HAT = "m_hat = m / (1 - BETA1 ** k)", "v_hat = v / (1 - BETA2 ** k)"
STEP, RESULT = "p = p - rate * m_hat / (np.sqrt(v_hat) + EPS)", "return p, m, v, k"

EXERCISE = Code(
    title="One step of Adam",
    level="standard",
    statement=r"""Adam keeps two running means for every parameter, of the gradient and of its
square, each entry by itself:

$$ m \leftarrow \beta_1 m + (1 - \beta_1)\, g \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, g
\odot g. $$

Both begin at 0, and so are too small at first: after $k$ steps they hold a share $1 - \beta^k$ of
what they should. They are corrected for that, and the parameter takes a step:

$$ \hat m = \frac{m}{1 - \beta_1^k} \qquad \hat v = \frac{v}{1 - \beta_2^k} \qquad p \leftarrow p -
\text{rate} \cdot \frac{\hat m}{\sqrt{\hat v} + \varepsilon}. $$

Here $k$ counts this step as well: it is 1 at the first one ever made.

`p`, `g`, `m` and `v` are arrays of one shape: the parameter, its gradient, and the two means as the
last step left them. The argument `k` is the number of steps **made before** this one, 0 at first.
Return the new parameter, and what the next call needs: `m`, `v` and `k`. All as new arrays; those
that are given stay as they are.""",
    example='''# descent with momentum, its simpler cousin: one running sum, no correction
def momentum_step(p, g, v, rate):
    v = 0.9 * v + g
    return p - rate * v, v

p, v = np.array([1.0, 1.0]), np.zeros(2)
for _ in range(3):
    p, v = momentum_step(p, np.array([1.0, 0.01]), v, rate=0.1)
    print(p)                   # a small gradient, small steps: not so with Adam''',
    task="Five or six lines.",
    starter='''BETA1, BETA2, EPS = 0.9, 0.999, 1e-8


def adam_step(p, g, m, v, k, rate):
    """The new p, m, v and k."""
    ...
    return p, m, v, k''',
    returns=("p", "m", "v", "k"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("no correction",
                "You step with m and v as they are. Both begin at 0, v far more slowly than m: the "
                "first steps come out three times too long.",
                swap=[(M_HAT, "m_hat = m"), (V_HAT, "v_hat = v")]),
        Mistake("m not corrected",
                "v is corrected and m is not: the first step is a tenth of what it should be.",
                swap=[(M_HAT, "m_hat = m")]),
        Mistake("v not corrected",
                "m is corrected and v is not: the first steps are thirty times too long.",
                swap=[(V_HAT, "v_hat = v")]),
        Mistake("counted from 0",
                "You correct with the number of steps made *before* this one. At the first step "
                "that divides by 1 - 1 = 0. This step counts: k + 1.",
                swap=[(M_HAT, "m_hat = m / (1 - BETA1 ** (k - 1))"),
                      (V_HAT, "v_hat = v / (1 - BETA2 ** (k - 1))")]),
        Mistake("never counted",
                "k is neither advanced nor handed on advanced: at the first step you divide by "
                "1 - 1 = 0. This step is number k + 1, and the next call has to know of it.",
                swap=[("k = k + 1", "k = k + 0")]),
        Mistake("the count is not handed on",
                "The step is right, but you return the old k. Each step would correct as if it "
                "were the first.", swap=[(RESULT, "return p, m, v, k - 1")]),
        Mistake("the corrected means are kept",
                "You return m̂ and v̂ for m and v. The correction is for this step only: the next "
                "one would correct what is corrected already.",
                swap=[(RESULT, "return p, m_hat, v_hat, k")]),
        Mistake("the old means are handed back",
                "The step is right, but the m and v you return are those you were given.",
                source='''
                BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
                def adam_step(p, g, m, v, k, rate):
                    k = k + 1
                    m_hat = (BETA1 * m + (1 - BETA1) * g) / (1 - BETA1 ** k)
                    v_hat = (BETA2 * v + (1 - BETA2) * g ** 2) / (1 - BETA2 ** k)
                    return p - rate * m_hat / (np.sqrt(v_hat) + EPS), m, v, k
                '''),
        Mistake("a step behind",
                "You step with the means of the step before and renew them afterwards. The new "
                "gradient has to be in them first.",
                source='''
                BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
                def adam_step(p, g, m, v, k, rate):
                    k = k + 1
                    p = p - rate * m / (1 - BETA1 ** k) / (np.sqrt(v / (1 - BETA2 ** k)) + EPS)
                    return p, BETA1 * m + (1 - BETA1) * g, BETA2 * v + (1 - BETA2) * g ** 2, k
                '''),
        Mistake("the square left out",
                "v is the mean of the gradient, not of its square. With a negative gradient its "
                "root is NaN.", swap=[(V_LINE, "v = BETA2 * v + (1 - BETA2) * g")]),
        Mistake("sizes for squares",
                "v is the mean of |g|; under the root belongs the mean of g².",
                swap=[(V_LINE, "v = BETA2 * v + (1 - BETA2) * abs(g)")]),
        Mistake("the square of the mean",
                "v takes in the square of m. It is the gradient that is squared, before any mean.",
                swap=[(V_LINE, "v = BETA2 * v + (1 - BETA2) * m ** 2")]),
        Mistake("the root left out",
                "You divide by v̂, a mean of squares. Its root has the size of a gradient.",
                swap=[("np.sqrt(v_hat)", "v_hat")]),
        Mistake("v corrected after the root",
                "You take the root of v and divide that by 1 - β₂^k. It is v that lacks this "
                "share: divide first, then take the root.",
                swap=[(STEP, "p = p - rate * m_hat / (np.sqrt(v) / (1 - BETA2 ** k) + EPS)")]),
        Mistake("ε under the root",
                "You add ε to v̂, under the root, as some forms of RMSprop do. There it stands for "
                "gradients of 1e-4; here for those of 1e-8.",
                swap=[("np.sqrt(v_hat) + EPS", "np.sqrt(v_hat + EPS)")]),
        Mistake("ε left out",
                "ε is missing below the line: it is left out, or added behind the fraction. "
                "Without it a parameter that has never had a gradient makes 0/0.",
                swap=[("(np.sqrt(v_hat) + EPS)", "np.sqrt(v_hat)")]),
        Mistake("the betas exchanged",
                "m has the long memory and v the short one: β₁ and β₂ are exchanged.",
                swap=[("BETA1, BETA2, EPS = 0.9, 0.999, 1e-8",
                       "BETA1, BETA2, EPS = 0.999, 0.9, 1e-8")]),
        Mistake("one beta for both",
                "v is made with β₁, as m is. It has a longer memory of its own, β₂.",
                swap=[(V_LINE, "v = BETA1 * v + (1 - BETA1) * g ** 2"),
                      (V_HAT, "v_hat = v / (1 - BETA1 ** k)")]),
        Mistake("all entries thrown together",
                "You add up the squares of all entries, so that v is one number for all. Each "
                "entry has a v of its own, and by it a step of its own size.",
                swap=[(V_LINE, "v = BETA2 * v + (1 - BETA2) * (g ** 2).sum()")]),
        Mistake("the weights exchanged",
                "The new gradient gets the weight β and the old mean 1 - β. A running mean keeps "
                "most of what it was.",
                swap=[(M_LINE, "m = (1 - BETA1) * m + BETA1 * g"),
                      (V_LINE, "v = (1 - BETA2) * v + BETA2 * g ** 2")]),
        Mistake("sums for means",
                "You add the whole gradient (and its whole square), as momentum does in the "
                "example. In a running mean what comes in has the weight 1 - β.",
                swap=[(M_LINE, "m = BETA1 * m + g"), (V_LINE, "v = BETA2 * v + g ** 2")]),
        Mistake("the gradient for m",
                "You step along the gradient of this step alone (that is RMSprop). Adam steps "
                "along m̂.", swap=[(M_HAT, "m_hat = g")]),
        Mistake("times for power",
                "You correct with 1 - β · k. After k steps a share of β^k is missing: a power.",
                swap=[(M_HAT, "m_hat = m / (1 - BETA1 * k)"),
                      (V_HAT, "v_hat = v / (1 - BETA2 * k)")]),
        Mistake("the same correction each time",
                "You divide by 1 - β at every step. That is right for the first one only: it is a "
                "power, and fades.",
                swap=[(M_HAT, "m_hat = m / (1 - BETA1)"), (V_HAT, "v_hat = v / (1 - BETA2)")]),
        Mistake("the rate left out",
                "The step is not multiplied by `rate`.",
                swap=[("p - rate * m_hat", "p - m_hat")]),
        Mistake("uphill",
                "The step is added. A gradient points uphill: take it off.",
                swap=[("p - rate * m_hat", "p + rate * m_hat")]),
    ],
    conventions=[
        Convention("Keras' epsilon",
                   "You correct the rate in place of the means, and add ε to the root of the "
                   "uncorrected v. So do Keras and TensorFlow (the paper offers it as the faster "
                   "form). It differs from the formula above only where gradients are as small as "
                   "ε, which therefore means something a little different there.",
                   swap=[(STEP, "p = p - rate * np.sqrt(1 - BETA2 ** k) * m_hat / "
                                "(np.sqrt(v) + EPS)")]),
    ],
    hints=(
        "Begin with the count: this step's number is k + 1. Then the two means, in one line each.",
        "Keep m and v for the next call, and give the corrected ones names of their own. At the "
        "first step 1 - β₁ is 0.1: m̂ is g itself.",
        "The powers are `BETA1 ** k` and `BETA2 ** k` with the new k. ε is added after the root.",
    ),
    passed="The first step is `rate` long in each entry, whatever the gradient's size. That is why "
           "the learning rate matters so much more here than the scale of the loss.",
)
