"""First the rest: repeat the step. Then the matrix that carries a small push over one step, diag(1
− h²) U, at the rest and nowhere else.

Row i of U belongs to unit i, and so the slopes stand as a column, `[:, None]`. (As a row they would
scale the columns, U diag(1 − h²): it has the same eigenvalues, so that the growth would come out
right all the same.)

Eigenvalues may be negative, a push that changes sides, or complex, one that goes round; what dies
out or not is told by their absolute value.
"""

import numpy as np


def at_rest(U, b, h):
    for _ in range(1000):
        h = np.tanh(U @ h + b)
    rest = h
    slope = 1 - rest * rest
    jacobian = slope[:, None] * U
    growth = np.abs(np.linalg.eigvals(jacobian)).max()
    return rest, growth
