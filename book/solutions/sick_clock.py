"""Pieces of 6, 12, 18, 24 and 36 steps do no harm, and others do, from the first seam on. These are
the multiples of 6, and 6 is the least number that the periods 1, 2 and 3 all divide: after so many
steps all modules stand as at step 0. So the program gets right what does not depend on the number
of the step, h among it, as the plain network confirms; and it is right where a number may be
replaced by 0. It replaces them all: each piece begins with step 0.

The state of a clockwork network is h and the number of the next step.
"""

import numpy as np

from lstmlib.numpy import Clockwork, unroll

cell = Clockwork(2, 9, periods=[1, 2, 3])
params = cell.init(np.random.default_rng(0))
x = np.random.default_rng(1).normal(size=(12, 1, 2))
whole = unroll(cell, params, x).outputs


def second(cut, number):
    """The rest of the sequence, read as if its first step had this number."""
    return unroll(cell, params, x[cut:], unroll(cell, params, x[:cut]).state, start=number).outputs


wrong, right = second(4, 0), second(4, 4)           # start=0 for start=first.stop
assert np.array_equal(right, whole[4:]) and not np.allclose(wrong, whole[4:])
assert np.array_equal(second(6, 0), whole[6:])      # and by luck
