"""Gates are multiplied; their logarithms add up. So the mean belongs on the logarithms, over steps and sequences, and
one number a unit is left. From e^(-rk) = 1/2 it follows that k = ln 2 / r.

The mean gate would say something else. A unit that is wide open nine times of ten and shut at the tenth has a mean gate
that looks like a long memory, and keeps nothing beyond ten steps.
"""

import numpy as np


def half_lives(f):
    """The half-life of each unit, (D,), from its forget gates (T, B, D)."""
    lost = -np.log(f).mean(axis=(0, 1))
    half = np.log(2) / lost
    return half
