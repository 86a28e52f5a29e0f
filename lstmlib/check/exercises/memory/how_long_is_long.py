"""By hand: from a bias to a half-life and back, and the half-life of a gate that moves."""

import math

from lstmlib.check.exercise import Number, Pencil, Slip


def sigma(a):
    return 1 / (1 + math.exp(-a))


def crossing(falls, low, high):
    """Where a falling function passes 0, by bisection."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if falls(middle) > 0 else (low, middle)
    return low


def half_life(f):
    return crossing(lambda k: f**k - 0.5, 0.0, 1e4)


def logit(f):
    return math.log(f / (1 - f))


EXERCISE = Pencil(
    title="How long is long?",
    level="routine",
    statement=r"""A cell state $c_t = f_t\, c_{t-1} + \dots$ has a forget gate, $f_t = \sigma(a_t)$ with $\sigma(a) = 1/(1 + e^{-a})$. The *half-life* is the number of steps after which half of an old content is left; it need not be whole. Before training the weights hardly matter, and $a_t$ is the forget bias $b_f$.

1. The forget bias is 2. What is the half-life, in steps?
2. The half-life shall be 100 steps. What must the forget bias be?
3. After training a unit's gate is 0.99 at nine steps of ten, and 0.5 at every tenth. What half-life does that amount to over a long run?""",
    numbers=[
        Number(
            "half",
            "half-life for a bias of 2",
            expected=lambda: half_life(sigma(2)),
            tolerance=0.02,
            unit="steps",
            slips=[
                Slip(
                    lambda: half_life(math.tanh(2)),
                    "That is for f = tanh(2) = 0.964. A gate is σ of its pre-activation.",
                ),
                Slip(
                    lambda: -1 / math.log(sigma(2)),
                    "After so many steps 1/e is left, 37 %. Asked is the time to a half: ln 2 = "
                    "0.693 belongs on top.",
                ),
                Slip(
                    lambda: sigma(2),
                    "That is the gate, the share that one step leaves. After how many such steps is"
                    " half left?",
                ),
                Slip(
                    lambda: 1 / (1 - sigma(2)),
                    "1/(1 - f) is roughly when 1/e is left, for gates near 1. Solve f^k = 1/2.",
                ),
                Slip(
                    lambda: math.log(2) / (1 - sigma(2)),
                    "ln 2 / (1 - f) is the rule for gates near 1, where -ln f is nearly 1 - f. At"
                    " 0.88 it is off by a third of a step.",
                ),
                Slip(
                    lambda: 0.5 / (1 - sigma(2)),
                    "That takes the same amount away at each step, along a straight line. A gate"
                    " takes a share of what is left.",
                ),
                Slip(
                    lambda: math.log(sigma(2)) / math.log(0.5),
                    "The quotient stands on its head: that is the number of half-lives in one"
                    " step.",
                ),
                Slip(
                    lambda: -half_life(sigma(2)),
                    "The size is right. ln of a number below 1 is negative: both logarithms are,"
                    " and their quotient is not.",
                ),
                Slip(
                    lambda: -math.log10(2) / math.log(sigma(2)),
                    "One logarithm has base 10, the other base e. Any base will do, the same in"
                    " both.",
                ),
                Slip(
                    lambda: half_life(1 - sigma(2)),
                    "That is for f = 1 - σ(2) = 0.12. f is the share that is kept, not the one that"
                    " is lost.",
                ),
            ],
        ),
        Number(
            "bias",
            "bias for 100 steps",
            expected=lambda: crossing(lambda b: 0.5 - sigma(b) ** 100, 0.0, 20.0),
            tolerance=0.005,
            slips=[
                Slip(
                    lambda: 0.5**0.01,
                    "That is the gate, f. Which pre-activation makes σ come to it?",
                ),
                Slip(
                    lambda: logit(0.99),
                    "f = 0.99 leaves 0.99^100 = 37 % after 100 steps, not half.",
                ),
                Slip(
                    lambda: logit(0.995),
                    "1 - 0.5/100 = 0.995 loses half along a straight line. As a factor it leaves"
                    " 0.995^100 = 61 %.",
                ),
                Slip(
                    lambda: math.log(100),
                    "ln 100 is the bias of a gate that loses about a hundredth a step, and leaves"
                    " 37 % after 100.",
                ),
                Slip(
                    lambda: -logit(0.5**0.01),
                    "The size is right and the sign is not: a gate that is nearly open has a"
                    " positive pre-activation.",
                ),
                Slip(
                    lambda: math.atanh(0.5**0.01),
                    "That is the inverse of tanh. The inverse of σ is ln(f / (1 - f)), twice as"
                    " steep.",
                ),
            ],
        ),
        Number(
            "mixed",
            "half-life of the gate that moves",
            expected=lambda: 10 * half_life(0.99**9 * 0.5),
            tolerance=0.05,
            unit="steps",
            slips=[
                Slip(
                    lambda: half_life(0.941),
                    "That is the half-life of the mean gate, 0.941. Gates are multiplied, not"
                    " added: take the mean of their logarithms, or the product of ten steps.",
                ),
                Slip(
                    lambda: half_life((0.99 + 0.5) / 2),
                    "That is the half-life of (0.99 + 0.5)/2, as if both came equally often, and gates"
                    " were added. They are multiplied: nine times 0.99, once 0.5.",
                ),
                Slip(
                    lambda: -10 * half_life(0.99**9 * 0.5),
                    "The size is right. ln of a number below 1 is negative: both logarithms are, and"
                    " their quotient is not.",
                ),
                Slip(
                    lambda: 0.9 * half_life(0.99) + 0.1,
                    "You take the mean of two half-lives, 69 steps and 1. A content lives through"
                    " both kinds of step; multiply ten gates and see what is left.",
                ),
                Slip(
                    lambda: half_life(0.99),
                    "That is as if the tenth step did not count. It takes as much as 69 of the"
                    " others.",
                ),
                Slip(
                    lambda: 10.0,
                    "Each tenth step halves, that is true; the nine others take a little as well.",
                ),
                Slip(
                    lambda: half_life(0.99**9 * 0.5),
                    "That is the number of rounds of ten steps. Asked is the number of steps.",
                ),
                Slip(
                    lambda: half_life(0.99 * 0.5) * 2,
                    "That is for a gate that is shut at every second step. Here nine steps of ten"
                    " have 0.99.",
                ),
            ],
        ),
    ],
    hints=(
        "Write down f^k = 1/2 first; with logarithms, k ln f = ln(1/2). A box takes expressions"
        " such as `ln(2)/3` or `-ln(sigmoid(1))`.",
        "For the second turn it around twice: which f has f^100 = 1/2, and which a has σ(a) = f?"
        " From f = 1/(1 + e^-a) it follows that e^-a = 1/f - 1.",
        "For the third: in ten steps the factor is 0.99^9 times 0.5. After how many such rounds is"
        " half left?",
    ),
    passed="A bias of 2 is five steps, one of 5 about a hundred. And a gate that is open nine times"
    " of ten forgets by its tenth: the mean of a gate says little, the mean of its logarithm says"
    " it all.",
)
