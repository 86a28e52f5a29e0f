"""Scores to probabilities, also where the exponential overflows."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

A_ROW = ("Each row of scores is one question: its probabilities add up to 1, whatever the other "
         "rows hold.")


def probes(rng):
    square = rng.normal(size=(3, 3)) + np.diag([0.0, 1.0, 2.0])
    yield Probe("one row", (np.log([[1.0, 2.0, 5.0]]),),
                "The exponentials of these scores are 1, 2 and 5: out come 1/8, 2/8 and 5/8.",
                {"B": 1, "N": 3})
    yield Probe("three rows of three", (square,), A_ROW, {"B": 3, "N": 3})
    yield Probe("two rows of five", (rng.normal(size=(2, 5)),), A_ROW, {"B": 2, "N": 5})
    yield Probe("a row far above the other", (np.array([[0.0, 1.0], [900.0, 902.0]]),),
                "exp(900) is more than a float64 can hold. Adding one number to a whole row "
                "of scores does not change its probabilities: choose that number well.",
                {"B": 2, "N": 2})
    yield Probe("far apart in one row", (np.array([[-2000.0, 0.0, 2000.0], [-1.0, -2000.0, 0.0]]),),
                "Here some probabilities are too small for a float64 and may come out as 0; the "
                "others are ordinary numbers, and none is nan.", {"B": 2, "N": 3})
    yield Probe("scores far below zero", (np.array([[-900.0, -901.0, -903.0]]),),
                "Each exp(-900) is rounded to 0, and 0 / 0 is nan. Add something to the row first.",
                {"B": 1, "N": 3})
    yield Probe("steps, batch and scores", (3 * rng.normal(size=(2, 3, 5)),),
                "The scores run along the last axis, however many axes stand before it.",
                {"T": 2, "B": 3, "N": 5})
    yield Probe("a single row without a batch", (rng.normal(size=7),),
                "One row of shape (N,): the last axis is the only one.", {"N": 7})


def reference(scores):
    """p_k = 1 / sum over j of exp(s_j - s_k): no maximum, and what overflows gives 0."""
    with np.errstate(over="ignore"):
        return 1 / np.exp(scores[..., None, :] - scores[..., :, None]).sum(axis=-1)


EXERCISE = Code(
    title="A softmax that does not overflow",
    level="routine",
    statement=r"""
A network answers a question with one **score** for each of $N$ possible answers: any numbers,
negative ones too. The **softmax** makes probabilities of them,

$$ p_k = \frac{e^{s_k}}{e^{s_1} + \dots + e^{s_N}} . $$

Write it for an array of scores whose *last* axis runs over the $N$ answers. There may be any number
of axes before it: one row of shape `(N,)`, a batch `(B, N)`, steps and a batch `(T, B, N)`. The
probabilities have the shape of the scores, and along the last axis they add up to 1.

Two scores of 1,000 and 1,001 are nothing strange, and their probabilities are 0.27 and 0.73. But
$e^{1000}$ is more than a float64 can hold, and $e^{-1000}$ is less. Find a way round.""",
    example='''\
def shares(counts):
    """Each row of counts divided by its own sum."""
    return counts / counts.sum(axis=-1, keepdims=True)


print(shares(np.array([[1.0, 3.0], [10.0, 30.0]])))
with np.errstate(over="ignore"):
    print(np.exp(np.array([-1000.0, 0.0, 1000.0])))''',
    task="""
