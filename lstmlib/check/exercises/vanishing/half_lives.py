"""By hand: how fast a factor near 1 forgets."""

import math

from lstmlib.check.exercise import Number, Pencil, Slip


def first_step_below(factor, size):
    """Multiply until the product is below."""
    steps, product = 0, 1.0
    while product >= size:
        steps, product = steps + 1, product * factor
    return steps


def half_life(factor):
    """By bisection: where the power of the factor passes a half."""
    low, high = 0.0, 1e6
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if factor**middle > 0.5 else (low, middle)
    return low


def factor_that_halves_in(steps):
    """By bisection: the factor whose power after so many steps is a half."""
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if middle**steps < 0.5 else (low, middle)
    return low


EXERCISE = Pencil(
    title="How fast does a factor forget?",
    level="routine",
    statement=r"""An error travels back through a network, and each step leaves the same part of
it: after $k$ steps a factor $q$ has become $q^k$.

1. Let $q = 0.9$. After how many steps is *half* of the error left? This is the **half-life** of
   $q$; it need not be a whole number.
2. Let $q = 0.8$. In single precision a number of about $10^{-7}$ is lost when it is added to 1.
   Which is the first step, a whole number, after which *less than* $10^{-7}$ of the error is left?
3. Turn it round: a network shall lose only half of an error in 1,000 steps. What must $q$ be? Give
   at least five places after the point.""",
    numbers=[
        Number(
            "half",
            "half-life of 0.9",
            expected=lambda: half_life(0.9),
            tolerance=0.02,
            unit="steps",
            slips=[
                Slip(lambda: 5.0, "That takes a tenth of the *first* size away each time, 0.9, "
                                  "0.8, 0.7 and so on: a straight line. Each step takes a tenth "
                                  "of what is left."),
                Slip(lambda: math.log(0.9) / math.log(0.5),
                     "The quotient stands on its head: `log(q) / log(0.5)` is the number of "
                     "half-lives in one step."),
                Slip(lambda: 10.0, "1 / (1 - q) is the time after which about 1/e, 37 %, is "
                                   "left. Asked is the time to a half."),
                Slip(lambda: -half_life(0.9),
                     "The size is right. Both logarithms, of 0.9 and of a half, are negative: "
                     "their quotient is not."),
                Slip(lambda: 7.0, "After 7 steps a little less than a half is left, after 6 a "
                                  "little more. The half-life lies between, and is asked as it "
                                  "is."),
                Slip(lambda: math.log(2) / 0.1,
                     "0.693 / (1 - q) is nearly right where q is nearly 1. Here -ln 0.9 = 0.1054 "
                     "stands in the place of 0.1."),
                Slip(lambda: math.log10(0.5) / math.log(0.9),
                     "One logarithm has base 10, the other base e. Any base will do, the same in "
                     "both."),
            ],
        ),
        Number(
            "step",
            "first step below 10⁻⁷ with 0.8",
            expected=lambda: first_step_below(0.8, 1e-7),
            tolerance=0.01,
            slips=[
                Slip(lambda: math.log(1e-7) / math.log(0.8),
                     "That is where the curve passes 10⁻⁷, between two steps. Which whole step "
                     "is the first that lies below?"),
                Slip(lambda: 72.0, "Rounded down: after 72 steps a little more than 10⁻⁷ is "
                                   "left. Work out 0.8^72 and see."),
                Slip(lambda: -7 / math.log(0.8),
                     "One logarithm has base 10, the other base e: `7 / -ln(0.8)`. Take the same "
                     "base for both."),
                Slip(lambda: 74.0, "After 73 steps, 0.8^73 of it, less than 10⁻⁷ is left already."),
                Slip(lambda: first_step_below(0.9, 1e-7), "That is for 0.9; here q is 0.8."),
                Slip(lambda: math.log(1e7) / 0.2,
                     "1 - q = 0.2 stands for -ln q, which is 0.223: nearly the same only where q "
                     "is nearly 1."),
                Slip(lambda: 5.0, "That takes a fifth of the first size each time, and after 5 "
                                  "steps nothing would be left. Each step leaves 0.8 of what is "
                                  "there."),
            ],
        ),
        Number(
            "factor",
            "q with a half-life of 1,000",
            expected=lambda: factor_that_halves_in(1000),
            tolerance=0.00002,
            slips=[
                Slip(lambda: 0.9995, "1 - 0.5/1000 loses half along a straight line. Multiplied, "
                                     "it leaves 0.9995^1000 = 0.61."),
                Slip(lambda: 0.999, "1 - 1/1000 leaves about 1/e after 1,000 steps: 0.37, less "
                                    "than a half."),
                Slip(lambda: 0.5**1000, "That is the power. Sought is the number whose 1000th "
                                        "power is 1/2: the root."),
                Slip(lambda: 0.5 / 1000, "A step loses about so much; what it leaves is q. And "
                                         "losses of what is left do not add up, they multiply."),
                Slip(lambda: 0.99, "0.99^1000 is 0.00004: a per cent a step is far too much."),
                Slip(lambda: 1 - 0.5**0.001, "That is 1 - q, the part that each step may lose."),
                Slip(lambda: 2**0.001, "This factor is above 1: it doubles the error in 1,000 "
                                       "steps."),
            ],
        ),
    ],
    hints=(
        "Write down the equation first: q^k = 1/2. What undoes a power whose exponent you seek?",
        "Logarithms: k log q = log(1/2). The base does not matter. For the second number put 1e-7 "
        "in the place of 1/2.",
        "The third is a root: q = (1/2)^(1/1000). The box takes expressions, for example "
        "`log(0.5)/log(0.7)` or `0.5^(1/10)`.",
    ),
    passed="A factor of 0.9 forgets half of an error in less than seven steps, one of 0.8 is deaf "
           "beyond 73. To reach back "
    "over a page of text the factor must not miss 1 by a thousandth.",
)
