"""Three roads lead from the new state back to the old one: past the candidate, with z; through the
two gates; and through the bracket, which r has let through.

The bracket is why there are two stacks of errors. `d_a` is what x and b are told, and there the
candidate's error is whole. `d_heard` is what h is told: of the candidate's error only the share r
gets to U_n h + b_n. r itself hears how large that bracket was.
"""

import numpy as np


def gru_step_back(params, x, h_old, new, d_h):
    """The errors of a, of W, U and both biases, and of the old h."""
    r, z, n, u = new["r"], new["z"], new["n"], new["u"]
    d_n = d_h * (1 - z)
    d_z = d_h * (h_old - n)
    d_a_n = d_n * (1 - n ** 2)
    d_a_z = d_z * z * (1 - z)
    d_r = d_a_n * u
    d_a_r = d_r * r * (1 - r)
    d_u = d_a_n * r
    d_a = np.concatenate([d_a_r, d_a_z, d_a_n], axis=1)
    d_heard = np.concatenate([d_a_r, d_a_z, d_u], axis=1)
    d_U = d_heard.T @ h_old
    d_b_n = d_u.sum(axis=0)
    d_h_old = d_h * z + d_heard @ params["U"]
    d_W, d_b = d_a.T @ x, d_a.sum(axis=0)
    return d_a, d_W, d_U, d_b, d_b_n, d_h_old
