"""One step of an LSTM with one unit, by hand."""

import numpy as np

from lstmlib.check.exercise import Number, Pencil, Slip
from lstmlib.numpy import LSTM

LN = {k: np.log(k) for k in (2, 3)}
PARAMS = {
    "W": np.array([[LN[3]], [0], [LN[2]], [LN[3]]]),
    "U": np.array([[0], [4 * LN[3]], [0], [4 * LN[2]]]),
    "b": np.array([0, 0, 0, -LN[3]]),
}
NEW = {
    name: value[0]
    for name, value in LSTM(1, 1).step(PARAMS, [1.0], {"h": [0.5], "c": [0.8]}).items()
}


def sigma(a):
    return 1 / (1 + np.exp(-a))


EXERCISE = Pencil(
    title="One step by hand",
    level="routine",
    statement="""An LSTM with one unit and one input is in the state $h_{t-1} = \\tfrac12$, $c_{t-1} = 0.8$ and reads $x_t = 1$. Its weights are chosen so that the shares come out as fractions ($\\ln$ is the natural logarithm, and a block's pre-activation is $a = w x_t + u h_{t-1} + b$):

| block | weight $w$ | weight $u$ | bias $b$ |
|---|---|---|---|
| input gate $i$ | $\\ln 3$ | $0$ | $0$ |
| forget gate $f$ | $0$ | $4 \\ln 3$ | $0$ |
| candidate $g$ | $\\ln 2$ | $0$ | $0$ |
| output gate $o$ | $\\ln 3$ | $4 \\ln 2$ | $-\\ln 3$ |

The gates go through $\\sigma(a) = 1/(1 + e^{-a})$, the candidate through $\\tanh(a) = (e^{a} - e^{-a})/(e^{a} + e^{-a})$. Work out, on paper,

- $g_t$, the candidate,
- $c_t = f_t\\, c_{t-1} + i_t\\, g_t$,
- $h_t = o_t \\tanh(c_t)$; the last tanh may stay one, as in `1/3 * tanh(0.2)`.""",
    numbers=[
        Number(
            "g",
            "gₜ",
            expected=lambda: NEW["g"],
            tolerance=0.002,
            slips=[
                Slip(
                    lambda: sigma(LN[2]),
                    "This is σ(ln 2). The candidate goes through tanh, not through σ.",
                ),
                Slip(
                    lambda: LN[2],
                    "This is ln 2, the pre-activation. It still has to go through tanh.",
                ),
                Slip(
                    lambda: 1 / 3,
                    "This is (2 - 1)/(2 + 1), the tanh of half of ln 2. With a = ln 2 the e^-a in"
                    " the formula is 1/2.",
                ),
                Slip(
                    lambda: sigma(LN[3]),
                    "This is σ(ln 3), a gate. The candidate is in the third row of the table.",
                ),
                Slip(lambda: np.tanh(LN[3]), "This is tanh(ln 3). The candidate's weight is ln 2."),
                Slip(
                    lambda: -0.6,
                    "The sign has turned: e^a comes first in the numerator, and here it is the"
                    " larger.",
                ),
            ],
        ),
        Number(
            "c",
            "cₜ",
            expected=lambda: NEW["c"],
            tolerance=0.002,
            slips=[
                Slip(
                    lambda: 0.9 * 0.8 + 0.75 * 2 / 3, "Your candidate went through σ. It is a tanh."
                ),
                Slip(
                    lambda: 0.1 * 0.8 + 0.75 * 0.6,
                    "Of the old memory you have kept the share 1 - f. The share that is kept is f"
                    " itself.",
                ),
                Slip(
                    lambda: 0.9 * 0.8 + 0.25 * 0.6,
                    "You have written the share 1 - i of the candidate. The share that is written"
                    " is i itself.",
                ),
                Slip(
                    lambda: 0.9 * 0.8 + 0.1 * 0.6,
                    "You have written the share 1 - f of the candidate. The input gate has a row of"
                    " its own in the table.",
                ),
                Slip(
                    lambda: 0.75 * 0.8 + 0.9 * 0.6,
                    "The gates have changed places: yours keeps with i and writes with f.",
                ),
                Slip(
                    lambda: 0.9 * 0.5 + 0.75 * 0.6,
                    "You have kept a share of the old h, which is 1/2. The memory is the old c.",
                ),
                Slip(
                    lambda: 0.8 + 0.75 * 0.6,
                    "All of the old memory is still there. The forget gate keeps only a share"
                    " of it.",
                ),
                Slip(
                    lambda: 0.9 * 0.8 + 0.6,
                    "All of the candidate was written. The input gate lets in only a share.",
                ),
                Slip(
                    lambda: 0.5 * 0.8 + 0.75 * 0.6,
                    "Your forget gate is 1/2, as if nothing spoke to it. It listens to the old h,"
                    " through u.",
                ),
                Slip(
                    lambda: sigma(4 * LN[3]) * 0.8 + 0.75 * 0.6,
                    "Your forget gate is 81/82: that is σ of u alone. Its pre-activation is u times"
                    " the old h, and h is 1/2.",
                ),
                Slip(
                    lambda: 0.9 + 0.75 * 0.6,
                    "You have added f itself. It is a share: it multiplies the old c.",
                ),
                *(
                    Slip(
                        lambda g=g: 0.72 + 0.75 * g,
                        f"That fits a candidate of {g:.3g}, which is not right. Mend g first.",
                    )
                    for g in (1 / 3, 0.75, -0.6)
                ),
                Slip(
                    lambda: 0.75 * 0.6,
                    "This is what is written. Beside it a share of the old memory is kept.",
                ),
                Slip(
                    lambda: 0.9 * 0.8,
                    "This is what is kept. Beside it a share of the candidate is written.",
                ),
            ],
        ),
        Number(
            "h",
            "hₜ",
            expected=lambda: NEW["h"],
            tolerance=0.002,
            slips=[
                Slip(
                    lambda: 0.8 * np.tanh(0.8),
                    "You have shown the old memory. What is shown is the new one.",
                ),
                Slip(lambda: 0.8 * 1.17, "The tanh is missing: h is a share of tanh(c), not of c."),
                Slip(
                    lambda: np.tanh(0.8 * 1.17),
                    "You have taken the tanh of o times c. The share is taken of tanh(c).",
                ),
                Slip(
                    lambda: np.tanh(1.17), "This is tanh(c), all of it. Only the share o is shown."
                ),
                Slip(
                    lambda: 12 / 13 * np.tanh(1.17),
                    "Your output gate is 12/13: its bias, -ln 3, is missing.",
                ),
                Slip(
                    lambda: 36 / 37 * np.tanh(1.17),
                    "Your output gate is 36/37: its bias is -ln 3, not ln 3.",
                ),
                Slip(
                    lambda: 0.5 * np.tanh(1.17),
                    "Your output gate is 1/2: what it hears from the old h, through u, is missing.",
                ),
                Slip(
                    lambda: 16 / 17 * np.tanh(1.17),
                    "Your output gate is 16/17: u is multiplied by the old h, which is 1/2.",
                ),
                Slip(
                    lambda: 0.2 * np.tanh(1.17),
                    "You have shown the share 1 - o: mind the sign in e^-a.",
                ),
                Slip(
                    lambda: np.tanh(2 * LN[2]) * np.tanh(1.17),
                    "Your output gate went through tanh. A gate goes through σ.",
                ),
                Slip(
                    lambda: 0.8 * sigma(1.17),
                    "On the way out the memory went through σ. It is a tanh there too.",
                ),
                Slip(
                    lambda: 0.75 * np.tanh(1.17),
                    "Your output gate is 3/4, σ(ln 3): only w has spoken. u times the old h and the"
                    " bias are missing.",
                ),
                *(
                    Slip(
                        lambda c=c: 0.8 * np.tanh(c),
                        f"That fits a memory of {c:.4g}, which is not right. Mend c first.",
                    )
                    for c in (1.22, 0.53, 0.87, 0.78, 1.14, 0.9, 1.25, 1.32, 0.85, 0.45, 0.72, 1.35)
                ),
            ],
        ),
    ],
    hints=(
        (
            "First the four pre-activations, each w x + u h + b. With x = 1 and h = 1/2 they are"
            " sums of logarithms."
        ),
        "σ(ln k) = 1/(1 + 1/k) = k/(k + 1), and 2 ln 3 = ln 9. For o: ln 3 + 2 ln 2 - ln 3 = ln 4.",
        (
            "i is 3/4, f is 9/10 and o is 4/5. For the candidate put e^a = 2 and e^-a = 1/2 into"
            " the formula of tanh."
        ),
    ),
    passed=(
        "You have walked through the whole cell. Three of the four layers listened to x and two to"
        " h, and none to c: a step does no more than this, however many units there are."
    ),
)
