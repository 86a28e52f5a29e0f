"""One line for all four layers, because they read the same two vectors; then each block gets its
own squashing.

Read the last two lines as sentences: c is what the forget gate keeps of the old memory, and what
the input gate lets in of the candidate. h is what the output gate shows of the new memory. The old
h appears in the first line only, the old c in the line of c only.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm_step(params, x, state):
    """h and c after one step."""
    W, U, b = params["W"], params["U"], params["b"]
    h_old, c_old = state["h"], state["c"]
    a = x @ W.T + h_old @ U.T + b
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=-1)
    i = sigmoid(a_i)
    f = sigmoid(a_f)
    g = np.tanh(a_g)
    o = sigmoid(a_o)
    c = f * c_old + i * g
    h = o * np.tanh(c)
    return h, c
