"""What a network pays for what its state does not hold: the price of chapter 1, asked again."""

import math
from collections import Counter

from lstmlib.check.exercise import Number, Pencil, Slip

ROUND = "aaab"


def price(window, unit=2.0):
    """Bits a letter of the best use of the last `window` letters of ROUND, repeated."""
    text = ROUND * (window + 2)
    seen = [(text[k:k + window], text[k + window]) for k in range(len(ROUND))]
    past, both = Counter(before for before, _ in seen), Counter(seen)
    paid = sum(-math.log(count / past[before], unit) * count
               for (before, _), count in both.items())
    return paid / len(seen)


def places_apart():
    """How many pasts have different futures."""
    return len({(ROUND * 3)[k:k + 2 * len(ROUND)] for k in range(len(ROUND))})


EXERCISE = Pencil(
    kind="recall",
    title="The price of forgetting",
    level="standard",
    statement=r"""
From chapter 1: a network that gives the true answer the probability $p$ pays $-\log_2 p$ bits for
it, and one input has one answer. Take the endless sequence

    a a a b a a a b a a a b …

entered somewhere, at a random place of its round of four. At each letter the network says with what
probability each letter comes next, as well as anybody can who sees what it sees. What does it pay
**on average a letter** if

- it sees the letter just read and nothing else,
- it sees the last two letters?

And a recurrent network, which sees one letter at a time: what must its state tell apart? **How many
different states** does it need at least, if, once it knows where it is, it is never to pay again?
""",
    numbers=[
        Number("one", "price with one letter", unit="bits a letter",
               expected=lambda: price(1), tolerance=0.005, slips=[
            Slip(lambda: math.log2(3) - 2 / 3,
                 "That is what it pays after an `a`. After a `b` it pays nothing, and one letter "
                 "in four is a `b`: take the average over all letters."),
            Slip(lambda: price(0),
                 "That is the price for who sees nothing at all, and knows only that one letter in "
                 "four is a `b`. It does see the letter just read."),
            Slip(lambda: price(1, math.e), "That is in nats. Bits take the logarithm to base 2."),
            Slip(lambda: math.log2(1.5),
                 "That is the price of an `a` after an `a`. A `b` after an `a` costs log₂ 3, and "
                 "after a `b` nothing is paid: take the mean over a round."),
            Slip(lambda: 1.0,
                 "One bit a letter is the price of giving `a` and `b` the same probability at "
                 "every place. It knows more: what does it know after a `b`, and after an `a`?"),
            Slip(lambda: 0.75,
                 "You count one bit after each `a`, as if `a` and `b` followed equally often. "
                 "After an `a` comes an `a` in two cases of three."),
            Slip(lambda: 0.75 * math.log2(3),
                 "You take log₂ 3 for each `a`, as if it had three answers to choose from, each as "
                 "likely. There are two, with probabilities 2/3 and 1/3."),
        ]),
        Number("two", "price with two letters", unit="bits a letter",
               expected=lambda: 0.5, tolerance=0.005, slips=[
            Slip(lambda: 0.0,
                 "After `aa` it is still not sure: the next may be the third `a`, or the `b`."),
            Slip(lambda: 1.0,
                 "One bit is paid after `aa`. After `ab` and `ba` it pays nothing: how often in a "
                 "round has it just seen `aa`?"),
            Slip(lambda: math.log2(3) - 2 / 3,
                 "You give the `a` after `aa` the probability 2/3, as after a single `a`. `aa` is "
                 "seen at two places: one has an `a` after it, the other the `b`."),
            Slip(lambda: 0.5 * (math.log2(3) - 2 / 3),
                 "It has seen `aa` in half of all cases, yes. But the `a` after `aa` has not the "
                 "probability 2/3: of the two places, one has an `a` after it, the other the `b`."),
            Slip(lambda: 1 / 3,
                 "You count `aa` as one of three pairs, all as frequent. In a round of four places "
                 "it has just seen `aa` at two."),
            Slip(lambda: 0.25,
                 "`aa` is seen at two places of a round of four: after the second `a` and after "
                 "the third."),
            Slip(lambda: price(1),
                 "That is the price with one letter. The letter before it helps."),
            Slip(lambda: 0.5 * math.log(2), "That is in nats. Bits take the logarithm to base 2."),
        ]),
        Number("states", "states", expected=places_apart, tolerance=0.1, slips=[
            Slip(lambda: 2.0,
                 "Two states are as good as seeing the last letter. The three `a` are followed by "
                 "different things: they need different states."),
            Slip(lambda: 3.0,
                 "Nearly: the first, the second and the third `a` have different futures. And the "
                 "`b` is a place of its own: after it comes another `a`, and then two more."),
            Slip(lambda: 8.0,
                 "There are eight words of three letters, but most never occur. What has to be "
                 "told apart are the places in the round."),
            Slip(lambda: 1.0,
                 "With one state it does not remember anything: what it says could depend on the "
                 "letter just read at best."),
        ]),
    ],
    hints=(
        "Go through the four places of a round. At each, write what the network sees, and what may "
        "come next as far as it can know.",
        "With one letter: at three of four places it sees an `a`, and then an `a` follows in 2 of "
        "3 cases, a `b` in 1 of 3. At the fourth it is sure. The average price after an `a` is "
        "2/3 · log₂(3/2) + 1/3 · log₂ 3.",
        "With two letters it has seen `aa` at two of four places, and pays 1 bit there. For the "
        "states: which places of the round have the same future?",
    ),
    passed="A state is worth what it tells apart: places with different futures. One letter costs "
           "0.69 bits, two cost 0.5, and four states cost nothing.",
)
