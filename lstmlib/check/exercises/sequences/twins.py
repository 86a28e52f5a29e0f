"""Two sequences that no pooled window of k can tell apart; any such pair is right."""

from collections import Counter

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe


def probes(rng):
    for k, says in ((1, "Windows of one: the same letters, each as often, in another order."),
                    (2, "Pairs of neighbours: each pair must occur equally often in both."),
                    (3, "Windows of three."), (5, "Windows of five."), (8, "Windows of eight.")):
        yield Probe(f"k = {k}", (k,), says, {"k": k})


def found(sequence, k):
    """The windows of k, and how often each occurs."""
    return Counter(tuple(sequence[t:t + k].tolist()) for t in range(len(sequence) - k + 1))


def verify(args, got):
    k, = args
    one, other = (np.asarray(got[name]) for name in ("one", "other"))
    for name, sequence in zip(("first", "second"), (one, other)):
        if sequence.ndim != 1:
            return (f"The {name} sequence has the shape {sequence.shape}. A sequence is one row of "
                    "whole numbers, with the shape (T,).")
        if not np.all(np.isfinite(sequence)) or np.any(sequence != np.round(sequence)):
            return (f"The {name} sequence holds something that is no whole number; letters are "
                    "0, 1, 2 and so on.")
    if len(one) != len(other):
        return "different lengths"
    if len(one) < k:
        return f"Your sequences have {len(one)} letters, too few for a single window of {k}."
    if np.array_equal(one, other):
        return "one sequence twice"
    if found(one, k) == found(other, k):
        return None
    if found(one, 1) != found(other, 1):
        return "different letters"
    if (k > 2 and found(one, k - 1) == found(other, k - 1)
            or k == 2 and np.ptp(np.flatnonzero(one != other)) == 1):     # two neighbours exchanged
        return "one letter too short"
    if np.array_equal(one[::-1], other):
        return "backwards"
    if any(np.array_equal(np.roll(one, turn), other) for turn in range(len(one))):
        return "turned as a ring"
    if k == 2:
        return "one letter too short"
    first, second = found(one, k), found(other, k)
    only = next(iter(first - second))
    return (f"The window {' '.join(map(str, only))} occurs {first[only]} times in the first "
            f"sequence and {second[only]} times in the second.")


EXERCISE = Code(
    title="Twins",
    level="open",
    statement=r"""
Add up the words of a sentence, and *from Beijing to Shanghai* becomes the same as *from Shanghai to
Beijing*. Somebody proposes a way out: don't add up the words, slide a window over the sentence,
look at each $k$ neighbours together, and add up what was found there. Now order counts, within a
window.

Does it help for good? Whatever a network makes of the single windows, once it is added up, all that
is left of a sequence is *which windows occurred, and how often*. Show that this is not enough, for
any $k$: write `twins(k)`, which returns two sequences of whole numbers (the letters 0, 1, 2, …)
that

- have the same length, at least $k$, and are **not the same**,
- have the same windows of $k$ neighbouring letters, each the same number of times.

Only full windows count, those with all $k$ letters inside the sequence. For $k = 1$ a window is a
letter, and `[1, 2]` and `[2, 1]` will do. There are many right answers; yours is judged by what it
does, for several $k$.""",
    example='''\
from collections import Counter


def found(sequence, k):
    """The windows of k letters, and how often each occurs."""
    starts = range(len(sequence) - k + 1)
    return Counter(tuple(sequence[t:t + k]) for t in starts)


print(found([1, 2], 1) == found([2, 1], 1))
print(found([0, 1, 2], 2) == found([2, 1, 0], 2))
print(dict(found([0, 1, 2], 2)), dict(found([2, 1, 0], 2)))''',
    task="""
Take a pencil first, and $k = 2$: which letters can you exchange so that no pair of neighbours
notices?""",
    starter='''\
def twins(k):
    """Two different sequences of letters 0, 1, 2, … with the same windows of k."""
    ...
    return one, other''',
    returns=("one", "other"),
    probes=probes,
    verify=verify,
    mistakes=[
        Mistake("one sequence twice",
                "The two are the same sequence. They should have the same windows, but in another "
                "order.",
                swap=[("[*hinge, 2, *hinge, 1, *hinge]", "[*hinge, 1, *hinge, 2, *hinge]")]),
        Mistake("different lengths",
                "The two differ in length, so one has more windows than the other.",
                swap=[("[*hinge, 2, *hinge, 1, *hinge]", "[*hinge, 2, *hinge, 1, *hinge, 0]")]),
        Mistake("different letters",
                "Some letter occurs more often in one of the two, so the windows can't all be the "
                "same. Exchange places, not letters.",
                swap=[("[*hinge, 2, *hinge, 1, *hinge]", "[*hinge, 2, *hinge, 3, *hinge]")]),
        Mistake("backwards",
                "The second is the first read backwards. Then every window is read backwards as "
                "well: what was 0 1 is now 1 0.",
                source='''\
def twins(k):
    one = np.arange(k + 1)
    return one, one[::-1]
'''),
        Mistake("turned as a ring",
                "The second is the first with a piece moved from the front to the end. That keeps "
                "all windows of a ring; a sequence has ends, and the windows across the old and "
                "the new seam differ. What if both began and ended alike?",
                source='''\
def twins(k):
    hinge = [0] * (k - 1)
    return np.array([1, *hinge, 2, *hinge, 3]), np.array([3, 1, *hinge, 2, *hinge])
'''),
        Mistake("one letter too short",
                "Windows of k - 1 can't tell your two apart, but windows of k can: one of them "
                "sees, at the same time, a letter that moved and a letter that tells where it is. "
                "What stands between and around the moved parts must be longer.",
                source='''\
def twins(k):
    hinge = [0] * (k - 2)
    return np.array([*hinge, 1, *hinge, 2, *hinge, 0]), np.array([*hinge, 2, *hinge, 1, *hinge, 0])
'''),
    ],
    hints=(
        "For k = 2 let two letters change places, each of which has the same neighbour on its left "
        "and on its right, in both sequences.",
        "0 1 0 2 0 and 0 2 0 1 0: every pair holds a 0, and no pair sees 1 and 2 together. What "
        "must the zeros become when the window grows?",
        "A window of k that holds the 1 must see only zeros beside it, and never the 2. How many "
        "zeros must there be between the two, before the first and behind the last?",
    ),
    passed="The wall moves and does not fall: for every window there are twins that it can't tell "
           "apart once the windows are added up. A state that is carried along has no such window.",
)
