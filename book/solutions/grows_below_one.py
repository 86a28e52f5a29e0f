"""Let the state stand still at a place where it is not stable, like a pencil on its tip.

It stands still if c_0 = f c_0 + i g: that says which candidate is needed. With gates that do not
listen (u = 0 for them), one step there is worth f + i (1 - g²) u_g o (1 - tanh² c_0), and u_g is
free: we take it so that this is 2. Then the bias is chosen such that the candidate comes out as
it must, in spite of what u_g brings.

After 20 steps the gradient is about 2 to the power of 19 times f (the first step hears h_0,
which does not move). Rounding pushes the pencil, too, by some 1e-17, and 20 doublings make 1e-11
of it: it has not begun to fall.
"""

import numpy as np


def growing_unit(f_max, c_0):
    """u and b (i, f, g, o) and a start h_0 whose gradient grows."""
    f = 0.9 * f_max
    i = o = 0.95
    h_0 = o * np.tanh(c_0)
    g = (1 - f) * c_0 / i
    slope = i * (1 - g ** 2) * o * (1 - np.tanh(c_0) ** 2)
    u_g = (2 - f) / slope
    b_i = b_o = np.log(i / (1 - i))
    b_f = np.log(f / (1 - f))
    b_g = np.arctanh(g) - u_g * h_0
    u = np.array([0, 0, u_g, 0])
    b = np.array([b_i, b_f, b_g, b_o])
    return u, b, h_0
