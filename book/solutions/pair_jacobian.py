"""Only one of the four blocks is a diagonal of gates; that one is what is usually quoted.

The old c moves c_t through the forget gate, unit by unit. The old h moves it on three ways: each
is what stands beside the gate in c = f * c_old + i * g, times the gate's slope, times its block
of U. Then h = o * tanh(c) carries both of them up, and adds one way of its own, through the
output gate.
"""

import numpy as np


def pair_jacobian(U, old, new):
    """The four blocks of the Jacobian of one step."""
    i, f, g, o = new["i"], new["f"], new["g"], new["o"]
    U_i, U_f, U_g, U_o = np.split(U, 4)
    way_i = (g * i * (1 - i))[:, None] * U_i
    way_f = (old["c"] * f * (1 - f))[:, None] * U_f
    way_g = (i * (1 - g ** 2))[:, None] * U_g
    c_from_h = way_i + way_f + way_g
    c_from_c = np.diag(f)
    way_o = (np.tanh(new["c"]) * o * (1 - o))[:, None] * U_o
    shows = o * (1 - np.tanh(new["c"]) ** 2)
    h_from_h = way_o + shows[:, None] * c_from_h
    h_from_c = shows[:, None] * c_from_c
    return h_from_h, h_from_c, c_from_h, c_from_c
