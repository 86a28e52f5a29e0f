"""The price of three sets of beliefs about the same letters, on paper."""

import math

from lstmlib.check.exercise import Number, Pencil, Slip

SHARES = (1 / 2, 1 / 4, 1 / 8, 1 / 8)
WRONG = (1 / 8, 1 / 8, 1 / 4, 1 / 2)
SURE = (0.97, 0.01, 0.01, 0.01)
EVEN = (1 / 4,) * 4


def paid(beliefs, shares=SHARES):
    """Bits a letter: price of each letter times how often it comes."""
    return -sum(share * math.log2(p) for share, p in zip(shares, beliefs))


def log_of_mean(beliefs):
    return -math.log2(sum(share * p for share, p in zip(SHARES, beliefs)))


AS_IF_EVEN = ("You have given all four letters the same weight. What counts is how often each "
              "comes: a in half of all cases.")
IN_NATS = ("That is right in nats, with the natural logarithm. Bits are the logarithm to base 2: "
           "divide by ln 2.")
LOG_OF_MEAN = ("You have taken the logarithm of the mean probability. The price is the mean of the "
               "logarithms: a price for each letter first, then the mean.")
OWN = ("That is the mean price if the letters came as this network believes. They come with 1/2, "
       "1/4, 1/8, 1/8: those are the weights, the beliefs only set the prices.")
ADDED = ("You have added the four prices up. Each has to be weighted with how often its letter "
         "comes.")
NEGATIVE = "The sign: the logarithm of a probability is negative, and the price is minus that."

EXERCISE = Pencil(
    title="Three networks, three prices",
    level="routine",
    statement=r"""
Letters are drawn independently of one another: *a* comes with probability $\tfrac12$, *b* with
$\tfrac14$, *c* and *d* with $\tfrac18$ each. A network that gives the letter that comes the
probability $p$ pays $-\log_2 p$ bits for it. Three networks give the same probabilities every time,
whatever came before:

| network | *a* | *b* | *c* | *d* |
|---|---|---|---|---|
| $A$, which knows | 1/2 | 1/4 | 1/8 | 1/8 |
| $S$, which is sure | 0.97 | 0.01 | 0.01 | 0.01 |
| $W$, which is wrong | 1/8 | 1/8 | 1/4 | 1/2 |

How many bits does each pay for a letter, on average over many letters? Before you reckon, order the
three by what you expect: $A$ and $S$ would both name *a*, and are right equally often.""",
    numbers=[
        Number("knows", "price of A", lambda: paid(SHARES), 0.005, unit="bits", slips=[
            Slip(lambda: paid(SHARES, EVEN), AS_IF_EVEN),
            Slip(lambda: paid(SHARES) * math.log(2), IN_NATS),
            Slip(lambda: log_of_mean(SHARES), LOG_OF_MEAN),
            Slip(lambda: 1.0, "1 bit is the price of a alone. b, c and d cost 2, 3 and 3 bits, and "
                              "they come too."),
            Slip(lambda: 2.0, "2 bits is the price of giving 1/4 to each letter. A knows more than "
                              "that."),
            Slip(lambda: 9.0, ADDED),
            Slip(lambda: 0.0, "A bets as well as anybody can, and still has to pay: nobody knows "
                              "which letter comes. Asked for is all it pays."),
            Slip(lambda: -paid(SHARES), NEGATIVE),
        ]),
        Number("sure", "price of S", lambda: paid(SURE), 0.01, unit="bits", slips=[
            Slip(lambda: -0.5 * math.log2(0.97),
                 "That is what the letters a contribute. The other half of the letters costs "
                 "-log2(0.01) each."),
            Slip(lambda: -math.log2(0.97), "That is the price of one a. Every other letter is an "
                                           "a; what do the rest cost?"),
            Slip(lambda: -math.log2(0.01), "That is the price of one letter that is no a. Half of "
                                           "the letters are."),
            Slip(lambda: paid(SURE, EVEN), AS_IF_EVEN),
            Slip(lambda: paid(SURE, (1, 1, 1, 1)), ADDED),
            Slip(lambda: 0.5 * -math.log2(0.97) + 0.5 * -math.log2(0.03),
                 "You have thrown b, c and d together, with 0.03. Only one of them comes at a "
                 "time, and its own probability is 0.01."),
            Slip(lambda: paid(SURE) - paid(SHARES), "That is how much more S pays than A. Asked "
                                                    "for is all it pays."),
            Slip(lambda: paid(SURE, SURE), OWN),
            Slip(lambda: paid(SURE) * math.log(2), IN_NATS),
            Slip(lambda: log_of_mean(SURE), LOG_OF_MEAN),
            Slip(lambda: -paid(SURE), NEGATIVE),
        ]),
        Number("wrong", "price of W", lambda: paid(WRONG), 0.005, unit="bits", slips=[
            Slip(lambda: paid(WRONG, EVEN), AS_IF_EVEN),
            Slip(lambda: paid(WRONG, (1, 1, 1, 1)), ADDED),
            Slip(lambda: paid(WRONG, WRONG), OWN),
            Slip(lambda: paid(WRONG) - paid(SHARES), "That is how much more W pays than A. Asked "
                                                     "for is all it pays."),
            Slip(lambda: paid(WRONG) * math.log(2), IN_NATS),
            Slip(lambda: log_of_mean(WRONG), LOG_OF_MEAN),
            Slip(lambda: -paid(WRONG), NEGATIVE),
        ]),
    ],
    hints=(
        "First the price of each letter, from the network's own probabilities. Then the mean, with "
        "the weights 1/2, 1/4, 1/8, 1/8 with which the letters come.",
        "A probability of 1/2 costs 1 bit, 1/4 costs 2, 1/8 costs 3; 0.97 costs 0.044 bits and "
        "0.01 costs 6.644.",
        "For W the prices are 3, 3, 2 and 1 bits, weighted with 1/2, 1/4, 1/8 and 1/8. You may "
        "type a sum: `1/2*3 + 1/4*3 + ...`",
    ),
    passed="A and S are right equally often, yet S pays almost double, more even than W, which "
           "bets on the wrong letter: the price sees how sure a network may be, and counting right "
           "answers does not.",
)
