"""What the last memory is made of: the share that is left of each thing written."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def probes(rng):
    def drawn(T, D):
        f, i = (np.round(rng.uniform(0.15, 0.95, (T, D)), 2) for _ in range(2))
        g, c0 = (
            np.round(rng.uniform(0.3, 0.95, shape) * rng.choice([-1, 1], shape), 2)
            for shape in ((T, D), (D,))
        )
        return f, i, g, c0

    sizes = {"T + 1": 4, "D": 2}
    f, i, g, c0 = drawn(T=3, D=2)
    yield Probe(
        "a single step",
        tuple(each[:1] for each in (f, i, g)) + (c0,),
        "One step: of c_0 the first forget gate keeps its share, and of what the step writes itself"
        " nothing is lost yet.",
        {},
    )
    yield Probe(
        "nothing is forgotten",
        (0 * f + 1, i, g, c0),
        "All forget gates are 1, so everything is still there whole: c_0 in row 0, and below it"
        " what each step has written.",
        sizes,
    )
    yield Probe(
        "nothing is written",
        (f, 0 * i, g, c0),
        "All input gates are 0, so only c_0 is in the memory, and each of the three steps has kept"
        " a share of it.",
        sizes,
    )
    yield Probe(
        "an empty start",
        (f, i, g, 0 * c0),
        "c_0 is 0. What step 1 has written has met the forget gates of steps 2 and 3, what step 3"
        " has written none.",
        sizes,
    )
    cleared = f.copy()
    cleared[1] = 0
    yield Probe(
        "cleared at step 2",
        (cleared, i, g, c0),
        "At step 2 the forget gates are exactly 0. Of all that was there before, nothing is left:"
        " rows 0 and 1 are 0.",
        sizes,
    )
    for T, D, name in ((7, 3, "seven steps"), (5, 5, "T = D"), (5, 2, "random numbers")):
        yield Probe(
            name,
            drawn(T, D),
            "Small cases are right and a longer one is not. The rows must sum to the last c: run"
            " the loop and compare.",
            {"T + 1": T + 1, "D": D},
        )


def reference(f, i, g, c0):
    """The memory is linear in what was put in: run it with one thing at a time, the others 0."""
    rows = []
    for alone in range(len(f) + 1):
        c = c0 * (alone == 0)
        for t in range(len(f)):
            c = f[t] * c + i[t] * g[t] * (t + 1 == alone)
        rows.append(c)
    return np.array(rows)


SHARE = "f[t:].prod(axis=0)"
WRITTEN = "np.concatenate([c0[None], i * g])"

EXERCISE = Code(
    title="What is left of it?",
    level="standard",
    statement="""An LSTM of $D$ units has run for $T$ steps, and its gates and candidates have been written down. With these numbers given, the memory

$$ c_t = f_t \\odot c_{t-1} + i_t \\odot g_t $$

($\\odot$ multiplies entry by entry) is a sum of things that were put there: the memory at the start, $c_0$, and what each step wrote, $i_t \\odot g_t$. What a step has written is at first there whole; from then on each later step keeps only a share of it. **How much of each is left in $c_T$?**

`f`, `i` and `g` (the candidates) are arrays of shape `(T, D)`: row 0 belongs to step 1, and so on. `c0` has shape `(D,)`. Return an array of shape `(T + 1, D)`: in row 0 what is left of $c_0$ in $c_T$, in row $t$ what is left of what step $t$ has written. The rows sum to $c_T$.

The example is a simpler memory: one number, a half of it kept at every step, and no input gate.""",
    example="""g = np.array([8.0, 8.0, 8.0])            # what comes in at steps 1, 2, 3
T = len(g)
left = np.array([0.5 ** (T - t) * g[t - 1] for t in range(1, T + 1)])

c = 0.0
for t in range(1, T + 1):
    c = 0.5 * c + g[t - 1]
