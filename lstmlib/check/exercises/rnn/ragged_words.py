"""Sequences of unequal length in one batch: the state stands still where one has ended."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.check.exercises.rnn.rnn_over_time import _STEP
from lstmlib.numpy import RNN, unroll


def _case(rng, lengths, M, D, T=None):
    T, B = max(lengths) if T is None else T, len(lengths)
    params = {"W": rng.normal(size=(D, M)), "U": 0.7 * rng.normal(size=(D, D)),
        "b": rng.normal(size=D)}
    return params, rng.normal(size=(T, B, M)), np.array(lengths), rng.uniform(-1, 1, size=(B, D))


def probes(rng):
    yield Probe("all of one length", _case(rng, [3, 3], 4, 5),
                "Nothing is padding here: it is the plain loop over time. Where arrays do not fit, "
                "write their shapes beside the line.", {"T": 3, "B": 2, "M": 4,
                    "D": 5})
    yield Probe("one sequence, padded by a step", _case(rng, [2], 3, 5, T=3),
                "One sequence of length 2 and a third input that is padding: two outputs, then "
                "zeros, and the last state is the one after two steps.", {"T": 3, "B": 1, "D": 5})
    yield Probe("two lengths", _case(rng, [1, 4], 3, 5),
                "The first sequence ends after one step, the second goes on: what happens to the "
                "first one's state and outputs meanwhile?", {"T": 4, "B": 2, "M": 3, "D": 5})
    yield Probe("as many steps as sequences", _case(rng, [2, 4, 1, 3], 3, 5),
                "Here T = B = 4, so that a mask of the wrong orientation fits: lengths belong to "
                "sequences.",
                {"M": 3, "D": 5})
    yield Probe("as many sequences as units", _case(rng, [2, 3, 1], 5, 3),
                "Here B = D = 3, so that a mask over the sequences also fits as one over the "
                "units: it belongs in a column, (B, 1).", {"M": 5})
    yield Probe("a sequence of length 0", _case(rng, [2, 0, 3], 4, 5),
                "A sequence of length 0 reads nothing: its outputs are zero, and its last state is "
                "the one it started from.", {"M": 4, "D": 5})
    yield Probe("all shorter than the array", _case(rng, [2, 5, 3], 2, 4, T=7),
                "No sequence is as long as the array: the last steps are padding for all of them.",
                {"T": 7, "B": 3, "M": 2, "D": 4})
    for name in ("a random case", "another random case"):
        lengths = [7, *rng.integers(0, 8, size=3).tolist(), int(rng.integers(1, 6))]
        yield Probe(name, _case(rng, lengths, 2, 3),
                    "Take the sequences one by one, each cut off at its length, and compare.",
                    {"T": 7, "B": 5, "M": 2, "D": 3})


def reference(params, x, lengths, h):
    D, M = params["W"].shape
    outputs, last = np.zeros((*x.shape[:2], D)), h.copy()
    for k, n in enumerate(lengths):
        if n:
            run = unroll(RNN(M, D), params, x[:n, k:k + 1], {"h": h[k:k + 1]})
            outputs[:n, k], last[k] = run.outputs[:, 0], run.state["h"][0]
    return outputs, last


EXERCISE = Code(
    title="Words of unequal length",
    level="standard",
    statement=r"""
A batch is one array, and words differ in length. So the short ones are filled up at the end with
**padding**: inputs that mean nothing and must have no effect. `x` has shape (T, B, M), and
`lengths`, (B,), says how many of the $T$ inputs of each sequence are real, from 0 to $T$. The
padding holds arbitrary numbers, not zeros.

Return the **outputs** (T, B, D), with zeros wherever a sequence has ended, and the **last state**
of each sequence, (B, D): the state after its *own* last input, or its initial state if it has none.
`h`, (B, D), is the initial state, and `step` is given.
""",
    example='''
def largest_so_far(x, lengths, m):
    """Each sequence's largest input: x (T, B), m (B,) to start from."""
    for t in range(len(x)):
        real = t < lengths                          # (B,): is input t real?
        m = np.where(real & (x[t] > m), x[t], m)    # elsewhere m stays
    return m


x = np.array([[3.0, 1.0], [5.0, 2.0], [9.0, 7.0]])  # three steps of two
largest_so_far(x, lengths=np.array([2, 3]), m=np.zeros(2))
''',
    task="Write the loop for the plain cell, so that padding has no effect: five or six lines.",
    starter=_STEP + '''

def ragged(params, x, lengths, h):
    """Outputs (T, B, D), zero beyond each length; last states (B, D)."""
    ...
    return outputs, h
