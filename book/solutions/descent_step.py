"""Forward: scores, then a softmax in each row, with the row's largest score taken off first.

Backward: the slope of the mean price with respect to the scores is p, minus 1 at the right
answer, divided by B. A weight W[k, j] meets input j of every example on its way to score k, so
its slope is the sum over the examples of d_s[k] times x[j]: a product of matrices. The bias is
added in every row, so its slopes are summed over the rows. Then the step, against the slope. New
arrays are returned; the old ones are not touched.
"""

import numpy as np


def descent_step(params, x, answers, rate):
    """The W and b of a softmax layer after one step of gradient descent."""
    B = len(x)
    s = x @ params["W"].T + params["b"]
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    d_s = p.copy()
    d_s[np.arange(B), answers] -= 1
    d_s = d_s / B
    W = params["W"] - rate * d_s.T @ x
    b = params["b"] - rate * d_s.sum(axis=0)
    return W, b
