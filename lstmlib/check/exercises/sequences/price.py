"""The mean price in bits of the right answers, from the scores."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import bits, softmax_cross_entropy


def probes(rng):
    yield Probe("equal scores", (np.zeros((2, 4)), np.array([1, 0])),
                "Four equal scores are four probabilities of 1/4: that is 2 bits for each "
                "question.", {"B": 2, "N": 4})
    yield Probe("one question", (np.log([[1.0, 2.0, 5.0]]), np.array([1])),
                "The probabilities are 1/8, 2/8 and 5/8, and the right answer is number 1: 2 bits.",
                {"B": 1, "N": 3})
    yield Probe("two questions", (np.log([[1.0, 7.0], [4.0, 4.0]]), np.array([0, 1])),
                "The first right answer has 1/8 and costs 3 bits, the second 1/2 and costs 1: 2 "
                "bits on average.",
                {"B": 2, "N": 2})
    yield Probe("five questions", (rng.normal(size=(5, 3)), rng.integers(3, size=5)),
                "Pick the probability of the right answer in each row, take the logarithm, then "
                "the mean.",
                {"B": 5, "N": 3})
    yield Probe("as many questions as answers", (rng.normal(size=(3, 3)), np.array([2, 0, 0])),
                "Three rows, three columns: see that you pick along the right axis.",
                {"B": 3, "N": 3})
    yield Probe("large scores", (np.array([[1000.0, 999.0]]), np.array([0])),
                "exp(1000) is too large for a float64: take each row's largest score off first.",
                {"B": 1, "N": 2})
    yield Probe("a row far above the other",
                (np.array([[0.0, 1.0], [900.0, 902.0]]), np.array([1, 0])),
                "One row lies 900 above the other: each row needs its own largest score taken off.",
                {"B": 2, "N": 2})
    yield Probe("sure and wrong",
                (np.array([[0.0, 2000.0, 0.0], [0.0, 1.0, 2.0]]), np.array([0, 1])),
                "The probability of the first right answer, exp(-2000), is rounded to 0, but its "
                "price is an ordinary number, near 2885 bits, and nothing that is put in the place "
                "of the 0 gives it. Take the logarithm on paper before you take it in code.",
                {"B": 2, "N": 3})
    yield Probe("seven questions", (2 * rng.normal(size=(7, 5)), rng.integers(5, size=7)),
                "Pick the probability of the right answer in each row, take the logarithm, then "
                "the mean.",
                {"B": 7, "N": 5})


def reference(scores, answers):
    return bits(softmax_cross_entropy(scores, answers)[0])


EXERCISE = Code(
    title="What does it pay?",
    level="standard",
    statement=r"""
A network gives its `scores`, shape `(B, N)`: for each of $B$ questions one number for each of $N$
answers. The right answers are in `answers`, shape `(B,)`, whole numbers from $0$ to $N-1$. For each
question the network pays

$$ -\log_2 p[\text{right answer}] \ \text{bits}, \qquad
p_k = \frac{e^{s_k}}{e^{s_1} + \dots + e^{s_N}} $$

with the scores $s$ of that question. Return the mean price over the $B$ questions, one number: the
cross-entropy in bits.

A network may be sure and wrong. Then $p$ can be smaller than any float64 above zero, and $\log_2 0$
is minus infinity; the price, though, is finite. Your function should find it.""",
    example='''\
rain = np.array([0.5, 0.875, 0.75])               # forecast: probability of rain
rained = np.array([True, False, True])            # what came
given = np.where(rained, rain, 1 - rain)          # probability of what came
print("bits, day by day:", -np.log2(given))
print("mean:", round(-np.log2(given).mean(), 4))''',
    task="""
