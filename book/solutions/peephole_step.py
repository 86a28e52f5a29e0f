"""The step of the LSTM, with three terms more, and an order that matters.

i and f decide what becomes of the old memory, so they look at the old c. o decides whether the new
memory is shown, so it looks at the new c, and its line has to stand after the one that makes c. p
multiplies entry by entry: each unit sees its own memory, and no other.

All three terms stand inside the σ. Added outside they would make shares below 0 and above 1.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def peephole_step(params, x, state):
    """h and c after one step."""
    W, U, b = params["W"], params["U"], params["b"]
    h_old, c_old = state["h"], state["c"]
    p_i, p_f, p_o = params["p"]
    a = x @ W.T + h_old @ U.T + b
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=-1)
    i = sigmoid(a_i + p_i * c_old)
    f = sigmoid(a_f + p_f * c_old)
    g = np.tanh(a_g)
    c = f * c_old + i * g
    o = sigmoid(a_o + p_o * c)
    h = o * np.tanh(c)
    return h, c
