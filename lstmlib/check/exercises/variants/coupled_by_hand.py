"""By hand: a bias of +1 under both directions of coupling."""

import math

from lstmlib.check.exercise import Number, Pencil, Slip
from lstmlib.numpy import CIFG, Peephole


def share(a):
    """σ, by way of tanh."""
    return (1 + math.tanh(a / 2)) / 2


def half_life(f):
    """By bisection: where the power of f passes a half."""
    low, high = 0.0, 1e3
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if f**middle > 0.5 else (low, middle)
    return low


def bias_for(steps):
    """By bisection: the bias of the input gate that leaves a half after so many steps."""
    low, high = -30.0, 30.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if half_life(share(-middle)) > steps else (low, middle)
    return low


EXERCISE = Pencil(
    title="The same bias, two directions",
    level="routine",
    statement=r"""Two cells have coupled gates, $f + i = 1$, and $c_t = f_t\, c_{t-1} + i_t\, g_t$.
In cell **A** the forget gate is computed, $f_t = \sigma(a_t)$, and $i_t = 1 - f_t$. In cell **B**
(this book's CIFG) the input gate is, $i_t = \sigma(a_t)$, and $f_t = 1 - i_t$. Somebody has read
that a forget bias of $+1$ helps, and gives the one gate that there is a bias of $+1$, in both
cells. Before training nothing else speaks, so $a_t = 1$. ($\sigma(a) = 1/(1 + e^{-a})$.)

1. How large is $f$ in cell A?
2. How large is $f$ in cell B?
3. What is the half-life of the memory in cell B: after how many steps is half of an old content
   left? (It need not be a whole number.)
4. Which bias in cell B gives a half-life of 10 steps?
5. How many parameters has cell B with $M = 3$ inputs and $D = 5$ units, if each gate that is
   *computed* (the coupled one and the output gate) has a peephole? Count $W$, $U$, $b$ and $p$.""",
    numbers=[
        Number(
            "f_learned",
            "f in cell A",
            expected=lambda: share(1),
            tolerance=0.003,
            slips=[
                Slip(
                    lambda: share(-1),
                    "That is i, or f of cell B. In cell A it is the forget gate that has the +1.",
                ),
                Slip(lambda: 0.5, "That is the gate at a bias of 0."),
                Slip(lambda: math.tanh(1), "That is tanh(1). A gate is a σ."),
                Slip(
                    lambda: 1 / (1 + math.e**-1) * (1 - 1 / (1 + math.e**-1)),
                    "That is the slope of σ, σ(1 - σ). Asked is its value.",
                ),
                Slip(lambda: 1.0, "1 is the bias. The gate is σ of it."),
            ],
        ),
        Number(
            "f_left",
            "f in cell B",
            expected=lambda: share(-1),
            tolerance=0.003,
            slips=[
                Slip(
                    lambda: share(1),
                    "That is i. In cell B the +1 opens the input gate; f is what is left over.",
                ),
                Slip(lambda: 0.5, "That is the gate at a bias of 0."),
                Slip(lambda: 1 - math.tanh(1), "That is 1 - tanh(1). A gate is a σ."),
                Slip(lambda: 0.0, "That is 1 - 1. First σ, then 1 minus it."),
            ],
        ),
        Number(
            "half_life",
            "half-life in cell B",
            expected=lambda: half_life(share(-1)),
            tolerance=0.02,
            unit="steps",
            slips=[
                Slip(
                    lambda: half_life(share(1)),
                    "That is the half-life in cell A, or with i in the place of f. In cell B each"
                    " step leaves only 0.269.",
                ),
                Slip(
                    lambda: math.log(share(-1)) / math.log(0.5),
                    "The quotient stands on its head: that is how many halvings one step does."
                    " Asked is how many steps do one halving.",
                ),
                Slip(
                    lambda: -half_life(share(-1)),
                    "The size is right. Both logarithms are negative: their quotient is not.",
                ),
                Slip(
                    lambda: 1.0,
                    "After one whole step only 0.269 is left; half was passed before. And f = 1/2"
                    " belongs to a bias of 0.",
                ),
                Slip(
                    lambda: math.log(2) / share(1),
                    "ln 2 / (1 - f) is nearly right where f is nearly 1. Here it is far from that:"
                    " divide by -ln f.",
                ),
                Slip(
                    lambda: -1 / math.log(share(-1)),
                    "That is the time after which 1/e is left. Asked is the time to a half.",
                ),
            ],
        ),
        Number(
            "bias",
            "bias for 10 steps in cell B",
            expected=lambda: bias_for(10),
            tolerance=0.01,
            slips=[
                Slip(
                    lambda: -bias_for(10),
                    "That is the bias for cell A. In cell B it stands on the input gate, which has"
                    " to be nearly shut.",
                ),
                Slip(lambda: 0.5**0.1, "That is f. Asked is the bias that makes i = 1 - f."),
                Slip(lambda: 1 - 0.5**0.1, "That is i. Asked is the bias b with σ(b) = i."),
                Slip(
                    lambda: math.log(0.9 / 0.1),
                    "Two things: with f = 0.9 about 1/e is left after 10 steps, not a half; and"
                    " the sign is that of cell A.",
                ),
                Slip(
                    lambda: math.log(0.07 / 0.93),
                    "That comes of i = 0.07. Keep three digits of i: it is small, and its"
                    " logarithm is asked for.",
                ),
                Slip(
                    lambda: math.log(0.1 / 0.9),
                    "That makes i = 1/10 and f = 0.9, of which 1/e is left after about 10 steps,"
                    " and half after 6.6.",
                ),
                Slip(
                    lambda: math.log(0.1),
                    "That is ln(1/10). i is not a tenth, and to undo σ it takes ln(i / (1 - i)).",
                ),
                Slip(
                    lambda: math.log(1 - 0.5**0.1),
                    "That is ln i. To undo σ it takes ln(i / (1 - i)).",
                ),
                Slip(
                    lambda: math.log(0.05 / 0.95),
                    "That loses a half along a straight line, 0.05 a step. Each step takes a share"
                    " of what is left: f is a tenth root.",
                ),
            ],
        ),
        Number(
            "count",
            "parameters of cell B",
            expected=lambda: CIFG(3, 5).count(),
            tolerance=0.4,
            slips=[
                Slip(
                    lambda: Peephole(3, 5).count(),
                    "That is the whole LSTM with peepholes: four blocks, three peepholes. One"
                    " block and one peephole are gone.",
                ),
                Slip(
                    lambda: CIFG(3, 5).count() + 5,
                    "One peephole too many: the forget gate is not computed, so it has none. Its"
                    " row goes with its block.",
                ),
                Slip(
                    lambda: CIFG(3, 5).count() - 10,
                    "The peepholes are missing: two gates have one each, D numbers each.",
                ),
                Slip(
                    lambda: CIFG(3, 5).count() + 15,
                    "15 too many: a second bias in each block, as PyTorch has it, or a bias more"
                    " somewhere. Here there is one of D numbers a block.",
                ),
                Slip(
                    lambda: CIFG(3, 5).count() - 15,
                    "The biases are missing: each block has D of them.",
                ),
                Slip(lambda: 2 * 45 + 10, "The candidate has a block, too: three in all."),
                Slip(
                    lambda: CIFG(3, 5).count() - 5,
                    "One peephole is missing. Two gates are computed, and each has one of D"
                    " numbers.",
                ),
                Slip(
                    lambda: CIFG(3, 5).count() - 8,
                    "A peephole is a row of D numbers, one for each unit: here you count one"
                    " number for each gate.",
                ),
                Slip(
                    lambda: CIFG(3, 5).count() + 40,
                    "A peephole is no D × D matrix: each unit sees its own cell alone, which takes"
                    " D numbers a gate.",
                ),
            ],
        ),
    ],
    hints=(
        "In cell B ask first for i. Whatever opens it makes the old content shorter-lived.",
        "f to the power k is 1/2: k = ln(1/2) / ln(f). The boxes take expressions such as"
        " `log(0.5)/log(0.9)` and `sigmoid(1)`.",
        "Fourth: f is the tenth root of 1/2, i is 1 - f, and b = ln(i / (1 - i)). Fifth: a block"
        " is D M + D D + D.",
    ),
    passed="One and the same +1 leaves 73 % a step in the one cell and 27 % in the other. Before"
    " you carry a forget bias into a coupled cell, ask which of the two gates it lands on.",
)
