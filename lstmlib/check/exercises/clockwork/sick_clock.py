"""Diagnosis: a clockwork network that reads in pieces, and begins to count anew."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.numpy import RNN, Clockwork, unroll

M, D, T = 2, 9, 72
CELLS = {"clockwork": Clockwork(M, D, periods=[1, 2, 3]), "plain": RNN(M, D)}


def read(kind, piece, carry_clock):
    """The states of one sequence, read in pieces of so many steps."""
    cell, x = CELLS[kind], np.random.default_rng(1).normal(size=(T, 1, M))
    params, state, number, told = cell.init(np.random.default_rng(0)), None, 0, []
    for begin in range(0, T, piece):
        run = unroll(cell, params, x[begin:begin + piece], state, start=number)
        state, number = run.state, run.stop if carry_clock else 0
        told.append(run.outputs)
    return np.concatenate(told)


def symptoms():
    lines = [f"{'PIECES OF':10}{'differs':>10}{'largest':>12}{'plain':>9}",
             f"{'':10}{'from step':>10}{'difference':>12}{'network':>9}"]
    for piece in (4, 5, 6, 8, 9, 12, 18, 20, 24, 36):
        row = {}
        for kind in CELLS:
            off = np.abs(read(kind, piece, False) - read(kind, T, False)).max(axis=(1, 2))
            row[kind] = off if off.max() > 1e-9 else None
        off = row["clockwork"]
        first, most = "never", "0"
        if off is not None:
            first, most = int(np.argmax(off > 1e-9)), f"{off.max():.2f}"
        plain = "0" if row["plain"] is None else "differs"
        lines.append(f"{f'{piece:2} steps':10}{first:>10}{most:>12}{plain:>9}")
    return "\n".join(lines)


EXERCISE = Choice(
    kind="diagnosis",
    title="A sick clock",
    level="standard",
    statement="""A program reads long recordings with a clockwork network: nine units in three
modules with the periods 1, 2 and 3. Whole recordings don't fit into memory, so it reads them in
pieces. Its author tests it with pieces of 24 steps and finds what she hoped for: the states are
those of reading in one go. In use the pieces have another length, and the network says other things
than in training.

The table compares, for one recording of 72 steps and the same weights, the states when it is read
in pieces with those when it is read in one go, by the same program: the number of the first step at
which any unit differs (the first step of all has the number 0), and the largest difference of any
unit at any step. The last column is a plain network that is read by the same program. Reading in
one go has been compared with the book's library as well: no difference.

What is wrong?""",
    symptoms=symptoms,
    options=[
        Option("The state is not handed on: each piece begins at zero.",
               "Then pieces of 6, 12, 18, 24 and 36 would differ from reading in one go as well, "
               "and so would the plain network."),
        Option("Its mask is transposed: the slow modules hear the fast ones.",
               "Then it would do the same wrong thing in one go and in pieces, so that nothing "
               "would differ here; and the library, asked about reading in one go, would."),
        Option("The clock is not handed on: each piece begins with step number 0.", right=True),
        Option("The clock is handed on as the number of the last step of a piece, where that of "
               "the next step is meant.",
               "Then each piece would be one step behind the one before. Two pieces of 36 would "
               "differ from step 36 on: of the three modules that should be awake there, only the "
               "fast one would be."),
        Option("A module of period 3 is not possible: with periods that are not powers of two the "
               "modules get out of step.",
               "Any whole numbers will do. Read in one go they agree with the library, and pieces "
               "of 12 do as well."),
        Option("Idle units are set to zero, and not kept.",
               "Then reading in one go would have the same fault, and the library would have told. "
               "Reading in pieces would make no difference."),
    ],
    hints=(
        "Which lengths make no difference? What have they in common, and what has it to do with "
        "the periods?",
        "6, 12, 18, 24, 36: what 1, 2 and 3 all divide. Where another piece begins, everything is "
        "as it should be there. And the plain network has no trouble at all: so h itself is handed "
        "on.",
        "Two things belong to the state of a clockwork network. The plain network has only one of "
        "them. What is the value of the other at steps 6, 12 and 18, as the modules see it, and "
        "at step 4?",
    ),
    passed="Step 4 is read as step 0: the module of period 3 wakes, and should not. After 6 steps, "
           "or 12, all wheels stand as at the start, and a clock that begins anew is right by "
           "luck. So test with pieces that are no whole turns of the clock.",
)
