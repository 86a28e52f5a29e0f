"""The error at c of one unit, two steps back, on paper."""

import numpy as np

from lstmlib.check.exercise import Number, Pencil, Slip

F_2, I_2, G_2, O_1, O_2, C_1, U_G = 0.5, 0.25, -0.5, 0.6, 0.8, 0.87, 4.0


def loss(push_h_1=0.0, push_c_1=0.0, push_c_2=0.0):
    """L = h_2, run forwards, with a push at one of three places."""
    h_1 = O_1 * np.tanh(C_1 + push_c_1) + push_h_1
    a_g = np.arctanh(G_2) + U_G * (h_1 - O_1 * np.tanh(C_1))
    c_2 = F_2 * (C_1 + push_c_1) + I_2 * np.tanh(a_g) + push_c_2
    return O_2 * np.tanh(c_2)


def pushed(where):
    return loss(**{where: 1e-20j}).imag / 1e-20


D_C_2 = O_2 * (1 - 0.3 ** 2)
D_A_G = D_C_2 * I_2 * (1 - G_2 ** 2)
UP = O_1 * (1 - 0.7 ** 2)                     # from h_1 up into c_1
FROM_C_2 = U_G * I_2 * (1 - G_2 ** 2)         # what an error at c_2 becomes at h_1
CARRIED = "From `c₂` to `h₁` you have gone rightly, with a δc₂ that is not right: {}."

