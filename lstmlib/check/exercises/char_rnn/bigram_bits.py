"""A bigram model with add-one smoothing, and what it pays for a text."""

from collections import Counter
from fractions import Fraction
import math

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe


def probes(rng):
    ids = lambda *symbols: np.array(symbols)
    yield Probe(
        "one pair",
        (ids(0, 1), ids(0, 1), 2),
        "The training text is 0 1: after 0 came 1, once. With one added everywhere row 0 of the "
        "counts is 1, 2, so P[0] is 1/3, 2/3. After 1 nothing was seen: P[1] is 1/2, 1/2. The "
        "test text is 0 1 as well: one price, that of 1 after 0.",
        {"K": 2},
    )
    yield Probe(
        "a pair that occurs three times",
        (ids(0, 1, 0, 1, 0, 1), ids(1, 0, 1), 3),
        "0 is followed by 1 three times, 1 by 0 twice, and 2 never occurs. Each pair counts as "
        "often as it stands there.",
        {"K": 3},
    )
    yield Probe(
        "it ends on a symbol that stands nowhere else",
        (ids(0, 0, 0, 2), ids(0, 0), 3),
        "2 stands at the end only: nothing came after it, so its row knows nothing, 1/3 each.",
        {"K": 3},
    )
    yield Probe(
        "a test text it has never seen the like of",
        (ids(0, 1, 2, 0, 1, 2), ids(2, 1, 0, 2, 1), 3),
        "The test text runs backwards: no pair of it stands in the training text. That is dear, "
        "and not infinite.",
        {"K": 3},
    )
    for n, m, K in ((23, 17, 5), (101, 29, 7), (211, 2, 3)):
        yield Probe(
            f"random symbols, K = {K}",
            (rng.integers(K, size=n), rng.integers(K, size=m), K),
            "Random symbols. Each row of P must sum to 1, and the first character of the test "
            "text has no price.",
            {"K": K},
        )


def reference(train, test, K):
    pairs = Counter(zip(train.tolist(), train[1:].tolist()))
    sums = [K + sum(pairs[i, j] for j in range(K)) for i in range(K)]
    P = [[Fraction(pairs[i, j] + 1, sums[i]) for j in range(K)] for i in range(K)]
    prices = [math.log2(1 / P[i][j]) for i, j in zip(test.tolist(), test[1:].tolist())]
    return np.array(P, dtype=float), math.fsum(prices) / len(prices)


COUNT = "np.add.at(pairs, (train[:-1], train[1:]), 1)"
TABLE = "P = (pairs + 1) / (pairs.sum(axis=1, keepdims=True) + K)"
PRICE = "bits = -np.log2(P[test[:-1], test[1:]]).mean()"

