"""All units hear the same sum s = k x + carry, and unit j says by how much it exceeds j: max(s − j,
0). With whole numbers 0 to 2k − 1 for s, the thresholds 0 to 2k − 2 do.

Any zigzag over s that bends at whole numbers is a weighted sum of these units: the weight of unit j
is the change of slope at j. Half of s, rounded down, goes 0, 0, 1, 1, 2, 2 ...: slopes 0, 1, 0, 1
..., changes 0, +1, −1, +1 ... The last digit goes 0, 1, 0, 1 ...: slopes 1, −1, 1 ..., changes 1,
−2, +2, −2 ...

What one unit hears of the state is the carry, and so are all rows of U. The states are small whole
numbers, which floating point holds without error: the network is right for any length. It is not
the only one; a unit for each pair of carry and digit will do as well, as for every finite
automaton.
"""

import numpy as np


def times(k):
    D = 2 * k - 1
    carry = np.array([0.0] + [1.0, -1.0] * (k - 1))
    digit = np.array([1.0] + [-2.0, 2.0] * (k - 1))
    W = k * np.ones((D, 1))
    U = np.tile(carry, (D, 1))
    b = -np.arange(D)
    V = digit[None]
    return W, U, b, V, np.zeros(1)
