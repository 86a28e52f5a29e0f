"""How slowly does each unit move: the correlation between its value at one step and at the next."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe


def probes(rng):
    def wandering(T, B, D, level=0.0, size=1.0):
        """Sequences that keep a share of themselves, another share for each unit."""
        keep, z = rng.uniform(0.2, 0.9, D), [rng.normal(size=(B, D))]
        for _ in range(T - 1):
            z.append(keep * z[-1] + rng.normal(size=(B, D)))
        return np.round(level + size * np.array(z), 3)

    flips = np.array([1.0, -1] * 4)[:7, None, None]
    yield Probe(
        "a unit that flips",
        (flips,),
        "1, -1, 1, -1 and so on: each value is the opposite of the one before. The correlation is"
        " -1.",
        {"D": 1},
    )
    yield Probe(
        "around 10",
        (np.round(10 + rng.normal(size=(7, 1, 1)), 2),),
        "The values lie around 10 and jump at random. Each deviates from their mean to either"
        " side, and only these deviations tell whether the unit is slow.",
        {"D": 1},
    )
    z = np.round(rng.normal(size=(5, 2, 1)), 2)
    z[:, 1] += 5
    yield Probe(
        "two sequences at two levels",
        (z,),
        "One sequence lies around 0 and the other around 5. All pairs of both are taken together,"
        " about one mean: so this unit is slow, as it stays at its level.",
        {"D": 1},
    )
    yield Probe(
        "units of different sizes",
        (wandering(7, 1, 3) * [1, 100, 0.01] + [0, -50, 3],),
        "Three units of very different size and level. Each has its own mean and its own spread.",
        {"D": 3},
    )
    yield Probe(
        "T = B = D",
        (wandering(5, 5, 5),),
        "Five steps, sequences and units, so that axes that are exchanged still fit.",
        {"D": 5},
    )
    for T, B, D in ((11, 5, 3), (29, 3, 2)):
        yield Probe(
            f"{T} steps of {B} sequences",
            (wandering(T, B, D, level=0.7),),
            "Pairs of neighbouring steps, from all sequences, unit by unit.",
            {"D": D},
        )


def reference(z):
    """By NumPy, unit by unit, from a list of all pairs."""
    T, B, D = z.shape
    found = []
    for d in range(D):
        pairs = [(z[t, k, d], z[t + 1, k, d]) for k in range(B) for t in range(T - 1)]
        found.append(np.corrcoef(np.array(pairs).T)[0, 1])
    return np.array(found)


PAIRS = "now, then = z[:-1], z[1:]"
NOW, THEN = "now = now - now.mean(axis=(0, 1))", "then = then - then.mean(axis=(0, 1))"
TOGETHER = "together = (now * then).mean(axis=(0, 1))"
SIZES = "sizes = np.sqrt((now**2).mean(axis=(0, 1)) * (then**2).mean(axis=(0, 1)))"
RESULT = "return together / sizes"


def about(mean):
    return [(NOW, f"now = now - {mean.format('now')}"), (THEN, f"then = then - {mean.format('then')}")]


ONE_MEAN = [(PAIRS, "z = z - z.mean(axis=(0, 1))\n    now, then = z[:-1], z[1:]"), (NOW, "pass"), (THEN, "pass")]

EXERCISE = Code(
    title="How slowly does it move?",
    level="standard",
    statement=r"""A run was written down: `z` of shape $(T, B, D)$, the cell states or the hidden states of $T$ steps, $B$ sequences and $D$ units. How slowly does each unit move? A measure is the **correlation between its value at one step and at the next**: near 1 for what moves slowly, near 0 for what is drawn anew at each step, below 0 for what flips.

For one unit take all pairs $(\text{now}, \text{then}) = (z_t, z_{t+1})$ of one and the same sequence, from all $B$ sequences together: $(T - 1) B$ pairs. Their correlation is that of statistics,

