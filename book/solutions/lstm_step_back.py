"""The second line is the one to get right: the error at c_t is complete only when what came up
through h has joined it.

After it the order hardly matters. Each product hands every factor the other factor: o gets
tanh(c), i gets g, g gets i, f gets the old c. Each squashing function multiplies by its slope,
and the slope is had from the value. The four errors stand below each other as the rows of W do,
and with that W, U and b are served by one product each.

Two errors leave to the left: through U, where all four layers add up, and through f, where there
is nothing else.
"""

import numpy as np


def lstm_step_back(params, x, old, new, d_h, d_c):
    """The errors of a, of W, U and b, and of the old h and c."""
    i, f, g, o = new["i"], new["f"], new["g"], new["o"]
    tanh_c = np.tanh(new["c"])
    slope = 1 - tanh_c ** 2
    d_c = d_c + d_h * o * slope
    d_i = d_c * g
    d_f = d_c * old["c"]
    d_g = d_c * i
    d_o = d_h * tanh_c
    d_a_i = d_i * i * (1 - i)
    d_a_f = d_f * f * (1 - f)
    d_a_g = d_g * (1 - g ** 2)
    d_a_o = d_o * o * (1 - o)
    d_a = np.concatenate([d_a_i, d_a_f, d_a_g, d_a_o], axis=1)
    d_W = d_a.T @ x
    d_U = d_a.T @ old["h"]
    d_b = d_a.sum(axis=0)
    d_h_old = d_a @ params["U"]
    d_c_old = d_c * f
    return d_a, d_W, d_U, d_b, d_h_old, d_c_old
