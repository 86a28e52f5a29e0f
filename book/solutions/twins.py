"""Two parts, 1 and 2, are exchanged, and what stands around each of them stays the same: k - 1
zeros before it, k - 1 zeros behind it. A window of k that holds the 1 sees zeros beside it and
nothing else, wherever the 1 stands; the same for the 2; and no window is long enough to hold
both. So

    0 … 0 1 0 … 0 2 0 … 0      and      0 … 0 2 0 … 0 1 0 … 0

have the same windows, each the same number of times. For k = 1 there are no zeros left, and it is
the pair 1 2 and 2 1 with one bag of letters.

So a longer window moves the wall and does not take it away: whatever k is, once what the windows
found is added up, some pair of sequences can't be told apart, by any network that comes after.
"""

import numpy as np


def twins(k):
    """Two different sequences of letters 0, 1, 2, … with the same windows of k."""
    hinge = [0] * (k - 1)
    one = np.array([*hinge, 1, *hinge, 2, *hinge])
    other = np.array([*hinge, 2, *hinge, 1, *hinge])
    return one, other
