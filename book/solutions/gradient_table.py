"""
V and b_y agree everywhere: the forward side and the error at the outputs are right. With one step
W, U, b and x agree: so δa_t is right when nothing comes from later, and so are the lines that
make W, U, b and x from it. Only what leaves the step backwards is left, and there δh₀ is off as
soon as h₀ is not zero.

U for its transpose, or δh for δa, would be wrong from h₀ = 0 as well. An extra factor 1 - h₀²
would not: it is 1 there. With five steps it sits between every two of them, and whatever lies
earlier is off.

It is an easy line to write: one has just learned that a gradient must go through the slope of
tanh, and puts it in where the state is handed on. But the step before will do that itself, on its
turn.
"""

import numpy as np

rng = np.random.default_rng(0)
U, h_0, a = rng.normal(size=(4, 4)), 0.5 * rng.normal(size=(2, 4)), rng.normal(size=(2, 4))
d_a = 1 - np.tanh(a + h_0 @ U.T) ** 2                  # of the loss that adds up all entries of h_1

broken = (d_a @ U) * (1 - h_0**2)
right = d_a @ U

pushed = np.zeros((2, 4))
for place in np.ndindex(2, 4):
    moved = h_0.astype(complex)
    moved[place] += 1e-20j
    pushed[place] = np.tanh(a + moved @ U.T).sum().imag / 1e-20
assert np.allclose(right, pushed) and np.abs(broken - pushed).max() > 0.01
