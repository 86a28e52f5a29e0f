"""From the probabilities of a batch of padded texts to bits per character and perplexity."""

import math

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def padded(rng, lengths, padding):
    """Probabilities (T, B) for texts of these lengths, and their mask."""
    mask = np.arange(max(lengths))[:, None] < np.array(lengths)
    p = np.round(rng.uniform(0.05, 0.95, mask.shape), 3)
    return np.where(mask, p, padding), mask


def column(*p):
    return np.array(p)[:, None], np.ones((len(p), 1), dtype=bool)


def probes(rng):
    yield Probe(
        "one character",
        column(1 / 8),
        "One character that had got 1/8 costs 3 bits: 8 is 2 to the 3. The model was as unsure as "
        "someone who chooses among 8.",
        {"T": 1, "B": 1},
    )
    yield Probe(
        "always 1/4",
        column(1 / 4, 1 / 4, 1 / 4, 1 / 4, 1 / 4),
        "Five characters that each got 1/4: each costs 2 bits, so the average is 2, however many "
        "there are.",
        {"T": 5, "B": 1},
    )
    yield Probe(
        "sure, half sure, surprised",
        column(1.0, 1 / 2, 1 / 16),
        "The prices are 0, 1 and 4 bits. Average the prices first; whatever is done to one "
        "average is done last.",
        {"T": 3, "B": 1},
    )
    p, mask = padded(rng, (1, 3), padding=0.5)
    yield Probe(
        "two texts, one shorter",
        (p, mask),
        "The first text has one character, the second three: four characters in all, and each "
        "counts once. Two places are padding.",
        {"T": 3, "B": 2},
    )
    yield Probe(
        "padding of 0",
        padded(rng, (2, 5), padding=0.0),
        "The padding holds zeros here. Nothing may depend on what stands where the mask is False; "
        "and log 0 is minus infinity, which times 0 is NaN.",
        {"T": 5, "B": 2},
    )
    yield Probe(
        "a great surprise",
        column(1 / 2, 1 / 2, 1e-15, 1 / 2, 1 / 2, 1 / 2, 1 / 2),
        "One character had got 1e-15. Such a price is 50 bits, and it is due in full: nothing may "
        "be put under the logarithm.",
        {"T": 7, "B": 1},
    )
    yield Probe(
        "a long text",
        padded(rng, (2000, 1500), padding=0.5),
        "3,500 characters. A product of so many probabilities is too small to be held; a sum of "
        "logarithms is not.",
        {"T": 2000, "B": 2},
    )
    yield Probe(
        "random numbers",
        padded(rng, (7, 2, 5), padding=0.9),
        "Everything is random here.",
        {"T": 7, "B": 3},
    )


def reference(p, mask):
    prices = [-math.log(p[place]) / math.log(2) for place in zip(*np.nonzero(mask))]
    bits = math.fsum(prices) / len(prices)
    return bits, math.exp(bits * math.log(2))


MEAN, POWER = "bits = price.mean()", "perplexity = 2 ** bits"

