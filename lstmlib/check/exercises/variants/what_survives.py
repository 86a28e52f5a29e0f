"""Recall, chapter 8: the factor on the road from cell to cell, variant by variant."""

from lstmlib.check.exercise import Choice, Option

EXERCISE = Choice(
    kind="recall",
    title="What survives of an error",
    level="routine",
    statement=r"""Two chapters ago an error at $c_t$ travelled back to $c_{t-1}$ on the cell's own
road. With the gates held, that is as if they were given numbers, each step multiplied it by one
factor.

Now take six of the variants of this chapter, each without its peepholes: no input gate (NIG, $i =
1$), no forget gate (NFG, $f = 1$), coupled gates (CIFG, $f = 1 - i$), no output gate (NOG, $o =
1$), no tanh on the candidate (NIAF), no tanh on the way from $c$ to $h$ (NOAF). Each runs for 20
steps, and the gates that it still has stand at $i = 0.3$, $f = 0.9$ and $o = 0.5$ all the time.
What is left of an error at $c_{20}$ when it has come back to $c_0$ on this road, with the gates
held?""",
    options=[
        Option(
            "In NFG all of it. In the other five 0.9^20 = 0.12: they all forget at f = 0.9,"
            " coupled or not.",
            "A coupled cell has no forget gate that could stand at 0.9. In CIFG something else"
            " stands in front of c_{t-1}: what is it, with i = 0.3?",
        ),
        Option(
            "In NFG all of it. In CIFG 0.7^20, less than a thousandth. In the other four 0.9^20 ="
            " 0.12.",
            right=True,
        ),
        Option(
            "In CIFG 0.35^20, in NFG 0.5^20, in NOG 0.9^20 = 0.12, and in the other three 0.45^20:"
            " at each step it has to pass o = 0.5, where there is one.",
            "o stands between c and h. From c_20 to c_0 the error meets no h, and so no output"
            " gate.",
        ),
        Option(
            "In NFG all of it. In CIFG 0.7^20, less than a thousandth. In NIG nothing, because"
            " where everything is written, the old content and its error are written over. In the"
            " other three 0.9^20 = 0.12.",
            "Writing adds. In NIG c_t = f c_{t-1} + g: the old content is still there by its share"
            " f. It is in CIFG that writing drives out.",
        ),
        Option(
            "In NFG all of it. In CIFG 0.3^20, practically nothing: what this cell has of the past"
            " is what it has written. In the other four 0.9^20 = 0.12.",
            "0.3 is the share that is written. What is kept of the old c is what the input gate"
            " leaves over.",
        ),
        Option(
            "In NFG all of it. In CIFG 0.7^20, less than a thousandth. In NIAF more than 1, since"
            " its candidate is not squashed and nothing holds the error down. In the other three"
            " 0.9^20 = 0.12.",
            "The candidate is added; with the gates held it does not stand in front of c_{t-1},"
            " squashed or not.",
        ),
    ],
    hints=(
        "Write down the line for c_t of each variant. Which symbol stands in front of c_{t-1}?",
        "Held gates are numbers: then c_t is a straight line in c_{t-1}, and an error is"
        " multiplied by its slope, once a step.",
        "Four of the six have f_t there. One has nothing, that is 1. One has 1 - i_t, and i = 0.3.",
    ),
    passed="The factor is what stands in front of c_{t-1}, and only two of the six variants touch"
    " that. The cell without forget gate keeps every error, and every rubbish; the coupled"
    " one pays for each writing with a share of what it knew, and of the error that"
    " belonged to it.",
)
