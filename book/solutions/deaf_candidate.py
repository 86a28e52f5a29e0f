"""What is heard is decided before the product with U: for each row either its own h or the mean. Then there are two
pre-activations, and each block takes its own: the gates the usual one, the candidate the other.

mean_h and not 0: U times the mean is what the candidate hears anyway, whatever the symbol. That stays in place, and what
is cut is only what h has to say about this sequence.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def deaf_step(params, x, state, noisy, mean_h):
    """A step in which the candidate is deaf to h on noisy rows."""
    W, U, b = params["W"], params["U"], params["b"]
    h_old, c_old = state["h"], state["c"]
    hears = np.where(noisy[:, None], mean_h, h_old)
    a = x @ W.T + h_old @ U.T + b
    deaf = x @ W.T + hears @ U.T + b
    a_i, a_f, _, a_o = np.split(a, 4, axis=-1)
    a_g = np.split(deaf, 4, axis=-1)[2]
    i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o)
    g = np.tanh(a_g)
    c = f * c_old + i * g
    h = o * np.tanh(c)
    return h, c
