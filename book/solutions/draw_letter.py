"""The temperature divides the scores; after the exponential it would be too late, since dividing
all probabilities by one number and making them sum to 1 again changes nothing.

Subtracting the largest score of each row multiplies all its exponentials by one number, which
cancels in the division. So the result is the same, the largest exponent is 0, and nothing
overflows at any temperature.

before marks the pieces that end at or below u; how many there are is the index of the piece that
u falls into. The minimum catches the rare case in which rounding lets the last sum end a hair
below 1 and u lies behind it. Then argmax, without a True to find, would answer symbol 0. (The
chapter writes with that argmax all the same: in float64 the case is too rare to be met.)
"""

import numpy as np


def draw(scores, temperature, u):
    """The probabilities, (B, K), and the symbols drawn, (B)."""
    K = scores.shape[-1]
    s = scores / temperature
    s = s - s.max(axis=-1, keepdims=True)
    p = np.exp(s)
    p = p / p.sum(axis=-1, keepdims=True)
    before = p.cumsum(axis=-1) <= u[:, None]
    ids = np.minimum(before.sum(axis=-1), K - 1)
    return p, ids
