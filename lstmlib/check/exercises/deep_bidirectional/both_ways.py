"""The outputs of a bidirectional network on sequences of unequal length."""

import numpy as np

from lstmlib.check.exercise import Code, Mistake, Probe
from lstmlib.numpy import RNN, unroll


def drawn(rng, lengths, M, D_f, D_b, T=None):
    draw = lambda *shape: rng.uniform(0.3, 1.0, shape) * rng.choice([-1, 1], shape)
    T, B = T or max(lengths), len(lengths)
    params = [{"W": draw(D, M), "U": draw(D, D) / np.sqrt(D), "b": draw(D)} for D in (D_f, D_b)]
    sizes = {"T": T, "B": B, "M": M, "D_f + D_b": D_f + D_b}
    return (*params, draw(T, B, M), np.array(lengths)), sizes


def probes(rng):
    alone = "Take the sequences one by one, each cut off at its length, and compare."
    for name, lengths, sizes, says in (
        ("one sequence, no padding", [3], (2, 1, 4),
         "One sequence of 3 inputs. The forward half stands first. At place 0 it has read one "
         "input, and the backward half all three; at place 2 it is the other way round."),
        ("one sequence of 2 in an array of 5", [2], (3, 1, 3, 5),
         "Two inputs are real, three are padding. The backward half begins with the second input, "
         "from a state of zeros."),
        ("two lengths", [1, 4], (5, 2, 1),
         "The first sequence has one input: at place 0 both halves have read it, and nothing else. "
         "From place 1 on its outputs are zero."),
        ("all sizes equal", [2, 4, 1], (3, 3, 3, 5),
         "M and both widths are 3, so that whatever is put in the wrong place fits. Look at which "
         "half has which weights, and which input."),
        ("two sequences of one length", [4, 4], (3, 2, 4),
         "No padding here: look at the two directions themselves."),
        ("five lengths", [5, 2, 7, 1, 3], (2, 3, 5), alone),
        ("random lengths", [*rng.integers(1, 6, 3).tolist(), 5, 2], (4, 2, 3, 6), alone),
    ):
        args, letters = drawn(rng, lengths, *sizes)
        yield Probe(name, args, says, letters)


def reference(forward, backward, x, lengths):
    """Each sequence alone, without any padding."""
    halves = [(RNN(x.shape[2], len(one["b"])), one) for one in (forward, backward)]
    outputs = np.zeros((*x.shape[:2], len(forward["b"]) + len(backward["b"])))
    for k, n in enumerate(lengths):
        alone = x[:n, k : k + 1]
        there, back = (
            unroll(cell, one, read).outputs[:, 0]
            for (cell, one), read in zip(halves, (alone, alone[::-1]))
        )
        outputs[:n, k] = np.concatenate([there, back[::-1]], axis=1)
    return outputs


STEP = '''def step(params, x, h):
    """One step of a plain cell for a batch: x (B, M), h (B, D)."""
    return np.tanh(x @ params["W"].T + h @ params["U"].T + params["b"])'''
THERE, BACK = "there = read(forward, range(T))", "back = read(backward, reversed(range(T)))"
TAKEN, KEPT, REAL = (
    "h = np.where(real, new, h)",
    "states[t] = np.where(real, h, 0)",
    "real = (t < lengths)[:, None]",
)
JOINED = "np.concatenate([there, back], axis=-1)"
ENDS = "for k, n in enumerate(lengths):\n        back[:n, k] = back[:n, k][::-1]"

