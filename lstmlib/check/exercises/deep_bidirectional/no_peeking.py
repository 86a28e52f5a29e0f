"""Open: from outside, which outputs depend on what comes later?"""

import cloudpickle
import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe

B, M, D, BLOCK = 3, 3, 4, 3


class Net:
    """A function that travels by value: whoever receives it gets the function itself."""

    def __init__(self, function):
        self.function = function

    def __reduce__(self):
        return cloudpickle.loads, (cloudpickle.dumps(self.function),)


def nets(rng):
    """Functions from (T, B, M) to (T, B, units), by name. What they need travels with them."""
    W, U = rng.normal(size=(D, M)), rng.normal(size=(D, D)) / 2
    b, V, mix = rng.normal(size=D), rng.normal(size=(D, D)), rng.normal(size=(9, 9))
    block = BLOCK

    def forwards(x):
        h, seen = np.zeros((x.shape[1], len(b))), []
        for x_t in x:
            h = np.tanh(x_t @ W.T + h @ U.T + b)
            seen.append(h)
        return np.array(seen)

    def two_layers(x):
        return np.cumsum(forwards(x) @ V.T, axis=0)

    def present_batch(x):
        return forwards(x - x.mean(axis=1, keepdims=True))

    def zero_weights(x):
        weights = np.tril(mix[: len(x), : len(x)])
        return np.array([sum(w * x_s for w, x_s in zip(row, x)) for row in weights])

    def constant(x):
        return np.zeros((*x.shape[:2], 1)) + b

    def late(x):
        return forwards(np.concatenate([np.zeros((2, *x.shape[1:])), x])[: len(x)])

    def both_ways(x):
        return np.concatenate([forwards(x), forwards(x[::-1])[::-1]], axis=-1)

    def with_later(x, steps, of):
        later = np.concatenate([of(x[steps:]), np.zeros((min(steps, len(x)), *x.shape[1:]))])
        return forwards(x) + later @ W.T

    def next_one(x):
        return with_later(x, 1, lambda x: x)

    def two_on(x):
        return with_later(x, 2, lambda x: x)

    def by_sign(x):
        return with_later(x, 1, np.sign)

    def ranked(x):
        return with_later(x, 1, lambda x: 1.0 * x.argsort(axis=-1))

    def faint(x):
        return with_later(x, 1, lambda x: 1e-9 * x)

    def awake(x):
        return with_later(x, 1, lambda x: np.maximum(x - 6, 0))

    def the_last(x):
        return forwards(x) + x[-1] @ W.T

    def at_first(x):
        seen = forwards(x)
        seen[0] += x[1:2].sum(axis=0) @ W.T
        return seen

    def over_time(x):
        return forwards(x - x.mean(axis=0))

    def by_largest(x):
        return forwards(x / (1 + x.max(axis=0) ** 2))

    def one_wire(x):
        seen = forwards(x)
        seen[:-1, -1, -1] += x[1:, -1, -1]
        return seen

    def blocks(x):
        return np.concatenate([both_ways(x[k : k + block]) for k in range(0, len(x), block)])

    return {
        each.__name__: each
        for each in (
            forwards,
            two_layers,
            present_batch,
            zero_weights,
            constant,
            late,
            both_ways,
            next_one,
            two_on,
            by_sign,
            ranked,
            faint,
            awake,
            the_last,
            at_first,
            over_time,
            by_largest,
            one_wire,
            blocks,
        )
    }


def never(t, T):
    return False


def until_the_end(t, T):
    return t + 1 < T