$$ \frac{\overline{p\,q}}{\sqrt{\overline{p^2}}\;\sqrt{\overline{q^2}}} \qquad \begin{aligned} p &= \text{now} - \overline{\text{now}} \\ q &= \text{then} - \overline{\text{then}} \end{aligned} $$

where each bar is a mean over all pairs. Return one number a unit, shape $(D,)$. Every unit moves.

The example is the same measure between two units at the same step.""",
    example='''def between_units(one, other):
    """Correlation of two units, (T, B) each, over all steps and sequences."""
    one, other = one - one.mean(), other - other.mean()
    return (one * other).mean() / np.sqrt((one ** 2).mean() * (other ** 2).mean())


rng = np.random.default_rng(0)
one = rng.normal(size=(40, 3))
other = 0.6 * one + 0.8 * rng.normal(size=(40, 3))
print(f"{between_units(one, other):.2f}")''',
    task="Now between neighbouring steps, for all units at once: four to six lines, or a loop over the units.",
    starter='''def lag_one(z):
    """The correlation of each unit's value with its next one, (D,)."""
    ...
    return correlation''',
    returns="correlation",
    probes=probes,
    reference=reference,
    conventions=[
        Convention(
            "one mean for now and then",
            "You take one mean for both, that of all T steps, as this chapter's own cell does. The"
            " textbook's correlation has one for now and one for then; in a long run there is no"
            " difference to speak of.",
            swap=ONE_MEAN,
        ),
        Convention(
            "the autocorrelation of time series",
            "You take one mean and one variance for both, those of all T steps, as books on time"
            " series do for the autocorrelation. In a long run there is no difference to speak of.",
            swap=[*ONE_MEAN, (SIZES, "sizes = z.var(axis=(0, 1))")],
        ),
        Convention(
            "the autocorrelation of time series, as a quotient of sums",
            "You divide the sum over all pairs by the sum of the squares of all T steps, which has"
            " one term more a sequence, as most programs do for the autocorrelation of a time"
            " series. In a long run there is no difference to speak of.",
            swap=[
                *ONE_MEAN,
                (TOGETHER, "together = (now * then).sum(axis=(0, 1))"),
                (SIZES, "sizes = (z**2).sum(axis=(0, 1))"),
            ],
        ),
    ],
    mistakes=[
        Mistake(
            "mean not removed",
            "The mean is not taken off. A unit that jumps about around 10 then looks slow, as all"
            " of its products are near 100.",
            swap=[(NOW, "pass"), (THEN, "pass")],
        ),
        Mistake(
            "one mean for all units",
            "You take off one mean of all units. Each unit deviates from its own.",
            swap=about("{0}.mean()"),
        ),
        Mistake(
            "a mean for each sequence",
            "You take off each sequence's own mean. Then a unit that stays at another level in each"
            " sequence does not count as slow. One mean a unit, over steps and sequences.",
            swap=about("{0}.mean(axis=0)"),
        ),
        Mistake(
            "a mean for each step",
            "You take off the mean over the sequences, step by step. One mean a unit, over steps"
            " and sequences together.",
            swap=about("{0}.mean(axis=1, keepdims=True)"),
        ),
        Mistake(
            "one number for all units",
            "You throw all units together. Each has its own correlation: the means leave the last"
            " axis.",
            swap=[(TOGETHER, "together = (now * then).mean()"), (SIZES, "sizes = np.sqrt((now**2).mean() * (then**2).mean())")],
        ),
        Mistake(
            "each sequence by itself, then the mean",
            "You work out a correlation for each sequence and take the mean. All pairs of all"
            " sequences go into one.",
            swap=[
                (NOW, "now = now - now.mean(axis=0)"),
                (THEN, "then = then - then.mean(axis=0)"),
                (TOGETHER, "together = (now * then).mean(axis=0)"),
                (SIZES, "sizes = np.sqrt((now**2).mean(axis=0) * (then**2).mean(axis=0))"),
                (RESULT, "return (together / sizes).mean(axis=0)"),
            ],
        ),
        Mistake(
            "not divided by the spreads",
            "That is the covariance: it grows with the square of a unit's size. Divide by the two"
            " spreads.",
            swap=[(RESULT, "return together")],
        ),
        Mistake(
            "root missing",
            "You divide by the product of the two variances. It is the product of their roots.",
            swap=[("sizes = np.sqrt(", "sizes = (")],
        ),
        Mistake(
            "divided by the first variance",
            "You divide by the variance of now alone: that is the slope of a line through the"
            " pairs, not their correlation.",
            swap=[(SIZES, "sizes = (now**2).mean(axis=(0, 1))")],
        ),
        Mistake(
            "n against n - 1",
            "One mean is over n pairs and the other over n - 1: `np.cov`, or `ddof=1`, on one side"
            " and a plain mean or `np.std` on the other. Take the same for both.",
            swap=[(TOGETHER, "together = (now * then).mean(axis=(0, 1)) * now[..., 0].size / (now[..., 0].size - 1)")],
        ),
        Mistake(
            "n - 1 against n",
            "One mean is over n pairs and the other over n - 1: `ddof=1` in the spreads, and a"
            " plain mean for the products. Take the same for both.",
            swap=[(TOGETHER, "together = (now * then).mean(axis=(0, 1)) * (now[..., 0].size - 1) / now[..., 0].size")],
        ),
        Mistake(
            "shifted along the sequences",
            "You pair each sequence with the next sequence, at the same step: the shift is along"
            " axis 1. Time is axis 0.",
            swap=[(PAIRS, "now, then = z[:, :-1], z[:, 1:]")],
        ),
        Mistake(
            "shifted along the units",
            "You pair each unit with the next unit: the shift is along the last axis. Time is axis"
            " 0.",
            swap=[(PAIRS, "now, then = z[..., :-1], z[..., 1:]")],
        ),
        Mistake(
            "flattened, then shifted",
            "You lay steps and sequences in one row and shift that. In it the neighbour of a value"
            " is another sequence at the same step. Shift first, along axis 0.",
            swap=[(PAIRS, "row = z.reshape(-1, 1, z.shape[2])\n    now, then = row[:-1], row[1:]")],
        ),
        Mistake(
            "sequences joined end to end",
            "The last step of one sequence is paired with the first of the next. Pairs lie within"
            " one sequence.",
            swap=[(PAIRS, "row = z.swapaxes(0, 1).reshape(-1, 1, z.shape[2])\n    now, then = row[:-1], row[1:]")],
        ),
        Mistake(
            "the end paired with the beginning",
            "The last step is paired with the first, as by `np.roll`, which puts in at the front"
            " what falls off at the end. There are T - 1 pairs a sequence.",
            swap=[(PAIRS, "now, then = z, np.roll(z, -1, axis=0)")],
        ),
        Mistake(
            "two steps apart",
            "You pair values two steps apart. The next one is z[1:], against z[:-1].",
            swap=[(PAIRS, "now, then = z[:-2], z[2:]")],
        ),
        Mistake(
            "each value with itself",
            "You pair each value with itself, so everything is 1. The second of a pair is one step"
            " later.",
            swap=[(PAIRS, "now, then = z[:-1], z[:-1]")],
        ),
        Mistake(
            "squared",
            "You return the square of the correlation, so a unit that flips looks like one that"
            " stays.",
            swap=[(RESULT, "return (together / sizes) ** 2")],
        ),
        Mistake(
            "without its sign",
            "You return the size of the correlation. The sign tells what flips from what stays.",
            swap=[(RESULT, "return np.abs(together / sizes)")],
        ),
    ],
    hints=(
        "First the pairs: `z[:-1]` is every step but the last, `z[1:]` every step but the first."
        " Both have the shape (T - 1, B, D).",
        "Take each one's mean off, over steps and sequences: `.mean(axis=(0, 1))` leaves one number"
        " a unit.",
        "The mean of the products stands above, and below the root of the product of the two mean"
        " squares.",
    ),
    passed="Use it as the chapter did: on c and on h, and on an untrained network as well."
    " 'c moves slowly' is a finding only if the control does not do the same.",
)