EXERCISE = Pencil(
    title="Two steps back with a pencil",
    level="routine",
    statement=r"""An LSTM of one unit has made two steps,

$$c_t = f_t\, c_{t-1} + i_t\, g_t, \qquad h_t = o_t \tanh(c_t),$$

and kept these numbers (rounded to two places):

| step | *f* | *i* | *g* | *o* | *c* | tanh *c* |
|---|---|---|---|---|---|---|
| 1 | 0.90 | 0.40 | 0.75 | 0.60 | 0.87 | 0.70 |
| 2 | 0.50 | 0.25 | −0.50 | 0.80 | 0.31 | 0.30 |

Its three gates do not listen to $h$. The candidate does: $g_2 = \tanh(4\, h_1 + \dots)$, where the dots are the input and the bias. The loss looks at the last output only, $L = h_2$.

How large are $\delta c_2$, $\delta h_1$ and $\delta c_1$, the derivatives of $L$ with respect to $c_2$, $h_1$ and $c_1$? Work from the end to the beginning, to three places.""",
    numbers=[
        Number("d_c_2", "δc₂", lambda: pushed("push_c_2"), 0.002, [
            Slip(lambda: O_2, "You have left out the slope of tanh: `h₂ = o₂ tanh(c₂)`."),
            Slip(lambda: 1 - 0.3 ** 2, "You have left out the output gate: `h₂ = o₂ tanh(c₂)`."),
            Slip(lambda: O_2 * 0.3, "That is `h₂` itself. The slope of tanh is asked, not its value."),
            Slip(lambda: O_2 * (1 - 0.3), "In the slope the tanh stands squared: `1 - tanh²`."),
            Slip(lambda: O_2 * (1 - 0.31 ** 2), "You have taken `1 - c₂²`. In the slope stands tanh c, which is close to c here, but not the same."),
        ]),
        Number("d_h_1", "δh₁", lambda: pushed("push_h_1"), 0.002, [
            Slip(lambda: 1 + U_G * D_A_G, "You have given `h₁` an error of its own. The loss looks at `h₂` only."),
            Slip(lambda: U_G * D_C_2 * I_2, "You have left out the slope of the candidate's tanh, `1 - g₂²`."),
            Slip(lambda: D_A_G, "That is the error of the candidate's pre-activation. It goes on to `h₁` through the weight 4."),
            Slip(lambda: U_G * D_C_2 * (1 - G_2 ** 2), "You have left out the input gate: in `c₂` it stands before the candidate."),
            Slip(lambda: U_G * D_C_2 * I_2 * (1 - G_2), "In the slope of the candidate's tanh the g stands squared."),
            Slip(lambda: U_G * D_C_2 * G_2 * (1 - G_2 ** 2), "You have multiplied by `g₂` where the other factor of the product, `i₂`, belongs."),
            Slip(lambda: -U_G * D_A_G, "The number is right and the sign is not. The slope of tanh, `1 - g²`, is never negative; `g (1 - g)` is the rule for σ."),
            Slip(lambda: U_G * D_C_2 * 0.4 * (1 - G_2 ** 2), "You have taken `i₁`. `h₁` is heard by the candidate of step 2, and before that one stands `i₂`."),
            Slip(lambda: U_G * D_C_2 * I_2 * (1 - 0.75 ** 2), "You have taken the slope at `g₁`. `h₁` is heard by the candidate of step 2."),
            Slip(lambda: O_2 * FROM_C_2, CARRIED.format("the slope of tanh is missing there")),
            Slip(lambda: (1 - 0.3 ** 2) * FROM_C_2, CARRIED.format("the output gate is missing there")),
            Slip(lambda: O_2 * 0.3 * FROM_C_2, CARRIED.format("you took `h₂` itself")),
            Slip(lambda: O_2 * (1 - 0.3) * FROM_C_2, CARRIED.format("the tanh stands squared in the slope")),
        ]),
        Number("d_c_1", "δc₁", lambda: pushed("push_c_1"), 0.002, [
            Slip(lambda: D_C_2 * F_2, "That is the cell's own road alone. `c₁` was shown as `h₁`, and the candidate of step 2 has read it: a second road."),
            Slip(lambda: U_G * D_A_G * UP, "That is the road through `h₁` alone. `c₁` is also a part of `c₂`, through the forget gate."),
            Slip(lambda: D_C_2 + U_G * D_A_G * UP, "On the cell's own road the forget gate is missing."),
            Slip(lambda: D_C_2 * 0.9 + U_G * D_A_G * UP, "You have taken `f₁`. From `c₂` back to `c₁` the error passes the gate that made `c₂`."),
            Slip(lambda: D_C_2 * F_2 + U_G * D_A_G * O_1, "From `h₁` up to `c₁` the slope of tanh is missing."),
            Slip(lambda: D_C_2 * F_2 + U_G * D_A_G * (1 - 0.7 ** 2), "From `h₁` up to `c₁` the output gate is missing."),
            Slip(lambda: D_C_2 * F_2 + U_G * D_A_G, "From `h₁` up to `c₁` both the output gate and the slope of tanh are missing."),
            Slip(lambda: D_C_2 * F_2 + U_G * D_A_G * O_2 * (1 - 0.3 ** 2), "From `h₁` up to `c₁` you have taken the numbers of step 2. `h₁` was made with those of step 1."),
            Slip(lambda: D_C_2 * F_2 + U_G * D_A_G * O_2 * (1 - 0.7 ** 2), "From `h₁` up to `c₁` you have taken the output gate of step 2. `h₁` was let out by that of step 1."),
            Slip(lambda: D_C_2 * F_2 + U_G * D_A_G * O_1 * (1 - 0.3 ** 2), "From `h₁` up to `c₁` you have taken the slope at `c₂`. `h₁` was made of `c₁`."),
            Slip(lambda: D_C_2 * F_2 + U_G * D_A_G * O_1 * (1 - 0.7), "From `h₁` up to `c₁` the slope is `1 - tanh²`: the tanh stands squared."),
        ]),
    ],
    hints=(
        "Each of the three letters: where is it used? `c₂` once, `h₁` once, `c₁` twice.",
        "`c₂` is used in `h₂` only. `h₁` is used in the candidate, so the error comes from `c₂` through the input gate, the slope of the candidate's tanh and the weight.",
        "`c₁` is used in `c₂`, with a factor from the table, and in `h₁`, with two factors from row 1. One product each, and a sum.",
    ),
    passed="Two roads, one of them a loop through h: of the 0.53 at c₁ the gate accounts for 0.36.",
)
