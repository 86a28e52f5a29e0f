"""Along the cell the error meets the gate's value, which is 1: all of it gets back, over any number
of steps.

Into the gate it goes by another way: δf = δc · c_old, and then through σ, times f (1 − f). With
f exactly 1 that is exactly 0. So the weights of this gate stay as they are for ever. A bias of 3
also lets 0.95 of an error through at each step, and leaves the gate a slope.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


f = sigmoid(np.float32(30))
assert f == 1 and f * (1 - f) == 0
taught = sigmoid(np.float32(3))
assert 0.95 < taught < 0.96 and 0.045 < taught * (1 - taught) < 0.046
