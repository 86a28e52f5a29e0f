"""
Before the loop, `d_h` is `d_state`: what comes to the last state from outside the run. Then, from
the last step to the first, with h[t] before the step and h[t + 1] after it:

Two paths lead into the new state, and their gradients add. Together they go through the tanh.
From `d_a` each weight takes its share of this step, with the input it multiplied; the shares add
up over the steps, because it is the same weight each time. Last, U takes `d_a` back to the state
before, where it waits for the next turn of the loop.

When the loop ends, what waits is the gradient of h_0. `d_h = d_h + ...` would do for the sum, but
`d_h += ...` would write into `d_state`, which is the caller's: hence a new name, `d_new`.
"""

import numpy as np


def through_time(params, x, h, d_outputs, d_state):
    """The gradients of W, U, b, all inputs and the initial state."""
    W, U = params["W"], params["U"]
    T = len(x)
    d_W, d_U, d_b = np.zeros_like(W), np.zeros_like(U), np.zeros(len(U))
    d_x = np.zeros_like(x)
    d_h = d_state
    for t in reversed(range(T)):
        d_new = d_h + d_outputs[t]
        d_a = d_new * (1 - h[t + 1] * h[t + 1])
        d_W += d_a.T @ x[t]
        d_U += d_a.T @ h[t]
        d_b += d_a.sum(axis=0)
        d_x[t] = d_a @ W
        d_h = d_a @ U
    return {"d_W": d_W, "d_U": d_U, "d_b": d_b, "d_x": d_x, "d_h0": d_h}
