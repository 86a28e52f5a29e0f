"""A latch by hand that can be set and reset, through a thousand noisy steps."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

STEPS, RUNS, NOISE, SETTLE, LARGEST = 1000, 60, 0.05, 3, 8


def probes(rng):
    for pulse in (1.0, 0.5, 4.0):
        yield Probe(f"pulses of {pulse:g}", args=(pulse,),
                    says="Three arrays are wanted: W of shape (D, 2), U of shape (D, D), b of "
                         "shape (D,).")


def through(weights, x):
    """Unit 0 after each step, (T, B), from states of zeros."""
    W, U, b = weights
    h, found = np.zeros((x.shape[1], len(b))), []
    for x_t in x:
        h = np.tanh(x_t @ W.T + h @ U.T + b)
        found.append(h[:, 0])
    return np.array(found)


def silence(places, T, pulse):
    """Inputs (T, 1, 2) that are 0 but for pulses: {step: 0 for set, 1 for reset}."""
    x = np.zeros((T, 1, 2))
    for step, line in places.items():
        x[step, 0, line] = pulse
    return x


def failing(weights, x, wanted):
    """How many of the runs are wrong anywhere."""
    return int((through(weights, x) * wanted < 0).any(axis=0).sum())


def noisy_runs(rng, later):
    """Inputs with pulses of 1, `later` after the first, and what is wanted: 1, -1 or 0 (nothing)."""
    x = rng.normal(0, NOISE, size=(STEPS, RUNS, 2))
    wanted = np.zeros((STEPS, RUNS))
    for run in range(RUNS):
        steps = [0, *sorted(rng.choice(np.arange(1, 100), size=later, replace=False) * 10)]
        for step, until in zip(steps, [*steps[1:], STEPS]):
            line = int(rng.integers(2))
            x[step, run, line] += 1
            wanted[step + SETTLE:until, run] = 1 - 2 * line
    return x, wanted


X, WANTED = noisy_runs(np.random.default_rng(5), later=5)
ONE_PULSE, HELD = noisy_runs(np.random.default_rng(6), later=0)


def verify(args, got):
    """Name what is wrong with these weights, if anything is."""
    W, U, b = (np.asarray(got[name], dtype=float) for name in ("W", "U", "b"))
    if b.ndim != 1 or not 1 <= len(b) <= LARGEST:
        return f"b has shape {b.shape}, expected (D,), with D from 1 to {LARGEST}."
    D = len(b)
    for name, value, shape, letters in (("W", W, (D, 2), "(D, 2)"), ("U", U, (D, D), "(D, D)")):
        if value.shape != shape:
            return f"{name} has shape {value.shape}, expected {shape}, that is {letters}."
    if not all(np.isfinite(value).all() for value in (W, U, b)):
        return "A weight is no finite number."
    pulse, = args
    said = tried((W, U, b), pulse)
    if said and pulse != 1 and tried((W, U, b), 1.0) is None:
        return "the height of the pulse is not heeded"
    if said and pulse != 1 and tried((W, U, b), 1 / pulse) is None:
        return "the height of the pulse on the wrong side"
    return said


def tried(weights, pulse):
    """Run it: first in silence, one question at a time, then through the noise."""
    soon = SETTLE
    after_set, after_reset = (through(weights, silence({0: line}, STEPS, pulse))[:, 0]
                              for line in (0, 1))
    for trace in (after_set, after_reset):
        if trace[soon] * trace[soon + 1] < 0 and trace[soon + 1] * trace[soon + 2] < 0:
            return "it flips at every step"
    silent = [not trace[:soon + 1].any() for trace in (after_set, after_reset)]
    if any(silent):
        return "no pulse gets in" if all(silent) else "one line is not heard"
    if after_set[soon] < 0 < after_reset[soon]:
        return "set and reset exchanged"
    if np.abs(after_set[-1]) < 0.1 and np.abs(after_reset[-1]) < 0.1:
        return "it fades"
    if after_set[:soon + 1].max() <= 0 or after_reset[:soon + 1].min() >= 0:
        return "both pulses push the same way"
    if after_set[soon:].min() <= 0 or after_reset[soon:].max() >= 0:
        return "it keeps one bit and loses the other"
    down = through(weights, silence({0: 0, 20: 1}, 60, pulse))[20 + soon:, 0].max() < 0
    up = through(weights, silence({0: 1, 20: 0}, 60, pulse))[20 + soon:, 0].min() > 0
    if not down and not up:
        return "it can't be switched"
    if not (down and up):
        return "it switches one way only"
    wrong = failing(weights, pulse * X, WANTED)
    if wrong > RUNS // 20 and failing(weights, pulse * ONE_PULSE, HELD) <= wrong // 10:
        return "pulses that barely switch"
    if wrong > RUNS // 20:
        return "the noise flips it"
    if wrong:
        return (f"Nearly: in silence it does all that is asked, and through the noise all but "
                f"{wrong} of {RUNS} runs are right. "
                "How much room has a pulse beyond the hill, and how much has the noise before it? "
                "Move one weight so that both have enough.")
    return None


EXERCISE = Code(
    title="A latch that can be set and reset",
    level="open",
    statement=rf"""A network has two input lines: $x_t = (x_\text{{set}}, x_\text{{reset}})$. Now
