"""In words: z keeps, but for the steps at which something is set or turned over. r lets the past
into the candidate, but for the steps at which something is set. The candidate is the value, written
small, minus what r lets through.

At a set r is shut: the candidate is the value alone, and the old number is gone. At a turn r is
open and the value is 0: the candidate is minus the old number. At all other steps the candidate
does not matter, because z is 1.

Written as a twentieth, a number passes the tanh almost straight, and ten turns later it is still
right. V makes it as large again as it was.

With r open at a set and z shut, the value minus the old number would be written. There is a way
without r, though: a z of one half at a set. Then half of the old number stays, and half of minus
the old number is written: nothing. It takes an exact half, where a gate that is open or shut takes
none.
"""

import numpy as np


def set_and_turn(largest):
    """W, U, b, b_n and V, for values from -largest to largest."""
    W = np.array([
        # value, set, turn
        [0.0, -20.0, 0.0],
        [0.0, -20.0, -20.0],
        [0.05 / largest, 0.0, 0.0],
    ])
    U = np.array([[0.0], [0.0], [-1.0]])
    b = np.array([10.0, 10.0, 0.0])
    b_n = np.zeros(1)
    V = 20.0 * largest
    return W, U, b, b_n, V
