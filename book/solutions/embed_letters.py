"""Forward, x = O E with the one-hot rows O. Backward, as for any product of matrices, the
gradient of E is O transposed times that of x; and since O has a single 1 in each row, this adds
each gradient to the row it was read from.

np.add.at does just that without building O. The line that looks the same, d_E[ids] += d_x, does
not: NumPy reads the rows d_E[ids] all at once, adds, and writes them back, so that of two
gradients for one row the later overwrites the earlier. Nothing complains, the shapes fit, and the
loss still falls, only worse.

Rows that were not read have a gradient of exactly 0. In a batch of 960 letters few symbols are
missing; in a vocabulary of 50,000 words nearly all are.
"""

import numpy as np


def embed(E, ids, d_x):
    """x, (T, B, M), read from E; and dE, (K, M), from the gradient of x."""
    x = E[ids]
    d_E = np.zeros_like(E)
    np.add.at(d_E, ids, d_x)
    return x, d_E
