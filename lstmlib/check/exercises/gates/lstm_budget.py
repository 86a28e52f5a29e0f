"""How many parameters an LSTM has, and how wide it may be at the price of a plain cell."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe
from lstmlib.numpy import LSTM, RNN


def probes(rng):
    says = (
        "Count block by block: a row of W, a row of U and one bias for each unit, four blocks of"
        " them."
    )
    wide = (
        "The count is right. For the width, try 1, 2, 3 and so on, with the same count, and stop"
        " before it exceeds that of the plain cell."
    )
    yield Probe(
        "one input, four units",
        (1, 4),
        says + " Four units of a plain cell have 4 × (1 + 4 + 1) = 24 parameters.",
        {},
    )
    yield Probe("two inputs, nine units", (2, 9), says + " " + wide, {})
    for M, D in (
        (4, 16),
        (5, 23),
        (4, 41),
        (3, 12),
        (8, 33),
        (2, 27),
        (*rng.integers(2, 9, 1), *rng.integers(25, 40, 1)),
    ):
        yield Probe(f"{M} inputs, {D} units", (int(M), int(D)), says + " " + wide, {})


def reference(M, D):
    """By asking the library's cells."""
    price = RNN(M, D).count()
    return LSTM(M, D).count(), max(
        width for width in range(1, D) if LSTM(M, width).count() <= price
    )


COUNT = "4 * units * (inputs + units + 1)"
PLAIN = "price = D * (M + D + 1)"


def counted(name, says, count, plain):
    return Mistake(name, says, swap=[(COUNT, count), (PLAIN, f"price = {plain}")])