The example prices a weather forecast, with two answers a day and the probabilities at hand. Now
with $N$ answers, and from scores.""",
    starter='''\
def price(scores, answers):
    """The mean price of the right answers, in bits."""
    ...
    return mean_bits''',
    returns="mean_bits",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("nats",
                "That is the price in nats, with the natural logarithm. A bit is the unit of the "
                "logarithm to base 2: divide by ln 2.",
                swap=[("nats / np.log(2)", "nats")]),
        Mistake("times ln 2",
                "From nats to bits one divides by ln 2 = 0.69; you have multiplied. In bits the "
                "number is the larger one.",
                swap=[("nats / np.log(2)", "nats * np.log(2)")]),
        Mistake("sum",
                "That is the sum of the prices. The mean does not grow with the number of "
                "questions.",
                swap=[("bits.mean()", "bits.sum()")]),
        Mistake("no mean",
                "You return one price a question. Asked for is one number: their mean.",
                swap=[("bits.mean()", "bits")]),
        Mistake("divided by all entries",
                "You divide by B times N, the number of entries, perhaps because a product with "
                "one-hot rows was averaged whole. There are B questions, and B prices.",
                swap=[("bits.mean()", "bits.sum() / scores.size")]),
        Mistake("sign",
                "The sign is wrong: a probability is at most 1, its logarithm at most 0, and the "
                "price is minus that.",
                swap=[("nats = -picked", "nats = picked")]),
        Mistake("every answer",
                "You average over all answers, right or not. Only the right answer's probability "
                "is paid for.",
                swap=[("log_p[np.arange(len(answers)), answers]", "log_p")]),
        Mistake("every row with every answer",
                "p[:, answers] picks B columns from every row, B times B numbers. To pick one "
                "entry a row, give the row numbers too: p[np.arange(B), answers].",
                swap=[("log_p[np.arange(len(answers)), answers]", "log_p[:, answers]")]),
        Mistake("whole rows",
                "p[answers] picks whole rows, those whose numbers stand in answers. To pick one "
                "entry of each row, give row numbers and column numbers: p[np.arange(B), answers].",
                swap=[("log_p[np.arange(len(answers)), answers]", "log_p[answers]")]),
        Mistake("rows for columns",
                "You have picked p[answers, k]: the answers name columns, not rows.",
                swap=[("log_p[np.arange(len(answers)), answers]",
                       "log_p[answers, np.arange(len(answers))]")]),
        Mistake("the largest probability",
                "You price the answer that the network finds most probable. It pays for the right "
                "one, be it probable or not.",
                swap=[("log_p[np.arange(len(answers)), answers]", "log_p.max(axis=1)")]),
        Mistake("weighted with its own beliefs",
                "You weight the prices with the network's own probabilities: that is what it "
                "expects to pay. What it does pay is decided by the right answers, and they have "
                "no part in your number.",
                swap=[("picked = log_p[np.arange(len(answers)), answers]",
                       "p = np.exp(log_p)\n    picked = (p * np.log(p)).sum(axis=1)")]),
        Mistake("yes or no for each answer",
                "You price each of the N answers as a question of its own, with -log(1 - p) for "
                "the wrong ones. Only the probability of the right answer is paid for.",
                source='''\
def price(scores, answers):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    y = np.eye(scores.shape[1])[answers]
    return -(y * np.log2(p) + (1 - y) * np.log2(1 - p)).sum(axis=1).mean()
'''),
        Mistake("the logarithm of the mean",
                "You take the logarithm of the mean probability. The price is the mean of the "
                "logarithms: one question that is badly wrong costs more there.",
                swap=[("bits.mean()", "-np.log2(np.exp2(-bits).mean())")]),
        Mistake("one minus",
                "You price -log2(1 - p), what the network gave to all the wrong answers together.",
                swap=[("nats / np.log(2)", "-np.log2(1 - np.exp(-nats))")]),
        Mistake("softmax over the questions",
                "Your probabilities add up to 1 in each column. They should in each row: the "
                "softmax runs over the N answers of one question, axis 1.",
                source='''\
def price(scores, answers):
    shifted = scores - scores.max(axis=0)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=0))
    return -log_p[np.arange(len(answers)), answers].mean() / np.log(2)
'''),
        Mistake("one softmax for all",
                "You divide by the sum over all questions. Each row is a question of its own, with "
                "probabilities that add up to 1.",
                source='''\
def price(scores, answers):
    shifted = scores - scores.max()
    log_p = shifted - np.log(np.exp(shifted).sum())
    return -log_p[np.arange(len(answers)), answers].mean() / np.log(2)
'''),
        Mistake("two bases",
                "Two bases are mixed: log2 of the sum of exponentials minus the bare score. Minus "
                "ln p is ln(sum) - s; the whole of it is divided by ln 2.",
                swap=[("np.log(np.exp(shifted)", "np.log2(np.exp(shifted)"),
                      ("nats / np.log(2)", "nats")]),
        Mistake("powers of 2",
                "Your softmax raises 2 to the scores; it should raise e. Only the logarithm of the "
                "price has base 2.",
                source='''\
def price(scores, answers):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log2(np.exp2(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(answers)), answers].mean()
'''),
        Mistake("the score for its logarithm",
                "You price the bare score of the right answer, as if it were ln p. What is missing "
                "is the sum over the row that makes probabilities of scores: ln p is the score "
                "minus the logarithm of that sum.",
                source='''\
def price(scores, answers):
    return -scores[np.arange(len(answers)), answers].mean() / np.log(2)
'''),
        Mistake("one maximum for all questions",
                "You take off the largest score of the whole array. In a row far below it every "
                "exponential is rounded to 0, and so is their sum: each row needs its own largest "
                "score.",
                swap=[("scores.max(axis=1, keepdims=True)", "scores.max()")]),
        Mistake("one maximum for all questions, before a division",
                "You take off the largest score of the whole array. A row far below it becomes all "
                "zeros, and 0 / 0 is nan: each row needs its own largest score.",
                source='''\
def price(scores, answers):
    e = np.exp(scores - scores.max())
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log2(p[np.arange(len(answers)), answers]).mean()
'''),
        Mistake("the maximum of a column",
                "You take off the largest score of each column (axis 0). Then the scores of one "
                "row lose different amounts, and their differences, which are all that counts, "
                "have changed.",
                swap=[("scores.max(axis=1, keepdims=True)", "scores.max(axis=0)")]),
        Mistake("the maximum's axis dropped",
                "The largest scores have lost their axis, for want of keepdims=True. With B of "
                "them for N columns NumPy refuses to subtract; where B = N it takes row k's "
                "largest from column k.",
                swap=[("scores.max(axis=1, keepdims=True)", "scores.max(axis=1)")]),
        Mistake("the summed axis dropped",
                "The sums of the exponentials have lost their axis, for want of keepdims=True. "
                "With B of them for N columns NumPy refuses to go on; where B = N row k's sum goes "
                "to column k.",
                swap=[("np.exp(shifted).sum(axis=1, keepdims=True)",
                       "np.exp(shifted).sum(axis=1)")]),
        Mistake("no maximum, in the logarithm",
                "ln p is worked out well, but exp overflows: from a score of 710 on it is inf, and "
                "so is the logarithm of the sum. Take each row's largest score off the row first; "
                "no probability changes.",
                swap=[("scores - scores.max(axis=1, keepdims=True)", "scores")]),
        Mistake("no maximum",
                "The formula is right, and exp overflows: from a score of 710 on it is inf. Take "
                "each row's largest score off the row first; no probability changes.",
                source='''\
def price(scores, answers):
    e = np.exp(scores)
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log2(p[np.arange(len(answers)), answers]).mean()
'''),
        Mistake("the logarithm of a rounded zero",
                "You form p first and take its logarithm then. Where the network is sure and "
                "wrong, p is rounded to 0 and its logarithm is -inf. Work ln p out on paper: a "
                "score minus the logarithm of a sum.",
                source='''\
def price(scores, answers):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log2(p[np.arange(len(answers)), answers]).mean()
'''),
        Mistake("zero times infinity",
                "You multiply one-hot rows with logarithms. Where a wrong answer's p is rounded to "
                "0, its logarithm is -inf, and 0 times -inf is nan. Work ln p out on paper, a "
                "score minus the logarithm of a sum, and pick instead of multiplying.",
                source='''\
def price(scores, answers):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    y = np.eye(scores.shape[1])[answers]
    return -(y * np.log2(p)).sum(axis=1).mean()
'''),
        Mistake("a little something in the logarithm",
                "You add a small number to p, or cut p off there, so that the logarithm stays "
                "finite. Then no price can be above some 40 bits, and who is sure and wrong is let "
                "off. Work ln p out on paper: nothing has to be added.",
                source='''\
def price(scores, answers):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log2(p[np.arange(len(answers)), answers] + 1e-12).mean()
'''),
    ],
    hints=(
        "Write minus the natural logarithm of p out: it is the logarithm of the sum of "
        "exponentials, minus the score of the right answer. No p has to be formed.",
        "Take each row's largest score off the row first. Then the sum of exponentials lies "
        "between 1 and N, and its logarithm is harmless.",
        "`log_p` is the shifted scores minus `np.log` of each row's sum of exponentials; pick "
        "`[np.arange(B), answers]`, change the sign, take the mean, divide by `np.log(2)`.",
    ),
    passed="Scores to bits without a detour through a probability that may be 0: what every "
           "training run of this book reports.",
)
