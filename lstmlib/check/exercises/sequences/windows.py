"""Windows of length k along a batch of sequences."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe

ORDER = ("The present input comes first, then the one before it, and so on back: block j of the "
         "last axis is the input j steps earlier.")


def counted(*shape):
    """1, 2, 3, …: numbers one can find again in the output."""
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


def probes(rng):
    yield Probe("windows of two", (counted(3, 1, 1), 2),
                "The inputs are 1, 2, 3. The windows, newest first: (1, 0), (2, 1), (3, 2).",
                {"T": 3, "B": 1, "M": 1, "kM": 2})
    yield Probe("a window of one", (rng.normal(size=(3, 2, 5)), 1),
                "With k = 1 a window holds the present input alone: x itself.",
                {"T": 3, "B": 2, "M": 5, "kM": 5})
    yield Probe("inputs of two numbers", (counted(3, 1, 2), 2),
                ORDER, {"T": 3, "B": 1, "M": 2, "kM": 4})
    yield Probe("two sequences", (counted(4, 2, 1), 3),
                "The window runs back along time, the first axis. Sequences of a batch never meet.",
                {"T": 4, "B": 2, "M": 1, "kM": 3})
    yield Probe("a window longer than the sequence", (rng.normal(size=(2, 3, 1)), 5),
                "Where there is no input yet, the window holds zeros.",
                {"T": 2, "B": 3, "M": 1, "kM": 5})
    yield Probe("a single step", (rng.normal(size=(1, 2, 3)), 4),
                "One input and nothing before it: three blocks of zeros.",
                {"T": 1, "B": 2, "M": 3, "kM": 12})
    yield Probe("as many steps as sequences", (rng.normal(size=(3, 3, 2)), 2),
                "The window runs back along time, the first axis. Sequences of a batch never meet.",
                {"T": 3, "B": 3, "M": 2, "kM": 4})
    yield Probe("a random batch", (rng.normal(size=(7, 3, 2)), 5), ORDER,
                {"T": 7, "B": 3, "M": 2, "kM": 10})


def reference(x, k):
    """Entry by entry."""
    T, B, M = x.shape
    out = np.zeros((T, B, k * M))
    for t, sequence, j, m in np.ndindex(T, B, k, M):
        if t >= j:
            out[t, sequence, j * M + m] = x[t - j, sequence, m]
    return out


EXERCISE = Code(
    title="Cut the windows",
    level="standard",
    statement=r"""
A network without memory can use the past if the past is laid before it. `x` has the shape `(T, B,
M)`: $T$ steps of $B$ sequences, each input a vector of $M$ numbers. Make of each input a **window**
of length $k$: the input $x_t$ itself and the $k-1$ inputs before it, side by side in one long
vector, the newest first,

$$ w_t = (x_t,\; x_{t-1},\; \dots,\; x_{t-k+1}), $$

with zeros where there is no input yet. The result has the shape `(T, B, k * M)`: still one vector
for each step of each sequence. $k$ is a whole number from 1 on, and may be larger than $T$.""",
    example='''\
def change(x):
    """x_t minus x_(t-1), with zeros before the first input: (T, B, M)."""
    before = np.concatenate([np.zeros((1, *x.shape[1:])), x[:-1]])
    return x - before


x = np.array([1.0, 4.0, 9.0, 16.0]).reshape(4, 1, 1)
print(change(x)[:, 0, 0])''',
    task="""
