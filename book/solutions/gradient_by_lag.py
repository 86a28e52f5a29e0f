"""Four lines a step, from the last step to the first. Going into the round for step t, d_h is the
gradient at h[t]. The tanh that made h_t has the slope 1 - h_t² there; behind it, at the
pre-activation, the way forks: through W to the input of this step, through U to the state before.

The slopes are those of the states that the run has kept, nothing is computed anew. Since the loop
goes from the last step to the first, the lengths come in the order of the lags.
"""

import numpy as np


def gradient_by_lag(W, U, h, d_last):
    T = len(h) - 1
    sizes, d_h = [], d_last
    for t in range(T, 0, -1):
        d_a = (1 - h[t] ** 2) * d_h
        d_x = d_a @ W
        sizes.append(np.linalg.norm(d_x, axis=1))
        d_h = d_a @ U
    return np.array(sizes)
