"""Rows are sequences, so that W x of the equation becomes x times the transpose of W: (B, M) times
(M, D) gives (B, D).

U is square, and without its transpose the product fits as well. It would let unit i hear unit j
with the weight U[j, i] instead of U[i, j]: no shape can tell, only numbers. The bias (D,) meets the
last axis, so that each unit gets its own, in every row.

The tanh comes last, over the whole sum, and the old state is replaced: whatever is to last has to
come through U.
"""

import numpy as np


def rnn_step(params, x, h):
    W, U, b = params["W"], params["U"], params["b"]
    from_input = x @ W.T
    from_state = h @ U.T
    a = from_input + from_state + b
    h_new = np.tanh(a)
    return h_new