EXERCISE = Code(
    title="A rival that counts",
    level="standard",
    statement="""
A *bigram* model predicts a symbol from the one before it, by counting. `train` and `test` are
texts as rows of integers from 0 to $K-1$. Count in the training text how often $j$ stands
directly after $i$: $N(i, j)$. What never occurred must not be declared impossible, so one is
added to each count (*add-one smoothing*):

$$ P(j \\mid i) = \\frac{N(i, j) + 1}{\\sum_k N(i, k) + K} $$

Return two things:

- `P`, shape $(K, K)$: row $i$ holds the probabilities of what comes after $i$, so each row sums
  to 1;
- `bits`, the mean price $-\\log_2 P(j \\mid i)$ of the characters of `test`. Each is priced given
  the one before it; the first, which has none, is not counted.""",
    example='''# the same with no context at all: a unigram model
train, test, K = np.array([0, 1, 0, 2, 0]), np.array([0, 0, 1]), 3

times = np.bincount(train, minlength=K)
p = (times + 1) / (times.sum() + K)
print("P =", p, "  bits =", -np.log2(p[test]).mean().round(3))''',
    task="""Now with one symbol of context. Mind pairs that occur more than once.""",
    starter='''def bigram(train, test, K):
    """The smoothed table P, (K, K), and its bits per character on `test`."""
    ...
    return P, bits''',
    returns=("P", "bits"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "a pair counted once only",
            "A pair that occurs three times is counted as one. `pairs[i, j] += 1` with arrays of "
            "indices reads all old values first and writes each place once; use `np.add.at`, "
            "`np.bincount` or a loop.",
            swap=[(COUNT, "pairs[train[:-1], train[1:]] += 1")],
        ),
        Mistake(
            "no smoothing",
            "Nothing was added to the counts, so what the training text never showed is "
            "impossible, and costs infinitely much (or is 0/0).",
            swap=[(TABLE, "P = pairs / pairs.sum(axis=1, keepdims=True)")],
        ),
        Mistake(
            "one added below, for K above",
            "The K counts of a row have each got one more, but the sum below them only one in "
            "all: the row sums to more than 1.",
            swap=[(TABLE, "P = (pairs + 1) / (pairs.sum(axis=1, keepdims=True) + 1)")],
        ),
        Mistake(
            "nothing added below",
            "One is added above the line and nothing below it. The row then sums to more than 1: "
            "K ones have come in.",
            swap=[(TABLE, "P = (pairs + 1) / pairs.sum(axis=1, keepdims=True)")],
        ),
        Mistake(
            "one only for the unseen",
            "Only pairs that never occurred get their one. Then a pair seen once is as likely as "
            "a pair never seen, and the rows do not sum to 1: one goes to each count.",
            swap=[(TABLE, "P = np.maximum(pairs, 1) / (pairs.sum(axis=1, keepdims=True) + K)")],
        ),
        Mistake(
            "one only for the unseen, above and below",
            "Only pairs that never occurred get their one. Then a pair seen once is as likely as one "
            "never seen: one goes to each count.",
            swap=[
                (
                    TABLE,
                    "pairs = np.maximum(pairs, 1)\n    P = pairs / pairs.sum(axis=1, keepdims=True)",
                ),
            ],
        ),
        Mistake(
            "a pair from the end to the beginning",
            "The last symbol of the training text is counted as standing before the first (index -1 "
            "is the end, and `np.roll` joins the ends). A text of n symbols has n - 1 pairs.",
            swap=[(COUNT, "np.add.at(pairs, (np.roll(train, 1), train), 1)")],
        ),
        Mistake(
            "the first character priced after the last",
            "`P` is right, but the first character of the test text is priced as if the last one "
            "stood before it (index -1 is the end, and `np.roll` joins the ends).",
            swap=[(PRICE, "bits = -np.log2(P[np.roll(test, 1), test]).mean()")],
        ),
        Mistake(
            "before and after exchanged",
            "Your table says what came before: P[j, i] for P[i, j]. The row is the symbol that is "
            "known, the column the one to come.",
            swap=[(COUNT, "np.add.at(pairs, (train[1:], train[:-1]), 1)")],
        ),
        Mistake(
            "read the wrong way",
            "`P` is right, but to price the test text you look up the pair the wrong way round: "
            "the row is the symbol that stands first.",
            swap=[(PRICE, "bits = -np.log2(P[test[1:], test[:-1]]).mean()")],
        ),
        Mistake(
            "divided by the sum of the column",
            "The counts are divided by the sums of the columns. Asked is what comes after i, so "
            "it is each row that has to sum to 1.",
            swap=[(TABLE, "P = (pairs + 1) / (pairs.sum(axis=0, keepdims=True) + K)")],
        ),
        Mistake(
            "the sums along the wrong axis",
            "`pairs.sum(axis=1)` has shape (K,), and a row of K numbers divides column by column: "
            "entry j of it divides column j. It fits because the table is square; keep the axis, "
            "with keepdims.",
            swap=[(TABLE, "P = (pairs + 1) / (pairs.sum(axis=1) + K)")],
        ),
        Mistake(
            "the probability of the pair",
            "The whole table sums to 1: that is the probability to meet i and then j. Asked is "
            "that of j when i is already there, so each row is divided by its own sum.",
            swap=[(TABLE, "P = (pairs + 1) / (pairs.sum() + K * K)")],
        ),
        Mistake(
            "divided by the sum of all counts",
            "Each row is divided by the sum of the whole table (and K). Asked is what comes after i: "
            "each row has a sum of its own.",
            swap=[(TABLE, "P = (pairs + 1) / (pairs.sum() + K)")],
        ),
        Mistake(
            "the last symbol counted as a beginning",
            "You divide by how often i occurs. But the last symbol of the text has no successor: "
            "i begins one pair less there, and its row does not sum to 1.",
            swap=[(TABLE, "P = (pairs + 1) / (np.bincount(train, minlength=K)[:, None] + K)")],
        ),
        Mistake(
            "counted in the test text",
            "The counts come from the test text. It looks splendid and means nothing: a test that "
            "was trained on is no test.",
            swap=[(COUNT, "np.add.at(pairs, (test[:-1], test[1:]), 1)")],
        ),
        Mistake(
            "counted in both texts",
            "The counts come from both texts together. Then the test text has been seen in "
            "training, and its bits mean nothing.",
            swap=[
                (
                    COUNT,
                    "np.add.at(pairs, (train[:-1], train[1:]), 1)\n    np.add.at(pairs, "
                    "(test[:-1], test[1:]), 1)",
                ),
            ],
        ),
        Mistake(
            "the training text priced",
            "`P` is right, but `bits` is what the training text costs. Asked is the test text: what "
            "has been counted is always cheaper.",
            swap=[(PRICE, "bits = -np.log2(P[train[:-1], train[1:]]).mean()")],
        ),
        Mistake(
            "every row with every column",
            "`P` is right, but you price each symbol after each other one: `P[rows][:, columns]` is "
            "a whole table. `P[rows, columns]` picks one entry for each pair.",
            swap=[(PRICE, "bits = -np.log2(P[test[:-1]][:, test[1:]]).mean()")],
        ),
        Mistake(
            "nats for bits",
            "`P` is right, but the price is in nats: the logarithm must be to the base 2.",
            swap=[(PRICE, "bits = -np.log(P[test[:-1], test[1:]]).mean()")],
        ),
        Mistake(
            "the sign",
            "`P` is right, but the price has the wrong sign: the logarithm of a probability is "
            "negative, and its price is minus that.",
            swap=[(PRICE, "bits = np.log2(P[test[:-1], test[1:]]).mean()")],
        ),
        Mistake(
            "the sum for the mean",
            "`P` is right, but `bits` is the price of the whole text. Asked is that of one "
            "character.",
            swap=[(PRICE, "bits = -np.log2(P[test[:-1], test[1:]]).sum()")],
        ),
        Mistake(
            "the first character for nothing",
            "You divide by the length of the test text, though its first character was not "
            "priced: one price less than characters.",
            swap=[(PRICE, "bits = -np.log2(P[test[:-1], test[1:]]).sum() / len(test)")],
        ),
        Mistake(
            "the logarithm of the mean",
            "You average the probabilities and then take one logarithm. Each character pays its "
            "own price: logarithm first, mean after.",
            swap=[(PRICE, "bits = -np.log2(P[test[:-1], test[1:]].mean())")],
        ),
    ],
    conventions=[
        Convention(
            "the first character guessed blindly",
            "You also count the first character of the test text, at log2 K bits, like a blind "
            "guess. This book's `text.bits` does so too; with a long text it makes no difference.",
            swap=[
                (PRICE, "bits = (np.log2(K) - np.log2(P[test[:-1], test[1:]]).sum()) / len(test)"),
            ],
        ),
    ],
    hints=(
        "Write the table for the text 0 1 0 1 0 1 by hand: which two pairs stand in it, and how "
        "often each?",
        "The pairs are `train[:-1]` with `train[1:]`. `np.add.at(pairs, (rows, columns), 1)` "
        "counts each as often as it occurs.",
        "Divide `pairs + 1` by the sum of its row, K ones included, with `keepdims=True`; price "
        "`P[test[:-1], test[1:]]`.",
    ),
    passed=(
        "You can set the first baseline that any network on this text has to beat, and you know "
        "that its bits rest on the training text alone."
    ),
)
