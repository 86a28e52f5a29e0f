"""σ(b)^k = 1/2 means 1 + e^-b = 2^(1/k), and so e^-b = 2^(1/k) - 1 = e^x - 1 with x = ln(2)/k.

For long half-lives x is tiny, e^x is nearly 1, and e^x - 1 computed as it stands keeps only the digits that survive the
subtraction: none at all from about 10^16 steps on. expm1 computes the difference itself.

The same formula shows how the bias grows: for small x it is -ln x = ln(k / ln 2). Ten times the half-life is always 2.3
more of bias.
"""

import numpy as np


def forget_bias(half_life):
    """The biases, (D,), for half-lives of so many steps."""
    lost = np.log(2) / half_life
    b = -np.log(np.expm1(lost))
    return b
