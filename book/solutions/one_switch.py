"""A gate is a layer like any other up to its pre-activation; then σ makes a share of it, and the
share multiplies v.

One row of W, one row of U and one entry of b make one switch. So the share has as many entries as
v, and the product is taken entry by entry.

1 / (1 + exp(-a)) is safe at both ends: where exp(-a) is infinite (NumPy may say so), 1 / inf is 0,
and that is right.
"""

import numpy as np


def let_through(params, x, h, v):
    """What the gate lets through of v."""
    W, U, b = params["W"], params["U"], params["b"]
    a = x @ W.T + h @ U.T + b
    share = 1 / (1 + np.exp(-a))
    passed = share * v
    return passed
