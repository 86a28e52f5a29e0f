"""Forwards the new c is made first and o after it. So backwards o comes first: its error is needed
before that of c is complete.

The error at c_t comes from three sides now: from step t + 1, from h through the tanh, and from the
output gate through its peephole. When all three are there it goes on to i, f and g as in any LSTM.
The old c was looked at by i and by f, and gets their errors back, each through its own peephole,
beside what comes through the forget gate.

The gradient of a peephole is the error at the pre-activation times what the peephole saw: the old
c, the old c, the new c. If you leave out the three terms with p_i, p_f and p_o in d_c and d_c_old,
nothing comes back through the peepholes, and so it was when the first ones were trained (the way
through h was cut, too): the gates learned to look, and the memory was never told by whom it was
seen.
"""

import numpy as np


def peephole_step_back(params, old, new, d_h, d_c):
    """The errors of a, of p, and of the old h and c."""
    i, f, g, o = new["i"], new["f"], new["g"], new["o"]
    p_i, p_f, p_o = params["p"]
    tanh_c = np.tanh(new["c"])
    d_a_o = d_h * tanh_c * o * (1 - o)
    from_h = d_h * o * (1 - tanh_c ** 2)
    from_o = p_o * d_a_o
    d_c = d_c + from_h + from_o
    d_a_i = d_c * g * i * (1 - i)
    d_a_f = d_c * old["c"] * f * (1 - f)
    d_a_g = d_c * i * (1 - g ** 2)
    d_a = np.concatenate([d_a_i, d_a_f, d_a_g, d_a_o], axis=1)
    d_p_i = (d_a_i * old["c"]).sum(axis=0)
    d_p_f = (d_a_f * old["c"]).sum(axis=0)
    d_p_o = (d_a_o * new["c"]).sum(axis=0)
    d_p = np.stack([d_p_i, d_p_f, d_p_o])
    d_h_old = d_a @ params["U"]
    d_c_old = d_c * f + p_i * d_a_i + p_f * d_a_f
    return d_a, d_p, d_h_old, d_c_old
