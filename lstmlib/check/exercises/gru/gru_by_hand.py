"""One step of a GRU with one unit, by hand."""

import numpy as np

from lstmlib.check.exercise import Number, Pencil, Slip
from lstmlib.numpy import GRU

L2, L3 = np.log(2), np.log(3)
PARAMS = {"W": np.array([[0], [L2], [-L2]]), "U": np.array([[2 * L3], [2 * L2], [6 * L2]]),
          "b": np.array([0, 0, -L2]), "b_n": np.array([L2])}
NEW = {name: value[0] for name, value in GRU(1, 1).step(PARAMS, [1.0], {"h": [0.5]}).items()}


def tanh_of(twos):
    """The tanh of so many times ln 2."""
    return np.tanh(twos * L2)


EXERCISE = Pencil(
    title="One step by hand, three answers",
    level="routine",
    statement=r"""A GRU with one unit and one input,

$$\begin{aligned}
r_t &= \sigma(w_r x_t + u_r h_{t-1} + b_r) \\
z_t &= \sigma(w_z x_t + u_z h_{t-1} + b_z) \\
n_t &= \tanh\bigl(w_n x_t + b_n + r_t\,(u_n h_{t-1} + b'_n)\bigr) \\
h_t &= z_t\, h_{t-1} + (1 - z_t)\, n_t
\end{aligned}$$

is in the state $h_{t-1} = \tfrac12$ and reads $x_t = 1$. Its weights are chosen so that the shares
come out as fractions ($\ln$ is the natural logarithm):

| block | input weight $w$ | state weight $u$ | bias $b$ | inner bias $b'$ |
|---|---|---|---|---|
| reset gate $r$ | $0$ | $2 \ln 3$ | $0$ | |
| update gate $z$ | $\ln 2$ | $2 \ln 2$ | $0$ | |
| candidate $n$ | $-\ln 2$ | $6 \ln 2$ | $-\ln 2$ | $\ln 2$ |

The gates go through $\sigma(a) = 1/(1 + e^{-a})$, and $\tanh(a) = (e^{a} - e^{-a})/(e^{a} +
e^{-a})$. Work out, on paper, the candidate $n_t$; the new state $h_t$; and what $h_t$ would be,
with the same weights, in a program whose $z$ takes the new, $h_t = (1 - z_t)\, h_{t-1} + z_t\,
n_t$.""",
    numbers=[
        Number("n", "nₜ", expected=lambda: NEW["n"], tolerance=0.001, slips=[
            Slip(lambda: tanh_of(-2 + 0.75 * 3 + 1),
                 "Your reset gate takes its share of u h alone, and b' is added after it. Here b' "
                 "stands inside the bracket."),
            Slip(lambda: tanh_of(-2 + 0.75 * 3), "b' is missing: u h + b' is what r takes its "
                 "share of."),
            Slip(lambda: tanh_of(2), "This fits a candidate without its reset gate, r = 1. It "
                 "also fits one that lacks w x, or b: each of the two is -ln 2."),
            Slip(lambda: tanh_of(1.5), "Your reset gate multiplies what x and b say as well. It "
                 "stands in front of the bracket with h in it."),
            Slip(lambda: tanh_of(-1), "Your reset gate is 1/4, or you have let the share 1 - r "
                 "through. The share that gets through is r."),
            Slip(lambda: tanh_of(-2), "This is what x and b say, as if r were 0. It is 3/4."),
            Slip(lambda: tanh_of(-2 + 0.8 * 4), "z stands in the place of r in your candidate."),
            Slip(lambda: tanh_of(-2 + 0.9 * 4), "Your reset gate is 9/10: u is multiplied by the "
                 "old h, which is 1/2."),
            Slip(lambda: tanh_of(-2 + 0.5 * 4), "Your reset gate is 1/2, as if nothing spoke to "
                 "it. It listens to the old h."),
            Slip(lambda: tanh_of(-2 + 0.75 * 7), "u is to be multiplied by the old h, which is "
                 "1/2."),
            Slip(lambda: 0.75 * tanh_of(2), "r stands in front of the tanh in your candidate. It "
                 "belongs inside, in front of the bracket."),
            Slip(lambda: 2 / 3, "This is σ(ln 2). The candidate goes through tanh."),
            Slip(lambda: L2, "This is ln 2, what goes into the tanh."),
            Slip(lambda: 3 / 4, "That is r. It is also half of e^a - e^-a, for a = ln 2, and the "
                 "tanh divides by e^a + e^-a, not by 2."),
            Slip(lambda: 1 / 3, "This is (2 - 1)/(2 + 1), the tanh of half of ln 2. With a = ln 2 "
                 "the e^-a in the formula is 1/2."),
        ]),
        Number("h_new", "hₜ", expected=lambda: NEW["h"], tolerance=0.001, slips=[
            Slip(lambda: 0.2 * 0.5 + 0.8 * 0.6, "That is the last number that is asked for: here z "
                 "keeps the old state."),
            Slip(lambda: 0.75 * 0.5 + 0.25 * 0.6, "You have mixed with r. The last line is z's."),
            Slip(lambda: 0.8 * 0.5 + 0.8 * 0.6, "Old and new both have the share z. The candidate "
                 "has what is left, 1 - z."),
            Slip(lambda: 0.8 * 0.5 + 0.6, "The candidate is added whole. Its share is 1 - z."),
            Slip(lambda: 0.5 + 0.2 * 0.6, "The old state is kept whole. Its share is z."),
            Slip(lambda: 0.2 * 0.6, "This is the candidate's part. The old state's is to be "
                 "added."),
            Slip(lambda: 0.8 * 0.5, "This is what is kept. The candidate's part is to be added."),
            Slip(lambda: 2 / 3 * 0.5 + 1 / 3 * 0.6, "This fits a z of 2/3, so that what z hears "
                 "from x or from the old state is missing. It also fits a candidate of 2/3, which "
                 "would be σ(ln 2)."),
            Slip(lambda: 8 / 9 * 0.5 + 1 / 9 * 0.6, "This fits a z of 8/9, where u was not "
                 "multiplied by the old h, 1/2. It also fits a z that went through tanh, 15/17. A "
                 "gate goes through σ."),
            Slip(lambda: 0.8 * 0.375 + 0.2 * 0.6, "You have kept a share of r h. r is for the "
                 "candidate alone."),
            *(Slip(lambda n=n: 0.4 + 0.2 * n, f"That fits a candidate of {n:.3f}, which is not "
                   "right. Mend n first.")
              for n in (15 / 17, tanh_of(1.25), tanh_of(0.25), 7 / 9, -0.6, 3 / 4)),
        ]),
        Number("h_takes", "hₜ, if z took the new",
               expected=lambda: (1 - NEW["z"]) * 0.5 + NEW["z"] * NEW["n"],
               tolerance=0.001, slips=[
            Slip(lambda: 0.52, "That is hₜ again, with the z that keeps. Now the old state has the "
                 "share 1 - z."),
            Slip(lambda: 0.2 * 0.5 + 0.2 * 0.6, "Both have the share 1 - z. The candidate's is z "
                 "now."),
            Slip(lambda: 0.8 * 0.5 + 0.8 * 0.6, "Both have the share z. The old state's is 1 - z "
                 "now."),
            Slip(lambda: 0.8 * 0.6, "This is the candidate's part. The old state's is to be "
                 "added."),
            Slip(lambda: 0.5 + 0.8 * 0.6, "The old state is kept whole. Its share is 1 - z now."),
            Slip(lambda: 1 / 3 * 0.5 + 2 / 3 * 0.6, "This fits a z of 2/3, so that what z hears "
                 "from x or from the old state is missing."),
            Slip(lambda: 0.2 * 0.52 + 0.8 * 0.6, "You have mixed with the hₜ of the last question. "
                 "The old state is still 1/2."),
            *(Slip(lambda n=n: 0.1 + 0.8 * n, f"That fits a candidate of {n:.3f}, which is not "
                   "right. Mend n first.")
              for n in (15 / 17, tanh_of(1.25), tanh_of(0.25), 7 / 9, -0.6, 2 / 3, L2, 3 / 4)),
        ]),
    ],
    hints=(
        "First the shares. e^(-ln 3) is 1/3, and 2 ln 2 is ln 4. r comes out as 3/4.",
        "Then the bracket behind r, with its own bias: it is 4 ln 2. Take r's share of it, and add "
        "what the other two terms say.",
        "The candidate's tanh is one of ln 2, in which e^a is 2 and e^-a is 1/2. The last line is "
        "a mean of 1/2 and n, with the shares z and 1 - z.",
    ),
    passed="With one unit the place of the product makes no difference: r (u h) is u (r h). Only "
           "b', inside the bracket, tells this GRU from the printed one. The meaning of z does "
           "make a difference, for the same weights.",
)