print(left, "together", left.sum(), "and the loop says", c)""",
    task="Now with gates that differ from step to step and from unit to unit. Three to six lines.",
    starter='''def what_is_left(f, i, g, c0):
    """What is left at the end of the start, and of each writing."""
    T = len(f)
    ...
    return left''',
    returns="left",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "a step meets its own forget gate",
            "What step t writes is multiplied by f of the same step. That gate is for what was"
            " there before; the first to act on it is that of step t + 1.",
            swap=[(SHARE, "f[max(t - 1, 0):].prod(axis=0)")],
        ),
        Mistake(
            "the next gate left out",
            "The first gate that acts on a row is left out. Row t of f (counted from 0) belongs to"
            " step t + 1, and so it does act on what step t wrote.",
            swap=[(SHARE, "f[t + 1:].prod(axis=0)")],
        ),
        Mistake(
            "the next gate left out, below row 0",
            "Row 0 is right. Below it the first gate that acts is left out: row t of f, counted"
            " from 0, belongs to step t + 1, and it does act on what step t wrote.",
            swap=[(SHARE, "f[t + (t > 0):].prod(axis=0)")],
        ),
        Mistake(
            "the start without its first gate",
            "c_0 has not met the forget gate of step 1, which is row 0 of f. It was there before"
            " that step: it has met all of them.",
            swap=[(SHARE, "f[max(t, 1):].prod(axis=0)")],
        ),
        Mistake(
            "the start whole",
            "c_0 stands in row 0 as it was at the beginning. Every step has kept only a share of"
            " it.",
            swap=[(SHARE, "f[t if t else len(f):].prod(axis=0)")],
        ),
        Mistake(
            "no row for the start",
            "A row is missing: that of c_0. It comes first, and the steps below it.",
            swap=[("return share * written", "return (share * written)[1:]")],
        ),
        Mistake(
            "the last gate left out",
            "The forget gate of step T is left out. The last step, too, keeps only a share of what"
            " was there.",
            swap=[(SHARE, "f[t:-1].prod(axis=0)")],
        ),
        Mistake(
            "the gates before, not after",
            "The product runs over the gates before the writing. Those acted on what was there"
            " earlier; what step t writes meets the gates after it.",
            swap=[(SHARE, "f[:t].prod(axis=0)")],
        ),
        Mistake(
            "the gates before, not after, below row 0",
            "Row 0 is right. Below it the product runs over the gates up to the writing. Those"
            " acted on what was there earlier; what step t writes meets the gates after it.",
            swap=[(SHARE, "(f[:t] if t else f).prod(axis=0)")],
        ),
        Mistake(
            "all gates for everything",
            "Everything is multiplied by all the forget gates. What was written late has met only"
            " the late ones.",
            swap=[(SHARE, "f.prod(axis=0)")],
        ),
        Mistake(
            "only the next gate",
            "Each row is multiplied by one forget gate only, that of the next step. The steps after"
            " it keep their shares as well: a share of a share.",
            swap=[(SHARE, "f[t:t + 1].prod(axis=0)")],
        ),
        Mistake(
            "only the next gate, below row 0",
            "Row 0 is right. Below it each row is multiplied by one forget gate only, that of the"
            " next step. The steps after it keep their shares as well.",
            swap=[(SHARE, "(f[t:t + 1] if t else f).prod(axis=0)")],
        ),
        Mistake(
            "a power, as in the example",
            "You raise one gate to a power. In the example every step kept the same half; here the"
            " share differs from step to step, so it is a product.",
            swap=[(SHARE, "f[max(t - 1, 0)] ** (T - t)")],
        ),
        Mistake(
            "shares added",
            "You add up the forget gates. A share of a share is a product: 0.5 and then 0.5 leave"
            " 0.25.",
            swap=[(SHARE, "f[t:].sum(axis=0)")],
        ),
        Mistake(
            "a power, below row 0",
            "Row 0 is right. Below it one gate is raised to a power, as in the example, where every"
            " step kept the same half. Here the share differs from step to step: a product.",
            swap=[(SHARE, "f[t - 1] ** (T - t) if t else f.prod(axis=0)")],
        ),
        Mistake(
            "shares added, below row 0",
            "Row 0 is right. Below it you add up the forget gates. A share of a share is a product:"
            " 0.5 and then 0.5 leave 0.25.",
            swap=[(SHARE, "f[t:].sum(axis=0) if t else f.prod(axis=0)")],
        ),
        Mistake(
            "the share forgotten",
            "You multiply by 1 - f. Mind the name: f is the share that is kept.",
            swap=[(SHARE, "(1 - f[t:]).prod(axis=0)")],
        ),
        Mistake(
            "the units thrown together",
            "The product runs over the units as well. Each unit has its own gates: take it along"
            " the steps only, axis 0.",
            swap=[(SHARE, "np.full(len(c0), f[t:].prod())")],
        ),
        Mistake(
            "input gates left out",
            "You put all of each candidate into the memory. What a step writes is its share, i"
            " times g.",
            swap=[(WRITTEN, "np.concatenate([c0[None], g])")],
        ),
        Mistake(
            "candidates left out",
            "You put the input gates themselves into the memory. What a step writes is i times g.",
            swap=[(WRITTEN, "np.concatenate([c0[None], i])")],
        ),
        Mistake(
            "the start in the last row",
            "c_0 stands in the last row, with the share of the last step. It is the oldest: it"
            " belongs in row 0, and has met every gate.",
            swap=[(WRITTEN, "np.concatenate([i * g, c0[None]])")],
        ),
        Mistake(
            "only the shares",
            "You return what share is left. The question is how much: the share times what was put"
            " there.",
            swap=[("share * written", "share")],
        ),
        Mistake(
            "a division by 0",
            "You divide by forget gates, and one of them is 0: 0/0. Multiply the gates that come"
            " after, in place of dividing by those before.",
            swap=[(SHARE, "f.prod(axis=0) / f[:t].prod(axis=0)")],
        ),
        Mistake(
            "the memory after each step",
            "These are c_0, c_1, and so on up to c_T. What is asked is one moment, the last, and"
            " what it is made of.",
            source="""def what_is_left(f, i, g, c0):
    c = [c0]
    for t in range(len(f)):
        c.append(f[t] * c[-1] + i[t] * g[t])
    return np.array(c)""",
        ),
    ],
    hints=(
        (
            "Follow one number: what step 1 writes. Step 2 keeps a share of it, step 3 a share of"
            " that share. Which rows of `f` are these?"
        ),
        (
            "Steps t + 1 to T are the rows `f[t:]`. And `.prod(axis=0)` multiplies along the steps;"
            " of no rows at all it is 1."
        ),
        (
            "Put `c0` and the rows of `i * g` one below the other, T + 1 rows, and multiply each by"
            " its share."
        ),
    ),
    passed=(
        "This is what protecting a number means: the product of the forget gates after it. The next"
        " chapters ask how long such a product stays away from 0."
    ),
)
