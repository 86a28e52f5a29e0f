"""Both networks met the same lots, and a hard lot pulls both down. So look at the differences,
lot by lot: what the lot did to both cancels. They are n numbers like any others; their mean and
its interval are those of any n values. The deviations are from a mean that was made of the same
values, so the sum of their squares is divided by n - 1; and a mean of n values scatters less than
one value by the square root of n.

Where the two networks rise and fall together, the interval of the difference is far narrower than
that of either: the same runs say more when they are compared in pairs. If it does not reach zero,
the one network is ahead by more than luck explains.
"""

import numpy as np


def ahead(ours, theirs, t):
    """Our mean lead, and half the width of its 95 % interval."""
    d = ours - theirs
    n = len(d)
    mean = d.mean()
    spread = np.sqrt(((d - mean) ** 2).sum() / (n - 1))
    half = t * spread / np.sqrt(n)
    return mean, half
