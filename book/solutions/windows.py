"""Put k - 1 steps of zeros before the first input. In this longer array step t stands at place t
+ k - 1, and the input j steps before it at place t + k - 1 - j. So for each j from 0 to k - 1 one
slice of length T holds, for all steps at once, the input j steps back; beyond the beginning it is
zero. Side by side along the last axis, the newest first, they are the windows.
"""

import numpy as np


def windows(x, k):
    """Each input with the k - 1 before it, newest first, (T, B, k * M)."""
    T = len(x)
    zeros = np.zeros((k - 1, *x.shape[1:]))
    padded = np.concatenate([zeros, x])
    parts = [padded[k - 1 - j:k - 1 - j + T] for j in range(k)]
    w = np.concatenate(parts, axis=-1)
    return w