and then a **pulse** comes on one of them, one step long and of the height `pulse`. On both lines
there is always noise: independent Gaussian numbers of mean 0, whose standard deviation is a
twentieth of `pulse`, are added to everything. After a pulse on *set*, unit 0 shall be positive,
after one on *reset* negative, and it shall **stay** so until the other line has its pulse: through
all {STEPS:,} steps, if need be.

The network is a plain one, $h_t = \tanh(W x_t + U h_{{t-1}} + b)$ with $h_0 = 0$. Its size $D$ is
yours to choose, from 1 to {LARGEST}. There is no training: choose the weights.

The check takes three heights of pulse, 1, 0.5 and 4, and for each runs {RUNS} sequences of
{STEPS:,} steps. The first step of a sequence brings a pulse, and five more follow at steps that
you don't know, at least ten steps apart, each on either line. The sign of unit 0 is looked at
after every step, except for a pulse's own step and the {SETTLE - 1} after it, in which it may be
on its way. All must be right.""",
    example='''# A lamp that remembers nothing: U = 0. One pulse of 1 on "set", then silence.
W, U, b = np.array([[2.0, -2.0]]), np.array([[0.0]]), np.zeros(1)
h = np.zeros(1)
for t, x in enumerate([[1, 0], [0, 0], [0, 0]], start=1):
    h = np.tanh(W @ x + U @ h + b)
    print(f"step {t}: x = {x}, h = {h[0]:.3f}")''',
    task="""Write `latch(pulse)`, which returns `W` of shape $(D, 2)$, `U` of shape $(D, D)$ and
