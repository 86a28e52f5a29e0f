"""Two cases, unit by unit. If a unit was awake, its error goes through the slope of the tanh to a.
If it was idle nothing was made of a, and the error there is 0; its number was kept, so the error at
it goes on as it is.

From a it goes through U to everybody who was heard, awake or idle. An idle unit can get both: what
goes past it, and what those owe to it who heard it. Entries outside the mask were not read: they
hand nothing on, and have no gradient.
"""

import numpy as np


def clockwork_step_back(U, mask, h_old, new, d_h):
    """The errors of a, of U and of the old h."""
    awake = new["active"] != 0
    slope = 1 - new["h"] ** 2
    d_a = np.where(awake, d_h * slope, 0)
    d_U = (d_a.T @ h_old) * mask
    past = np.where(awake, 0, d_h)
    heard = d_a @ (U * mask)
    d_h_old = past + heard
    return d_a, d_U, d_h_old
