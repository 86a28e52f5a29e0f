"""Dropout is a product with a factor that is drawn: 0, or 1 / (1 - p). The way back of a product is the same product.

Divided in training, the expected factor is (1 - p) · 1 / (1 - p) = 1. So the upper layer gets, on average, what it will
get in use, and in use there is nothing to do.

The mask is kept from the way up. It can't be read off y later: a number that is 0 anyway looks dropped.
"""

import numpy as np


def dropout(h, d_y, u, p, training):
    """What goes up, and what comes back."""
    mask = np.ones(h.shape)
    if training:
        kept = u >= p
        mask = kept / (1 - p)
    y = mask * h
    d_h = mask * d_y
    return y, d_h
