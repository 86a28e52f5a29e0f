"""Adding one number to every score of a row multiplies every exponential of the row by one
factor, and the factor cancels when they are divided by their sum. So we are free to move each
row, and move it until its largest score is 0. Then no exponential exceeds 1, the sum lies between
1 and N, and whatever is rounded to 0 on the way was too small to be seen beside the largest.

Each row has its own largest score and its own sum, hence `axis=-1`; `keepdims=True` keeps that
axis with length 1, so that the subtraction and the division line up for any number of axes.
"""

import numpy as np


def softmax(scores):
    """Probabilities along the last axis, in the shape of the scores."""
    top = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - top)
    p = e / e.sum(axis=-1, keepdims=True)
    return p