`b` of shape $(D,)$. One unit is enough. Think in pre-activations: where does the unit rest in
silence, how far is it from there to the hill at 0, how far does a pulse push, how far does the
noise?""",
    starter='''def latch(pulse):
    """The weights of a latch for pulses of this height: W (D, 2), U (D, D), b (D,)."""
    ...
    return W, U, b''',
    returns=("W", "U", "b"),
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake(
            "it fades",
            "After a pulse your unit sinks back to 0 in silence: each step leaves less than it "
            "found. Near 0 a step multiplies by U's entry; below 1 (or at 1) there is only one "
            "resting place, 0.",
            swap=[("np.array([[3.0]])", "np.array([[0.9]])")],
        ),
        Mistake(
            "it flips at every step",
            "In silence unit 0 changes its sign from step to step: with a negative weight from "
            "itself to itself a unit contradicts itself.",
            swap=[("np.array([[3.0]])", "np.array([[-3.0]])")],
        ),
        Mistake(
            "set and reset exchanged",
            "The pulse on set makes unit 0 negative, the one on reset positive: look at the signs "
            "in W's first row.",
            swap=[("[[6.0, -6.0]]", "[[-6.0, 6.0]]")],
        ),
        Mistake(
            "both pulses push the same way",
            "A pulse on set and one on reset push unit 0 to the same side. Column 0 of W belongs "
            "to set, column 1 to reset: they need different signs, and b must not outweigh them.",
            swap=[("[[6.0, -6.0]]", "[[6.0, 6.0]]")],
        ),
        Mistake(
            "no pulse gets in",
            "Unit 0 stays at exactly 0 after the first pulse: row 0 of W is zero, and no other "
            "unit that hears the pulse tells unit 0.",
            swap=[("[[6.0, -6.0]]", "[[0.0, 0.0]]")],
        ),
        Mistake(
            "one line is not heard",
            "A pulse on one of the lines leaves unit 0 at exactly 0: look for a column of W that "
            "is zero. Both lines have to be heard, each with its own sign.",
            swap=[("[[6.0, -6.0]]", "[[6.0, 0.0]]")],
        ),
        Mistake(
            "it keeps one bit and loses the other",
            "In silence one of the two states holds and the other slides away: something, most "
            "likely b, pushes to one side so hard that only one resting place is left.",
            swap=[("b = np.zeros(1)", "b = np.array([1.4])")],
        ),
        Mistake(
            "it can't be switched",
            "It holds its bit so fast that a pulse on the other line does not bring it over the "
            "hill. At rest the pre-activation of a single unit is about U's entry; a pulse, which "
            "is W times its height, must be worth more than that.",
            swap=[("[[6.0, -6.0]]", "[[2.0, -2.0]]")],
        ),
        Mistake(
            "it switches one way only",
            "It can be switched to one side and not back: one of the two pulses is too weak "
            "against the state that it has to undo.",
            swap=[("[[6.0, -6.0]]", "[[6.0, -2.0]]")],
        ),
        Mistake(
            "pulses that barely switch",
            "In silence it does all that is asked, but with noise on top many a pulse fails to "
            "bring the unit to the other side: a pulse, W times its height, is only just above "
            "what U holds against it.",
            swap=[("[[6.0, -6.0]]", "[[3.2, -3.2]]")],
        ),
        Mistake(
            "the height of the pulse is not heeded",
            "With pulses of 1 these weights do all that is asked; with pulses of another height "
            "they do not. W times the height of the pulse should come out the same.",
            swap=[(" / pulse", "")],
        ),
        Mistake(
            "the height of the pulse on the wrong side",
            "W grows with the height of the pulse, where it should shrink: a pulse that is twice "
            "as high needs half the weight to push as far.",
            swap=[(" / pulse", " * pulse")],
        ),
        Mistake(
            "the noise flips it",
            "In silence it does all that is asked, and through a thousand noisy steps it does "
            "not. W lets the noise in as it lets the pulse in: either W is too large for what U "
            "holds, or U holds too little.",
            swap=[("[[6.0, -6.0]]", "[[20.0, -20.0]]")],
        ),
    ],
    hints=(
        "Begin in silence with one unit, h ← tanh(u h): try u = 0.9, 2 and 4 from h = 0.5. For "
        "which does it come to rest away from 0, and where?",
        "At rest h is nearly 1, and the pre-activation nearly u. A pulse of 1 adds w: to switch, "
        "w must be clearly above u. The noise adds about 0.07 w (0.05 on each of two lines), and "
        "must stay far below u.",
        "So w should be between u and some three times u; the middle leaves most room. b stays 0, "
        "the two lines have opposite signs. And if a pulse is half as high, what must W be so "
        "that Wx is the same?",
    ),
    passed="It holds a bit for a thousand steps, and can be told another. But there is one weight "
           "for pulse and noise alike: what must come in and what must stay out go through the "
           "same door. "
    "The next chapter puts a second unit at that door, which opens and shuts it: a gate.",
)
