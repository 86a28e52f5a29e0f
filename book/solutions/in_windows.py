"""
It is backpropagation through time with one line more. Going back, `d_h` is what the step after
this one has sent. If this step is the last of its window, that sender sits in the next window,
and its message is dropped; the error from the step's own output stays.

The forward side is not touched. In a window's first step U multiplied a state from the window
before, and that state stands in `d_U` like any other. Truncation is no forgetting: it only ends
the search for the culprit at the border.
"""

import numpy as np


def in_windows(params, x, h, d_outputs, k):
    """The gradients of U and of each input, by windows of k steps."""
    W, U = params["W"], params["U"]
    T = len(x)
    d_U, d_x = np.zeros_like(U), np.zeros_like(x)
    d_h = np.zeros_like(h[0])
    for t in reversed(range(T)):
        if (t + 1) % k == 0:
            d_h = np.zeros_like(h[0])
        d_a = (d_h + d_outputs[t]) * (1 - h[t + 1] * h[t + 1])
        d_U += d_a.T @ h[t]
        d_x[t] = d_a @ W
        d_h = d_a @ U
    return d_U, d_x
