"""What a small clockwork network saves, by hand."""

import math

import numpy as np

from lstmlib.check.exercise import Number, Pencil, Slip
from lstmlib.numpy import Clockwork

PERIODS, SIZES, M = (1, 4, 6), (3, 4, 3), 2
CELL = Clockwork(M, sum(SIZES), periods=PERIODS, sizes=SIZES)
TURN = math.lcm(*PERIODS)


def multiplications():
    """Counted: every entry of W and of the mask, in the rows that are awake, over one turn."""
    clock = np.repeat(PERIODS, SIZES)
    done = [CELL.mask[t % clock == 0].sum() + M * (t % clock == 0).sum() for t in range(TURN)]
    return np.mean(done)


EXERCISE = Pencil(
    title="What a clock saves",
    level="routine",
    statement=r"""A clockwork network reads inputs of $M = 2$ numbers. It has three modules:

| module | period | units |
|---|---|---|
| fast | $1$ | $3$ |
| middle | $4$ | $4$ |
| slow | $6$ | $3$ |

A module computes at the steps $t = 0, 1, 2, \dots$ that its period divides, and keeps its numbers at all others. When it computes, its units take $\tanh(W x_t + U h_{t-1} + b)$, where they hear the units of their own module and of all slower ones, awake or idle, and nobody else. There is a bias for each unit; entries of $U$ that nobody reads are no parameters.

A plain network of ten units has 130 parameters and takes 120 multiplications a step, one for each entry of $W$ and $U$ (additions, and the tanh, are not counted). Work out, on paper: how many **parameters** the clockwork network has; how many **multiplications** it takes *on average* over many steps, where an idle module takes none; and the **first step after step 0** at which all three modules compute together.""",
    numbers=[
        Number("parameters", "parameters", expected=lambda: CELL.count(), tolerance=0.01, slips=[
            Slip(lambda: 130, "That is the plain network's number. A module of it hears only "
                 "itself and the slower ones: which blocks of U are gone?"),
            Slip(lambda: 87, "The biases are missing, one for each of ten units. Or you have left "
                 "out that a unit hears itself, which comes to the same number."),
            Slip(lambda: 77, "W is missing: each unit reads both inputs, whenever it is awake."),
            Slip(lambda: 67, "This is U alone. W and b are parameters, too."),
            Slip(lambda: 63, "Your modules hear the slower ones and not themselves."),
            Slip(lambda: 85, "You have kept the upper triangle of U unit by unit. It is cut by "
                 "blocks: within a module every unit hears every other, both ways."),
            Slip(lambda: 64, "You have kept the blocks on the diagonal alone. A module hears the "
                 "slower ones as well."),
            Slip(lambda: 36, "This counts blocks as if each were one number: 6 blocks of U, ten "
                 "units with their inputs and biases. A block has rows times columns entries."),
        ]),
        Number("multiplications", "multiplications a step, on average", expected=multiplications,
               tolerance=0.01, slips=[
            Slip(lambda: 120, "That is the plain network's number."),
            Slip(lambda: 87, "That is a step at which all three modules are awake, such as step 0. "
                 "How often does each compute?"),
            Slip(lambda: 30, "Your slow modules hear the fast ones. It is the other way round: the "
                 "fast module reads all ten units, and the slow one only itself."),
            Slip(lambda: 54, "You have counted the clock and not the mask: each awake unit reads "
                 "all ten units in your count."),
            Slip(lambda: 38.5, "The products with the inputs are missing: an awake unit reads two "
                 "inputs."),
            Slip(lambda: 58.5, "In your count W is read at every step by all. An idle unit reads "
                 "nothing, not even its input."),
            Slip(lambda: 52, "You have counted the biases. They are added."),
            Slip(lambda: 33, "Your modules hear the slower ones and not themselves."),
            Slip(lambda: 23.5, "Your modules hear themselves alone: 3, 4 and 3 units, with two "
                 "inputs each. A module hears the slower ones as well."),
            Slip(lambda: 29, "Have you counted only awake units as heard? Idle ones are heard as "
                 "well. Or taken the mean of the modules when all are awake? Weigh each by how often it "
                 "computes, and add them up."),
            Slip(lambda: 42.5, "You have kept the upper triangle of U unit by unit. Within a "
                 "module every unit hears every other, both ways."),
            Slip(lambda: 87 * (1 + 1 / 4 + 1 / 6) / 3, "You have multiplied the whole step by the "
                 "mean share of modules that are awake. They are not of one size, and don't hear "
                 "the same; take each module by itself."),
            Slip(lambda: 47.5 / 3, "That is the mean of the three modules' work. They work for one "
                 "network: add."),
            Slip(lambda: 47.5 / 120, "That is the share of the plain network's work. Asked is the "
                 "number itself."),
            Slip(lambda: 36, "That is a step at which only the fast module is awake, the commonest "
                 "kind. The others work too, now and then."),
            Slip(lambda: 97 * (3 + 1 + 0.5) / 10, "You have multiplied all parameters by the mean "
                 "share of units that are awake. But those who are awake often also read more than "
                 "the others; take each module by itself. And biases multiply nothing."),
            Slip(lambda: 87 * (3 + 1 + 0.5) / 10, "You have multiplied the whole step by the mean "
                 "share of units that are awake. But those who are awake often also read more than "
                 "the others; take each module by itself."),
        ]),
        Number("together", "all together again at step", expected=lambda: TURN, tolerance=0.01,
               slips=[
            Slip(lambda: 24, "At step 24 they do, and not for the first time: 4 and 6 share a "
                 "factor."),
            Slip(lambda: 6, "4 does not divide 6: the middle module is idle at step 6."),
            Slip(lambda: 4, "6 does not divide 4: the slow module is idle at step 4."),
            Slip(lambda: 2, "2 divides the periods. The periods are to divide the step."),
            Slip(lambda: 10, "The periods don't add up. Which steps can be divided by 4, and by "
                 "6?"),
            Slip(lambda: 11, "The sum of the periods says nothing. Which steps can be divided by "
                 "4, and by 6?"),
            Slip(lambda: 0, "At step 0 they do. Asked is the next time."),
            Slip(lambda: 13, "That would be for a clock that begins at 1. Here step 0 is the first "
                 "at which all compute."),
        ]),
    ],
    hints=(
        "Take one module after the other. How many units does each of its units hear? The fast one "
        "hears 10, the middle one 7, the slow one 3.",
        "A module takes units times (inputs + units heard) multiplications when it is awake: 36 "
        "for the fast one. It is awake in one of T steps.",
        "36 + 36/4 + 15/6. For the parameters the same without the divisions, and the biases on "
        "top. For the last: the least number that 1, 4 and 6 all divide.",
    ),
    passed="Three quarters of the parameters, and two fifths of the multiplications. The mask "
           "alone would leave 87 of the 120, the clock alone 54. And they don't multiply: those who are "
           "awake most often are also those who hear most.",
)
