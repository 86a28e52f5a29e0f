"""By hand: how much of a batch is padding, and what the first loss has to be."""

import numpy as np

from lstmlib.check.exercise import Number, Pencil, Slip

LENGTHS, K = np.array([12, 9, 4, 7]), 8


def places():
    """Which places of the batch are real, (T, B)."""
    return np.arange(LENGTHS.max())[:, None] < LENGTHS


def nats():
    """What each place costs when all K answers are equally likely."""
    return -np.log(np.full(places().shape, 1 / K))


EXERCISE = Pencil(
    title="Before the first update",
    level="routine",
    statement=r"""Four strings have 12, 9, 4 and 7 steps. They are put into one batch: a rectangle
of as many steps as the longest has, whose empty places are filled up. At every step of a string the
network names one of $K = 8$ symbols. It is fresh, so that it gives all eight nearly the same
probability; take it as the same. The loss of a step is $-\ln$ of the probability given to the
right symbol, and the loss of the batch is the mean over its real steps.

1. What share of all the places in the rectangle is padding?
2. What is the loss before the first update, in nats?
3. A program leaves the padding out of the sum, as it should, but divides by *all* places. What does
   it report before the first update?
4. Another program adds up the real steps and divides by nothing. What does it report?""",
    numbers=[
        Number(
            "padding", "share of padding",
            expected=lambda: 1 - places().mean(), tolerance=0.004,
            slips=[
                Slip(lambda: 16.0, "That is how many places are padding. A share is a part of "
                                   "all places, between 0 and 1."),
                Slip(lambda: 33.3, "In per cent. Write the share as a part of 1."),
                Slip(lambda: 2 / 3, "That is the share of the real steps. What is left over is "
                                    "padding."),
                Slip(lambda: 0.5, "That is padding for each *real* step, 16 to 32. A share is of "
                                  "all places, real and filled together."),
                Slip(lambda: 4 / 9, "You have left the longest string out: 16 of the 36 places of "
                                    "the other three. Its 12 are part of the rectangle, too."),
                Slip(lambda: 16 / 52, "A step too many: the rectangle is 12 steps long, not 13."),
            ],
        ),
        Number(
            "first", "first loss", unit="nats",
            expected=lambda: nats()[places()].mean(), tolerance=0.004,
            slips=[
                Slip(lambda: 3.0, "These are bits, log₂ 8. In nats the logarithm is the natural "
                                  "one."),
                Slip(lambda: np.log10(8), "That is log₁₀ 8. ln is the natural logarithm."),
                Slip(lambda: 1 / 8, "That is the probability of the right symbol. What does it "
                                    "cost?"),
                Slip(lambda: 8.0, "That is the perplexity: as if among 8 equal choices. The loss "
                                  "is its logarithm."),
                Slip(lambda: np.log(7), "ln 7 is the price of one answer among seven. The right "
                                        "symbol is one of the eight."),
                Slip(lambda: np.log(8) * 2 / 3, "The padding is in your mean, at no cost. The mean "
                                                "is over the real steps alone."),
                Slip(lambda: -np.log(7 / 8), "That is the cost of the wrong ones: -ln(7/8). The "
                                             "right symbol has 1/8."),
                Slip(lambda: -np.log(8), "The sign: ln(1/8) is negative, and the loss is minus "
                                         "that."),
                Slip(lambda: np.log(8) / 8, "A mean over the eight symbols: only the right one is "
                                            "paid for, and in full."),
            ],
        ),
        Number(
            "by_all", "divided by all places", unit="nats",
            expected=lambda: np.where(places(), nats(), 0).mean(), tolerance=0.004,
            slips=[
                Slip(lambda: np.log(8), "That is what it should report. Dividing by more places "
                                        "than were added up makes it smaller."),
                Slip(lambda: np.log(8) * 1.5, "The wrong way round: 32 real steps are added up "
                                              "and divided by 48, not the other way."),
                Slip(lambda: np.log(8) / 3, "That is the share of the padding. It is the real "
                                            "steps that are in the sum."),
                Slip(lambda: np.log(8) * 8, "That is the sum divided by the strings. A string has "
                                            "12 places, and there are four of them."),
                Slip(lambda: 2.0, "Right but for the unit: in bits. Take ln 8."),
            ],
        ),
        Number(
            "summed", "added up", unit="nats",
            expected=lambda: nats()[places()].sum(), tolerance=0.05,
            slips=[
                Slip(lambda: 48 * np.log(8), "All 48 places: the padding is in the sum, and it "
                                             "should not be."),
                Slip(lambda: 12 * np.log(8), "Only the longest string. All four are added up."),
                Slip(lambda: 4 * np.log(8), "One step for each string. Each string pays at all of "
                                            "its steps."),
                Slip(lambda: 96.0, "32 steps of 3 bits. In nats a step costs ln 8."),
                Slip(lambda: 8 * np.log(8), "That is one string of average length, 8 steps. There "
                                            "are four."),
            ],
        ),
    ],
    hints=(
        "Draw the rectangle: 12 steps down, 4 strings across. How many places has it, and how many "
        "of them are real?",
        "With eight equal answers each has the probability 1/8, whatever the right one is. So "
        "every real step costs the same.",
        "If every step costs the same, the mean over the real steps is the cost of one. In the "
        "third question 32 of them are divided by 48, in the fourth by 1.",
    ),
    passed="A number to know before you start: ln K. A first loss below it by the share of the "
           "padding, or above it by the number of steps, tells you which mean it is before a "
           "minute of training is spent. It says nothing about the targets: all wrong ones cost "
           "ln K as well.",
)
