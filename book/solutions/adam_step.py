"""Two running means, two corrections, one step, in this order. The corrected means have names of their own, because they
must not be kept: the next step corrects the plain ones again, with a higher power.

Check it at the first step. m is (1 - β₁) g, and corrected it is g; v is (1 - β₂) g², and corrected it is g². So the step
is rate · g / |g|, which is the rate with a sign. Multiply the loss by a hundred and nothing changes.
"""

import numpy as np

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8


def adam_step(p, g, m, v, k, rate):
    """The new p, m, v and k."""
    k = k + 1
    m = BETA1 * m + (1 - BETA1) * g
    v = BETA2 * v + (1 - BETA2) * g ** 2
    m_hat = m / (1 - BETA1 ** k)
    v_hat = v / (1 - BETA2 ** k)
    p = p - rate * m_hat / (np.sqrt(v_hat) + EPS)
    return p, m, v, k
