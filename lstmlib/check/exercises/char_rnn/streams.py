"""A text laid out as parallel streams and cut into windows, so that a state can be carried."""

import numpy as np

from lstmlib.check.exercise import Code, Convention, Mistake, Probe


def sizes(ids, T, B):
    return {"N": (len(ids) - 1) // (T * B), "T": T, "B": B}


def probes(rng):
    for count, T, B, name, says in (
            (7, 3, 1, "one stream, two windows",
             "The text is the numbers 0 to 6, each its own place. One stream, two windows of 3: "
             "inputs 0 1 2 and 3 4 5, targets 1 2 3 and 4 5 6."),
            (13, 3, 2, "two streams of two windows",
             "The text is the numbers 0 to 12, each its own place, so you can read off where each "
             "came from. Stream 0 is 0 to 5, stream 1 is 6 to 11; window 0 holds the first three "
             "of each."),
            (14, 2, 2, "one symbol left over",
             "Three windows of 2 in 2 streams are 12 inputs. With the last target that makes 13 "
             "symbols; one is left over."),
            (12, 3, 2, "one symbol too few",
             "Twelve symbols would be enough for 12 inputs, but the last of them would have no "
             "target. So there is one window, not two, and the streams are 3 long."),
            (19, 3, 3, "T = B", "Windows of 3 in 3 streams: axes that are exchanged still fit."),
            (7, 1, 3, "windows of one", "Windows of a single symbol, three streams."),
            (97, 5, 3, "a longer text", "The numbers 0 to 96, each its own place.")):
        ids = np.arange(count)
        yield Probe(name, (ids, T, B), says, sizes(ids, T, B))
    for count, T, B in ((71, 5, 2), (118, 3, 7)):
        ids = rng.integers(100, size=count)
        yield Probe(
            f"random symbols, {B} streams",
            (ids, T, B),
            "Random symbols.",
            sizes(ids, T, B),
        )


def reference(ids, T, B):
    N = (len(ids) - 1) // (T * B)
    inputs, targets = np.zeros((N, T, B), dtype=int), np.zeros((N, T, B), dtype=int)
    for n in range(N):
        for t in range(T):
            for b in range(B):
                place = b * N * T + n * T + t
                inputs[n, t, b], targets[n, t, b] = ids[place], ids[place + 1]
    return inputs, targets


COUNT = "N = (len(ids) - 1) // (T * B)"
IN = "inputs = ids[:B * length].reshape(B, length)"
OUT = "targets = ids[1:B * length + 1].reshape(B, length)"
CUT_IN, CUT_OUT = "inputs = inputs.T.reshape(N, T, B)", "targets = targets.T.reshape(N, T, B)"

EXERCISE = Code(
    title="Cut a text so that the state can be carried",
    level="standard",
    statement="""
`ids` is a text, a row of integers. For truncated backpropagation with a carried state it is laid
out as $B$ parallel *streams* and cut into $N$ windows of $T$ symbols. Window $n$ is an array
$(T, B)$: column $b$ belongs to stream $b$, and goes on where column $b$ of window $n-1$ stopped.
The streams are consecutive stretches of the text, $N T$ symbols each: stream 0 is the beginning
of the text, stream 1 goes on where stream 0 ended, and so on. The target of each symbol is the
one that follows it in the text.

Take as many windows as the text allows: $B N T$ inputs and one symbol more, the target of the
last. What is left over at the end is not used. Return

- `inputs`, shape $(N, T, B)$, the windows in the order in which they are read;
- `targets`, shape $(N, T, B)$: at each place the symbol that follows.""",
    example='''# one stream, B = 1: the windows of T = 3 follow each other
ids, T = np.arange(10), 3
N = (len(ids) - 1) // T
for n in range(N):
    now, later = n * T, n * T + 1
    print("window", n, ids[now:now + T], "targets", ids[later:later + T])''',
    task="""
Now for $B$ streams side by side. With `ids = np.arange(13)`, $T = 3$ and $B = 2$, window 0 has
the columns 0 1 2 and 6 7 8, and window 1 has 3 4 5 and 9 10 11.""",
    starter='''def windows(ids, T, B):
    """inputs and targets, (N, T, B) each."""
    ...
    return inputs, targets''',
    returns=("inputs", "targets"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "interleaved streams",
            "Neighbouring columns hold neighbouring symbols, as when one deals cards: column 0 "
            "then reads every B-th symbol. (A `reshape(N, T, B)` of the text, or of streams that "
            "lie in rows, does this.) Each column should read a stretch of the text as it stands.",
            swap=[
                (IN, "inputs = ids[:B * length].reshape(length, B).T"),
                (OUT, "targets = ids[1:B * length + 1].reshape(length, B).T"),
            ],
        ),
        Mistake(
            "the next windows side by side",
            "The columns of one batch are B windows that follow each other in the text, as a "
            "plain loader would hand them out. Then column 0 goes on in column 1 of the same "
            "batch, and the carried state arrives at the wrong place: it is the next *batch* that "
            "must go on in the same column.",
            swap=[
                (
                    IN,
                    "inputs = ids[:B * length].reshape(N, B, T).swapaxes(0, 1).reshape(B, length)",
                ),
                (
                    OUT,
                    "targets = ids[1:B * length + 1].reshape(N, B, T).swapaxes(0, 1).reshape(B, "
                    "length)",
                ),
            ],
        ),
        Mistake(
            "targets not shifted",
            "Each target is the input itself. A network learns to copy that within a minute, at "
            "no bits at all: the target is the symbol after it.",
            swap=[(OUT, "targets = ids[:B * length].reshape(B, length)")],
        ),
        Mistake(
            "the symbol before for the target",
            "Each target is the symbol before its input: shifted the wrong way (`np.roll(ids, 1)` moves "
            "everything one place on). The target is the symbol after it.",
            swap=[(OUT, "targets = np.roll(ids, 1)[:B * length].reshape(B, length)")],
        ),
        Mistake(
            "inputs and targets exchanged",
            "Each target is the symbol before its input. The network is to say what comes, not "
            "what was.",
            swap=[("return inputs, targets", "return targets, inputs")],
        ),
        Mistake(
            "the last target taken from the window's beginning",
            "At the end of each window the target is the first symbol of the same window: "
            "`np.roll` brings back at one end what leaves at the other. The target there is the "
            "first symbol of the next window.",
            swap=[(CUT_OUT, "targets = np.roll(inputs, -1, axis=1)")],
        ),
        Mistake(
            "the last target taken from the stream's beginning",
            "The very last target of each stream is the stream's own first symbol, which "
            "`np.roll` has brought round. It should be the symbol that follows in the text, the "
            "first of the next stream.",
            swap=[(OUT, "targets = np.roll(inputs, -1, axis=1)")],
        ),
        Mistake(
            "a last target invented",
            "You take a window more than there is text for, and its last target is the first "
            "symbol of the text, which does not follow there. The last input needs a symbol "
            "behind it: count with len(ids) - 1.",
            swap=[
                (COUNT, "N = len(ids) // (T * B)"),
                (OUT, "targets = np.roll(ids, -1)[:B * length].reshape(B, length)"),
            ],
        ),
        Mistake(
            "a window too few",
            "Each stream gives one symbol away for its last target, so a window may be lost. Only "
            "the last stream needs a symbol more; the others find it in the next stream.",
            swap=[(COUNT, "N = (len(ids) // B - 1) // T")],
        ),
        Mistake(
            "the batch before the time",
            "The axes are (N, B, T). With T = B it fits; the order asked for is window, time, "
            "stream.",
            swap=[
                (CUT_IN, "inputs = inputs.reshape(B, N, T).swapaxes(0, 1)"),
                (CUT_OUT, "targets = targets.reshape(B, N, T).swapaxes(0, 1)"),
            ],
        ),
        Mistake(
            "the axes from the streams down",
            "The axes are (B, N, T) or the like: all windows of stream 0 come first. Window n "
            "should hold its part of every stream.",
            swap=[
                (CUT_IN, "inputs = inputs.reshape(B, N, T)"),
                (CUT_OUT, "targets = targets.reshape(B, N, T)"),
            ],
        ),
        Mistake(
            "shuffled windows",
            "They are the right windows in random order. Then the state that is carried into a "
            "window comes from somewhere else in the text: keep the order.",
            swap=[
                (
                    "return inputs, targets",
                    "order = np.random.default_rng(0).permutation(N)\n    return inputs[order], "
                    "targets[order]",
                ),
            ],
        ),
        Mistake(
            "backwards",
            "The windows come in the reverse order: the state would be carried from what follows "
            "to what was before.",
            swap=[("return inputs, targets", "return inputs[::-1], targets[::-1]")],
        ),
    ],
    conventions=[
        Convention(
            "streams of a B-th of the text",
            "Your streams are len(ids) // B symbols long, so that each begins at a B-th of the "
            "text, and its rest is left out at its own end. The reader of TensorFlow's Penn "
            "Treebank tutorial does this, and so does `batchify` in PyTorch's "
            "word_language_model, which keeps a shorter last window. The state is carried as "
            "well; a few more symbols are never read.",
            source='''
def windows(ids, T, B):
    length = len(ids) // B
    N = (length - 1) // T
    rows = ids[:B * length].reshape(B, length)
    cut = lambda first: rows[:, first:first + N * T].T.reshape(N, T, B)
    return cut(0), cut(1)''',
        ),
        Convention(
            "streams with a rest of their own",
            "Your streams are (len(ids) - 1) // B symbols long, and the rest of each is left out at "
            "its own end, not at the end of the text. Loaders differ in this; the state is carried as "
            "well, and as many symbols are read.",
            swap=[
                (IN, "inputs = ids[:(len(ids) - 1) // B * B].reshape(B, -1)[:, :length]"),
                (OUT, "targets = ids[1:(len(ids) - 1) // B * B + 1].reshape(B, -1)[:, :length]"),
            ],
        ),
    ],
    hints=(
        "Write the numbers 0 to 12 in two rows of six. Window 0 is the left half of both rows; in "
        "it, time runs down and the streams stand side by side.",
        "`ids[:B * N * T].reshape(B, N * T)` has a stream in each row. The targets are the same "
        "with everything one place later in `ids`.",
        "Transpose, so that time comes first, (N * T, B): then `reshape(N, T, B)` cuts the time "
        "into windows and leaves the streams alone.",
    ),
    passed=(
        "Column b of each window goes on where column b of the window before stopped: a state "
        "carried along has read what stands to the left."
    ),
)
