"""Recall, chapter 5: why the latch could not learn, and what the belt does otherwise."""

from lstmlib.check.exercise import Choice, Option

EXERCISE = Choice(
    kind="recall",
    title="The latch, two chapters on",
    level="routine",
    statement=r"""Two chapters ago one unit held a bit through a thousand noisy steps: the latch

$$ h_t = \tanh(2 h_{t-1} + 0.5\, x_t), $$

which in silence rests near $0.957$ or $-0.957$. It had a price: of an error at the end of such a run nothing came back to the beginning.

The belt of this chapter is a cell state with the forget gate at 1 and the input gate at 0, $c_t = c_{t-1}$. An error comes back on it whole. Why does the one pay the price, and the other not?""",
    options=[
        Option(
            "The latch's weight on itself is 2: a factor above 1 at each step blows errors up until"
            " they are clipped. The belt's factor is exactly 1.",
            "At its resting place the latch's factor is not 2 but 2 (1 - 0.957²) = 0.17: the slope"
            " of the tanh belongs to it. Errors shrink there.",
        ),
        Option(
            "The latch adds the noise of a thousand steps up, until the bit can't be read any more;"
            " the belt has its input gate shut, so no noise comes in.",
            "The latch did not lose its bit: after a thousand noisy steps it was still right. It is"
            " the error on its way back that got lost.",
        ),
        Option(
            "Where the latch rests each step shrinks noise to a sixth, and an error on its way"
            " back by the same factor. The belt shrinks neither, so a gate must keep noise out.",
            right=True,
        ),
        Option(
            "The belt has a tanh as well, h = o ⊙ tanh(c), but only one at the end. The latch has a"
            " thousand of them, each with a slope of at most 1/4.",
            "The steepest slope of a tanh is 1; 1/4 is that of σ. And not the number of tanhs"
            " decides: in the middle, where its slope is near 1, this latch would make errors"
            " grow.",
        ),
        Option(
            "The latch rounds every number to one of two, and rounding has no gradient. The belt"
            " pulls its number back to the place where it was, and so knows where it belongs.",
            "The belt pulls nothing back: after a knock it stays where it was knocked to. The latch"
            " does repair itself, and pays for it.",
        ),
    ],
    hints=(
        "Push the state a little in the middle of a run, once on the latch and once on the belt."
        " What is left of the push some steps later?",
        "The factor by which a push shrinks in one step is the derivative of h_t by h_{t-1}. And by"
        " which factor does an error shrink on its way back through that step?",
        "It is the same number, read forwards or backwards. On the latch it is 2 (1 - h²), on the"
        " belt f.",
    ),
    passed="One number a step, read forwards for noise and backwards for errors. A unit that wipes"
    " out the one wipes out the other; the belt wipes out neither, and leaves the noise to the"
    " input gate.",
)