# Which net, at how many steps, what it does, and at which t it peeks: by the way it was made.
CASES = (
    ("forwards", 4, "a net that reads forwards",
     "It reads from the first input to the last. None of its outputs depends on anything that "
     "comes later.", never),
    ("both_ways", 5, "a net that reads both ways",
     "Its second half reads from the end. Every output but the last depends on what comes later.",
     until_the_end),
    ("next_one", 7, "a net that sees one step ahead",
     "Its output at t depends on x_{t+1}, and on nothing behind that.", until_the_end),
    ("two_on", 7, "a net that sees the input two steps on",
     "Its output at t depends on x_{t+2}, but not on x_{t+1}. The last two outputs have nothing "
     "there.", lambda t, T: t + 2 < T),
    ("the_last", 6, "a net that hears the last input at every step",
     "All outputs depend on the last input, and of later ones on no other.", until_the_end),
    ("at_first", 7, "a net that peeks at its first step only",
     "Its first output depends on the second input; all others are sound.", lambda t, T: t == 0),
    ("blocks", 7, f"a net that reads both ways in blocks of {BLOCK}",
     f"It cuts the sequence into blocks of {BLOCK} and reads each both ways. The last output of a "
     "block sees nothing that comes later.", lambda t, T: t % BLOCK < BLOCK - 1 and t + 1 < T),
    ("two_layers", 6, "a net of two layers, both forwards",
     "Two layers, both from left to right. Nothing comes from later.", never),
    ("over_time", 6, "a net that takes the mean over time off",
     "From each input it takes the mean over all steps off, later ones too.", until_the_end),
    ("by_largest", 6, "a net that divides by what is largest in time",
     "It scales its inputs by the largest of all steps. So it hears of a later input only if that"
     " one is larger than all others.", until_the_end),
    ("one_wire", 7, "a net with a single wire to the future",
     "One unit, in one sequence of the batch, sees one entry of the next input.", until_the_end),
    ("by_sign", 5, "a net that sees the sign of what comes next",
     "Of the next input it sees the sign alone. A little more or less does not turn a sign.",
     until_the_end),
    ("ranked", 5, "a net that sees the order of the next input's entries",
     "Of the next input it sees which entry is the smallest and which the largest. If all grow by"
     " the same it sees nothing.", until_the_end),
    ("awake", 5, "a net that wakes up at large inputs",
     "Of the next input it sees what is above 6, in whichever entry. Ordinary numbers leave it "
     "asleep.", until_the_end),
    ("faint", 5, "a net that whispers",
     "It sees the next input, times a thousand-millionth. It is computed without noise: to the "
     "last bit, the output at t would stay if nothing later were heard.", until_the_end),
    ("zero_weights", 7, "a net that multiplies what comes later by 0",
     "It multiplies all later inputs by 0 and adds them. So they do not matter, whatever numbers "
     "they are.", never),
    ("present_batch", 5, "a net that looks at its neighbours in the batch",
     "From each input it takes the mean of the batch at the same step off. That is no peeking in "
     "time.", never),
    ("late", 7, "a net that answers two steps late",
     "Its output at t depends on the inputs up to x_{t-2}.", never),
    ("constant", 4, "a net that always says the same", "Its outputs depend on nothing.", never),
    ("both_ways", 1, "a single step", "There is one step, and nothing comes later.", never),
)


def probes(rng):
    made = nets(rng)
    for key, T, name, says, _ in CASES:
        yield Probe(name, (Net(made[key]), rng.normal(size=(T, B, M))), says, {"T": T})


def reference(net, x):
    """By the way the net was made."""
    T = len(x)
    peeks = next(rule for key, _, _, _, rule in CASES if key == net.__name__)
    return np.array([peeks(t, T) and T > 1 for t in range(T)])


SIZES, COPY = "for size in (1, 1000):", "other = x.copy()"
OTHER = "other[t + 1:] = size * rng.normal(size=x[t + 1:].shape)"
MOVED, TAKEN = "moved = net(other) != before", "ahead[t] |= moved[t].any()"