EXERCISE = Code(
    title="Both ways",
    level="standard",
    statement=r"""A bidirectional network reads each sequence of a batch twice: its forward half
from the first input to the last, its backward half from the last to the first. Both start from a
state of zeros. At each position $t$ their states stand side by side,
$[\overrightarrow h_t\,;\, \overleftarrow h_t]$, where $\overrightarrow h_t$ has read everything up
to $x_t$, and $\overleftarrow h_t$ everything from the sequence's end down to $x_t$, both with
$x_t$.

The sequences are of unequal length. `x` has shape $(T, B, M)$, and of sequence `k` only the first
`lengths[k]` inputs are real, at least one; behind them stands padding, arbitrary numbers, which
must have no effect. So each backward reading begins at the sequence's *own* end.

The halves are plain cells. `forward` and `backward` are dicts with `"W"` of shape $(D, M)$, `"U"`
of shape $(D, D)$ and `"b"`; the two widths $D_f$ and $D_b$ may differ. `step(params, x, h)` is
given.

Return the outputs, $(T, B, D_f + D_b)$, the forward half's first, with zeros wherever a sequence
has ended. The example says how many inputs each half should have read, position by position.""",
    example="""T, lengths = 5, np.array([5, 3])           # the second sequence ends early

t = np.arange(T)[:, None]                  # (T, 1), beside (B,)
real = t < lengths
print("forward half:")
print(np.where(real, t + 1, 0))
print("backward half:")
print(np.where(real, lengths - t, 0))""",
    task=(
        "Write it. One loop that both halves share takes nine or ten lines; loops over single "
        "sequences are welcome."
    ),
    starter=STEP + '''


def both_ways(forward, backward, x, lengths):
    """Both readings side by side, (T, B, D_f + D_b), zero beyond each length."""
    T, B = x.shape[:2]
    ...
    return outputs''',
    returns="outputs",
    probes=probes,
    reference=reference,
    mistakes=[
        Mistake(
            "not turned round again",
            "Your backward half reads rightly, from each end, but its outputs still stand in the"
            " order in which it read: its first output is at place 0. It belongs to the sequence's"
            " last position.",
            swap=[(BACK, f"{BACK}\n    {ENDS}")],
        ),
        Mistake(
            "the array read from its end, and not turned round again",
            "You turn the whole array, read, and leave the outputs in the order of reading. What"
            " was read at turned place t belongs to place T - 1 - t.",
            swap=[(BACK, BACK + "[::-1]")],
        ),
        Mistake(
            "turned round over the whole array",
            "Your backward half begins at each sequence's own end, but its outputs are turned round"
            " over all T places. A sequence of n inputs has to be turned within its first n places;"
            " with the array it slides to the array's end.",
            swap=[(BACK, f"{BACK}\n    {ENDS}\n    back = back[::-1]")],
        ),
        Mistake(
            "turned round over the whole array, and then masked",
            "Your backward half begins at each sequence's own end, but its outputs are turned round"
            " over all T places, and what slides behind the end is set to zero. A sequence of n"
            " inputs has to be turned within its first n places.",
            swap=[
                (
                    BACK,
                    (
                        f"{BACK}\n    {ENDS}\n    back = back[::-1] * (np.arange(T)[:, None] <"
                        " lengths)[:, :, None]"
                    ),
                )
            ],
        ),
        Mistake(
            "begins in the padding",
            "Your backward half begins at the array's end. A short sequence's padding is read"
            " first, and it comes to its last real input with a state that should still be zero.",
            swap=[(TAKEN, "h = new")],
        ),
        Mistake(
            "reads zeros before the end",
            "You set the padding to zero and read it. A zero input is an input, and b and U move"
            " the state: the backward half comes to the last real input with a state that should"
            " still be zero.",
            swap=[
                ("step(params, x[t], h)", "step(params, np.where(real, x[t], 0), h)"),
                (TAKEN, "h = new"),
            ],
        ),
        Mistake(
            "the lengths are not used",
            "You read all T inputs of every sequence, in both directions. Where a sequence has"
            " ended its outputs are zero, and its padding is not read.",
            swap=[(TAKEN, "h = new"), (KEPT, "states[t] = h")],
        ),
        Mistake(
            "both halves read forwards",
            "Your second half reads from the first input to the last, like the first one.",
            swap=[(BACK, "back = read(backward, range(T))")],
        ),
        Mistake(
            "outputs beyond the end",
            "The forward half's state stands still where its sequence has ended, as it should, but"
            " it is also written to the outputs there. Those are to be zero.",
            swap=[(KEPT, "states[t] = h")],
        ),
        Mistake(
            "the forward weights twice",
            "Both halves use `forward`. The second one has weights of its own.",
            swap=[(BACK, BACK.replace("backward", "forward"))],
        ),
        Mistake(
            "the weights exchanged",
            "The half that reads forwards has the weights of `backward`, and the other way round.",
            swap=[
                (THERE, THERE.replace("forward", "backward")),
                (BACK, BACK.replace("backward", "forward")),
            ],
        ),
        Mistake(
            "the halves in the other order",
            "Your backward half stands first. The forward half comes first.",
            swap=[(JOINED, JOINED.replace("there, back", "back, there"))],
        ),
        Mistake(
            "joined along another axis",
            "Without an axis, `np.concatenate` joins along the first, that is in time. The halves"
            " stand side by side at each position: the last axis.",
            swap=[(JOINED, JOINED.replace(", axis=-1", ""))],
        ),
        Mistake(
            "added up",
            "The two halves are added. They stand side by side; in a sum nobody could tell which of"
            " them said what.",
            swap=[(JOINED, "there + back")],
        ),
        Mistake(
            "the second half begins where the first has ended",
            "Your backward half starts from the forward half's last state. Both start from zeros:"
            " they do not hear each other.",
            swap=[
                (
                    'def read(params, steps):\n        h = np.zeros((B, len(params["b"])))',
                    (
                        "def read(params, steps, start=0):\n        h = np.zeros((B,"
                        ' len(params["b"]))) + start'
                    ),
                ),
                (
                    BACK,
                    "back = read(backward, reversed(range(T)), there[lengths - 1, np.arange(B)])",
                ),
            ],
        ),
        Mistake(
            "the second half reads the first one's states",
            "Your backward half reads what the forward half shows. Both read x: this is no stack.",
            swap=[(BACK, f"x = there\n    {BACK}")],
        ),
        Mistake(
            "without its own input",
            "Your backward state at place t has read the inputs behind t only. It has read x_t as"
            " well, as the forward one has.",
            swap=[(BACK, f"{BACK}\n    back = np.concatenate([back[1:], 0 * back[:1]])")],
        ),
        Mistake(
            "one input too few",
            "Your sequences end one input early. With n inputs the real ones stand at places 0 to n"
            " - 1: `t < lengths`.",
            swap=[(REAL, REAL.replace("lengths", "lengths - 1"))],
        ),
        Mistake(
            "one input too many",
            "You read the input at place `lengths`, which is the first of the padding: `t <"
            " lengths`, not `t <= lengths`.",
            swap=[(REAL, REAL.replace("<", "<="))],
        ),
        Mistake(
            "padding looked for in front",
            "You take the last inputs of the array for the real ones. The padding stands behind"
            " them, at the array's end.",
            swap=[(REAL, "real = (t >= T - lengths)[:, None]")],
        ),
        Mistake(
            "the mask lies along the units",
            "`t < lengths` has one entry a sequence, and beside (B, D) NumPy lays it along the"
            " units. Make it a column, (B, 1), with `[:, None]`.",
            swap=[(REAL, REAL.replace("[:, None]", ""))],
        ),
        Mistake(
            "the batch turned round",
            "x[:, ::-1] turns the order of the sequences. Time is the first axis.",
            swap=[(BACK, f"x = x[:, ::-1]\n    {BACK.replace('reversed(range(T))', 'range(T)')}")],
        ),
    ],
    hints=(
        (
            "Do the forward half first, as in chapter 2: where an input is real the new state is"
            " taken, elsewhere the old one, and 0 is written. Then ask what has to change for the"
            " other direction. Is it more than the order of the steps?"
        ),
        (
            "Let the second loop run from T - 1 down to 0 and write to place t what it has at step"
            " t. As long as a sequence's inputs are padding its state stands still, at zero."
        ),
        (
            "With `real = (t < lengths)[:, None]`: h is `np.where(real, step(params, x[t], h), h)`,"
            " and place t gets h where real, and 0 elsewhere. The steps are `range(T)` for one"
            " half, `reversed(range(T))` for the other. `np.concatenate` with `axis=-1` joins them."
        ),
    ),
    passed=(
        "Each sequence gets what it would get alone, from both ends. Whoever writes each state to"
        " the place where its input stands has nothing to turn round."
    ),
)
