"""Recall, chapter 13: what a clock saves, and what it doesn't."""

from lstmlib.check.exercise import Choice, Option

EXERCISE = Choice(
    kind="recall",
    title="Saved, and not faster",
    level="standard",
    statement=r"""Two chapters ago the units of a network were sorted into modules, each with a clock: a module of period $T_m$ computes at the steps that $T_m$ divides, from the state $h_{t-1}$ of its own and of all slower modules, and keeps its numbers at all other steps.

Take eight modules of 64 units with the periods 1, 2, 4, up to 128. Of a plain network's multiplications with $U$ it needs 22 %. Somebody runs both on a GPU, over 1,000 steps and 16 sequences, in a loop in which the inputs have been hoisted. At each step the host launches the kernels of those modules that are awake, one module after the other, and of no others; a module reads its own blocks of the matrix only, and takes ten kernels. The plain network takes twelve kernels a step. A kernel takes 5 µs from its start to the start of the next, whether it does much or little.

The plain network takes 60 ms. The clockwork network, with about a fifth of the multiplications, takes **100 ms**. Why?""",
    options=[
        Option("Idle modules are computed as well, and thrown away: a GPU can't leave out rows of "
               "a product.",
               "Some write it so, in one product with a mask. Here nothing is launched for an idle "
               "module. Count the kernels of the step in which only the fastest is awake, and of "
               "one in which two are."),
        Option("The matrix is block-triangular, so within a step the modules must wait for one "
               "another.",
               "All of them read the state of the step before, so those that are awake could all "
               "be computed at the same time. It is the host that launches them one "
               "after the other."),
        Option("Each module that is awake has launches of its own, and the fastest one is awake at "
               "every step.", right=True),
        Option("The zeros below the diagonal are fetched from memory as before, and it is memory "
               "that a step waits for.",
               "A module reads its own blocks only. If a step waited for memory, the plain "
               "network, which fetches the whole matrix, would be the slower one."),
        Option("An average of 22 % is no help, since at the steps at which all modules are awake "
               "the saving is nothing.",
               "All are awake at one step in 128, and even there 28 of the 64 blocks are gone. The "
               "other steps make up for it, if multiplications were what counts: the average is "
               "what the sum of all steps sees."),
    ],
    hints=(
        "Forget the multiplications and count launches. How many modules are awake at a step, on "
        "average? 1 + 1/2 + 1/4 + ...",
        "Nearly two. That is twenty kernels a step where the plain network takes twelve.",
        "20 · 5 µs · 1,000 steps = 100 ms. And with one fast module alone awake at each step it "
        "would still be 50: the clock leaves out modules, never steps.",
    ),
    passed="Nearly two modules are awake at a step: twenty launches in place of twelve. What was "
           "saved is not what was waited for. On a processor that is busy with multiplications "
           "it would be; a device that waits for its next launch does not notice. To skip whole "
           "*steps* would help, and no module of period 1 lets you.",
)
