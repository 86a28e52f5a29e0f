"""A machine set by hand, and the same machine after its weights were moved to another program."""

import numpy as np

from lstmlib.check.exercise import Choice, Option
from lstmlib.numpy import LSTM, unroll

W = np.array(
    [[0, 8, 0], [0, 8, 0], [1.5, 0, 0], [0, 0, 8]], float
)  # rows i f g o; columns value, order, ask
B = np.array([-4, 4, 0, -4], float)
TAPE = np.array(
    [
        [0.6, 1, 0],
        [-0.9, 0, 0],
        [0.3, 0, 1],
        [-0.8, 1, 0],
        [0.9, 0, 1],
        [-0.5, 0, 0],
        [0.7, -1, 0],
        [-0.4, 0, 0],
        [0.8, 0, 1],
        [-0.7, 1, 0],
        [0.5, 0, 0],
        [-0.2, 0, 1],
    ]
)


def traces(rows):
    """Gates, memory and what is shown, step by step, with these four rows as i, f, g and o."""
    run = unroll(LSTM(3, 1), {"W": W[rows], "U": np.zeros((4, 1)), "b": B[rows]}, TAPE[:, None])
    return {
        "c": np.array([state["c"][0, 0] for state in run.history[1:]]),
        "h": run.outputs[:, 0, 0],
        **{name: run.sequence(name)[:, 0, 0] for name in "ifgo"},
    }


def symptoms():
    from lstmlib.plot import COLOURS, INK, axes, figure

    home, moved = traces([0, 1, 2, 3]), traces([0, 2, 1, 3])
    words = {
        "x": "value",
        "i": "input gate",
        "f": "forget gate",
        "g": "candidate",
        "o": "output gate",
        "c": "memory c",
        "h": "shown h",
    }
    fig, panels = axes(height=6.8, rows=7, sharex=True)
    steps = np.arange(1, len(TAPE) + 1)
    for ax, (name, word) in zip(panels, words.items()):
        ax.bar(steps, TAPE[:, 0] if name == "x" else moved[name], color=COLOURS[name], width=0.7)
        if name != "x":
            ax.plot(steps, home[name], "_", color=INK, ms=14, mew=2.2)
        ax.axhline(0, color=INK, lw=0.6)
        ax.set_ylabel(word, rotation=0, ha="right", va="center")
        ax.set(ylim=(-0.1, 1.15) if name in "ifo" else (-1.2, 1.2), yticks=[0, 1])
    orders = {1: "add", 0: "", -1: "clear"}
    panels[-1].set_xticks(
        steps, [orders[order] or ("ask" if ask else "\u00b7") for _, order, ask in TAPE]
    )
    told = {
        f"{name} {where}": ", ".join(f"{v:.1f}" for v in run[name])
        for where, run in (("at home", home), ("moved", moved))
        for name in "fgc"
    }
    values = ", ".join(f"{v:g}" for v in TAPE[:, 0])
    alt = (
        f"Twelve steps. Values: {values}. Input gate and output gate are the same in both programs:"
        " the input gate is open at add, the output gate at ask. Forget gate at home:"
        f" {told['f at home']}; moved: {told['f moved']}. Candidate at home: {told['g at home']};"
        f" moved: {told['g moved']}. Memory at home: {told['c at home']}; moved: {told['c moved']}."
    )
    return figure(
        fig,
        "fig-moved-machine",
        "Above: the value that comes in; at the foot: the order. Bars: the machine in the new "
        "program. Dashes: at home.",
        alt.replace("-", "\u2212"),
    )


EXERCISE = Choice(
    kind="diagnosis",
    title="A machine that was moved",
    level="standard",
    statement="""An LSTM with one unit keeps a sum. At *add* it adds what the candidate makes of the value that comes in, at *clear* it forgets, at *ask* it shows its memory, and otherwise it lets the values go by. In the program in which it was made it works. Its weights are written to a file and read by another program; no error is reported, all shapes fit, $U$ is 0 in both. But what it says there is wrong: after sums below 0 it says something above 0.

Both programs were made to write down their gates on the same twelve steps. Which **one** thing has gone wrong?""",
    symptoms=symptoms,
    options=[
        Option(
            "The new program squashes the candidate with σ in place of tanh.",
            "Then the candidate would still follow the value, only between 0 and 1, and the forget"
            " gate would be untouched. Look at both: the candidate does not follow the value at"
            " all, and the forget gate has changed.",
        ),
        Option(
            "The new program keeps the share 1 - f of the old memory.",
            "Then the forget gate itself would be as at home, and only the memory would behave"
            " otherwise. The forget gate's own trace has changed.",
        ),
        Option(
            "The rows of input gate and forget gate have changed places: the file has"
            " f\u00a0i\u00a0g\u00a0o, and it is read as i\u00a0f\u00a0g\u00a0o.",
            "Then the input gate would have changed too, and would be open at every step but clear."
            " It is as at home.",
        ),
        Option(
            "The biases were lost on the way.",
            "Then the input gate and the output gate, which have biases of -4, would stand half"
            " open where nothing speaks. They are as at home.",
        ),
        Option(
            "The rows of forget gate and candidate have changed places: the file has"
            " i\u00a0g\u00a0f\u00a0o, and it is read as i\u00a0f\u00a0g\u00a0o.",
            right=True,
        ),
        Option(
            "The columns of W have changed places: the program gives the value where the order"
            " belongs.",
            "Then the input gate, which listens to the order, would follow the value. It is as at"
            " home, and so is the output gate.",
        ),
    ],
    hints=(
        (
            "First see what has not changed. Which two of the four layers are as at home? That"
            " rules out everything that would have touched them."
        ),
        (
            "Now ask of each of the other two what it listens to: compare its bars with the value,"
            " and with the orders."
        ),
        (
            "The forget gate goes up and down with the value, as the candidate did at home. And the"
            " candidate is near 1 everywhere but at clear. Who was like that at home?"
        ),
    ),
    passed=(
        "The forget gate follows the value, and the candidate is up except at clear: each does the"
        " other's work. TensorFlow 1 and Haiku store i g f o, and nothing fails when it is read as"
        " i f g o."
    ),
)