In the example each row is divided by its own sum (`keepdims=True` leaves the summed axis in place,
with length 1, so that the division lines up); below it, what becomes of large exponents. Now the
softmax.""",
    starter='''\
def softmax(scores):
    """Probabilities along the last axis, in the shape of the scores."""
    ...
    return p''',
    returns="p",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("no maximum",
                "The formula is right, and exp overflows: from a score of 710 on it is inf, and "
                "inf / inf is nan. Take the same number off every score of a row first: which one "
                "keeps exp at 1 or below?",
                swap=[("scores - top", "scores")]),
        Mistake("one maximum for all rows",
                "You take off the largest score of the whole array. A row that lies far below it "
                "becomes all zeros, and 0 / 0 is nan: each row needs its own largest score.",
                swap=[("scores.max(axis=-1, keepdims=True)", "scores.max()")]),
        Mistake("the maximum of a column",
                "You take off the largest score of each column (axis 0). Then the scores of one "
                "row lose different amounts, and their differences, which are all that counts, "
                "have changed.",
                swap=[("scores.max(axis=-1, keepdims=True)", "scores.max(axis=0, keepdims=True)")]),
        Mistake("one sum for all rows",
                "You divide by the sum over the whole array: all probabilities together add up to "
                "1, and the single row does not. A sum without axis= runs over everything.",
                swap=[("e.sum(axis=-1, keepdims=True)", "e.sum()")]),
        Mistake("along the first axis",
                "Each column adds up to 1, not each row: maximum and sum run along axis 0. The "
                "answers to one question lie along the last axis, -1.",
                source='''\
def softmax(scores):
    e = np.exp(scores - scores.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)
'''),
        Mistake("the sum along the first axis",
                "You divide by the sums of the columns (axis 0). Each row is to be divided by its "
                "own sum.",
                swap=[("e.sum(axis=-1, keepdims=True)", "e.sum(axis=0, keepdims=True)")]),
        Mistake("axis 1",
                "You say axis=1. That is the last axis of a batch (B, N), but not of (T, B, N), "
                "where it runs over the batch, and (N,) has no axis 1. Write -1.",
                source='''\
def softmax(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
'''),
        Mistake("the summed axis dropped",
                "You divide by sums that have lost their axis, without keepdims=True. With B sums "
                "for N columns NumPy refuses to divide; where B = N it divides column k by the sum "
                "of row k.",
                swap=[("e.sum(axis=-1, keepdims=True)", "e.sum(axis=-1)")]),
        Mistake("the maximum's axis dropped",
                "The largest scores have lost their axis, for want of keepdims=True. With B of "
                "them for N columns NumPy refuses to subtract; where B = N it takes row k's "
                "largest from column k.",
                swap=[("scores.max(axis=-1, keepdims=True)", "scores.max(axis=-1)")]),
        Mistake("no exponential",
                "These are the scores divided by their sum, without exp. Scores may be negative, "
                "or add up to 0: the exponential is there to make them positive.",
                source='''\
def softmax(scores):
    return scores / scores.sum(axis=-1, keepdims=True)
'''),
        Mistake("powers of 2",
                "You raise 2 to the scores; the softmax raises e. (Bits come in later, with the "
                "logarithm of the price.)",
                swap=[("np.exp(", "np.exp2(")]),
        Mistake("the least instead of the largest",
                "You take off the smallest score of each row. That makes the others larger, and "
                "exp overflows where a row is wide; it is the largest that has to come to 0.",
                swap=[("scores.max(", "scores.min(")]),
        Mistake("the mean instead of the largest",
                "You take off the mean of each row. The formula stays right, but in a wide row the "
                "largest score is still far above 0, and exp overflows. Which number has to come "
                "to 0?",
                swap=[("scores.max(", "scores.mean(")]),
        Mistake("the largest without its sign",
                "You take off the largest absolute value. In a row of large negative scores that "
                "pushes all of them further down, every exponential is rounded to 0, and 0 / 0 is "
                "nan. Take off the largest score, sign and all.",
                swap=[("scores.max(", "np.abs(scores).max(")]),
        Mistake("Python's max and sum",
                "Python's own max and sum walk along the first axis, from row to row. NumPy's, "
                "`scores.max(...)` and `e.sum(...)`, can be told the axis: here the last.",
                source='''\
def softmax(scores):
    e = np.exp(scores - max(scores))
    return e / sum(e)
'''),
        Mistake("row by row",
                "A loop over the first axis takes rows of a batch (B, N) apart, but (T, B, N) has "
                "one more axis, and (N,) one less. With axis=-1 and keepdims=True no loop is "
                "needed.",
                source='''\
def softmax(scores):
    rows = []
    for row in scores:
        e = [np.exp(s - max(row)) for s in row]
        rows.append([each / sum(e) for each in e])
    return rows
'''),
        Mistake("divided by the largest",
                "You divide the scores by the largest one. That changes their differences, and "
                "with them the probabilities. What leaves the differences alone is a subtraction.",
                swap=[("scores - top", "scores / top")]),
        Mistake("upside down",
                "The smallest score has received the largest probability: the exponent has the "
                "wrong sign.",
                swap=[("scores - top", "top - scores")]),
        Mistake("mean for sum",
                "You divide by the mean of the exponentials: each row adds up to N instead of 1.",
                swap=[("e.sum(", "e.mean(")]),
        Mistake("the exponential of the exponential",
                "There is one exponential too many: you have taken exp of numbers that were "
                "exponentials already, or the softmax of a softmax.",
                source='''\
def softmax(scores):
    p = scores
    for _ in range(2):
        e = np.exp(p - p.max(axis=-1, keepdims=True))
        p = e / e.sum(axis=-1, keepdims=True)
    return p
'''),
        Mistake("logarithms",
                "These are the logarithms of the probabilities. They are useful for the price, but "
                "here the probabilities themselves are wanted: numbers from 0 to 1.",
                swap=[("e / e.sum(axis=-1, keepdims=True)",
                       "scores - top - np.log(e.sum(axis=-1, keepdims=True))")]),
        Mistake("nan set to 0",
                "You put 0 where nan has come out. What belongs there was lost in inf / inf, and "
                "is no 0: keep exp from overflowing instead.",
                source='''\
def softmax(scores):
    e = np.exp(scores)
    return np.nan_to_num(e / e.sum(axis=-1, keepdims=True))
'''),
        Mistake("clipped",
                "You cut the scores off at some bound. Two scores beyond it become equal, though "
                "one is far more probable than the other. Move the whole row instead of cutting "
                "it.",
                source='''\
def softmax(scores):
    e = np.exp(np.clip(scores, -500, 500))
    return e / e.sum(axis=-1, keepdims=True)
'''),
    ],
    hints=(
        "Adding one number to all scores of a row multiplies all exponentials by one factor, and "
        "the factor cancels in the division. So you may choose the number.",
        "Take the largest score of each row off that row: then the largest exponential is exp(0) = "
        "1, nothing overflows, and the sum is at least 1.",
        "Three lines: the largest with `max(axis=-1, keepdims=True)`, the exponentials of the "
        "differences, and these divided by their `sum(axis=-1, keepdims=True)`.",
    ),
    passed="A softmax for any shape and for scores of any size: the one that every network of this "
           "book ends in.",
)
