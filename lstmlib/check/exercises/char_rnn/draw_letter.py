"""Drawing symbols from scores at a temperature, with given random numbers."""

import math

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def probes(rng):
    even = np.zeros((1, 4))
    yield Probe(
        "equal scores",
        (even, 1.0, np.array([0.6])),
        "Four equal scores: 1/4 each. The probabilities add up to 1/4, 1/2, 3/4, 1, and 0.6 falls "
        "into the third piece, which is symbol 2.",
        {"B": 1, "K": 4},
    )
    yield Probe(
        "temperature 1/2",
        (np.array([[0.0, math.log(3), 0.0]]), 0.5, np.array([0.5])),
        "The scores are 0, ln 3, 0. Divided by 1/2 they are 0, 2 ln 3, 0, so the probabilities "
        "are as 1 to 9 to 1.",
        {"B": 1, "K": 3},
    )
    yield Probe(
        "temperature 2",
        (np.array([[math.log(4), 0.0]]), 2.0, np.array([0.1])),
        "The scores are ln 4 and 0. Divided by 2 they are ln 2 and 0: 2 to 1, nearer to each "
        "other than the 4 to 1 of temperature 1.",
        {"B": 1, "K": 2},
    )
    yield Probe(
        "u = 0",
        (np.array([[-2000.0, 0.0, 0.0]]), 1.0, np.array([0.0])),
        "Symbol 0 has no chance at all: its piece has length 0. The first piece that has a length "
        "begins at 0, and it is symbol 1's.",
        {"B": 1, "K": 3},
    )
    yield Probe(
        "as many texts as symbols",
        (
            np.array([[0.13, -0.13, 0.64], [0.1, -0.54, 0.36], [1.3, 0.95, -0.7]]),
            0.8,
            np.array([0.05, 0.55, 0.95]),
        ),
        "B = K = 3: axes that are exchanged still fit. Each row of scores is one text, and has "
        "its own u.",
        {"B": 3, "K": 3},
    )
    yield Probe(
        "a low temperature",
        (np.array([[3.0, 5.0, 4.0], [-8.0, -9.0, -7.0]]), 1e-3, np.array([0.7, 0.2])),
        "Divided by 0.001 the scores are in the thousands, where exp overflows. Only their "
        "differences matter: what may you subtract from a row?",
        {"B": 2, "K": 3},
    )
    yield Probe(
        "rows far apart",
        (
            np.array([[2000.0, 2001.0], [0.0, 1.0], [-2000.0, -2001.0]]),
            1.0,
            np.array([0.3, 0.2, 0.8]),
        ),
        "The rows lie thousands apart, yet within a row it is one step. Each row needs its own "
        "yardstick.",
        {"B": 3, "K": 2},
    )
    yield Probe(
        "a high temperature",
        (np.array([[-900.0, 0.0, 900.0]]), 1000.0, np.array([0.4])),
        "Divided by 1000 the scores are -0.9, 0, 0.9: nothing is impossible any more.",
        {"B": 1, "K": 3},
    )
    for B, K, temperature in ((7, 5, 0.7), (3, 11, 1.3)):
        yield Probe(
            f"random numbers, temperature {temperature}",
            (2 * rng.normal(size=(B, K)), temperature, rng.uniform(size=B)),
            "Everything is random here.",
            {"B": B, "K": K},
        )
    yield Probe(
        "the largest u there is",
        (rng.normal(size=(24, 101)), 1.0, np.full(24, np.nextafter(1, 0))),
        "u is the largest number below 1 (printed as 1), so it falls into the last piece. But the "
        "sum of 101 rounded numbers may end a hair below 1, and then u lies behind all pieces.",
        {"B": 24, "K": 101},
    )


def reference(scores, temperature, u):
    p, ids = np.zeros(scores.shape), []
    for b, row in enumerate(scores.tolist()):
        for k, score in enumerate(row):
            odds = [(other - score) / temperature for other in row]
            p[b, k] = 1 / math.fsum(math.exp(each) if each < 700 else math.inf for each in odds)
        ends = [math.fsum(p[b, :k + 1]) for k in range(len(row))]
        ids.append(next((k for k, end in enumerate(ends) if end > u[b]), len(row) - 1))
    return p, np.array(ids)


HEAT = "s = scores / temperature"
SHIFT = "s = s - s.max(axis=-1, keepdims=True)"
SHARE = "p = p / p.sum(axis=-1, keepdims=True)"
BEFORE = "before = p.cumsum(axis=-1) <= u[:, None]"
NOT_ABOVE = "before = ~(p.cumsum(axis=-1) > u[:, None])"        # another side for NaN
TAKE = "ids = np.minimum(before.sum(axis=-1), K - 1)"

