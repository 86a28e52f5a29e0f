"""A paired comparison of two networks over the same seeds, with its interval."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

STUDENT = {2: 12.71, 3: 4.30, 5: 2.78, 7: 2.45, 13: 2.18}      # 95 %, n values


def runs(rng, n, gain):
    """Accuracies in percent: a lot's difficulty moves both networks."""
    lot = rng.normal(70, 8, n)
    return lot + gain + rng.normal(0, 2, n), lot + rng.normal(0, 2, n), STUDENT[n]


def probes(rng):
    yield Probe("two seeds", (np.array([84.0, 82.0]), np.array([80.0, 80.0]), STUDENT[2]),
                "The differences are 4 and 2: mean 3, standard deviation 1.414 with n - 1 = 1.",
                {"n": 2})
    yield Probe("always ahead by three",
                (np.array([90.0, 75.0, 61.0]), np.array([87.0, 72.0, 58.0]), STUDENT[3]),
                "Each of the three differences is 3, so nothing scatters and the interval has no "
                "width. How far the accuracies themselves scatter does not matter.", {"n": 3})
    yield Probe("now ahead, now behind",
                (np.array([80.0, 70.0, 90.0]), np.array([70.0, 80.0, 89.0]), STUDENT[3]),
                "The differences are 10, -10 and 1: keep their signs.", {"n": 3})
    for n, gain in ((5, 4.0), (7, -3.0), (13, 1.0)):
        yield Probe(f"{n} seeds", runs(rng, n, gain),
                    "Differences first; then their mean, their standard deviation with n - 1, and "
                    "t times that over the root of n.",
                    {"n": n})


def reference(ours, theirs, t):
    """All pairs of differences: their squared distances know the variance without a mean."""
    n = len(ours)
    d = [a - b for a, b in zip(ours.tolist(), theirs.tolist())]
    variance = sum((one - other) ** 2 for one in d for other in d) / (2 * n * (n - 1))
    return sum(d) / n, t * (variance / n) ** 0.5


HALF = "half = t * spread / np.sqrt(n)"
SPREAD = "spread = np.sqrt(((d - mean) ** 2).sum() / (n - 1))"