EXERCISE = Code(
    title="Bits and perplexity",
    level="routine",
    statement="""
A model has read a batch of $B$ texts of different lengths, padded to $T$ characters. `p`, shape
$(T, B)$, holds the probability that it had given to each character that came; `mask`, shape
$(T, B)$, is `True` where a character stands and `False` where there is padding. What `p` holds in
the padding is of no account.

A character that had got the probability $p$ costs $-\\log_2 p$ bits. Return two numbers, for all
characters of all texts together:

- `bits`: the mean price of a character, in bits. Each character counts once, whichever text it is
  from.
- `perplexity`: among how many equally likely characters the model might as well have been
  choosing, $2^{\\text{bits}}$.""",
    example='''# what single characters cost
for p in (1, 1 / 2, 1 / 8, 0.05):
    print(f"p = {p:5.3f}: {abs(np.log2(p)):.2f} bits, a choice among {1 / p:.0f}")''',
    task="""Now the mean over a whole batch, and the perplexity.""",
    starter='''def bits_and_perplexity(p, mask):
    """Bits per character, and the perplexity, of a padded batch."""
    ...
    return bits, perplexity''',
    returns=("bits", "perplexity"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "2 to the power of nats",
            "`bits` is right, but the perplexity is 2 to the power of the price in nats. The base "
            "and the unit belong together: 2 goes with bits, e with nats.",
            swap=[(POWER, "perplexity = 2 ** (bits * np.log(2))")],
        ),
        Mistake(
            "e to the power of bits",
            "`bits` is right, but the perplexity is e to its power. The base and the unit belong "
            "together: 2 goes with bits, e with nats.",
            swap=[(POWER, "perplexity = np.exp(bits)")],
        ),
        Mistake(
            "bits squared",
            "The perplexity is `bits` to the power 2. It is the other way round; the two agree "
            "only at 2 and 4 bits.",
            swap=[(POWER, "perplexity = bits ** 2")],
        ),
        Mistake(
            "the sum for the mean",
            "You have added the prices up. That is what the whole batch costs, and it grows with "
            "the number of characters; asked for is the price of one.",
            swap=[(MEAN, "bits = price.sum()")],
        ),
        Mistake(
            "a mean of means",
            "You have averaged each text, and then the texts. So a character of a short text "
            "counts more than one of a long text; each should count once.",
            swap=[
                (
                    MEAN,
                    "bits = np.mean([-np.log2(column[m]).mean() for column, m in zip(p.T, "
                    "mask.T)])",
                ),
            ],
        ),
        Mistake(
            "perplexity text by text",
            "`bits` is right, but the perplexity is the mean of the perplexities of the texts. A "
            "mean of powers is not the power of the mean: average the bits first, over all "
            "characters, and take the power once.",
            swap=[
                (
                    POWER,
                    "perplexity = np.mean([2 ** -np.log2(column[m]).mean() for column, m in "
                    "zip(p.T, mask.T)])",
                ),
            ],
        ),
        Mistake(
            "perplexity character by character",
            "`bits` is right, but the perplexity is the mean of 1/p. One great surprise then "
            "outweighs all else: average the bits first, and take the power once, at the end.",
            swap=[(POWER, "perplexity = (1 / p[mask]).mean()")],
        ),
        Mistake(
            "the logarithm of the mean",
            "You have averaged the probabilities and taken one logarithm. Each character pays its "
            "own price, so the logarithm comes first and the mean after it.",
            swap=[(MEAN, "bits = -np.log2(p[mask].mean())")],
        ),
        Mistake(
            "the sign",
            "`bits` is negative: the logarithm of a probability is, so its price is minus the "
            "logarithm.",
            swap=[("price = -np.log2(p[mask])", "price = np.log2(p[mask])")],
        ),
        Mistake(
            "the sign in the exponent",
            "`bits` is right, but the perplexity is 2 to the power of minus bits, a number below "
            "1. That is the (geometric) mean probability; the perplexity is one over it.",
            swap=[(POWER, "perplexity = 2 ** -bits")],
        ),
        Mistake(
            "nats for bits",
            "The perplexity is right, but `bits` is in nats: you took the natural logarithm. One "
            "bit is ln 2 = 0.69 nats.",
            swap=[(POWER, "perplexity = 2 ** bits\n    bits = bits * np.log(2)")],
        ),
        Mistake(
            "nats, taken for bits throughout",
            "You took the natural logarithm, and then 2 to its power. Either take the logarithm "
            "to the base 2, or divide by ln 2.",
            swap=[("-np.log2(p[mask])", "-np.log(p[mask])")],
        ),
        Mistake(
            "the logarithm to the base 10",
            "The prices are logarithms to the base 10; a bit is a halving, so the base is 2.",
            swap=[("-np.log2(p[mask])", "-np.log10(p[mask])")],
        ),
        Mistake(
            "weighted by p",
            "You have weighted each price by its probability, as in the entropy of a "
            "distribution. Here the characters came as they came: each counts once.",
            swap=[(MEAN, "bits = (p[mask] * price).mean()")],
        ),
        Mistake(
            "padding counted",
            "The padding is counted as if it were text. Only the places where `mask` is True have "
            "a price.",
            swap=[("-np.log2(p[mask])", "-np.log2(p)")],
        ),
        Mistake(
            "divided by all places",
            "You add the prices of the right places, and then divide by all T times B places. How "
            "many characters are there?",
            swap=[(MEAN, "bits = price.sum() / p.size")],
        ),
        Mistake(
            "the mean over all places",
            "Multiplied by the mask the padding costs nothing, but `.mean()` still divides by all T "
            "times B places. How many characters are there? (And a 0 in the padding costs infinity, "
            "which times 0 is NaN.)",
            swap=[(MEAN, "bits = (-np.log2(p) * mask).mean()")],
        ),
        Mistake(
            "a mean of means, step by step",
            "You have averaged each step, and then the steps. So a character counts more where few "
            "texts are still going on; each should count once.",
            swap=[
                (
                    MEAN,
                    "bits = np.mean([-np.log2(row[m]).mean() for row, m in zip(p, mask)])",
                ),
            ],
        ),
        Mistake(
            "the price of a text",
            "You divide by the number of texts: that is what a text costs. Asked is the price of "
            "a character, so divide by how many there are.",
            swap=[(MEAN, "bits = price.sum() / mask.shape[1]")],
        ),
        Mistake(
            "the mask on the probabilities",
            "You multiply p by the mask, which makes the padding 0, and the logarithm of 0 is "
            "minus infinity. Pick the places that count instead of setting the others to 0.",
            swap=[("-np.log2(p[mask])", "-np.log2(p * mask)")],
        ),
        Mistake(
            "padding multiplied away",
            "Right, until the padding holds a 0: then its price is infinite, and infinity times 0 "
            "is NaN. Take the logarithm only where the mask is True.",
            swap=[(MEAN, "bits = (-np.log2(p) * mask).sum() / mask.sum()")],
        ),
        Mistake(
            "the product first",
            "You multiply the probabilities before the logarithm. On paper that is the same; in "
            "the machine the product of some hundred characters is 0. Add logarithms instead.",
            swap=[(MEAN, "bits = -np.log2(np.prod(p[mask])) / mask.sum()")],
        ),
        Mistake(
            "a floor under the probability",
            "You have put a small number (1e-9, say) under the probabilities. No price can then "
            "be above some 30 bits: a model that is sure and wrong gets away with it.",
            swap=[("price = -np.log2(p[mask])", "price = -np.log2(p[mask] + 1e-9)")],
        ),
    ],
    hints=(
        "Work out one character first: probability 1/8. What does it cost, and among how many "
        "things is the model choosing?",
        "`p[mask]` is a row of just those probabilities that count, from all texts together.",
        "Price each of them with `-np.log2`, take one mean, and only then go to the perplexity, "
        "with a power of 2.",
    ),
    passed=(
        "You can turn what any model of text has said into the two numbers by which all of them "
        "are compared, padding and lengths regardless."
    ),
)
