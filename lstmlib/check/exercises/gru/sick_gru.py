"""Diagnosis: a GRU's weights in another program, and where the two agree all the same."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.numpy import GRU, GRUResetBefore, unroll

M, D, STEPS = 2, 5, 20


def changed(params, change):
    """The weights with one change, for both programs."""
    D = params["b"].size // 3
    W, U, b = params["W"].copy(), params["U"].copy(), params["b"].copy()
    if change in ("shut", "open"):
        W[:D], U[:D], b[:D] = 0, 0, -40 if change == "shut" else 40
    if change == "diagonal":
        U[2 * D:] = np.diag(np.diag(U[2 * D:]))
    if change == "symmetric":
        U[2 * D:] = (U[2 * D:] + U[2 * D:].T) / 2
    return {"W": W, "U": U, "b": b}


def apart(D=D, steps=STEPS, start=0.0, change=""):
    """The largest difference between the two programs' states, over all steps."""
    rng = np.random.default_rng(11)
    shapes = {"W": (3 * D, M), "U": (3 * D, D), "b": (3 * D,)}
    params = changed({name: rng.normal(size=shape) for name, shape in shapes.items()}, change)
    x, state = rng.normal(size=(steps, 1, M)), {"h": np.full((1, D), start)}
    here = unroll(GRU(M, D), params | {"b_n": np.zeros(D)}, x, state).outputs
    there = unroll(GRUResetBefore(M, D), params, x, state).outputs
    return np.abs(here - there).max()


ROWS = (("the first step, from h = 0", {"steps": 1}),
        ("the first step, from h = 0.5", {"steps": 1, "start": 0.5}),
        ("20 steps, from h = 0", {}),
        ("20 steps, one unit", {"D": 1}),
        ("  ... one unit, from h = 0.5", {"D": 1, "start": 0.5}),
        ("20 steps, r pushed to 0", {"change": "shut"}),
        ("20 steps, r pushed to 1", {"change": "open"}),
        ("20 steps, U_n symmetric", {"change": "symmetric"}),
        ("20 steps, U_n diagonal", {"change": "diagonal"}))


def symptoms():
    lines = [f"{'LARGEST DIFFERENCE OF TWO STATES':34}"]
    for name, settings in ROWS:
        off = apart(**settings)
        lines.append(f"{name:32}" + (f"{off:6.2f}" if off > 1e-9 else "     0"))
    return "\n".join(lines)


EXERCISE = Choice(
    kind="diagnosis",
    title="A sick GRU",
    level="standard",
    statement="""A GRU of five units has been trained. Its weights, three blocks with one bias a row
(the second bias that some programs have is 0), go to another program, which has a GRU as well. All
shapes fit. Its author tries one step from a state of zeros, compares it with what the first program
says, and finds no difference. In use the network is no good.

So somebody lets both programs run side by side on the same random numbers, and writes down by how
much any two states differ. She does it with these weights, then with a network of one unit. Then
she changes something in both programs alike: the reset gate is pushed to 0 or to 1 for good, by its
bias; the candidate's matrix `U_n` is made symmetric; all of it but its diagonal is set to 0.

What does the new program do otherwise?""",
    symptoms=symptoms,
    options=[
        Option("Its `z` takes the new state, where that of the old program keeps the old.",
               "Then already the first step from zeros would differ: z n for (1 - z) n. And one "
               "unit would not be spared."),
        Option("Its reset gate resets nothing: the candidate always hears all of the past.",
               "Then r pushed to 0 would make a difference, as the other program's candidate hears "
               "nothing there. And one unit would not be spared."),
        Option("Its reset gate multiplies `h` before the product with `U_n`, where that of the old "
               "program multiplies `U_n h`.", right=True),
        Option("Its `U_n` is transposed.",
               "That fits one unit, and a diagonal U_n. But a symmetric one would be its own "
               "transpose, and with r at 1 a transposed U_n would show. Look at those two rows."),
        Option("It does not hand the state on: each step begins at zero.",
               "Then one unit would differ as well, from the second step on: its z keeps, and "
               "there would be nothing to keep."),
        Option("It takes the blocks in the order z r n, as they are stored elsewhere.",
               "Then the first step from zeros would differ, as z and r would be each other; and "
               "with r pushed to 0, it would be z that is pushed."),
    ],
    hints=(
        "Read the zeros. What is cleared by the first row? What can't the first row see, because h "
        "is 0?",
        "With r at 0 and with r at 1 there is no difference. So it is no other U_n, and the state "
        "is handed on. It must have to do with an r in between.",
        "With one unit there is no difference either, whatever r is. What is the same for one "
        "number, or a diagonal matrix, and not for a matrix that mixes?",
    ),
    passed="r (U h) and U (r h) agree wherever nothing is mixed, or r is the same for all. One "
           "step from zeros sees nothing of h at all: a test of a recurrent cell begins from a "
           "state that is not zero, with several units, and takes more than one step.",
)