EXERCISE = Code(
    title="Draw a letter",
    level="standard",
    statement="""
A network has read $B$ texts and gives `scores`, shape $(B, K)$, for the symbol that comes next in
each. To write, draw one symbol for each text. The probabilities are the softmax of the scores
divided by the temperature $\\tau$:

$$ p = \\mathrm{softmax}(s / \\tau) $$

Chance comes from outside: `u`, shape $(B)$, holds a number for each text, $0 \\le u < 1$. Lay the
probabilities $p_0, p_1, \\dots$ of a text one behind the other, from 0 to 1. The symbol drawn is
the one into whose piece $u$ falls: the first $k$ with $p_0 + \\dots + p_k > u$. Rounding may let
the last sum end a hair below 1; should $u$ lie behind it, the last symbol is drawn.

Return

- `p`, shape $(B, K)$, the probabilities;
- `ids`, shape $(B)$, the symbols drawn, integers from 0 to $K-1$.

Scores may be as large as thousands, and temperatures as low as 0.001: nothing may overflow.""",
    example='''# one loaded die: pieces laid one behind the other
p, u = [0.5, 0.1, 0.1, 0.1, 0.1, 0.1], 0.65
end = 0.0
for side, share in enumerate(p):
    here = end <= u < end + share
    end += share
    print(f"side {side}: up to {end:.1f}", "<- u falls here" if here else "")''',
    task="""Now for $B$ rows at once, from scores and a temperature.""",
    starter='''def draw(scores, temperature, u):
    """The probabilities, (B, K), and the symbols drawn, (B)."""
    ...
    return p, ids''',
    returns=("p", "ids"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "multiplied by the temperature",
            "The scores are multiplied by the temperature (or the probabilities raised to its "
            "power). Then a high temperature makes the likely likelier, and it should be the "
            "other way: divide.",
            swap=[(HEAT, "s = scores * temperature")],
        ),
        Mistake(
            "the temperature has no effect",
            "Your probabilities are those of temperature 1. If you divide after the softmax and "
            "divide by the sum again, the temperature cancels: it must act on the scores, before "
            "the exponential.",
            swap=[(HEAT, "s = scores")],
        ),
        Mistake(
            "probabilities divided by the temperature",
            "The probabilities themselves are divided by the temperature, so they no longer sum "
            "to 1. It acts on the scores, before the exponential.",
            swap=[(HEAT, "s = scores"), (SHARE, SHARE + " / temperature")],
        ),
        Mistake(
            "a softmax first, then a power",
            "You take the softmax of the scores as they are, and then the power 1/temperature. On "
            "paper that is the same; but what the first softmax has rounded to 0 no temperature "
            "brings back. Divide the scores first.",
            swap=[
                (HEAT, "s = scores"),
                (
                    SHARE,
                    SHARE + "\n    p = p ** (1 / temperature)"
                    "\n    p /= p.sum(axis=-1, keepdims=True)",
                ),
            ],
        ),
        Mistake(
            "exp overflows",
            "exp of a number above 709 is infinite, and infinite by infinite is NaN. Only "
            "differences between the scores of a row matter: subtract the largest first.",
            swap=[(SHIFT, "s = s - 0")],
        ),
        Mistake(
            "exp overflows, and NaN is drawn from",
            "exp of a number above 709 is infinite, infinite by infinite is NaN, and NaN is no piece to "
            "fall into. Only differences between the scores of a row matter: subtract the largest.",
            swap=[(SHIFT, "s = s - 0"), (BEFORE, NOT_ABOVE)],
        ),
        Mistake(
            "the largest subtracted before the division",
            "You subtract the largest score itself from scores that are divided already. Divide both "
            "by the temperature, or subtract first: the largest exponent must be 0.",
            swap=[(SHIFT, "s = s - scores.max(axis=-1, keepdims=True)")],
        ),
        Mistake(
            "the largest before the division, and NaN is drawn from",
            "The largest score itself is subtracted from scores that are divided already. Divide both "
            "by the temperature, or subtract first: the largest exponent must be 0.",
            swap=[
                (SHIFT, "s = s - scores.max(axis=-1, keepdims=True)"),
                (BEFORE, NOT_ABOVE),
            ],
        ),
        Mistake(
            "one largest for all rows, and NaN is drawn from",
            "You subtract the largest score of all rows. In a row far below it every exp is 0, 0/0 is "
            "NaN, and NaN is no piece to fall into: each row has a largest of its own.",
            swap=[(SHIFT, "s = s - s.max()"), (BEFORE, NOT_ABOVE)],
        ),
        Mistake(
            "a softmax over everything",
            "The largest and the sum are taken over the whole array: only all rows together sum to 1. "
            "Each row is the choice for one text; give max and sum an axis.",
            swap=[(SHIFT, "s = s - s.max()"), (SHARE, "p = p / p.sum()")],
        ),
        Mistake(
            "a softmax along axis 0",
            "The largest and the sum are taken along the batch (axis 0), so it is the columns that "
            "sum to 1. The symbols of one text compete: that is the last axis.",
            swap=[(SHIFT, "s = s - s.max(axis=0)"), (SHARE, "p = p / p.sum(axis=0)")],
        ),
        Mistake(
            "the largest of the whole batch",
            "You subtract the largest score of all rows. In a row that lies far below it every "
            "exp is 0, and 0/0 is NaN: each row has a largest of its own.",
            swap=[(SHIFT, "s = s - s.max()")],
        ),
        Mistake(
            "the mean subtracted",
            "You subtract the mean of a row instead of its largest score. With scores far apart "
            "the exp still overflows.",
            swap=[(SHIFT, "s = s - s.mean(axis=-1, keepdims=True)")],
        ),
        Mistake(
            "shares of the whole batch",
            "You divide by the sum over all rows. Each row is the choice for one text and sums to "
            "1.",
            swap=[(SHARE, "p = p / p.sum()")],
        ),
        Mistake(
            "softmax along the batch",
            "You divide by sums along the batch, so it is the columns that sum to 1. The texts do "
            "not compete with each other, the symbols of one text do.",
            swap=[(SHARE, "p = p / p.sum(axis=0)")],
        ),
        Mistake(
            "sorted before the draw",
            "You lay the pieces in the order of their size. Then what you draw is a rank, not a "
            "symbol; and a draw needs no sorting, any order does.",
            swap=[(BEFORE, "before = (-np.sort(-p, axis=-1)).cumsum(axis=-1) <= u[:, None]")],
        ),
        Mistake(
            "the most likely",
            "`p` is right, but you take the largest and never look at u. That is running without "
            "chance: it writes the same text every time, and soon goes round in circles.",
            swap=[(TAKE, "ids = p.argmax(axis=-1)")],
        ),
        Mistake(
            "the wrong side of an end",
            "Right, but for the ends of the pieces: you take the first sum that is *at least* u "
            "(or `searchsorted` with its default side, the left). With u = 0 that draws symbol 0 "
            "even where its probability is 0: it must be above u.",
            swap=[(BEFORE, "before = p.cumsum(axis=-1) < u[:, None]")],
        ),
        Mistake(
            "pieces counted from the other end",
            "You count the sums that lie above u. Those are the symbols from the one drawn on; "
            "its number is how many lie before it.",
            swap=[(BEFORE, "before = p.cumsum(axis=-1) > u[:, None]")],
        ),
        Mistake(
            "one symbol too far",
            "You are one symbol too far: the number of pieces that end before u is already the "
            "index of the one it falls into, since the first has the index 0.",
            swap=[(TAKE, "ids = np.minimum(before.sum(axis=-1) + 1, K - 1)")],
        ),
        Mistake(
            "one u for all",
            "All texts are drawn with the first u. Then copies of one text never part: each row "
            "has its own.",
            swap=[(BEFORE, "before = p.cumsum(axis=-1) <= u[0]")],
        ),
        Mistake(
            "u along the symbols",
            "Each column is compared with an entry of u. u has shape (B,) and lies along the last "
            "axis unless you say otherwise; with B = K it fits, and is wrong: make it a column, "
            "`u[:, None]`.",
            swap=[(BEFORE, "before = p.cumsum(axis=-1) <= u")],
        ),
        Mistake(
            "u along the symbols, and the first above it",
            "Each column is compared with an entry of u, since u has shape (B,) and lies along the "
            "last axis unless you say otherwise. With B = K nothing complains: `u[:, None]`.",
            swap=[(TAKE, "ids = (p.cumsum(axis=-1) > u).argmax(axis=-1)")],
        ),
        Mistake(
            "sums along the batch",
            "The probabilities are added up along the batch. The pieces lie one behind the other "
            "within each row.",
            swap=[(BEFORE, "before = p.cumsum(axis=0) <= u[:, None]")],
        ),
        Mistake(
            "sums over the whole batch",
            "`cumsum` without an axis runs on from row to row. Each row begins again at 0.",
            swap=[(BEFORE, "before = p.cumsum().reshape(p.shape) <= u[:, None]")],
        ),
        Mistake(
            "p compared with u",
            "You look for the first probability that is above u by itself. The pieces must be "
            "laid one behind the other: add them up.",
            swap=[(BEFORE, "before = np.cumsum(p > u[:, None], axis=-1) == 0")],
        ),
        Mistake(
            "a symbol that does not exist",
            "When the sums end a hair below 1 and u lies behind them, the count is K, and there "
            "is no symbol K. Let the last one catch it.",
            swap=[(TAKE, "ids = before.sum(axis=-1)")],
        ),
        Mistake(
            "symbol 0 behind the end",
            "When the sums end a hair below 1 and u lies behind them, no sum is above u: `argmax` "
            "of a row without a True is 0, and the *first* symbol is drawn. It should be the last.",
            swap=[(TAKE, "ids = before.sum(axis=-1) % K")],
        ),
    ],
    hints=(
        "First p, without u: divide the scores by the temperature, subtract the largest of each "
        "row, exp, divide by the sum of each row.",
        "`p.cumsum(axis=-1)` holds the ends of the pieces. The index of the piece that u falls "
        "into is the number of ends at or below u.",
        "u needs a second axis to be compared row by row: `u[:, None]`. Count the True of each "
        "row, and let nothing be above K - 1.",
    ),
    passed=(
        "You can let a network write at any temperature, reproducibly, since the chance comes in "
        "from outside."
    ),
)