EXERCISE = Code(
    title="No peeking",
    level="open",
    statement=r"""Before a network is trained to predict what comes next, one should make sure that
it can't see it. You get `net`, a function that you cannot look into: it takes a batch of inputs of
shape $(T, B, M)$, for any $T$, and returns outputs of shape $(T, B, N)$. It reads forwards, or both
ways, or does something that nobody has told you. Write `peeks(net, x)`, which finds out by trying.

`x` is one batch to begin with. Return `ahead`, an array of $T$ booleans, where `ahead[t]` says
whether the output at place `t` depends on any input at a *later* place: in any sequence, in any
unit, however weakly. That is, whether there are other numbers that could stand behind place `t` and
would change it. The input at place `t` itself, and those before it, are no secret.

What you may count on: `net` gives the same outputs for the same inputs, to the last bit, does not
write into them, and takes all real numbers, small or large. The check tries you on networks that
peek in different ways, and on some that don't and must not be accused.""",
    example="""# another question to a function that one can't look into
def is_even(f, numbers):
    return bool((f(numbers) == f(-numbers)).all())


def sly(v):
    return np.abs(v) + (v > 3)


numbers = np.linspace(-2, 2, 9)
for f in (np.cos, np.tanh, sly):
    print(f"{f.__name__:5}", is_even(f, numbers))
print("The last answer is wrong: sly(4) is", sly(4), "and sly(-4) is", sly(-4))""",
    task="Change what should not matter, and look at what should not move. Eight lines or so.",
    starter='''def peeks(net, x):
    """For each t: does output t depend on inputs after t? Shape (T,), booleans."""
    T = len(x)
    ...
    return ahead''',
    returns="ahead",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "the present is changed as well",
            "You change the input at place t, too. An output may depend on that: so you accuse nets"
            " that read forwards.",
            swap=[(OTHER, OTHER.replace("t + 1:", "t:"))],
        ),
        Mistake(
            "the past is changed",
            "You change what stands before place t. Every net with a memory depends on that.",
            swap=[(OTHER, OTHER.replace("t + 1:", ":t"))],
        ),
        Mistake(
            "one change for all places",
            "You change all inputs but the first, once, and look at all outputs. The output at"
            " place 3 may depend on the input at place 2: for each t only what stands behind t may"
            " be changed.",
            swap=[(OTHER, "other[1:] = size * rng.normal(size=x[1:].shape)")],
        ),
        Mistake(
            "only the next input is changed",
            "You change the input at place t + 1 and no other. There are nets that see what lies"
            " further on.",
            swap=[(OTHER, OTHER.replace("t + 1:", "t + 1:t + 2"))],
        ),
        Mistake(
            "only the last input is changed",
            "You change the last input of the sequence and no other. There are nets that see a few"
            " steps ahead, and no further.",
            swap=[(OTHER, OTHER.replace("t + 1:", "max(t + 1, T - 1):"))],
        ),
        Mistake(
            "pushes that are too small",
            "You push later inputs by very little, as for a derivative. A net that reads signs, or"
            " what is large, does not feel that. Dependence asks for any other numbers.",
            swap=[(SIZES, "for size in (1e-6,):"), (OTHER, OTHER.replace("=", "+=", 1))],
        ),
        Mistake(
            "the same push for all entries",
            "You add the same to all entries. A net that asks which is the largest sees nothing of"
            " that. Put different numbers everywhere.",
            swap=[(OTHER, "other[t + 1:] += size")],
        ),
        Mistake(
            "the same numbers in another order",
            "You put later inputs in another order. A mean or a largest number does not see that,"
            " and where only one is later nothing changes at all.",
            swap=[(OTHER, "other[t + 1:] = x[t + 1:][::-1]")],
        ),
        Mistake(
            "nothing large behind t",
            "What you put behind place t is small or of ordinary size, or zeros, or nothing at all,"
            " where you cut the sequence off. If that changes nothing, larger numbers might: there"
            " are nets that wake up at them.",
            swap=[(SIZES, "for size in (1,):")],
        ),
        Mistake(
            "only one entry is changed",
            "You change one entry of one sequence. The wire to the future may lead from another"
            " one.",
            swap=[(OTHER, "other[t + 1:, 0, 0] = size * rng.normal(size=T - t - 1)")],
        ),
        Mistake(
            "only the first sequence is looked at",
            "You look at the first sequence of the batch alone. Another one may move.",
            swap=[(TAKEN, "ahead[t] |= moved[t, 0].any()")],
        ),
        Mistake(
            "only the first unit is looked at",
            "You look at the first unit of each output alone. Another one may move.",
            swap=[(TAKEN, "ahead[t] |= moved[t, :, 0].any()")],
        ),
        Mistake(
            "nearly equal taken for equal",
            "You let small moves pass (np.allclose and np.isclose do, below about a"
            " hundred-thousandth). The nets have no noise: every difference is one.",
            swap=[(MOVED, "moved = ~np.isclose(net(other), before)")],
        ),
        Mistake(
            "any output counts",
            "You ask whether some output moves. The outputs behind place t may: they read what"
            " you have changed. Look at the one at place t.",
            swap=[(TAKEN, "ahead[t] |= moved.any()")],
        ),
        Mistake(
            "the outputs before t count as well",
            "You ask whether some output up to place t moves. That says that the net peeks"
            " somewhere; asked is whether the output at place t does.",
            swap=[(TAKEN, "ahead[t] |= moved[:t + 1].any()")],
        ),
        Mistake(
            "one verdict for all",
            "You give all places the same answer. A net can peek at some and be sound at others,"
            " and at the last one nothing is left to peek at.",
            swap=[("return ahead", "return np.full(T, ahead.any())")],
        ),
        Mistake(
            "NaN for a marker",
            "You put NaN, or infinity, behind place t and look how far it spreads. It finds every"
            " wire, also one with a weight of 0, since 0 times NaN is NaN. A later input that is"
            " multiplied by 0 does not matter.",
            swap=[(OTHER, "other[t + 1:] = np.nan")],
        ),
        Mistake(
            "no copy",
            "`other = x` is a second name for the same array. From the second round on, `x` has"
            " lost its first numbers, before place t as well: take `x.copy()`.",
            swap=[(COPY, "other = x")],
        ),
        Mistake(
            "compared with the place before",
            "You compare outputs at different places with each other. Compare the output at place t"
            " with itself, before and after a change behind it.",
            swap=[(MOVED, "moved = np.roll(net(other), 1, axis=0) != before")],
        ),
    ],
    hints=(
        (
            "What may output t depend on, and what not? Leave the first as it is, change the"
            " second, and ask the net again."
        ),
        (
            "For each t on its own: a copy of x, other numbers at all places from t + 1 on, and of"
            " the new outputs only the one at place t. With what kind of other numbers could a net"
            " fail to notice the change?"
        ),
        (
            "`other[t + 1:] = size * rng.normal(size=x[t + 1:].shape)`, for some sizes from 1 to"
            " 1000; then `(net(other)[t] != before[t]).any()`."
        ),
    ),
    passed=(
        "Nets of nineteen kinds, none wrongly accused and none let off. Run this on a fresh"
        " network, before its first update. A loss that is too good to be true would tell you as"
        " well, but only after the training."
    ),
)
