"""1 - σ(a) is σ(-a). So a gate that is to say 1 - z wherever it said z needs the opposite pre-
activation, for every x and every h: minus its rows of W, minus its rows of U, minus its bias.

The reset gate and the candidate don't hear of it: their blocks, and b_n, stay.
"""

import numpy as np


def takes_the_new(params):
    """W, U, b and b_n for a GRU whose z takes the new state."""
    D = len(params["b_n"])
    sign = np.repeat([1, -1, 1], D)
    W = sign[:, None] * params["W"]
    U = sign[:, None] * params["U"]
    b = sign * params["b"]
    b_n = params["b_n"]
    return W, U, b, b_n
