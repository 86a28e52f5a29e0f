"""Diagnosis: a backward half that reads rightly and puts its outputs in the wrong places."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.numpy import RNN, bptt, gradcheck, unroll

T, M, D = 6, 2, 3
LENGTHS = np.array([6, 4])
CELL = RNN(M, D)


def turned(x, lengths):
    """Each sequence turned round within its own length; zeros behind it."""
    found = np.zeros_like(x)
    for k, n in enumerate(lengths):
        found[:n, k] = x[:n, k][::-1]
    return found


def sick(params, x, lengths):
    """The outputs of the backward half, turned round over the whole array, and the run."""
    run = unroll(CELL, params, turned(x, lengths), lengths=lengths)
    return run.outputs[::-1], run


def laboratory():
    rng = np.random.default_rng(12)
    params = {name: rng.normal(size=shape) for name, shape in CELL.param_shapes.items()}
    return params, rng.normal(size=(T, len(LENGTHS), M)), rng


def heard(params, x, k):
    """Which input of string k moves which of its outputs: (T, T), outputs by inputs."""
    before, grid = sick(params, x, LENGTHS)[0][:, k], np.zeros((T, T), dtype=bool)
    for s in range(T):
        other = x.copy()
        other[s, k] += 1
        grid[:, s] = (sick(params, other, LENGTHS)[0][:, k] != before).any(axis=1)
    return grid


def checked(params, x, rng):
    """A gradient check of a loss on all outputs."""
    weights = rng.normal(size=(T, len(LENGTHS), D))
    grads = bptt(sick(params, x, LENGTHS)[1], weights[::-1])
    point = params | {"x": x}
    found = grads.params | {"x": turned(grads.inputs, LENGTHS)}
    return gradcheck(
        lambda q: (sick({n: q[n] for n in params}, q["x"], LENGTHS)[0] * weights).sum(),
        point,
        found,
    ).verdict


def symptoms():
    """The looks at the backward half, as a table."""
    params, x, rng = laboratory()
    padding = x.copy()
    padding[LENGTHS[1] :, 1] = 100
    moved = np.abs(sick(params, padding, LENGTHS)[0] - sick(params, x, LENGTHS)[0]).max()
    lines = [
        f"gradient check: {checked(params, x, rng)}",
        f"100 written into the padding: outputs move by {moved:g}",
        "",
        "output   is moved by input",
        "place    long string    short string",
    ]
    grids = [heard(params, x, k) for k in (0, 1)]
    for t in range(T):
        rows = (
            "".join(f"{s + 1} " if moves else ". " for s, moves in enumerate(grid[t]))
            for grid in grids
        )
        lines.append(f"{t + 1:>3}      {'   '.join(rows)}".rstrip())
    return "\n".join(lines)


EXERCISE = Choice(
    kind="diagnosis",
    title="A sick backward half",
    level="standard",
    statement=r"""Somebody has written a bidirectional network for strings of unequal length. Its
forward half is sound; trained on strings of one length it does well, on mixed ones badly. So the
backward half is looked at alone, with random weights, on a batch of two strings in an array of six
places. The long string fills all six; the short one has four letters, at places 1 to 4, and then
two places of padding.

First a gradient check of the weights and of the inputs. Then other numbers are written into the
padding. And then each input is pushed, one place after the other: which outputs of the *same*
string move? A digit says that this input moves the output in whose row it stands, a dot that it
does not. (The outputs are shown as they come, before anything is masked.)

One thing is wrong. What?""",
    symptoms=symptoms,
    options=[
        Option(
            "the outputs are not turned round again after the reading",
            "Then the long string's outputs would stand in the order of reading, too: place 1 would"
            " be moved by input 6 alone. The long string is right.",
        ),
        Option(
            "the backward half begins at the array's end, in the padding",
            "Then other numbers in the padding would move the short string's outputs. They move"
            " nothing.",
        ),
        Option(
            "the outputs are turned round over all six places, and not each string within its own"
            " length",
            right=True,
        ),
        Option(
            "the padding stands in front of the short string, and the half takes the last four"
            " places for real",
            "Then inputs 3 to 6 would move the short string's outputs. It is inputs 1 to 4"
            " that do.",
        ),
        Option(
            "of the short string the half reads from left to right",
            "Then one output would be moved by input 1 alone, and another one by 1 and 2. Here one"
            " is moved by input 4 alone, the one above it by 3 and 4.",
        ),
        Option(
            "both halves use the same weights",
            "That would show in the values, not in who moves whom; and it would be the same for"
            " both strings.",
        ),
    ],
    hints=(
        (
            "Take the long string first. What should a backward half's table look like, and does"
            " it? What does that clear?"
        ),
        (
            "In the short string, each row looks as a row of a backward half should. Which row"
            " should stand at place 1?"
        ),
        (
            "The short string is read rightly, from its own end, and its outputs stand two places"
            " too far down. Two is how many places are padding: what moves things by that much?"
        ),
    ),
    passed=(
        "With strings of one length two ways of turning round are the same, so every test on such a"
        " batch passed, and a gradient check holds for whatever is computed. What found it: one"
        " short string, and the question who hears whom."
    ),
)
