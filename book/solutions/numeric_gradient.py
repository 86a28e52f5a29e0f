"""
Fresh copies for each number are the quiet way: nothing has to be put back, and the caller's array
is never touched. `astype(float)` makes a copy that can hold fractions even if p holds integers;
for the same reason d_p is made by `np.zeros`, not by `zeros_like`.

The division is by the distance of the two places, 2 eps, and the brackets are needed: `/ 2 * eps`
would multiply by eps.
"""

import numpy as np


def loss(p):
    """Some loss of an array of any shape: a state reads its numbers."""
    h, total = 0.5, 0.0
    for number in p.ravel():
        h = np.tanh(number + 0.9 * h)
        total = total + h * h
    return total


def numeric_gradient(p, eps):
    """The gradient of loss at p by central differences."""
    d_p = np.zeros(p.shape)
    for index in np.ndindex(p.shape):
        up, down = p.astype(float), p.astype(float)
        up[index] += eps
        down[index] -= eps
        d_p[index] = (loss(up) - loss(down)) / (2 * eps)
    return d_p
