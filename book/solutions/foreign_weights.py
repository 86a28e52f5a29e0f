"""Take the blocks out under the names that the file gives them, and put them together under ours:
then no index can be wrong.

W x + b_W + R h + b_R is what the file's cell computes. The two biases never appear apart, so one
bias, their sum, does the work of both.

With an index array it is one line, stored.reshape(4, D, -1)[[0, 2, 3, 1]], and that is where the
order gets inverted: the list must say where each of our blocks stands in the file, not where each
of the file's blocks stands with us.
"""

import numpy as np


def ordered(stored):
    i, o, f, c = np.split(stored, 4)
    return np.concatenate([i, f, c, o])


def from_file(W, R, B):
    """W, U and b in this book's order, from the file's arrays."""
    for_W, for_R = np.split(B, 2)
    return ordered(W), ordered(R), ordered(for_W + for_R)
