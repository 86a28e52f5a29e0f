"""The two products are taken apart from each other, because the reset gate has to get in between:
what x says is added as it is, what the old h says passes the gate first. b goes with x, b_n with h.

For r and z the two parts are simply added. For the candidate u = U_n h + b_n is what the reset gate
can silence, all of it, b_n included.

The last line is a mean of old and new with the weights z and 1 - z. So h stays between -1 and 1
without another tanh.
"""

import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gru_step(params, x, h):
    """h after one step."""
    W, U, b, b_n = params["W"], params["U"], params["b"], params["b_n"]
    x_r, x_z, x_n = np.split(x @ W.T + b, 3, axis=-1)
    h_r, h_z, h_n = np.split(h @ U.T, 3, axis=-1)
    r = sigmoid(x_r + h_r)
    z = sigmoid(x_z + h_z)
    u = h_n + b_n
    n = np.tanh(x_n + r * u)
    h_new = z * h + (1 - z) * n
    return h_new
