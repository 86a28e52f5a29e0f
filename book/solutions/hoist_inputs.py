"""Everything without an h goes: W x and b, for all three blocks and all steps. b_n' must stay, for
r_t is in front of it, and r_t hears the state. If the reset came before the product there would be
no such bias, and a second product in the loop.

x has three axes, and `x @ W.T` takes them as T stacks of B rows. (With `x.reshape(T * B, M)` it is
one product in the books of the machine as well; the rows then come step by step.)
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def hoisted_gru(params, x, h):
    """What is known before the loop, and all states."""
    W, U, b = params["W"], params["U"], params["b"]
    b_n = params["b_n"]
    T, B, D = len(x), *h.shape
    inputs = x @ W.T + b
    outputs = np.empty((T, B, D))
    for t in range(T):
        x_r, x_z, x_n = np.split(inputs[t], 3, axis=-1)
        h_r, h_z, h_n = np.split(h @ U.T, 3, axis=-1)
        r = sigmoid(x_r + h_r)
        z = sigmoid(x_z + h_z)
        n = np.tanh(x_n + r * (h_n + b_n))
        h = z * h + (1 - z) * n
        outputs[t] = h
    return inputs, outputs
