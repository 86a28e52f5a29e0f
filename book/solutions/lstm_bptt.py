"""The carried error is a dict of two arrays now, and it begins as the errors at the last state.

At each step the loss's own error joins that at h, before the step back; c receives nothing from
outside, only from the step after. Whatever remains when the loop is done is owed to the initial
state.
"""

import numpy as np

from lstmlib.numpy import LSTM


def lstm_bptt(params, x, history, d_outputs, d_last):
    """Gradients of W, U and b, of every x_t, and of the initial state."""
    T, B, M = x.shape
    cell = LSTM(M, len(params["b"]) // 4)
    d_W, d_U, d_b = (np.zeros_like(params[name]) for name in "WUb")
    d_x = np.zeros_like(x)
    d_state = {"h": d_last["h"], "c": d_last["c"]}
    for t in reversed(range(T)):
        old, new = history[t], history[t + 1]
        d_now = {"h": d_state["h"] + d_outputs[t], "c": d_state["c"]}
        d_a, d_state = cell.step_back(params, x[t], old, new, d_now)
        d_W = d_W + d_a.T @ x[t]
        d_U = d_U + d_a.T @ old["h"]
        d_b = d_b + d_a.sum(axis=0)
        d_x[t] = d_a @ params["W"]
    d_h_0 = d_state["h"]
    d_c_0 = d_state["c"]
    return d_W, d_U, d_b, d_x, d_h_0, d_c_0
