"""The half-life of each unit, from the forget gates that a run really had."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def probes(rng):
    def drawn(T, B, D, low=0.15, high=0.97):
        return np.round(rng.uniform(low, high, (T, B, D)), 3), {"T": T, "B": B, "D": D}

    yield Probe(
        "a gate that never moves",
        (np.full((5, 1, 1), 0.9),),
        "All gates are 0.9. 0.9^k = 1/2 at k = 6.58.",
        {"D": 1},
    )
    f = np.full((10, 1, 1), 0.99)
    f[int(rng.integers(10))] = 0.5
    yield Probe(
        "0.99 at nine steps, 0.5 at one",
        (f,),
        "Ten steps leave 0.99^9 times 0.5, which is 0.457. So half is gone after 8.85 steps.",
        {"D": 1},
    )
    f = np.full((4, 2, 1), 0.9)
    f[:, 1] = 0.6
    yield Probe(
        "two sequences",
        (f,),
        "The gates are 0.9 in one sequence and 0.6 in the other. Both sequences count alike.",
        {"D": 1},
    )
    f, sizes = drawn(7, 1, 3)
    yield Probe(
        "three units",
        (f,),
        "One sequence, three units: each has its own gates, and its own half-life.",
        {"D": 3},
    )
    for T, B, D, name in ((4, 3, 3, "B = D"), (5, 2, 5, "T = D")):
        f, sizes = drawn(T, B, D)
        yield Probe(
            name, (f,), "One number a unit, of all steps and sequences together.", {"D": D}
        )
    f, sizes = drawn(3, 2, 2, 0.99, 0.999)
    yield Probe(
        "gates near 1",
        (f,),
        "All gates are 0.99 or more: half-lives of 69 steps and longer.",
        {"D": 2},
    )
    f, sizes = drawn(11, 5, 3)
    yield Probe(
        "random gates", (f,), "Random gates of 11 steps, 5 sequences and 3 units.", {"D": 3}
    )


def reference(f):
    """By the geometric mean: what one typical step leaves, and how many of it make a half."""
    T, B, _ = f.shape
    left = np.ones(f.shape[2])
    for gates in f.reshape(T * B, -1):
        left = left * gates ** (1 / (T * B))
    return np.log(0.5) / np.log(left)


LOST, HALF = "lost = -np.log(f).mean(axis=(0, 1))", "half = np.log(2) / lost"

EXERCISE = Code(
    title="Measure the half-life",
    level="routine",
    statement=r"""An LSTM has read $B$ sequences of $T$ steps, and the forget gates it had were written down: `f`, of shape $(T, B, D)$, numbers between 0 and 1. They differ from step to step, and yet each unit has a half-life that its gates amount to.

After $k$ steps the share $f_1 f_2 \cdots f_k$ of an old content is left. So what counts is the rate: let $r$ be the **mean of $-\ln f$** over all steps and all sequences. A content shrinks by a factor of $e^{-r}$ in a typical step, and the half-life is the $k$ at which $e^{-rk} = 1/2$.

Return the half-life of each unit, an array of shape $(D,)$.""",
    example="""# The same for money: yearly growth, and the years until it has doubled.
