"""One factor a step, for the steps that lie between the two states: step s + 1 is the first that
the push goes through, step t the last. The tanh of step k makes h[k], so its slope is 1 - h_k²,
and as diag(slope) stands to the left of U, it multiplies the rows.

The push meets the first step first. A matrix acts on what stands to its right, so each later
factor comes from the left: J_t ... J_{s+2} J_{s+1}. With s = t the loop does not run, and the
identity is left.

For an error on its way back take the transpose of the whole; it has the same singular values.
"""

import numpy as np


def jacobian(U, h, s, t):
    product = np.eye(len(U))
    for k in range(s + 1, t + 1):
        slope = 1 - h[k] ** 2
        J = slope[:, None] * U
        product = J @ product
    return product
