"""The printed GRU with one gate in place of two. f stands where r stood: the candidate hears f h.
And it stands where z stood, turned around: what f lets into the candidate is what gives way to it.

So where f is 0 the unit keeps its state and the candidate does not matter. Where f is 1 the old
state is gone, and all of it has been heard.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def mgu_step(params, x, h):
    """h after one step."""
    x_f, x_n = np.split(x @ params["W"].T + params["b"], 2, axis=-1)
    U_f, U_n = np.split(params["U"], 2)
    f = sigmoid(x_f + h @ U_f.T)
    n = np.tanh(x_n + (f * h) @ U_n.T)
    h_new = (1 - f) * h + f * n
    return h_new
