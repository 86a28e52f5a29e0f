"""Read it from below: the lower layer takes its step, and what it shows, its new h, is the input
of the upper layer at the same step.

Each layer has weights of its own and a state of its own. The c of the lower layer stays where it
is. Whether all of the lower layer's steps are done first, or both layers take step t together, is
the same: nothing comes down.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def step(params, x, state):
    """One step of an LSTM: the new h and c."""
    a = x @ params["W"].T + state["h"] @ params["U"].T + params["b"]
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=-1)
    c = sigmoid(a_f) * state["c"] + sigmoid(a_i) * np.tanh(a_g)
    return {"h": sigmoid(a_o) * np.tanh(c), "c": c}


def two_layers(params, x, states):
    """The h of the lower and of the upper layer, at every step."""
    lower, upper = states
    h_1, h_2 = [], []
    for x_t in x:
        lower = step(params[0], x_t, lower)
        upper = step(params[1], lower["h"], upper)
        h_1.append(lower["h"])
        h_2.append(upper["h"])
    return np.array(h_1), np.array(h_2)
