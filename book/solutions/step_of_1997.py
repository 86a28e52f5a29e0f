"""The same skeleton as today's cell, with three differences: no forget gate, a candidate between -2 and 2, and an output
half as steep as a tanh. 4σ(a) - 2 is 2 tanh(a/2), and 2σ(c) - 1 is tanh(c/2).

Look at the line of c: it has a plus and nothing else. What has been added stays until something of the opposite sign is
added on top.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm_1997_step(params, x, state):
    """h and c after one step of the cell of 1997."""
    W, U, b = params["W"], params["U"], params["b"]
    h_old, c_old = state["h"], state["c"]
    a = x @ W.T + h_old @ U.T + b
    a_i, a_g, a_o = np.split(a, 3, axis=-1)
    i = sigmoid(a_i)
    g = 4 * sigmoid(a_g) - 2
    o = sigmoid(a_o)
    c = c_old + i * g
    s = 2 * sigmoid(c) - 1
    h = o * s
    return h, c