The example puts one row of zeros before the sequence, so that each input can meet the one before
it. You need $k - 1$ of them, and the inputs side by side instead of their difference.""",
    starter='''\
def windows(x, k):
    """Each input with the k - 1 before it, newest first, (T, B, k * M)."""
    ...
    return w''',
    returns="w",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("round the corner",
                "The first windows hold inputs from the end of the sequence: np.roll brings back "
                "at the front what falls off behind. There must be zeros, or the network sees its "
                "own future.",
                source='''\
def windows(x, k):
    return np.concatenate([np.roll(x, j, axis=0) for j in range(k)], axis=-1)
'''),
        Mistake("rolled as one row of numbers",
                "np.roll without axis= rolls all numbers of the array as one long row. Along time "
                "it is axis=0; and even then it brings back at the front what falls off behind, "
                "where zeros should be.",
                source='''\
def windows(x, k):
    return np.concatenate([np.roll(x, j) for j in range(k)], axis=-1)
'''),
        Mistake("a negative index",
                "Your first windows hold inputs from the end of the sequence: x[t - j] with t - j "
                "below 0 counts from the end. Where t - j is negative there must be zeros, or the "
                "network sees its own future.",
                source='''\
def windows(x, k):
    return np.array([np.concatenate([x[t - j] for j in range(k)], axis=-1) for t in range(len(x))])
'''),
        Mistake("the present left out",
                "Your windows begin one step too early: the present input is missing, and there is "
                "one too far back.",
                source='''\
def windows(x, k):
    padded = np.concatenate([np.zeros((k, *x.shape[1:])), x])
    return np.concatenate([padded[k - 1 - j:k - 1 - j + len(x)] for j in range(k)], axis=-1)
'''),
        Mistake("into the future",
                "Your windows reach forward: they hold the inputs after the present one, with the "
                "zeros at the end. A network that is to use the past must not see what has not "
                "come yet.",
                source='''\
def windows(x, k):
    padded = np.concatenate([x, np.zeros((k - 1, *x.shape[1:]))])
    return np.concatenate([padded[j:j + len(x)] for j in range(k)], axis=-1)
'''),
        Mistake("one input over",
                "Each window holds k + 1 inputs. The present one counts: only k - 1 come from "
                "before.",
                source='''\
def windows(x, k):
    padded = np.concatenate([np.zeros((k, *x.shape[1:])), x])
    return np.concatenate([padded[k - j:k - j + len(x)] for j in range(k + 1)], axis=-1)
'''),
        Mistake("one input short",
                "Each window holds k - 1 inputs: the oldest is missing. The present one and k - 1 "
                "before it make k.",
                source='''\
def windows(x, k):
    padded = np.concatenate([np.zeros((k - 1, *x.shape[1:])), x])
    parts = [padded[k - 1 - j:k - 1 - j + len(x)] for j in range(k - 1)]
    return np.concatenate([*parts, np.zeros((*x.shape[:2], 0))], axis=-1)
'''),
        Mistake("one input short, and none for k = 1",
                "You join k - 1 parts, so that a window holds the present input and k - 2 before "
                "it, and nothing at all where k is 1. k parts are needed, for j from 0 to k - 1.",
                swap=[("for j in range(k)]", "for j in range(k - 1)]")]),
        Mistake("more zeros than steps",
                "It fails where k is larger than T. j zeros and then `x[:-j]` are T steps as long "
                "as j is at most T, and too many beyond. Lengthen the sequence by its zeros first, "
                "and cut T steps out of it.",
                source='''\
def windows(x, k):
    parts = [x]
    for j in range(1, k):
        parts.append(np.concatenate([np.zeros((j, *x.shape[1:])), x[:-j]]))
    return np.concatenate(parts, axis=-1)
'''),
        Mistake("only full windows",
                "You keep only the steps that have k inputs, and lose the first k - 1. Each step "
                "has a window; what is missing before the first input is zero.",
                swap=[("w = np.concatenate(parts, axis=-1)", "w = np.concatenate(parts, axis=-1)[k "
                                                             "- 1:]")]),
        Mistake("shuffled into each other",
                "The numbers of the inputs are mixed: you have stacked along a new last axis and "
                "flattened it, so that the first numbers of all k inputs come first. Each input "
                "should stay together.",
                swap=[("w = np.concatenate(parts, axis=-1)",
                       "w = np.stack(parts, axis=-1).reshape(*x.shape[:2], -1)")]),
        Mistake("the window's axis last",
                "sliding_window_view puts the window's own axis last, behind the M numbers, and "
                "the oldest input first. Turn the order round and move that axis before the M "
                "numbers; then the two can be made one.",
                source='''\
def windows(x, k):
    padded = np.concatenate([np.zeros((k - 1, *x.shape[1:])), x])
    views = np.lib.stride_tricks.sliding_window_view(padded, k, axis=0)
    return views.reshape(*x.shape[:2], -1)
'''),
        Mistake("sequences mixed by reshape",
                "The k inputs of a step, (k, B, M), are reshaped to (B, k * M) as they stand, and "
                "that mixes the sequences. reshape only cuts the row of numbers anew: B has to "
                "come first before it.",
                source='''\
def windows(x, k):
    padded = np.concatenate([np.zeros((k - 1, *x.shape[1:])), x])
    return np.array([padded[t:t + k][::-1].reshape(x.shape[1], -1) for t in range(len(x))])
'''),
        Mistake("steps mixed by reshape",
                "You stack the k parts, (k, T, B, M), and reshape them as they stand. reshape "
                "moves no axis, it cuts the row of numbers anew, and that mixes the steps: join "
                "the parts along the last axis.",
                swap=[("w = np.concatenate(parts, axis=-1)",
                       "w = np.array(parts).reshape(*x.shape[:2], -1)")]),
        Mistake("the first input for zeros",
                "Before the beginning you repeat the first input. There it should be zeros: "
                "nothing has come yet.",
                swap=[("zeros = np.zeros((k - 1, *x.shape[1:]))", "zeros = np.repeat(x[:1], k - 1, "
                                                                  "axis=0)")]),
        Mistake("along the batch",
                "Your windows run along axis 1: they mix sequence 1 with sequence 2. Time is axis "
                "0.",
                source='''\
def windows(x, k):
    zeros = np.zeros((x.shape[0], k - 1, x.shape[2]))
    padded = np.concatenate([zeros, x], axis=1)
    return np.concatenate([padded[:, k - 1 - j:k - 1 - j + x.shape[1]] for j in range(k)], axis=-1)
'''),
        Mistake("added up",
                "You add the k inputs up instead of laying them side by side: that is a bag, and "
                "their order is lost.",
                swap=[("w = np.concatenate(parts, axis=-1)", "w = np.sum(parts, axis=0)")]),
        Mistake("below instead of beside",
                "You join the k parts along time (axis 0). They belong side by side, along the "
                "last axis.",
                swap=[("w = np.concatenate(parts, axis=-1)", "w = np.concatenate(parts, axis=0)")]),
        Mistake("a new axis",
                "The k inputs stand along an axis of their own. A layer wants one vector a step: "
                "join them along the last axis.",
                swap=[("w = np.concatenate(parts, axis=-1)", "w = np.stack(parts, axis=2)")]),
    ],
    conventions=[
        Convention("oldest first",
                   "You lay the oldest input first. That is as good, and is how the weights of a "
                   "PyTorch Conv1d lie; this page asked for the newest first, so a W made for the "
                   "one order does not fit the other.",
                   swap=[("for j in range(k)]", "for j in reversed(range(k))]")]),
    ],
    hints=(
        "Think of k copies of the sequence, each delayed by one step more than the last. Side by "
        "side they are the windows.",
        "Put k - 1 rows of zeros before the sequence. The copy delayed by j steps is then a slice "
        "of length T: where does it begin?",
        "It begins at `k - 1 - j`. Collect the slices for `j in range(k)` and join them with "
        "`np.concatenate(..., axis=-1)`.",
    ),
    passed="With this in front a network without memory sees k inputs, and solves every lag below "
           "k.",
)