EXERCISE = Code(
    title="The same money",
    level="standard",
    statement="""Two networks are often compared *at equal parameters*: the LSTM is made narrower, until it has no more numbers to learn than its rival.

Write `same_money(M, D)`, for $M$ inputs a step and $D$ units. It returns two whole numbers:

- `count`: how many parameters an LSTM with $M$ inputs and $D$ units has: a $W$, a $U$ and one $b$ for each of its four blocks, as in chapter 6,
- `width`: the units of the widest LSTM with $M$ inputs that has **no more** parameters than a plain cell, $h_t = \\tanh(W x_t + U h_{t-1} + b)$, with $M$ inputs and $D$ units.

The cell alone, without read-out or embedding. The example counts the plain cell.""",
    example="""def plain_count(M, D):
    return D * M + D * D + D        # W, U and b


plain_count(M=32, D=100)""",
    task="A loop is welcome. Five lines will do.",
    starter='''def same_money(M, D):
    """The count for D units, and the width at a plain cell's price."""
    ...
    return count, width''',
    returns=("count", "width"),
    tolerance=1e-9,
    probes=probes,
    reference=reference,
    mistakes=[
        counted(
            "no biases",
            "The biases are not counted: D more in each of the four blocks, and D in the plain"
            " cell.",
            "4 * units * (inputs + units)",
            "D * (M + D)",
        ),
        Mistake(
            "no biases in the LSTM",
            "The plain cell is counted with its bias, the LSTM without.",
            swap=[(COUNT, "4 * units * (inputs + units)")],
        ),
        counted(
            "one bias a block",
            "You count one bias for each block. There is one for each unit of each block, D in a"
            " block.",
            "4 * (units * (inputs + units) + 1)",
            "D * (M + D) + 1",
        ),
        Mistake(
            "one bias vector for all blocks",
            "You count D biases in all. Each of the four blocks has D of its own.",
            swap=[(COUNT, "4 * units * (inputs + units) + units")],
        ),
        Mistake(
            "three blocks",
            "You count three blocks. The gates are three; the candidate has a W, a U and a b too.",
            swap=[(COUNT, "3 * units * (inputs + units + 1)")],
        ),
        Mistake(
            "one block",
            "You count one block, which is a plain cell. An LSTM has four of them.",
            swap=[(COUNT, "units * (inputs + units + 1)")],
        ),
        Mistake(
            "peepholes counted",
            "You count three more numbers a unit, as in an LSTM whose gates look at c. This"
            " chapter's gates see x and h only.",
            swap=[(COUNT, "4 * units * (inputs + units + 1) + 3 * units")],
        ),
        Mistake(
            "U as large as W",
            "You count D × M for U, in the LSTM as in the plain cell. U multiplies h, which has D"
            " entries: it is D × D.",
            swap=[(COUNT, "4 * units * (2 * inputs + 1)"), (PLAIN, "price = D * (2 * M + 1)")],
        ),
        Mistake(
            "U as large as W, in the LSTM",
            "You count D × M for U. It multiplies h, which has D entries: each block of it is D"
            " × D.",
            swap=[(COUNT, "4 * units * (2 * inputs + 1)")],
        ),
        Mistake(
            "states counted",
            "You count h and c as well. They are not learned: they move from step to step.",
            swap=[(COUNT, "4 * units * (inputs + units + 1) + 2 * units")],
        ),
        Mistake(
            "a quarter of the width",
            "You divide the units by 4, or count a U of width × D. The count grows with the square"
            " of the width, so a quarter of the price is more than a quarter of the width.",
            swap=[("return count, width", "return count, D // 4")],
        ),
        Mistake(
            "half of the width",
            "You take half of the units, as if the D × D matrices were all there is. W and b grow"
            " with the width itself, not with its square.",
            swap=[("return count, width", "return count, D // 2")],
        ),
        Mistake(
            "one unit too many",
            "Your LSTM is the first that costs more than the plain cell. Take the one before it.",
            swap=[("return count, width", "return count, width + 1")],
        ),
        Mistake(
            "less for no more",
            "Where an LSTM costs exactly as much as the plain cell you take one unit less. No more"
            " than the price is asked for: `<=`.",
            swap=[("width + 1) <= price", "width + 1) < price")],
        ),
        Mistake(
            "not a whole number",
            "That is where the two counts are equal. Units are whole: round down.",
            swap=[
                (
                    "return count, width",
                    "return count, (-(M + 1) + ((M + 1) ** 2 + price) ** 0.5) / 2",
                )
            ],
        ),
        Mistake(
            "the square alone",
            "You take the root of a quarter of the price, as if the D × D matrices were all there"
            " is. W and b grow with the width itself.",
            swap=[("return count, width", "return count, int((price / 4) ** 0.5)")],
        ),
        Mistake(
            "too dear by rounding",
            "You round the width to the nearest. Rounded up, it costs more than the plain cell:"
            " round down.",
            swap=[
                (
                    "return count, width",
                    "return count, round((-(M + 1) + ((M + 1) ** 2 + price) ** 0.5) / 2)",
                )
            ],
        ),
        Mistake(
            "compared with itself",
            "You compare with the LSTM's own count of D units, so the width is D again. The price"
            " is that of the plain cell.",
            swap=[(PLAIN, "price = count")],
        ),
        Mistake(
            "two biases in the LSTM alone",
            "The LSTM is counted with two biases a unit, as PyTorch keeps them, and the plain cell"
            " with one. Count both alike.",
            swap=[(COUNT, "4 * units * (inputs + units + 2)")],
        ),
    ],
    conventions=[
        Convention(
            "two biases",
            "You count two biases a unit in each block, for the LSTM as for the plain cell. PyTorch"
            " and cuDNN keep it so, one for W x and one for U h: 4 D (M + D + 2). This book, Keras'"
            " LSTM and most papers have one.",
            swap=[(COUNT, "4 * units * (inputs + units + 2)"), (PLAIN, "price = D * (M + D + 2)")],
        )
    ],
    hints=(
        (
            "Each of the four blocks is what the example counts. The second number needs no"
            " formula: try widths, one after the other."
        ),
        (
            "A function inside yours that counts an LSTM with any number of units serves for both"
            " answers."
        ),
        (
            "`while` the LSTM with one unit more is still no dearer than the plain cell, take one"
            " unit more."
        ),
    ),
    passed=(
        "Four times the parameters at the same width, or a little less than half the width at the"
        " same price: from here on the book says which of the two it compares."
    ),
)