EXERCISE = Code(
    title="Ahead, or lucky?",
    level="standard",
    statement=r"""
Two networks have been trained $n$ times, each time with another seed. A seed decides how the
examples fall into training, validation and test, and both networks met the same $n$ lots. `ours[j]`
and `theirs[j]` are the test accuracies in percent with seed $j$, two arrays of shape `(n,)`.

By how much is ours ahead? Compare **lot by lot**: the $n$ differences, ours minus theirs. Return
their mean, and half the width of the 95 % interval of that mean: $t$ times the standard deviation
of the differences, divided by $\sqrt n$. In the standard deviation the sum of squares is divided by
$n - 1$. The factor $t$, which depends on $n$ (12.71 for two values, 2.26 for ten), comes from
Student's table and is handed to you.""",
    example='''\
ours = np.array([91.0, 62.0, 78.0, 85.0, 70.0])
theirs = np.array([88.0, 60.0, 74.0, 83.0, 66.0])
print("ours from", ours.min(), "to", ours.max(), " mean", ours.mean())
print("theirs from", theirs.min(), "to", theirs.max(), " mean", theirs.mean())
print("ours ahead in", (ours > theirs).sum(), "of 5 lots")''',
    task="""
Looked at one by one, the two scatter over nearly 30 points, and 3 points of difference seem
nothing. Lot by lot it looks otherwise. Let your function say how sure we may be.""",
    starter='''\
def ahead(ours, theirs, t):
    """Our mean lead, and half the width of its 95 % interval."""
    ...
    return mean, half''',
    returns=("mean", "half"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("divided by n",
                "Your standard deviation divides by n, as np.std does unless it is told ddof=1. "
                "The mean was made from the same values, so divide by n - 1.",
                swap=[("(n - 1)", "n")]),
        Mistake("no root of n",
                "You have not divided by the root of n: this says where single runs fall, not how "
                "well the mean is known.",
                swap=[(HALF, "half = t * spread")]),
        Mistake("n for its root",
                "You divide by n; the scatter of a mean falls with the square root of n.",
                swap=[(HALF, "half = t * spread / n")]),
        Mistake("corrected twice",
                "The n - 1 has come in twice. It belongs into the standard deviation; the root "
                "below it is that of n.",
                swap=[(HALF, "half = t * spread / np.sqrt(n - 1)")]),
        Mistake("not in pairs",
                "You add the two networks' own variances, as if they had met different lots. A "
                "hard lot pulls both down, and that cancels in the differences: take the standard "
                "deviation of those.",
                swap=[(SPREAD, "spread = np.sqrt(np.var(ours, ddof=1) + np.var(theirs, ddof=1))")]),
        Mistake("two intervals added",
                "You add the half widths of the two networks' own intervals. Take the differences "
                "first and their interval then.",
                swap=[(SPREAD, "spread = np.std(ours, ddof=1) + np.std(theirs, ddof=1)")]),
        Mistake("two intervals subtracted",
                "You take the one network's half width off the other's. Uncertainties don't cancel "
                "like that: take the differences of the accuracies first, and their interval then.",
                swap=[(SPREAD, "spread = np.std(ours, ddof=1) - np.std(theirs, ddof=1)")]),
        Mistake("both ends",
                "You return the two ends of the interval. Asked for are its middle, the mean, and "
                "half its width.",
                swap=[("return mean, half", "return mean - half, mean + half")]),
        Mistake("one network's scatter",
                "This is how far our accuracies scatter. What has to be measured is the scatter of "
                "the differences.",
                swap=[(SPREAD, "spread = np.std(ours, ddof=1)")]),
        Mistake("the wrong way round",
                "The sign: you have taken theirs minus ours. Ahead means ours minus theirs.",
                swap=[("d = ours - theirs", "d = theirs - ours")]),
        Mistake("no signs",
                "You have taken absolute values. Where we are behind, the difference is negative, "
                "and must pull the mean down.",
                swap=[("d = ours - theirs", "d = np.abs(ours - theirs)")]),
        Mistake("whole width",
                "That is the whole width of the interval. Asked for is half of it: mean ± half.",
                swap=[(HALF, "half = 2 * t * spread / np.sqrt(n)")]),
        Mistake("half of the half",
                "You halve once too often: t times the standard error is how far the interval "
                "reaches on one side of the mean, and that is half its width already.",
                swap=[(HALF, "half = t * spread / np.sqrt(n) / 2")]),
        Mistake("2 for t",
                "You use 2, a rule of thumb for many values. With few the factor is larger, and it "
                "is handed to you: t.",
                swap=[(HALF, "half = 2 * spread / np.sqrt(n)")]),
        Mistake("from the extremes",
                "You take half the way from the smallest to the largest difference. The more runs "
                "there are, the wider that gets; the interval of the mean gets narrower.",
                swap=[(HALF, "half = (d.max() - d.min()) / 2")]),
        Mistake("sorted first",
                "You have sorted the accuracies before subtracting. That tears the pairs apart: "
                "each lot's two accuracies stand at the same place, and must stay there.",
                swap=[("d = ours - theirs", "d = np.sort(ours) - np.sort(theirs)")]),
        Mistake("in percent of theirs",
                "You have divided by their accuracy. The lead is asked for in points: ours minus "
                "theirs, and no more.",
                swap=[("d = ours - theirs", "d = 100 * (ours - theirs) / theirs")]),
        Mistake("1.96",
                "You use 1.96, which is right for very many values. With few the standard "
                "deviation itself is uncertain, and t is larger: it is handed to you.",
                swap=[(HALF, "half = 1.96 * spread / np.sqrt(n)")]),
        Mistake("always ten",
                "You divide by the root of 10. The number of seeds is the length of the arrays.",
                swap=[(HALF, "half = t * spread / np.sqrt(10)")]),
        Mistake("2.26",
                "You use 2.26, which is right for ten values only. The factor for these n values "
                "is t.",
                swap=[(HALF, "half = 2.26 * spread / np.sqrt(n)")]),
        Mistake("both networks counted",
                "You divide by the root of 2n. There are 2n runs, but n differences.",
                swap=[(HALF, "half = t * spread / np.sqrt(2 * n)")]),
        Mistake("variance",
                "You have used the variance, without its root. It is in squared points, the "
                "interval in points.",
                swap=[("np.sqrt(((d - mean) ** 2).sum() / (n - 1))", "((d - mean) ** 2).sum() / (n "
                                                                     "- 1)")]),
        Mistake("no factor t",
                "The factor t is missing: mean ± standard error covers the true value in some two "
                "of three studies, not in 95 of 100.",
                swap=[(HALF, "half = spread / np.sqrt(n)")]),
        Mistake("around zero",
                "You square the differences themselves. The standard deviation is about the "
                "distance from their mean.",
                swap=[("(d - mean) ** 2", "d ** 2")]),
        Mistake("median",
                "You return the median of the differences. Asked for is their mean.",
                swap=[("return mean, half", "return np.median(d), half")]),
    ],
    hints=(
        "After the first line the two networks are no longer needed: there are n differences, and "
        "you want the mean of n values with its interval.",
        "The standard deviation: distances from the mean, squared, added up, divided by n - 1, and "
        "the root of that. `np.std(d, ddof=1)` does the same.",
        "`half` is t times that standard deviation, divided by `np.sqrt(len(d))`.",
    ),
    passed="A difference with its interval, in pairs: if mean - half is above 0, the lead is more "
           "than luck explains.",
)
