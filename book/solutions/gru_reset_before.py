"""r comes first, then the product: U_n hears r h, and every unit of the candidate hears every entry
of the old state as that entry's own r lets it through.

So the candidate's product cannot be made together with the other two, before r is known. That is
why cuDNN, which makes all three at once, resets afterwards.

One bias a block is enough here: nothing that r resets has a bias of its own.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def printed_step(params, x, h):
    """h after one step."""
    U_r, U_z, U_n = np.split(params["U"], 3)
    x_r, x_z, x_n = np.split(x @ params["W"].T + params["b"], 3, axis=-1)
    r = sigmoid(x_r + h @ U_r.T)
    z = sigmoid(x_z + h @ U_z.T)
    n = np.tanh(x_n + (r * h) @ U_n.T)
    h_new = z * h + (1 - z) * n
    return h_new
