"""Nothing makes c smaller but writing the opposite of what stands there. So the candidate has to know what stands there,
and it can: it hears h.

Let c rest at m or -m, with h at 2σ(m) - 1 = tanh(m / 2) or its negative; call that aim. The candidate is 2 tanh(a / 2),
with a = w + u h at a T and -w + u h at a P. Two wishes settle w and u. A second T changes nothing: w + u aim = 0. A P in
the place of a T goes from m to -m, all in one step: 2 tanh((-w + u aim) / 2) = 2 tanh(-w) = -2m, so m = tanh(w).

The input gate opens for letters only, so that neither numbers nor silence write anything. At -12 it leaks six millionths
a step, and the leak does what the candidate does: it pulls towards 0.

Since a step writes less than 2, m stays below 1 and h below tanh(1/2) = 0.46. A forget gate would have spared us all
this: at a letter, shut it and write. That the 1997 cell can do without one is true; what it needs is to see its memory.
"""

import numpy as np


def without_forgetting(level):
    """W, U and b of a cell of 1997 that keeps the last letter, at this level or above."""
    aim = 1.15 * level
    m = 2 * np.arctanh(aim)
    w = np.arctanh(m)
    u = -w / aim
    W = np.array([
        # T, P, number
        [20.0, 20.0, 0.0],
        [w, -w, 0.0],
        [0.0, 0.0, 0.0],
    ])
    U = np.array([[0.0], [u], [0.0]])
    b = np.array([-12.0, 0.0, 10.0])
    return W, U, b
