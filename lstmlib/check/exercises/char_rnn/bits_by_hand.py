"""Bits and perplexity with a pencil."""

import math

from lstmlib.check.exercise import Number, Pencil, Slip

P = (1 / 2, 1 / 8, 1 / 2, 1 / 32)
BITS = math.fsum(-math.log2(p) for p in P) / 4
LOSS = 1.6

EXERCISE = Pencil(
    title="Four letters, priced by hand",
    level="routine",
    statement="""
A model reads a text and must say the next character. To the four that came it had given

| character | t | e | x | t |
|---|---|---|---|---|
| probability | 1/2 | 1/8 | 1/2 | 1/32 |

1. `bits`: what does a character cost on average, in bits ($-\\log_2 p$)?
2. `perplexity`: what is the perplexity of the model on these four characters?
3. `both`: it then reads a second text, of twelve characters, and needs 4.5 bits per character
   there. What is its perplexity on all sixteen characters together?
4. `framework`: another model's training loop prints a cross-entropy of 1.6, with natural
   logarithms. How many bits per character is that?

Fractions and expressions are welcome, such as `"2^(1/3)"` or `"ln(5)"`.""",
    numbers=[
        Number("bits", "bits per character", expected=lambda: BITS, tolerance=0.005, slips=[
            Slip(
                lambda: sum(-math.log2(p) for p in P),
                "That is what all four cost together. Asked is the mean: divide by how many there "
                "are.",
            ),
            Slip(
                lambda: -math.log2(sum(P) / 4),
                "You have averaged the probabilities and taken one logarithm. Price each "
                "character first, then average the prices.",
            ),
            Slip(
                lambda: -BITS,
                "A price is positive: the logarithm of a probability is negative, and the minus "
                "in front turns it round.",
            ),
            Slip(
                lambda: BITS * math.log(2),
                "That is in nats: you took natural logarithms. 1/8 costs 3 bits, because 8 is 2 "
                "to the 3.",
            ),
            Slip(
                lambda: -sum(p * math.log2(p) for p in P),
                "You have weighted each price by its probability, as in an entropy. These four "
                "characters came, and each counts once.",
            ),
            Slip(lambda: 2.25, "Check 1/32: 32 is 2 to the 5."),
        ]),
        Number("perplexity", "perplexity", expected=lambda: 2 ** BITS, tolerance=0.01, slips=[
            Slip(
                lambda: sum(1 / p for p in P) / 4,
                "That is the mean of 1/p. The surprise at the last letter swamps the rest; the "
                "power comes after the mean, 2 to the mean bits.",
            ),
            Slip(lambda: math.exp(BITS), "e goes with nats. With bits the power is one of 2."),
            Slip(
                lambda: 4 / sum(P),
                "That is one over the mean probability. Take the mean of the prices, and then 2 "
                "to its power.",
            ),
            Slip(
                lambda: 2 ** (BITS * math.log(2)),
                "That is 2 to the power of nats. The base and the unit belong together: 2 goes "
                "with bits, e with nats.",
            ),
            Slip(
                lambda: 2 ** -BITS,
                "That is the geometric mean of the probabilities; the perplexity is one over it. "
                "Look at the sign of the exponent.",
            ),
            Slip(
                lambda: 2 ** (4 * BITS),
                "That is 2 to the price of all four. Take the mean price.",
            ),
            Slip(lambda: BITS ** 2, "That is the bits squared. It is 2 to the power of the bits."),
        ]),
        Number("both", "perplexity, both texts", expected=lambda: 2 ** ((4 * BITS + 12 * 4.5) / 16),
               tolerance=0.05, slips=[
            Slip(
                lambda: 2 ** ((BITS + 4.5) / 2),
                "You have given both texts the same weight. Each character counts once, and the "
                "second text has three times as many.",
            ),
            Slip(
                lambda: (2 ** BITS + 2 ** 4.5) / 2,
                "You have averaged the two perplexities. Average the bits, over all sixteen "
                "characters, and take the power at the end.",
            ),
            Slip(
                lambda: (4 * 2 ** BITS + 12 * 2 ** 4.5) / 16,
                "The weights are right, but you have averaged perplexities. Average the bits, and "
                "take the power at the end.",
            ),
            Slip(
                lambda: (4 * BITS + 12 * 4.5) / 16,
                "Those are the bits per character of both together. The perplexity is 2 to their "
                "power.",
            ),
            Slip(
                lambda: math.exp((4 * BITS + 12 * 4.5) / 16),
                "e goes with nats. With bits the power is one of 2.",
            ),
        ]),
        Number("framework", "the loss of 1.6, in bits", expected=lambda: LOSS / math.log(2),
               tolerance=0.01, slips=[
            Slip(
                lambda: LOSS * math.log(2),
                "You multiplied by ln 2. A nat is the larger unit, 1.44 bits, so there must be "
                "more bits than nats: divide.",
            ),
            Slip(
                lambda: math.exp(LOSS),
                "That is the perplexity, e to the nats. Asked are the bits, which are its "
                "logarithm to the base 2.",
            ),
            Slip(
                lambda: 2 ** LOSS,
                "That is 2 to the power of nats, which is nothing at all. One bit is ln 2 = 0.693 "
                "nats.",
            ),
            Slip(
                lambda: math.log2(LOSS),
                "You took the logarithm of 1.6, but 1.6 is a price already: only its unit changes. "
                "One bit is ln 2 = 0.693 nats.",
            ),
            Slip(lambda: LOSS, "1.6 is in nats, as it was printed. One bit is ln 2 = 0.693 nats."),
        ]),
    ],
    hints=(
        "1/2, 1/8 and 1/32 are powers of 2: their prices are whole numbers.",
        "Perplexity is 2 to the mean bits, and the mean is over characters: the second text "
        "brings twelve of them, the first four.",
        "For the third, 4 times the first text's bits and 12 times 4.5 make the sum; divide by "
        "16. For the last, 1 bit is ln 2 nats.",
    ),
    passed=(
        "Prices add up, so bits are averaged, over characters; the perplexity is taken once, at "
        "the end, and the base goes with the unit."
    ),
)
