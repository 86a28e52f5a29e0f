"""
Everything acts on h_new through a, so first comes the gradient at a: the one that arrived, times
the slope of tanh, which is 1 - h_new² entry by entry.

Then the products. In a row for each sequence, a = x W^T + h U^T + b. What stands in the product
by W^T on the way there is multiplied by W on the way back: each entry of x moved D entries of a,
through a column of W, and hears from all of them. The weights were used once by each sequence,
and the product `d_a.T @ x` adds these uses up; so does the sum for b. In `d_U` stands the state
that U multiplied, the old one.

Shapes guard `d_W` and `d_x`. They do not guard `d_h` and `d_U`: U is square, and turned the wrong
way round it fits as well. Only numbers tell.
"""

import numpy as np


def rnn_step_back(params, x, h_old, h_new, d_new):
    """The gradients of W, U, b, x and the old state."""
    W, U = params["W"], params["U"]
    d_a = d_new * (1 - np.square(h_new))
    d_W = d_a.T @ x
    d_U = d_a.T @ h_old
    d_b = d_a.sum(axis=0)
    d_x = d_a @ W
    d_h = d_a @ U
    return d_W, d_U, d_b, d_x, d_h
