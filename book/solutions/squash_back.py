"""
Differentiate tanh as a quotient: (N/D)' = (N'D - ND')/D². Here N' = D and D' = N, so the slope is
(D² - N²)/D² = 1 - t². In the same way σ' = e^-a/(1 + e^-a)², which is s times (1 - s).

For the softmax, the slope of p_i by a_j is p_i (1 - p_i) if i = j, and -p_i p_j if not. Collect
over the row: the sum over i of d_p[i] p_i ([i = j] - p_j) is p_j d_p[j] - p_j Σ d_p[i] p_i. The
last sum is the same number for the whole row: each output's gradient is measured against the
row's weighted mean. Where all of a row's d_p are equal, nothing comes back, since the
probabilities add up to 1 whatever the inputs do.
"""

import numpy as np


def squash_back(t, d_t, s, d_s, p, d_p):
    """The gradients at the inputs of tanh, σ and softmax."""
    d_tanh = d_t * (1 - np.square(t))
    d_sigmoid = d_s * s * (1 - s)
    shared = (p * d_p).sum(axis=-1, keepdims=True)
    d_softmax = p * (d_p - shared)
    return d_tanh, d_sigmoid, d_softmax
