"""At its resting place the latch has the derivative 2 (1 - h²), about 0.17. A small push is down to a sixth after one
step, and to nothing after ten: so noise does no harm. An error that travels back through the same step meets the same
number, and so a thousand steps leave nothing of it.

The belt has the derivative f = 1. It keeps a push as it keeps an error. What it needs is somebody who lets no push in:
the input gate.
"""

import numpy as np

h = 0.957
push = 1e-6


def latch(h):
    return np.tanh(2 * h)


def belt(c, f=1.0):
    return f * c


factor = (latch(h + push) - latch(h)) / push
assert abs(factor - 2 * (1 - latch(h) ** 2)) < 1e-5 and 0.16 < factor < 0.18
assert abs((belt(h + push) - belt(h)) / push - 1) < 1e-6