growth = np.array([1.02, 1.10, 0.99, 1.05])      # four years
rate = np.log(growth).mean()                     # of a typical year
print(f"doubles in {np.log(2) / rate:.1f} years")
wrong = np.log(2) / np.log(growth.mean())
print(f"the mean year, {growth.mean():.2f}, says {wrong:.1f}")""",
    task="Now forget gates, which shrink, and one number for each unit. Two or three lines.",
    starter='''def half_lives(f):
    """The half-life of each unit, (D,), from its forget gates (T, B, D)."""
    ...
    return half''',
    returns="half",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "the mean of the gates",
            "You take the mean of the gates and then its logarithm. Gates are multiplied, so it is"
            " the logarithms that add up: first ln, then the mean.",
            swap=[(LOST, "lost = -np.log(f.mean(axis=(0, 1)))")],
        ),
        Mistake(
            "the mean of half-lives",
            "You work out a half-life for every single gate and take the mean of these. A few gates"
            " near 1 then decide everything, though one shut gate is enough to lose the content."
            " Take the mean of the logarithms first.",
            swap=[(LOST, "lost = -np.log(f)"), (HALF, "half = (np.log(2) / lost).mean(axis=(0, 1))")],
        ),
        Mistake(
            "a half-life for each sequence, then their mean",
            "You have a half-life for each sequence, and then take the mean of these. The mean of"
            " -ln f runs over steps and sequences together, and the division comes last.",
            swap=[
                (LOST, "lost = -np.log(f).mean(axis=0)"),
                (HALF, "half = (np.log(2) / lost).mean(axis=0)"),
            ],
        ),
        Mistake(
            "the gates averaged over the sequences first",
            "You take the mean of the gates over the sequences, and then logarithms. No content lives"
            " in two sequences: ln first, and then one mean over everything.",
            swap=[(LOST, "lost = -np.log(f.mean(axis=1)).mean(axis=0)")],
        ),
        Mistake(
            "a half-life for each step, then their mean",
            "You have a half-life for each step, and then take the mean of these. The mean of -ln f"
            " runs over steps and sequences together, and the division comes last.",
            swap=[
                (LOST, "lost = -np.log(f).mean(axis=1)"),
                (HALF, "half = (np.log(2) / lost).mean(axis=0)"),
            ],
        ),
        Mistake(
            "the sequences' gates averaged",
            "Along the steps you multiply, or add logarithms, as is right; over the sequences you"
            " then take the mean of the gates. Take the mean of the logarithms there, too.",
            swap=[(LOST, "lost = -np.log(np.exp(np.log(f).mean(axis=0)).mean(axis=0))")],
        ),
        Mistake(
            "one number for all units",
            "The mean runs over the units as well, so there is one number. Each unit has its own:"
            " the last axis stays.",
            swap=[(LOST, "lost = -np.log(f).mean()")],
        ),
        Mistake(
            "a number for each sequence and unit",
            "The mean runs over the steps only. The sequences are to be taken together too: axes 0"
            " and 1.",
            swap=[(LOST, "lost = -np.log(f).mean(axis=0)")],
        ),
        Mistake(
            "a number for each step",
            "The mean runs over sequences and units and leaves the steps. It should leave the"
            " units, the last axis.",
            swap=[(LOST, "lost = -np.log(f).mean(axis=(1, 2))")],
        ),
        Mistake(
            "a number for each sequence",
            "The mean runs over steps and units and leaves the sequences. It should leave the"
            " units, the last axis.",
            swap=[(LOST, "lost = -np.log(f).mean(axis=(0, 2))")],
        ),
        Mistake(
            "sum for mean",
            "You add up -ln f over all steps and sequences: that is what the whole run takes. The"
            " rate is that of one step, the mean.",
            swap=[(LOST, "lost = -np.log(f).sum(axis=(0, 1))")],
        ),
        Mistake(
            "a sum over the steps",
            "You add up -ln f over the steps and take the mean over the sequences: that is what a"
            " whole sequence takes. The rate is that of one step.",
            swap=[(LOST, "lost = -np.log(f).sum(axis=0).mean(axis=0)")],
        ),
        Mistake(
            "the rate itself",
            "You return r, what a typical step takes. Asked is the half-life, the k at which e^(-rk)"
            " = 1/2.",
            swap=[(HALF, "half = lost")],
        ),
        Mistake(
            "a half in the place of its logarithm",
            "0.5 / r would be right if a content shrank along a straight line. From e^(-rk) = 1/2"
            " follows rk = ln 2.",
            swap=[(HALF, "half = 0.5 / lost")],
        ),
        Mistake(
            "1 - f for -ln f",
            "You take what a step loses, 1 - f, for -ln f. The two agree for gates near 1 only.",
            swap=[(LOST, "lost = (1 - f).mean(axis=(0, 1))")],
        ),
        Mistake(
            "time to 1/e",
            "1 / r is the time after which 1/e, 37 %, is left. For a half, ln 2 stands on top.",
            swap=[(HALF, "half = 1 / lost")],
        ),
        Mistake(
            "the quotient upside down",
            "You divide r by ln 2: that is the number of half-lives in one step.",
            swap=[(HALF, "half = lost / np.log(2)")],
        ),
        Mistake(
            "two bases",
            "One logarithm has base e and the other base 10. Take the same for both.",
            swap=[(HALF, "half = np.log10(2) / lost")],
        ),
        Mistake(
            "log2 against ln",
            "One logarithm has base e and the other base 2: the half-life comes out 1.44 times too"
            " short. Take the same for both.",
            swap=[(LOST, "lost = -np.log2(f).mean(axis=(0, 1))")],
        ),
        Mistake(
            "negative half-lives",
            "The half-lives come out negative: ln of a gate is below 0, and r is the mean of its"
            " negative.",
            swap=[(LOST, "lost = np.log(f).mean(axis=(0, 1))")],
        ),
        Mistake(
            "along a straight line",
            "You divide a half by what a step takes of the whole, 1 - f. But each step takes its"
            " share of what is left: a power, and so a logarithm.",
            swap=[(LOST, "lost = 1 - f.mean(axis=(0, 1))"), (HALF, "half = 0.5 / lost")],
        ),
        Mistake(
            "σ once more",
            "You put σ in front of f. The gates are given as they were, between 0 and 1: σ has been"
            " there already.",
            swap=[(LOST, "lost = np.log1p(np.exp(-f)).mean(axis=(0, 1))")],
        ),
        Mistake(
            "only the last step",
            "You look at the gates of the last step only.",
            swap=[(LOST, "lost = -np.log(f[-1:]).mean(axis=(0, 1))")],
        ),
        Mistake(
            "only the first sequence",
            "You look at the first sequence only. All B of them count.",
            swap=[(LOST, "lost = -np.log(f[:, :1]).mean(axis=(0, 1))")],
        ),
    ],
    hints=(
        "For one unit and one sequence: how would you turn the product of ten gates into a sum?",
        "`np.log` works entry by entry, and `.mean(axis=(0, 1))` leaves one number a unit. In which"
        " order?",
        "With r in hand, solve e^(-rk) = 1/2 for k: take ln of both sides, and mind the signs.",
    ),
    passed="This is how the chapter measures: one half-life a unit, from gates that were really"
    " there. Compare it with ln 2 / (-ln σ(b_f)), which is what the bias alone foretells.",
)