''',
    returns=("outputs", "h"),
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake("the mask lies along the units",
                "`t < lengths` has shape (B,), one entry a sequence. Beside (B, D) NumPy lays it "
                "along the last axis, the units, and refuses unless B = D. Make it a column, (B, "
                "1), with `[:, None]`.",
                swap=[("(t < lengths)[:, None]", "(t < lengths)")]),
        Mistake("the lengths are not used",
                "Padding is read like any input. From a sequence's end on its outputs are zero and "
                "its state stands still.",
                swap=[("h = np.where(real, new, h)", "h = new"), ("np.where(real, h, 0)", "h")]),
        Mistake("the state reads the padding",
                "Your outputs stop where they should, but the state goes on reading: what you "
                "return is the state after the padding. Where a sequence has ended, keep the old "
                "state.",
                swap=[("h = np.where(real, new, h)", "h = new")]),
        Mistake("the last output goes on",
                "The state stands still, as it should, but it is also written to the outputs "
                "beyond the end. Those are to be zero.",
                swap=[("np.where(real, h, 0)", "h")]),
        Mistake("the state is wiped out",
                "Sequences that ended early come back with zeros: either the state is multiplied "
                "by the mask, or the last row of the outputs is returned. It should stand still: "
                "the old state where the sequence has ended.",
                swap=[("h = np.where(real, new, h)", "h = np.where(real, new, 0)")]),
        Mistake("zeros are read instead of the padding",
                "You set the padding to zero and read it. A zero input is an input: U h + b still "
                "moves the state. A sequence that has ended makes no step.",
                swap=[("step(params, x[t], h)", "step(params, np.where(real, x[t], 0), h)"),
                      ("h = np.where(real, new, h)", "h = new")]),
        Mistake("one step too many",
                "You read input number `length`, counted from 0, which is the first of the "
                "padding: `t < lengths`, not `t <= lengths`.",
                swap=[("t < lengths", "t <= lengths")]),
        Mistake("one step too few",
                "Your sequences end one step early. With length n the real inputs are t = 0 to n − "
                "1: `t < lengths`.",
                swap=[("t < lengths", "t < lengths - 1")]),
        Mistake("the padding looked for in front",
                "You take the last inputs for the real ones. Here padding stands at the end of "
                "each sequence.",
                swap=[("t < lengths", "t >= len(x) - lengths")]),
        Mistake("the mask upside down",
                "You step where the sequence has ended and stand still where it is real: the "
                "condition is the wrong way round.",
                swap=[("t < lengths", "t >= lengths")]),
        Mistake("all stop with the shortest",
                "Your loop ends where the shortest sequence ends. Each has its own length.",
                swap=[("range(len(x))", "range(lengths.min())")]),
        Mistake("all go on to the longest",
                "Your loop ends where the longest sequence ends, but until then the shorter ones "
                "read their padding. Each has its own length.",
                swap=[("range(len(x))", "range(lengths.max())"),
                      ("h = np.where(real, new, h)", "h = new"),
                      ("np.where(real, h, 0)", "h")]),
        Mistake("the last state looked up at length − 1",
                "You look up the last states in the outputs, at place `lengths - 1`. For length 0 "
                "that is −1, the last row; such a sequence keeps its initial state.",
                swap=[("return outputs, h",
                       "return outputs, outputs[lengths - 1, np.arange(len(h))]")]),
        Mistake("the last state looked up at the length",
                "You look up the last states in the outputs at place `lengths`, which is one too "
                "far (and does not exist for the longest). The output after n inputs stands at "
                "place n − 1.",
                swap=[("return outputs, h",
                       "return outputs, outputs[lengths, np.arange(len(h))]")]),
        Mistake("the plain loop, and looked up at length − 1",
                "You run the plain loop and look the last states up at place `lengths - 1`. For "
                "length 0 that is −1, the last row; such a sequence keeps its initial state.",
                source='''
def ragged(params, x, lengths, h):
    outputs = np.zeros((len(x), *h.shape))
    for t in range(len(x)):
        h = step(params, x[t], h)
        outputs[t] = h
    last = outputs[lengths - 1, np.arange(len(h))]
    real = np.arange(len(x))[:, None] < lengths
    return np.where(real[:, :, None], outputs, 0), last
'''),
        Mistake("the plain loop, and looked up at the length",
                "You run the plain loop and look the last states up at place `lengths`, which is "
                "one too far (and does not exist for the longest). The output after n inputs "
                "stands at place n − 1.",
                source='''
def ragged(params, x, lengths, h):
    outputs = np.zeros((len(x), *h.shape))
    for t in range(len(x)):
        h = step(params, x[t], h)
        outputs[t] = h
    last = outputs[lengths, np.arange(len(h))]
    real = np.arange(len(x))[:, None] < lengths
    return np.where(real[:, :, None], outputs, 0), last
'''),
        Mistake("set back to the start",
                "Where a sequence has ended you set its state back to the initial one. It should "
                "stand still, as its own last input left it.",
                swap=[("for t in range(len(x)):", "start = h\n    for t in range(len(x)):"),
                      ("h = np.where(real, new, h)", "h = np.where(real, new, start)")]),
        Mistake("starts from zeros",
                "The initial state is handed over, and it need not be zero: do not replace it.",
                swap=[("outputs = np.zeros((len(x), *h.shape))",
                       "outputs = np.zeros((len(x), *h.shape)); h = np.zeros_like(h)")]),
    ],
    hints=(
        "Run the plain loop, and ask in each round: for which sequences is input t real? That is "
        "one comparison with `lengths`.",
        "Compute the new state for all rows, then choose for each row: the new one where the input "
        "is real, the old one where not. `np.where` chooses; give the condition the shape (B, 1), "
        "so that it meets (B, D).",
        "`real = (t < lengths)[:, None]`; then h is `np.where(real, new, h)`, and what is stored "
        "is h where real, and 0 elsewhere.",
    ),
    passed="Your batch of unequal sequences gives each one the outputs and the last state that it "
           "would have alone: padding has no effect.",
)
