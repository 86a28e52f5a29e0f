"""What was written at step t has since passed the forget gates of the steps t + 1 to T, one after
the other.

Row t of f belongs to step t + 1, because rows are counted from 0 and steps from 1. So the gates
that what was written at step t has met are f[t:], and c_0, written as it were at step 0, has met
them all. For t = T there are no rows left, and a product of nothing is 1.

Keep the product of later gates in mind. Where all of them are near 1, a thing written long ago is
still there; where one of them is 0, nothing from before it is.
"""

import numpy as np


def what_is_left(f, i, g, c0):
    """What is left at the end of the start, and of each writing."""
    T = len(f)
    written = np.concatenate([c0[None], i * g])
    share = np.array([f[t:].prod(axis=0) for t in range(T + 1)])
    return share * written
