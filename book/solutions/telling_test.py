"""
Each size has a bug that hides where it is 1: with T = 1 there is no path through time, with B = 1
a mean is a sum, with D = 1 every U is its own transpose. So T = B = D = 2 is the least, and its
seven arrays hold 22 + 6 M numbers. The next larger case has too many already.

And no array may be zero: with h_0 = 0 its share in δU can be forgotten, with d_state = 0 that. If
the states are small, tanh is a straight line and its slope can be left out; if they are large, it
is flat and nothing comes back. Random numbers of size 1 are neither.

Nothing here was chosen against bugs 8 to 10 of the list. A case in which all numbers are general,
as one says, finds bugs that nobody has thought of.
"""

import numpy as np


def telling_test(M):
    """Seven arrays on which each of the eleven bugs shows."""
    rng = np.random.default_rng(0)
    T, B, D = 2, 2, 2
    W = rng.normal(size=(D, M))
    U = rng.normal(size=(D, D))
    b = rng.normal(size=D)
    x = rng.normal(size=(T, B, M))
    h_0 = rng.normal(size=(B, D))
    d_outputs = rng.normal(size=(T, B, D))
    d_state = rng.normal(size=(B, D))
    return W, U, b, x, h_0, d_outputs, d_state
